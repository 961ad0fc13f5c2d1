"""Adaptive pooling: each axis is cut into a number of bins, which overlap where they do not divide it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.windows import on_each
from archcalc.engine.store import Array


def _binned(call: Call, x: Array, of_bin: Callable[..., Any]) -> Array:
    """Axis by axis: bin i of m holds the places whose intervals [p/n, (p+1)/n] meet the inside of [i/m, (i+1)/m]."""
    for axis, bins in enumerate(on_each(call.layer.size, x.ndim - 2), 1):
        n = x.shape[axis]
        call.room((*x.shape[:axis], bins, *x.shape[axis + 1 :]), x)
        held = [[p for p in range(n) if p * bins < (i + 1) * n and (p + 1) * bins > i * n] for i in range(bins)]
        x = np.stack([of_bin(x.take(places, axis), axis=axis) for places in held], axis)
    return x


@kernel("adaptive_avgpool")
def adaptive_average(call: Call, x: Array) -> Array:
    """The mean of each bin: a mean of means, since all bins along an axis are as wide along the others."""
    return _binned(call, x, np.mean)


@kernel("adaptive_maxpool")
def adaptive_max(call: Call, x: Array) -> Array:
    """The largest value of each bin."""
    return _binned(call, x, np.max)
