"""What must be held in memory while a network runs, found by running it: no interval is worked out.

What comes out of a node gets a token, or that of the array that it is a view of, as NumPy sees it. Each name that somebody still
reads refers to its token, and Python lets go of a token with the last such name: those that are left are what is alive.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakSet

import numpy as np

from archcalc.analysis.memory import is_view
from archcalc.engine import runner
from archcalc.engine.call import MOST, Tally
from archcalc.engine.feeding import arrays_of
from archcalc.engine.store import MEMORY, Room, Store
from archcalc.graph import BYTES, Graph, Node
from archcalc.spec import Part

# With arguments that leave nothing to do, NumPy gives back a view of what came in. They are not counted as views: a network that
# has one by mistake is not shown as a smaller one.
NOTHING_TO_DO = ("zero_pad", "crop", "center_crop", "random_crop", "resize", "permute")
# Its kernel joins the steps anew, as Keras does; counted is what the layer inside needs.
JOINED = ("time_distributed",)


class Token:
    """A piece of memory."""

    def __init__(self, size: int) -> None:
        self.size = size


class Held(NamedTuple):
    """The bytes that are alive while each layer runs; and the layers whose output is a view of what they read first."""

    live: dict[str, int]
    views: set[str]


def held(graph: Graph, batch: int = 1) -> Held:
    """Run a network, node by node, and find what is alive."""
    sizes, views = _computed(graph, batch)
    tokens: WeakSet[Token] = WeakSet()

    def make(name: str) -> Token:
        of = BYTES[graph.dtype]
        token = Token(sizes[name] * (of.values if graph.names[name].inputs else of.inputs))
        tokens.add(token)
        return token

    names = {node.name: make(node.name) for node in graph.inputs}
    outputs = {node.name for node in graph.outputs}
    live: dict[str, int] = {}
    for i, node in enumerate(graph.layers):
        if isinstance(node.layer, Part):  # made with its layer
            live[node.name] = live[node.inputs[0].name]
            continue
        names[node.name] = names[node.inputs[0].name] if node.name in views else make(node.name)
        names |= {n.name: make(n.name) for n in graph.layers if isinstance(n.layer, Part) and n.inputs[0] is node}
        live[node.name] = sum(token.size for token in tokens)
        wanted = outputs | {x.name for later in graph.layers[i + 1 :] if not isinstance(later.layer, Part) for x in later.inputs}
        names = {name: token for name, token in names.items() if name in wanted}
    return Held(live, views)


def _computed(graph: Graph, batch: int) -> tuple[dict[str, int], set[str]]:
    """How many values each node has, and which layers gave back what they read, as NumPy has it."""
    room = Room(MEMORY)
    found = runner.Run(arrays_of(graph, {}, batch, 0, "float32", room), {}, {}, {})
    stores = {node.name: Store(node.name, None, 0, "float32", room) for node in graph.layers if node.shares is None}
    views: set[str] = set()
    with np.errstate(all="ignore"):
        for node in graph.layers:
            runner._run_node(node, found, stores[runner._owner(node).name], batch, room, Tally(MOST, MOST))
            after = found.values[node.name]
            if node.inputs and not isinstance(node.layer, Part) and _is_view(node, found.values[node.inputs[0].name], after):
                views.add(node.name)
            found.values[node.name] = np.ascontiguousarray(after)
    return {name: value.size for name, value in found.values.items()}, views


def _is_view(node: Node, before: Any, after: Any) -> bool:
    """Whether what came out is what went in: the same memory in the same order, one value after the other as a framework has it."""
    if before.size != after.size or node.kind in NOTHING_TO_DO:
        return False
    if node.kind in JOINED:
        return is_view(node) and np.array_equal(before.ravel(), after.ravel(), equal_nan=True)
    return bool(after.flags.c_contiguous and np.shares_memory(before, after))
