"""`--depth`: block instances, and networks used as layers, in one line each with the sums of their layers."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import GOLDEN, PROGRAMS, ROOT, analyze_text, archcalc

import archcalc as package
from archcalc.analysis import FIGURES
from archcalc.report.folding import lines

RESNET = str(PROGRAMS / "resnet.arch")
STAGED = str(ROOT / "examples" / "resnet50_v1_5.arch")


def cells(text: str) -> list[list[str]]:
    """The rows of a CSV."""
    return list(csv.reader(io.StringIO(text)))


def names(program: str, depth: int | None) -> list[str]:
    return [line.name for line in lines(package.analyze(text=program), depth)]


@pytest.mark.parametrize(("form", "ending"), [("table", "txt"), ("csv", "csv"), ("markdown", "md"), ("latex", "tex")])
def test_a_folded_resnet_is_as_its_golden_file_has_it(form: str, ending: str, update: bool) -> None:
    ran = archcalc("analyze", "resnet.arch", "--depth", "1", "--format", form, cwd=PROGRAMS)
    assert ran.code == 0 and not ran.err
    path = GOLDEN / f"resnet-depth-1.{ending}"
    if update:
        path.write_text(ran.out, encoding="utf-8")
    assert ran.out == path.read_text(encoding="utf-8")


def test_depth_opens_instances_level_by_level() -> None:
    shown = {d: [row[0] for row in cells(archcalc("analyze", STAGED, "--format", "csv", "--depth", d).out)] for d in "1234"}
    assert [n for n in shown["1"] if "[" in n] == [f"conv_x[{i}]" for i in range(4)]
    assert [n for n in shown["2"] if n.startswith("conv_x[0]")] == [f"conv_x[0].bottleneck_{i}" for i in (1, 2, 3)]
    assert "conv_x[0].bottleneck_1.conv1" in shown["3"]
    flat = [row[0] for row in cells(archcalc("analyze", STAGED, "--format", "csv").out)]
    assert shown["3"] == shown["4"] == flat


def test_a_folded_line_stands_where_its_first_layer_does_and_has_what_comes_out() -> None:
    rows = cells(archcalc("analyze", RESNET, "--format", "csv", "--depth", "1").out)
    assert [row[0] for row in rows[4:7]] == ["maxpool_1", "bottleneck_1", "bottleneck_2"]
    assert rows[5][:4] == ["bottleneck_1", "bottleneck", "56x56x256", "76288"]  # 64*64 + 9*64*64 + 2*64*256 and 4*(64 + 64 + 256 + 256)
    assert rows[-1][3] == "25610152"


@pytest.mark.parametrize("depth", [1, 2, 3, None])
@pytest.mark.parametrize("path", [RESNET, STAGED, str(ROOT / "examples" / "inception_v3.arch")])
def test_the_lines_add_up_to_the_totals_whatever_is_folded(path: str, depth: int | None) -> None:
    analysis = package.analyze(path)
    shown = lines(analysis, depth)
    for figure in FIGURES:
        assert sum(getattr(line.figures, figure) for line in shown) == getattr(analysis.totals, figure)


def test_several_outputs_are_joined_and_one_that_is_no_layer_of_it_counts_as_well() -> None:
    program = "network S { x: input 8; a: dense 4; output from a, x }\nnetwork N { input 8; s: S; concat }"
    ran = analyze_text(program, "--network", "N", "--depth", "1", "--format", "csv")
    assert ran.code == 0 and cells(ran.out)[1][:3] == ["s", "S", "4, 8"]
    latex = analyze_text(program, "--network", "N", "--depth", "1", "--format", "latex").out
    assert "s (S) & $4$, $8$ & 36 &" in latex
    assert "s (S)               4, 8 " in analyze_text(program, "--network", "N", "--depth", "1").out


def test_a_sum_with_an_unknown_part_is_unknown() -> None:
    program = "block b() { dense 3; conv 4, 9x9; dense 5 }\nnetwork N { input 4; dense 2; b }"
    ran = analyze_text(program, "--depth", "1", "--format", "csv")
    assert ran.code == 1 and cells(ran.out)[2] == ["b_1", "b", "?"] + [""] * len(FIGURES)
    assert "b_1 (b)           ?                   ?             ?      ?" in analyze_text(program, "--depth", "1").out
    (group,) = json.loads(analyze_text(program, "--format", "json").out)["groups"]
    assert group["output_shapes"] == [None] and group["params"] is None


def test_layers_that_reach_no_output_are_in_no_sum_and_an_instance_without_others_is_not_shown() -> None:
    program = (
        "block b() { a: dense 3; c: dense 5; dense 7 from a }\nblock d() { dense 9 }\nnetwork N { x: input 4; y: b; d from x; relu from y }"
    )
    analysis = package.analyze(text=program)
    assert [d.code for d in analysis.diagnostics] == ["W102", "W102"]
    (y, relu) = lines(analysis, 1)
    assert (y.name, y.figures.params, relu.name) == ("y", 5 * 3 + 4 * 7, "relu_1")
    (group,) = json.loads(analysis.to_json())["groups"]
    assert group["layers"] == ["y.a", "y.dense_1"] and group["params"] == 43


def test_an_input_inside_of_a_block_is_no_layer_of_it() -> None:
    analysis = package.analyze(text="block b() { input 3; dense 4 }\nnetwork N { b }")
    (b,) = lines(analysis, 1)
    assert (b.figures.units, b.figures.activation_bytes) == (analysis.totals.units, analysis.totals.activation_bytes) == (4, 16)
    assert json.loads(analysis.to_json())["groups"][0]["layers"] == ["b_1.dense_1"]


def test_explain_derives_the_layers_that_are_listed() -> None:
    out = archcalc("analyze", RESNET, "--explain", "--depth", "1").out
    assert "7*7*3*64 = 9408" in out and "3*3*64*64" not in out
    after = out.splitlines()[next(i for i, line in enumerate(out.splitlines()) if line.startswith(" bottleneck_1 ")) + 1]
    assert after.startswith(" bottleneck_2 ")


def test_a_column_of_inputs_names_the_lines_that_are_shown() -> None:
    program = "block b() { u: dense 4; v: relu }\nnetwork N { input 4; x: b; y: b; z: add from x, y; add from x.u, z }"
    rows = cells(analyze_text(program, "--depth", "1", "--columns", "inputs", "--format", "csv").out)
    assert [row[3] for row in rows[1:-1]] == ["input", "x", "x, y", "x, z"]
    flat = cells(analyze_text(program, "--columns", "inputs", "--format", "csv").out)
    assert flat[-2][3] == "x.u, z"


# ---- weights that are used again ---------------------------------------------------------------------------------

SHARING = """
block b() { u: dense 4; relu }
network N { p: input 4; q: input 4; one: dense 4 from p; two: reuse one from q
  x: b from one; y: reuse x from two; add from x, y }
