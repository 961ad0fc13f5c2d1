"""The evidence says what its page says of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from running import alone

import archcalc

ROOT = Path(__file__).resolve().parents[2]
EVIDENCE = ROOT / "docs" / "evidence"
OTHERS = (
    "bench.json", "coverage.json", "fuzz.json", "keras-applications.json", "mutation.json", "other-tools.json", "soak.json", "symbolic.json",
    "torchvision.json",
)  # fmt: skip
FILES = sorted(path for path in EVIDENCE.glob("*.json") if path.name not in OTHERS)


def results(name: str) -> dict[str, Any]:
    """The results in a file, by the names of the examples."""
    document = json.loads((EVIDENCE / name).read_text(encoding="utf-8"))
    assert document["networks"] == document["confirmed"] == len(document["results"])
    return {Path(r["source"]).stem: r for r in document["results"]}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_run_tells_how_to_repeat_it(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    assert path.name in document["command"] and " /" not in document["command"]
    assert document["python"] and document["machine"]
    for result in document["results"]:
        assert result["ok"] is True and result["exit"] == 0 and " /" not in result["command"]
        assert isinstance(result["seed"], int)
        assert result["numpy"] if result["engine"] == "numpy" else result["backend_version"] and result["device"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_was_found_then_is_predicted_now(path: Path) -> None:
    for result in json.loads(path.read_text(encoding="utf-8"))["results"]:
        analysis = archcalc.analyze(str(ROOT / result["source"]))
        assert [row["name"] for row in result["layers"]] == list(analysis.layers)
        for row in result["layers"]:
            now, found = analysis.layers[row["name"]], row.get("computed") or row["built"]
            assert found["output_shape"] == list(now.output_shape or ())
            assert found["trainable_params"] == now.trainable_params
            assert found["non_trainable_params"] == now.non_trainable_params
            assert found["macs"] in ((now.macs,) if result["engine"] == "numpy" else (now.macs, None))
            assert result["engine"] == "numpy" or (found["macs"] is None) == bool(found["uncounted"])


def figures(result: dict[str, Any]) -> tuple[int, int]:
    """Parameters and MACs, of all layers."""
    rows = [row["predicted"] for row in result["layers"]]
    return sum(r["trainable_params"] + r["non_trainable_params"] for r in rows), sum(r["macs"] for r in rows)


def accuracy(result: dict[str, Any] | None) -> str:
    found = (result or {}).get("training") or {}
    return "-" if found.get("test_accuracy") is None else f"{found['test_accuracy']:.3f}"


def test_the_pages_table_is_the_runs() -> None:
    page = (EVIDENCE / "README.md").read_text(encoding="utf-8")
    digits, mnist, fashion = (results(f"{name}-tensorflow.json") for name in ("tutorials", "mnist", "fashion"))
    rows = re.findall(r"^\| (\w+) \| ([\d,]+) \| ([\d,]+) \| (\S+) \| (\S+) \| (\S+) \|$", page, re.M)
    assert {row[0] for row in rows} == set(digits) >= set(mnist) >= set(fashion)
    for name, params, macs, *accuracies in rows:
        assert (params, macs) == tuple(f"{n:,}" for n in figures(digits[name]))
        assert accuracies == [accuracy(found.get(name)) for found in (digits, mnist, fashion)]
        for found in (digits, mnist, fashion):
            if (training := found.get(name, {}).get("training")) and training["test_accuracy"] is not None:
                assert training["unchanged"] == []
                assert training["test_accuracy"] >= (0.85 if found is fashion else 0.90)
    assert all(found["training"]["test_accuracy"] > 0.97 for found in mnist.values())


def test_the_table_of_the_larger_networks_is_the_runs() -> None:
    page = (EVIDENCE / "README.md").read_text(encoding="utf-8")
    found = results("zoo-tensorflow.json")
    rows = re.findall(r"^\| (\w+) \| ([\d,]+) \| ([\d,]+) \| (\d+) \| (\d+) \|$", page, re.M)
    assert {row[0] for row in rows} == set(found)
    for name, params, macs, layers, counted in rows:
        built = [row["built"] for row in found[name]["layers"]]
        assert (params, macs) == tuple(f"{n:,}" for n in figures(found[name]))
        assert (int(layers), int(counted)) == (len(built), sum(b["macs"] is not None for b in built))


def test_every_example_was_computed_in_numpy() -> None:
    found = results("numpy.json")
    assert set(found) == {path.stem for path in alone()}
    assert found["conv_7x7"]["outputs"]["C1"]["values"][0] == [[6], [5], [-2], [1], [2]]


def test_the_soak_is_whole_and_the_page_has_its_figures() -> None:
    soak = json.loads((EVIDENCE / "soak.json").read_text(encoding="utf-8"))
    assert soak["complete"] and soak["networks"] == 5_000 and soak["differences"] == []
    assert soak["command"].endswith("soak --n 5000 --seed 0 -o docs/evidence/soak.json")
    assert soak["ways"] == ["archcalc", "numpy", "keras"] and soak["backend_version"] and soak["device"]
    page = (EVIDENCE / "README.md").read_text(encoding="utf-8")
    section = page.partition("## Random networks")[2]
    numbers = {n.replace(",", "") for n in re.findall(r"\d[\d,]*\d", section)}
    assert {str(soak["networks"]), str(soak["layers"]), str(sum(soak["comparisons"].values()))} <= numbers
    known = dict(re.findall(r"^\| `(\w+)` \| .+ \| (\d+) \|$", section, re.M))
    assert known == {name: str(one["networks"]) for name, one in soak["known"].items()}


def test_the_run_over_free_sizes_is_whole_and_the_page_has_its_figures() -> None:
    run = json.loads((EVIDENCE / "symbolic.json").read_text(encoding="utf-8"))
    assert run["complete"] and run["networks"] == 10_000 and run["differences"] == [] and run["seed"] == 0
    assert run["command"].endswith("symbolic --n 10000 --seed 0 -o docs/evidence/symbolic.json")
    section = (EVIDENCE / "README.md").read_text(encoding="utf-8").partition("## Free sizes")[2]
    numbers = {n.replace(",", "") for n in re.findall(r"\d[\d,]*\d", section)}
    counts = run["counts"]
    assert {str(counts[k]) for k in ("symbolic", "formulas worked out", "sizes where the assumptions hold")} <= numbers


def test_keras_applications_are_read_as_keras_has_them() -> None:
    document, numbers = of("keras-applications.json", "Models of keras.applications")
    assert document["command"].startswith("python bench/applications.py ")
    unequal = [(r["model"], r["built"]) for r in document["results"] if r["problems"]]
    assert unequal == [(r["model"], r["built"]) for r in document["results"] if "known" in r] == [("NASNetLarge", "without")]
    counted = [r["tensorflow"] for r in document["results"] if "tensorflow" in r]
    wanted = (document["models"], document["equal"], document["layers"], sum(c["counted"] for c in counted), len(counted))
    assert {str(n) for n in wanted} <= numbers
    assert {f"{r['model']}" for r in document["results"]} >= {"ResNet50", "InceptionResNetV2", "NASNetLarge", "ConvNeXtXLarge"}


def of(name: str, section: str) -> tuple[dict[str, Any], set[str]]:
    """A document, and the numbers that the page has under a heading."""
    page = (EVIDENCE / "README.md").read_text(encoding="utf-8")
    text = page.partition(f"## {section}\n")[2].partition("\n## ")[0]
    assert text, section
    return json.loads((EVIDENCE / name).read_text(encoding="utf-8")), {n.replace(",", "") for n in re.findall(r"\d[\d,.]*\d|\d", text)}


def test_the_fuzzer_ran_an_hour_and_found_nothing_that_is_left() -> None:
    fuzz, numbers = of("fuzz.json", "Whatever is put in")
    assert fuzz["schema"] == "archcalc/fuzz/1" and fuzz["complete"] and fuzz["seconds"] >= 3_600 and fuzz["jsonschema"]
    assert fuzz["findings"] == [] and fuzz["processes_that_died"] == 0
    assert sum(fuzz["made"].values()) == fuzz["inputs"] == fuzz["ways"]["parse"] and fuzz["ways"]["again"] and fuzz["ways"]["command line"]
    assert {str(fuzz["inputs"]), str(len(fuzz["codes"])), str(fuzz["ways"]["code"])} <= numbers


def test_every_line_and_branch_of_the_rules_is_gone_through() -> None:
    coverage, numbers = of("coverage.json", "Lines, branches, mutants")
    assert coverage["totals"]["lines_missed"] == coverage["totals"]["branches_missed"] == 0
    assert {str(coverage["totals"]["lines"]), str(coverage["totals"]["branches"])} <= numbers
    assert {"archcalc/sizes.py", "archcalc/windows.py", "archcalc/spec.py", "archcalc/layers/convolution.py"} <= set(coverage["files"])


def test_every_mutant_that_survived_was_looked_at() -> None:
    mutation, numbers = of("mutation.json", "Lines, branches, mutants")
    left, later = mutation["survivors"], mutation["noticed_later"]
    assert mutation["mutants"] == mutation["killed"] + len(later) + len(left) == sum(f["mutants"] for f in mutation["by_file"].values())
    assert all(len(m["verdict"]) > 20 and "not looked at" not in m["verdict"] for m in (*left, *later))
    assert {str(mutation["mutants"]), str(mutation["of"]), str(mutation["killed"]), str(len(later)), str(len(left))} <= numbers


def test_every_page_link_is_there() -> None:
    listed = re.findall(r"^\| `([\w.-]+\.json)`", (EVIDENCE / "README.md").read_text(encoding="utf-8"), re.M)
    assert set(listed) == {path.name for path in EVIDENCE.glob("*.json")}
