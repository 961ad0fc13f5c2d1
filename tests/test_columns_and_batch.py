"""`--columns` and `--batch` of analyze."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from running import PROGRAMS, analyze_text, archcalc

import archcalc as package
from archcalc.analysis import FIGURES
from archcalc.cli.full import run_click
from archcalc.cli.quick import read_words
from archcalc.cli.table import COMMANDS
from archcalc.figures import FIELD_NAMES
from archcalc.report.columns import HEADS, TEXTS, chosen

LENET = str(PROGRAMS / "lenet5.arch")
COUNTS = [figure for figure in FIGURES if figure != "activation_bytes"]


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


# ---- columns -----------------------------------------------------------------------------------------------------


def test_the_columns_that_are_asked_for_stand_after_the_shape() -> None:
    out = archcalc("analyze", LENET, "--columns", "trainable,flops,activation_bytes").out.splitlines()
    assert out[2].split("   ")[-3:] == ["Trainable", "  FLOPs", "Activation bytes"]
    assert out[5].split() == ["C1", "(conv)", "28x28x6", "156", "244,608", "18,816"]
    assert next(line for line in out if line.startswith(" total")).split() == ["total", "60,000", "675,512", "32,856"]


def field(value: Any, name: str) -> str:
    """A field's size, stride or padding as a column has it."""
    if isinstance(value, dict):
        return "x".join(map(str, value[{"receptive_field": "size", "field_stride": "stride", "field_padding": "padding"}[name]]))
    return "?" if value is None else value if name == "receptive_field" else ""


@pytest.mark.parametrize("name", HEADS)
def test_every_column_has_what_the_json_has(name: str) -> None:
    layers = json.loads(archcalc("analyze", LENET, "--format", "json").out)["layers"]
    head, *body, total = rows(archcalc("analyze", LENET, "--format", "csv", "--columns", name).out)
    first = ["name", "output_shape"] if name == "kind" else ["name", "kind", "output_shape"]
    assert head == [*first, name] and len(total) == len(head)
    for row, layer in zip(body, layers, strict=True):
        value = field(layer["receptive_field"], name) if name in FIELD_NAMES else layer[name]
        assert row[-1] == (", ".join(value) if isinstance(value, list) else "" if value is None else str(value))


def test_every_figure_has_a_column() -> None:
    assert set(HEADS) >= set(FIGURES) and set(TEXTS) <= set(HEADS)


def test_short_forms_order_and_repetition() -> None:
    assert chosen("macs, trainable,non_trainable,macs,trainable_params") == (("macs", "trainable_params", "non_trainable_params"), None)
    assert rows(archcalc("analyze", LENET, "--format", "csv", "--columns", "non_trainable").out)[0][-1] == "non_trainable_params"


def test_a_kind_with_a_column_of_its_own_leaves_the_name_alone() -> None:
    out = archcalc("analyze", LENET, "--columns", "kind,line").out.splitlines()
    assert out[2].split() == ["Layer", "Output", "shape", "Kind", "Line"]
    assert out[4].split() == ["input", "32x32x1", "input", "12"] and out[5].split() == ["C1", "28x28x6", "conv", "14"]


def test_markdown_and_latex_set_numbers_to_the_right_and_words_to_the_left() -> None:
    markdown = archcalc("analyze", LENET, "--format", "markdown", "--columns", "inputs,params").out.splitlines()
    assert markdown[0] == "| Layer | Output shape | Inputs | Parameters |" and markdown[1] == "| --- | --- | --- | ---: |"
    latex = archcalc("analyze", LENET, "--format", "latex", "--columns", "inputs,params").out
    assert r"\begin{tabular}{lllr}" in latex and r"OUT (rbf) & $10$ & F6 & 840 \\" in latex and r"total &  &  & 60,840 \\" in latex
    two = analyze_text("network N { input 4; relu; relu }", "--format", "latex", "--columns", "inputs").out
    assert r"relu\_2 (relu) & $4$ & relu\_1 \\" in two


def test_no_column_is_cut() -> None:
    name = "a" * 120
    out = analyze_text(f"network N {{ input 4; {name}: dense 3; dense 2 }}", "--columns", ",".join(HEADS), COLUMNS="40").out
    # Its own line, that of what reads it, and where the peak is.
    assert len([line for line in out.splitlines() if name in line]) == 3


def test_csv_cells_cannot_become_formulas(tmp_path: Path) -> None:
    (tmp_path / "=1+1.arch").write_text("network N { input 4; dense 3 }")
    ran = archcalc("analyze", "=1+1.arch", "--format", "csv", "--columns", "file", cwd=tmp_path)
    assert rows(ran.out)[1] == ["dense_1", "dense", "3", "'=1+1.arch"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("parms", "did you mean params?"), ("trainabel", "did you mean trainable?"), ("MACs", "did you mean macs?"), ("zzz", "there is params, trainable_params"),
        ("params,,macs", "no column called ''"), ("", "no column called ''"), ("name", "without name"), ("output_shape", "without output_shape"),
        ("\x1b[31m", "\\x1b[31m"), ("é" * 5000, "there is params"),
    ],
)  # fmt: skip
def test_a_column_that_there_is_not(given: str, says: str) -> None:
    ran = archcalc("analyze", LENET, f"--columns={given}")
    assert ran.code == 2 and not ran.out and says in ran.err and len(ran.err.splitlines()) == 1 and "\x1b" not in ran.err


