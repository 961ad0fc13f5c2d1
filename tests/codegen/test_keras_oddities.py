"""Networks and labels that few would write: their programs train, run, save and load like any other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from codegen.networks import Builder
from codegen.together import proven

import archcalc
from archcalc.codegen import training
from archcalc.graph import Graph

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras's own, with NumPy 2
    pytest.mark.filterwarnings("ignore:The model does not have any trainable weights"),
    pytest.mark.filterwarnings("ignore:Gradients do not exist for variables"),
    pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask attached"),
]

# All layers have labels, by which the test finds them in the model.
NETWORKS = {
    "an input that nothing reads": "a: input 4; b: input 5; L: dense 3 from a",
    "an input that is an output": "a: input 4; L: dense 3; output from a, L",
    "one merged with itself": "a: input 4; L: add from a, a; M: concat from L, L, L",
    "states into another layer": "a: input 5x3; e: lstm 4, states; d: lstm 4, sequences from a, e.state_h, e.state_c; output from d, e",
    "indices after a reshape": "input 6; A: reshape 2x3; B: embedding 10, 4",
    "indices from a lookup": "input 5; A: integer_lookup 7; B: embedding 9, 3; C: flatten; D: dense 2",
    "indices from a crossing": "a: input 1; b: input 1; A: hashed_crossing 10 from a, b; B: embedding 10, 3",
    "indices read as values too": "a: input 6; A: embedding 10, 4 from a; B: dense 3 from a; C: flatten from A; output from B, C",
    "a mask through layers of our own": (
        "input 5; A: embedding 10, 4, mask_zero; B: conv 3, 3, same, bias=untied; C: maxpool 2, pad=1; D: avgpool 2, pad=1;"
        "E: subsample 2; F: layer_scale; G: lrn 3; H: rbf 2, random; I: adaptive_avgpool 1"
    ),
    "a mask into steps": "input 5; A: embedding 10, 4, mask_zero; B: time_distributed { rbf 3, random }; C: bidirectional { gru 3 }",
    "a mask of a normalized table": "input 5; A: spectral_norm { embedding 10, 4, mask_zero }; B: lstm 3",
    "a dtype": "dtype float16; input 5x5x1; A: conv 3, 3, pad=1; B: rbf 3, random",
    "steps of steps of steps": "input 3x4x5x6; L: time_distributed { time_distributed { time_distributed { rbf 2, random } } }",
    "one value": "input 1; A: reshape 1x1x1; B: conv 2, 1, pad=1; C: flatten",
    "augmentation and training": (
        "layout channels_first; input 3x8x8; A: random_flip; B: random_crop 6, 6; C: random_shear 0.1; D: equalization; E: auto_contrast;"
        "F: rand_augment; G: conv 4, 3, pad=1; H: gap; I: dense 2"
    ),
    "noise with channels first": (
        "layout channels_first; input 3x8x8; A: spatial_dropout 0.2; B: stochastic_depth 0.1; C: dropout 0.1, noise_shape=3x1x1;"
        "D: conv 4, 3; E: gap; F: dense 2"
    ),
    "a signal": "input 511; A: mel_spectrogram 64, 32, bins=8; B: lstm 3",
}


@pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
def test_an_odd_network_is_a_network(keras: Any, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "SAMPLES", 2)
    analysis = archcalc.analyze(text=f"network N {{ train {{ data random }}; {text} \n}}")
    assert [d.message for d in analysis.diagnostics if d.severity == "error"] == []
    proven(keras, analysis.graph, tmp_path / "model.keras")


LABELS = [
    "a/b", "class", "import", "None", "match", "é", "卷积", "keras", "np", "x", "inputs", "outputs", "model", "layer", "layers",
    "main", "build_model", "compile_model", "load_data", "prepare", "to_targets", "print", "range", "zip", "list", "super",
    "Conv2D", "conv2d", "conv2d_1", "batch_normalization", "re_lu", "padded_conv2d", "functional", "sequential",
    "n" * 300, "n" * 299 + "m", "a", "A", "x_1", "PaddedConv2D", "_", "__", "__name__", "a.b", "a b", "a-b", "1a", "self", "y",
    "\u202e", "\0", "'", '"', "{x}", "%s", "a\nb", "\\", "add", "block", "</script>", '");import os;("',
]  # fmt: skip


def labelled(labels: list[str], chain: bool) -> Graph:
    """Layers of four kinds by these labels, one after another, or with sums around every third."""
    builder = Builder((6, 6, 3)).trained(data="random")
    before = "input"
    for i, label in enumerate(labels):
        kinds: list[tuple[str, dict[str, Any]]] = [
            ("conv", {"filters": 3, "kernel": 3, "padding": 1}),
            ("relu", {}),
            ("bn", {}),
            ("lrn", {}),
        ]
        kind, arguments = kinds[i % 4]
        builder.then(kind, label, inputs=(before,), **arguments)
        if not chain and i % 3 == 2:
            builder.then("add", f"{label}+", inputs=(before, label))
        before = builder.graph.layers[-1].name
    builder.then("flatten", "flat!", inputs=(before,)).then("dense", "end?", inputs=("flat!",), units=2)
    for node in builder.graph.layers:
        node.named = True
    return builder.graph


@pytest.mark.parametrize("chain", [False, True], ids=["functional", "chain"])
def test_all_of_these_labels_together(keras: Any, chain: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "SAMPLES", 2)
    proven(keras, labelled(LABELS, chain), tmp_path / "model.keras")


@pytest.mark.parametrize("label", LABELS, ids=ascii)
def test_any_label_will_do(keras: Any, label: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "SAMPLES", 2)
    proven(keras, labelled([label, "b", "c", label + "d"], False), tmp_path / "model.keras")
