"""The well-known networks among the examples have the figures that papers and frameworks give for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from running import ROOT, archcalc

from archcalc import analyze

EXAMPLES = sorted((ROOT / "examples").glob("*.arch"))

# Parameters in all, as keras.applications, torchvision (`resnet50_v1_5`), Caffe (`googlenet`) and Keras's examples have them;
# the Siamese network and the Transformer are added up in their files.
PARAMS: list[tuple[str, dict[str, Any], int]] = [
    ("vgg16", {}, 138_357_544),
    ("vgg16", {"classes": 10}, 134_301_514),
    ("vgg19", {}, 143_667_240),
    ("resnet50", {}, 25_636_712),
    ("resnet50_v1_5", {}, 25_557_032 + 53_120),
    ("resnet50_v1_5", {"stages": [3, 4, 23, 3]}, 44_549_160 + 105_344),
    ("resnet50_v1_5", {"stages": [3, 8, 36, 3]}, 60_192_808 + 151_424),
    ("mobilenet", {}, 4_253_864),
    ("mobilenet", {"alpha": 0.5}, 1_342_536),
    ("mobilenet_v2", {}, 3_538_984),
    ("mobilenet_v2", {"classes": 5}, 2_264_389),
    ("mobilenet_v2", {"alpha": 0.35}, 1_691_208),
    ("inception_v3", {}, 23_851_784),
    ("densenet121", {}, 8_062_504),
    ("densenet121", {"layers": [6, 12, 32, 32]}, 14_307_880),
    ("densenet121", {"layers": [6, 12, 48, 32]}, 20_242_984),
    ("efficientnet_b0", {}, 5_330_571),
    ("googlenet", {}, 13_378_280),
    ("unet", {}, 31_030_658),
    ("transformer", {}, 44_138_496),
    ("bilstm_classifier", {}, 2_757_761),
    ("siamese", {}, 38_951_745),
]
TRAINABLE = {
    "resnet50": 25_583_592, "resnet50_v1_5": 25_557_032, "inception_v3": 23_817_352, "densenet121": 7_978_856,
    "efficientnet_b0": 5_288_548, "mobilenet": 4_231_976, "mobilenet_v2": 3_504_872,
}  # fmt: skip
# Where the stride stands changes the multiply-accumulates of ResNet-50, and no parameter.
MACS = {
    "vgg16": 15_470_264_320, "vgg19": 19_632_062_464, "resnet50": 3_857_973_248, "resnet50_v1_5": 4_089_184_256,
    "inception_v3": 5_713_216_096, "densenet121": 2_834_161_664, "mobilenet": 568_740_352, "mobilenet_v2": 300_774_272,
    "efficientnet_b0": 385_814_752, "googlenet": 1_591_044_096,
}  # fmt: skip
OUTPUTS = {"unet": [(388, 388, 2)], "googlenet": [(1000,), (1000,), (1000,)], "image_and_metadata": [(40,), (1,)]}


def network(name: str, params: dict[str, Any] | None = None) -> Any:
    """The analysis of an example, which must have no mistake."""
    found = analyze(str(ROOT / "examples" / f"{name}.arch"), params=params)
    assert [d.message for d in found.diagnostics if d.severity == "error"] == []
    return found


@pytest.mark.parametrize(("name", "params", "total"), PARAMS, ids=str)
def test_it_has_as_many_parameters_as_is_published(name: str, params: dict[str, Any], total: int) -> None:
    assert network(name, params).totals.params == total


@pytest.mark.parametrize("name", TRAINABLE)
def test_batch_normalisation_stores_what_is_not_trained(name: str) -> None:
    assert network(name).totals.trainable_params == TRAINABLE[name]


@pytest.mark.parametrize("name", MACS)
def test_it_multiplies_as_often_as_is_published(name: str) -> None:
    assert network(name).totals.macs == MACS[name]


@pytest.mark.parametrize("name", OUTPUTS)
def test_it_puts_out_what_the_paper_says(name: str) -> None:
    assert [node.shape for node in network(name).graph.outputs] == OUTPUTS[name]


def test_the_stride_stands_where_the_files_say() -> None:
    """On the first 1x1 of a stage in Keras's ResNet-50, on the 3x3 in torchvision's."""

    def strided(name: str) -> set[int]:
        convolutions = [row.node for row in network(name).rows if row.node.kind == "conv" and "bottleneck" in row.node.name]
        return {w.kernel for node in convolutions if (w := node.layer.windows(*node.input_shapes)[0]).stride == 2}

    assert strided("resnet50") == {1}
    assert strided("resnet50_v1_5") == {1, 3}  # the shortcut's 1x1 has to have it


def test_what_is_used_twice_is_counted_once() -> None:
    found = network("siamese")
    twins = [[row for row in found.rows if row.node.name.startswith(f"{name}.")] for name in ("a", "b")]
    assert [sum(row.params for row in rows) for rows in twins] == [38_947_648, 0]
    assert [row.macs for row in twins[0]] == [row.macs for row in twins[1]]


# Values that no file was written for. What a file expects must then hold too, or not apply.
OTHERS: list[tuple[str, ...]] = [
    ("vgg16", "classes=3"), ("vgg19", "classes=3"), ("resnet50", "classes=3"), ("resnet50_v1_5", "classes=3", "stages=[1, 1]"),
    ("resnet50_v1_5", "classes=3", "stages=[3, 4, 23, 3]"), ("mobilenet", "classes=3", "alpha=0.7"), ("mobilenet", "classes=3"),
    ("mobilenet_v2", "alpha=2", "classes=3"), ("mobilenet_v2", "classes=3"), ("inception_v3", "classes=3"),
    ("densenet121", "layers=[2]", "k=4"), ("densenet121", "classes=3"), ("efficientnet_b0", "classes=3"), ("googlenet", "classes=3"),
    ("unet", "classes=7"), ("transformer", "layers=2", "d=64", "heads=4", "width=100", "words=9"), ("transformer", "width=100"),
    ("bilstm_classifier", "vocabulary=50", "words=7", "units=3"), ("image_and_metadata", "species=3", "facts=5"),
]  # fmt: skip


@pytest.mark.parametrize("words", OTHERS, ids=" ".join)
def test_what_is_expected_holds_with_other_values_too(words: tuple[str, ...]) -> None:
    name, *values = words
    ran = archcalc("check", f"examples/{name}.arch", *(word for value in values for word in ("-p", value)), cwd=ROOT)
    assert ran.code == 0, ran.err


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_every_example_is_right_and_says_what_it_is(path: Path) -> None:
    ran = archcalc("check", str(path))
    assert ran.code == 0, ran.err
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "expect " in text
    assert max(map(len, text.splitlines())) <= 140
