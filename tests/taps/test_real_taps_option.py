"""`--real-taps`: the figure, what says that it is another one, and what stays as it is."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from importlib.resources import files
from typing import Any

import pytest
from running import ROOT, archcalc, environment

import archcalc as package
from archcalc.report.page import as_html
from archcalc.report.page.compact import compact_html

NETWORK = """network N {
    input 28x28x1
    C1: conv 6, 5x5, same, tanh
    P: maxpool 3x3, /2, pad=1
    flatten
    F: dense 10
    expect total.connections == 144_658 and C1.connections == 122_304
}
"""
NOTE = "Connections are without taps that fall on padding; MACs, FLOPs and expectations count them"
# of 28 + 28 taps of a window's row, 2 + 1 at either end fall on padding; of the pool's 14*3, the first
REAL = {"C1": (28 * 5 - 6) ** 2 * 6 + 28 * 28 * 6, "P": (14 * 3 - 1) ** 2 * 6, "flatten_1": 0, "F": (14 * 14 * 6 + 1) * 10}
TOTAL = 112_440 + 10_086 + 11_770


@pytest.fixture
def file(tmp_path: Any) -> str:
    path = tmp_path / "net.arch"
    path.write_text(NETWORK, encoding="utf-8")
    return str(path)


def run(*words: str) -> str:
    ran = archcalc(*words)
    assert ran.code == 0, ran.err
    return ran.out


def test_from_python() -> None:
    a = package.analyze(text=NETWORK, real_taps=True)
    assert {name: row.connections for name, row in a.layers.items()} == REAL
    assert a.totals.connections == TOTAL == sum(REAL.values())
    plain = package.analyze(text=NETWORK)
    assert a.totals._replace(connections=0) == plain.totals._replace(connections=0)
    assert a.totals.peak_activation_bytes == plain.totals.peak_activation_bytes
    assert a.derivation("C1", "connections").text == "(28*5 - 3 - 3)*(28*5 - 3 - 3)*1*6 + 1*6*28*28 = 112440"
    assert plain.derivation("C1", "connections").text == "156 * 28*28 = 122304"
    assert a.derivation("F", "connections").text == plain.derivation("F", "connections").text


def test_expectations_are_those_of_the_file() -> None:
    """As with --count: what a file expects does not depend on how it is looked at."""
    a = package.analyze(text=NETWORK, real_taps=True)
    assert [o.holds for o in a.expectations] == [True] and a.ok


def test_the_table_says_so(file: str) -> None:
    lines = run("analyze", file, "--real-taps").splitlines()
    assert next(line for line in lines if line.startswith(" C1")).split()[-2] == "112,440"
    assert next(line for line in lines if line.startswith(" total")).split()[-2] == f"{TOTAL:,}"
    assert f" {NOTE}" in lines
    assert NOTE not in run("analyze", file)


@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_other_tables_say_so(file: str, form: str) -> None:
    assert f"\n{NOTE}\n" in run("analyze", file, "--real-taps", "--format", form)


def test_csv_has_it_in_the_head(file: str) -> None:
    rows = list(csv.DictReader(io.StringIO(run("analyze", file, "--real-taps", "--format", "csv"))))
    assert "connections" not in rows[0] and [int(row["real_connections"]) for row in rows] == [*REAL.values(), TOTAL]
    some = run("analyze", file, "--real-taps", "--format", "csv", "--columns", "macs,connections", "--count", "torch")
    assert some.splitlines()[0] == "name,kind,output_shape,torch,real_connections"


def test_json_has_a_key(file: str) -> None:
    plain, real = (json.loads(run("analyze", file, "--format", "json", *more)) for more in ((), ("--real-taps",)))
    assert real.pop("real_taps") is True and "real_taps" not in plain
    for document in (plain, real):
        document["totals"].pop("connections")
        for layer in document["layers"]:
            layer.pop("connections")
            layer["formulas"].pop("connections", None)
    assert plain == real


def test_the_document_is_what_the_schema_says() -> None:
    jsonschema: Any = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json.loads((files("archcalc") / "analysis.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(package.analyze(text=NETWORK, real_taps=True).to_json()), schema)


def test_pages_say_so(file: str, tmp_path: Any) -> None:
    a = package.analyze(file, real_taps=True)
    for page in (as_html(a), compact_html(a)):
        assert NOTE in page and "112,440" in page
    run("report", file, "--real-taps", "-o", str(tmp_path / "page.html"))
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == as_html(a)
    assert run("analyze", file, "--real-taps", "--format", "html") == as_html(a)
    assert NOTE not in as_html(package.analyze(file))


def test_explain_shows_the_taps(file: str) -> None:
    text = run("explain", file, "C1.connections", "--real-taps")
    assert text.splitlines()[0].endswith("and one for its bias; without taps that fall on padding")
    row = next(line for line in text.splitlines() if "kernel, axis 1" in line)
    assert [cell.strip() for cell in row.split("   ") if cell.strip()] == ["kernel, axis 1", "28*5 = 140", "2 + 1 = 3", "2 + 1 = 3", "134"]
    assert text.rstrip().endswith("= (28*5 - 3 - 3)*(28*5 - 3 - 3)*1*6 + 1*6*28*28 = 112440")
    assert "before: taps that fall before the first value" in text
    total = run("explain", file, "total.connections", "--real-taps")
    assert "without taps that fall on padding" in total.splitlines()[0] and f"{TOTAL:,}" in total
    assert run("explain", file, "C1.macs", "--real-taps") == run("explain", file, "C1.macs")
    assert run("explain", file, "F.connections", "--real-taps").splitlines()[1:] == run("explain", file, "F.connections").splitlines()[1:]
    for form in ("markdown", "latex"):
        assert "kernel, axis 2" in run("explain", file, "C1.connections", "--real-taps", "--format", form)


def test_axes_that_differ_are_numbered_and_places_are_a_stride_apart() -> None:
    """Along the first axis the places -5 and -3, then -1 ... 9 of 5 taps each: 5 and 3 and 1 before, 2 and 4 after 10 positions."""
    from archcalc.report.explain import explanation

    a = package.analyze(text="network N { input 10x10x1; M: maxpool 5x3, /2x1, pad=((5, 4), (0, 1)) }", real_taps=True)
    derivation = a.derivation("M", "connections")
    assert derivation.symbols == "(h_out*f_1 - before_1 - after_1)*(w_out*f_2 - after_2)*c_out"
    assert derivation.numbers == "(8*5 - 9 - 6)*(9*3 - 1)*1"
    lines = explanation(a, "M.connections")[0].splitlines()
    assert next(" ".join(line.split()) for line in lines if "axis 1 " in line) == "the window, axis 1 8*5 = 40 5 + 3 + 1 = 9 4 + 2 = 6 25"
    assert any(line.strip().endswith("over all places of the kernel, along the second axis") for line in lines)


def test_blocks_have_the_sums_of_their_layers() -> None:
    text = "block b(c) { conv c, 3x3, same; maxpool 3x3, /1, same }\nnetwork N { input 9x9x2; repeat 2 { b 4 }; zero_pad 1; conv 2, 3x3 }"
    a = package.analyze(text=text, real_taps=True)
    for group in a.graph.groups:
        assert group.row.connections == sum(node.row.connections for node in group.nodes)
    plain = package.analyze(text=text)
    assert [g.row.connections > h.row.connections for g, h in zip(plain.graph.groups, a.graph.groups, strict=True)] == [True, True]
    last = list(a.layers)[-1]
    assert a.layers[last] == plain.layers[last]._replace(node=a.layers[last].node)  # zeros of a layer of their own are values


def test_the_layout_changes_nothing() -> None:
    last, first = (
        package.analyze(text=f"network N {{ {head}\n conv 5, 3x2, same, /2; maxpool 3, /2, pad=1 }}", real_taps=True)
        for head in ("input 9x8x3", "layout channels_first\n input 3x9x8")
    )
    assert [r.connections for r in last.rows] == [r.connections for r in first.rows]


def test_lenet_has_no_padding() -> None:
    a = package.analyze(str(ROOT / "examples" / "lenet5.arch"), real_taps=True)
    assert a.totals.connections == 340_908 and a.ok


def test_a_plain_analysis_does_not_import_it(file: str) -> None:
    code = f"import sys; from archcalc.cli import main; main(['analyze', {file!r}]); print([m for m in sys.modules if m.endswith('.taps')])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_unknown_figures_stay_unknown() -> None:
    a = package.analyze(text="network N { input 4x4x1; A: conv 2, 9x9; conv 2, 3x3, same }", real_taps=True)
    assert not a.ok and a.totals.connections is None and a.layers["A"].connections is None
    assert json.loads(a.to_json())["totals"]["connections"] is None
