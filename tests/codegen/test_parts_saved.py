"""Every part, saved and loaded: in this process, and in another that imports the generated file for its classes."""

from __future__ import annotations

import copy
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from codegen.together import Line, alike, built, graph_of, proven, trains
from running import ROOT

import archcalc
from archcalc.codegen import generate, training
from archcalc.codegen.parts import Part
from archcalc.graph import Graph

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras's own, with NumPy 2
    pytest.mark.filterwarnings("ignore:Gradients do not exist for variables"),
]

TABLE = "table T {\nXX.\nX.X\n.XX\n}"
# Each part by the lines that need it, every option of its class among them.
LINES: dict[str, list[Line]] = {
    "bin_pooling": [("adaptive_maxpool 3x1", ((7, 5, 3),)), ("adaptive_avgpool 1", ((7, 3),))],
    "digit_bitmaps": [("rbf 10", ((84,),))],
    "embedding_spectral_norm": [("spectral_norm power_iterations=2 { embedding 10, 4 }", ((6,),))],
    "equalization": [("equalization 64, value_range=(0, 1)", ((8, 9, 3),))],
    "fresh_cell": [
        ("rnn_cell 4, dropout=0.5", ((3,), (4,))),
        ("lstm_cell 4, recurrent_dropout=0.5", ((3,), (4,), (4,))),
        ("gru_cell 4, dropout=0.5, recurrent_dropout=0.1", ((3,), (4,))),
    ],
    "frozen_attention": [("mha 2, 3, frozen", ((5, 4), (6, 4))), ("gqa 4, 4, 2, frozen", ((5, 4), (6, 4)))],
    "frozen_conv_lstm": [("conv_lstm 3, 3, frozen", ((4, 8, 8, 2),))],
    "integer_crossing": [("hashed_crossing 10, one_hot", ((1,), (1,)))],
    "layer_scale": [("layer_scale 0.5", ((5, 4),)), ("layer_scale axis=1", ((5, 4),))],
    "lecun_conv": [
        ("conv 3, 3, maps=T, /2, nobias", ((9, 8, 3),)),
        ("conv 4, 3, bias=untied, pad=1, relu", ((9, 8, 3),)),
        ("conv 4, 3, bias=untied, groups=2, dilation=2", ((9, 10, 6),)),
    ],
    "local_response_norm": [("lrn 3, alpha=0.01, beta=0.5, k=1", ((4, 5, 6),))],
    "mel_spectrogram": [("mel_spectrogram 64, 32, bins=8", ((511,),))],
    "padded_average_pooling": [("avgpool 3, /2, pad=1, ceil", ((9, 8, 3),)), ("avgpool 3, /2, pad=((0, 1),)", ((9, 3),))],
    "padded_conv": [("conv 4, 3, pad=1, relu", ((9, 8, 3),)), ("depthwise 3, pad=1", ((9, 3),)), ("separable 4, 3, pad=1", ((9, 8, 3),))],
    "padded_conv_transpose": [("conv_transpose 4, 3, /2, pad=1, output_padding=1", ((9, 8, 3),))],
    "padded_max_pooling": [("maxpool 3, /2, pad=1", ((9, 8, 3),)), ("maxpool 3, /2, ceil", ((4, 5, 6, 3),))],
    "random_crop": [("random_crop 4, 5", ((8, 9, 3),))],
    "random_shear": [("random_shear 0.2, (0.1, 0.3), nearest, wrap", ((8, 9, 3),)), ("random_shear (0, 0.1)", ((8, 9, 3),))],
    "rbf": [("rbf 3, random", ((4, 5),))],
    "scored_attention": [("mha 2, 3, attention_axes=2, scores", ((5, 6, 4), (5, 3, 4)))],
    "subsampling": [("subsample 2x3, tanh", ((9, 8, 3),)), ("subsample 2, pad=1", ((9, 3),))],
}
# With channels first alone, and as a network's end alone.
CHANNELS_FIRST: list[Line] = [
    ("upsample 2", ((5, 4),)),
    ("auto_contrast", ((8, 9, 3),)),
    ("random_color_jitter 0.2, hue_factor=0.1", ((8, 9, 3),)),
]
DISTANCES = "network N { train { data random }; input 12; A: dense 6; B: rbf 3, random }"
EVERY = [line for lines in LINES.values() for line in lines]


def classes(source: str) -> set[str]:
    return set(re.findall(r"^(?:class|def) (\w+)", source, re.M))


def test_every_part_has_a_line_here() -> None:
    folder = Path(archcalc.__file__).parent / "codegen" / "parts"
    assert {f.stem for f in folder.glob("[a-z]*.py")} == {*LINES, "channels_first", "distances"}


