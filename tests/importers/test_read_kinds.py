"""Every kind that Keras has, in every configuration of tests/against_keras: what Keras writes of it is read as the line says it.

The models are in `kinds.jsonl.gz`, as Keras wrote them; so all but the last tests need no Keras.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from against_keras.table import CONFIGS, Config, build
from codegen.recorded import module_of
from importers.recording import HERE, store, stored
from importers.same_again import analyzed, errors

import archcalc
from archcalc.codegen import CodegenError
from archcalc.registry import every_kind

pytestmark = pytest.mark.filterwarnings("ignore")
RECORDING = "kinds.jsonl.gz"
Key = tuple[str, ...]

# Keras writes no data_format of it, and goes by a setting of the process: the file does not say what it means.
UNSAID = ("normalization", "first", "3x8x9", "rescale [0.5, 2, 1]", "Rescaling([0.5, 2, 1])")
# Keras computes nothing of it in a graph, so that there is no model to be written.
NO_MODEL = "equalization"


def key_of(config: Config) -> Key:
    shapes = ", ".join("x".join(map(str, x)) for x in config.inputs)
    return config.path.stem, "first" if config.first else "", shapes, config.line, config.keras


BUILDS = {key_of(c): c for c in CONFIGS if c.inputs and not c.refused and not c.differs and key_of(c) != UNSAID}
_HEAD, *_MODELS = stored(RECORDING) if (HERE / RECORDING).exists() else [{}]
RECORDED: dict[Key, str] = {tuple(key): model for key, model in _MODELS}
FILES = sorted({key[0] for key in BUILDS})


def problems(config: Config, text: str) -> list[str]:
    """Where the model that is read has other figures than the line, or than Keras itself."""
    ours, read = archcalc.analyze(text=config.network), analyzed(text)
    if errors(read):
        return errors(read)
    (out,) = [n for n in read.graph.outputs if n.kind != "part"]
    shape, *counts = config.expected
    found = []
    if out.shape != ours.layers["L"].output_shape or "x".join(map(str, out.shape or ())) != shape:
        found.append(f"the shape is {out.shape}, and not {shape}")
    alone = "keras.Sequential" not in config.keras  # what is one layer here may be two there
    for figure in ("trainable_params", "non_trainable_params", "macs", *(("connections", "flops", "units") if alone else ())):
        if getattr(read.totals, figure) != getattr(ours.totals, figure):
            found.append(f"{figure}: {getattr(read.totals, figure)}, and not {getattr(ours.totals, figure)}")
    if [str(read.totals.trainable_params), str(read.totals.non_trainable_params)] != counts:
        found.append(f"parameters: {read.totals.trainable_params} and {read.totals.non_trainable_params}, and not {counts}")
    if [d.code for d in read.diagnostics] != [d.code for d in ours.diagnostics]:
        found.append(str([d.message for d in read.diagnostics]))
    return found


@pytest.mark.parametrize("file", FILES)
def test_a_model_of_each_line_is_read_with_the_figures_of_the_line(file: str) -> None:
    wrong = {key: found for key, text in RECORDED.items() if key[0] == file and (found := problems(BUILDS[key], text))}
    assert wrong == {}


def test_every_kind_of_keras_is_among_them() -> None:
    read = {BUILDS[key].kind for key in RECORDED}
    assert {cls.kind for cls in every_kind().values() if cls.keras} - read == {"input", NO_MODEL}


def test_all_lines_that_keras_builds_are_recorded(update: bool) -> None:
    if not update:
        assert RECORDED.keys() == BUILDS.keys()


def test_keras_writes_what_is_recorded(update: bool) -> None:
    keras = pytest.importorskip("keras", reason="Keras is not installed")
    written = {key: text_of(keras, config) for key, config in BUILDS.items()}
    if update:
        store(RECORDING, [{"keras": keras.__version__}, *([key, text] for key, text in written.items())])
    elif keras.__version__ == _HEAD["keras"]:
        assert [key for key in written if unnamed(json.loads(written[key])) != unnamed(json.loads(RECORDED[key]))] == []
    else:  # another Keras may write other things, of which the same figures have to come
        wrong = {key: found for key, text in written.items() if (found := problems(BUILDS[key], text))}
        assert wrong == {}


def text_of(keras: Any, config: Config) -> str:
    keras.backend.clear_session(free_memory=False)  # names are counted anew
    text: str = build(config, keras)[1].to_json()
    return text


# ---- the way back: what is read is written as Keras code, built, and has the config that it was read from ------------

SAME = {"vocabulary", "idf_weights"}  # of how many there are, which ones is not kept


@pytest.mark.parametrize("file", FILES)
def test_keras_builds_the_very_config_of_what_was_read(file: str) -> None:
    keras = pytest.importorskip("keras", reason="Keras is not installed")
    wrong = {key: found for key, text in RECORDED.items() if key[0] == file and (found := changes(keras, BUILDS[key], text))}
    assert wrong == {}


def changes(keras: Any, config: Config, text: str) -> dict[str, Any]:
    """The settings that are others after a model was read and built again."""
    before = layer_of(text)
    keras.backend.clear_session(free_memory=False)
    keras.config.set_image_data_format("channels_first" if config.first else "channels_last")
    try:
        after = layer_of(module_of(analyzed(text).graph).build_model().to_json())
    except CodegenError:
        return {}  # there is no code for it that runs as it stands: said elsewhere
    finally:
        keras.config.set_image_data_format("channels_last")
    if before is None or after is None or before["class_name"] != after["class_name"]:
        return {}  # written as another class that does the same
    one, other = (meaning(layer, len(config.inputs[0]) + 1) for layer in (before, after))
    return {k: (one.get(k), other.get(k)) for k in {**one, **other} if one.get(k) != other.get(k) and k not in SAME}


def layer_of(text: str) -> Any:
    """The one layer of a model besides its inputs."""
    layers = [layer for layer in json.loads(text)["config"]["layers"] if layer["class_name"] != "InputLayer"]
    return layers[0] if len(layers) == 1 else None


def meaning(layer: dict[str, Any], rank: int) -> dict[str, Any]:
    """A config in which what means the same is the same: axes count from the end, and one number is no list."""
    config: dict[str, Any] = unnamed(layer["config"])
    for key in ("axis", "shared_axes", "mean", "variance"):
        value = config.get(key)
        numbers = [n % rank if "ax" in key else n for n in (value if isinstance(value, list) else [value]) if n is not None]
        config[key] = sorted(set(numbers)) if "ax" in key else numbers
    if layer["class_name"] == "EinsumDense":  # sizes are filled in, and "..." is written out
        config |= {"equation": None, "output_shape": None}
    return config


def unnamed(value: Any) -> Any:
    """A config without names and seeds."""
    if isinstance(value, dict):
        return {k: unnamed(v) for k, v in value.items() if k not in ("name", "seed", "build_config", "shared_object_id")}
    return [unnamed(v) for v in value] if isinstance(value, list) else value
