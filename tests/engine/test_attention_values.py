"""Attention: NumPy's values are Keras's, and archcalc's figures are NumPy's."""

from __future__ import annotations

from typing import Any

import pytest
from engine.families import Line, cases, checked_figures, checked_values, more

# Keras doubts that a softmax over one score is meant.
pytestmark = pytest.mark.filterwarnings("ignore:.*You are using a softmax")

FAMILY = cases("attention", "simple_attention")

MORE = more(
    ("mha 2, 3, causal", (5, 4), (7, 4)),
    ("mha 2, 3, causal", (7, 4), (5, 4)),
    ("mha 2, 3, causal, scores", (7, 4), (5, 4)),
    ("mha 2, 3, causal, dropout=0.5", (7, 4), (5, 4)),
    ("mha 2, 3, sliding_window=3", (7, 4), (5, 6)),
    ("mha 2, 3, sliding_window=1, causal", (6, 4)),
    ("mha 2, 3, causal, sliding_window=2, scores", (6, 4)),
    # The last queries see no key: Keras spreads them evenly, but where it puts the scores out, or may drop some, it has zeros.
    ("mha 2, 3, sliding_window=2", (6, 4), (2, 4)),
    ("mha 2, 3, sliding_window=2, scores", (6, 4), (2, 4)),
    ("mha 2, 3, sliding_window=2, dropout=0.5", (6, 4), (2, 4)),
    ("gqa 3, 4, 2, sliding_window=2", (6, 4), (2, 4)),
    ("gqa 3, 4, 2, sliding_window=2, scores", (6, 4), (2, 4)),
    ("gqa 3, 4, 2, causal, sliding_window=3", (6, 4)),
    ("gqa 3, 6, 2, causal, gate, nobias", (6, 4), (4, 4)),
    ("mha 3, 2, 5, gate, nobias, output_shape=(2, 3), scores", (6, 4), (4, 5), (4, 3)),
    ("mha 2, 3, attention_axes=(2, 1), scores", (5, 6, 4), (2, 3, 4)),
    ("mha 2, 3, attention_axes=(1, 3), scores, gate", (2, 5, 6, 4), (4, 5, 3, 4)),
    ("mha 2, 3, attention_axes=1, sliding_window=2, scores", (5, 6, 4)),
    ("mha 2, 3, attention_axes=1, causal, sliding_window=2", (5, 6, 4), (3, 6, 4)),
    ("attention causal", (7, 4), (5, 4)),
    ("attention causal, scores, scale", (2, 7, 4), (1, 5, 4)),
    ("attention concat, scale, causal, scores", (2, 7, 4), (2, 5, 3), (1, 5, 4)),
    ("additive_attention causal, scores", (7, 4), (5, 3), (5, 4)),
    ("additive_attention noscale, causal", (2, 7, 4), (1, 5, 4)),
)
ALL = [*FAMILY, *MORE]


@pytest.mark.parametrize("line", ALL)
def test_figures_are_those_of_archcalc(line: Line) -> None:
    checked_figures(line)


@pytest.mark.parametrize("line", ALL)
def test_values_are_those_of_keras(keras: Any, line: Line) -> None:
    # The sums of 512 products reach 100, and a softmax of such scores makes their last digits larger.
    checked_values(keras, line, atol=2e-3 if line.shapes[0][-1] > 100 else 1e-4)
