"""Inputs of every sort by the hundred thousand: whatever is put in, what comes out is right, soon there, and harmless.

`python -m archcalc.testing fuzz` runs it. The same seed, on the same corpus, makes the same inputs. They are examined in a child
process, with limits on its time and memory, which is started anew when it dies: that is a finding too.
"""

from __future__ import annotations

import base64
import gzip
import json
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import archcalc
from archcalc.testing.fuzz.examining import HANGS
from archcalc.testing.fuzz.models import is_model
from archcalc.testing.fuzz.worker import CURRENT, MEMORY
from archcalc.testing.soak import environment
from archcalc.verify.errors import VerifyError
from archcalc.verify.process import follow

CHUNK = 2_000  # inputs of one process
AGAIN = 20  # of so many inputs, one is examined once more, by a process in which sets have another order
OUTSIDE = 200  # of so many inputs, one goes through the command line
OFTEN = 5.0  # seconds between what is said of the progress
EACH = 5  # of so many recorded models, one is of the corpus
LARGEST = 50_000  # bytes of a program of the corpus
CALL = (sys.executable, "-P", "-m", "archcalc")
COMMANDS = (
    ("analyze", "-"),
    ("check", "-"),
    ("analyze", "-", "--format", "json"),
    ("codegen", "-"),
    ("report", "-"),
    ("check", "--format", "json", "-"),
)

Progress = Callable[[str], object]


def corpus_of(folders: Sequence[str]) -> list[bytes]:
    """The .arch files below these folders, and the programs on their .md pages. One little network, if there are none."""
    found = {b"network N {\n input 8x8x1\n conv 2, 3x3, relu\n flatten\n dense 3\n}\n": None}
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix == ".arch":
                found[path.read_bytes()] = None
            elif path.suffix == ".md":
                found.update(dict.fromkeys(_programs(path)))
            elif path.name.endswith(".jsonl.gz"):
                found.update(dict.fromkeys(_models(path)))
    return [data for data in found if len(data) <= LARGEST]


def _models(recorded: Path) -> Iterator[bytes]:
    """Some of the models of a recording, which has a list a line, with a model's JSON in it as a text."""
    with gzip.open(recorded, "rt", encoding="utf-8") as lines:
        for line in islice(lines, 0, None, EACH):
            found = json.loads(line)
            yield from (text.encode() for text in found if isinstance(text, str) and is_model(text.encode()))


def _programs(page: Path) -> Iterator[bytes]:
    for block in re.findall(r"```\w*\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        yield (
            block if re.search(r"^(network|block|let|use)\b", block, re.MULTILINE) else f"network N {{\n input 8x8x4\n{block}}}\n"
        ).encode()


