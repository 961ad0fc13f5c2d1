"""MACs as TensorFlow's own profiler counts them: those that archcalc counts, wherever there is a count at all.

With KERAS_BACKEND=torch the tables are held to PyTorch's counter instead.
"""

from __future__ import annotations

import types
from collections import Counter
from typing import Any

import pytest
from against_keras.table import CONFIGS, Config
from codegen.networks import Builder, lenet5

import archcalc
from archcalc.codegen import CodegenError, generate
from archcalc.graph import Graph
from archcalc.verify.built import Built
from archcalc.verify.job import make_job


@pytest.fixture(scope="module")
def any_keras() -> Any:
    found = pytest.importorskip("keras", reason="Keras is not installed")
    if found.backend.backend() == "jax":
        pytest.skip("JAX was chosen, which counts no products alone")
    return found


@pytest.fixture(scope="module")
def keras(any_keras: Any) -> Any:
    if any_keras.backend.backend() != "tensorflow":
        pytest.skip("another backend was chosen")
    return any_keras


def counted(keras: Any, graph: Graph) -> dict[str, dict[str, Any]]:
    network = types.ModuleType("network")
    exec(generate(graph, "test.arch", runnable=False), network.__dict__)
    job = make_job(graph, [], data="random", epochs=None, seed=0, device="cpu", build_only=True)
    return Built(keras, network, job).counted()


def one(keras: Any, config: Config) -> tuple[int, int | None, str] | None:
    """A configuration's MACs, predicted and counted, and why they are not counted; None where there is no such program."""
    analysis = archcalc.analyze(text=config.network)
    if not analysis.ok:
        return None
    try:
        found = counted(keras, analysis.graph)["L"]
    except (CodegenError, ValueError, TypeError):  # Keras cannot build it, as the tables say
        return None
    return int(analysis.layers["L"].macs or 0), found["macs"], found["uncounted"]


# How many configurations of each table have a count at the least: so that nothing falls silent.
COUNTED = {
    "activation": 60, "attention": 15, "augmentation": 200, "convolution": 40, "dense": 18, "embedding": 15, "merging": 80,
    "normalization": 100, "pooling": 65, "preprocessing": 60, "recurrent": 70, "regularization": 55, "resampling": 80, "reshaping": 50,
    "transposed": 8, "wrappers": 50,
}  # fmt: skip


@pytest.mark.parametrize("family", COUNTED)
def test_the_backend_counts_as_archcalc_does(any_keras: Any, family: str) -> None:
    kept: Counter[str] = Counter()
    for config in CONFIGS:
        if config.path.stem == family and config.inputs and not config.refused and (found := one(any_keras, config)):
            predicted, macs, why = found
            assert macs in (None, predicted), (config.line, config.inputs)
            assert (macs is None) == bool(why), config.line
            kept["uncounted" if macs is None else "counted"] += 1
    if any_keras.backend.backend() == "tensorflow":
        assert kept["counted"] >= COUNTED[family], kept


UNCOUNTED = [
    ("conv 6, 5x5, maps=T", "its program multiplies all maps, with 0 where none are connected"),
    ("conv 4, 3, dilation=2", "TensorFlow carries a dilation out on padded parts of the image, and counts the padding"),
    ("conv_transpose 4, 3, /2", "TensorFlow estimates a transposed convolution by its output's size"),
    ("dense 4, lora_rank=2", "its program multiplies LoRA's factors once for a batch, which is no work for a sample"),
    ("time_distributed { dense 4, lora_rank=2 }", "its program multiplies LoRA's factors"),
    ('einsum_dense "abcd,de->abce", (8, 8, 4), lora_rank=1', "its program multiplies LoRA's factors"),
    ('einsum_dense "...x,xy->...y", 6', "TensorFlow does not count Einsum"),
]


@pytest.mark.parametrize(("line", "why"), UNCOUNTED, ids=[line for line, _ in UNCOUNTED])
def test_what_is_not_counted_has_a_reason(keras: Any, line: str, why: str) -> None:
    table = "table T {\n XX.XX.\n .XXX.X\n XXXXXX\n}\n"
    analysis = archcalc.analyze(text=f"{table}network N {{ input 8x8x3\n L: {line} }}")
    assert analysis.ok, analysis.diagnostics
    found = counted(keras, analysis.graph)["L"]
    assert found["macs"] is None and found["uncounted"].startswith(why)


def test_long_loops_are_not_unrolled(keras: Any) -> None:
    found = counted(keras, Builder((513, 2)).then("lstm", "L", units=2).graph)["L"]
    assert found == {"macs": None, "uncounted": "a loop of 513 steps is not counted"}
    assert counted(keras, Builder((200, 1)).then("rnn", "L", units=1).graph)["L"]["macs"] == 200 * 2
    nested = archcalc.analyze(text="network N { input 30x20x2\n L: time_distributed { lstm 3 } }").graph
    assert counted(keras, nested)["L"]["uncounted"] == "a loop of 600 steps is not counted"


def test_lenet5_is_counted_but_for_its_connection_table(keras: Any) -> None:
    found = counted(keras, lenet5())
    assert {name: row["macs"] for name, row in found.items() if row["macs"]} == {"C1": 117_600, "C5": 48_000, "F6": 10_080, "OUT": 840}
    assert [name for name, row in found.items() if row["macs"] is None] == ["C3"]


def test_a_shared_layer_is_counted_at_each_of_its_places(keras: Any) -> None:
    builder = Builder((8, 8, 3), (9, 9, 3)).then("conv", "a", inputs=("input",), filters=4, kernel=3)
    builder.then("conv", "b", inputs=("input_2",), shares="a").then("gap", "c").then("gap", "d", inputs=("a",))
    found = counted(keras, builder.then("add", inputs=("c", "d")).graph)
    assert (found["a"]["macs"], found["b"]["macs"]) == (6 * 6 * 4 * 27, 7 * 7 * 4 * 27)


def test_counting_leaves_the_layers_as_they_were(keras: Any) -> None:
    graph = Builder((5, 3)).then("lstm", units=4).graph
    network = types.ModuleType("network")
    exec(generate(graph, "test.arch", runnable=False), network.__dict__)
    job = make_job(graph, [], data="random", epochs=None, seed=0, device="cpu", build_only=True)
    built = Built(keras, network, job)
    before = [w.numpy().copy() for w in built.model.weights]
    assert built.counted()["lstm_1"]["macs"] == 560
    assert built.applied[0].layer.unroll is False
    assert all((w.numpy() == old).all() for w, old in zip(built.model.weights, before, strict=True))
