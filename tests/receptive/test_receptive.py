"""Receptive fields: published figures, what they look like in each format, and where there is no one answer."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from running import archcalc as shell

import archcalc
from archcalc.stairs import Stair, merged, stair

HERE = Path(__file__).parent

# Araujo, Norris & Sim (2019) and the table of google-research's receptive_field project, at 224x224: size, stride and padding of
# the last layer before the global pooling, or before what reads the whole map.
PUBLISHED = {
    "alexnet_v2": ("pool5", 195, 32, 64),
    "vgg_16": ("pool", 212, 32, 90),
    "resnet_v1_50": ("block4", 483, 32, 239),
}


def fields(text: str, **options: Any) -> dict[str, Any]:
    """Each layer's field as the JSON has it."""
    analysis = archcalc.analyze(text=text, **options)
    assert analysis.ok, analysis.diagnostics
    return {layer["name"]: layer["receptive_field"] for layer in json.loads(analysis.to_json())["layers"]}


def network(*lines: str) -> str:
    return "network N {\n" + "\n".join(lines) + "\n}\n"


def square(size: int, stride: int | str, padding: int, axes: int = 2) -> dict[str, Any]:
    return {"size": [size] * axes, "stride": [stride] * axes, "padding": [padding] * axes}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_figures(name: str) -> None:
    label, size, stride, padding = PUBLISHED[name]
    analysis = archcalc.analyze(str(HERE / f"{name}.arch"))
    assert analysis.ok and all(outcome.holds for outcome in analysis.expectations)
    layers = {layer["name"]: layer for layer in json.loads(analysis.to_json())["layers"]}
    last = [layer for key, layer in layers.items() if key.split("[")[0] == label][-1]
    assert last["receptive_field"] == square(size, stride, padding)
    assert [d for d in analysis.diagnostics if d.code == "W120"] == []


def test_lenet5() -> None:
    found = fields(Path(HERE.parent / "programs" / "lenet5.arch").read_text(encoding="utf-8"))
    assert [found[name]["size"][0] for name in ("C1", "S2", "C3", "S4", "C5")] == [5, 6, 14, 16, 32]
    assert [found[name]["stride"][0] for name in ("C1", "S2", "C3", "S4", "C5")] == [1, 2, 2, 4, 4]
    assert found["flatten_1"] == found["F6"] == found["OUT"] == "whole"


def test_each_axis_by_itself() -> None:
    found = fields(network("input 20x30x3", "a: conv 4, 3x5, /1x2, pad=((1, 0), (2, 3))", "b: maxpool 2x1, /2x3"))
    assert found["a"] == {"size": [3, 5], "stride": [1, 2], "padding": [1, 2]}
    assert found["b"] == {"size": [4, 5], "stride": [2, 6], "padding": [1, 2]}


@pytest.mark.parametrize(("n", "padding"), [(8, 0), (9, 1)])
def test_same_goes_by_the_input_s_length(n: int, padding: int) -> None:
    """Of an even length, `same` pads a 3x3 kernel with a stride of 2 only after it; of an odd one, at both ends."""
    assert fields(network(f"input {n}x{n}x1", "a: conv 1, 3x3, /2, same"))["a"] == square(3, 2, padding)


def test_after_upsampling_a_stride_may_be_a_fraction() -> None:
    found = fields(network("input 8x8x1", "u: upsample", "a: conv 1, 3x3, same", "v: upsample 2x3", "w: conv 1, 2x2"))
    assert found["u"] == square(1, "1/2", 0)
    assert found["a"] == square(2, "1/2", 1)
    assert found["v"]["stride"] == ["1/4", "1/6"] and found["w"]["size"] == [3, 3]


def test_what_is_whole_and_what_is_not_known() -> None:
    text = network(
        "input 12x8x4", "a: conv 4, 3x3", "whole: gap", 'odd: custom "mystery" from a', "after: conv 4, 3x3",
        "mixed: flatten from a", "d: dense 5", "steps: reshape 60x4 from a", "m: mha 2, 2",
        "output from whole, after, d, m",
    )  # fmt: skip
    found = fields(text)
    assert found["whole"] == found["d"] == found["m"] == "whole"
    assert found["odd"] is found["after"] is found["mixed"] is found["steps"] is None


