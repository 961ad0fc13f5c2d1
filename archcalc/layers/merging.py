"""Merges: several inputs become one."""

from __future__ import annotations

from typing import Any, ClassVar

from archcalc.layers.normalization import Axis, axis_of
from archcalc.sizes import Refusal, Shape, Size, maximum, require, total
from archcalc.spec import Example, Layer, Operation, arg, register


def said(shape: Shape) -> str:
    """A shape as the language writes it."""
    return "x".join(map(str, shape)) or "()"


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
        facts = {"kind": self.kind, "left": said(a), "right": said(b)}
        if len(a) != len(b):
            raise Refusal("E307", **facts, problem=f"{len(a)} and {len(b)} axes")
        for m, n in zip(a, b, strict=True):
            require((m == n) | (m == 1) | (n == 1), "E307", **facts, problem=f"{m} and {n} differ")
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
    axis: int = arg(Axis(), "the axis along which they are put together", -1)
    examples = (
        Example("concat", ((7, 7, 8), (7, 7, 4)), (7, 7, 12)),
        Example("concat axis=0", ((3, 8), (4, 8), (5, 8)), (12, 8)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        first = inputs[0]
        axis = axis_of(self.axis, first)
        for x in inputs[1:]:
            facts = {"kind": self.kind, "left": said(first), "right": said(x)}
            if len(x) != len(first):
                raise Refusal("E307", **facts, problem=f"{len(first)} and {len(x)} axes")
            for i, (m, n) in enumerate(zip(first, x, strict=True)):
                if i != axis:
                    require(m == n, "E307", **facts, problem=f"axis {i} is {m} and {n}")
        joined = total(x[axis] for x in inputs)
        return tuple(joined if i == axis else n for i, n in enumerate(first))
