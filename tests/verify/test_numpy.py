"""`archcalc verify --engine numpy`: predictions against a run in NumPy, from the command line, without Keras."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from codegen.networks import Builder
from running import ROOT, archcalc, environment

import archcalc as package
from archcalc import verify
from archcalc.cli.building import predictions

EXAMPLES = ROOT / "examples"
LENET = str(EXAMPLES / "lenet5.arch")
CONV = str(EXAMPLES / "conv_7x7.arch")

pytest.importorskip("numpy", reason="NumPy is not installed")


def result_of(*words: str, code: int = 0, **env: str) -> dict[str, Any]:
    ran = archcalc("verify", *words, "--engine", "numpy", "--format", "json", **env)
    assert ran.code == code, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def complaint(*words: str, code: int = 2) -> str:
    """What is said where there is no result: one line, and nothing on standard output."""
    ran = archcalc("verify", *words)
    assert ran.code == code and not ran.out, ran
    (line,) = ran.err.strip().splitlines()
    return line


def test_lenet5_is_as_predicted_in_every_figure() -> None:
    found = result_of(LENET)
    assert found["ok"] and found["engine"] == "numpy" and not found["problems"] and found["outputs"] is None
    assert sum(row["computed"]["trainable_params"] for row in found["layers"]) == 60_000
    assert sum(row["computed"]["macs"] for row in found["layers"]) == 326_520
    for row in found["layers"]:
        assert row["ok"] and row["computed"] == row["predicted"]


def test_lenet5_takes_less_than_two_seconds_where_keras_is_not(tmp_path: Path) -> None:
    (tmp_path / "keras.py").write_text("raise ImportError('not here')")
    archcalc("verify", LENET, "--engine", "numpy")  # compiles what is not yet
    begin = time.perf_counter()
    words = [sys.executable, "-m", "archcalc", "verify", LENET, "--engine", "numpy"]
    done = subprocess.run(words, capture_output=True, check=False, env=environment(PYTHONPATH=f"{tmp_path}:{ROOT}"))
    assert done.returncode == 0 and b"all 8 layers are as predicted" in done.stdout
    assert time.perf_counter() - begin < 2


def test_given_numbers_are_computed_and_shown() -> None:
    ran = archcalc("verify", CONV, "--engine", "numpy", "--data", str(EXAMPLES / "conv_7x7.json"))
    assert ran.code == 0
    lines = ran.out.splitlines()
    at = lines.index("C1: 5x5x1")
    assert [line.split() for line in lines[at + 2 : at + 7]] == [
        row * 2 for row in (["6", "5", "-2", "1", "2"], ["3", "0", "3", "2", "-2"], ["4", "2", "-1", "0", "0"], ["2", "1", "2", "-1", "-3"], ["1", "1", "1", "3", "1"])
    ]  # fmt: skip
    assert "the values are those given" in ran.out


def test_the_mean_of_the_first_window_is_5_and_its_maximum_7() -> None:
    found = result_of(str(EXAMPLES / "pool_4x4.arch"), "--data", str(EXAMPLES / "pool_4x4.json"))
    assert found["outputs"]["mean"]["values"][0][0] == [5] and found["outputs"]["largest"]["values"][0][0] == [7]
    assert found["outputs"]["mean"]["values"] == found["outputs"]["mean"]["given"]


def test_a_number_that_is_not_what_was_given_is_a_difference(tmp_path: Path) -> None:
    numbers = json.loads((EXAMPLES / "conv_7x7.json").read_text())
    numbers["outputs"]["C1"][1][2] = 4
    (tmp_path / "other.json").write_text(json.dumps(numbers))
    found = result_of(CONV, "--data", str(tmp_path / "other.json"), code=1)
    assert found["problems"] == ["C1 at 1, 2, 0 is 3; given is 4"] and not found["ok"]
    assert found["outputs"]["C1"]["given"][1][2] == [4]


BROKEN = {
    "is not JSON": "{",
    "there is no part `weight`": '{"weight": {}}',
    "weights are given for `C2`": '{"weights": {"C2": {"kernel": [1]}}}',
    "`kernel`": '{"weights": {"C1": {"kernel": [[1, 2], [3, 4]], "bias": [1]}}}',
    "the input `input` is 2x2": '{"inputs": {"input": [[1, 2], [3, 4]]}}',
    "outputs are given for `C9`": '{"outputs": {"C9": [1]}}',
    "is ragged": '{"inputs": {"input": [[1, 2], [3]]}}',
    "NaN": '{"inputs": {"input": NaN}}',
}


@pytest.mark.parametrize(("message", "text"), BROKEN.items(), ids=BROKEN)
def test_numbers_that_cannot_be_used_are_told(tmp_path: Path, message: str, text: str) -> None:
    (tmp_path / "numbers.json").write_text(text)
    assert message in complaint(CONV, "--engine", "numpy", "--data", str(tmp_path / "numbers.json"))


def test_numbers_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    assert "there.json cannot be read: No such file" in complaint(CONV, "--engine", "numpy", "--data", str(tmp_path / "there.json"))
    assert "cannot be read: Is a directory" in complaint(CONV, "--engine", "numpy", "--data", str(tmp_path))


@pytest.mark.parametrize(
    "words",
    [("--epochs", "3"), ("--backend", "jax"), ("--device", "cpu"), ("--build-only",), ("--timeout", "5")],
    ids=lambda words: words[0],
)
def test_options_of_keras_are_no_options_of_numpy(words: tuple[str, ...]) -> None:
    assert complaint(LENET, "--engine", "numpy", *words) == (
        f"archcalc: {words[0]}: only for --engine keras; numpy computes the network once, in this process"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--engine", "numpy", "--data", "mnist"), "--data mnist: with --engine numpy it is a JSON file"),
        (("--data", "numbers.json"), "numbers.json: numbers in JSON are for --engine numpy"),
        (("--data", ""), "--data is empty"),
        (("--seed", str(2**32)), "at most 4294967295"),
        (("--timeout", "nan"), "--timeout nan: it takes a number of seconds"),
        (("-o", "/there/is/none"), "/there/is/none cannot be written: there is no folder /there/is"),
        (("-o", "/"), "/ cannot be written: it is a folder"),
    ],
)
def test_words_that_make_no_sense_are_told_before_any_work(words: tuple[str, ...], message: str) -> None:
    assert message in complaint(LENET, *words)


def test_a_wrong_prediction_is_named() -> None:
    analysis = package.analyze(LENET)
    for figure, wrong, said in (
        ("macs", 117_601, "MACs predicted 117,601, counted 117,600"),
        ("output_shape", (28, 28, 7), "output shape predicted 28x28x7, computed 28x28x6"),
    ):
        rows = predictions(analysis)
        rows[0][figure] = wrong
        found = verify.compute(analysis.graph, rows)
        assert found["first_difference"] == f"C1: {said}" and not found["ok"]
        assert f"problem: C1: {said}" in verify.table(found) and "DIFFERS" in verify.table(found)


def test_what_does_not_fit_into_the_memory_is_told() -> None:
    graph = Builder((10**6,)).then("dense", units=10**7).graph
    with pytest.raises(verify.VerifyError, match="GiB"):
        verify.compute(graph, [])


def test_many_values_are_left_to_the_json(tmp_path: Path) -> None:
    (tmp_path / "some.json").write_text('{"outputs": {}}')
    ran = archcalc("verify", LENET, "--engine", "numpy", "--data", str(tmp_path / "some.json"))
    assert "OUT: 10" in ran.out
    (tmp_path / "net.arch").write_text("network N { input 40x40x1; relu }")
    ran = archcalc("verify", str(tmp_path / "net.arch"), "--engine", "numpy", "--data", str(tmp_path / "some.json"))
    assert "relu_1: 40x40x1, too many values to show; --format json has them" in ran.out


def test_channels_are_shown_one_by_one() -> None:
    from archcalc.verify.grids import grids

    output = {"shape": [2, 2, 2], "values": [[[1, 20.5], [3, None]], [[-5, 6], [7, 8]]], "given": None}
    assert grids({"a": output}) == [
        "a: 2x2x2, channel 0",
        "   1  3",
        "  -5  7",
        "",
        "a: 2x2x2, channel 1",
        "  20.5  nan",
        "     6    8",
        "",
    ]
    assert grids({"b": {"shape": [], "values": 3, "given": 4}}) == ["b: ()", "  computed   given", "  3          4", ""]
