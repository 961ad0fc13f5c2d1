"""Predicted, built, trained and computed figures, layer by layer: where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SIZES = ("output_shape", "trainable_params", "non_trainable_params")
FIGURES = (*SIZES, "macs")
# Of the layer that Keras applies; the label is None where the network gives it none, and the policy is there where the dtype is mixed.
WHAT = ("class", "label", "policy")

Row = dict[str, Any]


def compare(predicted: list[Row], **stages: dict[str, Row] | None) -> list[Row]:
    """A row for each layer: what was predicted, what each stage has, and `ok` where all of it is the same.

    A stage has figures by the layers' names: `built`, `trained`, `computed`. It is None where it was not reached. A layer that it does
    not have is not ok. MACs are compared where they were counted.
    """
    rows = []
    for row in predicted:
        wanted = {key: _plain(row[key]) for key in (*WHAT, *FIGURES) if key in row}
        found = {stage: None if figures is None else figures.get(row["name"]) for stage, figures in stages.items()}
        ok = all(_differing(wanted, found[stage]) is None for stage, figures in stages.items() if figures is not None)
        rows.append({"name": row["name"], "kind": row["kind"], "predicted": wanted, **found, "ok": ok})
    return rows


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [int(n) for n in value]
    return value if value is None or isinstance(value, str) else int(value)


def _differing(wanted: Row, found: Row | None) -> str | None:
    """The first figure that is another; "" if there are none at all, None if all are the same."""
    if found is None:
        return ""
    return next((key for key, value in wanted.items() if found.get(key) != value and not (key == "macs" and found.get(key) is None)), None)


def first_difference(rows: list[Row], stages: Mapping[str, str]) -> str | None:
    """The first figure that is not as predicted, in words. `stages`: those that were reached, and what has them (Keras, the engine)."""
    for row in rows:
        for stage, owner in stages.items():
            key = _differing(row["predicted"], row[stage])
            if key == "":
                return f"{row['name']}: predicted, but {owner} has no such layer"
            if key is not None:
                name = "MACs" if key == "macs" else key.replace("_", " ").replace("params", "parameters")
                said = "counted" if key == "macs" else stage
                return f"{row['name']}: {name} predicted {said_of(row['predicted'][key])}, {said} {said_of(row[stage].get(key))}"
    return None


def problems(result: Row) -> list[str]:
    """Why a result is not all well."""
    found = [result["first_difference"]] if result["first_difference"] else []
    applied = result.get("applied")
    if applied and applied["built"] != applied["predicted"]:
        found.append(f"{_counted(applied['predicted'])} predicted, {applied['built']} applied in Keras")
    training = result.get("training")
    if training is None:
        return found
    if training["loss_after"] is None:
        found.append(f"the loss was no longer a number in epoch {training['epochs_run']}")
    elif training["weights"] and len(training["unchanged"]) == training["weights"]:
        found.append("training changed no weight")
    return found


def said_of(value: Any) -> str:
    """A figure as text: 28x28x6, 117,600, a name."""
    if isinstance(value, list | tuple):
        return "x".join(map(str, value)) or "()"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _counted(layers: int) -> str:
    return f"{layers} layer{'s were' if layers != 1 else ' was'}"
