"""What is wrong with a program, in other languages: every message, fix and note of the wrong programs is translated."""

from __future__ import annotations

import copy
import json
import pickle
import re
from pathlib import Path

import pytest
from running import ROOT, TESTS
from test_languages import NO_ENGLISH

import archcalc
from archcalc.codes import CODES
from archcalc.codes.pages import page
from archcalc.diagnostics import Diagnostic, in_order
from archcalc.languages import phrase, speaking, together, tr, translated
from archcalc.pipeline import analyze_all, load
from archcalc.report.page.diagnostics import finding
from archcalc.spoken import beside, filled

MISTAKES = sorted((TESTS / "mistakes").glob("*.arch"))
PAGES = [Path(code) for code in CODES if not page(code).wrong[0].options and code not in ("E004", "E142")]
WORDS = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")  # two words in a row
# What is a program's own, or has no other words: code without quotes, names, an expression, a class.
CODE = (
    r"\{.*\}|\[.*\]",
    r"^[a-z_ ]*\{ \.\.\. \}$|^add \{.*\}$",
    r"断言 .*，但",  # an expectation is said as it stands
    r"tb: reuse ta from b|network, block|conv \d.*|input \d.*",
    r"# archcalc: \w+ W101",
    r"-> size|-> \d.*",
    r"archcalc explain .*|UTF-8",
)
NOT_TRANSLATED = re.compile("|".join(CODE))


def found_in(path: Path) -> list[Diagnostic]:
    content = path.read_bytes() if path.suffix else page(path.name).wrong[0].bytes
    loaded = load(path.name, content, str(path) if path.suffix else "")
    return in_order([d for a in analyze_all(loaded) for d in a.diagnostics] + loaded.findings)


@pytest.mark.parametrize("path", MISTAKES + PAGES, ids=lambda p: p.stem)
def test_findings_have_no_english_left(path: Path) -> None:
    for d in found_in(path):
        with speaking("zh"):
            shown = finding(d, None)
        for text in (shown.message, *shown.help, *(word for _, word in shown.related)):
            plain = NOT_TRANSLATED.sub("x", NO_ENGLISH.sub("x", text))
            assert not WORDS.search(plain), text
            assert not re.search("[\u4e00-\u9fff] +[\u4e00-\u9fff]", plain), text
            assert not re.search("[\u4e00-\u9fff][A-Za-z0-9`]|[A-Za-z0-9`][\u4e00-\u9fff]", text), text
        assert re.search("[\u4e00-\u9fff]", shown.message), shown.message


@pytest.mark.parametrize("path", MISTAKES + PAGES, ids=lambda p: p.stem)
def test_names_and_numbers_are_the_same(path: Path) -> None:
    for d in found_in(path):
        english = d.message
        with speaking("zh"):
            chinese = d.message
        quoted = re.compile(r"`[^`]*`")
        assert sorted(quoted.findall(english)) == sorted(quoted.findall(chinese))
        assert set(re.findall(r"\d{2,}", english)) == set(re.findall(r"\d{2,}", chinese))


@pytest.mark.parametrize("code", CODES)
def test_a_message_has_the_same_facts(code: str) -> None:
    with speaking("zh"):
        spoken = tr(CODES[code])
    places = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")
    assert spoken != CODES[code]
    assert set(places.findall(spoken)) == set(places.findall(CODES[code]))


def test_the_page_and_the_notebook_say_it_and_the_json_does_not() -> None:
    analysis = _wrong()
    chinese, english = analysis.to_html(lang="zh"), analysis.to_html()
    assert "没有窗口读取底部的最后一行和右侧的最后一列" in chinese
    assert "no window reads the last row" in english and "no window reads" not in chinese
    assert "规则 (n + 2p - f)/s + 1 向下取整" in chinese
    with speaking("zh"):
        assert "没有窗口读取" in analysis._repr_html_()
    assert "no window reads the last row" in str(analysis.diagnostics)


def _wrong() -> archcalc.Analysis:
    return archcalc.analyze(text="network N {\n    input 27x27x1\n    maxpool 2x2, /2\n}\n")


def test_phrases_are_texts_until_they_are_spoken() -> None:
    said = phrase("did you mean `{n}`?", n="pad")
    assert said == "did you mean `pad`?" and json.dumps([said]) == '["did you mean `pad`?"]'
    assert translated(said) == said
    assert [type(same(said)) for same in (copy.copy, lambda s: pickle.loads(pickle.dumps(s)))] == [str, str]  # noqa: S301
    with speaking("zh"):
        assert translated(said) == "是否想写 `pad`？"
        assert translated("did you mean `{n}`?") == "did you mean `{n}`?"  # what is no phrase may be a name
        assert translated(phrase("no such text of {n}", n=3)) == "no such text of 3"
        assert translated(together(" and ", [phrase("rows"), phrase("columns")])) == "行和列"
        assert translated(together(" and ", ["`a`", "`b`"])) == "`a` 和 `b`"
        assert translated(phrase("{few} or more", few=phrase("1 input"))) == "1 个输入或更多"
        assert translated(3) == 3


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("应为", "3x3", "应为 3x3"),
        ("应为 ", "3x3", "应为 3x3"),
        ("应为 ", "整数", "应为整数"),
        ("`x`", "的形状", "`x` 的形状"),
        ("，", " 最多", "，最多"),
        ("a", " b", "a b"),
        ("", "整数", "整数"),
        ("(2 - 1)", "行", "(2 - 1) 行"),
    ],
)
def test_spaces_stand_where_chinese_has_them(one: str, other: str, said: str) -> None:
    assert beside(one, other) == said


def test_a_value_stays_as_it_is() -> None:
    assert filled("名为 {name} 的层", {"name": "`第 一 层`"}) == "名为 `第 一 层` 的层"
    assert filled("{kind} 不能带 `{{ ... }}`", {"kind": "`dense`"}) == "`dense` 不能带 `{ ... }`"


def test_analyze_reads_no_catalogue() -> None:
    import subprocess
    import sys

    code = "import sys, archcalc.pipeline, archcalc.diagnostics; sys.exit('gettext' in sys.modules or 'archcalc.spoken' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
