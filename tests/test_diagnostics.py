"""Every mistake as its user sees it: programs in mistakes/, and beside each what archcalc says of it, without colour.

Each code has a page with a wrong program of its own (test_codes.py); these are the further ones. `pytest --update` writes the
.txt files anew; read the difference before you keep it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from running import TESTS

import archcalc
from archcalc.codes import CODES
from archcalc.codes.pages import page
from archcalc.diagnostics import Diagnostic, in_order
from archcalc.pipeline import Options, UsageError, analyze_all, load
from archcalc.report.findings import render, summary
from archcalc.report.text import Style, width

MISTAKES = sorted((TESTS / "mistakes").glob("*.arch"))
# The wrong programs of the pages, but for those that it takes options, or other files, to go wrong with.
PAGES = [Path(code) for code in CODES if not page(code).wrong[0].options and code not in ("E004", "E142")]


@lru_cache(maxsize=None)
def found_in(path: Path) -> list[Diagnostic]:
    content = path.read_bytes() if path.suffix else page(path.name).wrong[0].bytes
    loaded = load(path.name, content, str(path) if path.suffix else "")
    return in_order([d for a in analyze_all(loaded) for d in a.diagnostics] + loaded.findings)


def said(findings: list[Diagnostic]) -> str:
    return "\n".join([*(render(d, Style(False)) for d in findings), summary(findings)]) + "\n"


@pytest.mark.parametrize("path", MISTAKES, ids=lambda p: p.stem)
def test_each_mistake_is_told_as_its_golden_file_has_it(path: Path, update: bool) -> None:
    text = said(found_in(path))
    golden = path.with_suffix(".txt")
    if update:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [p for p in MISTAKES if p.stem[:1] in "EW"], ids=lambda p: p.stem)
def test_one_mistake_is_told_once_by_its_own_code(path: Path) -> None:
    assert [d.code for d in found_in(path)] == [path.stem[:4]]


@pytest.mark.parametrize("path", [p for p in MISTAKES if p.stem[:1] in "EW"] + PAGES, ids=lambda p: p.stem)
def test_a_span_lies_within_its_text_and_the_message_has_all_its_facts(path: Path) -> None:
    for finding in found_in(path):
        assert finding.message and "{" not in re.sub("`[^`]*`", "", finding.message)
        assert "None" not in finding.message and "Fraction" not in finding.message
        assert finding.span is not None
        assert 0 <= finding.span.start <= finding.span.end <= len(finding.span.source.text)


def marked(text: str) -> list[str]:
    """The words that carets stand under, found by columns on a screen."""
    lines, words = text.splitlines(), []
    for above, below in zip(lines, lines[1:], strict=False):
        if found := re.fullmatch(r"( *\| )( *)(\^+)", below):
            shown = above[len(found[1]) :]
            start, length, word, column = len(found[2]), len(found[3]), "", 0
            for char in shown:
                if start <= column < start + length:
                    word += char
                column += width(char)
            words.append(word)
    return words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("wide-characters-and-tabs", ["99x99", "dens"]), ("E110", ["strde"]), ("E114", ["rleu"]),
        ("E301", ["5x5"]), ("E308", ["28x28x6"]), ("E401", ["L.params == 150"]), ("E202", ["k"]),
        ("E104", ["unit"]), ("E101-unknown-kind", ["convolve"]), ("E210", ["4 / 2"]), ("E304", ["4"]),
        ("E015", ["HxWx3"]), ("E010", ["tanh"]), ("E013", ['"my layer: dense 3']), ("E017", [".X"]),
        ("E111-by-word-and-name", ["1"]), ("E103", ["firts"]), ("W101", ["2x2"]), ("E312", ["4"]),
        ("several-independent-mistakes", ["99x99", "rleu", "5", "nothing", "1 == 2", "7"]), ("one-mistake-upstream", ["99x99"]),
    ],
)  # fmt: skip
def test_carets_stand_under_the_words_at_fault(name: str, words: list[str]) -> None:
    found = marked(said(found_in(Path(name) if name in CODES else TESTS / "mistakes" / f"{name}.arch")))
    assert found == words


@pytest.mark.parametrize(
    ("kind", "meant"), [("upconv", "did you mean `upconvs`?"), ("fc", "here it is called `dense`"), ("cnv", "did you mean `conv`?")]
)
def test_the_names_of_the_program_come_before_those_of_other_libraries(kind: str, meant: str) -> None:
    found = archcalc.analyze(text=f"block upconvs(n) {{ conv n, 3x3 }}\nnetwork N {{\ninput 8x8x1\n{kind} 8\n}}")
    assert [f.fixes for f in found.diagnostics if f.code == "E101"] == [(meant,)]


def test_merges_that_do_not_fit_show_both_producers() -> None:
    (finding,) = found_in(TESTS / "mistakes" / "E307-add.arch")
    assert [(span.text.split(":")[0], word) for span, word in finding.related] == [("a", "a is 26x26x4"), ("b", "b is 24x24x4")]


def test_fixes_of_a_size_that_was_declared_work() -> None:
    (finding,) = found_in(Path("E308"))
    fixes = re.findall(r"`([^`]+)`", " ".join(finding.fixes))
    assert fixes
    for fix in fixes:
        assert archcalc.analyze(text=f"network N {{ input 28x28x1; conv 6, 5x5, {fix} -> 28x28x6 }}").ok, fix


@pytest.mark.parametrize(
    ("line", "size"), [("maxpool 2x2", "5x4x3"), ("maxpool 2x2", "5x5x3"), ("conv 4, 3x3, /4", "13x13x3"), ("conv 2, 2x2, /2", "7x9x1")]
)
def test_fixes_of_a_lost_row_work(line: str, size: str) -> None:
    """Each padding, word and kernel that the help offers is put into the line."""
    (finding,) = archcalc.analyze(text=f"network N {{ input {size}; {line} }}").diagnostics
    said_fixes = " ".join(finding.fixes)
    fixed = [f"{line}, {word}" for word in re.findall(r"`([^`]+)`", said_fixes)]
    fixed += [re.sub(r"\d+x\d+", k, line, count=1) for k in re.findall(r"a kernel of (\d+)", said_fixes)]
    assert fixed
    for attempt in fixed:
        assert archcalc.analyze(text=f"network N {{ input {size}; {attempt} }}").diagnostics == [], attempt


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (Options({"k": "3"}), "E106"), (Options({}, {None: "3x"}), "E010"), (Options({}, {None: "0x4"}), "E129"), (Options({}, {"image": "4"}), "E129"),
        (Options({"n": "1 +"}), "E010"), (Options({"n": "1 // 0"}), "E202"), (Options({}, {None: "4", "input": "5"}), "E129"), (Options({}, {None: "2.5"}), "E129"),
    ],
)  # fmt: skip
def test_options_that_do_not_fit_are_usage_errors(options: Options, code: str) -> None:
    loaded = load("n.arch", b"network N(n = 3) { input 4; dense n }\n")
    with pytest.raises(UsageError) as caught:
        analyze_all(loaded, None, options)
    assert caught.value.finding.code == code


def test_an_unknown_network_is_a_usage_error_that_suggests_a_name() -> None:
    with pytest.raises(UsageError) as caught:
        analyze_all(load("n.arch", b"network Net { input 4; dense 3 }\n"), "Nett")
    assert caught.value.finding.code == "E107" and "`Net`" in " ".join(caught.value.finding.fixes)


def test_a_text_beyond_the_limit_is_not_read() -> None:
    loaded = load("n.arch", b"network N { input 4; dense 3 }\n" + b"#" * 10_000_001)
    assert [d.code for d in loaded.findings] == ["E004"]


def test_no_more_than_so_many_mistakes_are_told() -> None:
    text = "network N {\n input 4\n" + " dense 1 1\n" * 500 + "}\n"
    loaded: Any = load("n.arch", text.encode())
    assert 10 <= len([d for d in loaded.findings if d.code == "E010"]) <= 50
