"""Scaling of data as they come in: by numbers that are given, or by the mean and variance of a data set."""

from __future__ import annotations

from typing import Any

from archcalc.argtypes import Axis, Flag
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.layers.axes import axes_of, axis_of
from archcalc.layers.options import AxesOrNone, Numbers
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, require
from archcalc.spec import Example, Layer, Operation, Weight

FAMILY = "normalization"


def _fit(kind: str, argument: str, values: Any, length: Size) -> None:
    """Refuse a list of numbers that has not one for each place along an axis."""
    if isinstance(values, tuple):
        fixes = (phrase("one number serves all places"),)
        why = phrase("it needs {length} numbers, one for each place along the axis", length=length)
        first = phrase("`{argument}` with {n} numbers", argument=argument, n=len(values))
        require(
            (length == len(values)) | (len(values) == 1),
            "E311",
            at=argument,
            first=first,
            second=phrase("this shape"),
            why=why,
            fixes=fixes,
        )


@register
class Rescale(Layer):
    """Multiply every value by a number, and add another: `rescale 1/255` turns pixels from 0 to 255 into 0 to 1.

    A list of numbers has one for each channel.
    """

    kind = "rescale"
    keras = "Rescaling"
    field = "same"
    scale: Any = arg(Numbers(), "what each value is multiplied by")
    offset: Any = arg(Numbers(), "what is added then", 0)
    axis: int = arg(Axis(channels=True), "the axis along which a list lies", -1, keras="", positional=False)
    examples = (
        Example("rescale 1/255", ((28, 28, 1),), (28, 28, 1)),
        Example("rescale 1/127.5, -1", ((224, 224, 3),), (224, 224, 3)),
        Example("rescale [0.5, 2, 1], offset=[1, 0, -1]", ((6, 3),), (6, 3)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        length = inputs[0][axis_of(self.axis, inputs[0])]
        _fit(self.kind, "scale", self.scale, length)
        _fit(self.kind, "offset", self.offset, length)
        return inputs[0]

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return (Operation("normalisation", 1 + (self.offset != 0)),)


@register
class Normalize(Layer):
    """Each value minus a mean, over the root of a variance: the data's own, for each place along an axis, or axes.

    They are given, or stored and found before training by Keras's `adapt`: a mean and a variance for each place, and how
    many samples were seen. Until then the mean is 0 and the variance 1. `invert` goes back: times the root, plus the mean.
    """

    kind = "normalize"
    keras = "Normalization"
    field = "same"
    axis: Any = arg(AxesOrNone(channels=True), "each place along it has its own mean and variance; `none`: all share one", -1)
    mean: Any = arg(Numbers(), "one number, or one for each place", None, positional=False)
    variance: Any = arg(Numbers(0), "one number, or one for each place", None, positional=False)
    invert: bool = arg(Flag(), "undo it", False)
    examples = (
        Example("normalize", ((13,),), (13,)),
        Example("normalize axis=none", ((28, 28, 1),), (28, 28, 1)),
        Example("normalize mean=[0.5, 0.4, 0.3], variance=[0.1, 0.1, 0.2]", ((32, 32, 3),), (32, 32, 3)),
        Example("normalize (1, 2), invert", ((4, 5, 2),), (4, 5, 2)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        places = axes_of(self.axis, inputs[0])
        given = [name for name in ("mean", "variance") if getattr(self, name) is not None]
        if len(given) == 1:
            missing = "variance" if given == ["mean"] else "mean"
            why = phrase("both are given, or neither")
            raise Refusal(
                "E311",
                at=given[0],
                first=f"`{given[0]}`",
                second=phrase("no `{missing}`", missing=missing),
                why=why,
                fixes=(f"`{missing}=...`",),
            )
        for name in given:
            if not places and isinstance(getattr(self, name), tuple):
                why = phrase("without an axis one number serves all places")
                raise Refusal("E311", at=name, first=phrase("a list of numbers for `{name}`", name=name), second="`axis=none`", why=why)
            if places:
                _fit(self.kind, name, getattr(self, name), inputs[0][places[-1]])
        if given and _length(self.mean) != _length(self.variance):
            first = phrase("`mean` with {n} numbers", n=_length(self.mean)) if _length(self.mean) else phrase("`mean` with one number")
            second = phrase("`variance` with {n}", n=_length(self.variance)) if _length(self.variance) else phrase("`variance` with one")
            raise Refusal("E311", at="variance", first=first, second=second, why=phrase("they go together, one by one"))
        return inputs[0]

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        if self.mean is not None:
            return ()
        *each, maps = [out[i] for i in axes_of(self.axis, out)] or [1]
        stored = tuple(Weight(name, tuple(each), maps, trainable=False) for name in ("mean", "variance"))
        return (*stored, Weight("count", (), 1, trainable=False))

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        # minus the mean, over the deviation
        return (Operation("normalisation", 2),)


def _length(value: Any) -> int:
    """How many numbers a list has; 0 for a number alone."""
    return len(value) if isinstance(value, tuple) else 0
