"""Where data comes in."""

from __future__ import annotations

from archcalc.argtypes import WholeShape
from archcalc.arguments import arg
from archcalc.registry import register
from archcalc.sizes import Shape
from archcalc.spec import Example, Layer


@register
class Input(Layer):
    """The network's input: one sample's shape, without the batch, channels last.

    Its values are `input.units`; they are not in the totals.
    """

    kind = "input"
    keras = "Input"
    field = "same"  # of nothing
    aliases = ("InputLayer",)
    inputs = (0, 0)
    size: Shape = arg(WholeShape(), "rows x columns x channels, or as many axes as the data has", keras="shape")
    examples = (Example("input 32x32x1", (), (32, 32, 1)), Example("input 784", (), (784,)))

    def shape(self, *inputs: Shape) -> Shape:
        return self.size
