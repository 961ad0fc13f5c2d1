"""How a network is trained: its recipe with the gaps filled in. Plain data, read by codegen and by verify."""

from __future__ import annotations

from math import isqrt
from typing import Any, NamedTuple

from archcalc.codegen.errors import CodegenError
from archcalc.graph import CHANNELS_LAST, Graph, Node
from archcalc.recipes import CLASSES, LOSSES, METRICS, OPTIMIZER, OPTIMIZERS, PROBABILITIES, Recipe
from archcalc.spec import Wrapper

Image = tuple[int, int, int]  # rows, columns, channels


class Target(NamedTuple):
    """What one output is trained towards; `name` is the output's.

    `loss` is a key of LOSSES or `distance` (an rbf layer's). `logits`: the network ends without its softmax or sigmoid.
    `weight` is the loss's in the sum; `reads` is how many values each of the output's is made of, where that is a distance.
    """

    name: str
    loss: str
    logits: bool
    shape: tuple[int, ...]
    weight: float = 1.0
    metrics: tuple[str, ...] = ()
    reads: int = 1

    @property
    def labels(self) -> bool:
        """Whether targets are integers, one for each position; otherwise values of the output's own shape."""
        return self.loss in ("sparse_categorical_crossentropy", "distance")

    @property
    def classes(self) -> int:
        """How many classes it tells apart; 0 if it is for other values."""
        return self.shape[-1] if self.labels or self.loss == "categorical_crossentropy" else 0


class Plan(NamedTuple):
    """A recipe without gaps, but for two: `data` (a data set's name, or a path) and `learning_rate` (Keras's own)."""

    data: str | None
    optimizer: str
    learning_rate: float | None
    targets: tuple[Target, ...]
    epochs: int
    batch: int
    validation: float

    @property
    def target(self) -> Target:
        return self.targets[0]


def plan(graph: Graph) -> Plan:
    """The graph's recipe, with what it leaves open chosen by the network's end.

    Raises:
        CodegenError: it names an optimizer, loss or metric that is not known, or a loss that does not fit its output.
    """
    recipe = graph.recipe or Recipe()
    _check("optimizer", [recipe.optimizer] if recipe.optimizer else [], OPTIMIZERS)
    _check("loss", [*([recipe.loss] if recipe.loss else []), *recipe.losses.values()], LOSSES)
    _check("metric", [*recipe.metrics, *(name for names in recipe.metrics_of.values() for name in names)], METRICS)
    return Plan(
        data=recipe.data,
        optimizer=recipe.optimizer or OPTIMIZER,
        learning_rate=recipe.learning_rate,
        targets=tuple(_target(node, recipe) for node in graph.outputs),
        epochs=recipe.epochs or 5,
        batch=recipe.batch or 128,
        validation=float(recipe.validation or 0),
    )


def _check(what: str, names: list[str], known: Any) -> None:
    for name in names:
        if name not in known:
            raise CodegenError(f"the {what} {name!r} is not known; known are {', '.join(known)}")


def _target(node: Node, recipe: Recipe) -> Target:
    shape = tuple(int(n) for n in node.shape or ())
    end, given = activation(node), recipe.losses.get(node.name, recipe.loss)
    if given is not None and (problem := _misfit(node, given, end, shape)):
        span = recipe.spans.get("loss")
        raise CodegenError(f"{span.source.name}:{span.line}: {problem}" if span else problem)
    loss = given or _loss(node, end, shape)
    logits = loss == "distance" or (loss.endswith("crossentropy") and end not in PROBABILITIES)
    classifies = loss == "distance" or loss.endswith("crossentropy")
    metrics = recipe.metrics_of.get(node.name) or recipe.metrics or (("accuracy",) if classifies else ())
    reads = int(node.input_shapes[0][-1]) if loss == "distance" else 1
    return Target(node.name, loss, logits, shape, recipe.weights.get(node.name, 1.0), metrics, reads)


def _misfit(node: Node, loss: str, end: str, shape: tuple[int, ...]) -> str:
    """Why a loss cannot be that of an output; "" if it can."""
    puts_out = f"`{node.name}` puts out {'x'.join(map(str, shape)) or 'one value'}"
    if not loss.endswith("crossentropy"):
        return ""
    if node.kind == "rbf":
        return f"loss {loss} is for probabilities; {puts_out} distances (without a `loss` line it learns to make the right one small)"
    if loss == "binary_crossentropy":
        several = end == "softmax" and shape[-1:] > (1,)
        return f"loss {loss} judges each value by itself; {puts_out} values of a softmax, which add up to 1 ({_CLASSES})" if several else ""
    if shape[-1:] > (1,):
        return ""
    return f"loss {loss} needs a value for each class, 2 or more; {puts_out} (binary_crossentropy is for one value)"


_CLASSES = "sparse_categorical_crossentropy and categorical_crossentropy are for classes"


def _loss(node: Node, end: str, shape: tuple[int, ...]) -> str:
    """What suits the network's end: classes after a softmax, or after a dense layer that leaves it out."""
    if node.kind == "rbf":
        return "distance"
    if shape[-1:] > (1,) and (end == "softmax" or (end == "linear" and node.kind == "dense")):
        return "sparse_categorical_crossentropy"
    return "binary_crossentropy" if end == "sigmoid" and shape == (1,) else "mse"


def activation(node: Node) -> str:
    """The function that a node's values come out of; what only arranges them is looked through."""
    while node.layer is not None and node.layer.view and len(node.inputs) == 1:
        node = node.inputs[0]
    layer: Any = node.layer
    while isinstance(layer, Wrapper) and layer.single:
        layer = layer.inner
    return getattr(layer, "activation", None) or getattr(layer, "function", None) or "linear"


def image(shape: tuple[int, ...], layout: str = CHANNELS_LAST) -> Image | None:
    """The image that an input of this shape can hold: a 784 is 28x28x1. None if it holds none."""
    if len(shape) == 3:
        return (shape[0], shape[1], shape[2]) if layout == CHANNELS_LAST else (shape[1], shape[2], shape[0])
    if len(shape) == 2:
        return shape[0], shape[1], 1
    if len(shape) == 1 and isqrt(shape[0]) ** 2 == shape[0]:
        return isqrt(shape[0]), isqrt(shape[0]), 1
    return None


def takes_images(graph: Graph) -> bool:
    """Whether images of ten classes can be fed to it: one input that can hold one, only outputs of ten values or more."""
    if len(graph.inputs) != 1 or indices_into(graph, graph.inputs[0]) is not None:
        return False
    ends = [n.shape or () for n in graph.outputs]
    return image(graph.inputs[0].shape or (), graph.layout) is not None and all(len(end) == 1 and end[0] >= CLASSES for end in ends)


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
