"""Operations at the end of a model, whose settings are not what Keras writes: a shape, or none, and never more than that."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from importers.recording import stored

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
