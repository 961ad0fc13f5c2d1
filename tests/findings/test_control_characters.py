"""What is written for Markdown and LaTeX is also read in a terminal, which control characters of a label would steer."""

from __future__ import annotations

import unicodedata

import pytest

import archcalc
from archcalc.report.explain import FORMS, explanation
from archcalc.report.formats import as_csv, as_latex, as_markdown
from archcalc.report.terminal import table
from archcalc.report.text import Style

STEERING = ("\x1b]0;title\x07", "\x1b[31m", "\x7f", "\x85", "\u202e", "\u2066", "\u2028", "\x08", "\r")
PROGRAM = 'network "{0}N {{ input 4\n "a{0}b": dense 3\n dense 2 from "a{0}b" }}\n'.replace('"{0}N', "N")


def steers(text: str) -> list[str]:
    """Characters that a terminal may obey, or that turn text round."""
    return [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


@pytest.mark.parametrize("char", STEERING, ids=ascii)
def test_nothing_steers_the_terminal(char: str) -> None:
    analysis = archcalc.analyze(text=PROGRAM.format(char))
    for text in (as_csv(analysis), as_markdown(analysis), as_latex(analysis), table(analysis, Style(False), explain=True)):
        assert not steers(text)
    names = [row.name for row in analysis.rows]
    assert names
    for form in FORMS:
        for target in [f"{name}.{figure}" for name in names for figure in ("params", "shape", "macs")] + ["total.params"]:
            text, problem = explanation(analysis, target, form)
            assert text and not problem and not steers(text)
