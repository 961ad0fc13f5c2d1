"""Transposed convolutions with numeric padding, and those of `same` that TensorFlow does not take."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, layer_of, options_of
from archcalc.codegen.literals import call, literal
from archcalc.codegen.parts import Part
from archcalc.graph import Node
from archcalc.windows import Spread


def _conv_transpose(node: Node) -> Construction | None:
    layer: Any = layer_of(node)
    spreads = layer.spreads(*node.input_shapes)
    options = options_of(node, without=("padding",))
    if not isinstance(layer.padding, str):
        found = [spread.padding for spread in spreads]
        pads = tuple(p if isinstance(p, tuple) else (p, p) for p in found)
        options.setdefault("output_padding", literal(0))  # without it, Keras adds what a stride beyond the kernel leaves
    elif layer.padding == "same" and any(spread.more == 0 and spread.reach % 2 == 0 for spread in spreads):
        # TensorFlow's `same` leaves no output that is shorter by a whole stride.
        ends = [_ends(spread) for spread in spreads]
        pads = tuple((before, max(after, 0)) for before, after in ends)
        options["output_padding"] = literal(tuple(max(-after, 0) for _, after in ends))
    else:
        return None
    made = call(f"PaddedConv{len(spreads)}DTranspose", literal(layer.filters), literal(layer.kernel), pads=literal(pads), **options)
    return Construction(made, (Part("padded_conv_transpose", len(spreads)),))


def _ends(spread: Spread) -> tuple[int, int]:
    """How much `same` with an output padding cuts off before and after, as Keras does; less than 0 is added after."""
    cut = int(spread.reach - spread.reach % 2 - (spread.more or 0))
    return max(cut, 0) // 2, cut - max(cut, 0) // 2


OVERRIDES = {"conv_transpose": _conv_transpose}
