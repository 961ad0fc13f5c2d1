"""What lints claim in numbers, found by computing: pixels are changed, biases are drawn anew, functions are tried."""

from __future__ import annotations

import re
from typing import Any

import pytest

import archcalc
from archcalc.activations import FUNCTIONS, Function
from archcalc.checks import Checks
from archcalc.diagnostics import Diagnostic
from archcalc.pipeline import Options, analyze_all, load
from archcalc.recipes import WANTS

np = pytest.importorskip("numpy", reason="NumPy is not installed")
from archcalc.engine import run  # noqa: E402  needs NumPy
from archcalc.engine.kernels.activation import activate  # noqa: E402

ALL = Options(checks=Checks().changed(strict=True, ignore=["W104"]))


def analyzed(body: str) -> tuple[Any, list[Diagnostic]]:
    (analysis,) = analyze_all(load("n.arch", f"network N {{ {body} }}".encode()), None, ALL)
    return analysis.graph, analysis.diagnostics


def unread(graph: Any, x: Any) -> set[tuple[int, ...]]:
    """The pixels that change nothing that comes out, whatever they are."""
    out = graph.outputs[0].name
    plain = run(graph, {"input": x}, dtype="float64").values[out]
    found = set()
    for place in np.ndindex(x.shape[:-1]):
        other = x.copy()
        other[place] += 100.0
        if np.array_equal(run(graph, {"input": other}, dtype="float64").values[out], plain):
            found.add(place)
    return found


@pytest.mark.parametrize(
    ("size", "line"),
    [
        ("8x8x1", "conv 2, 2, /3"), ("11x8x2", "conv 2, 2x3, /3x1"), ("10x1", "conv 2, 3, /4, pad=1"), ("12x12x1", "avgpool 2, /5"),
        ("9x2", "conv 2, 2, /5, pad=((3, 1),)"), ("9x2", "conv 2, 2, /5, pad=6"), ("17x3", "depthwise 2, /3"), ("10x10x2", "conv 1, 2, /4, same"),
    ],
)  # fmt: skip
def test_as_many_pixels_lie_in_gaps_as_it_says(size: str, line: str) -> None:
    graph, findings = analyzed(f"input {size}; {line}")
    (finding,) = (d for d in findings if d.code == "W106")
    shape = tuple(int(n) for n in size.split("x"))
    pixels = unread(graph, np.random.default_rng(1).normal(size=shape))
    said = {axis: int(n) for n, axis in re.findall(r"(\d+) of \d+ (row|column|position)s", finding.message)}
    names = ("position",) if len(shape) == 2 else ("row", "column")
    for i, name in enumerate(names):
        others = [range(n) for j, n in enumerate(shape[:-1]) if j != i]
        lines = [k for k in range(shape[i]) if all((k, *rest)[:: 1 if i == 0 else -1] in pixels for rest in _all(others))]
        assert len(lines) == said.get(name, 0)
    share = re.search(r"(\d+) % of each map", finding.message)
    assert share is not None
    assert int(share[1]) == round(100 * len(pixels) / int(np.prod(shape[:-1])))


def _all(ranges: list[range]) -> list[tuple[int, ...]]:
    return [(k,) for k in ranges[0]] if ranges else [()]


@pytest.mark.parametrize(("size", "line"), [("3x5x4x1", "maxpool 2"), ("2x8x1", "conv 2, 3, /3"), ("2x7x7x1", "conv 1, 3, /3")])
def test_pixels_that_a_wrapped_layer_loses_change_nothing(size: str, line: str) -> None:
    graph, findings = analyzed(f"input {size}; time_distributed {{ {line} }}")
    assert [d.code for d in findings] == ["W101"]
    shape = tuple(int(n) for n in size.split("x"))
    pixels = unread(graph, np.random.default_rng(2).normal(size=shape))
    lost = {m[1]: int(m[0] or 1) for m in re.findall(r"the last (?:(\d+) )?(row|column|position)s?", findings[0].message)}
    names = ("position",) if len(shape) == 3 else ("row", "column")
    expected = {
        place for place in np.ndindex(shape[:-1]) if any(place[1 + i] >= shape[1 + i] - lost.get(n, 0) for i, n in enumerate(names))
    }
    assert pixels == expected


