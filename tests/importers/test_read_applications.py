"""Models of keras.applications, as Keras writes them: every layer's shape and parameters. All of them are in docs/evidence/keras-applications.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from importers.facts import disagreements, facts_of
from importers.recording import HERE, store, stored
from importers.same_again import analyzed, errors
from zoo.side_by_side import model_of

import archcalc

pytestmark = pytest.mark.filterwarnings("ignore")
RECORDING = "applications.jsonl.gz"
NAMES = (
    "ConvNeXtTiny", "DenseNet121", "EfficientNetV2B0", "InceptionResNetV2", "MobileNetV3Small", "NASNetMobile", "ResNet50", "Xception",
)  # fmt: skip
_HEAD, *_MODELS = stored(RECORDING) if (HERE / RECORDING).exists() else [{}]
MODELS: dict[str, tuple[str, dict[str, Any]]] = {name: (text, facts) for name, text, facts in _MODELS}
# Multiply-accumulates of these in millions, as TensorFlow's profiler counts them of Keras's own model.
MILLIONS = {"ResNet50": 3858, "DenseNet121": 2834, "Xception": 8357}


@pytest.mark.parametrize("name", MODELS)
def test_every_layer_is_as_keras_has_it(name: str) -> None:
    text, facts = MODELS[name]
    analysis = analyzed(text)
    assert errors(analysis) == []
    assert disagreements(analysis, facts) == []
    assert [analysis.totals.params, analysis.totals.trainable_params] == [facts["params"], facts["trainable"]]
    assert not [d for d in analysis.diagnostics if d.code in ("W131", "W132")]
    assert name not in MILLIONS or round((analysis.totals.macs or 0) / 1e6) == MILLIONS[name]


def test_another_size_gives_other_shapes_and_the_same_parameters() -> None:
    text, facts = MODELS["MobileNetV3Small"]
    analysis = analyzed(text, parameters={"H": 160, "W": 192})
    assert analysis.totals.params == facts["params"]
    assert analysis.layers["conv"].output_shape == (80, 96, 16)


@pytest.mark.parametrize("name", NAMES)
def test_keras_writes_and_says_what_is_recorded(name: str, update: bool) -> None:
    keras = pytest.importorskip("keras", reason="Keras is not installed")
    if update:
        pytest.skip("all are written at once")
    text, facts = _built(keras, name)
    if keras.__version__ == _HEAD["keras"]:
        assert facts == MODELS[name][1]
        assert json.loads(text) == json.loads(MODELS[name][0])
    assert disagreements(analyzed(text), facts) == []


@pytest.mark.parametrize("options", [{"include_top": False}, {"input_shape": (192, 160, 3)}], ids=["without its classifier", "192x160"])
def test_without_a_classifier_and_for_other_sizes(options: dict[str, Any]) -> None:
    keras = pytest.importorskip("keras", reason="Keras is not installed")
    for name in ("DenseNet121", "NASNetMobile"):
        text, facts = _built(keras, name, **options)
        assert disagreements(analyzed(text), facts) == []


def test_a_keras_file_is_read_as_its_json_is(tmp_path: Path) -> None:
    keras = pytest.importorskip("keras", reason="Keras is not installed")
    model = keras.applications.MobileNetV3Small(weights=None)
    model.compile("adam", "mse")  # which is written into the file
    model.save(tmp_path / "m.keras")
    (tmp_path / "m.json").write_text(model.to_json(), encoding="utf-8")
    one, other = (archcalc.analyze(str(tmp_path / name)) for name in ("m.keras", "m.json"))
    assert one.to_json().replace("m.keras", "m.json") == other.to_json()
    assert one.totals.params == model.count_params()


def test_the_recording_is_written(update: bool) -> None:
    if update:
        keras = pytest.importorskip("keras", reason="Keras is not installed")
        store(RECORDING, [{"keras": keras.__version__}, *([name, *_built(keras, name)] for name in NAMES)])
    else:
        assert set(MODELS) == set(NAMES)


def _built(keras: Any, name: str, **options: Any) -> tuple[str, dict[str, Any]]:
    keras.backend.clear_session(free_memory=False)
    model = model_of(keras, lambda: getattr(keras.applications, name)(weights=None, **options))
    return model.to_json(), json.loads(json.dumps(facts_of(keras, model)))
