"""Recurrent layers: NumPy's values, of outputs and states, are Keras's, and archcalc's figures are NumPy's."""

from __future__ import annotations

from typing import Any

import pytest
from engine.families import Line, cases, checked_figures, checked_values, more
from engine.harness import agree

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

FAMILY = cases("recurrent", "conv_recurrent")
MORE = more(
    ("rnn 4, backwards", (5, 3)),
    ("rnn 4, backwards, sequences, states", (5, 3), (4,)),
    ("lstm 4, backwards, sequences, states, relu, gates=hard_sigmoid", (5, 3), (4,), (4,)),
    ("lstm 4, softplus, gates=tanh, nounit_forget_bias", (5, 3)),
    ("gru 4, backwards, states, noreset_after, relu", (5, 3), (4,)),
    ("gru 4, sequences, nobias, noreset_after, gates=hard_sigmoid", (5, 3)),
    ("gru 4, sequences, nobias, unroll", (5, 3), (4,)),
    ("conv_lstm 3, 2x3, same, /1x2, sequences, states, relu", (4, 5, 6, 2)),
    ("conv_lstm 3, 4, same, dilation=2, backwards, sequences", (4, 9, 2)),
    ("conv_lstm 2, 3x2x2, same, /2, nobias, gates=tanh", (3, 5, 4, 6, 2)),
    ("conv_lstm 2, 4x2, states, backwards", (3, 7, 5, 2), (4, 4, 2), (4, 4, 2)),
)
ALL = [*FAMILY, *MORE]
# Keras needs batches of a fixed size for it, so code generation refuses it.
BUILT = [case for case in ALL if "stateful" not in case.values[0].line]


@pytest.mark.parametrize("line", ALL)
def test_figures_are_those_of_archcalc(line: Line) -> None:
    checked_figures(line)


@pytest.mark.parametrize("line", BUILT)
def test_values_are_those_of_keras(keras: Any, line: Line) -> None:
    # Through 100 steps of `relu` values grow to millions, and their last digits with them.
    checked_values(keras, line, rtol=2e-2 if line.shapes[0][0] == 100 else 1e-4)


NETWORKS = [
    """source: input 7x12
    target: input 5x10
    encoder: lstm 8, states from source
    decoder: lstm 8, sequences, states from target, encoder.state_h, encoder.state_c
    output from decoder, decoder.state_c""",
    """a: input 3x2
    b: input 3x2
    first: gru 4, states from a
    second: reuse first from b, first.state
    output from second""",
    """x: input 3
    h: input 4
    c: input 4
    one: lstm_cell 4 from x, h, c
    two: reuse one from x, one, one.state_c
    output from two, two.state_h""",
    """layout channels_first
    frames: input 5x3x8x9
    e: conv_lstm 4, 3x3, same, states from frames
    future: input 4x2x8x9
    d: conv_lstm 4, 3x3, same, sequences, states from future, e.state_h, e.state_c
    c: conv 1, 1x1 from d.state_c
    output from d, c""",
    """layout channels_first
    x: input 4x3x8x8
    c: conv_lstm 4, 3x3, softmax, same, sequences from x
    t: time_distributed from c { conv 2, 3x3, relu }
    b: bidirectional sum from t { conv_lstm 3, 2x2 }
    output from b""",
]


@pytest.mark.parametrize("text", NETWORKS)
def test_states_go_from_layer_to_layer(keras: Any, text: str) -> None:
    agree(keras, f"network N {{\n{text}\n}}\n")