def test_whole_is_never_said_of_what_leaves_a_part_out() -> None:
    found = fields(network("input 12x12x1", "c: crop 2", "s: conv 1, 3x3, same", "g: gap"))
    assert found["c"] == square(1, 1, -2) and found["s"] == square(3, 1, -1)
    assert found["g"] == square(8, 0, -2)  # from 2 to 9, wherever a value stands


def test_one_axis_may_be_whole() -> None:
    found = fields(network("input 10x16x3", "a: conv 4, 3x3, same", "n: softmax 1", "t: time_distributed { lstm 4 }"))
    assert found["n"] == {"size": ["whole", 3], "stride": [0, 1], "padding": [0, 1]}
    assert found["t"] == "whole"


def test_an_input_without_channels_has_positions_along_all_its_axes() -> None:
    found = fields(network("input 28x28", "r: reshape 28x28x1", "c: conv 4, 3x3"))
    assert found["c"] == square(3, 1, 0)
    assert fields(network("input 20", "e: embedding 50, 8", "c: conv 4, 5, /2"))["c"] == square(5, 2, 0, axes=1)
    assert fields(network("input 20x8", "c: conv 4, 5, causal"))["c"] == square(5, 1, 4, axes=1)


def test_channels_first_is_as_channels_last() -> None:
    body = ["a: conv 4, 3x5, /1x2, pad=1", "p: maxpool 2", "s: conv 2, 1, softmax", "u: upsample 2x1", "g: gap"]
    last = fields(network("input 20x29x3", *body))
    first = fields(network("layout channels_first", "input 3x20x29", *body))
    assert {k: v for k, v in last.items() if k in "apg"} == {k: v for k, v in first.items() if k in "apg"}
    # Keras's softmax goes along the last axis, which is a spatial one there
    assert first["s"]["size"] == [4, "whole"] and last["s"]["size"] == [4, 7]


def test_several_inputs_have_a_field_each() -> None:
    text = network(
        "image: input 16x16x3", "other: input 16x16x1", "a: conv 4, 3x3, same from image", "b: conv 4, 5x5, same from other",
        "both: add from a, b",
        "expect a.receptive_field == 3x3 and both.receptive_field.other == 5x5 and both.field_padding.image == 1x1",
    )  # fmt: skip
    found = fields(text)
    assert found["a"] == square(3, 1, 1)
    assert found["both"] == {"image": square(3, 1, 1), "other": square(5, 1, 2)}
    out = shell("analyze", "-", "--columns", "receptive_field", stdin=text.encode()).out
    assert "image 3x3, other 5x5" in out


def test_branches_have_the_largest_field_together() -> None:
    text = network("input 16x16x3", "concat { branch { conv 4, 1 }; branch { conv 4, 5x3, same }; branch { maxpool 3, /1, same } }")
    assert fields(text)["concat_1"] == {"size": [5, 3], "stride": [1, 1], "padding": [2, 1]}


@pytest.mark.parametrize(
    ("one", "other", "warns"),
    [
        ("conv 4, 3, /2, same", "conv 4, 1, /2", True),
        ("conv 4, 3, /2, pad=1", "conv 4, 1, /2", False),
        ("conv 4, 3, causal", "identity", False),  # they end together
        ("conv 4, 3, causal", "conv 4, 3, same", True),
        ("maxpool 2; conv 4, 3, same; upsample", "identity", False),
        ("conv 4, 3, /2, same; upsample", "identity", True),
        ("crop (0, 8)", "maxpool 2", True),  # neighbours are 1 apart, and 2
        ("gap keepdims", "identity", False),
        ("conv 4, 2, same", "conv 4, 2, same", False),
    ],
)
def test_a_warning_where_branches_do_not_line_up(one: str, other: str, warns: bool) -> None:
    analysis = archcalc.analyze(text=network("input 16x4", f"add {{ branch {{ {one} }}; branch {{ {other} }} }}"))
    assert [d.code for d in analysis.diagnostics] == ["W120"] * warns, analysis.diagnostics


