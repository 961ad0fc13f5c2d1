"""The engine as a whole: what it takes, what it gives, what it refuses; and every kind has a kernel."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from engine.harness import agree, graph_of, keras_run, network, same_figures
from running import ROOT, environment

import archcalc
from archcalc.engine import Computed, EngineError, run
from archcalc.engine.kernels import find_kernel
from archcalc.registry import every_kind

np = pytest.importorskip("numpy", reason="NumPy is not installed")

# Kinds without a kernel, each with the reason.
WITHOUT = {"input": "its values are given, or drawn"}

SHARED = """
network N {
  a: input 8; b: input 8
  left: dense 4, tanh from a
  right: reuse left from b
  apart: sub from left, right
}
"""


def test_every_kind_has_a_kernel_or_a_reason() -> None:
    without = set()
    for kind in every_kind():
        try:
            find_kernel(kind)
        except EngineError as error:
            assert f"`{kind}`" in str(error)
            without.add(kind)
    assert without == set(WITHOUT)


def test_shared_weights_are_one_array_and_are_counted_once(keras: Any) -> None:
    found = agree(keras, SHARED)
    assert (found.layers["left"], found.layers["right"]) == (Computed((4,), 36, 0, 32), Computed((4,), 0, 0, 32))
    assert list(found.weights) == ["left"] and list(found.weights["left"]) == ["kernel", "bias"]


def test_the_outputs_of_a_layer_are_nodes(keras: Any) -> None:
    found = agree(keras, "network N { input 5x3; enc: lstm 4, states; both: add from enc.state_h, enc.state_c }")
    assert np.array_equal(found.values["enc"], found.values["enc.state_h"])


def test_the_same_seed_gives_the_same_numbers() -> None:
    graph = graph_of(SHARED)
    one, same, other = (run(graph, seed=seed).values["apart"] for seed in (3, 3, 4))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_a_layers_numbers_do_not_depend_on_the_layers_before_it() -> None:
    one, other = (run(graph_of(f"network N {{ input 8; {before} L: dense 4 }}")) for before in ("", "relu;"))
    assert np.array_equal(one.weights["L"]["kernel"], other.weights["L"]["kernel"])


def test_a_batch_is_drawn_or_given() -> None:
    graph = graph_of(network("relu", (2, 3)))
    assert run(graph, batch=5).values["L"].shape == (5, 2, 3)
    assert run(graph, {"a": np.ones((4, 2, 3))}).values["L"].shape == (4, 2, 3)
    assert run(graph, {"a": [[1, 2, 3], [4, 5, 6]]}).values["L"].tolist() == [[[1, 2, 3], [4, 5, 6]]]


def test_axes_of_length_1_may_be_left_out() -> None:
    graph = graph_of(network("conv 1, 2x2", (3, 3, 1)))
    found = run(graph, {"a": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]}, {"L": {"kernel": [[1, 0], [0, -1]], "bias": 10}})
    assert found.values["L"][0, ..., 0].tolist() == [[6, 6], [6, 6]]


def test_weights_are_given_by_name_or_in_order() -> None:
    graph = graph_of(network("dense 2", (3,)))
    kernel, bias = np.arange(6.0).reshape(3, 2), np.array([0.5, -0.5])
    one, other = (run(graph, {"a": [1, 2, 3]}, {"L": weights}) for weights in ([kernel, bias], {"bias": bias, "kernel": kernel}))
    assert one.values["L"].tolist() == other.values["L"].tolist() == [[16.5, 21.5]]


def test_values_have_the_type_that_is_asked_for() -> None:
    graph = graph_of("network N { input 9x9x2; conv 3, 3, gelu; bn; maxpool; flatten; dense 4, softmax }")
    for dtype in ("float32", "float64"):
        found = run(graph, dtype=dtype)
        assert {str(v.dtype) for v in found.values.values()} == {dtype}
    close = [run(graph, {"input": np.ones((9, 9, 2))}, dtype=dtype).values["dense_1"] for dtype in ("float32", "float64")]
    assert np.allclose(*close, atol=1e-5)


def test_channels_first_is_the_same_turned_round() -> None:
    lines = "C: conv 4, 3, /2; maxpool; P: permute (2, 3, 1); Q: permute (3, 1, 2); F: flatten; dense 3"
    last = graph_of(f"network N {{ input 9x8x3; {lines.replace('P: permute (2, 3, 1); Q: permute (3, 1, 2);', '')} }}")
    first = graph_of(f"network N {{ layout channels_first; input 3x9x8; {lines} }}")
    x = np.random.default_rng(0).normal(size=(2, 9, 8, 3))
    one, other = run(last, {"input": x}), run(first, {"input": np.moveaxis(x, -1, 1)})
    assert np.allclose(one.values["C"], np.moveaxis(other.values["C"], 1, -1), atol=1e-5)
    assert np.allclose(one.values["dense_1"], other.values["dense_1"], atol=1e-5)
    same_figures(first, other)


REFUSED = [
    ("dense 2", (3,), {"inputs": {"b": [1, 2, 3]}}, "`b` is no input of N; it has a"),
    ("dense 2", (3,), {"inputs": {"a": [1, 2]}}, "the input `a` is 2; one sample is 3"),
    ("dense 2", (3,), {"inputs": {"a": ["x", "y", "z"]}}, "no array of numbers"),
    ("dense 2", (3,), {"batch": 0}, "one sample or more"),
    ("dense 2", (3,), {"weights": {"M": []}}, "weights are given for `M`; layers are L"),
    ("dense 2", (3,), {"weights": {"L": [np.ones((2, 3)), np.ones(2)]}}, "L: the weight `kernel` is 2x3; it must be 3x2"),
    ("dense 2", (3,), {"weights": {"L": [np.ones((3, 2))]}}, "L is given 1 weights; it needs `bias` of 2 besides"),
    ("dense 2, nobias", (3,), {"weights": {"L": [np.ones((3, 2)), 1]}}, "L is given 2 weights; it has 1: kernel 3x2"),
    ("dense 2", (3,), {"weights": {"L": {"kernel": np.ones((3, 2))}}}, "L needs the weight `bias` of 2; given are kernel"),
    ("dense 1", (1,), {"weights": {"L": {"kernel": 1, "bias": 1, "b": 1}}}, "L has no weight `b`; it has kernel 1x1, bias 1"),
    ("dense 1", (1,), {"weights": {"L": {"kernel": "x", "bias": 1}}}, "no array of numbers"),
    ("conv 1, 3, pad=1000000", (9, 9, 1), {}, r"L \(conv\) needs about [\d,.]+ GiB; the limit is 4.0 GiB"),
    ("dense 1000000", (1000000,), {}, r"L: `kernel` of 1000000x1000000 needs about 3,725.3 GiB"),
    ("repeat_vector 1000000", (1000,), {"memory": 2**20}, r"L \(repeat_vector\) needs about 7.5 GiB; the limit is 1.0 MiB"),
    ("upsample 1000000", (9, 9, 1), {}, r"L \(upsample\) needs about"),
    ("conv 1000000000, 1", (9, 9, 1), {}, r"L \(conv\) needs about 603.5 GiB"),
    ("conv 1, 3000, pad=3000", (9, 9, 1), {"macs": 10**8}, "L: up to here, the network takes more than 100,000,000 multiply-accumulates"),
    ('custom "RoPE"', (9, 9), {}, 'L: "RoPE" is a layer of your own'),
]


@pytest.mark.parametrize(("line", "shape", "given", "message"), REFUSED, ids=[f"{line}-{message[:30]}" for line, _, _, message in REFUSED])
def test_what_does_not_fit_is_refused(line: str, shape: Any, given: dict[str, Any], message: str) -> None:
    with pytest.raises(EngineError, match=message):
        run(graph_of(network(line, shape)), **given)


def test_inputs_of_different_batches_are_refused() -> None:
    with pytest.raises(EngineError, match="batches of 2 and 3 samples"):
        run(graph_of(network("add", (4,), (4,))), {"a": np.ones((2, 4)), "b": np.ones((3, 4))})


def test_a_network_with_a_mistake_is_refused() -> None:
    graph = archcalc.analyze(text="network N { input 4x4x1; C: conv 1, 9x9 }").graph
    with pytest.raises(EngineError, match="C: a window of 9x9 fits nowhere in 4x4"):
        run(graph)
    for text in ("C: konv 1, 9x9", "C: relu from nowhere", "D: konv 1; C: relu from D"):
        with pytest.raises(EngineError, match="[CD] has a mistake: `archcalc check` says which"):
            run(archcalc.analyze(text=f"network N {{ input 4x4x1; {text} }}").graph)


@pytest.mark.parametrize("name", ["lenet5", "mnist_cnn", "conv_7x7", "siamese", "mobilenet", "bilstm_classifier", "image_and_metadata"])
def test_examples_run_and_have_archcalcs_figures(name: str, examples: Any) -> None:
    graph = archcalc.analyze(str(examples / f"{name}.arch")).graph
    same_figures(graph, run(graph))


@pytest.mark.parametrize(
    "name", ["lenet5", "lenet_tutorial", "mnist_deep", "image_and_metadata", "bilstm_classifier", "mobilenet_v2", "googlenet"]
)
def test_every_value_of_an_example_is_keras_s(keras: Any, name: str, examples: Any) -> None:
    """All layers, with the weights that the engine draws; values of all sizes, so each is compared with its layer's largest."""
    graph = archcalc.analyze(str(examples / f"{name}.arch")).graph
    ours = run(graph)
    theirs = keras_run(keras, graph, {n.name: ours.values[n.name] for n in graph.inputs}, given=ours.weights)
    assert set(theirs.values) == {n.name for n in graph.layers}
    for layer, values in theirs.values.items():
        np.testing.assert_allclose(ours.values[layer], values, rtol=0, atol=1e-4 * np.abs(values).max(), err_msg=layer)


