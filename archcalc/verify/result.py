"""Predicted, built and trained figures, layer by layer: where they differ, and as a table."""

from __future__ import annotations

from typing import Any

FIGURES = ("output_shape", "trainable_params", "non_trainable_params")

Row = dict[str, Any]


def compare(predicted: list[Row], built: dict[str, Row], trained: dict[str, Row] | None) -> list[Row]:
    """A row for each layer, with `ok` where every figure that Keras has is the one predicted.

    `trained` is None where nothing was trained. A layer that Keras does not have is not ok.
    """
    rows = []
    for row in predicted:
        name = row["name"]
        wanted = {key: _plain(row[key]) for key in FIGURES}
        found = [built.get(name)] if trained is None else [built.get(name), trained.get(name)]
        rows.append(
            {
                "name": name,
                "kind": row["kind"],
                "predicted": wanted,
                "built": built.get(name),
                "trained": None if trained is None else trained.get(name),
                "ok": all(f == wanted for f in found),
            }
        )
    return rows


def _plain(value: Any) -> Any:
    return [int(n) for n in value] if isinstance(value, list | tuple) else int(value)


def first_difference(rows: list[Row]) -> str | None:
    """The first figure that is not as predicted, in words."""
    for row in rows:
        for stage in ("built", "trained"):
            found = row[stage]
            if row["ok"] or (found is None and stage == "trained"):
                continue
            if found is None:
                return f"{row['name']}: predicted, but Keras has no such layer"
            for key in FIGURES:
                if found[key] != row["predicted"][key]:
                    said = key.replace("_", " ").replace("params", "parameters")
                    return f"{row['name']}: {said} predicted {_said(row['predicted'][key])}, {stage} {_said(found[key])}"
    return None


def problems(result: Row) -> list[str]:
    """Why a result is not all well."""
    found = [result["first_difference"]] if result["first_difference"] else []
    training = result["training"]
    if training is None:
        return found
    if training["loss_after"] is None:
        found.append(f"the loss was no longer a number in epoch {training['epochs_run']}")
    elif training["weights"] and len(training["unchanged"]) == training["weights"]:
        found.append("training changed no weight")
    return found


def table(result: Row) -> str:
    """The result as plain text: the rows, then a line on the device and one on the training. Nothing is cut off."""
    heads = ("layer", "predicted", "built", "trained", "")
    body = [
        (r["name"], *(_cell(r[s]) for s in ("predicted", "built", "trained")), "ok" if r["ok"] else "DIFFERS") for r in result["layers"]
    ]
    lines = [heads, *body]
    widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    shown.insert(1, "  ".join("-" * width for width in widths).rstrip())
    return "\n".join([*shown, "", *_notes(result)]) + "\n"


def _cell(figures: Row | None) -> str:
    """`28x28x6, 156`; with the fixed parameters behind a +."""
    if figures is None:
        return "-"
    fixed = f" + {figures['non_trainable_params']:,}" if figures["non_trainable_params"] else ""
    return f"{_said(figures['output_shape'])}, {figures['trainable_params']:,}{fixed}"


def _said(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else "x".join(map(str, value)) or "()"


def _number(value: float | None) -> str:
    return "not a number" if value is None else f"{value:.4f}"


def _notes(result: Row) -> list[str]:
    ran = f"Keras {result['keras']} with {result['backend']} {result['backend_version']} on {result['device']}"
    lines = [ran, *_training_notes(result["training"], result["data"], result["seed"])]
    lines += [f"problem: {problem}" for problem in result["problems"]]
    count = len(result["layers"])
    if result["ok"]:
        lines.append(f"all {count} layers are as predicted" if count > 1 else "the layer is as predicted")
    return lines


def _training_notes(training: Row | None, data: str | None, seed: int) -> list[str]:
    if training is None:
        return ["built, not trained"]
    ran = f"{training['samples']:,} samples, {training['epochs_run']} epochs in batches of {training['batch']}, seed {seed}"
    lines = [
        f"trained on {data}: {ran}",
        f"{training['seconds_per_step'] * 1000:.1f} ms a step, {training['seconds']:.1f} s in all",
        f"loss {_number(training['loss_before'])} before, {_number(training['loss_after'])} after",
    ]
    if training["test_accuracy"] is not None:
        accuracies = f"{training['accuracy_before']:.4f} before, {training['accuracy_after']:.4f} after"
        lines.append(f"accuracy {accuracies}; on {training['test_samples']:,} test samples {training['test_accuracy']:.4f}")
    changed = training["weights"] - len(training["unchanged"])
    left = f"; not {', '.join(training['unchanged'])}" if training["unchanged"] else ""
    lines.append(f"training changed {changed} of {training['weights']} trainable weight arrays{left}")
    return lines
