"""Activation functions, as `keras.activations` defines them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from archcalc.engine.axes import with_batch
from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.store import Array

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772  # Klambauer et al. (2017)


def activate(name: str | None, x: Array, axis: Any = -1) -> Array:
    """The activation function of that name, on each value; None: as it is. Softmax and its like go along the axis."""
    if name in ALONG:
        return ALONG[name](x, axis)
    return x if name in (None, "linear") else np.asarray(EACH[str(name)](x))


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), by the hyperbolic tangent, which does not overflow."""
    return np.asarray(0.5 * (np.tanh(0.5 * x) + 1))


def softplus(x: Array) -> Array:
    """log(exp(x) + 1)."""
    return np.asarray(np.logaddexp(x, np.zeros_like(x)))


def softmax(x: Array, axis: Any = -1) -> Array:
    """The exponentials along an axis, or axes, over their sum."""
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def log_softmax(x: Array, axis: Any = -1) -> Array:
    """The logarithm of softmax, without its overflow."""
    shifted = x - x.max(axis=axis, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True)))


def sparsemax(x: Array, axis: int = -1) -> Array:
    """The nearest point on the simplex: max(x - t, 0), with the t for which it adds up to 1. Martins & Astudillo (2016)."""
    z = np.moveaxis(x, axis, -1)
    falling = -np.sort(-z, axis=-1)
    sums = np.cumsum(falling, axis=-1)
    counts = np.arange(1, z.shape[-1] + 1, dtype=x.dtype)
    within = falling - (sums - 1) / counts > 0
    kept = within.sum(axis=-1, keepdims=True)
    threshold = (np.take_along_axis(sums, kept - 1, axis=-1) - 1) / kept.astype(x.dtype)
    return np.moveaxis(np.maximum(z - threshold, 0), -1, axis)


def _erf(x: Array) -> Array:
    return np.fromiter(map(math.erf, x.ravel().tolist()), x.dtype, x.size).reshape(x.shape)


def _elu(x: Array, alpha: float = 1) -> Array:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def _leaky(x: Array, slope: float = 0.2) -> Array:
    return np.where(x > 0, x, slope * x)


def _hard_sigmoid(x: Array) -> Array:
    return np.asarray(np.clip(x + 3, 0, 6) / 6)


def _sparse_plus(x: Array) -> Array:
    return np.where(x <= -1, 0, np.where(x < 1, 0.25 * np.square(x + 1), x))


def _silu(x: Array) -> Array:
    return x * sigmoid(x)


def _hard_silu(x: Array) -> Array:
    return x * _hard_sigmoid(x)


EACH: dict[str, Callable[[Array], Any]] = {
    "celu": _elu,  # with alpha 1
    "elu": _elu,
    "exponential": np.exp,
    "gelu": lambda x: 0.5 * x * (1 + _erf(x / math.sqrt(2))),
    "hard_shrink": lambda x: np.where(np.abs(x) > 0.5, x, 0),
    "hard_sigmoid": _hard_sigmoid,
    "hard_silu": _hard_silu,
    "hard_swish": _hard_silu,
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "leaky_relu": _leaky,
    "log_sigmoid": lambda x: -softplus(-x),
    "mish": lambda x: x * np.tanh(softplus(x)),
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "selu": lambda x: SELU_SCALE * _elu(x, SELU_ALPHA),
    "sigmoid": sigmoid,
    "silu": _silu,
    "soft_shrink": lambda x: np.where(x > 0.5, x - 0.5, np.where(x < -0.5, x + 0.5, 0)),
    "softplus": softplus,
    "softsign": lambda x: x / (np.abs(x) + 1),
    "sparse_plus": _sparse_plus,
    "sparse_sigmoid": lambda x: np.clip(0.5 * (x + 1), 0, 1),
    "squareplus": lambda x: (x + np.sqrt(np.square(x) + 4)) / 2,
    "swish": _silu,
    "tanh": np.tanh,
    "tanh_shrink": lambda x: x - np.tanh(x),
}
ALONG: dict[str | None, Callable[[Array, Any], Array]] = {"softmax": softmax, "log_softmax": log_softmax, "sparsemax": sparsemax}
# Kinds with arguments of their own have kernels of their own.
PLAIN = ({*EACH} | {str(name) for name in ALONG} | {"linear", "activation"}) - {"relu", "elu", "leaky_relu", "softmax"}


@kernel(*sorted(PLAIN))
def named(call: Call, x: Array) -> Array:
    """The function of that name."""
    return activate(call.layer.function, x)


@kernel("relu")
def relu(call: Call, x: Array) -> Array:
    """Cut off below the threshold, where a slope leads on, and above the largest value."""
    layer = call.layer
    threshold, slope = float(layer.threshold), float(layer.slope)
    above = np.where(x > threshold, x, 0)
    if layer.max_value is not None:
        above = np.minimum(above, float(layer.max_value))
    return np.asarray(above - slope * np.maximum(threshold - x, 0)) if slope else above


@kernel("elu")
def elu(call: Call, x: Array) -> Array:
    """Below 0, alpha * (exp(x) - 1)."""
    return _elu(x, float(call.layer.alpha))


@kernel("leaky_relu")
def leaky_relu(call: Call, x: Array) -> Array:
    """Below 0, scaled down."""
    return _leaky(x, float(call.layer.slope))


@kernel("softmax")
def softmax_along(call: Call, x: Array) -> Array:
    """Along one axis, or several together."""
    return softmax(x, with_batch(call.layer.axis, x.ndim))


@kernel("prelu")
def prelu(call: Call, x: Array) -> Array:
    """Below 0, times a trained slope: one for each value, or one along the shared axes."""
    shared = call.layer.shared
    axes = () if shared is None else with_batch(shared, x.ndim)
    alpha = call.weight("alpha", tuple(1 if i in axes else n for i, n in enumerate(x.shape))[1:])
    return np.asarray(np.maximum(x, 0) - alpha * np.maximum(-x, 0))
