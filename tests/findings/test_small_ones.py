"""Programs of a line or two that ended in a traceback, each with what it is to say."""

from __future__ import annotations

import pytest

import archcalc
from archcalc.figures import FIGURES
from archcalc.report.explain import explanation
from archcalc.report.terminal import table
from archcalc.report.text import Style


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("let m = [] * 9999999999999999604\nnetwork N { input 4; dense len(m) + 2 }\n", {"W000"}),
        ("let m = [] * 10**40\nnetwork N { input 4; dense len(m) + 2 }\n", {"W000"}),
        ("let m = [1] * 10**40\nnetwork N { input 4; dense len(m) }\n", {"E211"}),
        ("let m = [[]] * 10**40\nnetwork N { input 4; dense len(m) }\n", {"E211"}),
        ("network N { i: input 1\n i: input 1\n}\n", {"E102", "E125"}),
        ("network N { i: input 1\n}\n", {"E125"}),
    ],
)
def test_it_is_said(program: str, says: set[str]) -> None:
    analysis = archcalc.analyze(text=program)
    assert {d.code for d in analysis.diagnostics} or {"W000"} == says
    assert {d.code for d in analysis.diagnostics} <= says
    assert analysis.to_json() and analysis.to_html()
    assert table(analysis, Style(False), explain=True)
    assert all(explanation(analysis, f"total.{figure}")[0] for figure in (*FIGURES, "peak_activation_bytes"))
    if not analysis.diagnostics:
        assert analysis.layers["dense_1"].params == 10  # 2 units of 4 values and a bias
