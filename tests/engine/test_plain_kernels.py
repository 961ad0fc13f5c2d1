"""Dense layers, activations, normalisation, merges and the like in NumPy: archcalc's figures, and Keras's values."""

from __future__ import annotations

from typing import Any

import pytest
from engine.families import Line, cases, checked_figures, checked_values, more
from engine.harness import agree, graph_of, keras_run, network

from archcalc.activations import FUNCTIONS
from archcalc.engine import run

np = pytest.importorskip("numpy", reason="NumPy is not installed")

CASES = cases("activation", "dense", "merging", "normalization", "scaling", "reshaping", "resampling", "regularization")
FURTHER = [
    *((f"conv 4, 2, {function}", (5, 6, 3)) for function in FUNCTIONS if function != "sparsemax"),
    ("relu 6, slope=0.1", (9,)),
    ("relu slope=0.2, threshold=0.5, max_value=1.5", (9, 4)),
    ("prelu -1", (4, 5)),
    ("softmax (1, -1)", (4, 5, 3)),
    ("dense 4, lora_rank=2, softmax", (7, 3)),
    ("rbf 10", (7, 84)),
    ("rbf 10", (84,)),
    ("rbf 10, random", (84,)),
    ("maximum", (4, 1), (5,), (3, 1, 5)),
    ("avg", (4, 1), (5,), (4, 5)),
    ("concat axis=-2", (3, 4, 2), (3, 1, 2)),
    ("dot 1, normalize", (1, 4), (1, 4)),
    ("groupnorm 2, axis=-2", (6, 4, 5)),
    ("groupnorm 1, noscale", (6, 4)),
    ("instancenorm axis=1", (3, 7, 5)),
    ("layernorm (-1, 1), noscale", (7, 9, 4)),
    ("lrn 9", (3, 3, 4)),
    ("rescale [0.5, 2], axis=1", (2, 6, 3)),
    ("resize 5x9, bicubic", (8, 6, 2)),
    ("resize 9x5, bicubic, antialias", (8, 12, 2)),
    ("resize 9x5, lanczos3, antialias", (20, 12, 2)),
    ("resize 9x5, lanczos5", (6, 12, 2)),
    ("resize 13x17, nearest", (7, 30, 2)),
    ("resize 13x7, bilinear, antialias", (30, 31, 2)),
    ("resize 20x10, crop_to_aspect_ratio", (9, 14, 2)),
    ("resize 20x10, pad_to_aspect_ratio, fill_value=3", (9, 14, 2)),
    ("resize 10x21, pad_to_aspect_ratio, nearest", (9, 14, 2)),
    ("center_crop 20x24", (15, 30, 2)),
    ("center_crop 4x3", (9, 8, 2)),
    ("upsample 2x3, lanczos5", (5, 6, 4)),
    ("upsample 3x2, bicubic", (5, 6, 4)),
    ("masking 2", (3, 4)),
]
# Further lines of channels-first networks.
FIRST = [
    "resize 5x7",
    "upsample 2, bilinear",
    "zero_pad ((1, 0), (2, 3))",
    "crop 1x2",
    "flatten",
    "bn",
    "groupnorm 3",
    "lrn 3",
    "center_crop 4x3",
]
# What the engine does by its source, and Keras 3.15 does not: each has a test below.
DIFFERENT = ("sparsemax", "lora_alpha")


@pytest.mark.parametrize("line", [*CASES, *more(*FURTHER)])
def test_figures_are_archcalcs(line: Line) -> None:
    checked_figures(line)


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis:UserWarning")
@pytest.mark.parametrize("line", [c for c in [*CASES, *more(*FURTHER)] if not any(word in c.values[0].line for word in DIFFERENT)])
def test_values_are_those_of_keras(keras: Any, line: Line) -> None:
    checked_values(keras, line)


@pytest.mark.parametrize("line", FIRST)
def test_values_with_channels_first_are_those_of_keras(keras: Any, line: str) -> None:
    agree(keras, network(line, (3, 9, 8), first=True))


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f != "sparsemax"])
def test_functions_are_those_of_keras_far_out(keras: Any, function: str) -> None:
    """Where an exponential overflows, or a threshold lies."""
    points = [-1e4, -100, -20, -5, -3, -1, -0.5, 0, 0.5, 1, 3, 5, 6, 7, 20, 100, 1e4]
    points = [p for p in points if function != "exponential" or p <= 20]
    agree(keras, network(f"activation {function}", (len(points),)), inputs={"a": np.array([points, points[::-1]], "float32")}, rtol=1e-5)


def test_masked_steps_become_zero(keras: Any) -> None:
    x = np.ones((2, 4, 3), "float32")
    x[0, 1], x[1, 2], x[1, 3, 0] = 7, 7, 7
    found = agree(keras, network("masking 7", (4, 3)), inputs={"a": x})
    assert found.values["L"].sum(axis=-1).tolist() == [[3, 0, 3, 3], [3, 3, 0, 9]]


def test_sparsemax_adds_up_to_1_as_in_the_paper(keras: Any) -> None:
    """Keras 3.15 adds up the running sums in its threshold, in place of the values: what it gives does not add up to 1."""
    graph = graph_of(network("sparsemax", (6,)))
    x = np.array([[0.1, 1.1, 0.2, 0.3, -1, 0.9], [3, 1, 1, 1, 0.5, 0.2]], "float32")
    ours = run(graph, {"a": x}).values["L"]
    np.testing.assert_allclose(ours[0], [0, 0.6, 0, 0, 0, 0.4], atol=1e-6)
    np.testing.assert_allclose(ours[1], [1, 0, 0, 0, 0, 0], atol=1e-6)
    theirs = keras_run(keras, graph, {"a": x}).values["L"]
    np.testing.assert_allclose(theirs[1], ours[1], atol=1e-6)
    assert abs(theirs[0].sum() - 1) > 0.01


def test_lora_is_scaled_by_alpha_over_the_rank(keras: Any) -> None:
    """Keras 3.15 forgets `lora_alpha` of a dense layer when it builds it; told once more, it gives the same."""
    x = np.random.default_rng(0).normal(size=(2, 3)).astype("float32")
    made = keras.layers.Dense(4, lora_rank=2, lora_alpha=5)
    made(x)
    assert made.lora_alpha == 2
    made.lora_alpha = 5
    weights = [np.random.default_rng(i).normal(size=w.shape) for i, w in enumerate(made.weights)]
    made.set_weights(weights)
    graph = graph_of(network("dense 4, lora_rank=2, lora_alpha=5", (3,)))
    np.testing.assert_allclose(run(graph, {"a": x}, {"L": weights}).values["L"], np.array(made(x)), rtol=1e-4)
