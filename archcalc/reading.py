"""What one output value reads of what flows in, axis by axis. A layer declares it: by a word, or by `Layer.fields`.

Positions beyond the ends are padding. They count as if they were there, as Araujo, Norris & Sim (2019), "Computing Receptive
Fields of Convolutional Neural Networks", count them: a field may be larger than the input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import gcd
from typing import Any, NamedTuple

from archcalc.sizes import Size, free_sizes
from archcalc.stairs import EVEN, MOST_STEPS, Stair, stair
from archcalc.windows import Spread, Window

Sizes = tuple[Any, ...]
MOST_TRIED = 8


class Along(NamedTuple):
    """It reads from lo(k) to hi(k), where k is the value's position along an axis that comes out."""

    axis: int
    lo: Stair = EVEN
    hi: Stair = EVEN


class Span(NamedTuple):
    """It reads from first to last, wherever the value stands."""

    first: Size
    last: Size


class Mixed(NamedTuple):
    """What it reads depends on where the value stands along these axes, in no order: all values together read first to last."""

    axes: tuple[int, ...]
    first: Size
    last: Size


# None: not known.
Read = Along | Span | Mixed | None
Reads = tuple[Read, ...]  # one for each axis that flows in


def whole(n: Any) -> Span:
    """All of an axis of length n."""
    return Span(0, n - 1)


def same(x: Sizes) -> Reads:
    """Each value reads the one at its own place."""
    return tuple(map(Along, range(len(x))))


def all_of(x: Sizes, axes: Iterable[int], others: Reads | None = None) -> Reads:
    """Each value reads all along these axes, and its own place along the others."""
    axes = set(axes)
    return tuple(whole(n) if i in axes else read for i, (n, read) in enumerate(zip(x, others or same(x), strict=True)))


def shuffled(axis: int, n: Any) -> Read:
    """Along an axis, some values read some positions: a group of channels, for one."""
    return Mixed((axis,), 0, n - 1)


def under(axis: int, window: Window, n: Any) -> Along:
    """What a window covers of an axis of length n: from stride*k - padding on, as far as the kernel reaches."""
    stride, first = int(window.stride), -_certain(window.pads(n)[0])
    return Along(axis, Stair(stride, (first,)), Stair(stride, (first + int(window.reach) - 1,)))


def _certain(size: Size) -> int:
    """A small size as a number. One that is written with free sizes may be the same for all of them: ceil(n/2)*2 - n, halved, is 0."""
    if free_sizes(size):
        size = next((k for k in range(MOST_TRIED) if (size == k) is True), size)
    return int(size)


def beneath(axis: int, spread: Spread, n: Any) -> Read:
    """Which positions of an axis of length n lay their kernel over position k: those i with 0 <= k + cut - s*i < reach."""
    stride, reach, cut = int(spread.stride), int(spread.reach), _certain(spread.cut(n))
    lo, hi = stair(1, cut - reach + stride, stride), stair(1, cut, stride)  # the former is rounded up
    return Mixed((axis,), 0, n - 1) if lo is None or hi is None else Along(axis, lo, hi)


