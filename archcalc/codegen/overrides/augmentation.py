"""Augmentation that Keras 3 does not fit into a network as it stands: see the parts."""

from __future__ import annotations

from archcalc.codegen.calls import Construction, declared
from archcalc.codegen.errors import CodegenError
from archcalc.codegen.overrides.resampling import exchanged
from archcalc.codegen.parts import Part
from archcalc.graph import Node


def _random_crop(node: Node) -> Construction:
    return Construction(declared(node)._replace(head="SizedRandomCrop("), (Part("random_crop"),))


def _random_shear(node: Node) -> Construction:
    return Construction(declared(node)._replace(head="SavedRandomShear("), (Part("random_shear"),))


def _random_perspective(node: Node) -> None:
    """The declaration says it all, but for what cannot run."""
    *space, _ = node.input_shapes[0]
    if 1 in space:
        why = f"Keras's RandomPerspective fails on an image of {space[0]}x{space[1]}: its corners lie on one line"
        raise CodegenError(f"{node.name or node.kind}: {why}; 2x2 is the smallest")


def _equalization(node: Node) -> Construction:
    return Construction(declared(node)._replace(head="GraphEqualization("), (Part("equalization"),))


def _channels_last_alone(node: Node) -> Construction | None:
    """With channels first, these take rows for channels, or hold layers that do."""
    return exchanged(declared(node, without=("data_format",))) if node.turned else None


OVERRIDES = {
    "random_crop": _random_crop,
    "random_perspective": _random_perspective,
    "random_shear": _random_shear,
    "equalization": _equalization,
    **dict.fromkeys(("auto_contrast", "random_color_jitter", "rand_augment", "aug_mix"), _channels_last_alone),
}
