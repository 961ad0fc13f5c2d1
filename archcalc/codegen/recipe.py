"""How a network is trained: its recipe with the gaps filled in. Plain data, read by codegen and by verify."""

from __future__ import annotations

from math import isqrt
from typing import Any, NamedTuple

from archcalc.codegen.errors import CodegenError
from archcalc.graph import Graph, Node
from archcalc.recipes import LOSSES, METRICS, OPTIMIZERS, Recipe

CLASSES = 10  # of each data set with images

Image = tuple[int, int, int]  # rows, columns, channels


class Target(NamedTuple):
    """What one output is trained towards.

    `loss` is a key of LOSSES or `distance` (an rbf layer's). `logits`: the network ends without its softmax or sigmoid.
    """

    loss: str
    logits: bool
    shape: tuple[int, ...]

    @property
    def labels(self) -> bool:
        """Whether targets are integers, one for each position; otherwise values of the output's own shape."""
        return self.loss in ("sparse_categorical_crossentropy", "distance")


class Plan(NamedTuple):
    """A recipe without gaps, but for two: `data` (a data set's name, or a path) and `learning_rate` (Keras's own)."""

    data: str | None
    optimizer: str
    learning_rate: float | None
    targets: tuple[Target, ...]
    metrics: tuple[str, ...]
    epochs: int
    batch: int
    validation: float

    @property
    def target(self) -> Target:
        return self.targets[0]


def plan(graph: Graph) -> Plan:
    """The graph's recipe, with what it leaves open chosen by the network's end.

    Raises:
        CodegenError: it names an optimizer, loss or metric that is not known.
    """
    recipe = graph.recipe or Recipe()
    _check("optimizer", recipe.optimizer, OPTIMIZERS)
    _check("loss", recipe.loss, LOSSES)
    for metric in recipe.metrics:
        _check("metric", metric, METRICS)
    targets = tuple(_target(node, recipe.loss) for node in graph.outputs)
    classifies = len(targets) == 1 and (targets[0].labels or targets[0].loss.endswith("crossentropy"))
    return Plan(
        data=recipe.data,
        optimizer=recipe.optimizer or "adam",
        learning_rate=recipe.learning_rate,
        targets=targets,
        metrics=recipe.metrics or (("accuracy",) if classifies else ()),
        epochs=recipe.epochs or 5,
        batch=recipe.batch or 128,
        validation=float(recipe.validation or 0),
    )


def _check(what: str, name: str | None, known: Any) -> None:
    if name is not None and name not in known:
        raise CodegenError(f"the {what} {name!r} is not known; known are {', '.join(known)}")


def _target(node: Node, loss: str | None) -> Target:
    shape = tuple(int(n) for n in node.shape or ())
    end = activation(node)
    if node.kind == "rbf":
        return Target("distance", True, shape)
    if loss is None:
        loss = _loss(node, end, shape)
    expects = "sigmoid" if loss == "binary_crossentropy" else "softmax"
    return Target(loss, loss.endswith("crossentropy") and end != expects, shape)


def _loss(node: Node, end: str, shape: tuple[int, ...]) -> str:
    """What suits the network's end: classes after a softmax, or after a dense layer that leaves it out."""
    if end == "softmax" or (end == "linear" and node.kind == "dense" and shape[-1] > 1):
        return "sparse_categorical_crossentropy"
    return "binary_crossentropy" if end == "sigmoid" and shape == (1,) else "mse"


def activation(node: Node) -> str:
    """The function that a node's values come out of."""
    layer: Any = node.layer
    return getattr(layer, "activation", None) or getattr(layer, "function", None) or "linear"


def image(shape: tuple[int, ...]) -> Image | None:
    """The image that an input of this shape can hold: a 784 is 28x28x1. None if it holds none."""
    if len(shape) == 3:
        return shape[0], shape[1], shape[2]
    if len(shape) == 2:
        return shape[0], shape[1], 1
    if len(shape) == 1 and isqrt(shape[0]) ** 2 == shape[0]:
        return isqrt(shape[0]), isqrt(shape[0]), 1
    return None


def takes_images(graph: Graph) -> bool:
    """Whether images of ten classes can be fed to it: one input that can hold one, one output of ten values or more."""
    if len(graph.inputs) != 1 or len(graph.outputs) != 1 or indices_into(graph, graph.inputs[0]) is not None:
        return False
    out = graph.outputs[0].shape
    return image(graph.inputs[0].shape or ()) is not None and out is not None and len(out) == 1 and out[0] >= CLASSES


def indices_into(graph: Graph, node: Node) -> int | None:
    """How many entries an input's values are indices of, where a layer looks them up, also after reshaping; else None."""
    found: list[int] = []
    waiting = [node]
    while waiting:
        read = waiting.pop()
        for reader in graph.layers:
            if read in reader.inputs and reader.layer is not None:
                entries = reader.layer.indices()
                found += [] if entries is None else [int(entries)]
                waiting += [reader] if reader.layer.view else []
    return min(found, default=None)
