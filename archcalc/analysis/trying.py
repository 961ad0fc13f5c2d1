"""A network with a change nearby, tried: other layers where nodes stand, and what comes out of them then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from archcalc.graph import Node, shape_of
from archcalc.sizes import Refusal
from archcalc.spec import Layer, Wrapper

FARTHEST = 24  # layers before the mistake that are looked at


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


def refitted(nodes: Iterable[Node], changes: Mapping[int, Layer], made: Mapping[int, Node] | None = None) -> dict[int, Node]:
    """Nodes in order, with other layers in the place of some, by their ids: those that change, with their shapes.

    Raises:
        Refusal: it does not fit.
    """
    found = dict(made or {})
    for node in nodes:
        inputs = tuple(found.get(id(before), before) for before in node.inputs)
        layer = changes.get(id(node), node.layer)
        if layer is not None and (layer is not node.layer or inputs != node.inputs):
            here = standing_in(node, layer, inputs)
            here.shape = shape_of(here, layer)
            found[id(node)] = here
    return found


def chain(node: Node) -> list[Node]:
    """A node and those before it, while each reads one, without the network's input; the nearest first."""
    found: list[Node] = []
    while node.layer is not None and len(node.inputs) == 1 and node.shape is not None and len(found) < FARTHEST:
        found.append(node)
        node = node.inputs[0]
    return found


def fits(node: Node) -> bool:
    """Whether its layer takes what flows in."""
    assert node.layer is not None
    try:
        shape_of(node, node.layer)
    except Refusal:
        return False
    return True
