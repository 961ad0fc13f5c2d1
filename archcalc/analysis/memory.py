"""Memory that is no sum over layers: what is alive at once when the layers run, and what training takes.

The layers run one after the other, in the order of the graph. A buffer holds what a layer puts out, from the step in which it
is made to that of its last reader. The network's inputs are there from the start, its outputs stay to the end. What looks at
values that lie somewhere already takes none, and keeps them alive. No layer is assumed to write over what it reads.
"""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from archcalc.analysis.costs import Totals
from archcalc.graph import BYTES, Graph, Node
from archcalc.recipes import OPTIMIZER, SLOTS
from archcalc.sizes import prod
from archcalc.spec import Part


class Buffer(NamedTuple):
    """The memory of a node's output, and the steps during which it is needed: from `first` to `last`, both included.

    `stays`: it holds an output of the network.
    """

    node: Node
    bytes: int
    first: int
    last: int
    stays: bool


class Liveness:
    """Which buffers are alive while each layer runs: intervals of steps, since what lives long would be in many sets.

    A step is a layer's place in the order, from 0. `live` has the bytes that are alive during each step, `during` the same by
    the layers' names; `at` is the first step with the most, None in a network without layers.
    """

    def __init__(self, graph: Graph, buffers: list[Buffer], steps: list[int]) -> None:
        self.graph = graph
        self.buffers = buffers
        changes = [0] * (len(graph.layers) + 1)
        for buffer in buffers:
            changes[buffer.first] += buffer.bytes
            changes[min(buffer.last + 1, len(graph.layers))] -= buffer.bytes
        at_each = list(accumulate(changes))
        self.live = [at_each[step] for step in steps]
        self.peak = max(self.live, default=sum(buffer.bytes for buffer in buffers))
        self.at = self.live.index(self.peak) if self.live else None

    @property
    def at_layer(self) -> str:
        """The name of the first layer with the most; "" in a network without layers."""
        return "" if self.at is None else self.graph.layers[self.at].name

    @cached_property
    def during(self) -> dict[str, int]:
        return {node.name: live for node, live in zip(self.graph.layers, self.live, strict=True)}

    def alive(self, step: int | None) -> list[Buffer]:
        """What is alive during a step, in the order in which it was made; without a step, what is there at the start."""
        return [buffer for buffer in self.buffers if step is None or buffer.first <= step <= buffer.last]


def liveness(graph: Graph) -> Liveness | None:
    """What is alive during each step; None where a layer's size, or whether it is there, is not known."""
    nodes = [*graph.inputs, *graph.layers]
    if graph.partial or not all(type(node.row.activation_bytes) is int for node in nodes):
        return None
    holders: dict[int, Node] = {id(node): node for node in graph.inputs}  # where the values of a node lie
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    steps: list[int] = []
    place: dict[int, int] = {}
    for i, node in enumerate(graph.layers):
        further = isinstance(node.layer, Part)  # made with its layer's output, which it does not read
        step = place[id(node)] = place[id(node.inputs[0])] if further else i
        steps.append(step)
        for source in () if further else node.inputs:
            last[id(holders[id(source)])] = step
        holders[id(node)] = holders[id(node.inputs[0])] if is_view(node) else node
        first[id(node)] = step
    stay = {id(holders[id(node)]) for node in graph.outputs}
    last.update(dict.fromkeys(stay, len(graph.layers) - 1))
    made = [(node, first.get(id(node), 0)) for node in nodes if holders[id(node)] is node]
    return Liveness(graph, [Buffer(n, n.row.activation_bytes, step, last.get(id(n), step), id(n) in stay) for n, step in made], steps)


def is_view(node: Node) -> bool:
    """Whether a node's values lie where those that it reads do, in the same order."""
    if node.layer is None or not node.layer.view:
        return False
    if node.turned is None or node.shape == (shape := node.inputs[0].shape) or shape is None:
        return True
    # Its rule has the channels last: they are moved there first, and then the values lie in another order.
    axis = node.turned[0]
    return shape[axis] == 1 or prod(shape[axis + 1 :]) == 1


class Training(NamedTuple):
    """The bytes that training takes: weights; for each trained one its gradient and the optimizer's values; outputs of a batch."""

    weights: int
    steps: int
    outputs: int

    @property
    def bytes(self) -> int:
        return sum(self)


def training(params: int, trainable: int, outputs: int, *, optimizer: str = OPTIMIZER, value_bytes: int = 4) -> Training:
    """The memory of training. `outputs` are the values that all layers put out for a batch: all are kept for the way back."""
    return Training(params * value_bytes, trainable * (1 + SLOTS[optimizer]) * value_bytes, outputs * value_bytes)


def optimizer_of(graph: Graph) -> str | None:
    """The recipe's optimizer, or the one that holds without; None where the recipe has a mistake there, or has another one."""
    recipe = graph.recipe
    if recipe is None or (recipe.optimizer is None and "optimizer" not in recipe.spans):
        return OPTIMIZER
    return recipe.optimizer if recipe.optimizer in SLOTS else None


class NetworkTotals(Totals):
    """The totals of a network: the sums of its rows; and what is no sum, worked out when it is asked for."""

    graph: Graph | None = None

    @classmethod
    def of(cls, graph: Graph, sums: Totals) -> NetworkTotals:
        """The totals of a network whose rows have these sums."""
        totals = cls(*sums)
        totals.graph = graph
        return totals

    @cached_property
    def liveness(self) -> Liveness | None:
        """What is alive while each layer runs; None where something is unknown."""
        return None if self.graph is None or self.activation_bytes is None else liveness(self.graph)

    @property
    def peak_activation_bytes(self) -> int | None:
        """The most bytes that are alive at once, of the network's inputs and its layers' outputs."""
        return self.liveness.peak if self.liveness else None

    def live_bytes(self, name: str) -> int | None:
        """The bytes that are alive while a layer runs."""
        return self.liveness.during[name] if self.liveness else None

    @property
    def training(self) -> Training | None:
        """The terms of the memory that training takes; None where one is unknown."""
        if self.graph is None or self.activation_bytes is None or (optimizer := optimizer_of(self.graph)) is None:
            return None
        value_bytes = BYTES[self.graph.dtype]
        return training(self.params, self.trainable_params, self.activation_bytes // value_bytes, optimizer=optimizer, value_bytes=value_bytes)

    @property
    def training_bytes(self) -> int | None:
        """The bytes that training takes: weights, gradients, the optimizer's values, and every layer's output."""
        return self.training.bytes if self.training else None
