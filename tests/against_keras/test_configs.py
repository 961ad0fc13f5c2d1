"""Each kind in many configurations: shape, trainable and other parameters as real Keras has them, and refusals too."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from against_keras.table import CONFIGS, Config, build

import archcalc
from archcalc.registry import every_kind

CASES = [pytest.param(c, id=f"{c.path.stem}-{c.number + 1}-{c.line.replace(' ', '_')}") for c in CONFIGS]
FEWEST = 10
# Kinds that have fewer configurations than that, since they have no arguments and one rule for all shapes.
NO_KERAS = {cls.kind for cls in every_kind().values() if cls.keras is None}


def predicted(config: Config) -> tuple[str, ...]:
    analysis = archcalc.analyze(text=config.network)
    errors = [d.code for d in analysis.diagnostics if d.severity == "error"]
    if errors:
        return (errors[0],)
    node = analysis.layers["L"] if config.inputs else analysis.graph.inputs[0].row
    return "x".join(map(str, node.output_shape)), str(node.trainable_params), str(node.non_trainable_params)


def built(config: Config, keras: Any) -> tuple[str, ...]:
    """What Keras makes of it: its figures, or what it says where it refuses."""
    try:
        out, model = build(config, keras)
    except Exception as error:  # whatever it is, Keras refuses
        return ("refused", f"{type(error).__name__}: {error}"[:200])
    counts = [sum(int(w.numpy().size) for w in ws) for ws in (model.trainable_weights, model.non_trainable_weights)]
    return "x".join(map(str, out.shape[1:])), str(counts[0]), str(counts[1])


@pytest.mark.parametrize("config", CASES)
def test_archcalc_gives_what_keras_gave(config: Config) -> None:
    assert predicted(config)[: len(config.expected)] == config.expected[: len(predicted(config))]


@pytest.mark.parametrize("config", CASES)
def test_keras_gives_what_the_table_says(config: Config, update: bool) -> None:
    keras = pytest.importorskip("keras", reason="Keras is not installed")
    found = built(config, keras)
    if update and found[0] != "refused" and not config.differs:
        write(config, found)
        return
    if config.differs:
        assert (found[0] == "refused") != config.refused or found != config.expected[: len(found)], found
    elif config.refused:
        assert found[0] == "refused", found
    else:
        assert found == config.expected


def write(config: Config, found: tuple[str, ...]) -> None:
    lines = config.path.read_text(encoding="utf-8").splitlines()
    lines[config.number] = " | ".join([*(cell.strip() for cell in lines[config.number].split(" | ")[:3]), *found])
    config.path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_every_kind_of_keras_has_enough_configurations() -> None:
    counts = Counter(c.kind for c in CONFIGS)
    few = {cls.kind: counts[cls.kind] for cls in every_kind().values() if cls.keras and counts[cls.kind] < FEWEST}
    assert few == {}


def test_every_section_is_a_kind() -> None:
    assert {c.kind for c in CONFIGS} <= set(every_kind())
