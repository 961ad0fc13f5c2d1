"""Every end point that google-research's receptive_field project lists (RECEPTIVE_FIELD_TABLE.md, at commit f12ae8e) of five networks."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from pathlib import Path

import pytest

import archcalc

HERE = Path(__file__).parent

ALEXNET = [("conv1", 11, 4, 0), ("pool1", 19, 8, 0), ("conv2", 51, 8, 16), ("conv3", 99, 16, 32), ("conv4", 131, 16, 48),
           ("conv5", 163, 16, 64), ("pool5", 195, 32, 64)]  # fmt: skip
VGG = [("pool[0]", 6, 2, 2), ("pool[1]", 16, 4, 6), ("pool[2]", 44, 8, 18), ("pool[3]", 100, 16, 42), ("pool[4]", 212, 32, 90)]
MOBILENET = [(3, 2), (7, 2), (11, 4), (19, 4), (27, 8), (43, 8), (59, 16), (91, 16), (123, 16), (155, 16), (187, 16), (219, 16),
             (251, 32), (315, 32)]  # fmt: skip
MOBILENET_PADDING = {
    224: [0, 2, 2, 6, 6, 14, 14, 30, 46, 62, 78, 94, 94, 126],
    321: [1, 3, 5, 9, 13, 21, 29, 45, 61, 77, 93, 109, 125, 157],
}
BLOCKS = {  # the size after each of ResNet's four blocks, and the padding at 224; at 321 that is 2 more
    "[3, 4, 6, 3]": [(35, 8, 15), (99, 16, 47), (291, 32, 143), (483, 32, 239)],
    "[3, 4, 23, 3]": [(35, 8, 15), (99, 16, 47), (835, 32, 415), (1027, 32, 511)],
}


def fields(text: str, size: int) -> dict[str, tuple[int, int, int]]:
    """Each layer's size, stride and padding of a network at another input size, without what fixes its own."""
    text = re.sub(r"->.*|^ *expect.*", "", text, flags=re.M).replace("224x224x3", f"{size}x{size}x3")
    analysis = archcalc.analyze(text=text)
    assert analysis.ok, analysis.diagnostics
    found = {}
    for layer in json.loads(analysis.to_json())["layers"]:
        field = layer["receptive_field"]
        if field != "whole":
            assert all(field[what] == [field[what][0]] * 2 for what in ("size", "stride", "padding"))
            found[layer["name"]] = tuple(field[what][0] for what in ("size", "stride", "padding"))
    return found


def program(name: str) -> str:
    return (HERE / f"{name}.arch").read_text(encoding="utf-8")


@pytest.mark.parametrize("size", [224, 321])
@pytest.mark.parametrize(("name", "published"), [("alexnet_v2", ALEXNET), ("vgg_16", VGG)])
def test_chains(name: str, published: list[tuple[str, int, int, int]], size: int) -> None:
    found = fields(program(name), size)
    assert [(label, *found[label]) for label, *_ in published] == published


@pytest.mark.parametrize("size", [224, 321])
def test_padding_of_mobilenet_depends_on_the_size(size: int) -> None:
    found = fields(program("mobilenet_v1"), size)
    expected = [(*field, padding) for field, padding in zip(MOBILENET, MOBILENET_PADDING[size], strict=True)]
    assert [found["stem"], *(found[f"point[{i}]"] for i in range(13))] == expected


@pytest.mark.parametrize("size", [224, 321])
@pytest.mark.parametrize("depths", BLOCKS)
def test_blocks_of_residual_networks(depths: str, size: int) -> None:
    found = fields(program("resnet_v1_50").replace("[3, 4, 6, 3]", depths), size)
    units = list(accumulate(int(depth) for depth in re.findall(r"\d+", depths)))
    more = 0 if size == 224 else 2
    assert [found[f"unit_{n}.relu_3"] for n in units] == [(field, stride, padding + more) for field, stride, padding in BLOCKS[depths]]
