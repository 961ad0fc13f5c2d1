"""Random networks as Keras builds them from the code that is generated: the same layers, sizes and parameters."""

from __future__ import annotations

import math
import types
from typing import Any

import pytest
from agreement import analyze
from codegen.recorded import differences
from drawing import examples, programs
from drawn_programs import Program
from hypothesis import given, note

from archcalc.codegen import generate

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
MOST_LAYERS = 50  # Keras takes its time


@pytest.fixture(scope="module")
def keras() -> Any:
    """Keras; a test that asks for it is skipped where it is not installed."""
    return pytest.importorskip("keras", reason="Keras is not installed")


@examples(15)
@given(program=programs())
def test_keras_builds_it_with_these_sizes_and_parameters(keras: Any, program: Program) -> None:
    analysis = analyze(program, program.text)
    note(program.text)
    if len(analysis.rows) > MOST_LAYERS:
        return
    assert differences(keras, analysis.graph) == []
    module = types.ModuleType("generated")
    exec(compile(generate(analysis.graph, "random.arch"), "generated", "exec"), module.__dict__)
    model = module.build_model()
    assert [tuple(o.shape[1:]) for o in model.outputs] == [tuple(n.shape) for n in analysis.graph.outputs]
    assert model.count_params() == analysis.totals.params
    assert sum(math.prod(w.shape) for w in model.trainable_weights) == analysis.totals.trainable_params
