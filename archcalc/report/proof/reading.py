"""A result of `archcalc verify` as the report needs it: docs/verify.md says what its keys hold."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.report.proof.checked import Checked, ProofError, again, document_of

SCHEMA = "archcalc/verify/"
VERSION = 1
STAGES = {"keras": ("built", "trained"), "numpy": ("computed",)}
MOST_EPOCHS = 100_000


class Found(NamedTuple):
    """What a stage has of a layer. A figure that was not counted is None."""

    shape: tuple[int | None, ...]
    trainable: int
    fixed: int
    macs: int | None
    what: tuple[str | None, str | None]  # the class, and the label
    uncounted: str


class Layer(NamedTuple):
    """A layer: as it was predicted then, and as each stage has it; None where a stage has no such layer."""

    name: str
    kind: str
    predicted: Found
    stages: dict[str, Found | None]


class Training(NamedTuple):
    """What training did. `facts` are whole numbers and numbers by the JSON's names; `history` has the figures of each epoch."""

    facts: dict[str, float | None]
    outputs: tuple[tuple[str, dict[str, float | None]], ...]
    weights: int
    unchanged: tuple[str, ...]
    history: tuple[dict[str, float | None], ...]


class Proof(NamedTuple):
    """One result. `stages` are those that were reached."""

    file: str
    network: str
    engine: str
    versions: tuple[tuple[str, str], ...]
    data: str | None
    seed: int
    ok: bool
    problems: tuple[str, ...]
    layers: tuple[Layer, ...]
    stages: tuple[str, ...]
    training: Training | None
    untrained: str | None


def read_proof(content: bytes, name: str) -> Proof:
    """The result in a file.

    Raises:
        ProofError: it is none, or one of another version; in one line, with what to do.
    """
    document = document_of(content, name)
    _check_schema(document)
    engine = document.text("engine")
    if engine not in STAGES:
        document.refuse(engine, " or ".join(STAGES), "engine")
    training = document.object_or_none("training")
    reached = tuple(stage for stage in STAGES[engine] if stage != "trained" or training is not None)
    names = ("numpy",) if engine == "numpy" else ("keras", "backend", "backend_version", "device")
    layers = tuple(_layer(one, reached) for one in document.objects("layers"))
    if len({layer.name for layer in layers}) < len(layers):
        raise ProofError(f"{name}: two layers have the same name; {again(name)}")
    return Proof(
        name,
        document.text("network"),
        engine,
        tuple((key, document.text(key)) for key in names),
        document.text_or_none("data"),
        document.whole("seed"),
        document.flag("ok"),
        document.texts("problems"),
        layers,
        reached,
        None if training is None else _training(training),
        document.text_or_none("untrained"),
    )


def _check_schema(document: Checked) -> None:
    schema = document.found.get("schema")
    if schema == f"{SCHEMA}{VERSION}":
        return
    name = document.document
    number = schema.removeprefix(SCHEMA) if isinstance(schema, str) else ""
    if isinstance(schema, str) and schema != number and number.isdecimal() and len(number) < 9:
        raise ProofError(
            f"{name} is of the form {SCHEMA}{number}, and this archcalc reads {SCHEMA}{VERSION}: upgrade archcalc, or verify again"
        )
    if schema is None:
        raise ProofError(f"{name} is no result of verify: it has no `schema`; {again(name)}")
    document.refuse(schema, f'"{SCHEMA}{VERSION}"', "schema")


def _layer(one: Checked, reached: tuple[str, ...]) -> Layer:
    predicted = Checked(one.get("predicted"), f"{one.path}.predicted", one.document)
    found = {stage: one.object_or_none(stage) for stage in reached}
    return Layer(one.text("name"), one.text("kind"), _found(predicted), {k: None if v is None else _found(v) for k, v in found.items()})


def _found(one: Checked) -> Found:
    return Found(
        one.shape("output_shape"),
        one.whole("trainable_params"),
        one.whole("non_trainable_params"),
        one.whole_or_none("macs"),
        (one.text_or_none("class"), one.text_or_none("label")),
        one.text_or_none("uncounted") or "",
    )


WHOLE = ("samples", "test_samples", "epochs", "epochs_run", "batch", "steps")
ACCURACIES = ("accuracy_before", "accuracy_after", "test_accuracy")
NUMBERS = ("seconds", "seconds_per_step", "loss_before", "loss_after", *ACCURACIES)


def _training(one: Checked) -> Training:
    facts: dict[str, float | None] = {key: one.whole(key) for key in WHOLE}
    facts |= {key: one.number_or_none(key) for key in NUMBERS}
    outputs = tuple((o.text("name"), {key: o.number_or_none(key) for key in ACCURACIES}) for o in one.objects("outputs"))
    return Training(facts, outputs, one.whole("weights"), one.texts("unchanged"), _history(one))


def _history(one: Checked) -> tuple[dict[str, float | None], ...]:
    """The figures of each epoch; none in results of before there were any."""
    if one.found.get("history") is None:
        return ()
    epochs = one.objects("history")
    if len(epochs) > MOST_EPOCHS:
        raise ProofError(f"{one.document}: training.history has {len(epochs):,} epochs, more than {MOST_EPOCHS:,}; {again(one.document)}")
    return tuple({name: epoch.number_or_none(name) for name in epoch.found} for epoch in epochs)
