"""Masks whose shape counts the batch, whole samples that are dropped, and factors of channels."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, declared, layer_of, options_of
from archcalc.codegen.literals import Group, call, literal
from archcalc.codegen.parts import Part
from archcalc.graph import Node


def _dropout(node: Node) -> Construction | None:
    layer: Any = layer_of(node)
    if layer.noise_shape is None:
        return None
    plain = declared(node, without=("noise_shape",))
    return Construction(plain._replace(items=[*plain.items, _noise(*layer.noise_shape)]))


def _spatial_dropout(node: Node) -> Construction | None:
    if not node.turned or len(node.input_shapes[0]) != 2:
        return None
    # Keras's class for one axis knows no channels first.
    return Construction(_drop(node, None, 1))


def _stochastic_depth(node: Node) -> Construction:
    return Construction(_drop(node, *(1 for _ in node.input_shapes[0])))


def _drop(node: Node, *sizes: int | None) -> Group:
    layer: Any = layer_of(node)
    made = call("keras.layers.Dropout", literal(layer.rate))
    return made._replace(items=[*made.items, _noise(*sizes)])


def _noise(*sizes: int | None) -> str:
    """The mask's shape; None, as for the batch, stands for the length of what flows in."""
    return f"noise_shape={literal((None, *sizes))}"


def _layer_scale(node: Node) -> Construction:
    return Construction(call("LayerScale", **options_of(node)), (Part("layer_scale"),))


OVERRIDES = {
    "dropout": _dropout,
    "alpha_dropout": _dropout,
    "spatial_dropout": _spatial_dropout,
    "stochastic_depth": _stochastic_depth,
    "layer_scale": _layer_scale,
}
