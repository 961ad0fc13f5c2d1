"""One of the two networks as matching sees it: its nodes in the order in which they run, and what can be told of each alone."""

from __future__ import annotations

from typing import Any, NamedTuple

from archcalc.arguments import Arg
from archcalc.graph import Graph, Group, Node
from archcalc.spec import Layer, Part, Wrapper
from archcalc.values import Table


class Mark(NamedTuple):
    """What labels say of a node: its own one, and those of the instances around it. "" for what was named by counting.

    `sure`: labels alone name it, so no other layer of the network can have the name.
    """

    own: str
    around: tuple[str, ...]
    sure: bool


class Side:
    """A network's nodes, by their places: inputs first, then layers. `reads` and `readers` are places, too.

    `sorts` are numbers, the same for nodes of one kind with the same arguments, in both networks; `fed` and `feeds` stand for the sorts of
    what a node reads, and of what reads it.
    """

    def __init__(self, graph: Graph, numbers: dict[Any, int]) -> None:
        self.graph = graph
        self.nodes: list[Node] = [*graph.inputs, *graph.layers]
        self.places = {id(node): i for i, node in enumerate(self.nodes)}
        self.reads = [[self.places[id(n)] for n in node.inputs] for node in self.nodes]
        self.readers: list[list[int]] = [[] for _ in self.nodes]
        for i, sources in enumerate(self.reads):
            for source in dict.fromkeys(sources):
                self.readers[source].append(i)
        self.sorts = [numbers.setdefault((node.kind, own(node)), len(numbers)) for node in self.nodes]
        self.fed = [numbers.setdefault(("reads", *(self.sorts[s] for s in sources)), len(numbers)) for sources in self.reads]
        self._around: dict[int, tuple[tuple[str, ...], bool]] = {}
        self.feeds = [numbers.setdefault(("feeds", *sorted(self.sorts[r] for r in readers)), len(numbers)) for readers in self.readers]
        self.marks = [self._mark(node) for node in self.nodes]
        self.named = {node.name: i for i, (node, m) in enumerate(zip(self.nodes, self.marks, strict=True)) if m.sure}
        self.locals = {(node.kind, m.around, m.own) for node, m in zip(self.nodes, self.marks, strict=True)}

        self.spans: dict[int, tuple[int, int]] = {}  # of block instances, by their ids: the places of the first layer and of the last
        for i, node in enumerate(self.nodes):
            group = node.group
            while group is not None:
                self.spans[id(group)] = (self.spans.get(id(group), (i, i))[0], i)
                group = group.outer

    def __len__(self) -> int:
        return len(self.nodes)

    def _mark(self, node: Node) -> Mark:
        around, sure = self._instances(node.group)
        own_name = node.name[len(node.group.name) + 1 :] if node.group else node.name
        label, bracket, _ = own_name.partition("[") if node.named else ("", "", "")
        return Mark(label, around, node.named and not bracket and sure)

    def _instances(self, group: Group | None) -> tuple[tuple[str, ...], bool]:
        """The labels of the instances around, and whether all have one."""
        if group is None:
            return (), True
        if id(group) not in self._around:
            waiting = []
            outer: Group | None = group
            while outer is not None and id(outer) not in self._around:
                waiting.append(outer)
                outer = outer.outer
            for one in reversed(waiting):
                around, sure = self._around[id(one.outer)] if one.outer else ((), True)
                label, bracket, _ = _label(one.name, one.kind).partition("[")
                self._around[id(one)] = ((*around, label) if label else around, sure and bool(label) and not bracket)
        return self._around[id(group)]


def _label(name: str, kind: str) -> str:
    """The label of an instance; "" where its name is its block's with a number."""
    last = name.rpartition(".")[2]
    head, _, number = last.rpartition("_")
    return "" if head == kind and number.isdecimal() else last


def own(node: Node) -> Any:
    """All arguments of a node's layer, and of those in it, so that equal ones are equal wherever they were written."""
    if node.layer is None:
        return None
    if type(node.layer) is Part:
        return node.name.rpartition(".")[2]
    return _of_layer(node.layer, node.layer.rank_of(*node.input_shapes))


def _of_layer(layer: Layer, rank: int) -> Any:
    found = tuple(frozen(_settled(layer, a, rank)) for a in layer.args)
    return (*found, *((one.kind, _of_layer(one, rank)) for one in layer.layers)) if isinstance(layer, Wrapper) else found


def _settled(layer: Layer, a: Arg, rank: int) -> Any:
    """An argument as figures show it; a table by itself, since its name says nothing of its entries. `trained` goes without saying."""
    value = getattr(layer, a.name)
    if a.name == "trainable" and isinstance(value, str) and not layer.frozen:
        return None
    return value if isinstance(value, Table) else a.type.settled(value, rank)


def frozen(value: Any) -> Any:
    """A value of the language such that equal ones compare equal and have one hash: of a formula its text, of a table its rows."""
    if isinstance(value, Table):
        return ("table", *value.rows)
    if isinstance(value, list | tuple):
        return tuple(map(frozen, value))
    return ("formula", str(value)) if hasattr(value, "free") else (type(value) is bool, value)


def arguments(node: Node) -> dict[str, tuple[Any, Any, Any]]:
    """A node's arguments by name: as given, settled for what flows in, and the value to show. Those of inner layers too."""
    found: dict[str, tuple[Any, Any, Any]] = {}
    if node.layer is not None and type(node.layer) is not Part:
        _collect(node.layer, node.layer.rank_of(*node.input_shapes), "", found)
    return found


def _collect(layer: Layer, rank: int, before: str, found: dict[str, tuple[Any, Any, Any]]) -> None:
    for a in layer.args:
        settled = _settled(layer, a, rank)
        found[before + a.name] = (frozen(getattr(layer, a.name)), frozen(settled), settled)
    if isinstance(layer, Wrapper):
        kinds = tuple(one.kind for one in layer.layers)
        found[f"{before}layers"] = (kinds, kinds, ", ".join(kinds))
        for i, one in enumerate(layer.layers):
            _collect(one, rank, f"{before}{one.kind}{i + 1 if len(layer.layers) > 1 else ''}.", found)


def differing(a: Node, b: Node) -> list[str]:
    """The names of the arguments in which two nodes of a kind differ."""
    one, two = arguments(a), arguments(b)
    names = list(dict.fromkeys((*one, *two)))
    return [n for n in names if n not in one or n not in two or (one[n][0] != two[n][0] and one[n][1] != two[n][1])]
