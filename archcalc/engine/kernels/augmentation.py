"""Augmentation at inference: an image passes on as it is."""

from __future__ import annotations

from archcalc.engine.call import Call
from archcalc.engine.interpolation import middle_part, resize
from archcalc.engine.kernels import kernel
from archcalc.engine.store import Array


@kernel(
    "random_flip", "random_rotation", "random_translation", "random_zoom", "random_shear", "random_perspective",
    "random_elastic_transform", "random_erasing", "rand_augment", "aug_mix",
)  # fmt: skip
def as_it_is(call: Call, x: Array) -> Array:
    """Nothing is done to it."""
    return x


@kernel("random_crop")
def random_crop(call: Call, x: Array) -> Array:
    """The largest piece of the same form, from the middle, resized."""
    size = (call.layer.height, call.layer.width)
    return resize(call, x[(slice(None), *middle_part(x.shape[1], x.shape[2], size))], size)
