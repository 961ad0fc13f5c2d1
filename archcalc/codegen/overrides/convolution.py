"""Convolutions with numeric padding, with a connection table, with untied biases, and depthwise ones over three axes."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, layer_of, options_of
from archcalc.codegen.errors import CodegenError
from archcalc.codegen.literals import Expression, Group, call, literal
from archcalc.codegen.overrides.sliding import pads_of, pads_option
from archcalc.codegen.parts import Part
from archcalc.graph import Node


def _conv(node: Node) -> Construction | None:
    layer: Any = layer_of(node)
    if layer.maps is not None or layer.bias == "untied":
        return _lecun_conv(node, layer)
    if isinstance(layer.padding, str):
        return None
    return _padded(node, "Conv", layer.filters, layer.kernel, **options_of(node, without=("padding",)))


def _padded(node: Node, convolution: str, *sizes: Any, **options: Expression) -> Construction:
    """A convolution of that class, of an input padded with zeros."""
    pads = pads_of(node)
    rank = len(pads)
    made = call(f"Padded{convolution}{rank}D", *map(literal, sizes), pads=literal(pads), **options)
    return Construction(made, (Part("padded_conv", rank, convolution),))


def _lecun_conv(node: Node, layer: Any) -> Construction:
    windows = layer.windows(*node.input_shapes)
    options = options_of(node, without=("padding", "stride", "dilation", "bias", "maps"))
    for name, values in (("strides", [w.stride for w in windows]), ("dilation_rate", [w.dilation for w in windows])):
        if any(v != 1 for v in values):
            options[name] = literal(tuple(values))
    options |= pads_option(node)
    if layer.bias != "shared":
        options["bias"] = literal(layer.bias)
    if layer.maps is not None:
        options["table"] = Group("[", [literal(row) for row in layer.maps.rows], "]")
    kernel = literal(tuple(w.kernel for w in windows))
    return Construction(call("LeCunConv", literal(layer.filters), kernel, **options), (Part("lecun_conv"),))


def _depthwise(node: Node) -> Construction | None:
    layer: Any = layer_of(node)
    words = isinstance(layer.padding, str)
    if len(node.input_shapes[0]) == 4:  # Keras has none over three axes: a group for each channel is the same
        channels = node.input_shapes[0][-1]
        options = {"groups": literal(channels), **options_of(node, without=("multiplier",) if words else ("multiplier", "padding"))}
        if words:
            return Construction(call("keras.layers.Conv3D", literal(channels * layer.multiplier), literal(layer.kernel), **options))
        return _padded(node, "Conv", channels * layer.multiplier, layer.kernel, **options)
    return None if words else _padded(node, "DepthwiseConv", layer.kernel, **options_of(node, without=("padding",)))


def _separable(node: Node) -> Construction | None:
    layer: Any = layer_of(node)
    if len(node.input_shapes[0]) == 4:
        instead = f"`depthwise` with `nobias`, then `conv {layer.filters}, 1x1x1`"
        raise CodegenError(f"{node.name or layer.kind}: Keras has no separable convolution over three spatial axes; write {instead}")
    if isinstance(layer.padding, str):
        return None
    return _padded(node, "SeparableConv", layer.filters, layer.kernel, **options_of(node, without=("padding",)))


OVERRIDES = {"conv": _conv, "depthwise": _depthwise, "separable": _separable}
