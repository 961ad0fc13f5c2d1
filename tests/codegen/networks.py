"""Networks put together by hand: graphs without the language."""

from __future__ import annotations

from typing import Any

import archcalc.layers  # noqa: F401  fills the registry
from archcalc.graph import Graph, Node, Recipe
from archcalc.registry import every_kind
from archcalc.values import Table

C3_MAPS = Table(
    "C3_MAPS",
    ("X...XXX..XXXX.XX", "XX...XXX..XXXX.X", "XXX...XXX..X.XXX", ".XXX..XXXX..X.XX", "..XXX..XXXX.XX.X", "...XXX..XXXX.XXX"),
)


class Builder:
    """`Builder((28, 28, 1)).then("conv", filters=6, kernel=5)`: each layer reads the one before, or `inputs`."""

    def __init__(self, *inputs: tuple[int, ...], name: str = "net") -> None:
        self.graph = Graph(name)
        self.nodes: dict[str, Node] = {}
        for i, size in enumerate(inputs):
            self.last = self.add("input" if not i else f"input_{i + 1}", "input", (), size=size)

    def add(self, name: str, kind: str, read: tuple[Node, ...], shares: Node | None = None, **arguments: Any) -> Node:
        layer = shares.layer if shares else every_kind()[kind](**arguments)
        node = self.graph.add(Node(name, layer, read, None, shares=shares, named=kind != "input"))
        assert node.shape is not None, (name, kind, self.graph.findings)
        self.nodes[name] = node
        self.graph.outputs = [node]
        return node

    def then(self, kind: str, name: str = "", inputs: tuple[str, ...] = (), shares: str = "", **arguments: Any) -> Builder:
        read = tuple(self.nodes[i] for i in inputs) or (self.last,)
        name = name or f"{kind}_{len(self.nodes)}"
        self.last = self.add(name, kind, read, self.nodes[shares] if shares else None, **arguments)
        return self

    def trained(self, **lines: Any) -> Builder:
        self.graph.recipe = Recipe()
        for line, value in lines.items():
            setattr(self.graph.recipe, line, value)
        return self


def lenet5() -> Graph:
    return (
        Builder((32, 32, 1), name="LeNet5")
        .then("conv", "C1", filters=6, kernel=(5, 5), activation="tanh")
        .then("subsample", "S2", kernel=(2, 2), activation="tanh")
        .then("conv", "C3", filters=16, kernel=(5, 5), activation="tanh", maps=C3_MAPS)
        .then("subsample", "S4", kernel=(2, 2), activation="tanh")
        .then("conv", "C5", filters=120, kernel=(5, 5), activation="tanh")
        .then("flatten")
        .then("dense", "F6", units=84, activation="tanh")
        .then("rbf", "OUT", units=10)
        .graph
    )
