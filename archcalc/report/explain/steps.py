"""How far a layer's values read of an input, worked out from what flows in: windows, enlarged maps, merges, what reads all.

Each working is the rule with the numbers put in. Where a rule rounds, or a number is that of the value for which it is most,
the working comes to the number that was found by following the chain (analysis/chains.py): it is written only if it does.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Any

from archcalc.analysis.chains import Far, Field, ends, reads_all, size_of, through
from archcalc.analysis.derive import Tracer
from archcalc.analysis.receptive import Receptive, near_of, network_axis
from archcalc.graph import Node
from archcalc.languages import mark, tr
from archcalc.reading import Along, Mixed, Read, Span
from archcalc.report.explain.branches import Step, joined, largest
from archcalc.sizes import Size, Traced, settled

DILATED = mark("of a kernel with its taps d apart, f is d*(taps - 1) + 1")
CARRIED = mark("where a state is carried on, f grows with each step by what the state's kernel adds: f + (steps - 1)*(taps - 1)*s")
ENLARGED = mark("where several values stand on one place, j is an average, and r that of the value for which it is most, last - first + 1")
ALL = mark("what reads m values in a row reads r + (m - 1)*j_in, less what lies before the input and after it")


def worked(receptive: Receptive, source: Node, node: Node, axis: int) -> Step | None:
    """How a layer's field along an axis of an input comes about; None where it is as it was, or not known."""
    here = receptive.far(node, source, axis)
    read = [(i, n) for i, n in enumerate(node.inputs) if receptive.reads(n, source)]
    if here is None or node.shape is None or not read:
        return None
    before = [receptive.far(n, source, axis) for _, n in read]
    if all(far == here for far in before):
        return None
    near = near_of(node)
    if len(read) > 1:
        parts = [(n, _through(far, near[i], n, node)) for (i, n), far in zip(read, before, strict=True)]
        return joined(receptive, node, here, parts, source, axis)
    (i, one), far = read[0], before[0]
    if isinstance(far, Field) and isinstance(here, Field):
        reads = near[i][far.axis]
        return _slid(node, one, i, far, reads, here) if isinstance(reads, Along) else None
    return _all(source, node, one, far, near[i], here, axis)


def _through(far: Far, near: tuple[Read, ...], before: Node, node: Node) -> Far:
    return through(far, near, before.shape or (), node.shape or ())


# ---- one layer after another


def _slid(node: Node, before: Node, place: int, far: Field, near: Along, here: Field) -> Step:
    """A window on what has r, j and p: the recurrences, rounded where values stand on the same place."""
    out, shape = node.shape or (), before.shape or ()
    r, j, p = size_of(far, shape), far.lo.slope, -far.lo.at(0)
    f, s, b = size_of(Field(near.axis, near.lo, near.hi, 0, 0), out), near.lo.slope, -near.lo.at(0)
    step = Fraction(j.up, j.down)
    size, padding = size_of(here, out), -here.lo.at(0)
    span, rule = _span(node, place, far.axis, f) if len(near.lo.values) == 1 == len(near.hi.values) else ("", "")
    grown = _fitting(f"{r} + ({f} - 1)*{j}", r + (f - 1) * step, size) or _to_its_end(here, size)
    shifted = _fitting(_sum(p, b, f"*{j}"), p + b * step, padding) or f"{_sum(p, padding - p)} = {padding}"
    enlarged = max(len(far.lo.values), len(near.lo.values), len(near.hi.values)) > 1
    return Step(f"{span}{grown}", f"{j}*{s} = {here.lo.slope}", shifted, tr(rule or (ENLARGED if enlarged else "")))


def _sum(p: int, more: int, times: str = "") -> str:
    return f"{p} {'+' if more >= 0 else '-'} {abs(more)}{times}"


def _fitting(text: str, value: Fraction, result: int) -> str:
    """The working, rounded as it has to be; "" where it comes to something else."""
    if value == result:
        return f"{text} = {result}"
    return f"ceil({text}) = {result}" if ceil(value) == result else f"floor({text}) = {result}" if floor(value) == result else ""


