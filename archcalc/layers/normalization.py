"""Normalisation: values are shifted and scaled, shapes stay."""

from __future__ import annotations

from typing import Any

from archcalc.argtypes import Axis, Flag, Number
from archcalc.layers.axes import axis_of
from archcalc.registry import register
from archcalc.sizes import Shape
from archcalc.spec import Example, Layer, Operation, Weight, arg


@register
class BatchNorm(Layer):
    """Batch normalisation: mean and variance of each channel, then a trained scale and shift.

    Ioffe & Szegedy (2015). `scale` and `center` are trained; the moving mean and variance are not.
    """

    kind = "bn"
    keras = "BatchNormalization"
    aliases = ("batchnorm", "batch_norm")
    axis: int = arg(Axis(channels=True), "the channels' axis", -1, positional=False)
    momentum: Any = arg(Number(0, 1), "how slowly the moving statistics follow", 0.99, positional=False)
    epsilon: Any = arg(Number(0), "added to the variance", 0.001, positional=False)
    scale: bool = arg(Flag(), "train a factor for each channel", True)
    center: bool = arg(Flag(), "train a shift for each channel", True)
    examples = (Example("bn", ((28, 28, 6),), (28, 28, 6)), Example("bn noscale", ((12, 4),), (12, 4)))

    def shape(self, *inputs: Shape) -> Shape:
        axis_of(self.axis, inputs[0])
        return inputs[0]

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        channels = out[axis_of(self.axis, out)]
        trained = [name for name, on in (("gamma", self.scale), ("beta", self.center)) if on]
        return (
            *(Weight(name, (), channels) for name in trained),
            *(Weight(name, (), channels, trainable=False) for name in ("moving_mean", "moving_variance")),
        )

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        # minus the mean, over the deviation, times gamma, plus beta
        return (Operation("normalisation", 2 + self.scale + self.center),)