def test_larger_than_the_input() -> None:
    analysis = archcalc.analyze(text=network("input 8x20x1", "a: conv 1, 9x9, same"))
    extent = analysis.receptive.of(analysis.layers["a"].node)
    assert extent is not None and extent["input"].larger == (True, False)


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("a.receptive_field == 5x5", "E401"), ("a.receptive_feild == 3x3", "E207"), ("f.receptive_field == 3x3", "E207"),
        ("g.field_stride == 1x1", "E207"), ("g.receptive_field == 3x3", "E401"), ("total.receptive_field == 1", "E207"),
        ("a.receptive_field.image == 3x3", "E207"),
    ],
)  # fmt: skip
def test_expectations_that_do_not_hold(condition: str, code: str) -> None:
    analysis = archcalc.analyze(
        text=network("input 8x8x1", "a: conv 1, 3x3", "f: flatten", "g: gap from a", "output from f, g", f"expect {condition}")
    )
    assert [d.code for d in analysis.diagnostics] == [code]


def test_expectations_that_hold() -> None:
    lines = ["a: conv 1, 3x3", "u: upsample", "g: gap", "expect a.receptive_field == 3x3", "expect g.receptive_field == whole"]
    analysis = archcalc.analyze(text=network("input 8x8x1", *lines, "expect u.field_stride[0] == 1/2 and a.field_padding == 0x0"))
    assert [outcome.holds for outcome in analysis.expectations] == [True] * 3


def test_a_layer_with_a_mistake_has_no_field() -> None:
    analysis = archcalc.analyze(text=network("input 8x8x1", "a: conv 1, 9x9", "b: conv 1, 3x3", "expect b.receptive_field == 3x3"))
    assert [d.code for d in analysis.diagnostics] == ["E301"]
    assert [layer["receptive_field"] for layer in json.loads(analysis.to_json())["layers"]] == [None, None]


def test_explain_shows_the_recurrences() -> None:
    out = shell("explain", str(HERE.parent / "programs" / "lenet5.arch"), "C3.receptive_field").out
    assert "6 + (5 - 1)*2 = 14" in out and "2*1 = 2" in out
    assert out.rstrip().endswith("14x14 of input, stride 2x2, padding 0x0")
    told = shell("explain", str(HERE.parent / "programs" / "lenet5.arch"), "C3.field_stride").out
    assert told.startswith("C3.field_stride: how far apart")


def test_a_stair_of_a_stair_is_a_stair() -> None:
    chance = random.Random(7)

    def drawn() -> Stair:
        found = stair(chance.randint(1, 6), chance.randint(-9, 9), chance.randint(1, 6))
        assert found is not None
        return found

    for _ in range(300):
        a, b = drawn(), drawn()
        both = a.of(b)
        assert both is not None
        assert all(both.at(k) == a.at(b.at(k)) for k in range(-40, 40))
        level = Stair(a.rise, tuple(v + chance.randint(-2, 2) for v in a.values))
        low = merged(a, level, min)
        assert low is not None and all(low.at(k) == min(a.at(k), level.at(k)) for k in range(-20, 20))


def test_all_steps_together_are_bounded() -> None:
    """Each layer after a resize has a thousand steps of its own: thousands of layers would take minutes, and all memory."""
    lines = ["first: adaptive_avgpool 999", "repeat 2000 { zero_pad (1, 0); crop (0, 1) }", "last: relu", "add from first, last"]
    started = time.monotonic()
    found = fields(network("input 1000x1", *lines))
    assert found["first"] == square(2, "1000/999", 0, axes=1)
    assert found["crop_1"]["size"] == [2] and found["last"] is None
    assert time.monotonic() - started < 30


def test_what_has_too_many_steps_is_not_known() -> None:
    found = fields(network("input 4099x1", "a: adaptive_avgpool 4098", "b: conv 1, 3", "g: gap"))
    assert found["a"] is found["b"] is None
    assert found["g"] == "whole"
