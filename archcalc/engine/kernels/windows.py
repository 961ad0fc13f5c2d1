"""Sliding windows on arrays: padding them, and cutting out what each tap of a window reads, by slices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.errors import EngineError
from archcalc.engine.store import Array

Pairs = list[tuple[int, int]]


def on_each(value: Any, rank: int) -> tuple[Any, ...]:
    """One value for each spatial axis."""
    return tuple(value) if isinstance(value, tuple) else (value,) * rank


class Standing(NamedTuple):
    """A window over some axes: its sizes, at how many places it stands on each, and what is padded.

    `pads` is what the layer asks for at both ends; `over` is what the last windows reach beyond that.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    places: tuple[int, ...]
    pads: Pairs
    over: tuple[int, ...]


class Sliding(NamedTuple):
    """A padded array (batch, *space, channels), and the window that stands on it."""

    array: Array
    window: Standing

    @property
    def kernel(self) -> tuple[int, ...]:
        """The window's size."""
        return self.window.kernel

    @property
    def places(self) -> tuple[int, ...]:
        """At how many places it stands."""
        return self.window.places

    def taps(self) -> Iterator[tuple[tuple[int, ...], Array]]:
        """Each tap, and the values that it reads at all places: (batch, *places, channels)."""
        _, stride, dilation, places, _, _ = self.window
        for tap in product(*map(range, self.kernel)):
            cuts = (slice(t * d, t * d + (n - 1) * s + 1, s) for t, d, s, n in zip(tap, dilation, stride, places, strict=True))
            yield tap, self.array[(slice(None), *cuts)]


def sliding(x: Array, layer: Any, filling: float = 0, call: Call | None = None) -> Sliding:
    """The window of a layer over an array, padded as the layer says. A call checks that there is room for the padded array.

    Raises:
        EngineError: the window fits nowhere, or the padded array would be too large.
    """
    window = standing(layer, x.shape[1:-1])
    pads = [(before, after + beyond) for (before, after), beyond in zip(window.pads, window.over, strict=True)]
    return Sliding(padded(x, pads, filling, call), window)


def standing(layer: Any, space: tuple[int, ...]) -> Standing:
    """Where the window of a layer stands on axes of those lengths.

    Raises:
        EngineError: it fits nowhere.
    """
    rank = len(space)
    kernel = on_each(layer.kernel, rank)
    stride = on_each(kernel if layer.stride is None else layer.stride, rank)
    dilation = on_each(getattr(layer, "dilation", 1), rank)
    reach = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))
    pads = padding_of(layer.padding, space, reach, stride)
    ends = [before + n + after for n, (before, after) in zip(space, pads, strict=True)]
    stands = [starts(end, r, s) for end, r, s in zip(ends, reach, stride, strict=True)]
    if getattr(layer, "ceil", False):
        stands = [_rounded_up(*axis) for axis in zip(stands, ends, pads, reach, stride, strict=True)]
    if not all(stands):
        raise EngineError(f"a window of {'x'.join(map(str, reach))} fits nowhere in {'x'.join(map(str, ends))}")
    over = tuple(max(at[-1] + r - end, 0) for at, r, end in zip(stands, reach, ends, strict=True))
    return Standing(kernel, stride, dilation, tuple(map(len, stands)), pads, over)


def starts(length: int, reach: int, stride: int) -> Sequence[int]:
    """Where a window can stand: at each step from 0 on, while it fits."""
    return range(0, length - reach + 1, stride)


def _rounded_up(stands: Sequence[int], end: int, pads: tuple[int, int], reach: int, stride: int) -> Sequence[int]:
    """Once more, if something is left to read; but no window stands on the padding at the end alone."""
    found = [*stands, stands[-1] + stride] if stands and stands[-1] + reach < end else stands
    return [start for start in found if start < end - pads[1]]


def padding_of(padding: Any, space: tuple[int, ...], reach: tuple[int, ...], stride: tuple[int, ...]) -> Pairs:
    """What is added before and after each axis."""
    if padding == "valid":
        return [(0, 0)] * len(space)
    if padding == "causal":
        return [(r - 1, 0) for r in reach]
    if padding == "same":
        return [_same(n, r, s) for n, r, s in zip(space, reach, stride, strict=True)]
    return [both(side) for side in on_each(padding, len(space))]


def both(side: Any) -> tuple[int, int]:
    """What stands before and after an axis: two numbers, or one for both."""
    before, after = side if isinstance(side, tuple) else (side, side)
    return before, after


def _same(length: int, reach: int, stride: int) -> tuple[int, int]:
    """As TensorFlow's SAME: so that windows begin at each step that is on the input; the larger half stands after it."""
    steps = len(range(0, length, stride))
    missing = max((steps - 1) * stride + reach - length, 0)
    return missing // 2, missing - missing // 2


def padded(x: Array, pads: Pairs, filling: float = 0, call: Call | None = None) -> Array:
    """An array (batch, *space, channels) with more places around its spatial axes."""
    if not any(map(any, pads)):
        return x
    if call:
        call.room((len(x), *(n + sum(sides) for n, sides in zip(x.shape[1:-1], pads, strict=True)), x.shape[-1]), x)
    return np.pad(x, ((0, 0), *pads, (0, 0)), constant_values=filling)
