"""What each tap of a window reads, place by place: a position, or padding."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from archcalc.engine.kernels.windows import Standing

PADDING = object()  # an edge from no value


def read_at(window: Standing, space: tuple[int, ...]) -> Iterator[list[object]]:
    """For each place of a window over axes of those lengths, what its taps read: a position for each of them, or PADDING."""
    taps = list(product(*map(range, window.kernel)))
    first = [before for before, _ in window.pads]
    for place in product(*map(range, window.places)):
        starts = [i * s - before for i, s, before in zip(place, window.stride, first, strict=True)]
        read = [tuple(p + t * d for p, t, d in zip(starts, tap, window.dilation, strict=True)) for tap in taps]
        yield [at if all(0 <= p < n for p, n in zip(at, space, strict=True)) else PADDING for at in read]
