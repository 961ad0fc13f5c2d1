"""Padding and cropping of one axis, images by height and width, and what Keras does not have with channels first."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, layer_of, options_of
from archcalc.codegen.literals import Expression, Group, call, literal
from archcalc.codegen.parts import Part
from archcalc.graph import Node


def _zero_pad(node: Node) -> Construction:
    layer: Any = layer_of(node)
    options = options_of(node)
    if "padding" in options:
        options["padding"] = _edges(node, layer.padding, "padding")
    return Construction(call(_class(node), **options))


def _crop(node: Node) -> Construction:
    layer: Any = layer_of(node)
    return _either_layout(node, _edges(node, layer.cropping, "cropping"), **options_of(node))


def _up_sample(node: Node) -> Construction:
    layer: Any = layer_of(node)
    options = options_of(node, without=("interpolation",))
    if isinstance(layer.size, tuple) and len(layer.size) == 1:
        options["size"] = literal(layer.size[0])
    if layer.interpolation != "nearest":
        options["interpolation"] = literal(layer.interpolation)
    return _either_layout(node, **options)


def _images(node: Node) -> Construction:
    layer: Any = layer_of(node)
    rows, columns = map(literal, layer.extent())
    return Construction(call(_class(node), rows, columns, **options_of(node, without=("width",))))


def _class(node: Node) -> str:
    """Keras's class, for the rank of what flows in."""
    layer: Any = layer_of(node)
    return f"keras.layers.{layer.keras.format(rank=layer.rank_of(*node.input_shapes))}"


def _edges(node: Node, value: Any, argument: str) -> str:
    """Sizes at both ends, as Keras takes them: of one axis, a number or a pair of them."""
    layer: Any = layer_of(node)
    if layer.rank_of(*node.input_shapes) == 1:
        (value,) = layer.sides(value, 1, argument)
    return literal(value)


def _either_layout(node: Node, *arguments: Expression, **options: Expression) -> Construction:
    """The call; with channels first, which Keras's classes for one axis do not know, the axes are exchanged around it."""
    alone = node.turned is not None and layer_of(node).rank_of(*node.input_shapes) == 1
    if alone:
        del options["data_format"]
    made = call(_class(node), *arguments, **options)
    return exchanged(made) if alone else Construction(made)


def exchanged(made: Group) -> Construction:
    """A layer that Keras has with the channels last alone: the axes are exchanged around it."""
    return Construction(call("ChannelsFirst", made), (Part("channels_first"),))


OVERRIDES = {"zero_pad": _zero_pad, "crop": _crop, "upsample": _up_sample, "resize": _images, "center_crop": _images}
