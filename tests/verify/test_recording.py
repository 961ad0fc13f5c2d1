"""Layers are found by the order in which a program applies them, whatever they are called."""

from __future__ import annotations

from typing import Any

import pytest
from codegen.generated import rows
from codegen.networks import Builder

from archcalc.graph import Graph
from archcalc.verify.job import make_job
from archcalc.verify.result import WHAT, compare, first_difference, problems


@pytest.fixture(scope="module")
def keras() -> Any:
    return pytest.importorskip("keras", reason="Keras is not installed")


def network() -> Graph:
    """Two convolutions of one layer, a label, and two dense layers without one."""
    builder = Builder((6, 6, 2), (6, 6, 2)).then("conv", "a", inputs=("input",), filters=4, kernel=3)
    builder.then("conv", inputs=("input_2",), shares="a").then("add", inputs=("a", "conv_3"))
    graph = builder.then("flatten").then("dense", units=5).then("dense", units=3).graph
    for node in graph.layers:
        node.named = node.name == "a"
    return graph


class Program:
    """What a generated file would define; `change` says what it does otherwise."""

    def __init__(self, keras: Any, change: str = "") -> None:
        self.keras, self.change = keras, change

    def build_model(self) -> Any:
        k = self.keras.layers
        first, second = self.keras.Input((6, 6, 2)), self.keras.Input((6, 6, 2))
        conv = k.Conv2D(4, 3, name="other" if self.change == "renamed" else "a")
        left = conv(first)
        right = (k.Conv2D(4, 3) if self.change == "unshared" else conv)(second)
        x = k.Flatten()(k.Add()([left, right]))
        units = (3, 5) if self.change == "swapped" else (5, 3)
        x = k.Dense(units[0])(x)
        if self.change == "longer":
            x = k.Activation("relu")(x)
        if self.change != "shorter":
            x = k.Dense(units[1])(x)
        if self.change == "inner":  # a layer that calls others is one
            inner = self.keras.Sequential([k.Dense(3), k.Dense(3)])
            x = inner(x)
        return self.keras.Model([first, second], x)


def judged(keras: Any, change: str) -> tuple[str | None, list[str]]:
    from archcalc.verify.built import Built

    graph = network()
    job = make_job(graph, rows(graph), data="random", epochs=None, seed=0, device="cpu", build_only=True)
    built = Built(keras, Program(keras, change), job)
    expected = {entry["name"]: {key: entry[key] for key in WHAT if key in entry} for entry in job["layers"]}
    found = compare([{**row, **expected[row["name"]]} for row in rows(graph)], built=built.figures())
    applied = {"predicted": len(job["layers"]), "built": len(built.applied)}
    facts = {"first_difference": first_difference(found, {"built": "Keras"}), "applied": applied, "training": None}
    return facts["first_difference"], problems(facts)


def test_layers_are_matched_in_order(keras: Any) -> None:
    assert judged(keras, "") == (None, [])


@pytest.mark.parametrize(
    ("change", "message", "count"),
    [
        ("shorter", "dense_7: predicted, but Keras has no such layer", 5),
        ("longer", "dense_7: class predicted Dense, built Activation", 7),
        ("swapped", "dense_6: output shape predicted 5, built 3", 6),
        ("unshared", "conv_3: trainable parameters predicted 0, built 76", 6),
        ("renamed", "a: label predicted a, built other", 6),
    ],
)
def test_what_is_applied_otherwise_is_a_difference(keras: Any, change: str, message: str, count: int) -> None:
    first, reasons = judged(keras, change)
    assert first == message
    assert reasons == [message, f"6 layers were predicted, {count} applied in Keras"][: 1 + (count != 6)]


def test_what_a_layer_calls_is_no_layer_of_the_network(keras: Any) -> None:
    assert judged(keras, "inner") == (None, ["6 layers were predicted, 7 applied in Keras"])


def test_recording_leaves_keras_as_it_was(keras: Any) -> None:
    before = keras.layers.Layer.__call__
    judged(keras, "")
    assert keras.layers.Layer.__call__ is before
