"""Transposed convolutions with numeric padding, and with one that TensorFlow cannot run."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, layer_of, options_of
from archcalc.codegen.literals import call, literal
from archcalc.codegen.parts import Part
from archcalc.graph import Node


def _conv_transpose(node: Node) -> Construction | None:
    layer: Any = layer_of(node)
    spreads = layer.spreads(*node.input_shapes)
    if layer.padding == "same" and any(spread.more == 0 and spread.reach % 2 == 0 for spread in spreads):
        # With an even kernel, the output is a step shorter than TensorFlow's `same` knows.
        pads, added = zip(*(_ends(spread.reach, spread.more) for spread in spreads), strict=True)
        options = {**options_of(node, without=("padding", "output_padding")), "output_padding": literal(added)}
    elif isinstance(layer.padding, str):
        return None
    else:
        pads = tuple(p if isinstance(p, tuple) else (p, p) for p in (spread.padding for spread in spreads))
        options = options_of(node, without=("padding",))
        options.setdefault("output_padding", literal(0))  # without it, Keras adds what a stride beyond the kernel leaves
    made = call(f"PaddedConv{len(pads)}DTranspose", literal(layer.filters), literal(layer.kernel), pads=literal(pads), **options)
    return Construction(made, (Part("padded_conv_transpose", len(pads)),))


def _ends(reach: int, more: int) -> tuple[tuple[int, int], int]:
    """What `same` cuts off before and after what kernels of that reach come to, and what it adds: `more` less what is cut."""
    cut = max(reach - reach % 2 - more, 0)
    return (cut // 2, cut - cut // 2), max(more - reach + reach % 2, 0)


OVERRIDES = {"conv_transpose": _conv_transpose}
