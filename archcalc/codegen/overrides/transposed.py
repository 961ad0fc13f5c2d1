"""Transposed convolutions with numeric padding."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, layer_of, options_of
from archcalc.codegen.literals import call, literal
from archcalc.codegen.parts import Part
from archcalc.graph import Node


def _conv_transpose(node: Node) -> Construction | None:
    layer: Any = layer_of(node)
    if isinstance(layer.padding, str):
        return None
    found = [spread.padding for spread in layer.spreads(*node.input_shapes)]
    pads = literal(tuple(p if isinstance(p, tuple) else (p, p) for p in found))
    options = options_of(node, without=("padding",))
    options.setdefault("output_padding", literal(0))  # without it, Keras adds what a stride beyond the kernel leaves
    made = call(f"PaddedConv{len(found)}DTranspose", literal(layer.filters), literal(layer.kernel), pads=pads, **options)
    return Construction(made, (Part("padded_conv_transpose", len(found)),))


OVERRIDES = {"conv_transpose": _conv_transpose}