@pytest.mark.parametrize(
    ("body", "n"),
    [
        ("conv 2, 5, same; conv 2, 5, same", 8), ("conv 2, 5, same; conv 2, 5, same", 9), ("conv 1, 3, same; avgpool 3, /1, same; conv 1, 5, same", 8),
        ("conv 1, 3, same, dilation=2; depthwise 3, same", 6), ("conv 1, 3, same, dilation=2; depthwise 3, same", 7), ("conv 1, 3, same, dilation=3", 6),
    ],
)  # fmt: skip
def test_a_field_is_as_large_as_it_says(body: str, n: int) -> None:
    """In the middle of a far longer input, the positions that change the last layer's value are counted."""
    graph, findings = analyzed(f"input 61x1; {body}")
    assert not [d for d in findings if d.code == "W114"]
    x = np.random.default_rng(5).random((61, 1))
    out = graph.outputs[0].name
    weights = {name: {k: np.abs(v) for k, v in of.items()} for name, of in run(graph).weights.items()}
    plain = run(graph, {"input": x}, weights, dtype="float64").values[out][0, 30]
    changing = []
    for i in range(61):
        other = x.copy()
        other[i] += 1000.0
        if not np.array_equal(run(graph, {"input": other}, weights, dtype="float64").values[out][0, 30], plain):
            changing.append(i)
    reach = changing[-1] - changing[0] + 1
    _, findings = analyzed(f"input {n}x1; {body}")
    told = [d.message for d in findings if d.code == "W114"]
    assert bool(told) == (reach > n)
    assert all(message.startswith(f"along positions, a value reads {reach} positions, and input has {n}:") for message in told)


NORMS = {
    "a bias before bn": ("input 6x6x2; a: conv 3, 3; b: bn", (0, 1, 2)),
    "a bias of a dense layer": ("input 5; a: dense 3; b: bn", (0,)),
    "depthwise": ("input 6x6x2; a: depthwise 3; b: bn", (0, 1, 2)),
    "transposed": ("input 6x6x2; a: conv_transpose 3, 3; b: bn", (0, 1, 2)),
    "channels first": ("layout channels_first; input 2x6x6; a: conv 3, 3; b: bn", (0, 2, 3)),
    "each map of a sample": ("input 6x6x2; a: conv 3, 3; b: instancenorm", None),
    "all places of a sample": ("input 6x6x2; a: separable 3, 3; b: layernorm (1, 2)", None),
    "the channels of a place": ("input 6x6x2; a: conv 3, 3; b: layernorm", None),
    "groups of channels": ("input 6x6x2; a: conv 4, 3; b: groupnorm 2", None),
    "a group for each channel": ("input 6x6x2; a: conv 4, 3; b: groupnorm 4", None),
    "before max pooling": ("input 8x8x2; a: conv 3, 3; maxpool; b: instancenorm", None),
    "before max pooling with padding": ("input 8x8x2; a: conv 3, 3; maxpool 3, /1, pad=1; b: instancenorm", None),
    "before means over what there is": ("input 8x8x2; a: conv 3, 3; avgpool 3, /1, same; b: instancenorm", None),
    "before means over zeros, too": ("input 8x8x2; a: conv 3, 3; avgpool 3, /1, pad=1; b: instancenorm", None),
    "without a mean": ("input 6x6x2; a: conv 3, 3; b: rmsnorm", None),
}  # fmt: skip


@pytest.mark.parametrize("name", NORMS)
def test_a_bias_is_of_no_effect_where_it_says_so_and_only_there(name: str) -> None:
    """In training: batch normalisation takes the batch's own mean away. The others are run as they are."""
    body, over = NORMS[name]
    graph, findings = analyzed(body)
    layer = graph.layers[0].name
    results = []
    first = run(graph, batch=4, seed=3, dtype="float64")
    (bias,) = (path for path in first.weights[layer] if "bias" in path)
    for seed in (1, 2):
        weights = dict(first.weights[layer])
        weights[bias] = np.random.default_rng(seed).normal(size=weights[bias].shape)
        got = run(graph, weights={layer: weights}, batch=4, seed=3, dtype="float64")
        if over is None:
            results.append(got.values["b"])
        else:
            x = got.values["a"]
            results.append((x - x.mean(axis=over, keepdims=True)) / np.sqrt(x.var(axis=over, keepdims=True) + 1e-3))
    without = np.allclose(results[0], results[1], atol=1e-9)
    said = [d for d in findings if d.code == "W112"]
    assert without == bool(said)
    if said:
        assert f"save {first.weights[layer][bias].size} parameters" in said[0].fixes[0]