"""


def test_a_layer_without_parameters_of_its_own_says_whose_weights_it_has() -> None:
    flat = analyze_text(SHARING).out
    assert " two (dense), weights of one " in flat and " y.u (dense), weights of x.u " in flat
    assert " y.relu_1 (relu)  " in flat  # which has none to share
    folded = analyze_text(SHARING, "--depth", "1").out
    assert " y (b), weights of x " in folded and " x (b)  " in folded
    assert "| y (b), weights of x |" in analyze_text(SHARING, "--depth", "1", "--format", "markdown").out


def test_csv_and_a_column_of_its_own_have_it_plain() -> None:
    rows = cells(analyze_text(SHARING, "--format", "csv").out)
    assert ["two", "dense", "4", "0"] in [row[:4] for row in rows]
    rows = cells(analyze_text(SHARING, "--format", "csv", "--columns", "shares", "--depth", "1").out)
    assert {row[0]: row[3] for row in rows[1:]} == {"one": "", "two": "one", "x": "", "y": "x", "add_1": "", "total": ""}
    table = analyze_text(SHARING, "--columns", "params,shares").out
    assert "weights of" not in table and table.splitlines()[2].endswith("Params   Shares")


# ---- JSON --------------------------------------------------------------------------------------------------------


def groups(*words: str) -> dict[str, Any]:
    return {group["name"]: group for group in json.loads(archcalc("analyze", STAGED, "--format", "json", *words).out)["groups"]}


def test_json_names_each_layer_in_its_innermost_group() -> None:
    found = groups()
    assert len(found) == 4 + 16
    assert found["conv_x[0]"]["layers"] == [] and found["conv_x[0]"]["params"] == 218_624 and found["conv_x[0]"]["outer"] is None
    inner = found["conv_x[0].bottleneck_2"]
    assert inner["outer"] == "conv_x[0]" and inner["output_shapes"] == [[56, 56, 256]] and inner["kind"] == "bottleneck"
    assert inner["layers"][0] == "conv_x[0].bottleneck_2.conv1" and len(inner["layers"]) == 10
    document = json.loads(archcalc("analyze", STAGED, "--format", "json").out)
    counted = {layer["name"]: layer for layer in document["layers"]}
    named = [name for group in found.values() for name in group["layers"]]
    assert len(named) == len(set(named)) and counted.keys() > set(named)
    for figure in FIGURES:
        assert sum(counted[name][figure] for name in inner["layers"]) == inner[figure]
        stages = sum(group[figure] for group in found.values() if group["outer"] is None)
        assert stages == sum(counted[name][figure] for name in named)


def test_depth_limits_the_groups_of_json_and_leaves_its_layers_whole() -> None:
    found = groups("--depth", "1")
    assert list(found) == [f"conv_x[{i}]" for i in range(4)] and len(found["conv_x[0]"]["layers"]) == 32
    whole, folded = (json.loads(archcalc("analyze", STAGED, "--format", "json", *w).out) for w in ((), ("--depth", "1")))
    assert {k: v for k, v in whole.items() if k != "groups"} == {k: v for k, v in folded.items() if k != "groups"}


def test_a_network_without_blocks_has_no_groups() -> None:
    assert json.loads(package.analyze(text="network N { input 4; dense 3 }").to_json())["groups"] == []


def test_deep_nesting_names_a_layer_once() -> None:
    blocks = "\n".join(["block b0() { repeat 2000 { relu } }", *(f"block b{i}() {{ b{i - 1} }}" for i in range(1, 50))])
    document = package.analyze(text=f"{blocks}\nnetwork N {{ input 4; b49 }}").to_json()
    assert sum(len(group["layers"]) for group in json.loads(document)["groups"]) == 2000


# ---- what it is not ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", ["0", "-1", "x", "1.5", "", "9" * 5000])
def test_a_depth_is_a_whole_number_from_1(depth: str) -> None:
    ran = archcalc("analyze", RESNET, f"--depth={depth}")
    assert ran.code == 2 and not ran.out and "--depth" in ran.err


def test_html_takes_no_depth() -> None:
    ran = archcalc("analyze", RESNET, "--format", "html", "--depth", "1")
    assert ran.code == 2 and not ran.out and ran.err == "archcalc: --depth is not for --format html, which has every layer\n"


@settings(max_examples=60)
@given(st.recursive(st.just("dense"), lambda inner: st.lists(inner, min_size=1, max_size=3), max_leaves=12), st.integers(1, 6))
def test_folding_keeps_every_sum(shape: Any, depth: int) -> None:
    """Random nesting: a folded table has each layer in exactly one line."""
    blocks: list[str] = []

    def write(one: Any) -> str:
        if one == "dense":
            return "dense 3"
        body = "; ".join(write(inner) for inner in one)
        blocks.append(f"block b{len(blocks)}() {{ {body} }}")
        return f"b{len(blocks) - 1}"

    body = write(shape)
    analysis = package.analyze(text="\n".join([*blocks, f"network N {{ input 2; {body} }}"]))
    shown = lines(analysis, depth)
    assert sum(line.figures.params for line in shown) == analysis.totals.params
    assert all(line.name.count(".") < depth for line in shown)
    listed = [name for group in json.loads(analysis.to_json())["groups"] for name in group["layers"]]
    assert sorted(listed) == sorted(name for name in analysis.layers if "." in name)
