"""Convolutions with numeric padding, with a connection table, with untied biases."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, layer_of, options_of
from archcalc.codegen.literals import Group, call, literal
from archcalc.codegen.overrides.sliding import pads_of, pads_option
from archcalc.codegen.parts import Part
from archcalc.graph import Node


def _conv(node: Node) -> Construction | None:
    layer: Any = layer_of(node)
    if layer.maps is not None or layer.bias == "untied":
        return _lecun_conv(node, layer)
    if isinstance(layer.padding, str):
        return None
    pads = pads_of(node)
    rank = len(pads)
    sizes = literal(layer.filters), literal(layer.kernel), literal(pads)
    options = options_of(node, without=("padding",))
    return Construction(call(f"PaddedConv{rank}D", *sizes, **options), (Part("padded_conv", rank),))


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


OVERRIDES = {"conv": _conv}
