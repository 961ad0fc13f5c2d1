"""An analysis as plain data: what every format is made of. Its keys are the promises of the JSON output."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archcalc.analysis import FIGURES, Analysis, Outcome
from archcalc.analysis.costs import Row
from archcalc.diagnostics import Diagnostic
from archcalc.figures import FIELD, LIVE, TOTALS
from archcalc.graph import Group, Node, say_shape
from archcalc.report.folding import counted, instances
from archcalc.values import Table

SCHEMA = "archcalc/analysis/1"


def document(analysis: Analysis, depth: int | None = None) -> dict[str, Any]:
    """The whole analysis, as JSON has it. Of its groups, those in less than `depth` others; all without a depth."""
    return {key: list(value) if isinstance(value, Iterator) else value for key, value in outline(analysis, depth).items()}


def outline(analysis: Analysis, depth: int | None = None, count: str | None = None) -> dict[str, Any]:
    """The document with its long lists as iterators: of a large network they need not be in memory at once.

    With `count`, what that convention counts is added.
    """
    graph = analysis.graph
    return {
        "schema": SCHEMA,
        "network": graph.name,
        "source": graph.source,
        "inputs": [{"name": n.name, "shape": shape(n.shape), "units": plain(n.row.units)} for n in graph.inputs],
        "outputs": [n.name for n in graph.outputs],
        "parameters": {name: plain(value) for name, value in graph.parameters.items()},
        "batch": analysis.batch,
        "dtype": graph.dtype,
        "layout": graph.layout,
        "free": list(graph.free),
        "assumptions": analysis.assumptions,
        "lossless": analysis.lossless,
        "expectations": [expectation(outcome) for outcome in analysis.expectations],
        "layers": (layer(analysis, row) for row in analysis.rows),
        "groups": groups(analysis, depth),
        "totals": figures(analysis.totals, TOTALS),
        **({"real_taps": True} if analysis.real_taps else {}),
        **({} if count is None else {"counts": counted_by(analysis, count)}),
        "diagnostics": [diagnostic(d) for d in analysis.diagnostics],
    }


def counted_by(analysis: Analysis, name: str) -> dict[str, Any]:
    """The network by a counting convention: each layer's count, null where there is none, and why."""
    from archcalc.conventions import counts  # seldom asked for

    found = counts(analysis, name)
    told = {"convention": name, "tool": found.convention.tool, "figure": found.convention.figure, "counts": found.convention.says}
    layers = {layer: plain(count) for layer, count in found.layers.items()}
    return {**told, "total": plain(found.total), "layers": layers, "left_out": found.reasons}


def layer(analysis: Analysis, row: Row) -> dict[str, Any]:
    """One layer: what it is, its figures, and how each came about."""
    node = row.node
    known = node.layer is not None and node.shape is not None
    return {
        "name": node.name,
        "kind": node.kind,
        "file": node.span.source.name if node.span else analysis.graph.source,
        "line": node.span.line if node.span else None,
        "inputs": [n.name for n in node.inputs],
        "shares": node.shares.name if node.shares else None,
        "args": {k: plain(v) for k, v in node.layer.settings(*node.input_shapes).items()} if node.layer and known else {},
        "output_shape": shape(node.shape),
        **figures(row),
        LIVE.name: plain(analysis.totals.live_bytes(row.name)),
        FIELD: field(analysis, node),
        "formulas": formulas(analysis, row),
    }


def field(analysis: Analysis, node: Node) -> Any:
    """A layer's receptive field: size, stride and padding along the axes of the input, "whole", or by the inputs' names."""
    from archcalc.analysis.fields import plain  # only where it is asked for

    return plain(analysis.receptive.of(node))


def figures(row: Any, names: tuple[str, ...] = FIGURES) -> dict[str, Any]:
    """Figures by their names: an integer, a formula where sizes are free, None where it is unknown."""
    return {figure: plain(getattr(row, figure)) for figure in names}


def groups(analysis: Analysis, depth: int | None = None) -> list[dict[str, Any]]:
    """The block instances, and the networks used as layers, with the sums of their layers.

    A layer is named once, by the innermost of them: with all around it, deep nesting would take room without bound.
    """
    own: dict[int, list[str]] = {}
    for row in analysis.rows:
        for group in instances(row.node.group)[:depth][-1:]:
            own.setdefault(id(group), []).append(row.name)
    listed = [g for g in analysis.graph.groups if instances(g)[:depth][-1] is g and counted(g)]
    return [_group(g, own.get(id(g), [])) for g in listed]


def _group(group: Group, layers: list[str]) -> dict[str, Any]:
    return {
        "name": group.name,
        "kind": group.kind,
        "file": group.span.source.name,
        "line": group.span.line,
        "outer": group.outer.name if group.outer else None,
        "layers": layers,
        "output_shapes": [shape(node.shape) for node in group.outputs],
        **figures(group.row),
    }


def formulas(analysis: Analysis, row: Row) -> dict[str, str]:
    """For each figure that has one, its derivation with the numbers put in."""
    return {figure: derivation.text for figure, derivation in analysis.derivations(row.name).items()}


def expectation(outcome: Outcome) -> dict[str, Any]:
    """An expectation, decided."""
    return {**outcome._asdict(), "left": plain(outcome.left), "right": plain(outcome.right)}


def diagnostic(finding: Diagnostic) -> dict[str, Any]:
    """A finding with its place. Lines and columns count from 1; `end_column` is one past the last."""
    span = finding.span
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "file": span.source.name if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_column": span.end_column if span else None,
        "layer": finding.layer,
        "help": list(finding.fixes),
        "related": [{"file": s.source.name, "line": s.line, "column": s.column, "message": word} for s, word in finding.related],
    }


def shape(sizes: Any) -> list[Any] | None:
    """A shape as a list, formulas among it where sizes are free; None where it is unknown."""
    return None if sizes is None else [plain(n) for n in sizes]


def plain(value: Any) -> Any:
    """A value of the language as JSON has it."""
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, Table):
        return value.name
    if isinstance(value, bool | int | str) or value is None:
        return value
    return float(value) if hasattr(value, "denominator") else str(value)


def kind_of(row: Row) -> str:
    """The first cell of a layer: its name, and its kind in brackets, with what stands inside of it."""
    return f"{row.name} ({row.node.layer.title if row.node.layer else row.kind})"


def shape_of(row: Row) -> str:
    """The shape of a layer's output as text; "?" where it is unknown."""
    return say_shape(row.output_shape) if row.output_shape is not None else "?"
