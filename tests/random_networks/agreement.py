"""Two analyses of one network, however it is written, agree in every figure."""

from __future__ import annotations

import json
from typing import Any

from drawn_programs import Program
from meaning import seen

import archcalc
from archcalc.analysis import FIGURES

WARNINGS = ("W101", "W102")  # about layers, not about how they are written


def analyze(program: Program, text: str) -> Any:
    return archcalc.analyze(text=text, network="N", params=program.given)


def rows(analysis: Any) -> list[tuple[Any, ...]]:
    """Every layer with all that is known of it, but where it stands."""
    return [
        (
            row.name, row.kind, row.output_shape, [n.name for n in row.node.inputs], row.node.shares and row.node.shares.name,
            row.node.layer.settings(*row.node.input_shapes), {f: getattr(row, f) for f in FIGURES},
        )
        for row in analysis.rows
    ]  # fmt: skip


def network(analysis: Any) -> dict[str, Any]:
    """The network as a whole."""
    graph = analysis.graph
    return {
        "inputs": [(n.name, n.shape) for n in graph.inputs],
        "outputs": [n.name for n in graph.outputs],
        "totals": analysis.totals,
        "dtype": graph.dtype,
        "layout": graph.layout,
        "warnings": {(d.code, d.message) for d in analysis.diagnostics if d.code in WARNINGS},  # what a loop repeats is said once
    }


def same(one: Any, other: Any) -> None:
    for ours, theirs in zip(rows(one), rows(other), strict=False):
        assert ours == theirs
    assert [row.name for row in one.rows] == [row.name for row in other.rows]
    assert network(one) == network(other)


def documents(one: Any, other: Any) -> None:
    """The JSON documents agree too, with how each figure came about, in all but where the layers stand."""
    ours, theirs = (json.loads(analysis.to_json()) for analysis in (one, other))
    for document in (ours, theirs):
        for layer in document["layers"]:
            del layer["line"]
        for key in ("groups", "parameters", "diagnostics", "expectations"):
            del document[key]
    assert ours == theirs


def errors(analysis: Any) -> list[str]:
    return [f"{d.span and d.span.line}: {d}" for d in analysis.diagnostics if d.severity == "error"]


def consistent(analysis: Any, program: Program) -> None:
    """The shapes are those that a window set down place by place leaves; weights are counted once, where they are used first."""
    shapes = {node.name: node.shape for node in program.expansion.nodes}
    for row in analysis.rows:
        if row.kind != "part":
            assert row.output_shape == tuple(seen(shapes[row.name], program.expansion.frame.env.first)), row.name
    assert len(analysis.layers) == len(analysis.rows)
    owners = {id(row.node) for row in analysis.rows if row.node.shares is None}
    for row in analysis.rows:
        assert row.node.shares is None or (id(row.node.shares) in owners and row.params == 0), row.name
    for figure in FIGURES:
        assert getattr(analysis.totals, figure) == sum(getattr(row, figure) for row in analysis.rows)
