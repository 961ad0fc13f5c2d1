"""What Keras says of a model's layers, as plain data, and where an analysis says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import archcalc
from archcalc.importers.writer import plain
from archcalc.resolve.scope import TAKEN


def facts_of(keras: Any, model: Any) -> dict[str, Any]:
    """Parameters of the whole, and of each layer: its path, its class, the shape of each of its calls, its parameters."""
    return {
        "params": count(model.weights),
        "trainable": count(model.trainable_weights),
        "outputs": shapes(model.outputs),
        "layers": list(_layers(keras, model, "", {id(w) for w in model.trainable_weights})),
    }


def count(weights: Any) -> int:
    """How many numbers there are in weights, each counted once."""
    own = {id(w): w for w in weights}
    found = 0
    for w in own.values():
        size = 1
        for n in w.shape:
            size *= int(n)
        found += size
    return found


def shapes(values: Any) -> list[Any]:
    """The shapes of values, without the batch."""
    if isinstance(values, dict):
        return [s for v in values.values() for s in shapes(v)]
    if isinstance(values, list | tuple):
        return [s for v in values for s in shapes(v)]
    return [list(values.shape[1:])]


def _layers(keras: Any, model: Any, before: str, trained: set[int]) -> Iterator[list[Any]]:
    for layer in model.layers:
        path = before + plain(layer.name) + ("_layer" if layer.name in TAKEN else "")
        if isinstance(layer, keras.Model):
            yield from _layers(keras, layer, f"{path}.", trained)
        elif type(layer).__name__ != "InputLayer":
            nodes = layer._inbound_nodes  # noqa: SLF001  nothing else says it
            first = [shapes(n.outputs)[0] for n in nodes]
            yield [path, type(layer).__name__, first, count(layer.weights), count([w for w in layer.weights if id(w) in trained])]


def disagreements(analysis: archcalc.Analysis, facts: dict[str, Any]) -> list[str]:
    """Where Keras says something else of what is known here."""
    found = []
    totals = analysis.totals
    if totals.params is not None and (totals.params, totals.trainable_params) != (facts["params"], facts["trainable"]):
        found.append(f"{totals.params} parameters, {totals.trainable_params} trainable, and not {facts['params']}, {facts['trainable']}")
    unsaid = {d.layer for d in analysis.diagnostics if d.code == "E606"}
    for path, _, calls, params, trainable in facts["layers"]:
        if path in unsaid:
            continue
        row = analysis.layers.get(path)
        if row is None:
            found.append(f"there is no layer {path}")
            continue
        if row.params is not None and (row.params, row.trainable_params) != (params, trainable):
            found.append(f"{path} has {row.params} parameters, {row.trainable_params} trainable, and not {params}, {trainable}")
        if row.output_shape is not None and not any(agree(row.output_shape, shape) for shape in calls):
            found.append(f"{path} is {row.output_shape}, and not {calls}")
    outputs = [n.shape for n in analysis.graph.outputs]
    distinct = [list(s) for s in facts["outputs"]]
    if None not in outputs and not all(any(agree(ours, theirs) for ours in outputs) for theirs in distinct):
        found.append(f"outputs are {outputs}, and not {distinct}")
    return found


def agree(ours: Any, theirs: Any) -> bool:
    """Whether a shape is the other, as far as that is numbers."""
    return len(ours) == len(theirs) and all(m is None or n == m for n, m in zip(ours, theirs, strict=True))
