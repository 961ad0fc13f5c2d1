"""`archcalc zoo`, and `zoo:NAME` wherever a FILE is named."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from running import ROOT, archcalc

import archcalc as package
from archcalc.zoo import Entry, entries, find, text_of, title

ALL = entries()


@pytest.mark.parametrize("name", ["zoo:resnet50", "zoo:ResNet-50", "zoo:RESNET_50", "zoo:res.net50", "zoo:ResNet 50"])
def test_case_and_dashes_make_no_difference(name: str) -> None:
    ran = archcalc("check", name)
    assert (ran.code, ran.out) == (0, "zoo:ResNet50: ok, 4 expectations held\n"), ran.err


def test_a_file_s_name_and_its_network_s_both_name_it() -> None:
    assert find("densenet121") == find("zoo:DenseNet") == find("DenseNet-121")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("zoo:resnt50", "zoo:ResNet50"),
        ("zoo:vg", "zoo:VGG16"),
        ("zoo:", "`archcalc zoo` lists"),
        ("zoo:nothing like it", "`archcalc zoo` lists"),
    ],
)
def test_an_unknown_name_has_advice(name: str, said: str) -> None:
    for words in (("analyze", name), ("check", name), ("zoo", name), ("draw", name), ("codegen", name)):
        ran = archcalc(*words)
        assert ran.code == 2 and ran.out == "" and said in ran.err and len(ran.err.splitlines()) == 1, ran.err


@pytest.mark.parametrize("name", ["zoo:" + "x" * 100_000, "zoo:../../etc/passwd", "zoo:/", "zoo:a\nb\x1b[31m", "zoo:zoo:lenet5", "zoo:ſ"])
def test_odd_names_are_refused_in_one_short_line(name: str) -> None:
    ran = archcalc("analyze", name)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1) and len(ran.err) < 250 and "\x1b" not in ran.err


def test_without_its_folder_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import archcalc.zoo as zoo

    monkeypatch.setattr(zoo, "FOLDER", "nowhere")
    with pytest.raises(package.ArchError, match="the zoo is not there: archcalc was installed without nowhere"):
        package.analyze("zoo:lenet5")


def test_the_wheel_takes_the_folder_along() -> None:
    assert 'examples = "archcalc/examples"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_no_two_networks_have_one_name() -> None:
    for entry in ALL:
        assert find(entry.name) == entry
    keys = [name.lower().replace("_", "") for e in ALL for name in {e.name, e.network}]
    assert len(keys) >= len(ALL) and {find(k) for k in keys} == set(ALL)


def test_every_file_is_in_it() -> None:
    assert {Path(entry.path) for entry in ALL} == set((ROOT / "examples").glob("*.arch"))


def test_python_takes_it_too() -> None:
    analysis = package.analyze("zoo:lenet-5", params={"classes": 5})
    assert analysis.network == "LeNet5" and analysis.graph.source == "zoo:LeNet5" and analysis.layers["OUT"].params == 84 * 5
    with pytest.raises(package.ArchError, match="did you mean zoo:LeNet5"):
        package.analyze("zoo:lenet6")


def test_a_file_of_such_a_name_is_reached_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "zoo:mine").write_text("network A {\n input 3\n dense 2\n}\n")
    assert archcalc("check", "./zoo:mine", cwd=tmp_path).code == 0
    assert archcalc("check", "zoo:mine", cwd=tmp_path).code == 2


@pytest.mark.parametrize(
    "command", [("analyze",), ("explain", "total.params"), ("report",), ("draw",), ("codegen",), ("diff", "zoo:mnist_mlp")]
)
def test_every_command_takes_it(command: tuple[str, ...]) -> None:
    ran = archcalc(command[0], "zoo:mnist-mlp", *command[1:])
    assert ran.code == 0 and ran.out, ran.err


def test_the_list_in_every_format() -> None:
    document = json.loads(archcalc("zoo", "--format", "json").out)
    networks = {line["name"]: line for line in document["networks"]}
    assert document["schema"] == "archcalc/zoo/1" and set(networks) == {e.name for e in ALL}
    lenet = networks["LeNet5"]
    assert (lenet["file"], lenet["inputs"], lenet["params"], lenet["published"]) == ("lenet5.arch", [[32, 32, 1]], 60_840, True)
    assert lenet["source"].startswith("LeNet-5: LeCun, Bottou, Bengio & Haffner (1998)")
    rows = list(csv.DictReader(archcalc("zoo", "--format", "csv").out.splitlines()))
    assert [row["name"] for row in rows] == [e.name for e in ALL] and {row["params"] for row in rows if row["name"] == "LeNet5"} == {
        "60840"
    }
    table, markdown = archcalc("zoo").out, archcalc("zoo", "--format", "markdown").out
    for name in networks:
        assert f"\n{name} " in table and f"\n| {name.replace('_', chr(92) + '_')} |" in markdown
    assert table.index("LeNet5") < table.index("\nTutorials and exercises") < table.index("MnistMLP")


@pytest.mark.parametrize("entry", ALL, ids=lambda e: e.name)
def test_its_text_stands_alone(entry: Entry) -> None:
    """What `archcalc zoo NAME` writes has this network, what it needs, and the same figures."""
    text = text_of(entry)
    assert "use " not in {line[:4] for line in text.splitlines()} and text.startswith("# ") and text.endswith("}\n")
    here, there = package.analyze(text=text, network=entry.network), package.analyze(f"zoo:{entry.name}")
    assert [d.message for d in here.diagnostics if d.severity == "error"] == []
    assert here.totals == there.totals
    assert [(r.name, r.output_shape, r.params) for r in here.rows] == [(r.name, r.output_shape, r.params) for r in there.rows]
    assert [o.holds for o in here.expectations] == [True] * len(there.expectations)
    assert {d.code for d in here.diagnostics} == {d.code for d in there.diagnostics}


@pytest.mark.parametrize("entry", ALL, ids=lambda e: e.name)
def test_it_says_where_it_is_from(entry: Entry) -> None:
    if entry.published:
        assert any(str(year) in title(entry) for year in range(1989, 2027)), title(entry)
    assert len(title(entry)) < 260


def test_a_format_for_one_network_is_refused() -> None:
    """It would be passed over in silence: what is written is a program."""
    ran = archcalc("zoo", "lenet5", "--format", "json")
    assert ran.code == 2 and not ran.out and "`archcalc analyze zoo:NAME`" in ran.err
    assert archcalc("zoo", "lenet5", "--format", "table").code == 0


def test_one_name_is_looked_up_without_reading_all(monkeypatch: pytest.MonkeyPatch) -> None:
    import archcalc.zoo as zoo

    seen: list[str] = []
    monkeypatch.setattr(zoo, "read_regular", lambda path: seen.append(path) or Path(path).read_bytes())
    find("zoo:vgg16")
    assert len(seen) == 1
