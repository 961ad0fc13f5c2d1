"""What the child is told: the network's layers by their Keras names, its data, and how long to train."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from archcalc.codegen.application import is_part, parts_of
from archcalc.codegen.names import keras_names
from archcalc.codegen.recipe import Plan, image, indices_into, plan, takes_images
from archcalc.graph import Graph, Node
from archcalc.recipes import DATA_SETS
from archcalc.sizes import prod
from archcalc.verify.errors import VerifyError

SMALL = 10_000  # samples: below, a recipe written for another data set would end too early
SMALL_EPOCHS, SMALL_BATCH = 15, 32
RANDOM_EPOCHS, RANDOM_BATCH = 2, 8
BYTES = 4  # of a float32
COPIES = 4  # of each weight: itself, its gradient, and Adam's two


def make_job(graph: Graph, *, data: str | None, epochs: int | None, seed: int, device: str, build_only: bool) -> dict[str, Any]:
    """The job as plain data.

    Raises:
        CodegenError: the recipe holds something unknown.
    """
    training = plan(graph)
    chosen = data or _recipe_data(graph, training) or ("digits" if takes_images(graph) else "random")
    inputs = [tuple(n.shape or ()) for n in graph.inputs]
    return {
        "layers": _layers(graph),
        "inputs": inputs,
        "indices": [indices_into(graph, n) for n in graph.inputs],
        "image": image(inputs[0]) if len(inputs) == 1 else None,
        "targets": [{**t._asdict(), "labels": t.labels} for t in training.targets],
        "answer": _answer(graph.outputs, training),
        "data": chosen if chosen in DATA_SETS else str(Path(chosen).absolute()),
        "data_name": Path(chosen).name,
        "schedule": _schedule(training, chosen, data in (None, training.data), epochs),
        "seed": seed,
        "device": device,
        "build_only": build_only,
    }


def _layers(graph: Graph) -> list[dict[str, Any]]:
    """Each layer's name, its Keras layer's, which application of that layer it is, and which of its outputs."""
    names = keras_names(graph)
    applied: dict[str, int] = {}
    found: dict[str, dict[str, Any]] = {}
    for node in graph.layers:
        if is_part(node):
            (whole,) = node.inputs
            found[node.name] = {**found[whole.name], "name": node.name, "output": 1 + parts_of(whole).index(node.name)}
            continue
        owner = names[(node.shares or node).name]
        found[node.name] = {"name": node.name, "keras_name": owner, "use": applied.get(owner, 0), "output": 0}
        applied[owner] = applied.get(owner, 0) + 1
    return list(found.values())


def _answer(outputs: list[Node], training: Plan) -> str | None:
    """How a class is read off the output: the smallest distance, or the largest value."""
    if len(outputs) != 1:
        return None
    return "argmin" if training.target.loss == "distance" else "argmax"


def _recipe_data(graph: Graph, training: Plan) -> str | None:
    """The recipe's data set; a path is relative to the file that names it."""
    if training.data is None or training.data in DATA_SETS:
        return training.data
    return str(Path(graph.source).parent / training.data)


def _schedule(training: Plan, data: str, recipes: bool, epochs: int | None) -> dict[str, Any]:
    """Epochs and batch: the recipe's, if the data are its own (`recipes`); else by how many samples there are."""
    if data == "random":
        few = {"epochs": RANDOM_EPOCHS, "batch": RANDOM_BATCH}
    elif recipes and training.data is not None:
        few = {"epochs": training.epochs, "batch": training.batch}
    else:
        few = {"epochs": SMALL_EPOCHS, "batch": SMALL_BATCH}
    many = {"epochs": training.epochs, "batch": training.batch} if data != "random" else few
    given = {} if epochs is None else {"epochs": epochs}
    return {"small": few | given, "large": many | given, "boundary": SMALL}


def check_memory(rows: list[dict[str, Any]], build_only: bool) -> None:
    """Refuse what cannot fit into this machine, before the machine finds out.

    Raises:
        VerifyError: weights and outputs need more than its memory.
    """
    if not hasattr(os, "sysconf"):
        return
    weights = sum(row["trainable_params"] + row["non_trainable_params"] for row in rows)
    outputs = sum(prod(row["output_shape"]) for row in rows)
    needed = weights * BYTES if build_only else weights * BYTES * COPIES + outputs * BYTES * RANDOM_BATCH
    present = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if needed > present:
        what = "building" if build_only else "training"
        raise VerifyError(f"{what} needs about {needed / 2**30:,.1f} GiB of memory; this machine has {present / 2**30:,.1f}")
