"""A receptive field explained: how it grows from the input to the layer, by the recurrences of Araujo, Norris & Sim (2019)."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis import Analysis
from archcalc.analysis.chains import Field, size_of
from archcalc.analysis.fields import text
from archcalc.analysis.receptive import Extent, Receptive, near_of
from archcalc.figures import FIELD_NAMES
from archcalc.graph import Graph, Node
from archcalc.reading import Along
from archcalc.report.explain.blocks import Blocks, Prose, Table

HEAD = ("layer", "size r", "stride j", "padding p")
RULES = "r = r_in + (f - 1)*j_in, j = j_in*s, p = p_in + b*j_in: f positions under the kernel, its stride s, b of padding before"


def blocks(analysis: Analysis, node: Node) -> Blocks:
    """What explains the field of a layer on each input that it reads."""
    receptive = analysis.receptive
    fields = receptive.of(node)
    if not fields:
        why = "the layer, or one before it, has a mistake" if node.shape is None else "it reads none of the inputs"
        return [Prose((f"?   (unknown: {why})",))]
    found: Blocks = []
    for name, field in fields.items():
        source = next(n for n in analysis.graph.inputs if n.name == name)
        rows = [row for before in _between(receptive.graph, source, node) for row in step(receptive, source, before)]
        if rows:
            found.append(Prose((RULES,)))
            found.append(Table(("text", "math", "math", "math"), tuple(rows), title=f"on {name}, layer by layer", head=HEAD))
        found += [_result(receptive, node, source, field)]
    return found


def _result(receptive: Receptive, node: Node, source: Node, field: Extent | str | None) -> Prose:
    if field is None:
        return Prose((f"?   (not known: {_why_unknown(receptive, source, node)})",))
    parts = ", ".join(f"{part.removeprefix('field_').replace('_', ' ')} {text({source.name: field}, part)}" for part in FIELD_NAMES[1:])
    shown = text({source.name: field})
    return Prose((f"{shown} of {source.name}" if isinstance(field, str) else f"{shown} of {source.name}, {parts}",))


def _why_unknown(receptive: Receptive, source: Node, node: Node) -> str:
    """The first layer from which on it is not known."""
    for before in _between(receptive.graph, source, node):
        if (receptive.of(before) or {}).get(source.name, "") is None:
            return f"after {before.name}, what a value reads does not follow from its position by a rule"
    return "what a value reads does not follow from its position by a rule"


def _between(graph: Graph, source: Node, node: Node) -> list[Node]:
    """The layers from an input to a layer, in the order in which they run."""
    read, waiting = {id(node)}, [node]
    while waiting:
        for before in waiting.pop().inputs:
            if id(before) not in read:
                read.add(id(before))
                waiting.append(before)
    after = {id(source)}
    found = []
    for one in graph.layers:
        if id(one) in read and any(id(before) in after for before in one.inputs):
            after.add(id(one))
            found.append(one)
    return found


def step(receptive: Receptive, source: Node, node: Node) -> Iterator[tuple[str, ...]]:
    """A row for a layer; one for each axis, where they differ. What only passes values on has none."""
    rows: dict[tuple[str, ...], list[int]] = {}
    for place, axis in enumerate(receptive.axes(source), 1):
        cells = _cells(receptive, source, node, axis)
        if cells:
            rows.setdefault(cells, []).append(place)
    for cells, places in rows.items():
        yield (node.name if len(rows) == 1 else f"{node.name}, axis {' and '.join(map(str, places))}", *cells)


def _cells(receptive: Receptive, source: Node, node: Node, axis: int) -> tuple[str, ...]:
    here = receptive.far(node, source, axis)
    if not isinstance(here, Field):
        return ()
    shape = node.shape or ()
    size, stride, padding = size_of(here, shape), str(here.lo.slope), -here.lo.at(0)
    before = [receptive.far(n, source, axis) for n in node.inputs]
    if len(before) == 1 and before[0] == here:
        return ()
    worked = _worked(node, before[0], here) if len(before) == 1 else None
    return worked or (str(size), stride, str(padding))


def _worked(node: Node, far: object, here: Field) -> tuple[str, ...] | None:
    """The recurrences with the numbers put in, where a plain window slides over a plain field."""
    near = near_of(node)[0][far.axis] if isinstance(far, Field) else None
    if not isinstance(far, Field) or not isinstance(near, Along) or any(len(s.values) > 1 for s in (far.lo, far.hi, near.lo, near.hi)):
        return None
    r, j, p = far.hi.values[0] - far.lo.values[0] + 1, far.lo.rise, -far.lo.values[0]
    f, s, b = near.hi.values[0] - near.lo.values[0] + 1, near.lo.rise, -near.lo.values[0]
    return (
        f"{r} + ({f} - 1)*{j} = {here.hi.values[0] - here.lo.values[0] + 1}",
        f"{j}*{s} = {here.lo.rise}",
        f"{p} {'+' if b >= 0 else '-'} {abs(b)}*{j} = {-here.lo.values[0]}",
    )
