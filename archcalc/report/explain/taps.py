"""Which taps fall on padding, axis by axis: what connections without them are made of."""

from __future__ import annotations

from archcalc.analysis.taps import tapped
from archcalc.graph import Node
from archcalc.languages import mark, tr
from archcalc.report.explain.blocks import Blocks, Table
from archcalc.sizes import Size, Traced, ceildiv
from archcalc.taps import Taps, below

HEAD = (mark("taps of"), mark("in all"), mark("before the first value"), mark("after the last"), mark("on values"))
MOST = 4  # numbers of a sum that are written out


def working(node: Node) -> Blocks:
    """A table of the taps along each axis of a layer's kernels; none where no tap falls on padding."""
    found = [one for one in tapped(node) if any((size == 0) is not True for axis in one.axes for size in axis.outside)]
    rows = [
        (_named(one.weight, one.axes, i), _in_all(axis), *_outside(axis), str(axis.real))
        for one in found
        for i, axis in enumerate(one.axes, 1)
    ]
    columns = ("text", *("math",) * 4)
    return (
        [Table(columns, tuple(rows), title=tr("taps along each axis, over all places of the kernel:"), head=tuple(map(tr, HEAD)))]
        if rows
        else []
    )


def _named(weight: str, axes: tuple[Taps, ...], place: int) -> str:
    name = weight.replace("_", " ") or tr("the window")
    return name if len(axes) == 1 else tr("{name}, axis {place}", name=name, place=place)


def _in_all(axis: Taps) -> str:
    worked = Traced(axis.places, "n") * Traced(axis.kernel, "f")
    return f"{worked.numbers} = {worked}"


def _outside(axis: Taps) -> tuple[str, str]:
    """How many lie before and after an axis, place by place from its end on: `2 + 1 = 3`."""
    (first, last), (before, after) = axis.ends, axis.outside
    return _worked(axis, first, before), _worked(axis, last, after)


def _worked(axis: Taps, end: Size, count: Size) -> str:
    """A sum over the places that reach beyond the end; its number alone where sizes are free, or they are many."""
    places, kernel, stride, dilation, *_ = axis
    if not all(isinstance(size, int) for size in (end, count, *axis)):
        return str(count)
    many = min(places, ceildiv(end, stride))
    if not 1 < many <= MOST:
        return str(count)
    each = (below(end - i * stride, 1, kernel, stride, dilation) for i in range(many))
    return f"{' + '.join(map(str, each))} = {count}"
