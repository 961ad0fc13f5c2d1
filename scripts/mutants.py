"""Mutation testing: one small mistake at a time is put into a copy of the package, and the tests that run that line must notice.

    python scripts/mutants.py -n 400 --seed 0 -o docs/evidence/mutation.json archcalc/sizes.py archcalc/layers/*.py

    python scripts/mutants.py --again tests/contract/test_keras_names.py -o docs/evidence/mutation.json archcalc/layers/*.py

The second command gives the survivors of the first to other tests: to new ones, or to those that need Keras, where it is installed.

It needs coverage, and runs where the working copy is a git checkout: the tests are run on a copy of what is committed. First every test
runs once, so that it is known which lines each of them goes through and how long it takes; then, for each mutant that is
drawn, those that go through its line, the quickest first. A mutant that survives them is listed with its change. What a person
has found of it (why it is no mistake) stands in scripts/mutants.json, by its `key`, and is repeated in the result.
"""  # noqa: INP001  a script

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path
from typing import Any

from small_mistakes import Mutant, mutants_of

ROOT = Path(__file__).resolve().parents[1]
VERDICTS = ROOT / "scripts" / "mutants.json"
LEFT_OUT = (
    "tests/verify",
    "tests/testing",
    "tests/docs",
    "tests/test_bad_input.py",
    "tests/test_output.py",
    "tests/test_cli.py",
    "tests/test_structure.py",
)
SECONDS = 10.0  # of tests, for one mutant
FEWEST = 40  # tests that are run even if they take longer
HANGS = 120.0  # seconds, after which a mutant that makes its tests run on is taken for noticed

# What runs in the copy: tests in the order given, until the first fails. A plugin, so that nothing of the project's changes.
PLUGIN = """
import json, os, time
import coverage
import pytest
TOOK = {}

@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    current = coverage.Coverage.current()
    if current:
        current.switch_context(item.nodeid)
    begun = time.perf_counter()
    found = yield
    TOOK[item.nodeid] = time.perf_counter() - begun
    if current:
        current.switch_context("")
    return found

def pytest_sessionfinish(session):
    if os.environ.get("TOOK"):
        with open(os.environ["TOOK"], "w") as file:
            json.dump(TOOK, file)
"""


class Tests:
    """Which tests go through which line, and how long each takes."""

    def __init__(self, copy_: Path, files: list[str], folder: Path) -> None:
        self.copy, self.folder = copy_, folder
        (folder / "archcalc_mutants.py").write_text(PLUGIN, encoding="utf-8")
        (folder / "coveragerc").write_text(
            f"[run]\nbranch = true\ndata_file = {folder / 'coverage'}\ninclude =\n" + "".join(f"    {f}\n" for f in files), encoding="utf-8"
        )

    def run_all(self) -> None:
        """Every test once."""
        left_out = [word for path in LEFT_OUT for word in ("--ignore", path)]
        command = [
            "-m",
            "coverage",
            "run",
            f"--rcfile={self.folder / 'coveragerc'}",
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "archcalc_mutants",
        ]
        done = self._python([*command, "tests", *left_out], None, TOOK=str(self.folder / "took.json"))
        if done.returncode:
            raise SystemExit(done.stdout.decode()[-2000:])

    def load(self) -> None:
        """What `run_all` found."""
        from coverage import CoverageData

        data = CoverageData(str(self.folder / "coverage"))
        data.read()
        self.took: dict[str, float] = json.loads((self.folder / "took.json").read_text(encoding="utf-8"))
        self.lines = {str(Path(f).relative_to(self.copy)): data.contexts_by_lineno(f) for f in data.measured_files()}

    def of(self, mutant: Mutant) -> list[str]:
        """The tests that go through its line, the quickest first: no more than there is time for. Those of import time: the file's all."""
        by_line = self.lines.get(mutant.file, {})
        found = {test for test in by_line.get(mutant.line, ()) if test} or {test for tests in by_line.values() for test in tests if test}
        chosen, seconds = [], 0.0
        for test in sorted(found, key=lambda test: (self.took.get(test, 1.0), test)):
            seconds += self.took.get(test, 1.0)
            if seconds > SECONDS and len(chosen) >= FEWEST:
                break
            chosen.append(test)
        return chosen

    def notice(self, tests: list[str]) -> str:
        """How they notice: "killed", "hangs", or "" where they do not. Of no tests: ""."""
        if not tests:
            return ""
        listed = self.folder / "tests"
        listed.write_text("\n".join(tests), encoding="utf-8")
        try:
            done = self._python(["-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", f"@{listed}"], HANGS)
        except subprocess.TimeoutExpired:
            return "hangs"
        return "killed" if done.returncode else ""

    def _python(self, words: list[str], seconds: float | None, **more: str) -> subprocess.CompletedProcess[bytes]:
        environment = {
            **os.environ,
            "PYTHONPATH": f"{self.copy}{os.pathsep}{self.folder}",
            "CI": "true",
            "PYTHONDONTWRITEBYTECODE": "1",
            **more,
        }
        return subprocess.run(
            [sys.executable, *words],
            cwd=self.copy,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
            check=False,
        )


