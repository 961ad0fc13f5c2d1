"""Arguments that are a part of a whole: Keras drops, and archcalc takes, no less than none of it and no more than all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from every import CLASSES

import archcalc
from archcalc.argtypes import Number
from archcalc.report.model import layer
from archcalc.sizes import Refusal

WORDS = ("share of", "how probable", "probability")
SHARES = [
    pytest.param(a.type, id=f"{cls.kind}.{a.name}")
    for cls in CLASSES
    for a in cls.args
    if isinstance(a.type, Number) and a.prose.startswith(WORDS)
]


@pytest.mark.parametrize("type", SHARES)
def test_a_share_is_from_none_to_all(type: Number) -> None:
    for wrong in (Fraction(3, 2), 2, Fraction(-1, 10), -1, 10**30):
        with pytest.raises(Refusal) as refusal:
            type.read(wrong)
        assert refusal.value.code == "E121"
    assert type.read(0) == 0 and type.read(Fraction(1, 2)) == Fraction(1, 2)


def test_there_are_such_arguments() -> None:
    assert len(SHARES) > 15


@pytest.mark.parametrize(("size", "axes"), [("5x8x2", 1), ("5x8x8x2", 2), ("5x8x8x8x2", 3)])
def test_a_kernel_that_slides_at_each_step_has_a_size_for_each_axis_but_the_steps(size: str, axes: int) -> None:
    """As Keras's ConvLSTM1D, 2D and 3D keep theirs."""
    analysis = archcalc.analyze(text=f"network N {{ input {size}\n a: conv_lstm 4, 3, same }}\n")
    args = layer(analysis, analysis.layers["a"])["args"]
    assert args["kernel"] == [3] * axes and args["stride"] == [1] * axes and args["dilation"] == [1] * axes
