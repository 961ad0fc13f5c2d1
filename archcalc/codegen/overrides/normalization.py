"""Instance normalisation, which is a group normalisation in Keras; AlexNet's; and rescaling by a list of numbers."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, declared, layer_of, options_of
from archcalc.codegen.literals import Expression, call, literal
from archcalc.codegen.parts import Part
from archcalc.graph import Node


def _instance_norm(node: Node) -> Construction:
    return Construction(call("keras.layers.GroupNormalization", groups="-1", **options_of(node)))


def _local_response_norm(node: Node) -> Construction:
    return Construction(call("LocalResponseNormalization", **options_of(node)), (Part("local_response_norm"),))


def _rescale(node: Node) -> Construction:
    """A list lies along the last axis in Keras, so one along another has an axis of length 1 for each that follows."""
    layer: Any = layer_of(node)
    after = len(node.input_shapes[0]) - 1 - layer.axis % len(node.input_shapes[0])
    if not after or not any(isinstance(v, tuple) for v in (layer.scale, layer.offset)):
        return Construction(declared(node, without=("axis",)))
    options: dict[str, Expression] = {"offset": _standing(layer.offset, after)} if layer.offset != 0 else {}
    return Construction(call("keras.layers.Rescaling", _standing(layer.scale, after), **options))


def _rms_norm(node: Node) -> Construction | None:
    """Keras sorts the axes as numbers, so those from the front and from the back must not be mixed. They are the last ones."""
    layer: Any = layer_of(node)
    rank = len(node.input_shapes[0])
    last = tuple(range(-len(layer.axis), 0)) if isinstance(layer.axis, tuple) else ()
    if not last or sorted(axis % rank for axis in layer.axis) != [axis % rank for axis in last]:
        return None
    return Construction(call("keras.layers.RMSNormalization", axis=literal(last), **options_of(node, without=("axis",))))


def _standing(values: Any, after: int) -> str:
    if not isinstance(values, tuple):
        return literal(values)
    return "[" + ", ".join("[" * after + literal(v) + "]" * after for v in values) + "]"


OVERRIDES = {"instancenorm": _instance_norm, "lrn": _local_response_norm, "rescale": _rescale, "rmsnorm": _rms_norm}
