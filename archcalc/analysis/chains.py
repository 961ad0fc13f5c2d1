"""How what one value reads goes on through layers: from each to the one before it, and where branches meet."""

from __future__ import annotations

from math import lcm
from typing import Any, NamedTuple

from archcalc.reading import Along, Mixed, Read, Reads, Sizes, Span
from archcalc.sizes import Size, maximum, minimum
from archcalc.stairs import EVEN, MOST_STEPS, Ratio, Stair, merged, ratio


class Field(NamedTuple):
    """A value at position k along an axis reads from lo(k) to hi(k) of an axis of the network's input.

    All values together read first to last, which may depend on free sizes; there, what lies on padding does not count.
    """

    axis: int
    lo: Stair
    hi: Stair
    first: Size
    last: Size


# Of an axis of the network's input. None: not known.
Far = Field | Span | Mixed | None


def begin(shape: Sizes) -> tuple[Far, ...]:
    """The fields of an input's own values."""
    return tuple(Field(i, EVEN, EVEN, 0, n - 1) for i, n in enumerate(shape))


def through(far: Far, near: Reads, shape: Sizes, out: Sizes) -> Far:
    """What is read of a far axis by values that read `near` of a shape of values, which read `far` of it."""
    if far is None or isinstance(far, Span):
        return far
    if isinstance(far, Mixed):
        return _through_mixed(far, near, shape, out)
    here = near[far.axis]
    if here is None:
        return None
    n = shape[far.axis]
    if isinstance(here, Along) and here == (far.axis, EVEN, EVEN) and (out[far.axis] == n) is True:
        return far  # most layers: nothing moves
    begins, stops = ends(here, n, out)
    first, last = _larger(far.first, far.lo.at(begins)), _smaller(far.last, far.hi.at(stops))
    if isinstance(here, Along):
        lo, hi = far.lo.of(here.lo), far.hi.of(here.hi)
        return Mixed((here.axis,), first, last) if lo is None or hi is None else Field(here.axis, lo, hi, first, last)
    return Span(first, last) if isinstance(here, Span) else Mixed(here.axes, first, last)


def _through_mixed(far: Mixed, near: Reads, shape: Sizes, out: Sizes) -> Far:
    """Where nothing is left out, all values together still read the same; else it is not known what they read."""
    axes: dict[int, None] = {}
    for axis in far.axes:
        here = near[axis]
        if here is None or ends(here, shape[axis], out) != (0, shape[axis] - 1):
            return None
        if (
            isinstance(here, Along)
            and here.lo.rise > len(here.lo.values) * max(here.hi.at(k) - here.lo.at(k) for k in range(len(here.lo.values))) + 1
        ):
            return None
        axes.update(dict.fromkeys(axes_of(here)))
    return Mixed(tuple(axes), far.first, far.last) if axes else Span(far.first, far.last)


def ends(read: Along | Span | Mixed, n: Size, out: Sizes) -> tuple[Size, Size]:
    """The first and the last of n positions that all values of a shape read together."""
    first, last = (read.lo.at(0), read.hi.at(out[read.axis] - 1)) if isinstance(read, Along) else (read.first, read.last)
    return _larger(first, 0), _smaller(last, n - 1)


def _larger(a: Size, b: Size) -> Size:
    return max(a, b) if type(a) is type(b) is int else maximum(a, b)  # the former is several times as fast


def _smaller(a: Size, b: Size) -> Size:
    return min(a, b) if type(a) is type(b) is int else minimum(a, b)


def axes_of(read: Read | Far) -> tuple[int, ...]:
    """The axes on which it depends where the value stands."""
    return (read.axis,) if isinstance(read, Along | Field) else read.axes if isinstance(read, Mixed) else ()


def size_of(field: Field, out: Sizes) -> int:
    """How many positions there are from the first to the last that a value reads; of the value for which it is most.

    Refused where it depends on a free size how many different values there are.
    """
    lo, hi = field.lo, field.hi
    if len(lo.values) == 1 == len(hi.values):
        return hi.values[0] - lo.values[0] + 1
    period = min(lcm(len(lo.values), len(hi.values)), MOST_STEPS)
    if (out[field.axis] >= period) is not True:
        period = int(out[field.axis])
    return max(int(hi.at(k) - lo.at(k)) for k in range(period)) + 1


def reads_all(far: Far, n: Size) -> Any:
    """Whether it is the whole of an axis of length n, wherever the value stands: a condition, where that depends on free sizes."""
    return isinstance(far, Span) and (far.first <= 0) & (far.last >= n - 1)


def together(a: Far, b: Far, n: Size, out: Sizes) -> Far:
    """What a value reads that reads both: from the first position of either to the last."""
    if a == b or reads_all(a, n) is True:
        return a
    if a is None or b is None or reads_all(b, n) is True:
        return b if reads_all(b, n) is True else None
    first, last = _smaller(a.first, b.first), _larger(a.last, b.last)
    if isinstance(a, Field) and isinstance(b, Field) and a.axis == b.axis:
        if a.lo.slope != b.lo.slope and out[a.axis] > 1:  # no one stair has both: the larger stands for them
            return (a if size_of(a, out) >= size_of(b, out) else b)._replace(first=first, last=last)
        lo, hi = merged(a.lo, b.lo, min), merged(a.hi, b.hi, max)
        if lo is not None and hi is not None:
            return Field(a.axis, lo, hi, first, last)
    axes = tuple(dict.fromkeys(axis for read in (a, b) for axis in axes_of(read) if out[axis] > 1))
    return Mixed(axes, first, last) if axes else Span(first, last)


def centre(field: Field) -> Ratio:
    """Where the field of the value at 0 has its middle; averaged, where several values stand on one step."""
    lo, hi = field.lo, field.hi
    period = lcm(len(lo.values), len(hi.values))
    period = 1 if period > MOST_STEPS else period
    # the middle (lo + hi)/2 at each k, less the way from the value at 0, slope * k; their mean
    rise = lo.rise * period // len(lo.values)
    return ratio(sum(lo.at(k) + hi.at(k) for k in range(period)) - rise * (period - 1), 2 * period)
