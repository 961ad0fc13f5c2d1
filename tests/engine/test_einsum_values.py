"""Embeddings and dense layers by an equation: NumPy's values are Keras's, and archcalc's figures are NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engine.families import Line, cases, checked_figures, checked_values, more
from engine.harness import graph_of, network

from archcalc.engine import EngineError, run

FAMILY = cases("embedding", "einsum")
MORE = more(
    ('einsum_dense "...ab,bc->...ca", (6, none), bias_axes="a", tanh', (2, 3, 4)),
    ('einsum_dense "abc...,cbd->adb...", (6, none), bias_axes="d"', (3, 4, 2, 5)),
    ('einsum_dense "abcd,dbe->aebc", (5, none, none), bias_axes="b", lora_rank=2, lora_alpha=3', (3, 4, 2)),
    ('einsum_dense "abc,c->abc", (none, none), bias_axes="b", relu', (3, 4)),
    ("embedding 9, 4, lora_rank=3", (2, 5)),
    ("reversible_embedding 9, 4, notie_weights, reverse, logit_soft_cap=0.5", (3, 2, 4)),
)
ALL = [*FAMILY, *MORE]


@pytest.mark.parametrize("line", ALL)
def test_figures_are_those_of_archcalc(line: Line) -> None:
    checked_figures(line)


def _forgotten(line: Line) -> bool:
    """Whether Keras 3.15 forgets a part of it: `lora_alpha` of an embedding, when it builds it."""
    return line.line.startswith("embedding") and "lora_rank" in line.line and "lora_alpha" in line.line


@pytest.mark.parametrize("line", [case for case in ALL if not _forgotten(case.values[0])])
def test_values_are_those_of_keras(keras: Any, line: Line) -> None:
    checked_values(keras, line)


def test_an_embedding_is_adapted_as_much_as_it_says(keras: Any) -> None:
    """Keras, told the factor once more after it has built its layer, gives the same."""
    words = np.array([[0, 2, 4]])
    layer = keras.layers.Embedding(5, 3, lora_rank=2, lora_alpha=7)
    layer.build()
    assert layer.lora_alpha == 2
    layer.lora_alpha = 7
    weights = [np.random.default_rng(0).normal(size=w.shape).astype("float32") for w in layer.weights]
    layer.set_weights(weights)
    found = run(graph_of(network("embedding 5, 3, lora_rank=2, lora_alpha=7", (3,))), {"a": words}, {"L": weights})
    np.testing.assert_allclose(found.values["L"], np.array(layer(words)), rtol=1e-5)


def test_a_word_that_the_table_lacks_is_said() -> None:
    graph = graph_of(network("embedding 5, 3", (4,)))
    with pytest.raises(EngineError, match="L: 7 flows in, and its vocabulary is 0 to 4"):
        run(graph, {"a": [0, 1, 7, 2]})
