"""Sliding windows that Keras lacks or has in another way, against NumPy loops; and each of them with the channels first."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from codegen.generated import predicted, program

import archcalc
from archcalc.codegen import CodegenError, generate
from archcalc.graph import Graph

np = pytest.importorskip("numpy", reason="NumPy is not installed")

# Keras's own, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def network(shape: tuple[int, ...], line: str, first: bool = False, head: str = "") -> Graph:
    """A network of one layer. The shape has its channels last, also where the network has not."""
    seen = (shape[-1], *shape[:-1]) if first else shape
    layout = "layout channels_first;" if first else ""
    analysis = archcalc.analyze(text=f"{head}\nnetwork N {{ {layout} input {'x'.join(map(str, seen))}; L: {line} }}")
    assert [d.message for d in analysis.diagnostics if d.severity == "error"] == []
    return analysis.graph


def model_of(graph: Graph) -> tuple[Any, list[Any]]:
    """The model that is generated, with random weights, and these weights."""
    model = program(graph).build_model()
    rng = np.random.default_rng(1)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=tuple(weight.shape)))
    (node,) = graph.layers
    assert (tuple(model.outputs[0].shape[1:]), model.count_params()) == (node.shape, sum(predicted(node)[1:]))
    return model, [np.array(w.numpy(), float) for w in model.trainable_weights]


def sample(*shape: int) -> Any:
    return np.random.default_rng(0).normal(size=(2, *shape)).astype("float32")


TRANSPOSED = [
    ((5, 4, 2), "conv_transpose 3, 4x3, /2, pad=1", (2, 2), (1, 1), ((1, 1), (1, 1)), (0, 0)),
    ((5, 4, 2), "conv_transpose 3, 3, /2, pad=1, output_padding=1", (2, 2), (1, 1), ((1, 1), (1, 1)), (1, 1)),
    ((5, 4, 2), "conv_transpose 3, 3, /3x2, pad=((0, 2), (1, 0)), output_padding=2x1", (3, 2), (1, 1), ((0, 2), (1, 0)), (2, 1)),
    ((5, 4, 2), "conv_transpose 3, 2, dilation=2x3, pad=1", (1, 1), (2, 3), ((1, 1), (1, 1)), (0, 0)),
    ((5, 4, 2), "conv_transpose 3, 2, /4, pad=0", (4, 4), (1, 1), ((0, 0), (0, 0)), (0, 0)),
    ((6, 2), "conv_transpose 3, 1, /3, pad=0, output_padding=2", (3,), (1,), ((0, 0),), (2,)),
    ((2, 3, 4, 2), "conv_transpose 3, 2x3x2, /2, pad=(1, 0, 2)", (2, 2, 2), (1, 1, 1), ((1, 1), (0, 0), (2, 2)), (0, 0, 0)),
]


@pytest.mark.parametrize(("shape", "line", "stride", "dilation", "pads", "more"), TRANSPOSED)
def test_transposed_convolutions_scatter_and_are_cut(
    keras: Any, shape: Any, line: str, stride: Any, dilation: Any, pads: Any, more: Any
) -> None:
    x = sample(*shape)
    model, (kernel, bias) = model_of(network(shape, line))
    found = np.array(model(x))
    *space, _ = shape
    lengths = [(n - 1) * s + d * (k - 1) + 1 + m for n, s, d, k, m in zip(space, stride, dilation, kernel.shape, more, strict=False)]
    whole = np.zeros((2, *lengths, 3))
    for at in itertools.product(*map(range, space)):
        for tap in itertools.product(*map(range, kernel.shape[: len(space)])):
            place = tuple(a * s + t * d for a, s, t, d in zip(at, stride, tap, dilation, strict=True))
            whole[(slice(None), *place)] += x[(slice(None), *at)] @ kernel[tap].T
    cut = tuple(slice(before, n - after) for (before, after), n in zip(pads, lengths, strict=True))
    np.testing.assert_allclose(found, whole[(slice(None), *cut)] + bias, atol=1e-4)


DEPTHWISE = [
    ((6, 7, 3), "depthwise 3x2, pad=1, multiplier=2, /2", (2, 2), (1, 1), ((1, 1), (1, 1))),
    ((6, 7, 3), "depthwise 2, pad=((0, 1), (2, 0)), /2, dilation=2", (2, 2), (2, 2), ((0, 1), (2, 0))),
    ((9, 3), "depthwise 3, pad=2, multiplier=2", (1,), (1,), ((2, 2),)),
    ((5, 4, 3, 2), "depthwise 2, multiplier=3, /2", (2, 2, 2), (1, 1, 1), ((0, 0),) * 3),
    ((5, 4, 3, 2), "depthwise 2, multiplier=2, pad=1, dilation=2", (1, 1, 1), (2, 2, 2), ((1, 1),) * 3),
]


@pytest.mark.parametrize(("shape", "line", "stride", "dilation", "pads"), DEPTHWISE)
def test_depthwise_convolutions_read_one_map(keras: Any, shape: Any, line: str, stride: Any, dilation: Any, pads: Any) -> None:
    x = sample(*shape)
    model, (kernel, bias) = model_of(network(shape, line))
    found = np.array(model(x))
    *size, _, _ = kernel.shape
    channels = shape[-1]
    kernel = kernel.reshape(*size, channels, -1)  # of a convolution in groups: map by map, the multiplier within
    padded = np.pad(x, ((0, 0), *pads, (0, 0)))
    wanted = np.zeros((*found.shape[:-1], channels, kernel.shape[-1]))
    for at in itertools.product(*map(range, found.shape[1:-1])):
        for tap in itertools.product(*map(range, size)):
            place = tuple(a * s + t * d for a, s, t, d in zip(at, stride, tap, dilation, strict=True))
            wanted[(slice(None), *at)] += padded[(slice(None), *place)][..., None] * kernel[tap]
    np.testing.assert_allclose(found, wanted.reshape(found.shape) + bias, atol=1e-4)


def test_a_padded_separable_convolution_is_a_depthwise_and_a_pointwise_one(keras: Any) -> None:
    x = sample(6, 7, 3)
    model, (depthwise, pointwise, bias) = model_of(network((6, 7, 3), "separable 4, 3, /2, pad=((1, 0), (0, 2)), multiplier=2"))
    between = keras.ops.depthwise_conv(np.pad(x, ((0, 0), (1, 0), (0, 2), (0, 0))), depthwise.astype("float32"), 2)
    np.testing.assert_allclose(np.array(model(x)), np.array(between) @ pointwise[0, 0] + bias, atol=1e-4)


@pytest.mark.parametrize(
    ("shape", "size"), [((7, 7, 3), (1, 1)), ((7, 5, 3), (3, 1)), ((1, 9, 2), (4, 4)), ((8, 2), (1,)), ((5, 4, 3, 2), (2, 1, 3))]
)
def test_adaptive_pooling_over_axes_of_length_1(keras: Any, shape: tuple[int, ...], size: tuple[int, ...]) -> None:
    x = sample(*shape)
    said = "x".join(map(str, size))
    largest, mean = (model_of(network(shape, f"{kind} ({said})"))[0](x) for kind in ("adaptive_maxpool", "adaptive_avgpool"))
    for at in itertools.product(*map(range, size)):
        bins = [slice(i * n // m, -(-(i + 1) * n // m)) for i, n, m in zip(at, shape, size, strict=False)]
        window = x[(slice(None), *bins)].reshape(2, -1, shape[-1]) if len(size) == 1 else x[(slice(None), *bins)]
        axes = tuple(range(1, window.ndim - 1))
        np.testing.assert_allclose(np.array(largest)[(slice(None), *at)], window.max(axis=axes))
        np.testing.assert_allclose(np.array(mean)[(slice(None), *at)], window.mean(axis=axes), atol=1e-5)


TABLE = "table T {\nXX.\nX.X\n.XX\n}"
# No line has as many maps as columns: there Keras 3.15 with TensorFlow adds a bias along the columns.
LINES = [
    ((9, 8, 3), "conv 5, 3, pad=1, /2, relu"),
    ((9, 8, 3), "conv 4, 3, pad=((0, 2), (1, 0))"),
    ((9, 3), "conv 4, 3, pad=1, groups=1"),
    ((5, 6, 4, 3), "conv 4, 2, pad=1"),
    ((9, 8, 3), "conv 3, 3, maps=T, /2"),
    ((9, 8, 3), "conv 6, 3, same, bias=untied, groups=3"),
    ((9, 3), "conv 4, 3, causal, bias=untied, dilation=2, tanh"),
    ((9, 8, 3), "depthwise 3, pad=1, multiplier=2, /2"),
    ((9, 3), "depthwise 3, pad=1"),
    ((5, 6, 4, 3), "depthwise 2, multiplier=2"),
    ((5, 6, 4, 3), "depthwise 2, pad=1"),
    ((9, 8, 3), "separable 4, 3, pad=1, multiplier=2, relu"),
    ((9, 8, 3), "conv_transpose 4, 3, /2, pad=1, output_padding=1, relu"),
    ((9, 3), "conv_transpose 4, 3, /2, pad=((1, 0),)"),
    ((5, 6, 4, 3), "conv_transpose 4, 3, /2, pad=1"),
    ((9, 8, 3), "maxpool 3, /2, pad=1"),
    ((9, 8, 3), "maxpool 3, /2, ceil"),
    ((9, 3), "avgpool 3, /2, pad=((0, 1),)"),
    ((9, 8, 3), "avgpool 3, /2, pad=1, ceil"),
    ((9, 8, 3), "subsample 2x3, tanh"),
    ((9, 3), "subsample 2, pad=1"),
    ((9, 8, 3), "adaptive_maxpool 3x1"),
    ((9, 8, 3), "adaptive_avgpool 4x3"),
    ((9, 8, 3), "gmp keepdims"),
]


@pytest.mark.parametrize(("shape", "line"), LINES, ids=[line for _, line in LINES])
def test_channels_first_is_the_same_turned_round(keras: Any, shape: tuple[int, ...], line: str) -> None:
    x = sample(*shape)
    last, first = (program(network(shape, line, turned, TABLE)).build_model() for turned in (False, True))
    for weight, same in zip(first.weights, last.weights, strict=True):
        same.assign(keras.random.normal(same.shape))
        weight.assign(same)
    np.testing.assert_allclose(np.moveaxis(np.array(first(np.moveaxis(x, -1, 1))), 1, -1), np.array(last(x)), atol=1e-5)


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize(("shape", "line"), LINES, ids=[line for _, line in LINES])
def test_a_saved_model_is_the_same_model(keras: Any, shape: tuple[int, ...], line: str, first: bool, tmp_path: Path) -> None:
    model, _ = model_of(network(shape, line, first, TABLE))
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    x = keras.random.normal((2, *model.inputs[0].shape[1:]))
    assert keras.ops.all(model(x) == again(x))


def test_what_keras_has_no_layer_for_is_said() -> None:
    with pytest.raises(CodegenError, match=r"L: Keras has no separable convolution over three .* `conv 8, 1x1x1`"):
        generate(network((9, 8, 7, 2), "separable 8, 3"), "x")