def sampled(axis: int, n: Size, m: Size, radius: int, wider: bool = False, offset: int = 0) -> Read:
    """Interpolation from n positions to m: those less than `radius` away from the middle of k, (k + 1/2) n/m - 1/2.

    A radius of 0 is the nearest position. With `wider`, the radius grows as much as the map shrinks. What is read begins
    `offset` positions into an axis. Weights are 0 at whole distances from the middle, which are not read.
    """
    if free_sizes((n, m)):  # only how many times as long it becomes is to be known
        times = int(m // n)
        if times > MOST_STEPS or (n * times == m) is not True:
            return None
        n, m = 1, times
    period = m // gcd(n, m)
    if period > MOST_STEPS:
        return Mixed((axis,), offset, offset + n - 1)
    rise, unit = n // gcd(n, m), 2 * max(n, m) if wider else 2 * m
    lo, hi = [], []
    for middle in range(n - m, n - m + 2 * n * period, 2 * n):  # in parts of 1/2m
        first = last = (middle + m) // (2 * m)
        if radius:
            first, last = (middle - radius * unit) // (2 * m) + 1, -((-middle - radius * unit) // (2 * m)) - 1
            while first < last and _weightless(first * 2 * m - middle, unit):
                first += 1
            while last > first and _weightless(last * 2 * m - middle, unit):
                last -= 1
        lo.append(first + offset)
        hi.append(last + offset)
    return Along(axis, Stair(rise, tuple(lo)), Stair(rise, tuple(hi)))


def _weightless(distance: int, unit: int) -> bool:
    return distance != 0 and distance % unit == 0


def binned(axis: int, n: int, m: int) -> Read:
    """Bins of adaptive pooling, from n positions to m: those from floor(k n/m) to ceil((k + 1) n/m), less one."""
    if m == 1:
        return whole(n)
    lo, hi = stair(n, 0, m), stair(n, n - 1, m)
    return shuffled(axis, n) if lo is None or hi is None else Along(axis, lo, hi)


def cut_out(x: Sizes, before: Iterable[Any]) -> Reads:
    """A piece of the spatial axes, which begins so many positions in."""
    return (*(Along(i, Stair(1, (int(n),)), Stair(1, (int(n),))) for i, n in enumerate(before)), Along(len(x) - 1))


def resampled(x: Sizes, out: Sizes, radius: int, wider: bool) -> Reads:
    """Interpolation along the spatial axes."""
    *space, channels = enumerate(zip(x, out, strict=True))
    return (*(sampled(i, n, m, radius, wider) for i, (n, m) in space), Along(channels[0]))


def broadcast(x: Sizes, out: Sizes) -> Reads:
    """Value by value; an axis of one place serves all, and axes that are missing are the first."""
    missing = len(out) - len(x)
    return tuple(Along(i + missing) if n == out[i + missing] else Span(0, 0) for i, n in enumerate(x))


def left_of(x: Sizes, axis: int, start: int) -> Reads:
    """All along one axis, which does not come out; the others come out one after another, from `start` on."""
    return tuple(whole(n) if i == axis else Along(start + i - (i > axis)) for i, n in enumerate(x))


def carried_on(first: int, windows: Iterable[Window] | None, space: Iterable[Any], around: Iterable[Window], times: Any) -> Reads:
    """Windows over the spatial axes, and then, as often as states are carried on, the window around each state."""
    found: list[Read] = []
    space = tuple(space)
    for i, (window, n, own) in enumerate(zip(windows or around, space, around, strict=True), first):
        line = under(i, window, n) if windows else Along(i)
        before, after = own.pads(n)
        lo, hi = (side.of(Stair(1, (int(k),))) for side, k in ((line.lo, -before * times), (line.hi, after * times)))
        found.append(None if lo is None or hi is None else Along(i, lo, hi))
    return tuple(found)


def moved(read: Read, places: Mapping[int, int]) -> Read:
    """The same, where each axis that comes out has another place."""
    if isinstance(read, Mixed):
        return read._replace(axes=tuple(places[axis] for axis in read.axes))
    return read._replace(axis=places[read.axis]) if isinstance(read, Along) else read


def attended_to(x: Sizes, query: Sizes, steps: tuple[int, ...], near: Any, causal: bool) -> Reads:
    """What a query reads of values or keys: all along the steps, or those less than `near` away; other axes go along."""
    found = list(all_of(x, (*steps, len(x) - 1), broadcast((*x[:-1], 1), (*query[:-1], 1))))
    if causal:  # steps after the last query are read by none
        found[steps[0]] = whole(min(x[steps[0]], query[steps[0]]))
    if near is not None:
        after = 0 if causal else int(near) - 1
        found[steps[0]] = Along(steps[0], Stair(1, (1 - int(near),)), Stair(1, (after,)))
    return tuple(found)


def reshaped(x: Sizes, out: Sizes) -> Reads:
    """The same values in another shape: axes that stay are read in order, those that are cut up or joined are mixed."""
    found: list[Read] = [Span(0, 0)] * len(x)
    i = j = 0
    while i < len(x) and j < len(out):
        read, made = [i], [j]
        have, need = x[i], out[j]
        while have != need:
            if have < need:
                read.append(read[-1] + 1)
                have *= x[read[-1]]
            else:
                made.append(made[-1] + 1)
                need *= out[made[-1]]
        i, j = read[-1] + 1, made[-1] + 1
        read, made = [a for a in read if x[a] > 1], [a for a in made if out[a] > 1]
        for a in read:
            found[a] = Along(made[0]) if len(read) == len(made) == 1 else Mixed(tuple(made), 0, x[a] - 1)
    return same(x) if x == out else tuple(found)


def _under_windows(layer: Any, x: Sizes) -> list[Read]:
    windows = layer.windows(x)
    return [under(i, window, n) for i, (window, n) in enumerate(zip(windows, x[:-1], strict=True))]


# The words of `Layer.field`, and what they say of one input.
BY_WORD: dict[str, Callable[[Any, Sizes], Reads]] = {
    "": lambda _, x: (None,) * len(x),  # nothing was declared
    "unknown": lambda _, x: (None,) * len(x),
    "same": lambda _, x: same(x),  # the value at its own place
    "features": lambda _, x: all_of(x, (len(x) - 1,)),  # at its own place, all of the last axis
    "whole": lambda _, x: tuple(map(whole, x)),
    "window": lambda layer, x: (*_under_windows(layer, x), whole(x[-1])),  # of all channels
    "maps": lambda layer, x: (*_under_windows(layer, x), Along(len(x) - 1)),  # of its own channel
    "map": lambda _, x: all_of(x, range(len(x) - 1)),  # all of its own channel
    "groups": lambda layer, x: (*_under_windows(layer, x), shuffled(len(x) - 1, x[-1])),  # of some channels
}
