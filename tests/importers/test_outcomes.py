"""Operations at the end of a model, whose settings are not what Keras writes: a shape, or none, and never more than that."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from importers.pieces import tensor
from importers.recording import stored

import archcalc
from archcalc.pipeline import analyze_all, load

((_, TEXT, _),) = [entry for entry in stored("models.jsonl.gz")[1:] if entry[0] == "ends_in_operations"]
JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    7,
    10**40,
    1.5,
    "x",
    "a,b->ab",
    [],
    [0],
    [-9, 9],
    [[1]],
    [[0, 0], [1, 1], [2, 2]],
    {},
    {"class_name": "__slice__"},
)
WHOLE = {"class_name": "__slice__", "config": {"start": None, "stop": None, "step": None}}
SLICE = {"class_name": "__slice__", "config": {"start": 9, "stop": -9, "step": 0}}


def spoiled(chance: random.Random, model: dict[str, Any]) -> None:
    """Put something else in place of a setting of each operation, or of its first argument."""
    for layer in model["config"]["layers"]:
        names = [name for name in layer["config"] if name not in ("name", "dtype", "batch_shape")]
        if names:
            layer["config"][chance.choice(names)] = chance.choice(JUNK)
        for node in layer["inbound_nodes"]:
            if chance.random() < 0.4 and len(node["args"]) > 1:
                node["args"][chance.randrange(1, len(node["args"]))] = chance.choice(
                    (*JUNK, [SLICE, SLICE], [WHOLE, None, 0], [WHOLE] * 9, [WHOLE, SLICE])
                )


@pytest.mark.parametrize("seed", range(60))
def test_settings_that_mean_nothing_are_no_shape_or_are_taken_as_they_are(seed: int) -> None:
    model = json.loads(TEXT)
    spoiled(random.Random(seed), model)
    (analysis,) = analyze_all(load("m.json", json.dumps(model).encode()))
    assert {d.code[:2] for d in analysis.diagnostics} <= {"E1", "E3", "E6", "W1"}


def test_as_many_outputs_as_are_named_take_no_longer_than_they_are_many() -> None:
    model = json.loads(TEXT)
    unstack = next(layer for layer in model["config"]["layers"] if layer["class_name"] == "Unstack")
    model["config"]["output_layers"] = [[unstack["name"], 0, i % 900] for i in range(50_000)]
    (analysis,) = analyze_all(load("m.json", json.dumps(model).encode()))
    assert {d.code for d in analysis.diagnostics if d.severity == "error"} <= {"E606"}


def cost_of(kind: str, config: dict[str, Any], out: list[int], *read: list[int]) -> tuple[int | None, ...]:
    """Connections, multiply-accumulates and operations of an operation between a layer that reads it and inputs of these shapes."""
    inputs = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, *shape], "name": f"x{i}"}, "name": f"x{i}", "inbound_nodes": []}
        for i, shape in enumerate(read)
    ]
    nodes = [{"args": [tensor(f"x{i}", *shape) for i, shape in enumerate(read)], "kwargs": {}}]
    module = "keras.src.applications" if kind.startswith("Custom") else "keras.src.ops.numpy"
    made = {"class_name": kind, "module": module, "config": {"name": "o", **config}, "name": "o", "inbound_nodes": nodes}
    after = {"class_name": "ReLU", "config": {"name": "r"}, "name": "r", "inbound_nodes": [{"args": [tensor("o", *out)], "kwargs": {}}]}
    config = {"name": "t", "layers": [*inputs, made, after], "input_layers": [], "output_layers": [["r", 0, 0]]}
    (analysis,) = analyze_all(load("m.json", json.dumps({"class_name": "Functional", "config": config}).encode()))
    assert analysis.ok, analysis.diagnostics
    row = analysis.layers["o"]
    assert row.params == 0
    return row.connections, row.macs, row.flops


def cost_of_kind(text: str) -> tuple[int | None, ...]:
    analysis = archcalc.analyze(text=f"network N {{ {text} }}")
    assert analysis.ok, analysis.diagnostics
    row = analysis.rows[-1]
    return row.connections, row.macs, row.flops


def test_operations_cost_what_the_kinds_cost_that_do_the_same() -> None:
    image = [5, 4, 3]
    assert cost_of("Sum", {"axis": [1, 2]}, [3], image) == cost_of_kind("input 5x4x3; gmp") == (60, 0, 57)
    assert cost_of("Max", {"axis": [-1]}, [5, 4], image)[0] == 60
    assert cost_of("Mean", {"axis": [3]}, [5, 4], image) == cost_of_kind("input 1x3x20; gap") == (60, 0, 60)
    assert cost_of("Argmax", {"axis": -1}, [5, 4], image) == cost_of_kind("input 1x3x20; gmp") == (60, 0, 40)
    product = cost_of_kind("a: input 7x6; b: input 6x9; dot axes=(2, 1) from a, b")
    assert cost_of("Matmul", {}, [7, 9], [7, 6], [6, 9]) == product
    assert cost_of("Einsum", {"subscripts": "bij,bjk->bik"}, [7, 9], [7, 6], [6, 9]) == product
    assert cost_of("Einsum", {"subscripts": "bij,bjk->bki"}, [9, 7], [7, 6], [6, 9]) == product
    each = cost_of_kind("a: input 7x6; b: input 7x6; mul from a, b")
    assert cost_of("Einsum", {"subscripts": "bij,bij->b i j"}, [7, 6], [7, 6], [7, 6]) == each == (84, 0, 42)
    assert cost_of("Einsum", {"subscripts": "b...,b...->b"}, [6], [7, 6], [7, 6]) == (None, None, None)
    assert cost_of("Add", {}, [7, 6], [7, 6], [1, 6]) == cost_of_kind("a: input 7x6; b: input 1x6; add from a, b")
    assert cost_of("DepthToSpace", {"block_size": 2, "data_format": "channels_last"}, [4, 6, 1], [2, 3, 4]) == (0, 0, 0)
    assert cost_of("ExtractPatches", {"size": [2, 2]}, [2, 2, 12], [4, 4, 3]) == (0, 0, 0)
    scaled = cost_of_kind("input 7x6; rescale 0.2")
    assert cost_of("CustomScaleLayer", {"scale": 0.2}, [7, 6], [7, 6], [7, 6]) == (each[0], 0, each[2] + scaled[2])
    assert cost_of("CumSum", {"axis": 1}, [7, 6], [7, 6]) == (None, None, None)
