"""Networks that keras.applications does not have, beside the same ones written with Keras by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from zoo.by_hand import MODELS
from zoo.side_by_side import compare, model_of

import archcalc


@pytest.mark.parametrize(("write", "exactly"), MODELS, ids=lambda value: getattr(value, "__name__", ""))
def test_every_layer_is_as_written_by_hand(keras: Any, write: Callable[[Any], Any], exactly: bool) -> None:
    analysis = archcalc.analyze(f"zoo:{write.__name__}")
    compare(keras, analysis, model_of(keras, lambda: write(keras)), exactly=exactly)
