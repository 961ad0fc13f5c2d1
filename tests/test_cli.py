"""The command line's promises: exit codes, formats, streams, colours, and what is imported for them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from running import GOLDEN, PROGRAMS, ROOT, SECONDS, archcalc, environment

import archcalc as package
from archcalc.cli.quick import read_words
from archcalc.cli.table import COMMANDS
from archcalc.registry import every_kind

LENET = str(PROGRAMS / "lenet5.arch")
GOOD = b"network N { input 4; dense 3 }\n"


def golden(name: str, text: str, update: bool) -> None:
    path = GOLDEN / name
    if update:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("form", "name"), [("table", "txt"), ("csv", "csv"), ("markdown", "md"), ("latex", "tex"), ("json", "json")])
def test_each_format_of_lenet5_is_as_its_golden_file_has_it(form: str, name: str, update: bool) -> None:
    ran = archcalc("analyze", "lenet5.arch", "--format", form, cwd=PROGRAMS)
    assert ran.code == 0 and not ran.err
    golden(f"lenet5.{name}", ran.out, update)


def test_every_derivation_of_lenet5_is_shown_by_explain(update: bool) -> None:
    ran = archcalc("analyze", "lenet5.arch", "--explain", cwd=PROGRAMS)
    golden("lenet5-explained.txt", ran.out, update)
    for shown in ("(5*5*3 + 1)*6 + (5*5*4 + 1)*9 + (5*5*6 + 1)*1 = 1516", "(2*2 + 1)*6*14*14 = 5880", "(32 + 2*0 - 5)//1 + 1 = 28"):
        assert shown in ran.out


KEYS = {
    "schema",
    "network",
    "source",
    "inputs",
    "outputs",
    "parameters",
    "batch",
    "dtype",
    "layout",
    "assumptions",
    "expectations",
    "layers",
    "totals",
    "diagnostics",
}
LAYER_KEYS = {
    "name", "kind", "file", "line", "inputs", "shares", "args", "output_shape", "params", "trainable_params", "non_trainable_params", "connections", "units", "macs",
    "flops", "activation_bytes", "weight_bytes", "formulas",
}  # fmt: skip
DIAGNOSTIC_KEYS = {"code", "severity", "message", "file", "line", "column", "end_column", "layer"}


def test_json_has_the_keys_that_are_promised_and_the_same_bytes_twice() -> None:
    first, second = (archcalc("analyze", "lenet5.arch", "--format", "json", cwd=PROGRAMS) for _ in range(2))
    assert first.out == second.out
    data = json.loads(first.out)
    assert set(data) >= KEYS and data["schema"] == "archcalc/analysis/1" and data["source"] == "lenet5.arch"
    for layer in data["layers"]:
        assert set(layer) >= LAYER_KEYS
    (c1,) = (layer for layer in data["layers"] if layer["name"] == "C1")
    assert c1["args"] == {"filters": 6, "kernel": [5, 5], "stride": [1, 1], "padding": "valid", "activation": "tanh"} | {
        k: v for k, v in c1["args"].items() if k in ("dilation", "groups", "bias")
    }
    assert c1["formulas"]["params"] == "(5*5*1 + 1)*6 = 156" and c1["inputs"] == ["input"] and c1["shares"] is None
    assert data["inputs"][0]["shape"] == [32, 32, 1] and data["outputs"] == ["OUT"] and data["parameters"] == {"classes": 10}
    assert data["totals"]["connections"] == 340_908 and data["totals"]["units"] == 8_094
    assert all(set(e) == {"text", "line", "holds", "left", "right"} for e in data["expectations"])


def test_json_is_whole_even_with_mistakes() -> None:
    ran = archcalc("analyze", "-", "--format", "json", stdin=b"network N { input 4; a: dens 3; b: dense 2 }")
    data = json.loads(ran.out)
    assert ran.code == 1 and [layer["params"] for layer in data["layers"]] == [None, None] and data["totals"]["params"] is None
    (finding,) = data["diagnostics"]
    assert set(finding) >= DIAGNOSTIC_KEYS and (finding["code"], finding["severity"], finding["line"], finding["column"]) == (
        "E101",
        "error",
        1,
        25,
    )
    assert finding["end_column"] == 29


def test_exit_codes() -> None:
    assert archcalc("analyze", "-", stdin=GOOD).code == 0
    assert archcalc("analyze", "-", stdin=b"network N { input 5x5x1; maxpool 2x2 }").code == 0  # a warning is no error
    assert archcalc("analyze", "-", stdin=b"network N { input 4; dens 3 }").code == 1
    assert archcalc("check", "-", stdin=b"network N { input 4; dense 3; expect total.params == 1 }").code == 1
    for words in (
        (),
        ("analyze",),
        ("nope",),
        ("analyze", "-", "--nope"),
        ("analyze", "a", "b"),
        ("analyze", "-", "--format", "nope"),
        ("check",),
    ):
        ran = archcalc(*words, stdin=GOOD)
        assert ran.code in ((0, 2) if not words else (2,)), (words, ran)
    assert archcalc("--version").out.strip().endswith(package.__version__) and archcalc("--version").code == 0
    assert archcalc("--help").code == archcalc("analyze", "--help").code == 0


def test_results_go_to_stdout_and_findings_to_stderr() -> None:
    ran = archcalc("analyze", "-", stdin=b"network N { input 5x5x1; maxpool 2x2 }")
    assert "W101" in ran.err and "W101" not in ran.out and "maxpool_1" in ran.out


def test_several_networks_need_a_name_and_check_takes_all() -> None:
    text = b"network A { input 4; dense 3 }\nnetwork B { input 4; dense 5\n expect total.params == 25 }\n"
    ran = archcalc("analyze", "-", stdin=text)
    assert ran.code == 2 and "A, B" in ran.err and not ran.out
    assert "25" in archcalc("analyze", "-", "--network", "B", stdin=text).out
    assert archcalc("analyze", "-", "--network", "C", stdin=text).code == 2
    checked = archcalc("check", "-", stdin=text)
    assert checked.code == 0 and "1 expectation held" in checked.out


def test_the_network_that_uses_the_others_is_meant_where_none_is_named() -> None:
    text = b"network Whole { input 4; Part; dense 2 }\nnetwork Part(n = 3) { input 4; dense n }\n"
    ran = archcalc("analyze", "-", "--format", "json", stdin=text)
    assert ran.code == 0 and json.loads(ran.out)["network"] == "Whole"
    assert json.loads(ran.out)["totals"]["params"] == 15 + 8
    assert json.loads(archcalc("analyze", "-", "--network", "Part", "--format", "json", stdin=text).out)["totals"]["params"] == 15
    assert package.analyze(text=text.decode()).network == "Whole"
    assert package.analyze(text=text.decode(), params={}, network="Part").network == "Part"
    named = b"network Part { input 4; dense 3 }\nnetwork Other { input 4; Part: dense 5 }\n"  # a label is no use
    assert archcalc("analyze", "-", stdin=named).code == 2


def test_check_reads_several_files_and_writes_json(tmp_path: Path) -> None:
    (tmp_path / "bad.arch").write_text("network N { input 4; dens 3 }\n")
    ran = archcalc("check", LENET, str(tmp_path / "bad.arch"))
    assert ran.code == 1 and f"{LENET}: ok, 4 expectations held" in ran.out and "E101" in ran.err
    ran = archcalc("check", LENET, str(tmp_path / "bad.arch"), "--format", "json")
    data = json.loads(ran.out)
    assert ran.code == 1 and [len(f["diagnostics"]) for f in data["files"]] == [0, 1]
    assert [e["holds"] for e in data["files"][0]["expectations"]] == [True] * 4
    assert archcalc("check", LENET, str(tmp_path / "missing.arch")).code == 2


def test_parameters_and_input_sizes_are_set_from_outside() -> None:
    data = json.loads(archcalc("analyze", LENET, "-p", "classes=2*3", "--format", "json").out)
    assert data["parameters"] == {"classes": 6} and data["layers"][-1]["params"] == 84 * 6
    data = json.loads(archcalc("analyze", "-", "--input", "6x6x3", "--format", "json", stdin=b"network N { input 4x4x1; flatten }").out)
    assert data["layers"][-1]["output_shape"] == [6 * 6 * 3]
    two = b"network N { a: input 4\n b: input 4\n add from a, b }"
    assert json.loads(archcalc("analyze", "-", "--input", "b=1", "--format", "json", stdin=two).out)["inputs"][1]["shape"] == [1]
    assert archcalc("analyze", "-", "--input", "1", stdin=two).code == 2


def test_explain_tells_a_figure_a_total_and_a_code() -> None:
    ran = archcalc("explain", LENET, "C3.params")
    assert ran.code == 0 and "(5*5*3 + 1)*6 + (5*5*4 + 1)*9 + (5*5*6 + 1)*1 = 1516" in ran.out
    ran = archcalc("explain", LENET, "total.connections")
    assert "340,908" in ran.out and "122,304" in ran.out
    assert "5*5*16" in archcalc("explain", LENET, "C5.macs").out
    assert "120" in archcalc("explain", LENET, "flatten_1.shape").out
    assert "E301" in archcalc("explain", "E301").out and "n + 2p >= f" in archcalc("explain", "e301").out
    for words in (("E999",), (LENET, "C9.params"), (LENET, "C3.nope"), (LENET, "C3"), (LENET, "total.shape")):
        ran = archcalc("explain", *words)
        assert ran.code == 2 and not ran.out and len(ran.err.splitlines()) == 1
    assert "C3" in archcalc("explain", LENET, "c3.params").err


def test_the_catalogue_lists_every_kind_and_describes_each() -> None:
    listed = archcalc("layers").out
    assert all(f"  {kind} " in listed for kind in every_kind())
    described = archcalc("layers", "conv").out
    assert all(name in described for name in ("filters", "kernel_size", "dilation_rate", "conv 6, 5x5, tanh", "Conv1D"))
    assert archcalc("layers", "Conv2D").out == described
    ran = archcalc("layers", "convv")
    assert ran.code == 2 and "conv" in ran.err


@pytest.mark.parametrize(
    ("env", "words", "coloured"),
    [
        ({}, (), False), ({"FORCE_COLOR": "1"}, (), True), ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, (), False), ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({"FORCE_COLOR": "1"}, ("--color", "never"), False), ({"NO_COLOR": ""}, ("--color=always",), True),
    ],
)  # fmt: skip
def test_colour_is_as_asked(env: dict[str, str], words: tuple[str, ...], coloured: bool) -> None:
    ran = archcalc("analyze", "-", *words, stdin=b"network N { input 5x5x1; maxpool }", **env)
    assert ("\x1b[" in ran.out, "\x1b[" in ran.err) == (coloured, coloured)
    if not coloured:
        assert ran.out.isprintable() or all(c.isprintable() or c == "\n" for c in ran.out)


def test_no_column_of_the_table_is_cut() -> None:
    name = "a" * 160
    assert name in archcalc("analyze", "-", stdin=f"network N {{ input 4; {name}: dense 3 }}".encode(), COLUMNS="40").out


def test_an_ascii_terminal_gets_ascii() -> None:
    ran = archcalc("analyze", "-", stdin="network N { input 4; größe: dense 3; maxpool }".encode(), PYTHONIOENCODING="ascii")
    assert ran.out.isascii() and ran.err.isascii() and ran.code == 1


PROBE = """
import sys
from archcalc.cli import main
code = main(sys.argv[1:])
print(sorted(m for m in sys.modules if m in {"numpy", "jinja2", "rich", "tensorflow", "keras", "lark", "click", "fractions", "difflib"}), file=sys.stderr)
raise SystemExit(code)
"""


@pytest.mark.parametrize(
    "words",
    [
        ("analyze", LENET),
        ("analyze", LENET, "--explain"),
        ("analyze", LENET, "--format", "json"),
        ("check", LENET),
        ("explain", LENET, "C3.params"),
    ],
)
def test_an_analysis_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    from archcalc.syntax import tables

    tables.write() if not (Path(tables.__file__).parent / "_tables.py").exists() else None
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *words], capture_output=True, text=True, env=environment(), timeout=SECONDS, check=False
    )
    assert done.returncode == 0 and done.stderr.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "words",
    [
        ["analyze", "f"], ["analyze", "f", "--format", "json"], ["analyze", "--format=csv", "f"], ["analyze", "f", "-o", "x", "--explain"], ["analyze", "-"],
        ["analyze", "f", "-p", "a=1", "-p", "b=2", "--param", "c=3"], ["analyze", "f", "--input", "3x3", "--input=a=4"], ["check", "a", "b", "--color", "never"],
        ["check", "--format", "json", "a"], ["explain", "E301"], ["explain", "f", "C1.params"], ["layers"], ["layers", "conv"], ["analyze", "--", "-f"],
        ["verify", "f", "--epochs", "3", "--timeout", "2.5", "--build-only"], ["codegen", "--keras", "f", "-o", "m.py"], ["verify", "f", "--device", "cpu", "--seed=7"],
        ["report", "f", "-o", "r.html", "--network", "N"], ["analyze", "f", "--network="], ["analyze", "f", "-p", "n=-1"], ["analyze", "f", "-o", "-"],
    ],
)  # fmt: skip
def test_the_quick_reader_and_click_understand_the_same(words: list[str], monkeypatch: Any) -> None:
    from archcalc.cli import full

    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(type(COMMANDS[0]), "load", lambda self: lambda values: seen.append({"command": self.name, **values}) or 0)
    assert full.run_click(words) == 0
    quick = read_words(words, COMMANDS)
    assert quick is not None
    command, values = quick
    assert {"command": command.name, **values} == seen[0] | {k: list(v) for k, v in seen[0].items() if isinstance(v, list | tuple)}


@pytest.mark.parametrize(
    "words",
    [
        ["analyze"],
        ["analyze", "f", "--nope"],
        ["analyze", "f", "--format", "x"],
        ["verify", "f", "--epochs", "x"],
        ["check"],
        ["layers", "a", "b"],
        ["analyze", "f", "-o"],
    ],
)
def test_what_the_quick_reader_leaves_click_refuses(words: list[str]) -> None:
    assert read_words(words, COMMANDS) is None
    assert archcalc(*words).code == 2


def test_the_module_and_the_checkout_are_the_same_package() -> None:
    assert Path(package.__file__).parent == ROOT / "archcalc"
