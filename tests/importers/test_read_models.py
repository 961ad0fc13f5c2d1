"""Models of many shapes, as real Keras writes them: nested, shared, with dictionaries, strange names, free sizes, layers of their own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from importers.facts import disagreements, facts_of
from importers.keras_models import BUILDERS
from importers.recording import HERE, store, stored, without_code
from importers.same_again import analyzed, errors

pytestmark = pytest.mark.filterwarnings("ignore")
RECORDING = "models.jsonl.gz"
_HEAD, *_MODELS = stored(RECORDING) if (HERE / RECORDING).exists() else [{}]
MODELS: dict[str, tuple[str, dict[str, Any]]] = {name: (text, facts) for name, text, facts in _MODELS}
# What ends in something of which the file does not say what comes out: code of one's own; operations with sizes that are not numbers.
UNSAID = {"ends_in_operations": 4, "own_layers": 1}


@pytest.mark.parametrize("name", MODELS)
def test_every_layer_is_as_keras_has_it(name: str) -> None:
    text, facts = MODELS[name]
    analysis = analyzed(text)
    assert disagreements(analysis, facts) == []
    assert [d.code for d in analysis.diagnostics if d.severity == "error"] == ["E606"] * UNSAID.get(name, 0), errors(analysis)


def test_keras_writes_and_says_what_is_recorded(update: bool) -> None:
    keras = pytest.importorskip("keras", reason="Keras is not installed")
    written = {name: _built(keras, name) for name in BUILDERS}
    if update:
        store(RECORDING, [{"keras": keras.__version__}, *([name, *found] for name, found in written.items())])
        return
    assert MODELS.keys() == written.keys()
    for name, (text, facts) in written.items():
        assert facts == MODELS[name][1], name
        if keras.__version__ == _HEAD["keras"]:
            assert json.loads(text) == json.loads(MODELS[name][0]), name
        assert disagreements(analyzed(text), facts) == [], name


def _built(keras: Any, name: str) -> tuple[str, dict[str, Any]]:
    keras.backend.clear_session(free_memory=False)
    model = BUILDERS[name](keras)
    return without_code(model.to_json()), json.loads(json.dumps(facts_of(keras, model)))
