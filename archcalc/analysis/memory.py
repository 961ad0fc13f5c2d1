"""Memory that is no sum over layers: what is alive at once when the layers run, and what training takes.

The layers run one after the other, in the order of the graph. A buffer holds what a layer puts out, from the step in which it
is made to that of its last reader. The network's inputs are there from the start, its outputs stay to the end. What looks at
values that lie somewhere already takes none, and keeps them alive. No layer is assumed to write over what it reads.
"""

from __future__ import annotations

from functools import cached_property, reduce
from itertools import accumulate
from typing import NamedTuple

from archcalc.analysis.costs import Totals
from archcalc.graph import BYTES, Graph, Node
from archcalc.recipes import OPTIMIZER, SLOTS
from archcalc.sizes import Refusal, Size, alike, maximum, prod, settled, total
from archcalc.spec import Part

MOST_LARGEST = 6  # formulas, each of which is the largest for some sizes


class Buffer(NamedTuple):
    """The memory of a node's output, and the steps during which it is needed: from `first` to `last`, both included.

    `stays`: it holds an output of the network.
    """

    node: Node
    bytes: Size
    first: int
    last: int
    stays: bool


class Liveness:
    """Which buffers are alive while each layer runs: an interval for each, since what lives long would be in many sets.

    A step is a layer's place in the order, from 0; that of a further output is its layer's. `live` has the bytes that are alive
    for each layer, `during` the same by the layers' names; `at` is the first step with the most, None in a network without layers.
    With free sizes there may be no first, and no `peak` either, where more than a few layers may have the most.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._nodes = [*graph.inputs, *graph.layers]
        each = BYTES[graph.dtype]
        cast = set(map(id, graph.inputs)) if each.values != each.inputs else set()  # what reads these makes values of its own
        count, before = len(self._nodes), len(graph.inputs)
        place = {id(node): i for i, node in enumerate(self._nodes)}
        self._holders = holders = list(range(count))  # where the values of a node lie
        self._first, self._last = first, last = [0] * count, [0] * count
        self.steps = steps = list(range(len(graph.layers)))
        for step, node in enumerate(graph.layers):
            i = before + step
            if type(node.layer) is Part:  # made with its layer's output, which it does not read
                first[i] = last[i] = steps[step] = steps[place[id(node.inputs[0])] - before]
                continue
            for source in node.inputs:
                last[holders[place[id(source)]]] = step
            if is_view(node) and id(node.inputs[0]) not in cast:
                holders[i] = holders[place[id(node.inputs[0])]]
            first[i] = last[i] = step
        self._stay = {holders[place[id(node)]] for node in graph.outputs}
        for i in self._stay:
            last[i] = len(graph.layers) - 1
        changes = [0] * (max(len(graph.layers), 1) + 1)  # inputs are there without any layer, too
        for i, node in enumerate(self._nodes):
            if holders[i] == i:
                changes[first[i]] += node.row.activation_bytes
                changes[last[i] + 1] -= node.row.activation_bytes
        at_each = list(accumulate(changes))
        self.live = [settled(at_each[step]) for step in steps]
        self.peak: Size | None = _peak(self.live) if self.live else total(node.row.activation_bytes for node in graph.inputs)
        self.at = next((step for step, live in zip(steps, self.live, strict=True) if (live == self.peak) is True), None)

    @property
    def at_layer(self) -> str:
        """The name of the first layer with the most; "" in a network without layers."""
        return "" if self.at is None else self.graph.layers[self.at].name

    @cached_property
    def during(self) -> dict[str, Size]:
        return {node.name: live for node, live in zip(self.graph.layers, self.live, strict=True)}

    def step_of(self, layer: Node) -> int:
        """The step in which a layer runs."""
        return self.steps[next(i for i, node in enumerate(self.graph.layers) if node is layer)]

    def alive(self, step: int | None) -> list[Buffer]:
        """What is alive during a step, in the order in which it was made; without a step, all that there is."""
        return [
            Buffer(node, node.row.activation_bytes, first, last, i in self._stay)
            for i, (node, first, last) in enumerate(zip(self._nodes, self._first, self._last, strict=True))
            if self._holders[i] == i and (step is None or first <= step <= last)
        ]


def most(sizes: list[Size]) -> Size:
    """The largest of sizes. Where several may be that, and more than a few, it is refused with E316."""
    found: list[Size] = []
    for size in dict.fromkeys(sizes):
        if not any((one >= size) is True for one in found):
            found = [one for one in found if (size >= one) is not True] + [size]
        if len(found) > MOST_LARGEST:
            raise Refusal("E316", limit=MOST_LARGEST)
    return reduce(maximum, found)


def _peak(sizes: list[Size]) -> Size | None:
    """The most; None where too many may be that."""
    try:
        return most(sizes)
    except Refusal:
        return None


def liveness(graph: Graph) -> Liveness | None:
    """What is alive during each step; None where a layer's size, whether it is there, or what is put out, is not known.

    With free sizes it is a formula; None where that would be too large, or where they decide what is a view.
    """
    if graph.partial or any(node.shape is None for node in graph.outputs):
        return None
    if any(node.row.activation_bytes is None for node in (*graph.inputs, *graph.layers)):
        return None
    try:
        return Liveness(graph)
    except Refusal:
        return None


def is_view(node: Node) -> bool:
    """Whether a node's values lie where those that it reads do, in the same order."""
    if node.layer is None or not node.layer.view:
        return False
    shape = node.inputs[0].shape
    if node.turned is None or shape is None or alike(node.shape, shape):
        return True
    # Its rule has the channels last: they are moved there first, and then the values lie in another order.
    axis = node.turned[0]
    return bool(shape[axis] == 1 or prod(shape[axis + 1 :]) == 1)


class Training(NamedTuple):
    """The bytes that training takes: weights; for each trained one its gradient and the optimizer's values; outputs of a batch."""

    weights: Size
    steps: Size
    outputs: Size

    @property
    def bytes(self) -> Size:
        return sum(self)


def training(params: Size, trainable: Size, outputs: Size, *, optimizer: str = OPTIMIZER, dtype: str = "float32") -> Training:
    """The memory of training. `outputs` are the values that all layers put out for a batch: all are kept for the way back.

    A gradient, and a value that the optimizer keeps, is of its weight's type.
    """
    each = BYTES[dtype]
    return Training(params * each.weights, trainable * (1 + SLOTS[optimizer]) * each.weights, outputs * each.values)


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
    def peak_activation_bytes(self) -> Size | None:
        """The most bytes that are alive at once, of the network's inputs and its layers' outputs."""
        return self.liveness.peak if self.liveness else None

    def live_bytes(self, name: str) -> Size | None:
        """The bytes that are alive while a layer runs; None where they are unknown, and for what is no layer."""
        return self.liveness.during.get(name) if self.liveness else None

    @property
    def training(self) -> Training | None:
        """The terms of the memory that training takes; None where one is unknown."""
        if self.graph is None or (optimizer := optimizer_of(self.graph)) is None:
            return None
        if self.params is None or self.trainable_params is None or self.activation_bytes is None:
            return None
        outputs = self.activation_bytes // BYTES[self.graph.dtype].values
        return training(self.params, self.trainable_params, outputs, optimizer=optimizer, dtype=self.graph.dtype)

    @property
    def training_bytes(self) -> Size | None:
        """The bytes that training takes: weights, gradients, the optimizer's values, and every layer's output."""
        return self.training.bytes if self.training else None
