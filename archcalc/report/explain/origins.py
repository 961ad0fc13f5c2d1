"""Where a size comes from: walked back, layer by layer, to what the input is."""

from __future__ import annotations

from archcalc.analysis import Analysis
from archcalc.analysis.sources import OUT, AxisSource, reads, sources
from archcalc.figures import SHAPE
from archcalc.graph import Node, say_shape
from archcalc.languages import tr
from archcalc.report.explain.blocks import Blocks, Table
from archcalc.sizes import settled
from archcalc.spec import Part

COLUMNS = ("text", "math", "math")
Wanted = dict[int, set[int]]  # the axes that are asked for, by the node's id


def origins(analysis: Analysis, node: Node, figure: str) -> Blocks:
    """A table of the layers that the sizes of a figure's formula come from, back to the inputs; none where there is no size in it.

    Of a shape: where all that flows in comes from.
    """
    wanted: Wanted = {}
    if figure == SHAPE:
        for source in node.inputs:  # all of what flows in, whichever part of it the rule reads
            _want(wanted, source, range(len(source.shape or ())))
    else:
        for which, axis in reads(node, figure):
            _want(wanted, node if which == OUT else node.inputs[which], [axis])
    if not wanted:
        return []
    rows = _walk([*analysis.graph.inputs, *analysis.graph.layers], wanted)
    return [Table(COLUMNS, tuple(rows), tr("where the sizes come from:"))]


def _want(wanted: Wanted, node: Node, axes: range | list[int]) -> None:
    wanted.setdefault(id(node), set()).update(axes)


def _follow(wanted: Wanted, node: Node, source: AxisSource) -> None:
    for which, axis in source.reads:
        _want(wanted, node.inputs[which], [axis])


def _walk(nodes: list[Node], wanted: Wanted) -> list[tuple[str, ...]]:
    """From the last of the nodes to the first: each where a size that is asked for is made. What hands it on stays unsaid."""
    rows: list[tuple[str, ...]] = []
    for node in reversed(nodes):
        axes = wanted.get(id(node))
        if not axes:
            continue
        if node.kind == "input":
            rows.append((node.name, say_shape(node.shape), tr("as the input is")))
            continue
        if isinstance(node.layer, Part):  # its size is that of a state, or of scores, as the layer's rule has it
            _want(wanted, node.inputs[0], range(len(node.inputs[0].shape or ())))
            rows.append((node.name, say_shape(node.shape), tr("as {name} puts it out", name=node.inputs[0].name)))
            continue
        found = sources(node)
        asked = [found[axis] for axis in sorted(axes) if axis < len(found)]
        for source in asked:
            _follow(wanted, node, source)
        made = dict.fromkeys(_said(source) for source in asked if not source.same)
        if made:
            rows.append((f"{node.name} ({node.kind})", say_shape(node.shape), "; ".join(made)))
    return rows


def _said(source: AxisSource) -> str:
    """`(n + 2*p - f)//s + 1 = (28 + 2*0 - 2)//2 + 1 = 14`, `filters = 120`."""
    steps = dict.fromkeys((source.symbols, source.numbers, str(settled(source.value))))
    return " = ".join(steps)
