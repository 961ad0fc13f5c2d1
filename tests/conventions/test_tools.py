"""Each counting convention is held to what the tool itself printed: docs/evidence/other-tools.json, by scripts/other_tools.py.

The record was made without archcalc's counting: PyTorch's networks are written by hand, TensorFlow's profiler saw frozen graphs.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from running import ROOT

import archcalc
from archcalc.analysis import Analysis
from archcalc.conventions import NAMES, convention, counts

PARTS: dict[str, Any] = json.loads((ROOT / "docs" / "evidence" / "other-tools.json").read_text(encoding="utf-8"))["parts"]
BY_TORCH, BY_TENSORFLOW = PARTS["torch"], PARTS["tensorflow"]
TOOLS = NAMES[1:]
NETWORKS = list(BY_TORCH["networks"])
# Where a tool's count does not follow from the network alone, and of which layers' kinds.
LEFT_OUT = {
    ("encoder", "tensorflow"): {"mha"},
    ("encoder", "fvcore"): {"mha"},
    ("encoder", "torchinfo"): {"mha"},
    ("assorted", "tensorflow"): {"conv"},
}


def of_line(line: str, *inputs: list[int]) -> Analysis:
    """The analysis of a network of one layer."""
    named = [f"i{k}: input {'x'.join(map(str, shape))}" for k, shape in enumerate(inputs)]
    read = ", ".join(f"i{k}" for k in range(len(inputs)))
    analysis = archcalc.analyze(text="\n".join(["network N {", *named, f"L: {line} from {read}", "}"]))
    assert analysis.ok, analysis.diagnostics
    return analysis


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_counts_as_the_tool_counted_it(name: str, tool: str) -> None:
    analysis = archcalc.analyze(str(ROOT / name))
    found = counts(analysis, tool)
    kinds = {analysis.layers[layer].kind for layer in found.reasons}
    assert kinds == LEFT_OUT.get((name.split("/")[-1].removesuffix(".arch"), tool), set())
    printed = (BY_TENSORFLOW if tool == "tensorflow" else BY_TORCH)["networks"][name][tool]
    assert found.total == (None if kinds else printed)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_modules_written_by_hand_are_the_same_networks(name: str) -> None:
    """They have the same parameters, so it is not another network that was counted."""
    assert BY_TORCH["networks"][name]["params"] == archcalc.analyze(str(ROOT / name)).totals.trainable_params


LINES = [(entry["line"], entry["inputs"], entry["tensorflow"]) for entry in BY_TENSORFLOW["lines"]]


@pytest.mark.parametrize(("line", "inputs", "printed"), LINES, ids=[f"{line} {inputs}" for line, inputs, _ in LINES])
def test_a_layer_counts_as_tensorflow_counted_it_or_is_left_out(line: str, inputs: list[list[int]], printed: int) -> None:
    found = counts(of_line(line, *inputs), "tensorflow")
    assert found.total == (None if found.reasons else printed)


def test_most_layers_of_the_record_are_counted() -> None:
    counted = [line for line, inputs, _ in LINES if counts(of_line(line, *inputs), "tensorflow").total is not None]
    assert len(counted) > 0.6 * len(LINES)
    assert {"conv 6, 5x5, tanh", "bn", "gap", "softmax", "layernorm", "add"} <= set(counted)


def test_attention_is_counted_as_it_is_written() -> None:
    """Four ways of writing one attention, and what the tools made of them: why some conventions leave it out."""
    found = BY_TORCH["attention"]
    assert {way["params"] for way in found.values()} == {4 * 33 * 32}
    own = of_line("mha 4, 8", [16, 32])
    assert own.totals.params == 4 * 33 * 32
    assert found["matrix products"]["torch"] == counts(own, "torch").total == 2 * (own.totals.macs or 0)
    for tool in ("torch", "fvcore", "torchinfo"):
        assert len({way[tool] for way in found.values()}) > 1, f"{tool} says the same of all: it can be counted"
    assert counts(own, "fvcore").total is counts(own, "torchinfo").total is None


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(
    "line", ["conv 6, 5x5, maps=T", "bidirectional { lstm 4 }", "lstm 4", 'custom "C", shape=3, params=4, macs=5', "rbf 10"]
)
def test_what_a_tool_cannot_have_counted_has_a_reason_and_no_total(line: str, tool: str) -> None:
    size = {"c": "32x32x2", "b": "5x3", "l": "5x3", "r": "84"}[line[0]]
    analysis = archcalc.analyze(text=f"table T {{\n X.XXXX\n XXXXXX\n}}\nnetwork N {{ input {size}; flat: relu; L: {line}; }}")
    assert analysis.ok, analysis.diagnostics
    found = counts(analysis, tool)
    assert found.total is None and list(found.reasons) == ["L"]
    assert found.layers["flat"] == 0
    assert found.reasons["L"][0].isalpha() and not found.reasons["L"].endswith(".")


def test_a_layer_with_a_mistake_has_no_count() -> None:
    analysis = archcalc.analyze(text="network N { input 4x4x1; conv 2, 9x9; flatten }")
    for tool in TOOLS:
        found = counts(analysis, tool)
        assert found.total is None and list(found.layers.values()) == [None, None]


@pytest.mark.parametrize(
    ("tool", "line", "inputs", "count"),
    [
        # fvcore/nn/jit_handles.py: batchnorm_flop_jit, norm_flop_counter, elementwise_flop_counter
        ("fvcore", "bn", [[5, 5, 4]], 200), ("fvcore", "bn noscale, nocenter", [[5, 5, 4]], 100), ("fvcore", "bn nocenter", [[5, 5, 4]], None),
        ("fvcore", "layernorm", [[6, 8]], 240), ("fvcore", "gap", [[6, 8]], 0), ("fvcore", "gap", [[6, 5, 2]], 60),
        ("fvcore", "maxpool", [[6, 6, 2]], 0), ("fvcore", "upsample 2, bilinear", [[3, 3, 2]], 4 * 72), ("fvcore", "tanh", [[9]], 0),
        # torchinfo/layer_info.py: calculate_macs
        ("torchinfo", "dense 4", [[7, 3]], 16), ("torchinfo", "conv 2, 3, bias=none", [[9, 3]], 18 * 7), ("torchinfo", "conv 2, 3", [[9, 3]], 20 * 7),
        ("torchinfo", "embedding 10, 4", [[7]], 40), ("torchinfo", "dot -1", [[4, 5], [3, 5]], 0), ("torchinfo", "bn", [[5, 5, 4]], 8),
        # torch/utils/flop_counter.py: mm, bmm, convolutions
        ("torch", "dot -1", [[4, 5], [3, 5]], 120), ("torch", "softmax", [[9]], 0),
        ("torch", "conv 3, 3, groups=3", [[9, 3]], 2 * 9 * 7), ("torch", "dense 4, relu", [[7, 3]], 2 * 84),
    ],
)  # fmt: skip
def test_single_layers_as_the_tools_sources_have_them(tool: str, line: str, inputs: list[list[int]], count: int | None) -> None:
    assert counts(of_line(line, *inputs), tool).total == count


@pytest.mark.parametrize("name", NAMES)
def test_a_convention_says_what_it_counts(name: str) -> None:
    found = convention(name)
    assert found.name == name
    assert found.tool and found.figure and found.source
    assert all(what and how for what, how in found.table)
