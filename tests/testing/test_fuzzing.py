"""The fuzzer: what it makes, that it sees each sort of mistake when there is one, and that it outlives what it examines."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from running import ROOT, Ran, environment

from archcalc.diagnostics import Diagnostic
from archcalc.source import Source, Span
from archcalc.syntax.parser import parse
from archcalc.testing import fuzz as fuzzing
from archcalc.testing.chance import Chance
from archcalc.testing.fuzz import Fuzz, corpus_of, examining
from archcalc.testing.fuzz.examining import Examiner, schema
from archcalc.testing.fuzz.grammar import grammar_program, rules
from archcalc.testing.fuzz.mutating import LONGEST, WAYS, mutated
from archcalc.testing.fuzz.reading import (
    Wrong,
    read_code,
    read_csv,
    read_finding,
    read_json,
    read_latex,
    read_markdown,
    read_page,
    read_text,
)
from archcalc.testing.shrinking import shrink_bytes
from archcalc.verify.errors import VerifyError

PROGRAM = b"network N {\n input 8x8x4\n a: conv 2, 3x3, relu\n flatten\n dense 3\n expect total.params == 293\n}\n"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is examined writes a file where it runs."""
    monkeypatch.chdir(tmp_path)


def run(*words: str) -> Ran:
    command = [sys.executable, "-m", "archcalc.testing", "fuzz", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=300, check=False)
    assert "Traceback" not in done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


def test_it_writes_what_it_examined_and_the_same_seed_examines_the_same() -> None:
    one, other = (run("--n", "60", "--seed", "4", "--minutes", "3") for _ in range(2))
    assert (one.code, one.err.splitlines()[-1].split(", ")[0]) == (0, "60 inputs"), one.err
    found, again = json.loads(one.out), json.loads(other.out)
    assert found["command"] == "python -m archcalc.testing fuzz --n 60 --seed 4 --minutes 3"
    assert (found["schema"], found["complete"], found["inputs"], found["findings"]) == ("archcalc/fuzz/1", True, 60, [])
    assert sum(found["made"].values()) == 60 and found["ways"]["parse"] == 60
    assert found["ways"]["again"] == 3 and found["ways"]["command line"] == 1
    assert found["codes"] and found["corpus"]["given"] > 200
    for document in (found, again):
        del document["seconds"]
    assert found == again


@pytest.mark.parametrize("words", [("--minutes", "0"), ("--minutes", "nan"), ("--minutes", "x"), ("--n", "0"), ("--seed", "x"), ("extra",)])
def test_a_wrong_command_line_is_a_usage_error(words: tuple[str, ...]) -> None:
    assert run(*words).code == 2


# ---- what is made -------------------------------------------------------------------------------------------------------


