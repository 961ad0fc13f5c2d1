"""`custom "X", unknown`: what its line does not write is unknown everywhere, and never 0; what does not depend on it stays known."""

from __future__ import annotations

import csv
import io
import itertools
import json
from typing import Any

import pytest

import archcalc
from archcalc.cli import main
from archcalc.conventions import NAMES, counts
from archcalc.diff import compare
from archcalc.figures import FIGURES, TOTALS
from archcalc.verify import VerifyError, run

AROUND = "network N {{ input 8x8x3\n conv 4, 3x3, relu\n U: {}\n flatten\n dense 10 {}}}"
# What an argument settles: with it, these figures are known. Written by hand, from what the words mean.
SETTLES = {
    "params=30": {"params", "weight_bytes"},
    "trainable=20": {"trainable_params"},
    "macs=7": {"macs", "units"},
    "flops=90": {"flops"},
    "connections=11": {"connections", "units"},
}
ALWAYS = {"activation_bytes"}


def text(line: str, more: str = "") -> str:
    return AROUND.format(line, more)


def analyzed(*given: str) -> Any:
    analysis = archcalc.analyze(text=text(", ".join(['custom "X"', "unknown", *given])))
    assert [d.message for d in analysis.diagnostics if d.severity == "error"] == []
    return analysis


SUBSETS = [some for n in range(len(SETTLES) + 1) for some in itertools.combinations(SETTLES, n)]


@pytest.mark.parametrize("given", SUBSETS, ids=lambda given: " ".join(given) or "nothing")
def test_what_is_not_written_is_unknown_and_all_else_is_as_without_the_word(given: tuple[str, ...]) -> None:
    analysis = analyzed(*given)
    known = ALWAYS.union(*(SETTLES[one] for one in given))
    known |= {"non_trainable_params"} if {"params=30", "trainable=20"} <= set(given) else set()
    # What is known is what the same line has without the word, which wants parameters where some are trained.
    wanted = ["params=30"] if "trainable=20" in given and "params=30" not in given else []
    plain = archcalc.analyze(text=text(", ".join(['custom "X"', *given, *wanted])))
    for figure in FIGURES:
        value = getattr(analysis.layers["U"], figure)
        assert (value is not None) == (figure in known), figure
        if value is not None:
            assert value == getattr(plain.layers["U"], figure), figure
        others = [getattr(row, figure) for row in analysis.rows if row.name != "U"]
        assert None not in others
        assert getattr(analysis.totals, figure) == (None if value is None else sum(others) + value)
    assert analysis.totals.peak_activation_bytes == plain.totals.peak_activation_bytes
    trains = {"params", "trainable_params"} <= known
    assert (analysis.totals.training_bytes is not None) == trains
    missing = {"params", "trainable_params", "connections", "macs", "flops"} - known
    assert analysis.ok and [d.code for d in analysis.diagnostics] == ["W130"] * bool(missing)
    for warning in analysis.diagnostics:
        assert set(warning.facts["figures"].split(", ")) == missing


def test_without_the_word_what_is_not_written_is_0() -> None:
    row = archcalc.analyze(text=text('custom "X"')).layers["U"]
    assert [getattr(row, figure) for figure in FIGURES if figure != "activation_bytes"] == [0] * 8


def test_every_format_says_that_it_is_unknown() -> None:
    analysis = analyzed("params=30")
    found = json.loads(analysis.to_json())
    row = next(layer for layer in found["layers"] if layer["name"] == "U")
    assert row["params"] == 30 and row["macs"] is None and found["totals"]["macs"] is None
    assert "macs" not in row.get("derivations", {})
    assert found["totals"]["params"] == sum(layer["params"] for layer in found["layers"])
    page = analysis.to_html()
    assert "the line of U leaves it open" in page and "has a mistake" not in page
    assert "U 所在行没有给出" in analysis.to_html(lang="zh")


