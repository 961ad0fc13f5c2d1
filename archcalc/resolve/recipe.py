"""The training recipe: `train { data mnist; optimizer rmsprop, 1e-3; loss mse; epochs 5; batch 128 }`.

Its lines are declared like layer kinds, so that binding, suggestions and checks are the same.
"""

from __future__ import annotations

from typing import Any

from archcalc.argtypes import Choice, Count, Name, Number
from archcalc.arguments import arg
from archcalc.binding import Given, bind
from archcalc.diagnostics import Diagnostic
from archcalc.names import suggestion
from archcalc.recipes import DATA_SETS, LOSSES, METRICS, OPTIMIZERS, Recipe
from archcalc.resolve.expressions import evaluate
from archcalc.resolve.scope import Fail, Scope
from archcalc.spec import Layer, declare
from archcalc.syntax import tree
from archcalc.values import Word


class DataName(Name):
    """A data set's word, or the path of a file in quotes."""

    says = f"one of {', '.join(DATA_SETS)}, or a path in quotes"
    words = DATA_SETS
    by_position = True

    def read(self, value: Any) -> str:
        if isinstance(value, Word) and value not in DATA_SETS:
            raise self.refuse(value)
        return super().read(value)


@declare
class Data(Layer):
    """What the network is trained on."""

    kind = "data"
    data: str = arg(DataName(), "the data set")


@declare
class Optimizer(Layer):
    """The optimizer and its learning rate."""

    kind = "optimizer"
    optimizer: str = arg(Choice(*OPTIMIZERS), "the optimizer")
    learning_rate: Any = arg(Number(0), "the learning rate; Keras's own, if not given", None, short=("rate",))


@declare
class Loss(Layer):
    """The loss; one that starts with `sparse_` takes integer labels, `categorical_crossentropy` one-hot ones."""

    kind = "loss"
    loss: str = arg(Choice(*LOSSES), "the loss")


@declare
class Metrics(Layer):
    """What is reported beside the loss."""

    kind = "metrics"
    metrics: str = arg(Choice(*METRICS), "the metric")


@declare
class Epochs(Layer):
    """How often the training data is gone through."""

    kind = "epochs"
    epochs: int = arg(Count(), "number of epochs")


@declare
class Batch(Layer):
    """How many samples make one step."""

    kind = "batch"
    batch: int = arg(Count(), "samples in a step")


@declare
class Validation(Layer):
    """Which part of the training data is kept for validation."""

    kind = "validation"
    validation: Any = arg(Number(0, 1, below=True), "fraction of the training data")


LINES: dict[str, type[Layer]] = {line.kind: line for line in (Data, Optimizer, Loss, Metrics, Epochs, Batch, Validation)}


def read_recipe(item: tree.Statement, scope: Scope) -> tuple[Recipe, list[Diagnostic]]:
    """The recipe that a `train { ... }` block holds, and what is wrong with it."""
    recipe = Recipe(item.span)
    findings: list[Diagnostic] = []
    for line in item.body.items if item.body else ():
        if not isinstance(line, tree.Statement) or line.kind not in LINES:
            if not isinstance(line, tree.Broken):
                name = line.kind if isinstance(line, tree.Statement) else line.span.text.split()[0]
                findings.append(Diagnostic("E501", line.span, {"name": f"`{name}`"}, fixes=suggestion(name, LINES)))
        elif line.kind in recipe.spans:
            findings.append(Diagnostic("E502", line.span, related=((recipe.spans[line.kind], "the first one"),)))
        else:
            recipe.spans[line.kind] = line.span
            findings += _read_line(line, recipe, scope)
    return recipe, findings


def _read_line(line: tree.Statement, recipe: Recipe, scope: Scope) -> list[Diagnostic]:
    try:
        given = [Given(evaluate(a.value, scope, words=True), a.value.span, a.keyword, a.keyword_span) for a in line.arguments]
    except Fail as failure:
        return failure.findings
    bound = bind(LINES[line.kind], given, line.kind_span)
    if bound.findings:
        return bound.findings
    value = bound.values[line.kind]
    if line.kind == "optimizer" and "learning_rate" in bound.values:
        recipe.learning_rate = float(bound.values["learning_rate"])
    if line.kind == "validation":
        value = float(value)
    setattr(recipe, line.kind, (value,) if line.kind == "metrics" else value)
    return []
