"""A graph as bodies: one for each block instance, and one for the network itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from archcalc.argtypes import PerAxis
from archcalc.codegen.application import is_part, parts_of
from archcalc.codegen.calls import written
from archcalc.codegen.literals import Group
from archcalc.codegen.structure.steps import NAME, Apply, Body, Step
from archcalc.graph import Graph, Node
from archcalc.graph import Group as Instance


class Region(NamedTuple):
    """What stands in a block instance, or in the network: layers, and the instances inside it, in order."""

    instance: Instance | None
    items: list[Node | Region]

    def nodes(self) -> Iterable[Node]:
        """All its layers, those of inner instances too."""
        for item in self.items:
            if isinstance(item, Node):
                yield item
            else:
                yield from item.nodes()


def region_of(graph: Graph) -> Region:
    """The network as regions within regions."""
    whole = Region(None, [])
    open_: list[Region] = [whole]
    for node in graph.layers:
        if is_part(node):
            continue
        outer = _around(node)
        shared = 0  # how many of the open regions this layer stands in as well
        while shared < len(outer) and shared + 1 < len(open_) and open_[shared + 1].instance is outer[shared]:
            shared += 1
        del open_[shared + 1 :]
        for instance in outer[shared:]:
            inner = Region(instance, [])
            open_[-1].items.append(inner)
            open_.append(inner)
        open_[-1].items.append(node)
    return whole


def _around(node: Node) -> list[Instance]:
    """The block instances that a layer stands in, outermost first."""
    found: list[Instance] = []
    group = node.group
    while group is not None:
        found.append(group)
        group = group.outer
    return found[::-1]


class Reading(NamedTuple):
    """Which values are read, and where: to tell what comes out of a body."""

    readers: dict[str, list[str]]  # of each value, the nodes that read it
    ends: set[str]  # values that the network puts out

    @classmethod
    def of(cls, graph: Graph) -> Reading:
        readers: dict[str, list[str]] = {}
        for node in graph.layers:
            if is_part(node):
                continue
            for value in reads_of(node):
                readers.setdefault(value, []).append(node.name)
        return cls(readers, {n.name for n in graph.outputs})


def layer_value(node: Node) -> str:
    """The name of a shared layer itself, as a value."""
    return f"{(node.shares or node).name} layer"


def reads_of(node: Node) -> list[str]:
    """The values that a node reads; the layer itself is one of them, where another node has made it."""
    return [*(n.name for n in node.inputs), *([layer_value(node)] if node.shares is not None else [])]


_AS_KERAS = ("keras.", "PaddedConv")  # classes that take arguments as Keras's do, with its defaults


def apply(node: Node, made: Group, shared: bool, prefix: str) -> Step:
    """The step for one layer. `prefix` is what the names of its instance's nodes begin with."""
    gives = [node.name, *parts_of(node), *([layer_value(node)] if shared and node.shares is None else [])]
    names = tuple(g.removeprefix(prefix).replace(" ", "_") for g in gives)
    layer: Any = node.layer
    hints = tuple(str(a.keras or a.name) for a in layer.args if a.required)
    own = made.head.startswith(_AS_KERAS)
    options = [a for a in layer.args if not a.required and not a.called and a.keras and not a.keras_needs] if own else []
    defaults = {str(a.keras): written(a, a.default) for a in options if not callable(a.default)}
    defaults[NAME] = "None"
    numbers = frozenset(str(a.keras or a.name) for a in layer.args if own and isinstance(a.type, PerAxis))
    return Apply(
        made, tuple(reads_of(node)), tuple(gives), names, defaults, hints, numbers, node=node, makes=node.shares is None, shared=shared
    )


def ends_of(steps: Iterable[Step], nodes: Iterable[Node], reading: Reading) -> Body:
    """A body of these steps: what flows in, in the order of the first reading, and what is read outside of it."""
    steps = tuple(steps)
    inside = {n.name for n in nodes}
    given = {value for step in steps for value in step.gives}
    inputs = tuple(dict.fromkeys(value for step in steps for value in step.reads if value not in given))
    outputs = [v for step in steps for v in step.gives if v in reading.ends or any(r not in inside for r in reading.readers.get(v, ()))]
    return Body(steps, inputs, tuple(outputs))
