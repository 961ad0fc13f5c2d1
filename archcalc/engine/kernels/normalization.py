"""Normalisation: values less a mean, over a deviation; then a trained scale and shift."""

from __future__ import annotations

import numpy as np

from archcalc.engine.axes import along, with_batch
from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.store import Array


def _trained(call: Call, x: Array, name: str, start: float) -> Array:
    """A value for each place along the layer's axes, which stand in the order of their numbers as they were written, as in Keras."""
    written = call.layer.axis if isinstance(call.layer.axis, tuple) else (call.layer.axis,)
    in_order = sorted(axis + 1 if axis >= 0 else axis for axis in written)
    found = call.weight(name, tuple(x.shape[axis] for axis in in_order), start=start)
    axes = with_batch(call.layer.axis, x.ndim)
    return found.reshape(tuple(n if i in axes else 1 for i, n in enumerate(x.shape)))


def _affine(call: Call, x: Array) -> tuple[Array | float, Array | float]:
    """The factor and the shift of each place along the axes."""
    gamma = _trained(call, x, "gamma", 1.0) if call.layer.scale else 1
    return gamma, _trained(call, x, "beta", 0.0) if call.layer.center else 0


@kernel("bn")
def batch_norm(call: Call, x: Array) -> Array:
    """By the stored statistics of each channel."""
    axes = with_batch(call.layer.axis, x.ndim)
    gamma, beta = _affine(call, x)
    shape = (x.shape[axes[0]],)
    mean = call.weight("moving_mean", shape, trainable=False, start=0.0)
    variance = call.weight("moving_variance", shape, trainable=False, start=1.0)
    if call.layer.renorm:  # only training reads them
        for name, start in (("moving_stddev", 1.0), ("renorm_mean", 0.0), ("renorm_stddev", 1.0)):
            call.weight(name, shape, trainable=False, start=start)
    inverse = gamma / np.sqrt(along(variance, axes, x.ndim) + float(call.layer.epsilon))
    return np.asarray((x - along(mean, axes, x.ndim)) * inverse + beta)


def _moments(x: Array, axes: tuple[int, ...]) -> tuple[Array, Array]:
    mean = x.mean(axis=axes, keepdims=True)
    return mean, np.square(x - mean).mean(axis=axes, keepdims=True)


@kernel("layernorm")
def layer_norm(call: Call, x: Array) -> Array:
    """By the mean and variance of each sample along the axes."""
    axes = with_batch(call.layer.axis, x.ndim)
    gamma, beta = _affine(call, x)
    mean, variance = _moments(x, axes)
    return np.asarray((x - mean) / np.sqrt(variance + float(call.layer.epsilon)) * gamma + beta)


@kernel("groupnorm", "instancenorm")
def group_norm(call: Call, x: Array) -> Array:
    """By the mean and variance of each sample's groups of channels; alone, each channel is a group."""
    (axis,) = with_batch(call.layer.axis, x.ndim)
    gamma, beta = _affine(call, x)
    groups = getattr(call.layer, "groups", x.shape[axis])
    grouped = x.reshape(*x.shape[:axis], groups, x.shape[axis] // groups, *x.shape[axis + 1 :])
    mean, variance = _moments(grouped, tuple(i for i in range(1, grouped.ndim) if i != axis))
    return np.asarray(((grouped - mean) / np.sqrt(variance + float(call.layer.epsilon))).reshape(x.shape) * gamma + beta)


@kernel("rmsnorm")
def rms_norm(call: Call, x: Array) -> Array:
    """Over the root of the mean square along the axes."""
    axes = with_batch(call.layer.axis, x.ndim)
    scale = along(call.weight("scale", tuple(x.shape[a] for a in axes), start=1.0), axes, x.ndim)
    return np.asarray(x / np.sqrt(np.square(x).mean(axis=axes, keepdims=True) + float(call.layer.epsilon)) * scale)


@kernel("unitnorm")
def unit_norm(call: Call, x: Array) -> Array:
    """Over the length along the axes."""
    axes = with_batch(call.layer.axis, x.ndim)
    return np.asarray(x / np.maximum(np.sqrt(np.square(x).sum(axis=axes, keepdims=True)), 1e-12))


@kernel("lrn")
def local_response_norm(call: Call, x: Array) -> Array:
    """Over (k + alpha * s)**beta, where s adds up the squares of the channels around each."""
    layer = call.layer
    (axis,) = with_batch(layer.axis, x.ndim)
    squares, half = np.square(np.moveaxis(x, axis, -1)), layer.size // 2
    total = squares.copy()
    for distance in range(1, min(half, squares.shape[-1] - 1) + 1):
        total[..., distance:] += squares[..., :-distance]
        total[..., :-distance] += squares[..., distance:]
    return np.asarray(x / (float(layer.k) + float(layer.alpha) * np.moveaxis(total, -1, axis)) ** float(layer.beta))
