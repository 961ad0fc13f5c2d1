"""Pooling: one value for each window of each map."""

from __future__ import annotations

from math import prod

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.activation import activate
from archcalc.engine.kernels.windows import Sliding, sliding
from archcalc.engine.store import Array


@kernel("maxpool")
def maxpool(call: Call, x: Array) -> Array:
    """The largest value of each window; padding never wins."""
    slide = sliding(x, call.layer, _lowest(x), call)
    (_, first), *others = slide.taps()
    out = first.copy()
    for _, read in others:
        np.maximum(out, read, out=out)
    return out


def _lowest(x: Array) -> float:
    return float(np.finfo(x.dtype).min if x.dtype.kind == "f" else np.iinfo(x.dtype).min)


def _sums(call: Call, slide: Sliding) -> Array:
    """The sum of each window, padding as zeros."""
    shape = (len(slide.array), *slide.places, slide.array.shape[-1])
    call.room(shape, slide.array)
    out = np.zeros(shape, slide.array.dtype)
    for _, read in slide.taps():
        out += read
    return out


@kernel("avgpool")
def avgpool(call: Call, x: Array) -> Array:
    """The mean of each window: of `same`, of what is on the input, else of the padding's zeros too, but of nothing beyond."""
    slide = sliding(x, call.layer, call=call)
    out = _sums(call, slide)
    _, stride, _, places, pads, over = slide.window
    for axis, length in enumerate(x.shape[1:-1]):
        before, after = pads[axis]
        counts = np.ones(before + length + after + over[axis], x.dtype)
        counts[before + length + after :] = 0
        if call.layer.padding == "same":
            counts[:before] = counts[before + length :] = 0
        starts = range(0, places[axis] * stride[axis], stride[axis])
        read = np.array([counts[start : start + slide.kernel[axis]].sum() for start in starts], x.dtype)
        out /= read.reshape([-1 if i == axis + 1 else 1 for i in range(out.ndim)])
    return out


@kernel("subsample")
def subsample(call: Call, x: Array) -> Array:
    """Each window's sum, times its map's coefficient, plus its map's bias."""
    slide, maps = sliding(x, call.layer, call=call), (x.shape[-1],)
    coefficient = call.weight("coefficient", maps, start=1 / prod(slide.kernel))
    bias = call.weight("bias", maps)
    return activate(call.layer.activation, _sums(call, slide) * coefficient + bias, call.last)


def _space(x: Array) -> tuple[int, ...]:
    return tuple(range(1, x.ndim - 1))


@kernel("gap")
def global_average(call: Call, x: Array) -> Array:
    """The mean of each map."""
    mask = call.masks[0] if call.masks and x.ndim == 3 else None
    if mask is not None:  # of the steps that hold data
        held = np.where(mask[..., None], x, 0).sum(1, keepdims=call.layer.keepdims)
        return np.asarray(held / mask.sum(1).reshape(-1, *(1,) * (held.ndim - 1)).astype(x.dtype))
    return np.asarray(x.mean(axis=_space(x), keepdims=call.layer.keepdims))


@kernel("gmp")
def global_max(call: Call, x: Array) -> Array:
    """The largest value of each map."""
    return np.asarray(x.max(axis=_space(x), keepdims=call.layer.keepdims))
