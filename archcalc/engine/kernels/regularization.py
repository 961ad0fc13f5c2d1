"""Layers that act in training only; a mask, and a factor of each channel."""

from __future__ import annotations

import numpy as np

from archcalc.engine.axes import along, with_batch
from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.store import Array


@kernel(
    "dropout",
    "spatial_dropout",
    "alpha_dropout",
    "gaussian_dropout",
    "gaussian_noise",
    "stochastic_depth",
    "activity_regularization",
)
def training_only(call: Call, x: Array) -> Array:
    """At inference, what flows in flows on."""
    return x


@kernel("masking")
def masking(call: Call, x: Array) -> Array:
    """Steps whose values are all the one that stands for no data become zero."""
    return np.where(np.any(x != float(call.layer.mask_value), axis=-1, keepdims=True), x, 0)


@kernel("layer_scale")
def layer_scale(call: Call, x: Array) -> Array:
    """A factor for each channel."""
    axes = with_batch(call.layer.axis, x.ndim)
    gamma = call.weight("gamma", (x.shape[axes[0]],), start=float(call.layer.initial))
    return np.asarray(x * along(gamma, axes, x.ndim))
