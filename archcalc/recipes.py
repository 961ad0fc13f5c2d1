"""How a network is to be trained: what a recipe holds, and the words that it knows."""

from __future__ import annotations

from archcalc.source import Span

DATA_SETS = ("digits", "mnist", "fashion_mnist", "random")

# The words for optimizers and losses, with Keras 3's classes for them.
OPTIMIZERS = {
    "adadelta": "Adadelta", "adafactor": "Adafactor", "adagrad": "Adagrad", "adam": "Adam", "adamax": "Adamax", "adamw": "AdamW",
    "ftrl": "Ftrl", "lion": "Lion", "nadam": "Nadam", "rmsprop": "RMSprop", "sgd": "SGD",
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
