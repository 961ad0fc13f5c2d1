"""The formula that is said of each activation is what the engine computes, and what the engine computes Keras does."""

from __future__ import annotations

import math

import numpy as np
import pytest

from archcalc.activations import FUNCTIONS
from archcalc.engine.kernels.activation import activate
from archcalc.registry import find_kind

POINTS = (-7.0, -3.0, -1.5, -1.0, -0.5, -0.25, 0.0, 0.3, 0.5, 1.0, 1.7, 3.0, 6.5)
ALONG_AN_AXIS = {"softmax", "log_softmax", "sparsemax"}
KNOWN = {name: getattr(math, name) for name in ("exp", "erf", "log", "sqrt", "tanh")} | {"abs": abs, "max": max, "min": min}


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - ALONG_AN_AXIS))
def test_the_formula_is_what_the_engine_computes(name: str) -> None:
    computed = activate(name, np.array(POINTS, dtype=np.float64))
    said = [eval(FUNCTIONS[name].formula, {"__builtins__": {}}, {**KNOWN, "x": x}) for x in POINTS]
    assert np.allclose(computed, said, atol=2e-4)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_kinds_prose_has_its_formula(name: str) -> None:
    found = find_kind(name)
    assert found is not None
    if name not in ("relu", "elu", "leaky_relu", "softmax"):  # which have arguments, and words of their own
        assert FUNCTIONS[name].formula in found[0].summary()
