"""What verify confirmed: each layer as predicted, built, trained or computed; how training went, and on what."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.languages import mark, tr, trn
from archcalc.report.drawing.plots.curves import Curve, curve, short
from archcalc.report.drawing.svg import inline
from archcalc.report.page.layers import TALL
from archcalc.report.page.place import MOST_LAYERS, Page
from archcalc.report.proof.holding import NAME, Held, said
from archcalc.report.proof.reading import Found, Layer, Training
from archcalc.report.text import clean, number

STAGES = {"built": mark("Built"), "trained": mark("Trained"), "computed": mark("Computed")}
MOST_CHANGES = 5
MOST_CURVES = 6
MOST_NAMES = 8
LONG = 500  # characters of a text of the file


class Cell(NamedTuple):
    """A stage's figures as text, and whether they are as predicted."""

    text: str
    ok: bool


class Line(NamedTuple):
    """A layer: its place in the page, what is predicted, and what each stage has."""

    id: str
    name: str
    predicted: str
    cells: tuple[Cell, ...]
    macs: tuple[str, str]
    ok: bool


class Shown(NamedTuple):
    """A result as the page shows it. One of another network, or of another state of this one, has no lines: they prove nothing here."""

    id: str
    title: str
    word: str
    style: str
    notes: tuple[str, ...]
    changes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    tall: bool
    curves: tuple[tuple[str, str], ...]


def section(page: Page) -> list[Shown] | None:
    """Every result that was given; None where none was."""
    return [_shown(page, one, i) for i, one in enumerate(page.proofs)] or None


def verdict(one: Held) -> tuple[str, str]:
    """What a result is worth, in words, and its style."""
    if one.another:
        return tr("of another network"), "warning"
    if one.changes:
        return tr("of another state of the network"), "warning"
    if one.confirmed:
        return trn("the layer is as predicted", "all {n} layers are as predicted", len(one.proof.layers)), "ok"
    return tr("not as predicted"), "error"


def title_of(one: Held) -> str:
    """With what a network was built or computed."""
    versions = {key: clean(text[:LONG]) for key, text in one.proof.versions}
    if one.proof.engine == "numpy":
        return tr("Computed with NumPy {numpy}", **versions)
    return tr("Keras {keras} with {backend} {backend_version} on {device}", **versions)


def proven(numbered: tuple[int, Held]) -> tuple[str, str, str]:
    """A result in a few words, for the head of the page: its style, the words, its place."""
    i, one = numbered
    word, style = verdict(one)
    return style, tr("verify: {verdict}", verdict=word), f"proof-{i}"


def _shown(page: Page, one: Held, i: int) -> Shown:
    word, style = verdict(one)
    proof = one.proof
    empty = Shown(f"proof-{i}", title_of(one), word, style, (), (), (), (), (), False, ())
    if one.another:
        names = {"file": clean(proof.file), "other": clean(proof.network[:NAME]), "network": clean(page.analysis.network)}
        text = tr("{file} is of the network {other}; this is {network}. It proves nothing here, and is not shown.", **names)
        return empty._replace(notes=(text,))
    if one.changes:
        text = tr(
            "{file} is of another state of this network, or of other parameters: it proves nothing of what this page shows. Verify again.",
            file=clean(proof.file),
        )
        more = len(one.changes) - MOST_CHANGES
        rest = (trn("and {n} more difference", "and {n} more differences", more),) if more > 0 else ()
        return empty._replace(notes=(text,), changes=(*one.changes[:MOST_CHANGES], *rest))
    lines = tuple(_line(page, one, layer) for layer in proof.layers[:MOST_LAYERS])
    heads = (tr("Predicted"), *(tr(STAGES[stage]) for stage in proof.stages), tr("MACs"), tr("MACs counted"))
    curves = _curves(proof.training, f"proof-{i}") if proof.training else ()
    return empty._replace(notes=_notes(one), facts=_facts(one), heads=heads, lines=lines, tall=len(lines) > TALL, curves=curves)


def _line(page: Page, one: Held, layer: Layer) -> Line:
    wrong = one.differing.get(layer.name, ())
    cells = tuple(Cell(_cell(layer.stages[stage]), stage not in wrong) for stage in one.proof.stages)
    counted = next((f.macs for stage in ("computed", "built") if (f := layer.stages.get(stage)) and f.macs is not None), None)
    macs = ("-" if layer.predicted.macs is None else number(layer.predicted.macs), "-" if counted is None else number(counted))
    return Line(page.ids[layer.name], clean(layer.name[:NAME]), _cell(layer.predicted), cells, macs, not wrong)


def _cell(found: Found | None) -> str:
    """`28x28x6, 156`; with the fixed parameters behind a +."""
    if found is None:
        return tr("missing")
    fixed = f" + {number(found.fixed)}" if found.fixed else ""
    return f"{said('shape', found.shape)}, {number(found.trainable)}{fixed}"


