"""What lints ask of a node's surroundings: who reads it, and what it stands behind."""

from __future__ import annotations

from functools import cached_property

from archcalc.checks import Checks
from archcalc.graph import Graph, Node
from archcalc.sizes import Shape


class Around:
    """A graph and the checks that are on, with what several lints ask for, found when the first of them does."""

    def __init__(self, graph: Graph, checks: Checks) -> None:
        self.graph = graph
        self.checks = checks

    @cached_property
    def readers(self) -> dict[int, list[Node]]:
        """Who reads each node, by its id."""
        found: dict[int, list[Node]] = {}
        for node in self.graph.layers:
            for source in node.inputs:
                found.setdefault(id(source), []).append(node)
        return found

    @cached_property
    def used_again(self) -> set[int]:
        """The ids of nodes whose weights others use too."""
        return {id(node.shares) for node in self.graph.layers if node.shares is not None}

    @cached_property
    def places_read(self) -> set[int]:
        """The ids of nodes whose places a later layer reads as such: windows, a mean of each map, attention.

        Layers between them keep the places as they are. What puts all of them into one axis does not read them as such.
        """
        found: set[int] = set()
        for node in reversed(self.graph.layers):
            layer, shape = node.layer, node.shape
            if layer is None or shape is None:
                continue
            flattens = layer.view and len(shape) == 1
            each_alone = layer.reads_last or layer.view or not layer.computes or len(node.inputs) > 1
            for source in node.inputs:
                keeps = each_alone and source.shape is not None and source.shape[:-1] == shape[:-1]
                if not (keeps or flattens) or (keeps and id(node) in found):
                    found.add(id(source))
        return found

    @cached_property
    def params(self) -> int | None:
        """How many parameters the network has; None where that is not known."""
        counts = [params_of(node) for node in self.graph.layers]
        return None if None in counts else sum(n for n in counts if n is not None)


def whole(*shapes: Shape | None) -> bool:
    """Whether all sizes are plain numbers: of others, lints decide nothing."""
    return all(shape is not None and all(type(n) is int for n in shape) for shape in shapes)


def params_of(node: Node) -> int | None:
    """A node's parameters; None where that is no plain number."""
    count = node.row.params if node.row is not None else None
    return count if type(count) is int else None


def passed_on(node: Node) -> Node:
    """Where the values of a node come from, if layers only pass them on, in the same shape."""
    while node.layer is not None and node.layer.view and len(node.inputs) == 1 and node.inputs[0].shape == node.shape:
        node = node.inputs[0]
    return node
