"""The same values in another shape."""

from __future__ import annotations

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.store import Array


@kernel("identity")
def identity(call: Call, x: Array) -> Array:
    """What flows in."""
    return x


@kernel("flatten")
def flatten(call: Call, x: Array) -> Array:
    """All axes in one, the channels fastest."""
    return x.reshape(len(x), -1)


@kernel("reshape")
def reshape(call: Call, x: Array) -> Array:
    """The values in the same order, under another shape."""
    return x.reshape(len(x), *call.layer.size)


@kernel("permute")
def permute(call: Call, x: Array) -> Array:
    """The axes in another order; the first after the batch is 1."""
    return x.transpose(0, *call.layer.order)


@kernel("repeat_vector")
def repeat_vector(call: Call, x: Array) -> Array:
    """A vector as each of several steps."""
    call.room((len(x), call.layer.times, x.shape[-1]), x)
    return np.repeat(x[:, None], call.layer.times, axis=1)