def _notes(one: Held) -> tuple[str, ...]:
    proof = one.proof
    notes = [clean(problem[:LONG]) for problem in proof.problems[:MOST_CHANGES]]
    if one.differing and proof.ok:
        notes.append(tr("{file} says that all is well, and its figures say otherwise.", file=clean(proof.file)))
    if "built" in proof.stages and not proof.training:
        notes.append(tr("Built, not trained: {why}.", why=clean((proof.untrained or tr("it is not said why"))[:LONG])))
    if (left := len(proof.layers) - MOST_LAYERS) > 0:
        notes.append(trn("{n} more layer is compared, and not listed.", "{n} more layers are compared, and not listed.", left))
    reasons: dict[str, int] = {}
    for layer in proof.layers:
        found = layer.stages.get("built")
        if found is not None and found.macs is None and found.uncounted:
            reasons[found.uncounted] = reasons.get(found.uncounted, 0) + 1
    for why, count in list(reasons.items())[:MOST_CHANGES]:
        said_why = clean(why[:LONG])
        notes.append(trn("MACs of {n} layer were not counted: {why}.", "MACs of {n} layers were not counted: {why}.", count, why=said_why))
    return tuple(notes)


def _facts(one: Held) -> tuple[tuple[str, str], ...]:
    """What was done, each with its name."""
    proof, training = one.proof, one.proof.training
    found = [(tr("Result"), proof.file), (tr("Data"), proof.data), (tr("Seed"), str(proof.seed))]
    if training is None:
        return tuple((name, clean(text[:LONG])) for name, text in found if text)
    facts = training.facts
    ran, planned = facts["epochs_run"], facts["epochs"]
    epochs = number(ran) if ran == planned else tr("{ran} of {planned}", ran=number(ran), planned=number(planned))
    found += [(tr("Samples"), number(facts["samples"])), (tr("Epochs"), epochs), (tr("Batch"), number(facts["batch"]))]
    found += [(tr("Time"), tr("{seconds} s", seconds=short(facts["seconds"] or 0.0)))] if facts["seconds"] is not None else []
    found.append((tr("Loss"), _change(facts["loss_before"], facts["loss_after"])))
    outputs = training.outputs if len(training.outputs) > 1 else (("", facts),)
    for name, measured in outputs:
        if measured["accuracy_after"] is not None:
            head = tr("Accuracy of {name}", name=name[:NAME]) if name else tr("Accuracy")
            found.append((head, _change(measured["accuracy_before"], measured["accuracy_after"])))
        if measured["test_accuracy"] is not None:
            tested = tr("{share} of {n} test samples", share=_share(measured["test_accuracy"]), n=number(facts["test_samples"]))
            found.append((tr("Test accuracy of {name}", name=name[:NAME]) if name else tr("Test accuracy"), tested))
    return tuple((name, clean(text[:LONG])) for name, text in [*found, (tr("Weights"), _weights(training))] if text)


def _share(value: float) -> str:
    return f"{value:.4f}"


def _change(before: float | None, after: float | None) -> str:
    nothing = tr("not a number")
    return tr(
        "{before} before, {after} after",
        before=nothing if before is None else _share(before),
        after=nothing if after is None else _share(after),
    )


def _weights(training: Training) -> str:
    changed = training.weights - len(training.unchanged)
    text = tr("{changed} of {weights} trainable arrays changed", changed=number(changed), weights=number(training.weights))
    left = [name[:NAME] for name in training.unchanged[:MOST_NAMES]]
    return tr("{text}; not {names}", text=text, names=", ".join(left)) if left else text


def _curves(training: Training, id_: str) -> tuple[tuple[str, str], ...]:
    """A plot for the loss and for each metric, with what heads it."""
    names = dict.fromkeys(name for epoch in training.history for name in epoch)
    found = []
    for i, name in enumerate(sorted(names, key=lambda name: name != "loss")[:MOST_CURVES]):
        values = tuple(epoch.get(name) for epoch in training.history)
        shown = Curve(clean(name[:40]), values, _apart(training, name, len(values)))
        if any(value is not None for value in values):
            picture = curve(shown)
            found.append((picture.title, inline(picture, f"{id_}-curve-{i}")))
    return tuple(found)


def _apart(training: Training, name: str, epochs: int) -> tuple[tuple[str, int, float], ...]:
    """What was measured by itself: before, after, and on the test samples."""
    places = [("before", tr("before"), 0), ("after", tr("after"), epochs)]
    found = [(word, epoch, training.facts.get(f"{name}_{when}")) for when, word, epoch in places]
    found.append((tr("test"), epochs, training.facts.get(f"test_{name}")))
    return tuple((word, epoch, value) for word, epoch, value in found if value is not None)
