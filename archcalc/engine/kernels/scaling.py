"""Scaling of data as they come in."""

from __future__ import annotations

from typing import Any

import numpy as np

from archcalc.engine.axes import along, with_batch
from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.store import Array

LEAST = 1e-7  # Keras's epsilon: no deviation is less


@kernel("rescale")
def rescale(call: Call, x: Array) -> Array:
    """Times a number, plus a number; or a list of them along an axis."""
    axes = with_batch(call.layer.axis, x.ndim)
    return x * _numbers(call.layer.scale, axes, x) + _numbers(call.layer.offset, axes, x)


def _numbers(value: Any, axes: tuple[int, ...], x: Array) -> Array:
    """Given numbers: one, or one for each place along the last of the axes."""
    if not isinstance(value, tuple):
        return np.asarray(float(value), x.dtype)
    return along(np.array([float(v) for v in value], x.dtype), axes[-1:], x.ndim)


@kernel("normalize")
def normalize(call: Call, x: Array) -> Array:
    """Less a mean, over the root of a variance; or back."""
    layer = call.layer
    axes = with_batch(layer.axis, x.ndim)
    if layer.mean is None:
        shape = tuple(x.shape[i] for i in axes)
        mean = along(call.weight("mean", shape, trainable=False, start=0.0), axes, x.ndim)
        variance = along(call.weight("variance", shape, trainable=False, start=1.0), axes, x.ndim)
        call.weight("count", (), trainable=False, start=0)
    else:
        mean, variance = _numbers(layer.mean, axes, x), _numbers(layer.variance, axes, x)
    deviation = np.maximum(np.sqrt(variance), LEAST)
    return np.asarray(mean + x * deviation if layer.invert else (x - mean) / deviation)
