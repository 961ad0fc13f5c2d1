"""Dense layers, and Euclidean units."""

from __future__ import annotations

from typing import Any

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.activation import activate
from archcalc.engine.store import Array


@kernel("dense")
def dense(call: Call, x: Array) -> Array:
    """Every unit reads the whole last axis."""
    layer = call.layer
    call.room((*x.shape[:-1], layer.units), x)
    adapted = layer.lora_rank is not None
    weights = call.weight("kernel", (x.shape[-1], layer.units), trainable=not adapted)
    bias = call.weight("bias", (layer.units,)) if layer.bias == "shared" else 0
    if adapted:
        a = call.weight("lora_kernel_a", (x.shape[-1], layer.lora_rank))
        b = call.weight("lora_kernel_b", (layer.lora_rank, layer.units))
        weights = weights + adaptation(layer) * (a @ b)
    # As one matrix: the vectors of all places are its rows.
    out = call.product(x.reshape(-1, x.shape[-1]), weights).reshape(*x.shape[:-1], layer.units)
    return activate(layer.activation, out + bias)


def adaptation(layer: Any) -> float:
    """The factor of a low-rank adaptation: alpha over the rank, 1 if not given. Hu et al. (2022)."""
    return 1.0 if layer.lora_alpha is None else float(layer.lora_alpha) / int(layer.lora_rank)


@kernel("rbf")
def rbf(call: Call, x: Array) -> Array:
    """Each unit's squared distance from its centre, as |x|^2 - 2 x c + |c|^2. The smallest is the answer."""
    shape = (x.shape[-1], call.layer.units)
    centres = call.weight("centres", shape, trainable=False, start=_centres(call.layer, shape))
    products = call.product(x.reshape(-1, shape[0]), centres).reshape(*x.shape[:-1], shape[1])
    lengths = np.square(x).sum(axis=-1, keepdims=True)
    return np.asarray(lengths - 2 * products + np.square(centres).sum(axis=0))


def _centres(layer: Any, shape: tuple[int, ...]) -> Array:
    """The centres as generated code has them: bitmaps of the ten digits where the sizes are the paper's, else drawn."""
    if layer.centres == "random" or shape != (84, 10):
        return np.random.default_rng(0).choice([-1.0, 1.0], shape)
    from archcalc.codegen.parts.digit_bitmaps import DIGIT_BITMAPS  # few networks need it

    return np.array([[1.0 if mark == "X" else -1.0 for mark in text] for text in DIGIT_BITMAPS]).T
