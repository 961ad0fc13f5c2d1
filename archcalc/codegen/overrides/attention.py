"""Attention: how its inputs are passed, and scores whose shape Keras announces wrongly."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, declared, layer_of
from archcalc.codegen.errors import CodegenError
from archcalc.codegen.literals import Group, flat
from archcalc.codegen.parts import Part
from archcalc.graph import Node


def _separately(node: Node, read: list[str]) -> str:
    """Query, value and key, each an argument of its own."""
    return ", ".join(read * 2 if len(read) == 1 else read)


def _together(node: Node, read: list[str]) -> str:
    """Query, value and key in a list."""
    return "[" + _separately(node, read) + "]"


def _grouped(node: Node) -> Construction | None:
    return _frozen(node) if layer_of(node).frozen else None


def _frozen(node: Node) -> Construction:
    """Keras freezes the layer, but not the dense layers that it is made of."""
    found = declared(node)
    name = found.head.removeprefix("keras.layers.").removesuffix("(")
    return Construction(found._replace(head=f"Frozen{name}("), (Part("frozen_attention", cell=name),))


def _multi_head(node: Node) -> Construction | None:
    """As it is, where scores have the shape that Keras announces."""
    layer: Any = layer_of(node)
    found = declared(node)
    if not layer.scores or node.seen is None:
        return _grouped(node)
    if layer.parts(node.seen, *node.input_shapes) == layer.announced(*node.input_shapes):
        return _grouped(node)
    if layer.frozen:
        what = "`frozen` with `scores` where queries and keys differ in number, or have several axes"
        raise CodegenError(f"{node.name or layer.kind}: there is no code for {what}; leave one of the two out")
    items = [item if isinstance(item, str) else flat(item) for item in found.items]
    return Construction(Group("ScoredAttention(", items, ")"), (Part("scored_attention"),))


OVERRIDES = {"mha": _multi_head, "gqa": _grouped}
CALLS = {"mha": _separately, "gqa": _separately, "attention": _together, "additive_attention": _together}
