"""Model files that are damaged, made to do harm, or wrong: a clear message each, nothing run, nothing written, no traceback."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from running import ROOT

from archcalc.cli import main

X = {"class_name": "InputLayer", "config": {"batch_shape": [None, 4]}, "name": "x", "inbound_nodes": []}
DENSE = {"class_name": "Dense", "config": {"name": "d", "units": 3}}
CHAIN = {"class_name": "Sequential", "config": {"name": "t", "layers": [X, DENSE]}}
GOOD = json.dumps(CHAIN)


def layer(name: str, source: str | list[str], kind: str = "Dense", config: Any = None, **more: Any) -> dict[str, Any]:
    sources = [source] if isinstance(source, str) else source
    nodes = [[[s, 0, 0, {}] for s in sources]]
    return {"class_name": kind, "config": {"units": 3} if config is None else config, "name": name, "inbound_nodes": nodes, **more}


def graph(*layers: dict[str, Any], out: str = "d") -> str:
    config = {"name": "t", "layers": [X, *layers], "input_layers": [["x", 0, 0]], "output_layers": [[out, 0, 0]]}
    return json.dumps({"class_name": "Functional", "config": config})


def archive(*members: tuple[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that stand twice
        with zipfile.ZipFile(file, "w", method) as made:
            for name, data in members:
                made.writestr(name, data)
    return file.getvalue()


def patched(data: bytes, at: int, form: str, value: int) -> bytes:
    """The archive with a field of its list of members changed."""
    place = data.find(b"PK\x01\x02") + at
    return data[:place] + struct.pack(form, value) + data[place + struct.calcsize(form) :]


ONE = archive(("config.json", GOOD))
ARCHIVES = {
    "cut in the middle": (ONE[: len(ONE) // 2], "has no end of one"),
    "cut at the end": (ONE[:-5], "has no end of one"),
    "two letters": (b"PK", "has no end of one"),
    "empty": (b"PK\x05\x06" + bytes(18), "empty zip archive"),
    "encrypted": (patched(ONE, 8, "<H", 1), "encrypted"),
    "a bomb": (archive(("config.json", b"[" * 100_000_000)), "the limit is 40,000,000"),
    "said to be shorter": (patched(ONE, 24, "<L", 10), "damaged"),
    "said to be longer": (patched(ONE, 24, "<L", 10_000_000), "is said to have 10,000,000 bytes"),
    "an unknown compression": (patched(ONE, 10, "<H", 77), "damaged"),
    "twice": (archive(("config.json", GOOD), ("config.json", GOOD)), "2 times"),
    "without a config": (archive(("other.json", GOOD)), "no config.json"),
    "a folder": (archive(("config.json/", b"")), "no config.json"),
    "many names": (archive(*((f"m{i}", b"") for i in range(90_000)), ("config.json", GOOD)), "list of members"),
    "a pickle": (b"\x80\x04\x95", "a pickle"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(100), "an HDF5 file"),
    "gzip": (b"\x1f\x8b\x08" + bytes(100), "a gzip archive"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_that_cannot_be_read_is_refused_in_one_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, said = ARCHIVES[name]
    path = tmp_path / "model.keras"
    path.write_bytes(data)
    for command in ("analyze", "import"):
        assert main([command, str(path)]) == 2
        out, err = capsys.readouterr()
        assert out == "" and err.count("\n") == 1 and said in err
    assert [p.name for p in tmp_path.iterdir()] == ["model.keras"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("model.keras", b"", "it is no .keras file, which is a zip archive. It is empty"),
        ("model.keras", b"<!DOCTYPE html><html>not found</html>", "it is no .keras file, which is a zip archive"),
        ("model.keras", bytes(range(200, 250)), "it is no .keras file, which is a zip archive"),
        ("model.json", b"[1, 2]", "it is no model's JSON, which is an object and begins with `{`"),
        ("weights.H5", b"text", "it is no HDF5 file, and those are not read here"),
        ("saved_model.pb", b"\x08\x01", "part of a SavedModel, which is a program. Save the model as `.keras`"),
        ("model.onnx", b"\x08\x07", "a model in ONNX's format"),
        ("model.tflite", b"\x1c\x00\x00\x00TFL3", "a model in TensorFlow Lite's format"),
    ],
)
def test_a_file_that_is_called_as_a_model_and_is_none_is_no_bad_program(
    name: str, data: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(data)
    for command in ("analyze", "import"):
        assert main([command, str(tmp_path / name)]) == 2
        out, err = capsys.readouterr()
        assert out == "" and err.count("\n") == 1 and said in err


def test_a_model_whose_json_begins_with_blanks_or_is_called_keras_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, before in (("model.json", "\n" * 30), ("model.keras", ""), ("marked.json", "\ufeff")):
        (tmp_path / name).write_text(before + GOOD, encoding="utf-8")
        assert main(["import", str(tmp_path / name)]) == 0
        assert "d: dense 3" in capsys.readouterr().out
    (tmp_path / "wide.json").write_text(GOOD, encoding="utf-16")
    assert main(["analyze", str(tmp_path / "wide.json")]) == 1
    assert "it looks like UTF-16" in capsys.readouterr().err


def test_of_a_folder_that_is_a_saved_model_it_is_said_what_to_save(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, ends in (("plain", "is a folder, not a file"), ("saved", "Save the model as `.keras`, or write `model.to_json()`")):
        (tmp_path / name).mkdir()
        if name == "saved":
            (tmp_path / name / "saved_model.pb").write_bytes(b"\x08\x01")
        for command in ("analyze", "import"):
            assert main([command, str(tmp_path / name)]) == 2
            out, err = capsys.readouterr()
            assert out == "" and err.endswith(ends + "\n")


def test_the_text_of_a_model_in_a_model_is_analyzed_as_the_model_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, text = tmp_path / "model.json", tmp_path / "model.arch"
    model.write_text(nested(2))
    assert main(["import", str(model), "-o", str(text)]) == 0
    assert text.read_text().count("network ") == 2
    capsys.readouterr()
    assert main(["diff", str(model), str(text)]) == 0
    assert "no difference" in capsys.readouterr().out
    assert main(["analyze", str(text)]) == 0
    assert capsys.readouterr().out.startswith("m1\n")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_members_are_left_where_they_are(method: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    members = (("/etc/archcalc", b"x"), ("../../outside", b"y"), ("config.json", GOOD), ("model.weights.h5", bytes(1000)))
    path = tmp_path / "model"
    path.write_bytes(archive(*members, method=method))
    assert main(["import", str(path)]) == 0
    assert "d: dense 3" in capsys.readouterr().out
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def test_an_archive_comes_through_a_pipe_as_well() -> None:
    found = subprocess.run([sys.executable, "-m", "archcalc", "import", "-"], input=ONE, capture_output=True, cwd=ROOT, timeout=60)
    assert found.returncode == 0 and b"d: dense 3" in found.stdout


def nested(times: int) -> str:
    inner: dict[str, Any] = {"class_name": "Dense", "config": {"name": "d", "units": 4}}
    for i in range(times):
        config = {"name": f"m{i}", "layers": [{"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 4]}}, inner]}
        inner = {"class_name": "Sequential", "config": config, "name": f"m{i}"}
    return json.dumps(inner)


def wrapped(times: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"class_name": "Dense", "config": {"units": 2}}
    for _ in range(times):
        inner = {"class_name": "TimeDistributed", "config": {"layer": inner}}
    return inner["config"]


TEXTS = {
    "100,000 brackets": ('{"class_name": ' + "[" * 100_000, "E601", "nested too deeply"),
    "100,000 braces": ('{"a":' * 100_000, "E601", "nested too deeply"),
    "NaN": (GOOD.replace("3", "NaN"), "E601", "NaN is no number"),
    "infinity": (GOOD.replace("3", "-Infinity"), "E601", "-Infinity is no number"),
    "a number without end": (GOOD.replace("3", "1e999"), "E601", "1e999 is more than"),
    "5,000 digits": (GOOD.replace("3", "9" * 5000), "E601", "5000 digits"),
    "a name twice": ('{"class_name": "Sequential", "class_name": "os", "config": {}}', "E601", '"class_name" stands twice'),
    "cut off": (GOOD[:-4], "E601", "expecting"),
    "a brace": ("{", "E601", "expecting"),
    "nothing in it": ("{}", "E602", "should be what `model.to_json()` writes"),
    "a layer that is a number": (GOOD.replace('{"name": "d", "units": 3}', "3"), "E602", "config.layers[1] should be a layer"),
    "calls that are a word": (graph({**layer("d", "x"), "inbound_nodes": "x"}), "E602", "inbound_nodes should be"),
    "a call that is a number": (graph({**layer("d", "x"), "inbound_nodes": [3]}), "E602", "inbound_nodes should be"),
    "a name for two": (graph(layer("d", "x"), layer("d", "x")), "E602", "no other layer of the model has"),
    "a name that is none": (GOOD.replace('"name": "d", ', ""), "E602", "name should be a text"),
    "models in models": (nested(90), "E602", "20 are around it"),
    "a million layers": (GOOD.replace(json.dumps(DENSE), ",".join(["0"] * 1_000_001)), "E602", "at most 200,000 layers"),
    "a class of its own": (json.dumps({"class_name": "Mine", "config": {"width": 3}}), "E603", "`Mine`"),
    "a layer that is missing": (graph(layer("d", "nope")), "E604", "`nope`"),
    "an output that is missing": (graph(layer("d", "x"), out="e"), "E604", "the model reads `e`"),
    "a call that is missing": (graph({**layer("d", "x"), "inbound_nodes": [[["x", 7, 0, {}]]]}), "E604", "call 7 of `x`"),
    "a call before the first": (graph({**layer("d", "x"), "inbound_nodes": [[["x", -1, 0, {}]]]}), "E604", "call -1 of `x`"),
    "a billion outputs": (graph({**layer("d", "x"), "inbound_nodes": [[["x", 0, 10**9, {}]]]}), "E604", "output 1000000000"),
    "a circle": (graph(layer("a", "d"), layer("d", "a")), "E605", "`d`, `a`"),
    "a circle of one": (graph(layer("d", "d")), "E605", "`d`"),
    "a lambda": (
        graph(layer("d", "x", "Lambda", {"function": {"class_name": "__lambda__", "config": {"code": "4wEA"}}})),
        "E606",
        "Python function",
    ),
    "a module of Python": (graph(layer("d", "x", "system", {"command": "exit"}, module="os")), "E606", "no layer of Keras"),
    "a layer's name in another module": (graph(layer("d", "x", module="os")), "E606", "no layer of Keras"),
    "wrappers in wrappers": (graph(layer("d", "x", "TimeDistributed", wrapped(200))), "E606", "what it holds"),
    "a wrapper around a number": (graph(layer("d", "x", "TimeDistributed", {"layer": 5})), "E606", "what it holds"),
    "no input": (json.dumps({"class_name": "Sequential", "config": {"name": "t", "layers": [DENSE]}}), "E607", "`d`"),
    "no axes": (GOOD.replace("[null, 4]", "[null]"), "E607", "`x`"),
    "an axis below 0": (GOOD.replace("[null, 4]", "[null, -4]"), "E607", "`x`"),
    "an axis of 0": (GOOD.replace("[null, 4]", "[null, 0]"), "E121", "is 0"),
    "an axis beyond counting": (GOOD.replace("[null, 4]", f"[null, {'9' * 300}]"), "E121", "a number of 997 bits"),
    "40 axes": (GOOD.replace("[null, 4]", json.dumps([None] * 41)), "E121", "it takes a size"),
    "units beyond counting": (GOOD.replace("3", "9" * 400), "E121", "a number of 1329 bits"),
    "units in words": (GOOD.replace("3", '"<script>"'), "E121", '"<script>"'),
    "units in braces": (GOOD.replace("3", '{"a": [1]}'), "E121", "it takes a whole number"),
    "shapes that contradict": (
        graph(layer("c", "x", "Reshape", {"target_shape": [2, 2]}), layer("d", ["c", "x"], "Add", {})),
        "E307",
        "2x2 with 4",
    ),
    "an output that no kind has": (graph(layer("a", "x"), {**layer("d", "x"), "inbound_nodes": [[["a", 0, 5, {}]]]}), "E103", "output_5"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_wrong_with_a_model_is_said_with_its_code(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, code, said = TEXTS[name]
    path = tmp_path / "model.json"
    path.write_text(text, encoding="utf-8")
    for command in ("check", "import"):
        assert main([command, str(path)]) == 1
        err = capsys.readouterr().err
        assert f"error[{code}]" in err and said in err and "Traceback" not in err
    assert [p.name for p in tmp_path.iterdir()] == ["model.json"]


def test_every_mistake_is_said_in_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.json"
    path.write_text(
        graph(layer("a", "nope"), layer("b", "neither"), {**layer("c", "x"), "inbound_nodes": 3}, layer("d", "a")), encoding="utf-8"
    )
    assert main(["check", str(path)]) == 1
    assert "inbound_nodes should be" in capsys.readouterr().err
    path.write_text(graph(layer("a", "nope"), layer("b", "neither"), layer("d", "a")), encoding="utf-8")
    assert main(["check", str(path)]) == 1
    err = capsys.readouterr().err
    assert "`nope`" in err and "`neither`" in err
    path.write_text(graph(layer("a", "x", config={"units": -1}), layer("b", "a", "Conv9D", {}), layer("d", "x", config={"units": "u"})))
    assert main(["check", str(path)]) == 1
    err = capsys.readouterr().err
    assert "-1" in err and "Conv9D" in err and '"u"' in err


HOSTILE = (
    'a"b\n\x1b[31m',
    "k" * 10_000,
    "</script><img src=x onerror=alert(1)>",
    "{{7*7}}",
    "network",
    "conv",
    "a'b",
    "conv 3",
    "x.y/z",
    "ä\u202e",
)


def test_names_of_any_kind_are_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["x", *HOSTILE, "d"]
    path = tmp_path / "model.json"
    path.write_text(graph(*(layer(name, before) for before, name in zip(names, names[1:], strict=False))), encoding="utf-8")
    assert main(["import", str(path), "-o", str(tmp_path / "m.arch")]) == 0
    text = (tmp_path / "m.arch").read_text(encoding="utf-8")
    assert "\x1b" not in text and text.count("\n") == len(names) + 4
    capsys.readouterr()
    for command in ("analyze", "analyze --format json", "report", "codegen --keras"):
        assert main([*command.split(), str(path)]) == 0
        out = capsys.readouterr().out
        assert "\x1b" not in out and (command != "report" or "<img src" not in out)


def chain(length: int) -> str:
    return graph(layer("l0", "x"), *(layer(f"l{i}", f"l{i - 1}") for i in range(1, length)), layer("d", f"l{length - 1}"))


def skips(length: int) -> str:
    return graph(
        layer("l0", "x"), *(layer(f"l{i}", [f"l{i - 1}", "l0"], "Add", {}) for i in range(1, length)), layer("d", f"l{length - 1}")
    )


def wide(length: int) -> str:
    names = [f"l{i}" for i in range(length)]
    return graph(*(layer(name, "x") for name in names), layer("d", names, "Add", {}))


@pytest.mark.parametrize("make", [chain, skips, wide])
def test_large_models_take_no_long(make: Callable[[int], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.json"
    path.write_text(make(5000), encoding="utf-8")
    found = subprocess.run([sys.executable, "-m", "archcalc", "check", str(path)], capture_output=True, cwd=ROOT, timeout=60)
    assert found.returncode == 0


SPY = """
import sys
from archcalc.pipeline import analyze_all, load, read
wanted, hostile = sys.argv[1:]
analyze_all(load(wanted, read(wanted)))  # so that what archcalc itself needs is imported
seen = []
sys.addaudithook(lambda event, facts: seen.append((event, str(facts)[:200])))
list(analyze_all(load(hostile, read(hostile))))
quiet = ("open", "builtins.id")
print([event for event in seen if event[0] not in quiet or (event[0] == "open" and hostile not in event[1])])
"""


def test_nothing_of_a_model_is_imported_or_run(tmp_path: Path) -> None:
    layers = [
        layer("a", "x", "system", {"command": "touch ran"}, module="os", registered_name="os>system"),
        layer(
            "b",
            "x",
            "Lambda",
            {"function": {"class_name": "__lambda__", "config": {"code": "4wEAAAA="}, "module": "builtins"}},
            module="keras.layers",
        ),
        layer(
            "c",
            "x",
            "Dense",
            {"units": 3, "activation": {"module": "antigravity", "class_name": "function", "config": "fly"}},
            module="this",
        ),
        layer("d", "x", "Dense", {"units": 3, "kernel_initializer": {"module": "this", "class_name": "Zen", "config": {}}}),
    ]
    for name, text in (("wanted.keras", graph(layer("b", "x", "Lambda", {}), layer("d", "x"))), ("hostile.keras", graph(*layers))):
        (tmp_path / name).write_bytes(archive(("config.json", text)))
    paths = [str(tmp_path / name) for name in ("wanted.keras", "hostile.keras")]
    found = subprocess.run([sys.executable, "-c", SPY, *paths], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert found.stderr == "" and found.stdout.strip() == "[]"
    assert not (ROOT / "ran").exists()


@pytest.mark.parametrize(
    ("kind", "module", "why"),
    [
        ("Conv2d", "keras.layers", "Keras has `Conv2D`, and nothing called so"),
        ("Dens", "keras.src.layers.core.dense", "Keras has `Dense`, and nothing called so"),
        ("Conv2d", "my.own", "it is no layer of Keras"),
        ("TransformerEncoder", "keras.layers", "it is no layer of Keras"),
    ],
)
def test_a_slip_in_the_name_of_a_class_of_keras_is_told(
    kind: str, module: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = {"class_name": kind, "module": module, "config": {"name": "d", "filters": 3}}
    (tmp_path / "m.json").write_text(json.dumps({"class_name": "Sequential", "config": {"name": "t", "layers": [X, one]}}))
    assert main(["check", str(tmp_path / "m.json")]) == 1
    assert capsys.readouterr().err.startswith(f"error[E606]: what comes out of `d` (`{kind}`) is not known: {why}\n")


def test_of_a_model_that_is_wrong_within_the_mistake_alone_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is around it reads one of its outputs, whose name is not known."""
    sizeless = {"class_name": "InputLayer", "config": {"name": "z"}, "name": "z", "inbound_nodes": []}
    ends = [["d", 0, 0], ["e", 0, 0]]
    config = {"name": "inner", "layers": [sizeless, layer("d", "z"), layer("e", "z")], "input_layers": [["z", 0, 0]], "output_layers": ends}
    inner = {"class_name": "Functional", "config": config, "name": "inner", "inbound_nodes": [[["x", 0, 0, {}]]]}
    (tmp_path / "m.json").write_text(graph(inner, layer("last", "inner") | {"inbound_nodes": [[["inner", 1, 1, {}]]]}, out="last"))
    assert main(["analyze", str(tmp_path / "m.json")]) == 1
    assert capsys.readouterr().err.startswith("error[E607]: the size of `z` is not in the file\n")