def test_the_corpus_has_files_and_pages(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.arch").write_bytes(b"network A { }")
    (tmp_path / "page.md").write_text("```\nnetwork B { }\n```\n\n```arch\nconv 3\n```\n")
    assert corpus_of([str(tmp_path)])[1:] == [b"network A { }", b"network B { }\n", b"network N {\n input 8x8x4\nconv 3\n}\n"]
    assert corpus_of([]) and corpus_of([str(tmp_path / "none")])


def test_every_rule_of_the_grammar_ends() -> None:
    for name, ways in rules().items():
        assert ways and all(way.steps < 20 for way in ways), name


def test_programs_of_the_grammar_are_of_the_grammar() -> None:
    """Most of them parse; the others have a number too long, rows that differ, a text that is read as something else."""
    programs = [grammar_program(Chance.seeded(1, n)).decode() for n in range(80)]
    codes = [{d.code for d in parse(Source("p", text))[1]} for text in programs]
    assert sum(not found & {"E010", "E011", "E012"} for found in codes) > 50
    words = " ".join(programs).split()
    assert {"for", "if", "block", "def", "table", "use", "let", "network", "expect", "from"} <= set(words)


def test_every_way_of_spoiling_a_program_takes_any() -> None:
    corpus = [PROGRAM, b"", b"\n", b"\xff", b'"']
    for way in WAYS:
        changed = {way(data, Chance.seeded(0, n), corpus) for n in range(25) for data in corpus}
        assert len(changed) > len(corpus), way.__name__
    assert all(len(mutated(PROGRAM, Chance.seeded(1, n), corpus)) <= LONGEST for n in range(200))


# ---- what is seen -------------------------------------------------------------------------------------------------------


def seen(data: bytes = PROGRAM, seconds: float = 20) -> set[tuple[str, str]]:
    """All that is found of an input; of several seeds, since not every way is gone each time."""
    return {(f.way, f.what) for seed in range(12) for f in Examiner(schema(), seconds)(data, seed).findings}


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    assert seen() == set()


def raising(error: BaseException) -> Any:
    def write(*_: Any, **__: Any) -> str:
        raise error

    return write


@pytest.mark.parametrize("error", [KeyError("a"), RecursionError(), MemoryError(), ZeroDivisionError()])
def test_an_exception_is_found(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "as_html", raising(error))
    assert seen() == {("page", {"MemoryError": "memory"}.get(type(error).__name__, type(error).__name__))}


def test_a_hang_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def forever(*_: Any) -> str:
        while True:
            time.process_time()

    monkeypatch.setattr(examining, "as_html", forever)
    assert seen(seconds=0.3) == {("page", "hangs")}


@pytest.mark.parametrize(
    ("name", "way", "change", "what"),
    [
        ("as_html", "page, read", lambda text: text.replace("<main>", "<main><fuzz>"), "a tag that no template has"),
        ("as_html", "page, read", lambda text: text.replace("<main>", "<main onload='a'>"), "an attribute that no template has"),
        ("as_html", "page, read", lambda text: text.replace("<main>", "<main><p>"), "a tag that closes another"),
        ("as_html", "page, read", lambda text: text.replace("#layers", "https://a"), "a link that leaves the page"),
        ("as_html", "page, read", lambda text: text.replace("<main>", "<main>\x1b"), "a control character in a page"),
        ("table", "table, read", lambda text: text + "\x1b]0;a", "a control character in a text"),
        ("table", "table, read", lambda text: text + "\u202e", "a control character in a text"),
        ("render", "diagnostics", lambda text: text + "\r", "a control character in a text"),
        ("generate", "code, read", lambda text: text + "\n)", "generated code that does not compile"),
        ("generate", "code, read", lambda text: text + "\n_injected_()", "a text that became code"),
    ],
)
def test_what_came_out_wrong_is_found(name: str, way: str, change: Any, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    as_it_is = getattr(examining, name)
    monkeypatch.setattr(examining, name, lambda *given, **more: change(as_it_is(*given, **more)))
    assert (way, what) in seen(PROGRAM.replace(b"3x3", b"3x3, /2").replace(b"expect", b"# "))


WRONG_JSON = [
    (lambda d: d["layers"][0].update(params=1.5), "JSON that the schema refuses"),
    (lambda d: d["totals"].update(params=1), "a total that is not the sum"),
    (lambda d: d["layers"][0].update(units=None), "a total that leaves something out"),
    (lambda d: d["layers"][1].update(name="a"), "a name twice in JSON"),
    (lambda d: d["parameters"].update(a=float("nan")), "JSON with a number that is none"),
]


@pytest.mark.parametrize(("change", "what"), WRONG_JSON)
def test_wrong_json_is_found(change: Any, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = examining.formats.json_pieces

    def changed(*given: Any) -> list[str]:
        document = json.loads("".join(pieces(*given)))
        change(document)
        return [json.dumps(document)]

    monkeypatch.setattr(examining.formats, "json_pieces", changed)
    assert seen() == {("json, read", what)}


def test_wrong_tables_are_refused() -> None:
    for read, wrong in (
        (read_csv, "a,b\n1\n"), (read_csv, "a\n=1\n"), (read_csv, "a\n-x\n"), (read_markdown, "|a|b|\n|a|\n"), (read_markdown, "|<fuzz>|\n"),
        (read_latex, "a & b\nc\\& d & e & f\n"), (read_latex, "{\n"), (read_latex, "$\n"), (read_text, "\x07"), (read_page, "<p>"), (read_page, "<!--a-->"),
        (read_code, "x = 1e999 - 1e999 +"), (lambda text: read_json(text, None), '{"inputs": [], "layers": [], "totals": {"params": NaN}}'),
    ):  # fmt: skip
        with pytest.raises(Wrong):
            read(wrong)


def test_wrong_diagnostics_are_refused() -> None:
    source = Source("a", "ab\nc")
    read_finding(Diagnostic("E003", Span(source, 4, 4)))
    for finding in (
        Diagnostic("E999", None),
        Diagnostic("E003", Span(source, 2, 9)),
        Diagnostic("E003", Span(source, 1, 0)),
        Diagnostic("E003", Span(source, -1, 0)),
        Diagnostic("E003", None, related=((Span(source, 5, 5), "a"),)),
        Diagnostic("E003", None, fixes=("",)),
        Diagnostic("E003", None, fixes=("a" * 10_000,)),
    ):
        with pytest.raises(Wrong):
            read_finding(finding)


def test_an_output_that_changes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A digest is of all that came out; the fuzzer compares those of two processes whose sets are ordered otherwise."""
    before = Examiner()(PROGRAM, 0).digest
    assert Examiner()(PROGRAM, 0).digest == before
    monkeypatch.setattr(examining.formats, "as_csv", lambda *_: "another\n")
    assert Examiner()(PROGRAM, 0).digest != before
    fuzz = Fuzz(60, folders=())
    fuzz._digests[3] = PROGRAM, before
    fuzz._take({"event": "again", "number": 3, "digest": "other"}, Path())
    (finding,) = fuzz.findings.values()
    assert (finding["what"], finding["program"]) == ("another output of the same input", PROGRAM.decode())


def test_it_goes_on_after_a_process_that_died(monkeypatch: pytest.MonkeyPatch) -> None:
    def follow(command: list[str], folder: Path, environment: Any, timeout: float, each: Any) -> None:
        job = json.loads(command[-1])
        if "again" in job:
            return
        each({"event": "versions", "jsonschema": None})
        for number in range(job["first"], job["last"]):
            (folder / "current").write_bytes(b"\xff%d" % number)
            if number == 2:
                raise VerifyError("the training process was killed by SIGSEGV: Fatal")
            each({"event": "done", "number": number, "data": "", "way": "bytes", "ways": {}, "codes": [], "new": [], "digest": ""})

    monkeypatch.setattr(fuzzing, "follow", follow)
    monkeypatch.setattr(fuzzing, "OUTSIDE", 1_000)
    fuzz, said = Fuzz(60, most=5), []
    monkeypatch.setattr(Fuzz, "_outside", lambda *_: None)
    fuzz.run(said.append)
    assert (fuzz.done, fuzz.died) == (5, 1)
    (finding,) = fuzz.findings.values()
    assert (finding["number"], finding["what"], finding["program"]) == (2, "was killed by SIGSEGV", {"base64": "/zI="})


def test_a_process_that_cannot_start_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzzing, "follow", raising(VerifyError("no module")))
    with pytest.raises(VerifyError, match="no module"):
        Fuzz(60, most=5).run()


def test_what_the_command_line_does_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import sys; sys.stdin.buffer.read(); sys.stderr.write('Traceback \\x07'); sys.exit(3)"
    monkeypatch.setattr(fuzzing, "CALL", (sys.executable, "-c", program))
    fuzz = Fuzz(60)
    fuzz._outside(0, b"", tmp_path)
    assert [f["what"] for f in fuzz.findings.values()] == ["exit code 3", "a control character on standard error"]


def test_bytes_are_made_as_few_as_what_they_show() -> None:
    data = b"".join(b"line %d\n" % n for n in range(200))
    assert shrink_bytes(data, lambda text: b"17" in text) == b"17"
    assert shrink_bytes(b"\xff\0ab", lambda text: b"\xff" in text) == b"\xff"
    assert shrink_bytes(b"abc", lambda text: False) == b"abc"
