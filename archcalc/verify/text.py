"""A result as plain text: a table of the layers, and what is to be said of the run. Nothing is cut off."""

from __future__ import annotations

from typing import Any

from archcalc.verify.grids import grids
from archcalc.verify.result import Row, said_of

COUNTERS = {"tensorflow": "TensorFlow's profiler", "torch": "PyTorch's FlopCounterMode"}
STAGES = ("predicted", "built", "trained", "computed")


def table(result: Row) -> str:
    """The rows, then a line on the device and one on the training."""
    rows = result["layers"]
    stages = [stage for stage in STAGES if not rows or stage in rows[0]]
    counter = next((s for s in ("computed", "built") if s in stages and any((r[s] or {}).get("macs") is not None for r in rows)), None)
    heads = ["layer", *stages, *(["MACs", "counted"] if counter else []), ""]
    body = [
        [r["name"], *(_cell(r[s]) for s in stages), *(_macs(r, counter) if counter else []), "ok" if r["ok"] else "DIFFERS"] for r in rows
    ]
    lines = [heads, *body]
    widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    shown.insert(1, "  ".join("-" * width for width in widths).rstrip())
    numbers = grids(result.get("outputs") or {})
    return "\n".join([*shown, "", *numbers, *_notes(result)]) + "\n"


def _cell(figures: Row | None) -> str:
    """`28x28x6, 156`; with the fixed parameters behind a +."""
    if figures is None:
        return "-"
    fixed = f" + {figures['non_trainable_params']:,}" if figures["non_trainable_params"] else ""
    return f"{said_of(figures['output_shape'])}, {figures['trainable_params']:,}{fixed}"


def _macs(row: Row, counter: str) -> list[str]:
    found = (row[counter] or {}).get("macs")
    return [said_of(row["predicted"].get("macs", "-")), "-" if found is None else said_of(found)]


def _notes(result: Row) -> list[str]:
    lines = [_ran(result)]
    if result["engine"] == "keras":
        lines += [*_uncounted(result["layers"], result["backend"]), *_training_notes(result)]
    elif result["ok"] and any(output["given"] is not None for output in (result["outputs"] or {}).values()):
        lines.append("the values are those given")
    lines += [f"problem: {problem}" for problem in result["problems"]]
    count = len(result["layers"])
    if result["ok"]:
        lines.append(f"all {count} layers are as predicted" if count > 1 else "the layer is as predicted")
    return lines


def _ran(result: Row) -> str:
    if result["engine"] == "numpy":
        numbers = f"the numbers of {result['data']}" if result["data"] else f"seed {result['seed']}"
        return f"computed with NumPy {result['numpy']}, {numbers}"
    return f"Keras {result['keras']} with {result['backend']} {result['backend_version']} on {result['device']}"


def _uncounted(rows: list[Row], backend: str) -> list[str]:
    """How many layers' MACs the backend has counted, and why not those of the others."""
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if (row["built"] or {}).get("uncounted"):
            reasons.setdefault(row["built"]["uncounted"], []).append(row["name"])
    missed = sum(map(len, reasons.values()))
    if missed == len(rows) and len(reasons) == 1:
        return [f"MACs: not counted ({why})" for why in reasons]
    found = sum((row["built"] or {}).get("macs") is not None for row in rows)
    lines = [f"MACs of {found} of {len(rows)} layers counted by {COUNTERS[backend]}"] if found else []
    return lines + [f"MACs of {', '.join(names)}: not counted ({why})" for why, names in reasons.items()]


def _training_notes(result: Row) -> list[str]:
    training = result["training"]
    if training is None:
        return [f"built, not trained: {result['untrained']}"]
    ran = f"{training['samples']:,} samples, {training['epochs_run']} epochs in batches of {training['batch']}, seed {result['seed']}"
    lines = [
        f"trained on {result['data']}: {ran}",
        f"{training['seconds_per_step'] * 1000:.1f} ms a step, {training['seconds']:.1f} s in all",
        f"loss {_number(training['loss_before'])} before, {_number(training['loss_after'])} after",
    ]
    outputs = training["outputs"]
    lines += [_accuracy(f" of {o['name']}" * (len(outputs) > 1), o, training) for o in outputs if o["accuracy_after"] is not None]
    changed = training["weights"] - len(training["unchanged"])
    left = f"; not {', '.join(training['unchanged'])}" if training["unchanged"] else ""
    lines.append(f"training changed {changed} of {training['weights']} trainable weight arrays{left}")
    return lines


def _accuracy(whose: str, output: Row, training: Row) -> str:
    said = f"accuracy{whose} {output['accuracy_before']:.4f} before, {output['accuracy_after']:.4f} after"
    if output["test_accuracy"] is None:
        return said
    return f"{said}; on {training['test_samples']:,} test samples {output['test_accuracy']:.4f}"


def _number(value: Any) -> str:
    return "not a number" if value is None else f"{value:.4f}"
