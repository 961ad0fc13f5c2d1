"""What verify found, in the report: proof of this network as it is now, or plainly said to be none; whatever the file holds."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from html_page import Element, read
from hypothesis import given, settings
from hypothesis import strategies as st
from running import ROOT
from running import archcalc as command

import archcalc
from archcalc.report.page import as_html
from archcalc.report.proof.checked import ProofError
from archcalc.report.proof.reading import read_proof

LENET5 = str(ROOT / "examples" / "lenet5.arch")
EVIDENCE = ROOT / "docs" / "evidence"
TEXT = "network N { input 8x8x1; C: conv 4, 3x3; flatten; D: dense 3 }"


def result_of(name: str, source: str = "examples/lenet5.arch") -> dict[str, Any]:
    """A result that was really found."""
    results = json.loads((EVIDENCE / name).read_text(encoding="utf-8"))["results"]
    return next(r for r in results if r["source"] == source)


KERAS = result_of("tutorials-tensorflow.json")
NUMPY = result_of("numpy.json")
HISTORY = [{"loss": 2.0 / i, "accuracy": 1 - 1 / i} for i in range(1, 16)]


def page_with(*results: Any, text: str | None = None) -> Element:
    analysis = archcalc.analyze(text=text) if text else archcalc.analyze(LENET5)
    proofs = [read_proof(json.dumps(r).encode(), f"r{i}.json") for i, r in enumerate(results)]
    return read(as_html(analysis, tuple(proofs)))


def section(page: Element) -> Element:
    return next(s for s in page.all("section") if s.attributes.get("aria-labelledby") == "proof")


def changed(result: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(result), **changes}


def with_figure(result: dict[str, Any], layer: int, stage: str, figure: str, value: Any) -> dict[str, Any]:
    found = copy.deepcopy(result)
    found["layers"][layer][stage][figure] = value
    return found


@pytest.mark.parametrize("result", [KERAS, NUMPY], ids=["keras", "numpy"])
def test_every_figure_stands_beside_the_predicted_one(result: dict[str, Any]) -> None:
    page = page_with(result)
    assert "all 8 layers are as predicted" in section(page).text
    assert any("verify: all 8 layers are as predicted" in li.text for li in page.all("li"))
    rows = section(page).one("tbody").all("tr")
    assert len(rows) == len(result["layers"])
    stages = ("built", "trained") if result["engine"] == "keras" else ("computed",)
    for row, layer in zip(rows, result["layers"], strict=True):
        assert row.cells[0].text == layer["name"] and row.cells[-1].text == "ok"
        for cell, stage in zip(row.cells[1:], ("predicted", *stages), strict=False):
            figures = layer[stage]
            assert cell.text.startswith("x".join(map(str, figures["output_shape"])) + f", {figures['trainable_params']:,}")
        counted = layer["computed" if result["engine"] == "numpy" else "built"]["macs"]
        assert row.cells[-2].text == ("-" if counted is None else f"{counted:,}")


def test_how_training_went() -> None:
    shown = section(page_with(KERAS)).text
    training = KERAS["training"]
    for text in (KERAS["keras"], KERAS["backend_version"], KERAS["device"], KERAS["data"], f"{training['samples']:,}"):
        assert text in shown
    for key in ("accuracy_before", "accuracy_after", "test_accuracy", "loss_before", "loss_after"):
        assert f"{training[key]:.4f}" in shown, key


def test_learning_curves_have_every_epoch() -> None:
    result = copy.deepcopy(KERAS)
    result["training"]["history"] = HISTORY
    pictures = section(page_with(result)).all("svg")
    assert [len(p.all("circle")) for p in pictures] == [15, 15]
    heights = [float(c.attributes["cy"] or 0) for c in pictures[0].all("circle")]
    values = [epoch["loss"] for epoch in HISTORY]
    slope = (heights[-1] - heights[0]) / (values[-1] - values[0])
    for y, value in zip(heights, values, strict=True):
        assert y == pytest.approx(heights[0] + slope * (value - values[0]), abs=0.11)
    assert section(page_with(KERAS)).all("svg") == []


def test_an_epoch_without_a_number_is_a_gap_and_a_word() -> None:
    result = copy.deepcopy(KERAS)
    result["training"] |= {"history": [{"loss": 1.0}, {"loss": None}], "loss_after": None}
    shown = section(page_with(result))
    assert "not a number in epoch 2" in shown.text and len(shown.one("svg").all("circle")) == 1


@pytest.mark.parametrize(
    ("stage", "figure", "value"), [("built", "trainable_params", 157), ("trained", "output_shape", [28, 28, 7]), ("built", "macs", 1)]
)
def test_what_differs_is_said_whatever_the_file_says_of_itself(stage: str, figure: str, value: Any) -> None:
    page = page_with(with_figure(KERAS, 0, stage, figure, value))
    row = section(page).one("tbody").all("tr")[0]
    assert row.cells[-1].text == "DIFFERS" and row.all("td", class_="error")
    assert "says that all is well, and its figures say otherwise" in section(page).text
    assert any("verify: not as predicted" in li.text for li in page.all("li"))


def test_a_layer_that_was_not_built_differs() -> None:
    result = copy.deepcopy(KERAS)
    result["layers"][2]["built"] = None
    assert section(page_with(result)).one("tbody").all("tr")[2].cells[-1].text == "DIFFERS"


def test_another_network_proves_nothing() -> None:
    shown = section(page_with(changed(KERAS, network="Other")))
    assert "of another network" in shown.text and "is of the network Other; this is LeNet5" in shown.text
    assert not shown.all("table") and not shown.all("svg")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (lambda r: r["layers"].pop(), "OUT is new"),
        (lambda r: r["layers"].append({**r["layers"][0], "name": "X"}), "X is gone"),
        (lambda r: r["layers"].reverse(), "another order"),
        (lambda r: r["layers"][0]["predicted"].update(trainable_params=5), "C1: trainable parameters 5 then, 156 now"),
        (lambda r: r["layers"][0]["predicted"].update(output_shape=[1, 2]), "C1: output shape 1x2 then, 28x28x6 now"),
        (lambda r: r["layers"][0].update(kind="dense"), "C1 was dense, and is conv"),
    ],
)
def test_another_state_of_the_network_proves_nothing(changes: Any, said: str) -> None:
    result = copy.deepcopy(KERAS)
    changes(result)
    shown = section(page_with(result))
    assert "of another state of the network" in shown.text and said in shown.text
    assert not shown.all("table")


def test_a_network_with_a_mistake_has_no_proof() -> None:
    numbers = {"output_shape": [6, 6, 4], "trainable_params": 40, "non_trainable_params": 0, "macs": 1}
    layer = {"name": "C", "kind": "conv", "predicted": numbers, "computed": numbers, "ok": True}
    result = changed(NUMPY, network="N", layers=[layer])
    assert "of another state" in section(page_with(result, text="network N { input 8x8x1; C: conv 4, 99x99 }")).text
    assert "of another state" in section(page_with(result, text="network N(H) { input H x 8 x 1; C: conv 4, 3x3 }")).text


def test_the_foot_of_the_page_says_that_something_was_run() -> None:
    said = "nothing was built or run"
    assert said in page_with().one("footer").text
    assert said not in page_with(NUMPY).one("footer").text


def test_without_a_result_there_is_no_section() -> None:
    assert not [s for s in page_with().all("section") if s.attributes.get("aria-labelledby") == "proof"]


# ---- files that are no results


def refused(content: bytes) -> str:
    with pytest.raises(ProofError) as caught:
        read_proof(content, "r.json")
    text = str(caught.value)
    assert text.startswith("r.json") and "\n" not in text and len(text) < 500
    return text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe{", "no JSON"),
        (b"[" * 100_000, "nested too deep"),
        (b"[]", "where an object should be"),
        (b'{"schema": "archcalc/verify/2"}', "upgrade archcalc, or verify again"),
        (b'{"schema": "archcalc/analysis/1"}', 'schema is "archcalc/analysis/1"'),
        (b"{}", "it has no `schema`"),
        (b'{"schema": NaN}', "NaN is no number"),
        (b'{"schema": 1' + b"0" * 5000 + b"}", "no JSON"),
        (b'{"schema": "archcalc/verify/1"}', "there is no engine"),
    ],
)
def test_what_is_no_result_is_refused(content: bytes, words: str) -> None:
    assert words in refused(content)


def encoded(result: Any) -> bytes:
    return json.dumps(result).encode()


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (("engine",), "magic", "keras or numpy"),
        (("network",), 3, "network is 3, where text should be"),
        (("ok",), "yes", "true or false"),
        (("layers",), {}, "layers is {}, where a list should be"),
        (("layers", 0), None, "layers[0] is null, where an object should be"),
        (("layers", 0, "predicted"), None, "layers[0].predicted is null"),
        (("layers", 0, "built", "output_shape"), [1.5], "a whole number"),
        (("layers", 0, "built", "trainable_params"), -1, "layers[0].built.trainable_params is -1"),
        (("layers", 0, "built", "trainable_params"), True, "a whole number"),
        (("layers", 0, "built", "macs"), 10**1000, "a whole number"),
        (("layers", 0, "name"), "S2", "two layers have the same name"),
        (("training", "loss_after"), "small", "training.loss_after"),
        (("training", "loss_after"), 10**400, "a computer can hold"),
        (("training", "history"), [3], "training.history[0] is 3"),
        (("training", "history"), [{"loss": "x"}], "training.history[0].loss"),
        (("training", "unchanged"), [1], "unchanged[0]"),
        (("problems",), "none", "a list"),
    ],
)
def test_a_wrong_entry_is_named(place: tuple[Any, ...], value: Any, words: str) -> None:
    result = copy.deepcopy(KERAS)
    inner = result
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    text = refused(encoded(result))
    assert words in text and "archcalc verify FILE --format json -o r.json" in text


def test_a_number_that_is_infinite_is_refused() -> None:
    assert "a finite number" in refused(encoded(KERAS).replace(b'"loss_after": ', b'"loss_after": 1e999, "was": '))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from([*KERAS, *KERAS["training"]]), inner, max_size=4)
    ),
    max_leaves=8,
)


def places(found: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    return [(*path, key) for key, _ in pairs] + [p for key, inner in pairs for p in places(inner, (*path, key))]


@given(st.sampled_from([KERAS, NUMPY]), st.data(), JSON)
@settings(max_examples=150, deadline=None)
def test_whatever_stands_there_is_refused_or_shown(result: dict[str, Any], data: st.DataObject, value: Any) -> None:
    spoiled = copy.deepcopy(result)
    *outer, key = data.draw(st.sampled_from(places(spoiled)))
    inner = spoiled
    for step in outer:
        inner = inner[step]
    if data.draw(st.booleans()):
        inner[key] = value
    else:
        del inner[key]
    content = encoded(spoiled)
    try:
        proof = read_proof(content, "r.json")
    except ProofError as error:
        assert "\n" not in str(error)
        return
    analysis = archcalc.analyze(LENET5)
    html = as_html(analysis, (proof,))
    html.encode()  # no lone surrogate
    read(html)


HOSTILE = "</script><img src=x onerror=alert(1)>{{7*7}}\ud800\x1b[31m"


def test_hostile_texts_stay_text() -> None:
    result = changed(KERAS, device=HOSTILE, data=HOSTILE, problems=[HOSTILE], keras="9" * 10_000)
    result["training"]["history"] = [{HOSTILE: 1.0, "loss": 2.0}]
    result["layers"][0]["built"]["uncounted"] = HOSTILE
    result["layers"][0]["built"]["macs"] = None
    page = page_with(result, changed(KERAS, network=HOSTILE))
    assert not page.all("img") and "{{7*7}}" in section(page).text and "49" not in section(page).text.replace("49,", "")


# ---- the command


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "n.arch").write_text(TEXT)
    assert command("verify", "n.arch", "--engine", "numpy", "--format", "json", "-o", "r.json", cwd=tmp_path).code == 0
    assert command("report", "n.arch", "--verify", "r.json", "--verify=r.json", "-o", "n.html", cwd=tmp_path).code == 0
    assert (tmp_path / "n.html").read_text(encoding="utf-8").count("all 3 layers are as predicted") == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read"), (b"{}", "no result of verify"), (b"\0" * 99, "no JSON"), (b'{"schema": "archcalc/verify/99"}', "upgrade")],
)
def test_a_wrong_file_is_a_usage_error_and_leaves_no_report(tmp_path: Path, content: bytes | None, words: str) -> None:
    (tmp_path / "n.arch").write_text(TEXT)
    if content is not None:
        (tmp_path / "r.json").write_bytes(content)
    ran = command("report", "n.arch", "--verify", "r.json", "-o", "n.html", cwd=tmp_path)
    assert ran.code == 2 and words in ran.err and ran.err.count("\n") == 1 and not ran.out
    assert not (tmp_path / "n.html").exists()


def test_the_result_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "n.arch").write_text(TEXT)
    (tmp_path / "r.json").write_text("{}")
    assert "would be lost" in command("report", "n.arch", "--verify", "r.json", "-o", "r.json", cwd=tmp_path).err
    assert (tmp_path / "r.json").read_text() == "{}"
