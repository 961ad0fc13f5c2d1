"""The training recipe: `train { data mnist; optimizer rmsprop, 1e-3; loss mse; epochs 5; batch 128 }`.

Its lines are declared like layer kinds, so that binding, suggestions and checks are the same. Three of them may name outputs:
`loss which=sparse_categorical_crossentropy, age=mse`, `weights age=0.3`, `metrics which=accuracy, age=(mae, mse)`.
"""

from __future__ import annotations

from typing import Any

from archcalc.argtypes import Choice, Count, Name, Number
from archcalc.arguments import arg
from archcalc.binding import Given, bind
from archcalc.diagnostics import Diagnostic
from archcalc.graph import Graph
from archcalc.languages import phrase
from archcalc.names import suggestion
from archcalc.recipes import DATA_SETS, LOSSES, METRICS, OPTIMIZERS, Recipe
from archcalc.registry import declare
from archcalc.resolve.expressions import evaluate
from archcalc.resolve.labels import Frame
from archcalc.resolve.scope import Fail, Scope
from archcalc.source import Span
from archcalc.spec import Layer
from archcalc.syntax import tree
from archcalc.values import Word


class DataName(Name):
    """A data set's word, or the path of a file in quotes."""

    says = phrase("one of {names}, or a path in quotes", names=", ".join(DATA_SETS))
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
class Weights(Layer):
    """How much each output's loss counts in the sum; 1 if not given."""

    kind = "weights"
    weights: Any = arg(Number(0), "the factor")


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


LINES: dict[str, type[Layer]] = {line.kind: line for line in (Data, Optimizer, Loss, Weights, Metrics, Epochs, Batch, Validation)}
FOR_OUTPUTS = {"loss": "losses", "weights": "weights", "metrics": "metrics_of"}  # and where a recipe has them by output
KERAS = {"loss_weights": "weights", "batch_size": "batch", "validation_split": "validation"}  # Keras's names for lines


def read_recipe(item: tree.Statement, scope: Scope) -> tuple[Recipe, list[Diagnostic]]:
    """The recipe that a `train { ... }` block holds, and what is wrong with it."""
    recipe = Recipe(item.span)
    findings: list[Diagnostic] = []
    for line in item.body.items if item.body else ():
        name = KERAS.get(line.kind, line.kind) if isinstance(line, tree.Statement) else ""
        if not isinstance(line, tree.Statement) or name not in LINES:
            if not isinstance(line, tree.Broken):
                name = name or line.span.text.split()[0]
                findings.append(Diagnostic("E501", line.span, {"name": f"`{name}`"}, fixes=suggestion(name, (*LINES, *KERAS))))
        elif name in recipe.spans:
            findings.append(Diagnostic("E502", line.span, related=((recipe.spans[name], phrase("the first one")),)))
        else:
            recipe.spans[name] = line.span
            findings += _no_more_than_arguments(line)
            try:
                given = [Given(evaluate(a.value, scope, words=True), a.value.span, a.keyword, a.keyword_span) for a in line.arguments]
            except Fail as failure:
                findings += failure.findings
                continue
            read = _read_for_outputs if name in FOR_OUTPUTS else _read_line
            findings += read(name, given, line.kind_span, recipe)
    return recipe, findings


def _no_more_than_arguments(line: tree.Statement) -> list[Diagnostic]:
    parts = {"a label": line.label, "`from`": line.sources, "a body": line.body, "`-> size`": line.size}
    return [Diagnostic("E139", line.kind_span, {"kind": f"`{line.kind}`", "what": what}) for what, part in parts.items() if part]


def _read_line(kind: str, given: list[Given], span: Span, recipe: Recipe) -> list[Diagnostic]:
    bound = bind(LINES[kind], given, span)
    if bound.findings:
        return bound.findings
    value = bound.values[kind]
    if kind == "optimizer" and "learning_rate" in bound.values:
        recipe.learning_rate = float(bound.values["learning_rate"])
    setattr(recipe, kind, float(value) if kind == "validation" else value)
    return []


def _read_for_outputs(kind: str, given: list[Given], span: Span, recipe: Recipe) -> list[Diagnostic]:
    """What stands without a name is for every output, what stands with one for that output alone."""
    findings = [] if given else bind(LINES[kind], [], span).findings
    everywhere: list[Any] = []
    for g in given:
        named = g.keyword not in (None, kind)
        found = _too_many(kind, g, len(everywhere)) if not named else _said_before(kind, g, recipe)
        values, wrong = _values(kind, g, span)
        findings += found + wrong
        if found or wrong:
            continue
        if named:
            recipe.name_spans[kind, str(g.keyword)] = g.keyword_span or g.span
            getattr(recipe, FOR_OUTPUTS[kind])[g.keyword] = values if kind == "metrics" else values[0]
        else:
            everywhere += values
    if everywhere:
        setattr(recipe, kind, tuple(everywhere) if kind == "metrics" else everywhere[0])
    return findings


def _values(kind: str, g: Given, span: Span) -> tuple[tuple[Any, ...], list[Diagnostic]]:
    """One argument's value, or its several: `(mae, mse)`."""
    written = g.value if kind == "metrics" and isinstance(g.value, tuple | list) else (g.value,)
    bounds = [bind(LINES[kind], [g._replace(value=v, keyword=None if isinstance(v, Word) else kind)], span) for v in written]
    values = tuple(bound.values.get(kind) for bound in bounds)
    findings = [finding for bound in bounds for finding in bound.findings]
    return tuple(float(v) for v in values if v is not None) if kind == "weights" else values, findings


def _too_many(kind: str, g: Given, before: int) -> list[Diagnostic]:
    """Of losses one is for every output, of metrics several may be; weights are always some output's."""
    if kind == "metrics" or (kind == "loss" and not before):
        return []
    facts = {"kind": kind, "most": phrase("1 argument") if kind == "loss" else phrase("no argument")}
    return [Diagnostic("E113", g.span, facts, fixes=(phrase("name the outputs: `{kind} a={name}, b=...`", kind=kind, name=g.span.text),))]


def _said_before(kind: str, g: Given, recipe: Recipe) -> list[Diagnostic]:
    first = recipe.name_spans.get((kind, str(g.keyword)))
    if first is None:
        return []
    return [Diagnostic("E111", g.keyword_span or g.span, {"name": f"`{g.keyword}`"}, related=((first, phrase("given first here")),))]


def fit_to_outputs(recipe: Recipe, graph: Graph, frame: Frame) -> list[Diagnostic]:
    """Turn the names in a recipe into those of the outputs' nodes, now that the network is complete; report those of no output."""
    findings: list[Diagnostic] = []
    known = [n.name for n in graph.outputs]
    for (kind, name), span in recipe.name_spans.items():
        label = frame.labels.get(name)
        borne = [] if label is None else [n.name for bearer in label.bearers for n in bearer.outputs]
        nodes = [n for n in borne if n in known] or [n for n in known if n == name]
        values = getattr(recipe, FOR_OUTPUTS[kind])
        value = values.pop(name)
        values.update(dict.fromkeys(nodes, value))
        if not nodes:
            fixes = suggestion(name, known) or (phrase("it puts out {names}", names=", ".join(known)),)
            findings.append(Diagnostic("E503", span, {"name": f"`{name}`", "network": graph.name}, fixes=fixes))
    return findings
