"""The evidence says what its page says of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import archcalc

ROOT = Path(__file__).resolve().parents[2]
EVIDENCE = ROOT / "docs" / "evidence"
FILES = sorted([*EVIDENCE.glob("tutorials-*.json"), *EVIDENCE.glob("zoo-*.json")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_run_tells_how_to_repeat_it(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    assert path.name in document["command"]
    assert document["python"] and document["machine"]
    for result in document["results"]:
        assert result["backend_version"] and result["device"] and isinstance(result["seed"], int)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_was_predicted_then_is_predicted_now(path: Path) -> None:
    for result in json.loads(path.read_text(encoding="utf-8"))["results"]:
        analysis = archcalc.analyze(str(ROOT / result["source"]))
        for row in result["layers"]:
            now = analysis.layers[row["name"]]
            assert row["built"]["output_shape"] == list(now.output_shape or ())
            assert row["built"]["trainable_params"] == now.trainable_params
            assert row["built"]["non_trainable_params"] == now.non_trainable_params


def test_the_pages_table_is_the_runs() -> None:
    page = (EVIDENCE / "README.md").read_text(encoding="utf-8")
    document = json.loads((EVIDENCE / "tutorials-tensorflow.json").read_text(encoding="utf-8"))
    found = {Path(r["source"]).stem: r for r in document["results"]}
    rows = re.findall(r"^\| (\w+) \| ([\d,]+) \| yes \| (.+?) \|$", page, re.M)
    assert {name for name, _, _ in rows} == set(found)
    for name, params, accuracy in rows:
        result = found[name]
        built = [r["built"] for r in result["layers"]]
        assert sum(b["trainable_params"] + b["non_trainable_params"] for b in built) == int(params.replace(",", ""))
        assert result["ok"] is True
        if re.fullmatch(r"[\d.]+", accuracy):
            assert f"{result['training']['test_accuracy']:.3f}" == accuracy
            assert result["training"]["test_accuracy"] >= 0.90
            assert result["training"]["unchanged"] == []


def test_the_table_of_the_larger_networks_is_the_runs() -> None:
    page = (EVIDENCE / "README.md").read_text(encoding="utf-8")
    document = json.loads((EVIDENCE / "zoo-tensorflow.json").read_text(encoding="utf-8"))
    rows = re.findall(r"^\| (\w+) \| ([\d,]+) \| (\d+) \|$", page, re.M)
    assert len(rows) == document["networks"] == document["confirmed"]
    for (name, params, layers), result in zip(rows, document["results"], strict=True):
        built = [r["built"] for r in result["layers"]]
        assert (name, int(layers), result["ok"]) == (Path(result["source"]).stem, len(built), True)
        assert sum(b["trainable_params"] + b["non_trainable_params"] for b in built) == int(params.replace(",", ""))


def test_every_page_link_is_there() -> None:
    for name in re.findall(r"^\| `([\w.-]+\.json)`", (EVIDENCE / "README.md").read_text(encoding="utf-8"), re.M):
        assert (EVIDENCE / name).exists()