class Fuzz:
    """A run, and what it has found so far. `run` goes on for so many seconds or inputs; `result` is plain data."""

    def __init__(self, seconds: float, seed: int = 0, folders: Sequence[str] = (), most: int | None = None) -> None:
        self.planned, self.seed, self.most = seconds, seed, most
        self.corpus: list[tuple[bytes, list[str]]] = [(data, []) for data in corpus_of(folders)]
        self.given = len(self.corpus)
        self.done = 0
        self.seconds = 0.0
        self.died = 0
        self.versions: dict[str, Any] = {}
        self.made: Counter[str] = Counter()
        self.ways: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.findings: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._digests: dict[int, tuple[bytes, str]] = {}
        self._say: Progress = str

    def run(self, progress: Progress = str) -> None:
        """Make and examine inputs until the time is up.

        Raises:
            VerifyError: the child process cannot start.
        """
        self._say = progress
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="archcalc-", ignore_cleanup_errors=True) as folder:
            Path(folder, "lib.arch").write_text("let W = 3\nblock lib(c = 2) { conv c, 3x3, same; relu }\n", encoding="utf-8")
            while (left := self.planned - (time.monotonic() - begun)) > 0 and (self.most is None or self.done < self.most):
                self._chunk(Path(folder), left, begun)
                self._again(Path(folder))
        self.seconds = time.monotonic() - begun

    def _chunk(self, folder: Path, left: float, begun: float) -> None:
        """The next inputs, in a process of their own; until it ends, or dies."""
        first, last, said = self.done, self.done + CHUNK if self.most is None else min(self.done + CHUNK, self.most), begun
        corpus = folder / "corpus"
        corpus.write_text("".join(json.dumps([_text(data), new]) + "\n" for data, new in self.corpus), encoding="ascii")
        job = {"seed": self.seed, "first": first, "last": last, "until": left, "corpus": str(corpus), "known": [*self.findings]}

        def each(report: dict[str, Any]) -> None:
            nonlocal said
            self._take(report, folder)
            self.seconds = time.monotonic() - begun
            if time.monotonic() - said > OFTEN:
                said = time.monotonic()
                self._say(self.summary())

        try:
            follow(_command(job), folder, environment() | {"PYTHONHASHSEED": "0"}, left + 4 * HANGS, each)
        except VerifyError as error:
            if not self.versions:
                raise
            self._died(folder, str(error))
            self.done += 1  # the next one goes on after it

    def _died(self, folder: Path, error: str) -> None:
        """The process is gone: what it was examining is a finding."""
        self.died += 1
        says = error.removeprefix("the training process ").removeprefix("training ")
        finding = {"way": "process", "what": says.partition(":")[0], "place": "", "says": says}
        self._found({"number": self.done, "data": _text((folder / CURRENT).read_bytes()), "smaller": "", "finding": finding})

    def _take(self, report: dict[str, Any], folder: Path) -> None:
        """What the child says."""
        event = report.pop("event")
        if event == "versions":
            self.versions = report
        elif event == "finding":
            self._found(report)
        elif event == "done":
            number, data = report["number"], base64.b64decode(report["data"])
            self.done = number + 1
            self.made[report["way"]] += 1
            self.ways.update(report["ways"])
            self.codes.update(report["codes"])
            if report["new"]:
                self.corpus.append((data, report["new"]))
            if number % AGAIN == 0:
                self._digests[number] = data, report["digest"]
            if number % OUTSIDE == 0:
                self._outside(number, data, folder)
        elif event == "again":
            data, digest = self._digests[report["number"]]
            if digest != report["digest"]:
                self._found_here(report["number"], data, "again", "another output of the same input", "")

    def _found(self, report: dict[str, Any]) -> None:
        finding = report["finding"]
        key = finding["way"], finding["what"], finding["place"]
        if key in self.findings:
            self.findings[key]["times"] += 1
            return
        program, smaller = (_readable(base64.b64decode(report[name])) for name in ("data", "smaller"))
        self.findings[key] = {"number": report["number"], **finding, "times": 1, "program": program, "smaller": smaller}
        self._say(f"input {report['number']}: {finding['way']}: {finding['what']} {finding['place']} {finding['says']}"[:300])

    def _found_here(self, number: int, data: bytes, way: str, what: str, says: str) -> None:
        finding = {"way": way, "what": what, "place": "", "says": says}
        self._found({"number": number, "data": _text(data), "smaller": "", "finding": finding})

    def _again(self, folder: Path) -> None:
        """Some of the inputs once more, in a process where sets are in another order: the same must come out."""
        again = folder / "again"
        again.write_text("".join(json.dumps([n, _text(data)]) + "\n" for n, (data, _) in self._digests.items()), encoding="ascii")
        seed = str(1 + self.done % 1000)
        try:
            follow(
                _command({"again": str(again)}),
                folder,
                environment() | {"PYTHONHASHSEED": seed},
                20 * HANGS,
                lambda r: self._take(r, folder),
            )
        except VerifyError as error:
            self._died(folder, str(error))
        self.ways["again"] += len(self._digests)
        self._digests.clear()

    def _outside(self, number: int, data: bytes, folder: Path) -> None:
        """Through the command line: an exit code that is declared, no traceback, nothing that steers a terminal."""
        words = COMMANDS[number // OUTSIDE % len(COMMANDS)]
        self.ways["command line"] += 1
        try:
            ran = subprocess.run(
                [*CALL, *words],
                input=data,
                capture_output=True,
                cwd=folder,
                env=environment(),
                timeout=HANGS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            self._found_here(number, data, f"command line {words[0]}", "hangs", "")
            return
        if ran.returncode not in (0, 1, 2) or b"Traceback" in ran.stderr:
            self._found_here(
                number, data, f"command line {words[0]}", f"exit code {ran.returncode}", ran.stderr[-500:].decode("utf-8", "replace")
            )
        if re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", ran.stderr):
            self._found_here(number, data, f"command line {words[0]}", "a control character on standard error", "")

    def summary(self) -> str:
        """How far it is."""
        several = "" if len(self.findings) == 1 else "s"
        kept = len(self.corpus) - self.given
        return f"{self.done:,} inputs, {kept:,} of them kept, {len(self.findings)} finding{several}, {self.seconds:.0f} s"

    def result(self, command: str) -> dict[str, Any]:
        """All that was found, as plain data."""
        return {
            "schema": "archcalc/fuzz/1",
            "command": command,
            "complete": self.seconds >= self.planned or self.done == self.most,
            "archcalc": archcalc.__version__,
            "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.machine()}",
            **self.versions,
            "seed": self.seed,
            "seconds": round(self.seconds, 1),
            "memory": MEMORY,
            "inputs": self.done,
            "made": dict(sorted(self.made.items())),
            "corpus": {"given": self.given, "kept": len(self.corpus) - self.given},
            "ways": dict(sorted(self.ways.items())),
            "codes": dict(sorted(self.codes.items())),
            "processes_that_died": self.died,
            "findings": [*self.findings.values()],
        }


def _command(job: dict[str, Any]) -> list[str]:
    return [sys.executable, "-P", "-m", "archcalc.testing.fuzz.worker", json.dumps(job)]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _readable(data: bytes) -> str | dict[str, str]:
    """The input as text; in base64 where it is none."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"base64": _text(data)}
