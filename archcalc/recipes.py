"""How a network is to be trained: what a recipe holds, and the words that it knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from archcalc.activations import Function
from archcalc.languages import phrase
from archcalc.source import Span

OF_IMAGES = ("digits", "mnist", "fashion_mnist")
CLASSES = 10  # of each data set with images
DATA_SETS = (*OF_IMAGES, "random")

# The words for optimizers and losses, with Keras 3's classes for them.
OPTIMIZERS = {
    "adadelta": "Adadelta", "adafactor": "Adafactor", "adagrad": "Adagrad", "adam": "Adam", "adamax": "Adamax", "adamw": "AdamW",
    "ftrl": "Ftrl", "lion": "Lion", "nadam": "Nadam", "rmsprop": "RMSprop", "sgd": "SGD",
}  # fmt: skip
OPTIMIZER = "adam"  # where a recipe names none
# How many values an optimizer keeps for each trainable one, with Keras's default arguments.
SLOTS = {
    "adadelta": 2, "adafactor": 1, "adagrad": 1, "adam": 2, "adamax": 2, "adamw": 2, "ftrl": 2, "lion": 1, "nadam": 2, "rmsprop": 1,
    "sgd": 0,
}  # fmt: skip
LOSSES = {
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
    "categorical_crossentropy": "CategoricalCrossentropy",
    "binary_crossentropy": "BinaryCrossentropy",
    "mse": "MeanSquaredError",
    "mean_squared_error": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "mean_absolute_error": "MeanAbsoluteError",
    "hinge": "Hinge",
    "huber": "Huber",
    "kl_divergence": "KLDivergence",
    "poisson": "Poisson",
}
BINARY = "binary_crossentropy"  # for one yes or no
# What ends with one of these is taken for probabilities by the cross-entropies, anything else for logits.
PROBABILITIES = ("softmax", "sigmoid")


class Wants(NamedTuple):
    """What a loss wants of an output, in words, and the fix; `fits` says whether a function gives that.

    With `classes`, it wants a value for each class, along the last axis.
    """

    says: str
    fix: str
    fits: Callable[[Function], bool]
    classes: bool = False


def _logits(function: Function) -> bool:
    """Any numbers, or logarithms of probabilities, which softmax turns into these again."""
    return function.name not in PROBABILITIES and (function.low is function.high is None or function.alone == 0)


WANTS = {
    **dict.fromkeys(
        ("sparse_categorical_crossentropy", "categorical_crossentropy"),
        Wants(
            phrase("wants probabilities that add up to 1, or logits, which may be any numbers"),
            phrase("end with `softmax`, or without an activation"),
            lambda f: f.name == "softmax" or _logits(f),
            classes=True,
        ),
    ),
    BINARY: Wants(
        phrase("judges each value by itself, as a probability or a logit"),
        phrase("end with `sigmoid`, or without an activation"),
        lambda f: f.name == "sigmoid" or (_logits(f) and f.alone is None),
    ),
    "kl_divergence": Wants(phrase("wants probabilities"), phrase("end with `softmax`"), lambda f: (f.low, f.high) == (0, 1)),
    "poisson": Wants(
        phrase("wants values above 0"), phrase("end with `softplus` or `exponential`"), lambda f: f.low is not None and f.low >= 0
    ),
    "hinge": Wants(
        phrase("is for answers of -1 and 1"), phrase("end with `tanh`, or without an activation"), lambda f: f.low is None or f.low < 0
    ),
}
METRICS = ("accuracy", "mse", "mae")


class Recipe:
    """How to train: what the `train` block says; None or nothing where it is silent.

    `loss` and `metrics` are for every output; `losses`, `weights` and `metrics_of` for some, by name: as written at first, and those of the
    outputs' nodes once the network is complete. `spans` is where each line stands, `name_spans` where a line names an output.
    """

    __slots__ = (
        "batch", "data", "epochs", "learning_rate", "loss", "losses", "metrics", "metrics_of", "name_spans", "optimizer", "span", "spans",
        "validation", "weights",
    )  # fmt: skip

    def __init__(self, span: Span | None = None) -> None:
        self.span = span
        self.spans: dict[str, Span] = {}
        self.name_spans: dict[tuple[str, str], Span] = {}
        self.data: str | None = None
        self.optimizer: str | None = None
        self.learning_rate: float | None = None
        self.loss: str | None = None
        self.losses: dict[str, str] = {}
        self.weights: dict[str, float] = {}
        self.metrics: tuple[str, ...] = ()
        self.metrics_of: dict[str, tuple[str, ...]] = {}
        self.epochs: int | None = None
        self.batch: int | None = None
        self.validation: float | None = None
