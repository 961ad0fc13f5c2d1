"""Euclidean units."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, layer_of, options_of
from archcalc.codegen.literals import call, literal
from archcalc.codegen.parts import Part
from archcalc.graph import Node

BITMAP_SHAPE = (84, 10)  # the paper's 7x12 pixels for ten digits


def _rbf(node: Node) -> Construction:
    layer: Any = layer_of(node)
    units, options = literal(layer.units), options_of(node, without=("centres",))
    if layer.centres == "random" or (node.input_shapes[0][-1], layer.units) != BITMAP_SHAPE:
        return Construction(call("RBF", units, **options), (Part("rbf"),))
    return Construction(call("RBF", units, centres="DIGIT_BITMAPS", **options), (Part("rbf"), Part("digit_bitmaps")))


OVERRIDES = {"rbf": _rbf}
