"""Recurrent layers and wrappers against networks unrolled step by step: every edge, weight and operation counted singly.

Nothing here knows a formula. A cell is a list of sums; each sum is run over every value that it reads, at every step.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import unrolled
from hypothesis import given, settings
from hypothesis import strategies as st
from test_flops import Number, Tally, multiply_accumulate

import archcalc

Weights = set[tuple[object, ...]]

# The sums that each unit of a cell takes at a step, and the biases in each.
SUMS: dict[str, list[str]] = {
    "rnn": ["state"],
    "lstm": ["input gate", "forget gate", "candidate", "output gate"],
    "gru": ["update gate", "reset gate", "candidate"],
}


class Unrolled:
    """What was counted so far."""

    def __init__(self) -> None:
        self.weights: Weights = set()
        self.edges = 0
        self.products = 0

    def multiply(self, *weight: object) -> None:
        self.weights.add(weight)
        self.edges += 1
        self.products += 1

    def add(self, *bias: object) -> None:
        self.weights.add(bias)
        self.edges += 1

    def agree(self, row: Any, shape: tuple[int, ...]) -> None:
        assert row.output_shape == shape
        assert (row.params, row.connections, row.macs) == (len(self.weights), self.edges, self.products)
        assert (row.trainable_params, row.units) == (row.params, math.prod(shape))


def run_step(seen: Unrolled, kind: str, read: int, units: int, *, bias: bool, twice: bool, whose: object = "") -> None:
    """One step of a cell. With `twice`, what comes from the state has a bias of its own."""
    for total, unit in itertools.product(SUMS[kind], range(units)):
        for i in range(read):
            seen.multiply(whose, total, unit, "reads", i)
        for other in range(units):
            seen.multiply(whose, total, unit, "keeps", other)
        if bias:
            seen.add(whose, total, unit, "bias")
        if bias and twice:
            seen.add(whose, total, unit, "bias of the state")


def layer(shape: Iterable[int], line: str, states: Iterable[Iterable[int]] = ()) -> Any:
    """The row of a layer `L`; `states` flow in besides the input."""
    shapes = [shape, *states]
    names = [f"i{n}" for n in range(len(shapes))]
    inputs = "".join(f" {name}: input {'x'.join(map(str, x))}\n" for name, x in zip(names, shapes, strict=True))
    head, brace, body = line.partition("{")
    analysis = archcalc.analyze(text=f"network N {{\n{inputs} L: {head} from {', '.join(names)} {brace}{body}\n}}\n")
    assert [d for d in analysis.diagnostics if d.severity == "error"] == []
    return analysis.layers["L"]


small = st.integers(1, 5)
cells = st.tuples(st.sampled_from(list(SUMS)), small, st.booleans(), st.booleans())


def words(kind: str, units: int, bias: bool, twice: bool) -> str:
    reset = ", noreset_after" if kind == "gru" and not twice else ""
    return f"{kind} {units}{'' if bias else ', nobias'}{reset}"


@settings(max_examples=120)
@given(small, small, cells, st.booleans(), st.booleans())
def test_a_recurrent_layer_unrolled(steps: int, read: int, cell: Any, sequences: bool, started: bool) -> None:
    kind, units, bias, twice = cell
    seen = Unrolled()
    for _ in range(steps):
        run_step(seen, kind, read, units, bias=bias, twice=twice and kind == "gru")
    states = [(units,)] * (2 if kind == "lstm" else 1) if started else []
    row = layer((steps, read), words(*cell) + (", sequences" if sequences else ""), states)
    seen.agree(row, (steps, units) if sequences else (units,))


@settings(max_examples=60)
@given(small, cells)
def test_a_cell_is_one_step(read: int, cell: Any) -> None:
    kind, units, bias, twice = cell
    seen = Unrolled()
    run_step(seen, kind, read, units, bias=bias, twice=twice and kind == "gru")
    line = words(*cell).replace(kind, f"{kind}_cell", 1)
    seen.agree(layer((read,), line, [(units,)] * (2 if kind == "lstm" else 1)), (units,))


@settings(max_examples=80)
@given(small, small, cells, st.booleans(), st.sampled_from(["concat", "sum", "mul", "ave"]))
def test_a_bidirectional_layer_is_two_and_a_merge(steps: int, read: int, cell: Any, sequences: bool, merge: str) -> None:
    kind, units, bias, twice = cell
    seen = Unrolled()
    for way, _ in itertools.product(("forwards", "backwards"), range(steps)):
        run_step(seen, kind, read, units, bias=bias, twice=twice and kind == "gru", whose=way)
    values = list(itertools.product(range(steps if sequences else 1), range(units)))
    if merge != "concat":
        for _ in values:
            seen.edges += len(("forwards", "backwards"))
    line = f"bidirectional {merge} {{ {words(*cell)}{', sequences' if sequences else ''} }}"
    last = len(["forwards", "backwards"] * units) if merge == "concat" else units
    seen.agree(layer((steps, read), line), (steps, last) if sequences else (last,))


@settings(max_examples=80)
@given(small, small, st.lists(cells, min_size=1, max_size=4), st.booleans())
def test_a_stack_passes_each_step_on(steps: int, read: int, stack: Any, sequences: bool) -> None:
    seen = Unrolled()
    for _ in range(steps):
        flows = read
        for place, (kind, units, bias, twice) in enumerate(stack):
            run_step(seen, kind, flows, units, bias=bias, twice=twice and kind == "gru", whose=place)
            flows = units
    line = f"stacked_rnn {'sequences ' if sequences else ''}{{ {'; '.join(words(*cell) for cell in stack)} }}"
    seen.agree(layer((steps, read), line), (steps, flows) if sequences else (flows,))


@st.composite
def frames(draw: Any) -> tuple[tuple[int, ...], str, list[unrolled.Axis]]:
    rank = draw(st.integers(1, 3))
    space = draw(st.tuples(*[st.integers(3, {1: 8, 2: 6, 3: 4}[rank])] * rank))
    kernel = draw(st.tuples(*[st.integers(1, 2)] * rank))
    stride, dilation = draw(st.sampled_from([((1,) * rank, (1,) * rank), ((2,) * rank, (1,) * rank), ((1,) * rank, (2,) * rank)]))
    padding = draw(st.sampled_from(["valid", "same"]))
    axes = [unrolled.slide(n, k, s, d, padding) for n, k, s, d in zip(space, kernel, stride, dilation, strict=True)]
    sizes = (f"{name}={'x'.join(map(str, value))}" for name, value in (("kernel", kernel), ("stride", stride), ("dilation", dilation)))
    assert None not in axes
    return space, f"{', '.join(sizes)}, {padding}", [a for a in axes if a]


@settings(max_examples=60)
@given(st.integers(1, 3), frames(), st.integers(1, 3), st.integers(1, 3), st.booleans(), st.booleans())
def test_a_convolutional_lstm_unrolled(steps: int, window: Any, channels: int, filters: int, bias: bool, sequences: bool) -> None:
    space, line, axes = window
    seen = Unrolled()
    places = list(itertools.product(*(axis.starts for axis in axes)))
    taps = list(itertools.product(*(range(len(axis.taps)) for axis in axes)))
    for _, _, total, out in itertools.product(range(steps), places, SUMS["lstm"], range(filters)):
        for tap, channel in itertools.product(taps, range(channels)):
            seen.multiply(total, out, "reads", tap, channel)
        for tap, channel in itertools.product(taps, range(filters)):
            seen.multiply(total, out, "keeps", tap, channel)
        if bias:
            seen.add(total, out, "bias")
    row = layer((steps, *space, channels), f"conv_lstm {filters}, {line}{'' if bias else ', nobias'}{', sequences' if sequences else ''}")
    maps = (*(len(axis.starts) for axis in axes), filters)
    seen.agree(row, (steps, *maps) if sequences else maps)


@settings(max_examples=40)
@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), cells)
def test_a_time_distributed_layer_has_one_set_of_weights(outer: int, steps: int, read: int, cell: Any) -> None:
    kind, units, bias, twice = cell
    seen = Unrolled()
    for _ in range(outer * steps):
        run_step(seen, kind, read, units, bias=bias, twice=twice and kind == "gru")
    seen.agree(layer((outer, steps, read), f"time_distributed {{ {words(*cell)} }}"), (outer, units))


@pytest.mark.parametrize(
    "line", ["conv 3, 2x2, same", "conv 4, 2, groups=2, bias=untied", "maxpool 2x2", "subsample", "gap", "dense 3", "bn"]
)
def test_a_time_distributed_layer_costs_what_one_does_at_every_step(line: str) -> None:
    one, several = layer((4, 6, 2), line), layer((5, 4, 6, 2), f"time_distributed {{ {line} }}")
    assert several.output_shape == (5, *one.output_shape)
    assert several.params == one.params
    for figure in ("connections", "macs", "units", "flops", "activation_bytes"):
        assert getattr(several, figure) == sum(getattr(one, figure) for _ in range(5)), figure


# ---- operations -------------------------------------------------------------------------------------------------


def dot(tally: Tally, read: int, bias: bool = True) -> Number:
    total = multiply_accumulate(tally, read)
    return total + Number(tally) if bias else total


def rnn(tally: Tally, read: int, units: int) -> None:
    for _ in range(units):
        dot(tally, read + units).apply()


def rnn_bare(tally: Tally, read: int, units: int) -> None:
    for _ in range(units):
        dot(tally, read + units, bias=False)


def lstm(tally: Tally, read: int, units: int) -> None:
    for _ in range(units):
        i, f, o = (dot(tally, read + units).apply() for _ in range(3))
        candidate = dot(tally, read + units).apply()
        c = f * Number(tally) + i * candidate
        o * c.apply()


def lstm_linear(tally: Tally, read: int, units: int) -> None:
    for _ in range(units):
        i, f, o = (dot(tally, read + units) for _ in range(3))
        c = f * Number(tally) + i * dot(tally, read + units)
        o * c


def gru(tally: Tally, read: int, units: int) -> None:
    for _ in range(units):
        # a gate is one sum, to which both biases are added
        z, r = ((dot(tally, read + units) + Number(tally)).apply() for _ in range(2))
        candidate = (dot(tally, read) + r * dot(tally, units)).apply()
        z * Number(tally) + (Number(tally) - z) * candidate


def gru_before(tally: Tally, read: int, units: int) -> None:
    gates = [[dot(tally, read + units).apply() for _ in range(2)] for _ in range(units)]
    kept = [Number(tally) * r for _, r in gates]
    for z, _ in gates:
        candidate = dot(tally, read + len(kept)).apply()
        z * Number(tally) + (Number(tally) - z) * candidate


def twice(cell: Callable[[Tally, int, int], None]) -> Callable[[Tally, int, int], None]:
    def both(tally: Tally, read: int, units: int) -> None:
        cell(tally, read, units)
        cell(tally, read, units)

    return both


STEPS, READ, UNITS = 6, 5, 4
FLOPS = [
    ("rnn 4", rnn, ""),
    ("rnn 4, linear, nobias", rnn_bare, ""),
    ("lstm 4", lstm, ""),
    ("lstm 4, sequences", lstm, ""),
    ("lstm 4, linear, gates=linear", lstm_linear, ""),
    ("gru 4", gru, ""),
    ("gru 4, noreset_after, sequences", gru_before, ""),
    ("bidirectional { lstm 4 }", twice(lstm), ""),
    ("bidirectional sum { lstm 4 }", twice(lstm), "+"),
    ("bidirectional ave { gru 4 }", twice(gru), "+/"),
]


@pytest.mark.parametrize(("line", "cell", "merge"), FLOPS, ids=[line for line, *_ in FLOPS])
def test_flops_are_the_operations_that_are_done(line: str, cell: Callable[[Tally, int, int], None], merge: str) -> None:
    tally = Tally()
    for _ in range(STEPS):
        cell(tally, READ, UNITS)
    for _, _ in itertools.product(range(UNITS), merge):
        Number(tally) + Number(tally)
    assert layer((STEPS, READ), line).flops == tally.count


def test_flops_of_a_stack_and_of_a_convolutional_lstm() -> None:
    tally = Tally()
    for _ in range(STEPS):
        lstm(tally, READ, 3)
        gru(tally, 3, UNITS)
    assert layer((STEPS, READ), "stacked_rnn { lstm 3; gru 4 }").flops == tally.count
    tally = Tally()
    for _ in range(STEPS * 7 * 7):  # a 2x2 kernel on 8x8x3: each place is an LSTM of its own, that reads 2*2*(3 + 2) values
        lstm(tally, 2 * 2 * (3 + 2) - 2, 2)
    assert layer((STEPS, 8, 8, 3), "conv_lstm 2, 2x2").flops == tally.count
