"""The expectations of the network, each with both its sides and how it fared."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.analysis import Outcome
from archcalc.languages import mark, tr
from archcalc.report.page.place import Page
from archcalc.report.text import clean
from archcalc.values import said

VERDICTS = {True: (mark("holds"), "ok"), False: (mark("does not hold"), "error"), None: (mark("cannot be decided"), "warning")}


class Verdict(NamedTuple):
    """An expectation with both sides."""

    text: str
    line: int
    left: str
    right: str
    word: str
    style: str


def section(page: Page) -> list[Verdict] | None:
    """Every expectation; None where there is none."""
    return [verdict(outcome) for outcome in page.analysis.expectations] or None


def verdict(outcome: Outcome) -> Verdict:
    """One expectation."""
    known = outcome.holds is not None
    word, style = worded(outcome.holds)
    left, right = (clean(said(side)) if known else "?" for side in (outcome.left, outcome.right))
    return Verdict(clean(" ".join(outcome.text.split())), outcome.line, left, right, word, style)


def worded(holds: bool | None) -> tuple[str, str]:
    """How an expectation fared, in words, and the style of these."""
    word, style = VERDICTS[holds]
    return tr(word), style
