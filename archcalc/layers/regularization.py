"""Layers that act in training only, and pass data on as it is otherwise."""

from __future__ import annotations

from typing import Any

from archcalc.argtypes import Number
from archcalc.registry import register
from archcalc.sizes import Shape
from archcalc.spec import Example, Layer, arg


@register
class Dropout(Layer):
    """Dropout: in training, each value is zero with probability `rate`."""

    kind = "dropout"
    keras = "Dropout"
    view = True
    rate: Any = arg(Number(0, 1), "probability of a value to be dropped")
    examples = (Example("dropout 0.5", ((128,),), (128,)),)

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]
