"""Whatever the text: an analysis or an ArchError, never another exception; and what is found can be shown."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from soup import damaged, in_a_network, programs, token_soup

import archcalc
from archcalc.pipeline import Options, UsageError, analyze_all, load
from archcalc.report.findings import render
from archcalc.report.formats import as_csv, as_json, as_latex, as_markdown
from archcalc.report.terminal import table
from archcalc.report.text import Style


def survive(text: str) -> None:
    try:
        analysis = archcalc.analyze(text=text)
    except archcalc.ArchError as error:
        assert str(error)
        return
    show(analysis)


def show(analysis: Any) -> None:
    for finding in analysis.diagnostics:
        assert render(finding, Style(True)).strip()
    for write in (as_json, as_csv, as_markdown, as_latex):
        assert write(analysis)
    assert table(analysis, Style(False), explain=True)


@settings(max_examples=300)
@given(st.text(max_size=60) | token_soup)
def test_any_text(text: str) -> None:
    survive(text)


@settings(max_examples=300)
@given(in_a_network)
def test_any_tokens_in_a_network(text: str) -> None:
    survive(text)


@settings(max_examples=300)
@given(programs | damaged())
def test_any_program(text: str) -> None:
    survive(text)


LINES = st.sampled_from(
    ["conv 2, 3x3", "conv 2, 3, /2, same", "maxpool", "gap", "flatten", "dense 3", "bn", "subsample 2, tanh", "reshape (-1, 2)", "add from a, b",
     "concat from a, b", "a: dense 2", "b: relu", "a: conv 2, 1", "rbf 3", "dropout 0.5", "in_: dense in.c", "repeat 2 { dense 3 }", "add { branch { } branch { dense 3 } }",
     "expect total.params > 0", "expect a.c == 2", "let n = in.c", "output from a", "train { data digits; loss mse }", "conv 4, 2x2x2, groups=2", "leaky_relu",
     "input 4x4", "for i in range(3) { e: dense i + 1 }", "dense 2 from e[1]", "if in.c == 2 { relu } else { tanh }"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(LINES, max_size=7), st.sampled_from(["8x8x4", "16", "9x4", "4x4x4x2", "1", "2x3x5x7x11"]))
def test_any_order_of_good_lines(lines: list[str], size: str) -> None:
    survive(f"network N {{\n input {size}\n " + "\n ".join(lines) + "\n}\n")


@settings(max_examples=200)
@given(
    st.binary(max_size=80)
    | token_soup.map(lambda t: t.encode("utf-16"))
    | st.binary(max_size=8).map(lambda b: b"network N { input 4; " + b + b" }")
)
def test_any_bytes(data: bytes) -> None:
    for analysis in analyze_all(load("<bytes>", data)):
        show(analysis)


@settings(max_examples=150)
@given(st.text(max_size=30) | token_soup, st.text(max_size=10) | st.sampled_from(["4", "2x2", "-1", "0", "1,2", "x"]))
def test_any_value_from_outside(value: str, size: str) -> None:
    loaded = load("<text>", b"network N(p = 3) { input 4; dense p }\n")
    for options in (Options({"p": value}), Options({}, {None: size}), Options({value: "1"}), Options({}, {value: "4"})):
        try:
            (analysis,) = analyze_all(loaded, None, options)
        except UsageError as error:
            assert error.finding.message
        else:
            show(analysis)
