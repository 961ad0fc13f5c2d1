"""Wrappers: NumPy's values are Keras's, and archcalc's figures are NumPy's, whatever stands inside."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from engine.families import Line, cases, checked_figures, checked_values, more
from engine.harness import graph_of, network

from archcalc.engine import run

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

FAMILY = cases("wrappers", "spectral")
BOTH_WAYS = [
    (f"bidirectional {merge} {{ {inside} }}", (5, 3))
    for merge, inside in product(
        ("concat", "sum", "mul", "ave"),
        ("rnn 4", "lstm 4, sequences", "gru 4, states", "stacked_rnn sequences { lstm 4; gru 3 }"),
    )
]
MORE = more(
    *BOTH_WAYS,
    ("bidirectional { rnn 4, sequences, states }", (5, 3), (4,), (4,)),
    ("bidirectional { stacked_rnn states { rnn 4; gru 3 } }", (5, 3)),
    ("bidirectional { conv_lstm 2, 3x2, /2, sequences, states }", (4, 7, 6, 2)),
    ("stacked_rnn sequences, states { gru_cell 4, noreset_after; lstm_cell 3; rnn_cell 2 }", (5, 3), (4,), (3,), (3,), (2,)),
    ("time_distributed { rnn 4, backwards, sequences }", (2, 5, 3)),
    ("time_distributed { spectral_norm { conv 3, 2 } }", (2, 5, 6, 3)),
    ('time_distributed { einsum_dense "ab,bc->ac", 4, bias_axes="c" }', (5, 3)),
    ("time_distributed { layernorm }", (3, 5, 4)),
    ("time_distributed { depthwise 3, multiplier=2 }", (2, 5, 6, 3)),
    ("time_distributed { subsample }", (2, 6, 8, 3)),
    ("time_distributed { upsample 2 }", (2, 3, 4, 2)),
    ("time_distributed { embedding 7, 3 }", (2, 4)),
    ("time_distributed { prelu }", (2, 4, 3)),
    ("time_distributed { softmax }", (2, 4, 3)),
    ("time_distributed { auto_contrast }", (2, 5, 6, 3)),
)
ALL = [*FAMILY, *MORE]


def _refused(line: Line) -> bool:
    """Whether code generation refuses it: states kept between batches, and maps that Keras joins along the width."""
    return "stateful" in line.line or (line.first and line.line.startswith("bidirectional {"))


def _cut(line: Line) -> bool:
    """Whether Keras takes the fractions off: what a normalised layer puts out becomes a whole number where one flows in."""
    return line.line.startswith("spectral_norm") and "embedding" in line.line


@pytest.mark.parametrize("line", ALL)
def test_figures_are_those_of_archcalc(line: Line) -> None:
    checked_figures(line)


@pytest.mark.parametrize("line", [case for case in ALL if not _refused(case.values[0]) and not _cut(case.values[0])])
def test_values_are_those_of_keras(keras: Any, line: Line) -> None:
    checked_values(keras, line)


def test_an_embedding_is_not_cut_where_numbers_flow_in(keras: Any) -> None:
    """Keras casts what a normalised layer puts out to the type of what flows in: whole numbers, unless the places are floats."""
    layer = keras.layers.SpectralNormalization(keras.layers.Embedding(10, 4))
    words = np.array([[1, 9, 0, 3, 3]])
    assert "int" in str(np.array(layer(words)).dtype)
    weights = [np.array(w) for w in layer.weights]
    found = run(graph_of(network("spectral_norm { embedding 10, 4 }", (5,))), {"a": words}, {"L": weights})
    np.testing.assert_allclose(found.values["L"], np.array(layer(words.astype("float32"))), rtol=1e-6)