def test_what_is_saved_is_what_the_fix_saves() -> None:
    for body, line, fixed in (
        ("input 9x9x3; X; bn", "conv 4, 3", "conv 4, 3, nobias"),
        ("input 28x28x1; conv 64, 3; F; dense 128", "flatten", "gap"),
    ):
        slot = "X" if "X" in body else "F"
        _, (finding,) = analyzed(body.replace(slot, line))
        before, after = (archcalc.analyze(text=f"network N {{ {body.replace(slot, way)} }}") for way in (line, fixed))
        if finding.code == "W112":
            assert before.totals.params - after.totals.params == int(finding.fixes[0].split()[3])
        else:
            assert f"{after.layers['dense_1'].params} parameters here" in finding.fixes[0]
            assert f"{before.layers['dense_1'].params} of all {before.totals.params} parameters" in finding.message


def tried(function: Function) -> tuple[Any, Any]:
    """Many values, along an axis of five where values depend on each other, and what becomes of them."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4000, 5)) * 8 if function.alone is not None else np.linspace(-60.0, 60.0, 240_001)
    return x, activate(function.name, x)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.filterwarnings("ignore:overflow")
def test_what_is_known_of_a_function_is_so(name: str) -> None:
    function = FUNCTIONS[name]
    _, y = tried(function)
    assert (y.min() >= function.low and y.min() < function.low + 0.05) if function.low is not None else y.min() < -5
    assert (y.max() <= function.high and y.max() > function.high - 0.05) if function.high is not None else y.max() > 5
    assert np.allclose(activate(name, y), y) == function.settled
    one = activate(name, np.linspace(-3.0, 3.0, 7)[:, None])
    assert function.alone == (one[0, 0] if np.all(one == one[0]) else None)


@pytest.mark.parametrize("size", [2, 3, 10, 1000])
def test_the_second_softmax_leaves_no_value_above_what_it_says(size: int) -> None:
    _, (finding,) = analyzed(f"input {size}; softmax; softmax")
    most = float(re.findall(r"above ([\d.]+)", finding.message)[0])
    sure = np.zeros(size)
    sure[0] = 1000.0
    found = activate("softmax", activate("softmax", sure)).max()
    assert most - 0.001 <= found <= most


def cross_entropy(loss: str, function: str) -> float:
    """The least loss that an output can reach for the answer that suits it least, as codegen has it computed.

    Of many outputs, the best; then the worst over the answers: first class or last, 0 or 1.
    """
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=(2000, 4)) * 40, np.eye(4) * 4000 - 2000])
    y = activate(function, x)
    logits = function not in ("softmax", "sigmoid")
    if loss == "binary_crossentropy":
        p = 1 / (1 + np.exp(-np.clip(y, -500, 500))) if logits else y
        # each of the four values by itself, all wanted to be 1 at once
        return float(np.min(-np.log(np.clip(p, 1e-7, 1)).mean(axis=-1)))
    p = activate("softmax", y) if logits else y / y.sum(axis=-1, keepdims=True).clip(1e-7)
    return float(max(np.min(-np.log(np.clip(p[:, c], 1e-7, 1))) for c in range(4)))


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "binary_crossentropy"])
@pytest.mark.parametrize("function", ["linear", "softmax", "sparsemax", "tanh", "softsign", "relu6", "log_softmax"])
@pytest.mark.filterwarnings("ignore:overflow", "ignore:divide")
def test_an_output_that_cannot_be_sure_does_not_fit(loss: str, function: str) -> None:
    """Bounded logits cannot reach a loss near 0; what fits can."""
    can = cross_entropy(loss, function) < 0.01
    if WANTS[loss].fits(FUNCTIONS[function]):
        assert can
    elif function != "relu6":  # its logits reach from 0 to 6: nearly sure of one, never of none
        assert not can
