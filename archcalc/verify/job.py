"""What the child is told: the network's layers in the order of their calls, its data, and how long to train."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archcalc.codegen.application import is_part, parts_of
from archcalc.codegen.construct import construction
from archcalc.codegen.names import keras_names
from archcalc.codegen.recipe import Plan, image, indices_into, plan, takes_images
from archcalc.graph import CHANNELS_FIRST, MIXED, Graph, Node
from archcalc.recipes import DATA_SETS
from archcalc.verify.memory import training_bytes

SMALL = 10_000  # samples: below, a recipe written for another data set would end too early
SMALL_EPOCHS, SMALL_BATCH = 15, 32
DIGITS = 1_438  # to train with
MOST_MACS = 5 * 10**12  # forward, of a training that nobody asked for: some minutes on a small machine
RANDOM_EPOCHS, RANDOM_BATCH = 2, 8
UNCOUNTED = {
    "additive_attention": "its program adds up products that are no matrix product",
    "mel_spectrogram": "its program multiplies matrices, but a spectrogram has no MACs",
}


def make_job(
    graph: Graph, rows: list[dict[str, Any]], *, data: str | None, epochs: int | None, seed: int, device: str, build_only: bool
) -> dict[str, Any]:
    """The job as plain data. `rows` are the layers' predicted figures.

    Raises:
        CodegenError: the recipe holds something unknown, or does not fit the network.
    """
    training = plan(graph)
    chosen = data or _recipe_data(graph, training) or _suitable(graph, rows)
    inputs = [tuple(n.shape or ()) for n in graph.inputs]
    return {
        "layers": _layers(graph),
        "inputs": inputs,
        "indices": [indices_into(graph, n) for n in graph.inputs],
        "image": image(inputs[0], graph.layout) if len(inputs) == 1 else None,
        "first": graph.layout == CHANNELS_FIRST and len(inputs[0]) == 3,
        "targets": [{**t._asdict(), "labels": t.labels} for t in training.targets],
        "data": chosen if chosen in DATA_SETS else str(Path(chosen).absolute()),
        "data_name": Path(chosen).name,
        "schedule": _schedule(training, chosen, data in (None, training.data), epochs, rows, policy_of(graph)),
        "seed": seed,
        "device": device,
        "build_only": build_only,
    }


def _layers(graph: Graph) -> list[dict[str, Any]]:
    """Each layer's name, which application of a layer it is in the program's order, which of its outputs, and what is applied.

    A program applies its layers in the order of the graph, once for each node; a part is a further output of a layer.
    """
    names = keras_names(graph)
    found: dict[str, dict[str, Any]] = {}
    applied = 0
    for node in graph.layers:
        if is_part(node):
            (whole,) = node.inputs
            found[node.name] = {**found[whole.name], "name": node.name, "output": 1 + parts_of(whole).index(node.name)}
            continue
        label = names[node.name] if node.named and node.shares is None else None
        what = {"class": _class_of(node.shares or node), "label": label, "uncounted": _why_uncounted(node.layer)}
        what |= {"policy": policy_of(graph)} if graph.dtype in MIXED else {}
        found[node.name] = {"name": node.name, "call": applied, "output": 0, **what}
        applied += 1
    return list(found.values())


def policy_of(graph: Graph) -> str:
    """The dtype policy that the program sets, of those that store and compute in different types; else Keras's own."""
    return graph.dtype if graph.dtype in MIXED else "float32"


def _why_uncounted(layer: Any) -> str:
    """Why the products of a layer's program are not the MACs that it has by definition; "" where they are."""
    if getattr(layer, "maps", None) is not None:
        return "its program multiplies all maps, with 0 where none are connected"
    if getattr(layer, "lora_rank", None):
        return "its program multiplies LoRA's factors once for a batch, which is no work for a sample"
    return UNCOUNTED.get(layer.kind, "") or next(filter(None, map(_why_uncounted, getattr(layer, "layers", ()))), "")


def _class_of(node: Node) -> str:
    """The name of the class that the program builds for a layer: Keras's, or one of the program's own."""
    return construction(node, "").expression.head.removesuffix("(").rpartition(".")[2]


def _suitable(graph: Graph, rows: list[dict[str, Any]]) -> str:
    """The data for a network of which nothing is said: digits, if it takes images and is not too slow for so many."""
    macs = sum(row.get("macs") or 0 for row in rows)
    return "digits" if takes_images(graph) and macs * DIGITS * SMALL_EPOCHS <= MOST_MACS else "random"


def _recipe_data(graph: Graph, training: Plan) -> str | None:
    """The recipe's data set; a path is relative to the file that names it."""
    if training.data is None or training.data in DATA_SETS:
        return training.data
    return str(Path(graph.source).parent / training.data)


def _schedule(training: Plan, data: str, recipes: bool, epochs: int | None, rows: list[dict[str, Any]], dtype: str) -> dict[str, Any]:
    """Epochs and batch: the recipe's, if the data are its own (`recipes`); else by how many samples there are.

    With each, the bytes that training by it takes.
    """
    many = {"epochs": training.epochs, "batch": training.batch}
    if data == "random":
        many = few = {"epochs": RANDOM_EPOCHS, "batch": RANDOM_BATCH}
    elif recipes and training.data is not None:
        few = many
    else:
        few = {"epochs": SMALL_EPOCHS, "batch": SMALL_BATCH}
    given = {} if epochs is None else {"epochs": epochs}
    small, large = ({**s, **given, "bytes": training_bytes(rows, training.optimizer, s["batch"], dtype)} for s in (few, many))
    return {"small": small, "large": large, "boundary": SMALL}
