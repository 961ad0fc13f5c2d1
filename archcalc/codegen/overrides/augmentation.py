"""Augmentation that Keras 3 does not fit into a network as it stands: see the parts."""

from __future__ import annotations

from archcalc.codegen.calls import Construction, declared
from archcalc.codegen.parts import Part
from archcalc.graph import Node


def _random_crop(node: Node) -> Construction:
    return Construction(declared(node)._replace(head="SizedRandomCrop("), (Part("random_crop"),))


def _equalization(node: Node) -> Construction:
    return Construction(declared(node)._replace(head="GraphEqualization("), (Part("equalization"),))


OVERRIDES = {"random_crop": _random_crop, "equalization": _equalization}
