"""What lints ask of a node's surroundings: who reads it, and what it stands behind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archcalc.checks import Checks
from archcalc.graph import Graph, Node
from archcalc.languages import phrase
from archcalc.sizes import Shape

FARTHEST = 100  # layers that one lint looks back over
AXES = {1: (phrase("positions"),), 2: (phrase("rows"), phrase("columns")), 3: (phrase("planes"), phrase("rows"), phrase("columns"))}


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
    def put_out(self) -> set[int]:
        """The ids of the outputs."""
        return set(map(id, self.graph.outputs))

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
            assert layer is not None
            assert shape is not None
            flattens = layer.view and len(shape) == 1
            each_alone = layer.reads_last or layer.view or not layer.computes or len(node.inputs) > 1
            for source in node.inputs:
                keeps = each_alone and source.shape is not None and alike(source.shape[:-1], shape[:-1])
                if not (keeps or flattens) or (keeps and id(node) in found):
                    found.add(id(source))
        return found

    @cached_property
    def params(self) -> int | None:
        """How many parameters the network has; None where that is not known."""
        counts = [params_of(node) for node in self.graph.layers]
        return None if None in counts else sum(n for n in counts if n is not None)


def axis_name(axes: tuple[int, ...], axis: int) -> str:
    """What positions along one of an input's axes are called, of those that are no channels."""
    names = AXES.get(len(axes))
    return names[axes.index(axis)] if names else phrase("axis {axis}", axis=axis + 1)


def whole(*shapes: Shape | None) -> bool:
    """Whether all sizes are plain numbers: of others, lints decide nothing."""
    return all(shape is not None and all(type(n) is int for n in shape) for shape in shapes)


def alike(one: Shape | None, other: Shape | None) -> bool:
    """Whether two shapes are known to be the same: plain numbers, or sizes of one origin."""
    if one is None or other is None or len(one) != len(other):
        return False
    return all(m is n or (type(m) is type(n) is int and m == n) for m, n in zip(one, other, strict=True))


def params_of(node: Node) -> int | None:
    """A node's parameters; None where that is no plain number."""
    count = node.row.params if node.row is not None else None
    return count if type(count) is int else None


def backwards(node: Node) -> Iterator[Node]:
    """A node, what it reads, what that reads, and so on, while each reads one. No further than a person would look."""
    for _ in range(FARTHEST):
        yield node
        if len(node.inputs) != 1:
            return
        node = node.inputs[0]


def passed_on(node: Node) -> Node:
    """Where the values of a node come from, if layers only pass them on, in the same shape."""
    arranged = (n for n in backwards(node) if n.layer is None or not n.layer.view or not n.inputs or not alike(n.inputs[0].shape, n.shape))
    return next(arranged, node)
