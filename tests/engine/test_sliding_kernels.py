"""Convolutions and pooling in NumPy: archcalc's figures, and Keras's values, in every configuration that is known."""

from __future__ import annotations

from typing import Any

import pytest
from engine.families import Line, cases, checked_figures, checked_values, more
from engine.harness import agree, graph_of, network

from archcalc.engine import run

np = pytest.importorskip("numpy", reason="NumPy is not installed")

CASES = cases("convolution", "transposed", "pooling", "adaptive")
FURTHER = [
    ("conv 4, 3, pad=2", (9, 3)),
    ("conv 4, 5, /2, pad=((3, 1),), groups=2, relu", (20, 6)),
    ("conv 4, 3, /2, pad=(0, 1, 2)", (9, 8, 7, 3)),
    ("conv 6, 3x2, same, /3x2", (10, 11, 3)),
    ("conv 6, 2, same, dilation=3", (7, 8, 2)),
    ("conv 6, 3, same, bias=untied, groups=3", (9, 8, 3)),
    ("conv 4, 3, causal, bias=untied, dilation=2, tanh", (9, 3)),
    ("conv 4, 3, causal, dilation=3, groups=2, nobias", (9, 4)),
    ("conv 4, 1x1, /3, softmax", (9, 8, 3)),
    ("conv 8, 3, groups=8, sparse_plus", (6, 6, 8)),
    ("depthwise 3x2, pad=1, multiplier=2, /2", (6, 7, 3)),
    ("depthwise 2, pad=((0, 1), (2, 0)), /2, dilation=2", (6, 7, 3)),
    ("depthwise 3, same, /2, dilation=2", (9, 3)),
    ("depthwise 2, multiplier=2, pad=1, dilation=2", (5, 4, 3, 2)),
    ("separable 4, 3, /2, pad=((1, 0), (0, 2)), multiplier=2", (6, 7, 3)),
    ("separable 4, 3, same, dilation=2, softmax", (9, 3)),
    ("conv_transpose 3, 3, /3x2, pad=((0, 2), (1, 0)), output_padding=2x1", (5, 4, 2)),
    ("conv_transpose 3, 2, dilation=2x3, pad=1, tanh", (5, 4, 2)),
    ("conv_transpose 3, 2, /4, pad=0", (5, 4, 2)),
    ("conv_transpose 3, 1, /3, pad=0, output_padding=2", (6, 2)),
    ("conv_transpose 3, 2, /5", (6, 2)),
    ("conv_transpose 3, 2, /5, same", (6, 2)),
    ("conv_transpose 3, 5, /2, same, output_padding=1", (6, 2)),
    ("conv_transpose 3, 4, same, dilation=2", (6, 7, 2)),
    ("conv_transpose 2, 2x3x2, /2, pad=(1, 0, 2)", (2, 3, 4, 2)),
    ("conv_transpose 2, 3, /2, same", (2, 3, 4, 2)),
    ("maxpool 3x2, /2, pad=1", (8, 9, 2)),
    ("maxpool 3, /2x3, pad=((0, 2), (1, 0))", (8, 9, 2)),
    ("maxpool 3x2, /3x4, pad=1, ceil", (8, 9, 2)),
    ("maxpool 2, /2, pad=2, ceil", (5, 6, 3)),
    ("maxpool 4, /3, same", (5, 6, 7, 2)),
    ("avgpool 3x2, /3x4, pad=1, ceil", (8, 9, 2)),
    ("avgpool 2, /3, ceil", (9, 11, 2)),
    ("avgpool 5, /2, same", (4, 7, 2)),
    ("avgpool 2, pad=1, ceil", (8, 9, 2)),
    ("avgpool 4x3x2, /1x2x3, same", (5, 6, 7, 2)),
    ("subsample 3, /2, same, sigmoid", (9, 4)),
    ("subsample 3, /2, pad=1", (9, 8, 4)),
    ("subsample 2x3x1", (5, 6, 4, 3)),
    ("adaptive_maxpool (3x1)", (7, 5, 3)),
    ("adaptive_avgpool (4x4)", (1, 9, 2)),
    ("adaptive_avgpool (2, 1, 3)", (5, 4, 3, 2)),
    ("adaptive_maxpool 7", (9, 3)),
]
# No line has as many maps as columns: there Keras 3.15 with TensorFlow adds a bias along the columns.
FIRST = [
    "conv 5, 3, pad=1, /2, relu",
    "conv 6, 3, same, bias=untied, groups=3",
    "conv 5, 3, softmax",
    "depthwise 3, pad=1, multiplier=2, /2",
    "separable 5, 3, pad=1, multiplier=2, relu",
    "conv_transpose 5, 3, /2, pad=1, output_padding=1, relu",
    "maxpool 3, /2, pad=1",
    "maxpool 3, /2, ceil",
    "avgpool 3, /2, pad=1, ceil",
    "subsample 2x3, softmax",
    "adaptive_maxpool 3x2",
    "adaptive_avgpool 4x3",
    "gmp keepdims",
    "gap",
]
TABLE = "table T {\nXX.\nX.X\n.XX\n..X\n}"
MAPS = ["conv 3, 3, maps=T", "conv 3, 3, maps=T, nobias, pad=1, /2", "conv 3, 3x2, maps=T, bias=untied, same"]
# TensorFlow stops at it, on this kind of processor.
NOT_IN_TENSORFLOW = {"conv_transpose 4, 4, /2, same, output_padding=0"}


