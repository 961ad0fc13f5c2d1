"""What brought about another shape or receptive field: the layer's own edit, what flows in, or both. Its rules are asked what would be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archcalc.diff.changes import Changed
from archcalc.graph import Node, shape_of
from archcalc.sizes import Refusal
from archcalc.spec import Layer


def by_own(one: Changed) -> bool:
    """Whether the layer as it is now would put out another shape, if what had flowed in still did."""
    before, after = _both(one)
    return _asked(before, after, lambda layer: shape_of(before, layer) != before.shape)


def by_flow(one: Changed) -> bool:
    """Whether the layer as it was would put out another shape, if what flows in now had."""
    before, after = _both(one)
    return _asked(after, before, lambda layer: shape_of(after, layer) != before.shape)


def field_by_own(one: Changed) -> bool:
    """Whether the layer as it is now would read other positions of what had flowed in."""
    before, after = _both(one)

    def reads_others(layer: Layer) -> bool:
        inputs = before.input_shapes
        assert before.layer is not None
        assert before.seen is not None
        return layer.fields(layer.shape(*inputs), *inputs) != before.layer.fields(before.seen, *inputs)

    return _asked(before, after, reads_others)


def would_be(node: Node, shape_before: Callable[[Node], Any]) -> Any:
    """The shape that a new layer would put out, if what it reads had the shapes of before; None where that is not known."""
    stubs = []
    for source in node.inputs:
        stub = Node(source.name, None, (), None)
        stub.shape = shape_before(source)
        stubs.append(stub)
    other = Node(node.name, node.layer, tuple(stubs), None)
    other.first = node.first
    if node.layer is None or any(stub.shape is None for stub in stubs):
        return None
    try:
        return shape_of(other, node.layer)
    except Refusal:
        return None


def _both(one: Changed) -> tuple[Node, Node]:
    assert one.before is not None
    assert one.after is not None
    return one.before, one.after


def _asked(place: Node, other: Node, question: Callable[[Layer], bool]) -> bool:
    """The answer for the other's layer in a node's place; yes where its rules refuse to say."""
    layer = other.layer
    if layer is None or place.layer is None or place.shape is None or place.first != other.first:
        return True
    least, most = layer.inputs
    if len(place.inputs) < least or (most is not None and len(place.inputs) > most):
        return True
    try:
        return question(layer)
    except Refusal:
        return True
