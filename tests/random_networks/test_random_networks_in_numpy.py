"""Random networks run in NumPy: what computing shows are the figures that the rules gave, and the values are Keras's."""

from __future__ import annotations

from typing import Any

import pytest
from agreement import analyze
from drawing import examples, programs
from drawn_programs import Program
from engine.harness import agree, same_figures
from engine.holding import held
from hypothesis import assume, given, note

from archcalc.engine import run
from archcalc.testing.known import KNOWN

pytest.importorskip("numpy", reason="NumPy is not installed")
# Keras's own: with NumPy 2, and where it holds that a sigmoid was meant.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*You are using a softmax over axis:UserWarning"),
]
MOST_MACS = 100_000_000  # a fraction of a second
MOST_LAYERS = 50  # Keras takes its time


@pytest.fixture(scope="module")
def keras() -> Any:
    """Keras; a test that asks for it is skipped where it is not installed."""
    return pytest.importorskip("keras", reason="Keras is not installed")


@examples(150)
@given(programs())
def test_computing_shows_the_same_figures(program: Program) -> None:
    analysis = analyze(program, program.text)
    note(program.text)
    assume(analysis.totals.macs < MOST_MACS)
    same_figures(analysis.graph, run(analysis.graph, batch=2))


@examples(150)
@given(programs())
def test_what_must_be_held_is_what_is_alive(program: Program) -> None:
    analysis = analyze(program, program.text)
    note(program.text)
    assume(analysis.totals.macs < MOST_MACS)
    assert analysis.totals.liveness.during == held(analysis.graph).live


@examples(15)
@given(programs())
def test_values_are_those_of_keras(keras: Any, program: Program) -> None:
    analysis = analyze(program, program.text)
    note(program.text)
    assume(len(analysis.rows) <= MOST_LAYERS and analysis.totals.macs < MOST_MACS)
    # Keras takes a bias along the channels for one along the columns, where both are as long: a mistake of its own.
    with next(known for known in KNOWN if known.name == "add").mended(keras):
        agree(keras, analysis.graph)