def _in_turn(tests: list[str]) -> tuple[list[str], list[str]]:
    """Some of three files, then all others: most mutants fall to the first, and reading a file of tests takes as long as running it."""
    by_file: dict[str, list[str]] = {}
    for test in tests:
        by_file.setdefault(test.partition("::")[0], []).append(test)
    first = sorted(by_file.values(), key=len, reverse=True)[:3]
    soon = [test for turn in zip_longest(*(found[:25] for found in first)) for test in turn if test is not None]
    return soon, [test for test in tests if test not in set(soon)]


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Put small mistakes into the package, one at a time, and see whether the tests notice.")
    parser.add_argument("files", nargs="+")
    parser.add_argument("-n", type=int, help="how many mutants, drawn from all; all, if not given")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--again", nargs="+", metavar="TESTS", help="put only the survivors of the result that is there, to these tests")
    parser.add_argument("--folder", help="where the copy and the coverage lie, or are put, to be used again")
    options = parser.parse_args()
    files = [str(Path(file).resolve().relative_to(ROOT)) for file in options.files]
    folder = Path(options.folder or tempfile.mkdtemp(prefix="archcalc-mutants-"))
    tests = Tests(_copied(folder), files, folder)
    if options.again:
        return _again(tests, files, options.again, Path(options.output))
    if not (folder / "took.json").exists():
        tests.run_all()
    tests.load()
    every = [m for file in files for m in mutants_of(file, (tests.copy / file).read_text(encoding="utf-8"))]
    chosen = every if options.n is None or options.n >= len(every) else _drawn(every, options.n, options.seed)
    chosen.sort(key=lambda m: (m.file, m.line))
    result = _begun(Path(options.output), _result(every, chosen, options.seed))
    done = sum(file["mutants"] for file in result["by_file"].values())
    for i, mutant in enumerate(chosen[done:], done + 1):
        _one(tests, mutant, result)
        if i % 10 == 0 or i == len(chosen):
            print(f"{i} of {len(chosen)}: {result['killed']} noticed, {len(result['survivors'])} not", flush=True)
            Path(options.output).write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def _drawn(every: list[Mutant], count: int, seed: int) -> list[Mutant]:
    return random.Random(seed).sample(every, count)  # noqa: S311  no secrets


def _copied(folder: Path) -> Path:
    copy_ = folder / "copy"
    if not copy_.exists():
        subprocess.run(["git", "clone", "-q", str(ROOT), str(copy_)], check=True)
        subprocess.run(
            [sys.executable, "-m", "archcalc.syntax.tables"], cwd=copy_, env={**os.environ, "PYTHONPATH": str(copy_)}, check=True
        )
    return copy_.resolve()


def _put_in(tests: Tests, mutant: Mutant, rounds: Iterable[list[str]]) -> str:
    """How it is noticed, if it is: round by round, with the file as it was afterwards."""
    place = tests.copy / mutant.file
    as_it_is = place.read_text(encoding="utf-8")
    try:
        place.write_text(mutant.text, encoding="utf-8")
        return next((how for names in rounds if (how := tests.notice(names))), "")
    finally:
        place.write_text(as_it_is, encoding="utf-8")


def _one(tests: Tests, mutant: Mutant, result: dict[str, Any]) -> None:
    how = _put_in(tests, mutant, _in_turn(tests.of(mutant)))
    result["by_file"].setdefault(mutant.file, {"mutants": 0, "killed": 0})["mutants"] += 1
    if how:
        result["killed"] += 1
        result["by_file"][mutant.file]["killed"] += 1
        return
    result["survivors"].append(_survivor(mutant))


def _survivor(mutant: Mutant) -> dict[str, Any]:
    verdicts = json.loads(VERDICTS.read_text(encoding="utf-8")) if VERDICTS.exists() else {}
    place = {name: value for name, value in mutant._asdict().items() if name != "text"}
    return {**place, "verdict": verdicts.get(mutant.key, "not looked at")}


def _again(tests: Tests, files: list[str], names: list[str], output: Path) -> int:
    """Put the survivors to other tests. Those that are noticed now move to `noticed_later`, with the tests that did it."""
    if how := tests.notice(names):
        raise SystemExit(f"these tests fail without a mutant ({how}): what they notice says nothing")
    result = json.loads(output.read_text(encoding="utf-8"))
    found = {m.key: m for file in files for m in mutants_of(file, (tests.copy / file).read_text(encoding="utf-8"))}
    left = []
    for survivor in result["survivors"]:
        mutant = found.get(survivor["key"])
        if mutant is not None and _put_in(tests, mutant, [names]):
            result["noticed_later"].append({**survivor, "verdict": f"noticed by {' '.join(names)}"})
        else:
            left.append(survivor if mutant is None else _survivor(mutant))
    result["survivors"] = left
    output.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(result['noticed_later'])} noticed later, {len(left)} not")
    return 0


def _begun(output: Path, new: dict[str, Any]) -> dict[str, Any]:
    """What is there of the same run, which goes on where it was interrupted; else the new result."""
    if output.exists():
        result: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
        if all(result.get(key) == new[key] for key in ("seed", "of_file", "mutants")):
            return result
    return new


def _result(every: list[Mutant], chosen: list[Mutant], seed: int) -> dict[str, Any]:
    import coverage

    words = [re.sub(r"^.*(?=scripts/)", "", sys.argv[0]), *sys.argv[1:]]
    return {
        "command": shlex.join(["python", *words]),
        "python": platform.python_version(),
        "coverage": coverage.__version__,
        "machine": f"{platform.system()} {platform.machine()}",
        "date": time.strftime("%Y-%m-%d"),
        "seed": seed,
        "of": len(every),
        "of_file": dict(Counter(m.file for m in every)),
        "mutants": len(chosen),
        "killed": 0,
        "by_file": {},
        "noticed_later": [],
        "survivors": [],
    }


if __name__ == "__main__":
    raise SystemExit(main())
