"""More or fewer positions along the spatial axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.interpolation import middle_part, resize
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.windows import Pairs, both, on_each, padded
from archcalc.engine.store import Array


def _sides(value: Any, rank: int) -> Pairs:
    """How many positions before and after each axis. Two numbers for one axis are its ends."""
    if rank == 1 and isinstance(value, tuple) and len(value) == 2 and not isinstance(value[0], tuple):
        return [both(value)]
    return [both(side) for side in on_each(value, rank)]


@kernel("zero_pad")
def zero_pad(call: Call, x: Array) -> Array:
    """Zeros around the spatial axes."""
    return padded(x, _sides(call.layer.padding, x.ndim - 2), call=call)


@kernel("crop")
def crop(call: Call, x: Array) -> Array:
    """The ends of the spatial axes cut off."""
    sides = _sides(call.layer.cropping, x.ndim - 2)
    return x[(slice(None), *(slice(before, n - after) for n, (before, after) in zip(x.shape[1:-1], sides, strict=True)))]


@kernel("upsample")
def upsample(call: Call, x: Array) -> Array:
    """Every position several times, or values between them."""
    times = on_each(call.layer.size, x.ndim - 2)
    longer = tuple(n * t for n, t in zip(x.shape[1:-1], times, strict=True))
    call.room((len(x), *longer, x.shape[-1]), x)
    if call.layer.interpolation != "nearest":
        return resize(call, x, (longer[0], longer[1]), call.layer.interpolation)
    for axis, t in enumerate(times, 1):
        x = np.repeat(x, t, axis)
    return x


def _size(layer: Any) -> tuple[int, int]:
    """Rows and columns, however they were given."""
    rows, columns = on_each(layer.size, 2) if layer.width is None else (layer.size, layer.width)
    return rows, columns


@kernel("resize")
def resized(call: Call, x: Array) -> Array:
    """Images of another size; what would distort is cut off or filled up before, if that is asked for."""
    layer, size = call.layer, _size(call.layer)
    if layer.crop_to_aspect_ratio:
        x = x[(slice(None), *middle_part(x.shape[1], x.shape[2], size))]
    if layer.pad_to_aspect_ratio:
        x = _filled_up(call, x, size)
    return resize(call, x, size, layer.interpolation, layer.antialias)


def _filled_up(call: Call, x: Array, size: tuple[int, int]) -> Array:
    """As many rows or columns at both ends as give an image the form of the size; of an odd number, one less."""
    rows, columns = x.shape[1:3]
    height = max(rows, int(np.float32(columns * size[0]) / np.float32(size[1])))
    width = max(columns, int(np.float32(rows * size[1]) / np.float32(size[0])))
    pads = [((n - m) // 2,) * 2 for n, m in ((height, rows), (width, columns))]
    return padded(x, [(a, b) for a, b in pads], float(call.layer.fill_value), call)


@kernel("center_crop")
def center_crop(call: Call, x: Array) -> Array:
    """The middle of an image; of one that is smaller, its largest piece of that form, made larger."""
    size = _size(call.layer)
    rows, columns = (n - m for n, m in zip(x.shape[1:3], size, strict=True))
    if rows >= 0 and columns >= 0:
        return x[:, rows // 2 : rows // 2 + size[0], columns // 2 : columns // 2 + size[1]]
    return resize(call, x[(slice(None), *middle_part(x.shape[1], x.shape[2], size))], size)
