"""The layers that Keras lacks, against loops that compute the same from the definition."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from codegen.generated import program
from codegen.networks import C3_MAPS, Builder

from archcalc.graph import Graph
from archcalc.values import Table

np = pytest.importorskip("numpy", reason="NumPy is not installed")

# Keras's own, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def outputs(keras: Any, graph: Graph, x: Any) -> tuple[Any, list[Any]]:
    """What the network makes of x with random weights, and these weights."""
    model = program(graph).build_model()
    rng = np.random.default_rng(1)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=tuple(weight.shape)))
    return np.array(model(x)), [np.array(w.numpy(), float) for w in model.trainable_weights]


def sample(*shape: int) -> Any:
    return np.random.default_rng(0).normal(size=(2, *shape)).astype("float32")


def test_a_connection_table_reads_only_the_maps_marked(keras: Any) -> None:
    """Each output map has a kernel of its own for each map that it reads, numbered row by row of the table."""
    x = sample(7, 6, 6)
    graph = Builder((7, 6, 6)).then("conv", filters=16, kernel=(3, 2), stride=2, maps=C3_MAPS).graph
    found, (kernel, bias) = outputs(keras, graph, x)
    pairs = [(i, j) for i, row in enumerate(C3_MAPS.rows) for j, mark in enumerate(row) if mark == "X"]
    wanted = np.zeros(found.shape) + bias
    for number, (i, j) in enumerate(pairs):
        for n, r, c, a, b in itertools.product(*map(range, (*found.shape[:3], 3, 2))):
            wanted[n, r, c, j] += x[n, 2 * r + a, 2 * c + b, i] * kernel[a, b, number]
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_a_full_table_is_a_plain_convolution_with_the_same_kernel(keras: Any) -> None:
    table = Table("ALL", ("XXX", "XXX"))
    x = sample(5, 5, 2)
    found, (kernel, bias) = outputs(keras, Builder((5, 5, 2)).then("conv", filters=3, kernel=3, maps=table).graph, x)
    plain = keras.ops.conv(x, kernel.reshape(3, 3, 2, 3).astype("float32")) + bias
    np.testing.assert_allclose(found, np.array(plain), atol=1e-4)


def test_untied_biases_belong_to_places(keras: Any) -> None:
    x = sample(5, 6, 2)
    found, (kernel, bias) = outputs(keras, Builder((5, 6, 2)).then("conv", filters=3, kernel=3, padding=1, bias="untied").graph, x)
    assert bias.shape == (5, 6, 3)
    plain = keras.ops.conv(x, kernel.astype("float32"), padding="same")
    np.testing.assert_allclose(found, np.array(plain) + bias, atol=1e-4)


def test_padding_pairs_add_zeros(keras: Any) -> None:
    x = sample(5, 6, 2)
    graph = Builder((5, 6, 2)).then("conv", filters=3, kernel=3, padding=((1, 2), (0, 3))).graph
    found, (kernel, bias) = outputs(keras, graph, x)
    padded = np.pad(x, ((0, 0), (1, 2), (0, 3), (0, 0)))
    np.testing.assert_allclose(found, np.array(keras.ops.conv(padded, kernel.astype("float32")) + bias), atol=1e-4)


def test_subsampling_sums_scales_and_shifts(keras: Any) -> None:
    x = sample(5, 7, 3)
    graph = Builder((5, 7, 3)).then("subsample", kernel=(2, 3), activation="tanh").graph
    found, (coefficient, bias) = outputs(keras, graph, x)
    for n, r, c, m in itertools.product(*map(range, found.shape)):
        total = x[n, 2 * r : 2 * r + 2, 3 * c : 3 * c + 3, m].sum()
        assert found[n, r, c, m] == pytest.approx(math.tanh(total * coefficient[m] + bias[m]), abs=1e-4)


def test_subsampling_with_same_counts_the_padding_as_zeros(keras: Any) -> None:
    x = sample(5, 2)
    found, (coefficient, bias) = outputs(keras, Builder((5, 2)).then("subsample", kernel=2, padding="same").graph, x)
    np.testing.assert_allclose(found[:, -1], x[:, 4] * coefficient + bias, atol=1e-5)


def test_rbf_units_measure_squared_distances(keras: Any) -> None:
    x = sample(84)
    model = program(Builder((84,)).then("rbf", units=10).graph).build_model()
    (centres,) = [np.array(w.numpy()) for w in model.non_trainable_weights]
    assert set(np.unique(centres)) == {-1.0, 1.0} and len({tuple(c) for c in centres.T}) == 10
    wanted = [[sum((a - b) ** 2 for a, b in zip(row, centre, strict=True)) for centre in centres.T] for row in x]
    np.testing.assert_allclose(np.array(model(x)), wanted, rtol=1e-4)


POOLS = [
    {"kernel": (3, 2), "stride": (2, 2), "padding": 1},
    {"kernel": (3, 3), "stride": (2, 3), "padding": ((0, 2), (1, 0))},
    {"kernel": (3, 3), "stride": (2, 2), "ceil": True},
    {"kernel": (3, 2), "stride": (3, 4), "padding": 1, "ceil": True},
    {"kernel": (2, 2), "stride": (2, 2), "padding": 1, "ceil": True},
]


@pytest.mark.parametrize("kind", ["maxpool", "avgpool"])
@pytest.mark.parametrize("settings", POOLS, ids=str)
def test_pooling_with_numbers_or_rounded_up(keras: Any, kind: str, settings: dict[str, Any]) -> None:
    """The padding's zeros count in an average and never win a maximum; what lies beyond the padding is not there."""
    x = sample(8, 9, 2)
    graph = Builder((8, 9, 2)).then(kind, **settings).graph
    found, _ = outputs(keras, graph, x)
    pad = settings.get("padding", 0)
    sides = pad if isinstance(pad, tuple) else ((pad, pad), (pad, pad))
    padded = np.pad(x, ((0, 0), *sides, (0, 0)), constant_values=0 if kind == "avgpool" else -np.inf)
    (f, g), (s, t) = settings["kernel"], settings["stride"]
    for n, r, c, m in itertools.product(*map(range, found.shape)):
        window = padded[n, s * r : s * r + f, t * c : t * c + g, m]  # slicing leaves out what is not there
        assert found[n, r, c, m] == pytest.approx(window.mean() if kind == "avgpool" else window.max(), abs=1e-5)
