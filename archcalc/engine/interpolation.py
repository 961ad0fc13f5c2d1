"""Images of another size: each output value is a weighted sum of the input values around its place.

Places are the middles of pixels: output i of m stands at (i + 1/2) n / m of n inputs, as in TensorFlow 2.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.store import Array

STEPS = 1024  # TensorFlow looks up a bicubic weight at the nearest of so many places between two pixels


def resize(call: Call, x: Array, size: tuple[int, int], method: str = "bilinear", antialias: bool = False) -> Array:
    """Images (batch, rows, columns, channels) of another size."""
    if x.shape[1:3] == tuple(size):
        return x
    for axis, length in enumerate(size, 1):
        call.room((*x.shape[:axis], length, *x.shape[axis + 1 :]), x)
        if method == "nearest":
            x = x.take(_nearest(x.shape[axis], length), axis)
        else:
            weights = _weights(x.shape[axis], length, method, antialias).astype(x.dtype)
            x = np.moveaxis(np.tensordot(x, weights, (axis, 1)), -1, axis)
    return x


def _nearest(n: int, m: int) -> Array:
    scale = np.float32(n) / np.float32(m)
    middle = (np.arange(m, dtype=np.float32) + np.float32(0.5)) * scale  # in its precision
    return np.asarray(np.minimum(np.floor(middle), n - 1).astype(int))


def _weights(n: int, m: int, method: str, antialias: bool) -> Array:
    """For each of m outputs the weights of n inputs, (m, n). What lies beyond the image has none; the rest add up to 1."""
    kernel, radius = _KERNELS[method]
    wider = max(n / m, 1.0) if antialias else 1.0
    middle = (np.arange(m) + 0.5) * (n / m)
    if method == "bicubic" and not antialias:
        middle = np.floor(middle - 0.5) + np.round((middle - 0.5) % 1 * STEPS) / STEPS + 0.5
    distance = (np.arange(n) + 0.5)[None] - middle[:, None]
    weights = np.where(np.abs(distance) <= radius * wider, kernel(np.abs(distance) / wider), 0)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _triangle(d: Array) -> Array:
    return np.asarray(np.maximum(1 - d, 0))


def _cubic(d: Array) -> Array:
    """Keys (1981), with a = -1/2."""
    near = (1.5 * d - 2.5) * d * d + 1
    far = ((-0.5 * d + 2.5) * d - 4) * d + 2
    return np.where(d < 1, near, np.where(d < 2, far, 0))


def _lanczos(radius: int) -> Callable[[Array], Array]:
    return lambda d: np.where(d < radius, np.sinc(d) * np.sinc(d / radius), 0)


_KERNELS: dict[str, tuple[Callable[[Array], Array], int]] = {
    "bilinear": (_triangle, 1),
    "bicubic": (_cubic, 2),
    "lanczos3": (_lanczos(3), 3),
    "lanczos5": (_lanczos(5), 5),
}


def middle_part(rows: int, columns: int, size: tuple[int, int]) -> tuple[slice, slice]:
    """The largest piece in the middle of an image that has the form of another size."""
    height = max(min(rows, int(np.float32(columns * size[0]) / np.float32(size[1]))), 1)
    width = max(min(columns, int(np.float32(rows * size[1]) / np.float32(size[0]))), 1)
    top, left = (rows - height) // 2, (columns - width) // 2
    return slice(top, top + height), slice(left, left + width)
