"""`analyze --count TOOL`: the tool's figure in place of MACs and FLOPs, under a head that says whose it is."""

from __future__ import annotations

import csv
import io
import json
from importlib.resources import files
from typing import Any

import pytest
from running import ROOT, archcalc

from archcalc.conventions import NAMES

NETWORKS = "tests/conventions/networks"


def run(*words: str) -> str:
    ran = archcalc("analyze", *words, cwd=ROOT)
    assert ran.code == 0, ran.err
    return ran.out


def test_the_tools_column_stands_where_macs_would() -> None:
    lines = run(f"{NETWORKS}/lenet_like.arch", "--count", "torch").splitlines()
    assert lines[2].split("   ")[-1].strip() == "FLOPs (torch)" and "MACs" not in lines[2]
    total = next(line for line in lines if line.startswith(" total"))
    assert total.split()[-1] == "833,040"
    assert lines[-1] == " FLOPs (torch): 2 for each MAC of a convolution or a matrix product; nothing else"


def test_what_has_no_count_is_a_question_with_a_reason() -> None:
    text = run(f"{NETWORKS}/encoder.arch", "--count", "fvcore", "--depth", "1")
    layer = next(line for line in text.splitlines() if line.startswith(" layer_1"))
    assert layer.split()[-1] == "?"
    assert "fvcore: ? of layer_1.mha_1: what fvcore sees of it depends on how its module is written" in text


def test_both_figures_become_one_and_a_tool_may_be_named_as_a_column() -> None:
    one = run(f"{NETWORKS}/lenet_like.arch", "--count", "torchinfo", "--columns", "macs,flops,units", "--format", "csv")
    assert one.splitlines()[0] == "name,kind,output_shape,torchinfo,units"
    side = run(f"{NETWORKS}/lenet_like.arch", "--columns", "macs,tensorflow,torch,fvcore,torchinfo", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(side)))
    assert [rows[-1][c] for c in ("macs", "tensorflow", "torch", "fvcore", "torchinfo")] == [
        "416520",
        "845912",
        "833040",
        "416520",
        "423038",
    ]
    for column in ("tensorflow", "torch", "fvcore", "torchinfo"):
        assert sum(int(row[column]) for row in rows[:-1]) == int(rows[-1][column])


@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_other_forms_have_it_too(form: str) -> None:
    text = run(f"{NETWORKS}/lenet_like.arch", "--count", "fvcore", "--format", form)
    assert "flops (fvcore)" in text and "416,520" in text


def test_json_keeps_its_figures_and_has_the_counts_beside_them() -> None:
    plain, counted = (json.loads(run(f"{NETWORKS}/encoder.arch", "--format", "json", *more)) for more in ((), ("--count", "torchinfo")))
    counts = counted.pop("counts")
    assert counted == plain
    assert counts["convention"] == "torchinfo" and counts["figure"] == "mult-adds" and counts["total"] is None
    assert set(counts["layers"]) == {layer["name"] for layer in plain["layers"]}
    assert (
        set(counts["left_out"]) == {name for name, count in counts["layers"].items() if count is None} == {"layer_1.mha_1", "layer_2.mha_1"}
    )


@pytest.mark.parametrize("tool", NAMES[1:])
def test_the_document_with_counts_is_what_the_schema_says(tool: str) -> None:
    jsonschema: Any = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json.loads((files("archcalc") / "analysis.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(run("examples/lenet5.arch", "--format", "json", "--count", tool)), schema)


def test_archcalcs_own_changes_nothing() -> None:
    assert run("examples/lenet5.arch", "--count", "archcalc") == run("examples/lenet5.arch")


def test_a_page_has_no_place_for_it_and_a_tool_that_is_none_is_refused() -> None:
    page = archcalc("analyze", "examples/lenet5.arch", "--count", "torch", "--format", "html", cwd=ROOT)
    assert (page.code, page.out) == (2, "") and "--count is not for --format html" in page.err
    other = archcalc("analyze", "examples/lenet5.arch", "--count", "thop", cwd=ROOT)
    assert other.code == 2 and "torchinfo" in other.err
