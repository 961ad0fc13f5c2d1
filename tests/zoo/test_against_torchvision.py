"""The networks that torchvision or Hugging Face have too: layer by layer what scripts/torchvision_networks.py saw of theirs."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
from running import ROOT

import archcalc
from archcalc.graph import Node

RECORD = json.loads((ROOT / "docs" / "evidence" / "torchvision.json").read_text(encoding="utf-8"))
THEIRS = RECORD["networks"]
# Ours, its parameters, theirs.
SAME: list[tuple[str, dict[str, Any], str]] = [
    ("AlexNetOneColumn", {}, "alexnet"), ("VGG11", {}, "vgg11"), ("VGG13", {}, "vgg13"), ("VGG16", {}, "vgg16"), ("VGG19", {}, "vgg19"),
    ("ResNet18", {}, "resnet18"), ("ResNet34", {}, "resnet34"), ("ResNet50_v1_5", {}, "resnet50"), ("ResNet101_v1_5", {}, "resnet101"),
    ("ResNet152_v1_5", {}, "resnet152"), ("ResNet50_v1_5", {"stages": [3, 8, 36, 3]}, "resnet152"), ("DenseNet121", {}, "densenet121"),
    ("DenseNet169", {}, "densenet169"), ("DenseNet201", {}, "densenet201"), ("SqueezeNet1_0", {}, "squeezenet1_0"),
    ("SqueezeNet1_1", {}, "squeezenet1_1"), ("MobileNetV2", {}, "mobilenet_v2"), ("MobileNetV3Large", {}, "mobilenet_v3_large"),
    ("MobileNetV3Small", {}, "mobilenet_v3_small"), ("ViT_B16", {}, "vit_b_16"), ("InceptionV3", {}, "inception_v3"),
    *((f"EfficientNetB{n}", {}, f"efficientnet_b{n}") for n in range(8)),
]  # fmt: skip
# What theirs has and ours has not, or the other way round: why some layers are left out of the comparison.
WITHOUT_NORMS = {"InceptionV3": "theirs scales after normalising, Keras's and ours do not"}
PUBLISHED_FOR = {"EfficientNetB2": "288x288x3"}  # its MACs: the size of its weights' images
BATCH_NORM = ("BatchNorm2d",)


def analysis_of(name: str, params: dict[str, Any] | None = None) -> archcalc.Analysis:
    found = archcalc.analyze(f"zoo:{name}", params=params)
    assert found.ok
    return found


def place(shape: Any) -> tuple[int, ...]:
    """A shape without its axes of length 1: a dense layer of one is a 1x1 convolution of the other."""
    return tuple(n for n in shape if n != 1)


def ours(analysis: archcalc.Analysis, norms: bool) -> Counter[Any]:
    rows = [row for row in analysis.rows if row.trainable_params]
    return Counter((place(row.output_shape), row.trainable_params) for row in rows if norms or row.kind != "bn")


def theirs(name: str, norms: bool) -> Counter[Any]:
    return Counter((place(shape), params) for kind, shape, params in THEIRS[name]["layers"] if norms or kind not in BATCH_NORM)


@pytest.mark.parametrize(("name", "params", "other"), SAME, ids=str)
def test_every_layer_with_weights_is_as_in_torchvision(name: str, params: dict[str, Any], other: str) -> None:
    analysis = analysis_of(name, params)
    norms = name not in WITHOUT_NORMS
    image = max(analysis.graph.inputs, key=lambda node: len(node.shape or ()))
    assert list(image.shape or ()) == THEIRS[other]["input"]
    assert ours(analysis, norms) == theirs(other, norms)
    if norms:
        assert analysis.totals.trainable_params == THEIRS[other]["params"] == THEIRS[other]["published"]["params"]


@pytest.mark.parametrize(("name", "params", "other"), SAME, ids=str)
def test_it_multiplies_as_often_as_torchvision_publishes(name: str, params: dict[str, Any], other: str) -> None:
    found = archcalc.analyze(f"zoo:{name}", params=params, inputs=PUBLISHED_FOR.get(name))
    assert found.ok
    assert round(found.totals.macs / 1e9, 3) == THEIRS[other]["published"]["gmacs"]


def test_googlenet_is_another_network_there_in_what_its_header_says_and_in_nothing_else() -> None:
    text = (ROOT / "examples" / "googlenet.arch").read_text(encoding="utf-8")
    assert "another network: 3x3 where the paper has 5x5, and batch normalisation where it has biases" in text
    text = re.sub(r"(conv [^;}\n]*), relu", r"\1, nobias; bn; relu", text.replace("conv c5, 5x5", "conv c5, 3x3"))
    text = re.sub(r"    (lrn|expect .*)\n", "", text)
    found = archcalc.analyze(text=text)
    assert found.ok, found.diagnostics
    heads = ours(found, norms=True) - theirs("googlenet", norms=True)  # they are not run where nothing is trained
    assert not theirs("googlenet", norms=True) - ours(found, norms=True)
    assert heads == Counter(
        {((4, 4, 128), k * 128): 1 for k in (512, 528)} | {((4, 4, 128), 256): 2, ((1024,), 2049 * 1024): 2, ((1000,), 1025 * 1000): 2}
    )
    assert found.totals.trainable_params == THEIRS["googlenet"]["params"] == 13_004_888
    assert sum(params for _, _, params in THEIRS["googlenet"]["layers"]) == THEIRS["googlenet"]["published"]["params"] == 6_624_904


def test_a_difference_is_found() -> None:
    assert ours(analysis_of("ResNet18"), norms=True) != theirs("resnet34", norms=True)
    assert ours(analysis_of("DenseNet121", {"k": 33}), norms=True) != theirs("densenet121", norms=True)


@pytest.mark.parametrize(("name", "other"), [("BERT_base", "BertModel"), ("GPT2", "GPT2Model")])
def test_every_layer_is_as_hugging_face_has_it(name: str, other: str) -> None:
    """Attention is four layers there, or two, and one here: beside it, its layers are added up."""
    analysis = analysis_of(name)
    attention = [row for row in analysis.rows if row.kind == "mha"]
    beside = Counter((place(row.output_shape), row.params) for row in analysis.rows if row.params and row.kind != "mha")
    found = Counter((place(shape), params) for _, shape, params in THEIRS[other]["layers"])
    assert beside <= found
    assert sum(row.params for row in attention) == sum(params * n for (_, params), n in (found - beside).items())
    assert analysis.totals.params == THEIRS[other]["params"]


def test_what_attention_reads_in_gpt2_is_hidden() -> None:
    nodes: list[Node] = [row.node for row in analysis_of("GPT2").rows if row.kind == "mha"]
    assert len(nodes) == 12 and all(node.layer.causal for node in nodes)


def test_the_record_says_what_it_is_of() -> None:
    assert RECORD["command"] == "python scripts/torchvision_networks.py" and set(RECORD["versions"]) == {
        "torch",
        "torchvision",
        "transformers",
    }
