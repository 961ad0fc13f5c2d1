"""The oracle: networks unrolled into single edges, counted one by one.

Nothing here knows a formula. Windows are slid over a real axis until they fall off its end, and each edge between two
units, and each weight that an edge uses, is an entry of a list or a set.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Padding = str | int | tuple[int, int]


class Axis(NamedTuple):
    """Where windows stand on one axis: their first positions (input positions count from 0, padding lies outside)."""

    starts: list[int]
    taps: list[int]  # offsets of the kernel's taps from the start

    def reads(self, n: int) -> set[int]:
        """The input positions that any window reads."""
        return {s + t for s in self.starts for t in self.taps if 0 <= s + t < n}


def on_values(shape: Sequence[int], axes: Sequence[Axis]) -> int:
    """How often, over all places, a tap stands on a position that there is, and not on padding."""
    found = 0
    for position in itertools.product(*(axis.starts for axis in axes)):
        for tap in itertools.product(*(axis.taps for axis in axes)):
            inside = [s + t in range(n) for s, t, n in zip(position, tap, shape, strict=False)]
            if all(inside):
                found += 1
    return found


def slide(n: int, kernel: int, stride: int = 1, dilation: int = 1, padding: Padding = "valid", ceil: bool = False) -> Axis | None:
    """Slide a window over an axis of n positions; None where it has no place to stand."""
    taps = [t * dilation for t in range(kernel)]
    if padding == "same":
        before, after = least_padding(n, kernel, stride, dilation)
    elif padding == "causal":
        before, after = taps[-1], 0
    else:
        before, after = (0, 0) if padding == "valid" else (padding, padding) if isinstance(padding, int) else padding
    last = n + after - 1
    starts = []
    at = -before
    while at + taps[-1] <= last:
        starts.append(at)
        at += stride
    if not starts:
        return None
    if ceil:
        if starts[-1] + taps[-1] < last:  # something is left over: one more window, which hangs over the end
            starts.append(at)
        starts = [s for s in starts if s < n]
    return Axis(starts, taps)


def least_padding(n: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """TensorFlow's `same`: a window for each stride begun, with the least padding that makes them fit; the odd one after."""
    wanted = len(range(0, n, stride))
    for both in itertools.count():
        before = both // 2
        axis = slide(n, kernel, stride, dilation, (before, both - before))
        if axis is not None and len(axis.starts) >= wanted:
            return before, both - before
    raise AssertionError


class Counts(NamedTuple):
    """What was counted: the output's shape, distinct weights, edges, and edges that multiply by a weight."""

    shape: tuple[int, ...]
    params: int
    connections: int
    macs: int
    fixed: int = 0


def conv(
    shape: Sequence[int], filters: int, axes: Sequence[Axis], *, groups: int = 1, table: Sequence[str] = (), bias: str = "shared"
) -> Counts:
    """A convolution: every output unit, every tap, every input map that the unit's map reads."""
    *_, channels = shape
    weights: set[tuple[object, ...]] = set()
    edges = multiplied = 0
    group_in, group_out = channels // groups, filters // groups
    reads = [[i for i in range(channels) if (table[i][j] == "X" if table else i // group_in == j // group_out)] for j in range(filters)]
    for position in itertools.product(*(axis.starts for axis in axes)):
        for j in range(filters):
            for tap in itertools.product(*(axis.taps for axis in axes)):
                for i in reads[j]:
                    weights.add((j, tap, i))
                    edges += 1
                    multiplied += 1
            if bias != "none":
                weights.add(("bias", j) if bias == "shared" else ("bias", j, position))
                edges += 1
    out = (*(len(axis.starts) for axis in axes), filters)
    return Counts(out, len(weights), edges, multiplied)


def subsample(shape: Sequence[int], axes: Sequence[Axis]) -> Counts:
    """LeCun's subsampling: a coefficient and a bias for each map, shared by all taps and positions."""
    weights: set[tuple[str, int]] = set()
    edges = 0
    for _ in itertools.product(*(axis.starts for axis in axes)):
        for j in range(shape[-1]):
            for _ in itertools.product(*(axis.taps for axis in axes)):
                weights.add(("coefficient", j))
                edges += 1
            weights.add(("bias", j))
            edges += 1
    return Counts((*(len(axis.starts) for axis in axes), shape[-1]), len(weights), edges, 0)


def pool(shape: Sequence[int], axes: Sequence[Axis]) -> Counts:
    """Pooling: every tap of every unit, and nothing to learn."""
    taps = list(itertools.product(*(axis.taps for axis in axes)))
    edges = 0
    for _ in itertools.product(*(axis.starts for axis in axes), range(shape[-1])):
        for _ in taps:
            edges += 1
    return Counts((*(len(axis.starts) for axis in axes), shape[-1]), 0, edges, 0)


def dense(shape: Sequence[int], units: int, *, bias: bool = True, fixed: bool = False) -> Counts:
    """Every unit reads the whole last axis, at each position of the others."""
    weights: set[tuple[object, ...]] = set()
    edges = multiplied = 0
    for _ in itertools.product(*map(range, shape[:-1])):
        for j in range(units):
            for i in range(shape[-1]):
                weights.add((i, j))
                edges += 1
                multiplied += 1
            if bias:
                weights.add(("bias", j))
                edges += 1
    return Counts((*shape[:-1], units), len(weights), edges, multiplied, len(weights) if fixed else 0)


def broadcast(shapes: Iterable[Sequence[int]]) -> Counts | None:
    """A merge of single values: each unit reads one value of each input, an axis of length 1 being read again and again.

    An input with fewer axes is read again along those that it lacks, which are the first.
    """
    shapes = [tuple(s) for s in shapes]
    while len({len(s) for s in shapes}) != 1:
        longest = max(map(len, shapes))
        shapes = [s if len(s) == longest else (1, *s) for s in shapes]
    out = []
    for lengths in zip(*shapes, strict=True):
        longer = {n for n in lengths if n != 1}
        if len(longer) > 1:
            return None
        out.append(longer.pop() if longer else 1)
    edges = 0
    for _ in itertools.product(*map(range, out)):
        for _ in shapes:
            edges += 1
    return Counts(tuple(out), 0, edges, 0)