def test_vgg16_takes_less_than_2_gib(examples: Any) -> None:
    graph = archcalc.analyze(str(examples / "vgg16.arch")).graph
    found = run(graph, memory=2 * 2**30)
    assert sum(layer.macs for layer in found.layers.values()) == 15_470_264_320


RULES = {"node.shape", "node.seen", "node.input_shapes", "n.shape", "n.seen"}


@pytest.mark.parametrize("path", sorted((ROOT / "archcalc" / "engine").rglob("*.py")), ids=lambda path: path.stem)
def test_no_rule_of_a_declaration_is_asked(path: Path) -> None:
    """Of a layer, only its arguments are read; of what it declares, the names of its parts, and whether it reads indices."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    methods = {name for cls in every_kind().values() for name in dir(cls) if callable(getattr(cls, name)) and name not in dir(list)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods:
            assert node.func.attr in ("parts", "indices") or ast.unparse(node.func) == "call.inside", ast.unparse(node)
        if isinstance(node, ast.Attribute) and path.stem != "feeding":  # an input's shape is given
            assert ast.unparse(node) not in RULES, ast.unparse(node)


def test_importing_the_engine_imports_numpy_alone() -> None:
    code = "import sys, archcalc.engine; print(*sorted({m.partition('.')[0] for m in sys.modules} & {'keras', 'tensorflow', 'lark', 'click', 'scipy'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert done.stdout.strip() == ""


def test_whole_numbers_can_be_computed_with() -> None:
    graph = archcalc.analyze(text="network N { input 2x1; time_distributed { integer_lookup 3 }; conv 2, 2; dense 3 }").graph
    assert run(graph).values["dense_1"].dtype == "float32"
