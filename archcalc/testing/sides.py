"""A network's figures and values as archcalc's rules predict them, and as its engine finds them by running the network."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from archcalc.analysis import Analysis
from archcalc.codegen.recipe import indices_into
from archcalc.engine import run
from archcalc.engine.edges import edges
from archcalc.graph import Graph, Node, aligned, channels_last
from archcalc.layers.input import Input
from archcalc.sizes import Shape
from archcalc.spec import Part

Array = np.ndarray[Any, Any]
BATCH = 11  # as long as no axis that is drawn: where Keras takes the batch for another axis, it shows
SHAKE = 1e-6
EDGES = 300_000  # of a layer, that are counted one by one

# By a layer's name, its figures by theirs: "output_shape", "trainable_params", ...
Figures = dict[str, dict[str, Any]]


class Side(NamedTuple):
    """What one way finds of each layer, by its name: figures, and values, if it has those."""

    name: str
    figures: Figures
    values: dict[str, Array]


def predicted(analysis: Analysis) -> Side:
    """What archcalc's rules say."""
    names = ("output_shape", "trainable_params", "non_trainable_params", "macs", "connections")
    return Side("archcalc", {row.name: {name: _plain(getattr(row, name)) for name in names} for row in analysis.rows}, {})


def _plain(value: Any) -> Any:
    return tuple(map(int, value)) if isinstance(value, tuple) else int(value)


def draw_inputs(graph: Graph, seed: int) -> dict[str, Array]:
    """Samples for each input: whole numbers where they are looked up, measured ones elsewhere."""
    rng = np.random.default_rng(seed)
    found: dict[str, Array] = {}
    for node in graph.inputs:
        shape, entries = (BATCH, *(node.shape or ())), indices_into(graph, node)
        measured = rng.uniform(-1, 1, shape).astype("float32")
        found[node.name] = measured if entries is None else rng.integers(entries, size=shape, dtype="int32")
    return found


def run_numpy(
    graph: Graph, inputs: dict[str, Array], weights: dict[str, list[Array]] | None, seed: int, *, dtype: str = "float32", count: bool = True
) -> Side:
    """What the engine finds by running the network: with these weights, or with weights drawn by the seed.

    Connections are counted edge by edge, where that can be done and they are to be counted.

    Raises:
        EngineError: the engine cannot run it.
    """
    found = run(graph, inputs, weights, seed=seed, dtype=dtype)
    figures: Figures = {name: dict(computed._asdict()) for name, computed in found.layers.items()}
    values = {name: array for name, array in found.values.items() if name not in inputs}
    for node in graph.layers if count else ():
        connections = None if isinstance(node.layer, Part) else edges(node.layer, _flowing(node, found.values), EDGES)
        if connections is not None:
            figures[node.name]["connections"] = connections
    return Side("NumPy", figures, values)


def shaken(
    seed: int, inputs: dict[str, Array], weights: dict[str, list[Array]] | None
) -> tuple[dict[str, Array], dict[str, list[Array]] | None]:
    """The same, changed by about as much as float32 rounds; not at all by the seed 0."""
    rng = np.random.default_rng(seed)

    def change(x: Array) -> Array:
        return (x * (1 + (seed > 0) * SHAKE * rng.uniform(-1, 1, x.shape))).astype(x.dtype) if x.dtype.kind == "f" else x

    changed = None if weights is None else {name: list(map(change, own)) for name, own in weights.items()}
    return {name: change(x) for name, x in inputs.items()}, changed


def by_itself(graph: Graph, node: Node) -> Graph:
    """A network of one layer, which reads inputs as it does in its own."""
    alone = Graph(graph.name, graph.source)
    alone.layout = graph.layout
    inputs = {n.name: Node(n.name, Input(size=n.shape), (), None) for n in node.inputs}
    for one in inputs.values():
        alone.add(one)
    alone.outputs = [alone.add(Node(node.name, node.layer, tuple(inputs[n.name] for n in node.inputs), None))]
    return alone


def _flowing(node: Node, values: dict[str, Array]) -> list[Shape]:
    """The shapes that were computed for what flows into a layer, channels last."""
    shapes: list[Shape] = [tuple(values[n.name].shape[1:]) for n in node.inputs]
    turned = node.turned
    return [channels_last(x, aligned(turned[0], x, shapes[0])) for x in shapes] if turned else shapes
