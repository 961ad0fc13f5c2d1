"""Preprocessing: NumPy's values are Keras's, hashes too, and archcalc's figures are NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engine.families import Line, cases, checked_figures, checked_values
from engine.harness import graph_of, network

from archcalc.engine import EngineError, run
from archcalc.engine.kernels.preprocessing import SHAPES_ONLY

FAMILY = cases("preprocessing")
WHOLE = np.array([0, 1, 9, 10, -5, 99999, 16777215, -(2**40), 2**62, -(2**63)])
TEN = "vocabulary=list(range(10))"
# Large whole numbers, such as float32 holds exactly; a model in Keras has no input for them, so its layer is called by itself.
CALLED = [
    ("hashing 1000", "Hashing(1000)", WHOLE),
    ("hashing 7, mask_value=9, count", "Hashing(7, mask_value=9, output_mode='count')", WHOLE),
    ("hashing 1, mask_value=9", "Hashing(1, mask_value=9)", WHOLE),
    ("hashing 7, mask_value=-5, multi_hot", "Hashing(7, mask_value=-5, output_mode='multi_hot')", WHOLE),
    ("hashing 5, one_hot", "Hashing(5, output_mode='one_hot')", WHOLE[:, None]),
    ("integer_lookup 10", f"IntegerLookup({TEN})", WHOLE),
    ("integer_lookup 10, oov=3", f"IntegerLookup({TEN}, num_oov_indices=3)", WHOLE),
    ("integer_lookup 10, oov=3, count", f"IntegerLookup({TEN}, num_oov_indices=3, output_mode='count')", WHOLE),
    (
        "integer_lookup 10, oov=2, one_hot, max_tokens=20, pad_to_max_tokens",
        f"IntegerLookup({TEN}, num_oov_indices=2, output_mode='one_hot', max_tokens=20, pad_to_max_tokens=True)",
        WHOLE,
    ),
    ("integer_lookup 10, invert, oov=2", f"IntegerLookup({TEN}, invert=True, num_oov_indices=2)", np.arange(14)),
    ("integer_lookup 10, oov=2, tf_idf", f"IntegerLookup({TEN}, num_oov_indices=2, output_mode='tf_idf', idf_weights=[1.0] * 10)", WHOLE),
    ("integer_lookup 10, oov=0, multi_hot", f"IntegerLookup({TEN}, num_oov_indices=0, output_mode='multi_hot')", np.arange(9)),
    ("category_encoding 12, one_hot", "CategoryEncoding(12, 'one_hot')", np.arange(12)),
    ("category_encoding 5, count", "CategoryEncoding(5, 'count')", np.array([0, 4, 4, 1])),
    ("category_encoding 5", "CategoryEncoding(5)", np.array([0, 4, 4, 1])),
    ("discretization [-0.5, 0, 1.5]", "Discretization([-0.5, 0.0, 1.5])", np.array([-1.0, -0.5, 0.0, 1e-9, 1.5, 3.0], "float32")),
]


@pytest.mark.parametrize("line", FAMILY)
def test_figures_are_those_of_archcalc(line: Line) -> None:
    checked_figures(line)


def _adapts(line: Line) -> bool:
    """Whether Keras's `adapt` must find its boundaries or its vocabulary first."""
    layer = graph_of(network(line.line, *line.shapes)).layers[0].layer
    return any(hasattr(layer, name) and getattr(layer, name) is None for name in ("boundaries", "vocabulary"))


@pytest.mark.parametrize("line", [case for case in FAMILY if not _adapts(case.values[0])])
def test_values_are_those_of_keras(keras: Any, line: Line) -> None:
    checked_values(keras, line)


@pytest.mark.parametrize(("line", "built", "x"), CALLED, ids=[line for line, *_ in CALLED])
def test_whole_numbers_are_those_of_keras(keras: Any, line: str, built: str, x: Any) -> None:
    batch = np.stack([x, x[::-1]])
    wanted = np.array(eval(built, dict(vars(keras.layers)))(batch))
    found = run(graph_of(network(line, x.shape)), {"a": batch}).values["L"]
    assert found.shape == wanted.shape
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("mode", ["int", "one_hot"])
def test_crossings_are_those_of_keras(keras: Any, mode: str) -> None:
    one, other = np.stack([WHOLE, WHOLE[::-1]]).T[:, :, None].swapaxes(0, 1)
    wanted = np.array(keras.layers.HashedCrossing(97, output_mode=mode)((one, other)))
    found = run(graph_of(network(f"hashed_crossing 97, {mode}", (1,), (1,))), {"a": one, "b": other}).values["L"]
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("line", [case for case in FAMILY if _adapts(case.values[0])])
def test_what_keras_adapts_has_a_reason_here(line: Line) -> None:
    """The engine's values are of the right shape and range, and no more is said of them."""
    assert line.kind in SHAPES_ONLY
    graph = graph_of(network(line.line, *line.shapes))
    found = run(graph, batch=2).values["L"]
    assert found.shape[1:] == graph.layers[0].shape
    assert found.min() >= 0


def test_a_number_without_a_place_is_said() -> None:
    with pytest.raises(EngineError, match="L: 12 flows in, and is not among the 10 of its vocabulary; `oov=1` makes a place for such"):
        run(graph_of(network("integer_lookup 10, oov=0", (3,))), {"a": [1, 12, 3]})
