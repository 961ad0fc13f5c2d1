"""Networks in real Keras, in a child process: from LeNet-5 to what goes wrong."""

from __future__ import annotations

import importlib.util
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from codegen.generated import rows
from codegen.networks import Builder, lenet5

from archcalc import codegen, verify
from archcalc.graph import Graph, Node
from archcalc.spec import Part
from archcalc.verify import memory

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
    assert [set(epoch) for epoch in training["history"]] == [{"loss", "accuracy"}] * 15
    assert training["history"][-1]["loss"] < training["history"][0]["loss"]
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
    assert "built, not trained: there is nothing to train" in verify.table(result)


@needs_keras
def test_a_loss_that_explodes_is_a_problem_not_a_crash() -> None:
    graph = Builder((4,)).then("dense", units=1).trained(optimizer="sgd", learning_rate=1e30).graph
    result = verify.run(graph, rows(graph), device="cpu")
    assert not result["ok"]
    assert any("no longer a number" in problem for problem in result["problems"])
    json.dumps(result, allow_nan=False)


@needs_keras
def test_training_that_fails_leaves_what_was_built(monkeypatch: pytest.MonkeyPatch) -> None:
    real = codegen.generate

    def failing(*args: Any, **options: Any) -> str:
        return real(*args, **options) + "\n\ndef compile_model(model):\n    raise ValueError('no such optimizer')\n"

    monkeypatch.setattr(codegen, "generate", failing)
    graph = small()
    result = verify.run(graph, rows(graph), device="cpu")
    assert result["problems"] == ["Keras failed with ValueError: no such optimizer"] and not result["ok"]
    assert result["training"] is None and result["untrained"] == result["problems"][0]
    assert all(row["ok"] and row["built"] and row["trained"] is None for row in result["layers"])


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


FAKES = {
    "keras": ("raise ImportError('libbroken.so: cannot open')", r"Keras is installed, but cannot be imported: libbroken\.so: cannot open"),
    "old": ("__version__ = '2.15.0'", r"this needs Keras 3\.5 or newer, installed is 2\.15\.0: pip install 'keras>=3\.5'"),
    "older": ("__version__ = '3.4.1'\nops = None", r"this needs Keras 3\.5 or newer, installed is 3\.4\.1"),
    "exits": ("raise SystemExit(7)", "Keras is installed, but cannot be imported: 7"),
}


@pytest.mark.parametrize(("source", "message"), FAKES.values(), ids=FAKES)
@needs_keras
def test_a_broken_keras_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, message: str) -> None:
    (tmp_path / "keras.py").write_text(source)
    monkeypatch.setattr("archcalc.verify.check._environment", _keras_from(tmp_path))
    graph = small()
    with pytest.raises(verify.MissingBackendError, match=message):
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
    ("options", "message"),
    [
        ({"backend": "theano"}, "no backend 'theano'; known are"),
        ({"device": "tpu"}, "no device 'tpu'; known are"),
        ({"timeout": 0}, "0 is no number of seconds"),
        ({"timeout": float("nan")}, "nan is no number of seconds"),
    ],
)
def test_choices_that_do_not_exist(options: dict[str, str], message: str) -> None:
    with pytest.raises(verify.VerifyError, match=message):
        verify.run(small(), rows(small()), **options)  # type: ignore[arg-type]


@needs_keras
def test_what_exceeds_the_memory_is_refused_before_it_is_tried() -> None:
    graph = Builder((10**6,)).then("dense", units=10**7).graph
    with pytest.raises(verify.VerifyError, match=r"building would need about 37,252\.9 GiB, this machine has .* free"):
        verify.run(graph, rows(graph))


@needs_keras
def test_what_exceeds_the_memory_only_in_training_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = small()
    needed = memory.training_bytes
    monkeypatch.setattr("archcalc.verify.job.training_bytes", lambda *args: needed(*args) + 2**60)
    result = verify.run(graph, rows(graph), device="cpu")
    assert result["ok"] and result["training"] is None and result["layers"][1]["trained"] is None
    assert re.fullmatch(r"training would need about 1,073,741,824\.0 GiB, this machine has [\d.,]+ GiB free", result["untrained"])
    assert f"built, not trained: {result['untrained']}" in verify.table(result)


@needs_keras
def test_free_sizes_cannot_be_built() -> None:
    graph = small()
    predicted = [{**row, "output_shape": ["H"]} for row in rows(graph)]
    with pytest.raises(verify.VerifyError, match="sizes that are free need values"):
        verify.run(graph, predicted)


def heads() -> Graph:
    """One image, three answers: a class, a class among more, and a class as twelve values."""
    builder = Builder((8, 8, 1)).then("flatten", "seen").then("dense", "which", units=10, activation="softmax")
    builder.then("dense", "also", inputs=("seen",), units=11).then("dense", "hot", inputs=("seen",), units=12)
    builder.graph.outputs = [builder.nodes[name] for name in ("which", "also", "hot")]
    losses = {"hot": "mse"}
    return builder.trained(losses=losses, weights={"also": 0.3}, metrics_of={"hot": ("mae",)}, epochs=3, data="digits").graph


@needs_keras
def test_every_output_is_trained_on_the_images(tmp_path: Path) -> None:
    graph = heads()
    result = verify.run(graph, rows(graph), device="cpu")
    assert result["ok"], result["problems"]
    outputs = result["training"]["outputs"]
    assert [(o["name"], o["loss"], o["weight"]) for o in outputs] == [
        ("which", "sparse_categorical_crossentropy", 1.0), ("also", "sparse_categorical_crossentropy", 0.3), ("hot", "mse", 1.0)
    ]  # fmt: skip
    for output in outputs:
        assert output["test_accuracy"] > output["accuracy_before"]
    assert result["training"]["test_accuracy"] is None and not result["training"]["unchanged"]
    assert re.search(r"^accuracy of also \S+ before, \S+ after; on 359 test samples \S+$", verify.table(result), re.M)


@needs_keras
def test_several_inputs_and_outputs_train_on_random_numbers() -> None:
    """Among them the states of a layer, which Keras calls by one name, and answers of yes and no."""
    builder = Builder((6, 3), (4,)).then("lstm", "enc", inputs=("input",), units=4, states=True)
    builder.then("concat", "both", inputs=("enc", "input_2")).then("dense", "yes", units=1, activation="sigmoid")
    builder.then("dense", "kind", inputs=("both",), units=3, activation="softmax")
    graph = builder.graph
    enc = builder.nodes["enc"]
    assert enc.layer is not None and enc.shape is not None
    parts = [graph.add(Node(f"enc.{name}", Part(size=size), (enc,), None)) for name, size in enc.layer.parts(enc.shape, (6, 3)).items()]
    graph.outputs = [builder.nodes["yes"], builder.nodes["kind"], *parts]
    result = verify.run(graph, rows(graph), device="cpu")
    assert result["ok"], result["problems"]
    accuracies = [o["accuracy_after"] for o in result["training"]["outputs"]]
    assert all(0 <= a <= 1 for a in accuracies[:2]) and accuracies[2:] == [None, None]
    assert all(row["built"]["macs"] in (None, 0) for row in result["layers"] if row["kind"] == "part")


@needs_keras
def test_one_hot_targets_are_learned() -> None:
    builder = Builder((16, 16)).then("conv", filters=8, kernel=5, stride=2, padding=2, activation="tanh", bias="untied")
    graph = builder.then("flatten").then("dense", units=10, activation="tanh").trained(loss="mse").graph
    result = verify.run(graph, rows(graph), device="cpu")
    assert result["ok"], result["problems"]
    assert result["training"]["test_accuracy"] >= 0.85
