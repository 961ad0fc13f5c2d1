"""Transposed convolutions: each input value lays its kernel over the output."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.errors import EngineError
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.activation import activate
from archcalc.engine.kernels.windows import both, on_each
from archcalc.engine.store import Array


@kernel("conv_transpose")
def conv_transpose(call: Call, x: Array) -> Array:
    """The kernels of all input values are laid `stride` apart and added up; then the ends are cut off, or zeros added."""
    layer, space, channels = call.layer, x.shape[1:-1], x.shape[-1]
    size, stride, dilation = (on_each(v, len(space)) for v in (layer.kernel, layer.stride, layer.dilation))
    whole, ends = laid_over(layer, space)
    longest = [max(n, stop) for n, (_, stop) in zip(whole, ends, strict=True)]
    call.room((len(x), *longest, layer.filters), x)
    weights = call.weight("kernel", (*size, layer.filters, channels))
    out = np.zeros((len(x), *longest, layer.filters), x.dtype)
    rows = np.ascontiguousarray(x).reshape(-1, channels)
    for tap in product(*map(range, size)):
        at = (slice(t * d, t * d + (n - 1) * s + 1, s) for t, d, n, s in zip(tap, dilation, space, stride, strict=True))
        out[(slice(None), *at)] += call.product(rows, weights[tap].T).reshape(*x.shape[:-1], layer.filters)
    out = out[(slice(None), *(slice(start, stop) for start, stop in ends))]
    if layer.bias == "shared":
        out = out + call.weight("bias", (layer.filters,))
    return activate(layer.activation, out, call.last)


def laid_over(layer: Any, space: tuple[int, ...]) -> tuple[list[int], list[tuple[int, int]]]:
    """On each axis: what all kernels together span, and where in it the output begins and ends.

    Raises:
        EngineError: nothing is left of an axis.
    """
    names = ("kernel", "stride", "dilation", "padding", "output_padding")
    axes = list(zip(space, *(on_each(getattr(layer, name), len(space)) for name in names), strict=True))
    whole = [(n - 1) * s + (k - 1) * d + 1 for n, k, s, d, _, _ in axes]
    ends = [_ends(n, span, s, padding, more) for span, (n, _, s, _, padding, more) in zip(whole, axes, strict=True)]
    if any(stop <= start for start, stop in ends):
        raise EngineError("nothing is left of an axis")
    return whole, ends


def _ends(n: int, whole: int, stride: int, padding: Any, more: int | None) -> tuple[int, int]:
    """Where the output begins and ends in what was laid; it may end later, among zeros.

    `same` begins where the convolution that goes the other way would have begun its padding, as in TensorFlow.
    """
    if padding == "valid":
        return 0, max(whole, n * stride) if more is None else whole + more
    if padding == "same":
        reach = whole - (n - 1) * stride
        length = n * stride if more is None else (n - 1) * stride + reach % 2 + more
        before = max(whole - length, 0) // 2
        return before, before + length
    before, after = both(padding)
    return before, whole + (more or 0) - after
