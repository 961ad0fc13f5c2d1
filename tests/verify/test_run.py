"""Networks in real Keras, in a child process: from LeNet-5 to what goes wrong."""

from __future__ import annotations

import importlib.util
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from codegen.generated import rows
from codegen.networks import Builder, lenet5

from archcalc import verify
from archcalc.graph import Graph

needs_keras = pytest.mark.skipif(
    not (importlib.util.find_spec("keras") and importlib.util.find_spec("tensorflow")), reason="Keras or TensorFlow is not installed"
)


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert not list(folder.iterdir())


def small(**recipe: Any) -> Graph:
    return Builder((8, 8, 1)).then("flatten").then("dense", "end", units=10, activation="softmax").trained(**recipe).graph


@needs_keras
def test_lenet5_is_as_predicted_and_learns_the_digits() -> None:
    said: list[str] = []
    graph = lenet5()
    result = verify.run(graph, rows(graph), device="cpu", progress=said.append)
    assert result["ok"], result["problems"]
    assert sum(row["built"]["trainable_params"] for row in result["layers"]) == 60_000
    training = result["training"]
    assert training["test_accuracy"] >= 0.9
    assert training["loss_after"] < training["loss_before"]
    assert training["unchanged"] == []
    assert result["device"] == "CPU" and result["backend"] == "tensorflow" and result["data"] == "digits"
    assert any(line.startswith("epoch 15 of 15: ") for line in said)
    assert "all 8 layers are as predicted" in verify.table(result)
    json.dumps(result, allow_nan=False)


@needs_keras
def test_a_wrong_prediction_is_named() -> None:
    graph = small()
    predicted = rows(graph)
    predicted[1]["trainable_params"] += 1
    result = verify.run(graph, predicted, device="cpu", epochs=1)
    assert not result["ok"]
    assert result["first_difference"] == "end: trainable parameters predicted 651, built 650"


@needs_keras
def test_several_inputs_and_a_shared_layer_train_on_random_numbers() -> None:
    builder = Builder((8, 8, 3), (8, 8, 3)).then("conv", "a", inputs=("input",), filters=4, kernel=3)
    graph = builder.then("conv", "b", inputs=("input_2",), shares="a").then("add", inputs=("a", "b")).then("gap").graph
    result = verify.run(graph, rows(graph), device="cpu")
    assert result["ok"], result["problems"]
    assert result["data"] == "random" and result["training"]["test_accuracy"] is None


@needs_keras
def test_a_network_without_weights_is_only_built() -> None:
    graph = Builder((8, 8, 1)).then("maxpool").then("flatten").graph
    result = verify.run(graph, rows(graph), device="cpu")
    assert result["ok"] and result["training"] is None
    assert "built, not trained" in verify.table(result)


@needs_keras
def test_a_loss_that_explodes_is_a_problem_not_a_crash() -> None:
    graph = Builder((4,)).then("dense", units=1).trained(optimizer="sgd", learning_rate=1e30).graph
    result = verify.run(graph, rows(graph), device="cpu")
    assert not result["ok"]
    assert any("no longer a number" in problem for problem in result["problems"])
    json.dumps(result, allow_nan=False)


@needs_keras
def test_a_gpu_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    graph = small()
    with pytest.raises(verify.VerifyError, match="tensorflow sees no GPU"):
        verify.run(graph, rows(graph), device="gpu")


@needs_keras
def test_data_that_do_not_fit_are_an_error() -> None:
    graph = Builder((8, 8, 1)).then("flatten").then("dense", units=3).graph
    with pytest.raises(verify.DataError, match="digits has 10 classes; the network's output is 3"):
        verify.run(graph, rows(graph), data="digits", device="cpu")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import os; os._exit(3)", "died with exit status 3"),
        ("while True: pass", "did not end within"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("import sys; sys.exit(0)", "ended without a result"),
    ],
)
@needs_keras
def test_code_that_dies_or_hangs_is_told(monkeypatch: pytest.MonkeyPatch, code: str, message: str) -> None:
    monkeypatch.setattr("archcalc.codegen.generate", lambda *args, **options: code)
    graph = small()
    with pytest.raises(verify.VerifyError, match=message):
        verify.run(graph, rows(graph), device="cpu", timeout=6 if "while" in code else 120)


@needs_keras
def test_a_broken_keras_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "keras.py").write_text("raise ImportError('libbroken.so: cannot open')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("archcalc.verify.check._environment", _keras_from(tmp_path))
    graph = small()
    with pytest.raises(verify.VerifyError, match=r"cannot be imported: libbroken\.so: cannot open"):
        verify.run(graph, rows(graph), device="cpu")


def _keras_from(folder: Path) -> Any:
    from archcalc.verify.check import _environment

    def environment(backend: str, device: str) -> dict[str, str]:
        found = _environment(backend, device)
        return {**found, "PYTHONPATH": f"{folder}:{found['PYTHONPATH']}"}

    return environment


def test_without_keras_the_pip_line_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(verify.MissingBackendError, match="pip install keras tensorflow"):
        verify.run(small(), rows(small()))


@pytest.mark.parametrize(
    ("options", "message"), [({"backend": "theano"}, "no backend 'theano'; known are"), ({"device": "tpu"}, "no device 'tpu'; known are")]
)
def test_choices_that_do_not_exist(options: dict[str, str], message: str) -> None:
    with pytest.raises(verify.VerifyError, match=message):
        verify.run(small(), rows(small()), **options)  # type: ignore[arg-type]


@needs_keras
def test_what_exceeds_the_memory_is_refused_before_it_is_tried() -> None:
    graph = Builder((10**6,)).then("dense", units=10**7).graph
    with pytest.raises(verify.VerifyError, match="GiB of memory; this machine has"):
        verify.run(graph, rows(graph))


@needs_keras
def test_free_sizes_cannot_be_built() -> None:
    graph = small()
    predicted = [{**row, "output_shape": ["H"]} for row in rows(graph)]
    with pytest.raises(verify.VerifyError, match="sizes that are free need values"):
        verify.run(graph, predicted)


@needs_keras
def test_several_outputs_train_on_random_numbers() -> None:
    builder = Builder((6,)).then("dense", "a", units=3, activation="softmax")
    builder.then("dense", "b", inputs=("input",), units=1)
    builder.graph.outputs = [builder.nodes["a"], builder.nodes["b"]]
    result = verify.run(builder.graph, rows(builder.graph), device="cpu")
    assert result["ok"], result["problems"]


@needs_keras
def test_one_hot_targets_are_learned() -> None:
    builder = Builder((16, 16)).then("conv", filters=8, kernel=5, stride=2, padding=2, activation="tanh", bias="untied")
    graph = builder.then("flatten").then("dense", units=10, activation="tanh").trained(loss="mse").graph
    result = verify.run(graph, rows(graph), device="cpu")
    assert result["ok"], result["problems"]
    assert result["training"]["test_accuracy"] >= 0.85