@pytest.mark.parametrize("form", ["table", "csv", "markdown", "latex"])
def test_tables_have_a_question_mark_or_nothing(form: str, tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.arch").write_text(text('custom "X", unknown'))
    assert main(["analyze", str(tmp_path / "net.arch"), "--format", form, "--columns", "macs,params"]) == 0
    out = capsys.readouterr().out
    assert "Traceback" not in out
    if form == "csv":
        rows = {row["name"]: row for row in csv.DictReader(io.StringIO(out))}
        assert rows["U"]["macs"] == rows["U"]["params"] == rows["total"]["macs"] == ""
    else:
        assert out.count("?") >= 4


@pytest.mark.parametrize("figure", TOTALS)
def test_every_total_is_explained(figure: str) -> None:
    said = analyzed().explain(f"total.{figure}")
    if figure not in ("activation_bytes", "peak_activation_bytes"):
        assert "?" in said and "mistake" not in said


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_is_explained(figure: str) -> None:
    said = analyzed().explain(f"U.{figure}")
    assert ("leaves it open" in said) == (figure != "activation_bytes")


@pytest.mark.parametrize("tool", NAMES)
def test_no_other_tool_is_said_to_count_nothing(tool: str) -> None:
    found = counts(analyzed(), tool)
    assert found.layers["U"] is None and found.total is None and "leaves open" in found.reasons["U"]


@pytest.mark.parametrize("what", ["total.params > 0", "U.macs == 0", "total.training_bytes > 0", "total.units == 5", "U.trainable == 0"])
def test_an_expectation_of_it_is_an_error(what: str) -> None:
    analysis = archcalc.analyze(text=text('custom "X", unknown', f"\n expect {what}"))
    (error,) = [d for d in analysis.diagnostics if d.severity == "error"]
    assert error.code == "E404" and "`U`" in error.message and not analysis.ok
    assert [outcome.holds for outcome in analysis.expectations] == [None]


@pytest.mark.parametrize("what", ["total.peak_activation_bytes > 0", "U.units == 144", "U.shape == 6x6x4", "total.macs == 5407"])
def test_an_expectation_of_what_is_known_is_decided(what: str) -> None:
    analysis = archcalc.analyze(text=text('custom "X", unknown, macs=7', f"\n expect {what}"))
    codes = [d.code for d in analysis.diagnostics if d.severity == "error"]
    assert "E404" not in codes and [outcome.holds for outcome in analysis.expectations] != [None]


def test_weights_that_are_used_again_are_unknown_once() -> None:
    analysis = archcalc.analyze(text=text('custom "X", unknown\n V: reuse U'))
    assert analysis.layers["U"].params is None and analysis.layers["V"].params == 0 and analysis.layers["V"].macs is None
    assert [d.code for d in analysis.diagnostics] == ["W130"]


def test_a_block_and_a_wrapper_around_it_are_unknown_too() -> None:
    block = 'block B(c) { conv c, 1x1; custom "X", unknown }\n'
    analysis = archcalc.analyze(text=block + text("B 4").replace("U: B 4", "U: B 4\n V: B 4"))
    assert [group.row.params for group in analysis.graph.groups] == [None, None]
    assert [d.code for d in analysis.diagnostics] == ["W130"], "once for a line"
    wrapped = archcalc.analyze(text='network N { input 4x8\n U: time_distributed { custom "X", unknown }\n dense 3 }')
    assert wrapped.layers["U"].params is None and wrapped.totals.macs is None


def test_free_sizes_go_on_around_it() -> None:
    analysis = archcalc.analyze(text='network N(H) { input H x H x 3\n conv 4, 3x3\n U: custom "X", unknown, flops=3\n gap\n dense 3 }')
    assert analysis.layers["U"].flops == 3 and analysis.layers["U"].macs is None and analysis.totals.macs is None
    assert analysis.totals.activation_bytes is not None and [d.code for d in analysis.diagnostics] == ["W130"]


def test_figures_that_became_known_differ_from_unknown_ones_and_two_unknown_ones_are_not_said_to_be_equal() -> None:
    known = archcalc.analyze(text=text('custom "X", params=0'))
    unknown = analyzed()
    total = compare(unknown, known).totals["params"]
    assert total.before is None and total.after is not None
    assert "? -> 0" in str(unknown.diff(known))
    same = str(unknown.diff(analyzed("params=30")))
    assert next(line for line in same.splitlines() if "MACs" in line and "Layer" not in line).split() == ["MACs", "?", "?"]


def test_verify_says_why_it_cannot() -> None:
    analysis = analyzed()
    rows = [{"name": r.name, "kind": r.kind, "output_shape": r.output_shape, **{f: getattr(r, f) for f in FIGURES}} for r in analysis.rows]
    with pytest.raises(VerifyError, match="line leaves open|needs Keras"):
        run(analysis.graph, rows)
