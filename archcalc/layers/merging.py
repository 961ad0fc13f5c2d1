"""Merges: several inputs become one."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from archcalc.argtypes import Axis
from archcalc.layers.axes import axis_of
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, maximum, require, total
from archcalc.spec import Example, Layer, Operation, arg


class Differ(NamedTuple):
    """Two sizes that should be one; put into words only if it comes to that."""

    axis: int
    one: Size
    other: Size

    def __str__(self) -> str:
        return f"axis {self.axis} is {self.one} and {self.other}"


class Arithmetic(Layer):
    """Base: value by value, after broadcasting axes of length 1, as Keras and NumPy do."""

    inputs: ClassVar[tuple[int, int | None]] = (2, None)
    computes = True

    def shape(self, *inputs: Shape) -> Shape:
        out = inputs[0]
        for x in inputs[1:]:
            out = self._broadcast(out, x)
        return out

    def _broadcast(self, a: Shape, b: Shape) -> Shape:
        if len(a) != len(b):
            raise Refusal("E307", kind=self.kind, left=a, right=b, problem=f"{len(a)} and {len(b)} axes")
        for i, (m, n) in enumerate(zip(a, b, strict=True)):
            require((m == n) | (m == 1) | (n == 1), "E307", kind=self.kind, left=a, right=b, problem=Differ(i, m, n))
        return tuple(maximum(m, n) for m, n in zip(a, b, strict=True))

    def reads(self, out: Shape, *inputs: Shape) -> Size:
        return len(inputs)

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return (Operation("merge", len(inputs) - 1),)


_TWO_MAPS: Any = ((7, 7, 8), (7, 7, 8))


@register
class Add(Arithmetic):
    """The sum of its inputs, value by value."""

    kind = "add"
    keras = "Add"
    examples = (Example("add", _TWO_MAPS, (7, 7, 8)), Example("add", ((7, 7, 8), (1, 1, 8), (7, 7, 1)), (7, 7, 8)))


@register
class Multiply(Arithmetic):
    """The product of its inputs, value by value."""

    kind = "mul"
    keras = "Multiply"
    examples = (Example("mul", ((7, 7, 8), (1, 1, 8)), (7, 7, 8)),)


@register
class Subtract(Arithmetic):
    """The first input minus the second, value by value."""

    kind = "sub"
    keras = "Subtract"
    inputs = (2, 2)
    examples = (Example("sub", _TWO_MAPS, (7, 7, 8)),)


@register
class Average(Arithmetic):
    """The mean of its inputs, value by value."""

    kind = "avg"
    keras = "Average"
    examples = (Example("avg", _TWO_MAPS, (7, 7, 8)),)

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return (Operation("merge", len(inputs)),)  # the additions, and one division


@register
class Concat(Layer):
    """Inputs one after another along an axis: the channels, if not told otherwise."""

    kind = "concat"
    keras = "Concatenate"
    aliases = ("concatenate",)
    inputs = (2, None)
    axis: int = arg(Axis(channels=True), "the axis along which they are put together", -1)
    examples = (
        Example("concat", ((7, 7, 8), (7, 7, 4)), (7, 7, 12)),
        Example("concat axis=0", ((3, 8), (4, 8), (5, 8)), (12, 8)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        first = inputs[0]
        axis = axis_of(self.axis, first)
        for x in inputs[1:]:
            if len(x) != len(first):
                raise Refusal("E307", kind=self.kind, left=first, right=x, problem=f"{len(first)} and {len(x)} axes")
            for i, (m, n) in enumerate(zip(first, x, strict=True)):
                if i != axis:
                    require(m == n, "E307", kind=self.kind, left=first, right=x, problem=Differ(i, m, n))
        joined = total(x[axis] for x in inputs)
        return tuple(joined if i == axis else n for i, n in enumerate(first))
