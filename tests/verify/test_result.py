"""Comparing figures, and showing them."""

from __future__ import annotations

from typing import Any

import pytest

from archcalc.verify.result import compare, first_difference, problems
from archcalc.verify.text import table

PREDICTED = [
    {"name": "C1", "kind": "conv", "output_shape": (28, 28, 6), "trainable_params": 156, "non_trainable_params": 0},
    {"name": "OUT", "kind": "rbf", "output_shape": (10,), "trainable_params": 0, "non_trainable_params": 840},
]


def found(**changes: Any) -> dict[str, dict[str, Any]]:
    c1 = {"output_shape": [28, 28, 6], "trainable_params": 156, "non_trainable_params": 0, **changes}
    return {"C1": c1, "OUT": {"output_shape": [10], "trainable_params": 0, "non_trainable_params": 840}}


def training(**changes: Any) -> dict[str, Any]:
    figures: dict[str, Any] = {"samples": 1438, "test_samples": 359, "epochs": 15, "epochs_run": 15, "batch": 32, "steps": 675}
    figures |= {"seconds": 8.25, "seconds_per_step": 0.0123, "loss_before": 4.8, "loss_after": 0.05, "weights": 2, "unchanged": []}
    accuracy = {"accuracy_before": 0.1, "accuracy_after": 0.98, "test_accuracy": 0.97}
    return figures | accuracy | {"outputs": [{"name": "OUT", "loss": "distance", "weight": 1.0, **accuracy}]} | changes


def difference(rows: list[dict[str, Any]]) -> str | None:
    stages = ("built", "trained") if rows[0]["trained"] else ("built",)
    return first_difference(rows, dict.fromkeys(stages, "Keras"))


def result(rows: list[dict[str, Any]], trained: dict[str, Any] | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"keras": "3.15.1", "backend": "tensorflow", "backend_version": "2.21.0", "device": "CPU"}
    facts |= {"layers": rows, "first_difference": difference(rows), "data": "digits", "seed": 0, "engine": "keras"}
    facts |= {"training": trained, "untrained": None if trained else "only building was asked for"}
    reasons = problems(facts)
    return {**facts, "problems": reasons, "ok": not reasons}


def test_equal_figures_are_ok() -> None:
    rows = compare(PREDICTED, built=found(), trained=found())
    assert all(row["ok"] for row in rows)
    assert difference(rows) is None


@pytest.mark.parametrize(
    ("built", "trained", "message"),
    [
        (found(trainable_params=2416), None, "C1: trainable parameters predicted 156, built 2,416"),
        (found(), found(output_shape=[14, 28, 6]), "C1: output shape predicted 28x28x6, trained 14x28x6"),
        ({"C1": found()["C1"]}, None, "OUT: predicted, but Keras has no such layer"),
    ],
)
def test_the_first_difference_is_named(built: Any, trained: Any, message: str) -> None:
    rows = compare(PREDICTED, built=built, trained=trained)
    assert difference(rows) == message
    assert not result(rows, None)["ok"]
    assert f"problem: {message}" in table(result(rows, None))


def test_a_loss_that_is_no_number_is_a_problem() -> None:
    shown = result(compare(PREDICTED, built=found(), trained=found()), training(loss_after=None, epochs_run=2))
    assert shown["problems"] == ["the loss was no longer a number in epoch 2"]
    assert "loss 4.8000 before, not a number after" in table(shown)


def test_weights_that_stay_are_told_and_a_problem_if_all_do() -> None:
    rows = compare(PREDICTED, built=found(), trained=found())
    assert "training changed 1 of 2 trainable weight arrays; not C1/bias" in table(result(rows, training(unchanged=["C1/bias"])))
    assert result(rows, training(unchanged=["C1/bias"]))["ok"]
    assert result(rows, training(unchanged=["a", "b"]))["problems"] == ["training changed no weight"]


def test_the_table_shows_everything() -> None:
    assert table(result(compare(PREDICTED, built=found(), trained=found()), training())) == (
        "layer  predicted     built         trained\n"
        "-----  ------------  ------------  ------------  --\n"
        "C1     28x28x6, 156  28x28x6, 156  28x28x6, 156  ok\n"
        "OUT    10, 0 + 840   10, 0 + 840   10, 0 + 840   ok\n"
        "\n"
        "Keras 3.15.1 with tensorflow 2.21.0 on CPU\n"
        "trained on digits: 1,438 samples, 15 epochs in batches of 32, seed 0\n"
        "12.3 ms a step, 8.2 s in all\n"
        "loss 4.8000 before, 0.0500 after\n"
        "accuracy 0.1000 before, 0.9800 after; on 359 test samples 0.9700\n"
        "training changed 2 of 2 trainable weight arrays\n"
        "all 2 layers are as predicted\n"
    )


def test_macs_are_compared_where_they_were_counted() -> None:
    predicted = [{**row, "macs": 100} for row in PREDICTED]
    counts = [{"macs": 100, "uncounted": ""}, {"macs": None, "uncounted": "TensorFlow does not count Einsum"}]
    built = {name: {**row, **count} for (name, row), count in zip(found().items(), counts, strict=True)}
    rows = compare(predicted, built=built, trained=None)
    assert all(row["ok"] for row in rows)
    lines = table(result(rows, None)).splitlines()
    assert lines[0].split() == ["layer", "predicted", "built", "trained", "MACs", "counted"]
    assert lines[2].split()[-3:] == ["100", "100", "ok"] and lines[3].split()[-3:] == ["100", "-", "ok"]
    assert "MACs of 1 of 2 layers counted by TensorFlow's profiler" in lines
    assert "MACs of OUT: not counted (TensorFlow does not count Einsum)" in lines
    built["C1"]["macs"] = 99
    rows = compare(predicted, built=built, trained=None)
    assert result(rows, None)["problems"] == ["C1: MACs predicted 100, counted 99"]


def test_another_backend_s_table_has_no_counts() -> None:
    built = {name: {**row, "macs": None, "uncounted": "only TensorFlow's counter is read"} for name, row in found().items()}
    shown = table(result(compare(PREDICTED, built=built, trained=None), None)).splitlines()
    assert shown[0].split() == ["layer", "predicted", "built", "trained"]
    assert "MACs: not counted (only TensorFlow's counter is read)" in shown
