"""Layers with another argument, tried where they stand: advice is offered only if it fits."""

from __future__ import annotations

from typing import Any

from archcalc.graph import Node
from archcalc.spec import Layer, Wrapper


def innermost(layer: Layer) -> Layer:
    """The layer that wrappers stand around."""
    while isinstance(layer, Wrapper) and layer.single:
        layer = layer.inner
    return layer


def with_argument(layer: Layer, argument: str, value: Any) -> Layer:
    """The layer, or the one that wrappers stand around, with another value of an argument."""
    if isinstance(layer, Wrapper) and layer.single:
        return type(layer)(**{**vars(layer), "layers": (with_argument(layer.inner, argument, value),)})
    return type(layer)(**{**vars(layer), argument: value})


def standing_in(node: Node, layer: Layer | None, inputs: tuple[Node, ...] | None = None) -> Node:
    """A node at the same place with another layer, or other inputs. Its shape is not found yet."""
    other = Node(node.name, layer, node.inputs if inputs is None else inputs, node.span, kind=node.kind)
    other.first = node.first
    return other
