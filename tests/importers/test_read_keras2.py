"""Models as Keras 2 wrote them: every layer is as it says, and every line of tests/against_keras that it builds is read as the line says it.

`keras2.jsonl.gz` is made by `write_keras2.py`, since Keras 2 and Keras 3 do not go together.
"""

from __future__ import annotations

from typing import Any

import pytest
from importers.facts import disagreements
from importers.recording import stored
from importers.same_again import analyzed, errors
from importers.test_read_kinds import BUILDS, problems

HEAD, *ENTRIES = stored("keras2.jsonl.gz")
MODELS: dict[str, tuple[str, Any]] = {name: (text, facts) for name, text, facts in ENTRIES if isinstance(name, str)}
LINES = {tuple(key): text for key, text, _ in ENTRIES if isinstance(key, list)}
# A file of Keras 2 has no shapes: what a class of your own puts out is not in it.
UNSAID = {"model_in_time_distributed": 1, "lambdas": 2}


@pytest.mark.parametrize("name", MODELS)
def test_every_layer_is_as_keras_2_has_it(name: str) -> None:
    text, facts = MODELS[name]
    analysis = analyzed(text)
    assert disagreements(analysis, facts) == []
    assert [d.code for d in analysis.diagnostics if d.severity == "error"] == ["E606"] * UNSAID.get(name, 0), errors(analysis)
    assert [d.message for d in analysis.diagnostics if d.code == "W131"] == []


@pytest.mark.parametrize("file", sorted({key[0] for key in LINES}))
def test_a_line_is_read_from_what_keras_2_writes(file: str) -> None:
    by_line = {(key[0], *key[2:]): config for key, config in BUILDS.items() if not key[1]}
    wrong = {key: found for key, text in LINES.items() if key[0] == file and (found := problems(by_line[key], text))}
    assert wrong == {}


def test_most_lines_are_among_them() -> None:
    assert HEAD["keras"].startswith("2.")
    assert len(LINES) > 750
    assert len(MODELS) > 35
