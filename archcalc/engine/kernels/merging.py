"""Merges: several arrays become one."""

from __future__ import annotations

import numpy as np

from archcalc.engine.axes import with_batch
from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.masks import merged
from archcalc.engine.store import Array

LEAST = 1e-7  # Keras's epsilon: no vector is taken for shorter

_MERGES = {
    "add": np.add, "mul": np.multiply, "sub": np.subtract, "avg": np.add, "maximum": np.maximum, "minimum": np.minimum,
}  # fmt: skip


@kernel(*_MERGES)
def arithmetic(call: Call, *inputs: Array) -> Array:
    """Value by value. What has fewer axes is as the last of the others."""
    rank = max(x.ndim for x in inputs)
    aligned = [x.reshape(len(x), *(1,) * (rank - x.ndim), *x.shape[1:]) for x in inputs]
    call.room(np.broadcast_shapes(*(x.shape for x in aligned)), inputs[0])
    out = merged(call, _MERGES[call.layer.kind], aligned)
    return out / len(inputs) if call.layer.kind == "avg" else out


@kernel("concat")
def concat(call: Call, *inputs: Array) -> Array:
    """One after another along an axis."""
    (axis,) = with_batch(call.layer.axis, inputs[0].ndim)
    return np.concatenate(inputs, axis)


@kernel("dot")
def dot(call: Call, a: Array, b: Array) -> Array:
    """The products of all vectors of one with all vectors of the other."""
    axes = call.layer.axes if isinstance(call.layer.axes, tuple) else (call.layer.axes,) * 2
    vectors = []
    for x, axis in zip((a, b), axes, strict=True):
        (place,) = with_batch(axis, x.ndim)
        vectors.append(np.moveaxis(x, place, -1))
    if call.layer.normalize:
        vectors = [v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), LEAST) for v in vectors]
    one, other = (v.reshape(len(v), -1, v.shape[-1]) for v in vectors)
    found = call.product(one, np.swapaxes(other, 1, 2))
    left = (*vectors[0].shape[1:-1], *vectors[1].shape[1:-1])
    return found.reshape(len(a), *(left or (1,)))
