"""One network two ways: generated Keras code and the NumPy engine, with the same weights and the same inputs.

    agree(keras, "network N { input 32x32x1; C1: conv 6, 5x5, tanh }")

The weights are random, a batch normalisation's statistics among them. Every node's values are compared, those of parts
(`enc.state_h`) as well; and the engine's shapes, parameters and MACs with archcalc's.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from codegen.generated import program

import archcalc
from archcalc.engine import Run, run
from archcalc.engine.feeding import arrays_of
from archcalc.engine.store import Room
from archcalc.graph import Graph
from archcalc.spec import Part
from archcalc.verify.recording import build_recorded

BATCH = 2


def network(line: str, *shapes: tuple[int, ...], first: bool = False, head: str = "") -> str:
    """The text of a network of one layer `L`, which reads inputs a, b, c of these shapes (as the network has them)."""
    names = "abcdefgh"[: len(shapes)]
    inputs = "".join(f" {n}: input {'x'.join(map(str, x))}\n" for n, x in zip(names, shapes, strict=True))
    layout = " layout channels_first\n" if first else ""
    line, brace, body = line.partition("{")
    return f"{head}\nnetwork N {{\n{layout}{inputs} L: {line} from {', '.join(names)} {brace}{body}\n}}\n"


def graph_of(text: str) -> Graph:
    """The graph of a text without mistakes."""
    analysis = archcalc.analyze(text=text)
    assert [d.message for d in analysis.diagnostics if d.severity == "error"] == [], text
    return analysis.graph


class KerasRun(NamedTuple):
    """Every node's values in Keras, by its name in the network; and each layer's weights, and their names, in Keras's order."""

    values: dict[str, Any]
    weights: dict[str, list[Any]]
    names: dict[str, list[str]]


def keras_run(keras: Any, graph: Graph, inputs: dict[str, Any], seed: int = 1, given: dict[str, dict[str, Any]] | None = None) -> KerasRun:
    """The generated program's model, run with random weights, or with those that an engine's run used."""
    model, applied = build_recorded(keras, program(graph).build_model)
    layers = [n for n in graph.layers if not isinstance(n.layer, Part)]
    assert len(applied) == len(layers), f"{len(applied)} layers are applied; the network has {len(layers)}"
    found = KerasRun({}, {}, {})
    tensors: dict[str, Any] = {}
    for node, application in zip(layers, applied, strict=True):
        layer = application.layer
        if node.shares is None and layer.weights:
            arrays = _random(layer, seed) if given is None else list(given[node.name].values())
            found.weights[node.name], found.names[node.name] = _put_in(layer, arrays), [w.name for w in layer.weights]
        output, *others = application.outputs
        names = node.layer.parts(node.seen, *node.input_shapes) if others else ()
        tensors |= {node.name: output} | {f"{node.name}.{name}": part for name, part in zip(names, others, strict=True)}
    values = keras.Model(model.inputs, list(tensors.values()))([inputs[n.name] for n in graph.inputs], training=False)
    values = values if isinstance(values, list | tuple) else [values]
    found.values.update({name: np.array(v) for name, v in zip(tensors, values, strict=True)})
    return found


def _random(layer: Any, seed: int) -> list[Any]:
    """Random weights for a Keras layer; whole numbers, such as counts, as they are."""
    rng = np.random.default_rng(seed)
    found = []
    for w in layer.weights:
        least, most = (0.5, 1.5) if "variance" in w.path else (-0.5, 0.5)
        found.append(rng.uniform(least, most, w.shape).astype("float32") if "float" in str(w.dtype) else np.array(w.numpy()))
    return found


def _put_in(layer: Any, arrays: list[Any]) -> list[Any]:
    for weight, array in zip(layer.weights, arrays, strict=True):
        assert tuple(weight.shape) == array.shape, f"{weight.path}: {array.shape}, in Keras {weight.shape}"
        weight.assign(array)
    if hasattr(layer, "finalize_state"):
        layer.finalize_state()  # `Normalization` keeps what it was built with
    return arrays


def agree(
    keras: Any, text: str | Graph, *, rtol: float = 1e-4, atol: float = 1e-4, inputs: dict[str, Any] | None = None, figures: bool = True
) -> Run:
    """Run both with Keras's weights, and compare every node's values and weights' names; then the figures with archcalc's."""
    graph = graph_of(text) if isinstance(text, str) else text
    arrays = arrays_of(graph, inputs or {}, BATCH, 0, "float32", Room())
    wanted = keras_run(keras, graph, arrays)
    found = run(graph, arrays, wanted.weights, batch=BATCH)
    same_values(found, wanted, text, rtol, atol)
    assert {name: [path.rpartition("/")[2] for path in made] for name, made in found.weights.items()} == wanted.names
    if figures:
        same_figures(graph, found)
    return found


def same_values(found: Run, wanted: KerasRun, what: object, rtol: float, atol: float) -> None:
    """The values of each node that Keras has are the engine's."""
    for name, value in wanted.values.items():
        got = found.values[name]
        assert got.shape == value.shape, f"{name}: {got.shape} in NumPy, {value.shape} in Keras\n{what}"
        np.testing.assert_allclose(got, value, rtol=rtol, atol=atol, err_msg=f"{name} of\n{what}")


def same_figures(graph: Graph, found: Run) -> None:
    """archcalc's shape, parameters and MACs of each layer are the engine's."""
    from archcalc.analysis.costs import costs

    for node in graph.layers:
        row = costs(node, 4)
        wanted = (tuple(node.shape or ()), row.trainable_params, row.non_trainable_params, row.macs)
        assert tuple(found.layers[node.name]) == wanted, f"{node.name} ({node.kind})"