@pytest.mark.parametrize("form", ["json", "html"])
def test_formats_that_have_every_figure_take_no_columns(form: str) -> None:
    ran = archcalc("analyze", LENET, "--format", form, "--columns", "params")
    assert ran.code == 2 and not ran.out and ran.err == f"archcalc: --columns is not for --format {form}, which has every figure\n"


@pytest.mark.parametrize(
    "words", [["--depth", "2"], ["--depth=1", "--batch", "32"], ["--columns", "params, macs"], ["--columns=", "--batch=07"]]
)
def test_the_quick_reader_and_click_understand_the_same(words: list[str], monkeypatch: Any) -> None:
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(type(COMMANDS[0]), "load", lambda self: lambda values: seen.append(values) or 0)
    assert run_click(["analyze", "f", *words]) == 0
    quick = read_words(["analyze", "f", *words], COMMANDS)
    assert quick is not None and quick[1] == seen[0]


# ---- batch -------------------------------------------------------------------------------------------------------


def test_a_batch_multiplies_the_memory_of_activations_and_nothing_else() -> None:
    one, many = (json.loads(archcalc("analyze", LENET, "--format", "json", *words).out) for words in ((), ("--batch", "32")))
    assert (one["batch"], many["batch"]) == (1, 32)
    for before, after in zip([*one["layers"], one["totals"]], [*many["layers"], many["totals"]], strict=True):
        assert after["activation_bytes"] == 32 * before["activation_bytes"]
        assert all(after[figure] == before[figure] for figure in COUNTS)
    assert one["inputs"] == many["inputs"]
    assert many["layers"][0]["formulas"]["activation_bytes"] == "28*28*6*4*32 = 602112"
    assert one["layers"][0]["formulas"]["activation_bytes"] == "28*28*6*4 = 18816"


def test_the_table_says_so() -> None:
    assert "Activations: 1.00 MB (batch 32)\n" in archcalc("analyze", LENET, "--batch", "32").out
    assert "(batch" not in archcalc("analyze", LENET, "--batch", "1").out
    explained = archcalc("analyze", LENET, "--batch", "32", "--explain").out
    assert "n_out*n_out*c_out*bytes*batch\n" in explained and "28*28*6*4*32 = 602112" in explained


def test_blocks_have_the_memory_of_the_batch_too() -> None:
    program = "block b() { dense 4; relu }\nnetwork N { input 4; b }"
    assert json.loads(analyze_text(program, "--format", "json", "--batch", "10").out)["groups"][0]["activation_bytes"] == 10 * 2 * 4 * 4


def test_expectations_are_decided_on_what_is_shown() -> None:
    program = "network N { input 4; dense 3; expect total.activation_bytes == 120; expect total.params == 15; expect input.units == 4 }"
    assert analyze_text(program, "--batch", "10").code == 0
    assert analyze_text(program).code == 1


def test_the_html_report_says_so() -> None:
    page = archcalc("analyze", LENET, "--batch", "32", "--format", "html").out
    assert "Batch" in page
    assert "Batch" not in archcalc("analyze", LENET, "--format", "html").out


@pytest.mark.parametrize("batch", ["0", "-3", "x", "2.5", "", str(2**512), "1" * 5000])
def test_a_batch_is_a_whole_number_from_1(batch: str) -> None:
    ran = archcalc("analyze", LENET, f"--batch={batch}")
    assert ran.code == 2 and not ran.out and "batch" in ran.err


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown", "latex", "html"])
def test_a_huge_batch_is_exact(form: str) -> None:
    batch = 2**512 - 1
    ran = archcalc(
        "analyze", LENET, "--batch", str(batch), "--format", form, *(["--columns", "activation_bytes"] * (form not in ("json", "html")))
    )
    assert ran.code == 0 and str(batch * 32_856) in ran.out.replace(",", "").replace("\\", "")


@pytest.mark.parametrize("batch", [0, -1, True, 1.5, "32", None, 2**512])
def test_python_refuses_what_is_no_batch(batch: object) -> None:
    with pytest.raises(package.ArchError, match="batch"):
        package.analyze(LENET, batch=batch)  # type: ignore[arg-type]


def test_python_takes_a_batch() -> None:
    analysis = package.analyze(LENET, batch=32)
    assert analysis.batch == 32 and analysis.layers["C1"].activation_bytes == 32 * 18_816
    derivation = analysis.derivation("C1", "activation_bytes")
    assert derivation is not None and derivation.text == "28*28*6*4*32 = 602112"
    plain = package.analyze(LENET).derivation("C1", "activation_bytes")
    assert plain is not None and plain.text == "28*28*6*4 = 18816"


def test_a_file_that_cannot_be_read_keeps_the_batch() -> None:
    ran = analyze_text("network N { input 4; dens 3 }", "--format", "json", "--batch", "7")
    assert ran.code == 1 and json.loads(ran.out)["batch"] == 7
    assert json.loads(analyze_text("", "--format", "json", "--batch", "7").out)["batch"] == 7


def test_a_total_that_is_a_long_formula_stands_below_the_table() -> None:
    out = analyze_text("network N(H) { input H x H x 3; repeat 4 { conv 8, 3x3, /2 } }\n", COLUMNS="60").out
    table, _, footer = out.rpartition("─\n")
    assert table.splitlines()[-2].split() == ["total", "1,976", "below", "below"]
    assert max(map(len, table.splitlines())) < 110  # the layers' own formulas; the totals are longer than that
    for name in ("connections", "macs"):
        document = json.loads(analyze_text("network N(H) { input H x H x 3; repeat 4 { conv 8, 3x3, /2 } }\n", "--format", "json").out)
        assert f": {document['totals'][name]}\n" in footer