@pytest.mark.parametrize("line", [*CASES, *more(*FURTHER)])
def test_figures_are_archcalcs(line: Line) -> None:
    checked_figures(line)


@pytest.mark.parametrize("line", [c for c in [*CASES, *more(*FURTHER)] if c.values[0].line not in NOT_IN_TENSORFLOW])
def test_values_are_those_of_keras(keras: Any, line: Line) -> None:
    checked_values(keras, line)


@pytest.mark.parametrize("line", FIRST)
def test_values_with_channels_first_are_those_of_keras(keras: Any, line: str) -> None:
    agree(keras, network(line, (3, 9, 8), first=True))


@pytest.mark.parametrize("line", MAPS)
@pytest.mark.parametrize("first", [False, True])
def test_connection_tables_are_those_of_the_generated_code(keras: Any, line: str, first: bool) -> None:
    agree(keras, network(line, (4, 9, 8) if first else (9, 8, 4), first=first, head=TABLE))


def test_a_table_reads_only_what_it_marks() -> None:
    """Each marked pair has weights of its own, numbered row by row."""
    graph = graph_of(network("conv 3, 1x1, maps=T, nobias", (1, 1, 4), head=TABLE))
    pairs = [(i, j) for i, row in enumerate(("XX.", "X.X", ".XX", "..X")) for j, mark in enumerate(row) if mark == "X"]
    found = run(graph, {"a": np.array([[[1.0, 10, 100, 1000]]])}, {"L": [np.arange(1.0, 8).reshape(1, 1, 7)]})
    wanted = [sum((n + 1) * 10**i for n, (i, k) in enumerate(pairs) if k == j) for j in range(3)]
    assert found.values["L"].ravel().tolist() == wanted
    assert found.layers["L"] == ((1, 1, 3), 7, 0, 7)


def test_a_transposed_convolution_that_tensorflow_cannot_run() -> None:
    """Its kernel of 4 lies at 0, 2, 4, ...; both ends lose half of what is more than (n - 1) s."""
    graph = graph_of(network("conv_transpose 1, 4, /2, same, output_padding=0, nobias", (3, 1)))
    found = run(graph, {"a": np.array([[1.0], [10], [100]])}, {"L": [np.array([1.0, 2, 3, 4]).reshape(4, 1, 1)]})
    laid = np.zeros(8)
    for i, value in enumerate((1, 10, 100)):
        laid[2 * i : 2 * i + 4] += value * np.array([1.0, 2, 3, 4])
    assert found.values["L"].ravel().tolist() == laid[2:6].tolist()