def _to_its_end(field: Field, size: int) -> str:
    """From the first position to the last, of a value for which that is most."""
    k = largest(field.lo, field.hi, size)
    return f"{field.hi.at(k)} - {_signed(field.lo.at(k))} + 1 = {size}"


def _signed(n: Any) -> str:
    """In brackets, where a sign or a sum would go astray."""
    text = str(n)
    return text if text.isidentifier() or text.isdigit() else f"({text})"


def _span(node: Node, place: int, axis: int, f: int) -> tuple[str, str]:
    """How many positions lie under a kernel, where that is more than its taps: by dilation, or carried on; and the rule."""
    assert node.layer is not None
    shapes, at = node.input_shapes, node.turned and node.turned[0]
    if place or not shapes:
        return "", ""
    rank = len(shapes[0])
    tracer = Tracer(node)
    if carried := tracer.layer.reaches(tracer.out, *tracer.inputs):
        along = {network_axis(i, rank, at): size for i, size in enumerate(carried, rank - 1 - len(carried))}
        size = along.get(axis)
        if isinstance(size, Traced) and size.value == f and size.numbers != str(f):
            return f"{size.numbers} = {f}; ", CARRIED
        return "", ""
    windows = {network_axis(i, rank, at): window for i, window in enumerate(node.layer.windows(*shapes))}
    window = windows.get(axis)
    if window is None or window.reach != f or window.dilation == 1:
        return "", ""
    return f"{window.dilation}*({window.kernel} - 1) + 1 = {f}; ", DILATED


# ---- what reads all


def _all(source: Node, node: Node, before: Node, far: Far, near: tuple[Read, ...], here: Far, axis: int) -> Step | None:
    """A value that reads many of a map, or all: of these, what the input has."""
    assert source.shape is not None
    n = source.shape[axis]
    if isinstance(far, Mixed):
        if not isinstance(here, Span):
            return None
        return Step(tr("all values of {name} together: {count}", name=before.name, count=_count(here, n)), rule="")
    read = near[far.axis] if isinstance(far, Field) else None
    if not isinstance(far, Field) or read is None or not isinstance(here, Span | Mixed):
        return None
    begins, stops = ends(read, (before.shape or ())[far.axis], node.shape or ())
    first, last, many = far.lo.at(begins), far.hi.at(stops), settled(stops - begins + 1)
    full = settled(last - first + 1)
    text = f"{settled(last)} - {_signed(settled(first))} + 1 = {full}"
    if len(far.lo.values) == 1 == len(far.hi.values):
        text = f"{size_of(far, before.shape or ())} + ({many} - 1)*{far.lo.slope} = {full}"
    read_of = tr(_of_which(full, first, last, here, n), working=text, n=settled(here.last - here.first + 1))
    return Step(tr("{working}, by all its values together", working=read_of) if isinstance(here, Mixed) else read_of, rule=tr(ALL))


def _of_which(full: Size, first: Size, last: Size, here: Span | Mixed, n: Size) -> str:
    """How much of a range of positions is read, where some lie on padding: a sentence for the working and the number."""
    count = settled(here.last - here.first + 1)
    if (count == full) is True:
        return mark("{working}, all of the input") if (count == n) is True else "{working}"
    inside = ((first <= 0) is True or (here.first == first) is True) and ((last >= n - 1) is True or (here.last == last) is True)
    if (count == n) is True:
        return mark("{working}, of which the input has all {n}")
    at_ends = ((here.first == 0) is True or (here.first == first) is True) and ((here.last == n - 1) is True or (here.last == last) is True)
    if inside and at_ends:
        return mark("{working}, of which the input has {n}")
    return mark("{working}, of which {n} are read: the others are padding")


def _count(here: Span | Mixed, n: Size) -> str:
    """How many positions are read, wherever a value stands."""
    return (
        tr("whole")
        if reads_all(here, n) is True
        else f"{settled(here.last)} - {_signed(settled(here.first))} + 1 = {settled(here.last - here.first + 1)}"
    )
