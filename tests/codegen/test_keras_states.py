"""States in real Keras: they go from layer to layer as the network says, and nothing of a layer's outputs is mixed up."""

from __future__ import annotations

from typing import Any

import pytest
from codegen.generated import program

import archcalc
from archcalc.codegen.errors import CodegenError

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def built(keras: Any, text: str) -> tuple[Any, list[Any], Any]:
    """The model of a network, what it makes of random numbers, and the analysis; shapes and parameters are as predicted."""
    analysis = archcalc.analyze(text=f"network N {{\n{text}\n}}\n")
    assert [d for d in analysis.diagnostics if d.severity == "error"] == []
    model = program(analysis.graph).build_model()
    values = [keras.random.normal((2, *i.shape[1:])) for i in model.inputs]
    out = model(values if len(values) > 1 else values[0])
    found = out if isinstance(out, list) else [out]
    assert [tuple(o.shape[1:]) for o in found] == [n.shape for n in analysis.graph.outputs]
    assert model.count_params() == analysis.totals.params
    return model, found, analysis


def same(keras: Any, a: Any, b: Any) -> bool:
    return bool(keras.ops.all(keras.ops.isclose(a, b, atol=1e-6)))


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_the_last_output_is_the_first_state(keras: Any, kind: str) -> None:
    state = "state_h" if kind == "lstm" else "state"
    _, (out, last), _ = built(keras, f"input 5x3; L: {kind} 4, states; output from L, L.{state}")
    assert same(keras, out, last)


def test_c_is_another_state_than_h(keras: Any) -> None:
    _, (h, c), _ = built(keras, "input 5x3; L: lstm 4, states, sequences; output from L.state_h, L.state_c")
    assert not same(keras, h, c)


def test_states_of_both_directions_come_in_keras_order(keras: Any) -> None:
    names = "B.forward_state_h, B.backward_state_h"
    _, (out, forward, backward), _ = built(keras, f"input 5x3; B: bidirectional {{ lstm 4, states }}; output from B, {names}")
    assert same(keras, out, keras.ops.concatenate([forward, backward], -1))


def test_states_of_a_stack_are_those_of_its_cells(keras: Any) -> None:
    names = "S.state_h_1, S.state_c_1, S.state_2"
    _, (out, *_, last), _ = built(keras, f"input 5x3; S: stacked_rnn states {{ lstm 4; gru 6 }}; output from S, {names}")
    assert same(keras, out, last)


def test_a_sequence_may_go_on_where_another_ended(keras: Any) -> None:
    """Two halves, the second from the states of the first and with its weights, are the whole."""
    text = """a: input 3x2
    b: input 3x2
    first: lstm 4, states from a
    second: reuse first from b, first.state_h, first.state_c
    both: concat axis=1 from a, b
    whole: reuse first from both
    output from second, whole"""
    _, (second, whole), _ = built(keras, text)
    assert same(keras, second, whole)


def test_cells_in_a_row_are_the_layer(keras: Any) -> None:
    text = """x: input 3
    h: input 4
    c: input 4
    one: lstm_cell 4 from x, h, c
    two: reuse one from x, one, one.state_c
    output from two, two.state_h"""
    _, (two, h), _ = built(keras, text)
    assert same(keras, two, h)


NETWORKS = [
    """source: input 7x12
    target: input 5x10
    encoder: bidirectional from source { lstm 8, states }
    h: concat from encoder.forward_state_h, encoder.backward_state_h
    c: concat from encoder.forward_state_c, encoder.backward_state_c
    decoder: lstm 16, sequences from target, h, c
    time_distributed { dense 10, softmax }""",
    """x: input 7x12
    y: input 5x10
    e: bidirectional from x { stacked_rnn states { lstm 4; gru 6 } }
    f: stacked_rnn states from x { rnn 4; lstm 5; gru_cell 6 }
    d: bidirectional from y, e.forward_state_h_1, e.forward_state_c_1, e.forward_state_2,
    e.backward_state_h_1, e.backward_state_c_1, e.backward_state_2 { stacked_rnn { lstm 4; gru 6 } }
    concat from f.state_h_2, d""",
    """frames: input 5x8x9x3
    e: conv_lstm 4, 3x3, same, states from frames
    future: input 4x8x9x2
    d: conv_lstm 4, 3x3, same, sequences from future, e.state_h, e.state_c
    time_distributed { conv 1, 1x1, sigmoid }""",
    """layout channels_first
    frames: input 5x3x8x9
    e: conv_lstm 4, 3x3, same, states from frames
    future: input 4x2x8x9
    d: conv_lstm 4, 3x3, same, sequences, states from future, e.state_h, e.state_c
    p: time_distributed { maxpool 2x2 }
    c: conv 1, 1x1 from d.state_c
    output from p, c""",
    """layout channels_first
    input 5x3x8x9
    b: bidirectional ave { conv_lstm 4, 3x3, sequences, states }
    c: conv 2, 2x3 from b.backward_state_c
    t: time_distributed from b { time_distributed { flatten } }
    output from c, t""",
    """input 4x6
    lstm 5, states, sequences
    bidirectional { gru 3, states }
    dense 2""",
]


@pytest.mark.parametrize("text", NETWORKS)
def test_a_saved_network_is_the_same_network(keras: Any, text: str, tmp_path: Any) -> None:
    model, _, _ = built(keras, text)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    values = [keras.random.normal((2, *i.shape[1:])) for i in model.inputs]
    given = values if len(values) > 1 else values[0]
    one, other = (m(given) for m in (model, again))
    pairs = zip(one, other, strict=True) if isinstance(one, list) else [(one, other)]
    assert all(same(keras, a, b) for a, b in pairs)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("input 5x3; L: lstm 4, stateful", "L: `stateful` keeps its states"),
        ("input 5x3; bidirectional { gru 4, stateful }", "gru: `stateful` keeps its states"),
        ("input 5x3; S: stacked_rnn stateful { gru 4 }", "S: `stateful` keeps its states"),
        ("layout channels_first; input 5x3x8x9; B: bidirectional { conv_lstm 4, 3x3 }", "B: Keras joins the two along the last axis"),
    ],
)
def test_what_keras_cannot_build_is_said(text: str, why: str) -> None:
    analysis = archcalc.analyze(text=f"network N {{ {text} }}")
    assert [d for d in analysis.diagnostics if d.severity == "error"] == []
    with pytest.raises(CodegenError, match=why):
        program(analysis.graph)