def kind_of(name: str) -> str:
    """A class's name without the rank, the convolution, the cell or the attention that it is for."""
    return re.sub("(SimpleRNN|LSTM|GRU)Cell|(MultiHead|GroupQuery)Attention", "Cell", re.sub(r"\dD|Depthwise|Separable", "", name))


@pytest.mark.parametrize("part", [part for part in LINES if part != "digit_bitmaps"])
def test_its_lines_need_it(part: str) -> None:
    needed = set(map(kind_of, classes(Part(part).source()[1])))
    for line in LINES[part]:
        assert set(map(kind_of, classes(generate(graph_of([line], head=TABLE), "x")))) >= needed, line


def turned_and_not() -> list[tuple[bool, list[Line]]]:
    return [(False, EVERY), (True, [*EVERY, *CHANNELS_FIRST])]


@pytest.mark.parametrize(("first", "lines"), turned_and_not(), ids=["channels_last", "channels_first"])
def test_parts_train_run_and_load_again(
    keras: Any, first: bool, lines: list[Line], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "SAMPLES", 2)
    proven(keras, graph_of(lines, first, TABLE), tmp_path / "model.keras")


@pytest.mark.parametrize(("first", "lines"), turned_and_not(), ids=["channels_last", "channels_first"])
def test_a_part_is_made_again_from_its_config(keras: Any, first: bool, lines: list[Line]) -> None:
    _, model = built(keras, graph_of(lines, first, TABLE))
    own = [layer for layer in model.layers if type(layer).__module__ == "generated"]
    assert len(own) >= len(LINES) - 1
    for layer in own:
        config = layer.get_config()
        assert keras.saving.get_registered_name(type(layer)).startswith("archcalc>")
        assert type(layer).from_config(copy.deepcopy(config)).get_config() == config  # Keras takes a wrapper's apart
        own_init = vars(type(layer)).get("__init__")
        arguments = inspect.signature(own_init).parameters.values() if own_init else ()
        named = {a.name for a in arguments if a.kind in (a.POSITIONAL_OR_KEYWORD, a.KEYWORD_ONLY)} - {"self"}
        assert {"name", "dtype", *named} <= set(config), layer


LOADING = """
import numpy as np
import keras
import {module}

again = keras.models.load_model("{module}.keras")
data = np.load("{module}.npz")
out = keras.tree.flatten(again([data[f"x{{i}}"] for i in range(len(again.inputs))], training=False))
for i, y in enumerate(out):
    assert np.array_equal(keras.ops.convert_to_numpy(y), data[f"y{{i}}"]), again.outputs[i]
print(len(out), getattr(again, "loss", None) is not None)
"""


def saved(keras: Any, graph: Graph, folder: Path, name: str) -> int:
    """The program, its model after a step of training, what flows in and what comes out: all as files. How many come out."""
    import numpy as np

    (folder / f"{name}.py").write_text(generate(graph, "net.arch"), encoding="utf-8")
    module, model = built(keras, graph)
    x = trains(keras, module, model, eagerly=True)
    model.save(folder / f"{name}.keras")
    flat = x if isinstance(x, list) else [x]
    out = [keras.ops.convert_to_numpy(y) for y in keras.tree.flatten(model(x, training=False))]
    np.savez(folder / f"{name}.npz", **{f"x{i}": v for i, v in enumerate(flat)}, **{f"y{i}": v for i, v in enumerate(out)})
    return len(out)


def test_parts_load_in_another_process(keras: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the optimizer and the loss, which for distances are a part too."""
    monkeypatch.setattr(training, "SAMPLES", 2)
    graphs = {
        "last": graph_of(EVERY, head=TABLE),
        "first": graph_of([*EVERY, *CHANNELS_FIRST], True, TABLE),
        "distances": archcalc.analyze(text=DISTANCES).graph,
    }
    counts = [saved(keras, graph, tmp_path, name) for name, graph in graphs.items()]
    code = "".join(LOADING.format(module=name) for name in graphs)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "TF_CPP_MIN_LOG_LEVEL": "3"}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert ran.stdout.split("\n")[:3] == [f"{n} True" for n in counts]
    assert str(ROOT) not in environment["PYTHONPATH"]


def test_the_loss_and_the_metric_of_distances_load_again(keras: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "SAMPLES", 8)
    module, model = built(keras, archcalc.analyze(text=DISTANCES).graph)
    trains(keras, module, model)
    (x, y), _ = module.load_data()
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    one, other = (m.evaluate(x, y, verbose=0, return_dict=True) for m in (model, again))
    assert one.keys() == other.keys() == {"loss", "accuracy"}
    alike(keras, list(one.values()), list(other.values()), 1e-6)
