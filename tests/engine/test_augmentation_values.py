"""Augmentation: at inference NumPy's values are Keras's, which are the image's own for most, and archcalc's figures are NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engine.families import Line, cases, checked_figures, checked_values, lines, more

COMPUTING = ("auto_contrast", "clahe", "random_crop")
FAMILY = cases("augmentation", "color_augmentation")
MORE = more(
    ("clahe tiles=3x2", (7, 9, 2)),
    ("clahe 1, tiles=2, value_range=(-1, 3)", (12, 9, 3)),
    ("auto_contrast value_range=(1, -1)", (7, 9, 2)),
    ("random_crop 7, 3", (9, 20, 2)),
    ("random_crop 7, 30", (9, 5, 2)),
)
COMPUTED = [case for case in FAMILY if case.values[0].kind in COMPUTING]
AS_THEY_ARE = [
    pytest.param(next(x for x in lines("augmentation", "color_augmentation") if x.kind == kind), id=kind)
    for kind in dict.fromkeys(x.kind for x in lines("augmentation", "color_augmentation"))
    if kind not in COMPUTING
]


@pytest.mark.parametrize("line", [*FAMILY, *MORE])
def test_figures_are_those_of_archcalc(line: Line) -> None:
    checked_figures(line)


def image(line: Line) -> Any:
    """Two images of values that lie between 0 and 255, and a few beyond."""
    return np.random.default_rng(0).uniform(-20, 280, (2, *line.shapes[0])).astype("float32")


@pytest.mark.parametrize("line", [*COMPUTED, *MORE])
def test_values_are_those_of_keras(keras: Any, line: Line) -> None:
    checked_values(keras, line, inputs={"a": image(line)}, atol=2e-3)


@pytest.mark.parametrize("line", AS_THEY_ARE)
def test_an_image_passes_on_in_keras_as_well(keras: Any, line: Line) -> None:
    found = checked_values(keras, line, inputs={"a": image(line)}, rtol=0, atol=0)
    np.testing.assert_array_equal(found.values["L"], found.values["a"])
