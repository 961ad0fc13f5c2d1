"""Which steps hold data, and which are padding: masks, as Keras hands them from layer to layer beside the values.

A layer that marks steps makes one (`embedding mask_zero`, `masking`); others hand on what flowed in, join several, or drop it.
Who reads one leaves the padding out: recurrent layers, attention, and the mean over steps.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.store import Array

Mask = Array | None

# Kinds whose Keras layers hand on the mask of what flows in, or of the first of several.
HAND_ON = {
    "dense", "activation", "relu", "elu", "softmax", "leaky_relu", "prelu", "identity", "bn", "layernorm", "groupnorm", "instancenorm",
    "unitnorm", "rescale", "normalize", "dropout", "spatial_dropout", "alpha_dropout", "gaussian_dropout", "gaussian_noise",
    "activity_regularization", "time_distributed", "mha", "gqa", "attention", "additive_attention",
}  # fmt: skip
ONE_OF_SEVERAL = {"add", "sub", "mul", "avg", "maximum", "minimum"}


def mask_after(call: Call, inputs: list[Array]) -> Mask:
    """The mask of what comes out of a layer, as Keras's class has it."""
    layer: Any = call.layer
    kind = layer.kind
    if kind == "masking":
        return np.asarray((inputs[0] != float(layer.mask_value)).any(-1))
    if kind in ("embedding", "reversible_embedding"):
        marks = layer.mask_zero and not getattr(layer, "reverse", False)
        return inputs[0] != 0 if marks else None
    first = call.masks[0] if call.masks else None
    if kind == "concat":
        return _joined(layer.axis, inputs, call.masks)
    if kind in ONE_OF_SEVERAL:
        given = [mask for mask in call.masks if mask is not None]
        return reduce(np.logical_or, given) if len(given) == len(inputs) else None
    if hasattr(layer, "sequences") or kind == "bidirectional":
        one = layer.inner if kind == "bidirectional" else layer
        return first if one.sequences else None
    return first if kind in HAND_ON or _is_function(layer) else None


def _is_function(layer: Any) -> bool:
    """Whether it is a kind of an activation function's name."""
    return bool(getattr(layer, "function", ""))


def _joined(axis: int, inputs: list[Array], masks: tuple[Mask, ...]) -> Mask:
    """Steps of inputs put one after another, or side by side: there, data in one of them are data."""
    if all(mask is None for mask in masks):
        return None
    whole = []
    for x, mask in zip(inputs, masks, strict=True):
        marks = np.ones_like(x, dtype=bool) if mask is None else mask
        whole.append(marks if marks.ndim == x.ndim else np.broadcast_to(marks[..., None], x.shape))
    return np.asarray(np.concatenate(whole, axis + 1 if axis >= 0 else axis).any(-1))


def _beside(x: Array, mask: Mask) -> Mask:
    """A mask with as many axes as the values have."""
    return None if mask is None else mask.reshape(len(mask), *(1,) * (x.ndim - 1 - mask.ndim), *mask.shape[1:], 1)


def merged(call: Call, merge: Any, inputs: list[Array]) -> Array:
    """Arrays merged two by two. Padding counts as the factor 1, and never as the largest or smallest; it is added as it is."""
    kind = call.layer.kind
    masks = [_beside(x, mask) for x, mask in zip(inputs, call.masks or (None,) * len(inputs), strict=True)]
    out, holds = inputs[0], masks[0]
    if kind == "mul":
        inputs = [x if mask is None else np.where(mask, x, 1) for x, mask in zip(inputs, masks, strict=True)]
        out = inputs[0]
    for x, mask in zip(inputs[1:], masks[1:], strict=True):
        other = x
        if kind in ("maximum", "minimum"):  # where one of two is padding, it is the other
            other = x if mask is None else np.where(mask, x, out)
            out = out if holds is None else np.where(holds, out, other)
        holds = None if holds is None or mask is None else holds | mask
        out = merge(out, other)
    return np.where(holds, out, 0) if kind == "mul" and holds is not None else np.asarray(out)
