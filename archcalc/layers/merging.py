"""Merges: several inputs become one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from archcalc.argtypes import Axes, Axis, Flag, counted
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.layers.axes import axis_of
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, maximum, prod, require, total
from archcalc.spec import Example, Layer, Operation, Product

if TYPE_CHECKING:
    from archcalc.reading import Reads


class Differ(NamedTuple):
    """Two sizes that should be one; put into words only if it comes to that."""

    axis: int
    one: Size
    other: Size

    def __str__(self) -> str:
        return phrase("axis {axis} is {one} and {other}", axis=counted(self.axis), one=self.one, other=self.other)


class Arithmetic(Layer):
    """Base: value by value, after broadcasting axes of length 1, as Keras and NumPy do.

    Where one input has fewer axes, they are its last: 7x7x8 and 8 fit.
    """

    inputs: ClassVar[tuple[int, int | None]] = (2, None)
    computes = True

    def shape(self, *inputs: Shape) -> Shape:
        out = inputs[0]
        for x in inputs[1:]:
            out = self._broadcast(out, x)
        return out

    def _broadcast(self, a: Shape, b: Shape) -> Shape:
        shared = range(-min(len(a), len(b)), 0)
        for i in shared:
            m, n = a[i], b[i]
            problem = Differ(i + len(a) if len(a) == len(b) else i, m, n)
            require((m == n) | (m == 1) | (n == 1), "E307", kind=self.kind, left=a, right=b, problem=problem)
        longer = max(a, b, key=len)
        return (*longer[: len(longer) - len(shared)], *(maximum(a[i], b[i]) for i in shared))

    def reads(self, out: Shape, *inputs: Shape) -> Size:
        return len(inputs)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import broadcast

        return tuple(broadcast(x, out) for x in inputs)

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return (Operation("merge", len(inputs) - 1),)


_TWO_MAPS: Any = ((7, 7, 8), (7, 7, 8))


@register
class Add(Arithmetic):
    """The sum of its inputs, value by value."""

    kind = "add"
    elsewhere = ("sum", "residual", "skip", "shortcut")
    keras = "Add"
    examples = (
        Example("add", _TWO_MAPS, (7, 7, 8)),
        Example("add", ((7, 7, 8), (1, 1, 8), (7, 7, 1)), (7, 7, 8)),
        Example("add", ((5, 6), (6,)), (5, 6)),
    )


@register
class Multiply(Arithmetic):
    """The product of its inputs, value by value."""

    kind = "mul"
    keras = "Multiply"
    aliases = ("multiply",)
    examples = (Example("mul", ((7, 7, 8), (1, 1, 8)), (7, 7, 8)), Example("mul", ((8,), (7, 7, 8)), (7, 7, 8)))


@register
class Subtract(Arithmetic):
    """The first input minus the second, value by value."""

    kind = "sub"
    keras = "Subtract"
    aliases = ("subtract",)
    inputs = (2, 2)
    examples = (Example("sub", _TWO_MAPS, (7, 7, 8)), Example("sub", ((5,), (4, 1)), (4, 5)))


@register
class Average(Arithmetic):
    """The mean of its inputs, value by value."""

    kind = "avg"
    keras = "Average"
    aliases = ("average",)
    examples = (Example("avg", _TWO_MAPS, (7, 7, 8)), Example("avg", ((6,), (6,), (6,)), (6,)))

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return (Operation("merge", len(inputs)),)  # the additions, and one division


@register
class Maximum(Arithmetic):
    """The largest of its inputs, value by value."""

    kind = "maximum"
    keras = "Maximum"
    examples = (Example("maximum", _TWO_MAPS, (7, 7, 8)), Example("maximum", ((4, 5), (5,)), (4, 5)))


@register
class Minimum(Arithmetic):
    """The smallest of its inputs, value by value."""

    kind = "minimum"
    keras = "Minimum"
    examples = (Example("minimum", _TWO_MAPS, (7, 7, 8)), Example("minimum", ((6,), (3, 1), (2, 1, 6)), (2, 3, 6)))


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
        Example("concat axis=1", ((3, 8), (4, 8), (5, 8)), (12, 8)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        first = inputs[0]
        axis = axis_of(self.axis, first)
        for x in inputs[1:]:
            if len(x) != len(first):
                raise Refusal(
                    "E307", kind=self.kind, left=first, right=x, problem=phrase("{one} and {other} axes", one=len(first), other=len(x))
                )
            for i, (m, n) in enumerate(zip(first, x, strict=True)):
                if i != axis:
                    require(m == n, "E307", kind=self.kind, left=first, right=x, problem=Differ(i, m, n))
        joined = total(x[axis] for x in inputs)
        return tuple(joined if i == axis else n for i, n in enumerate(first))

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import same, shuffled

        axis = axis_of(self.axis, out)
        return tuple((*same(x)[:axis], shuffled(axis, x[axis]), *same(x)[axis + 1 :]) for x in inputs)


class OfEach(Axes):
    """One axis for both inputs, or one of each."""

    says = phrase("an axis, from 1, since 0 is the batch, or from -1 backwards; or one of each input: (2, 1)")

    def read(self, value: Any) -> Any:
        value = super().read(value)
        if isinstance(value, tuple) and len(value) != 2:
            raise self.refuse(value)
        return value


@register
class Dot(Layer):
    """The dot products of two inputs along an axis of each: what is left are the first's other axes, then the second's.

    Each of them reads both its vectors: two edges for each multiply-accumulate. `normalize` makes cosines of them.
    """

    kind = "dot"
    keras = "Dot"
    inputs = (2, 2)
    computes = True
    axes: Any = arg(OfEach(), "the axis along which they are multiplied and summed: of both, or (of the first, of the second)")
    normalize: bool = arg(Flag(), "scale the vectors to the length 1 first", False)
    examples = (
        Example("dot -1", ((4, 5), (3, 5)), (4, 3)),
        Example("dot (2, 1), normalize", ((4, 5), (5, 3)), (4, 3)),
        Example("dot 1", ((8,), (8,)), (1,)),
        Example("dot (1, 3)", ((5, 6, 7), (2, 3, 5)), (6, 7, 2, 3)),
    )

    def _along(self, a: Shape, b: Shape) -> tuple[int, int]:
        one, other = self.axes if isinstance(self.axes, tuple) else (self.axes, self.axes)
        return axis_of(one, a, "axes"), axis_of(other, b, "axes")

    def shape(self, *inputs: Shape) -> Shape:
        a, b = inputs
        i, j = self._along(a, b)
        require(a[i] == b[j], "E307", kind=self.kind, left=a, right=b, problem=Lengths(i, j, a[i], b[j]))
        return (*a[:i], *a[i + 1 :], *b[:j], *b[j + 1 :]) or (1,)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import left_of

        i, j = self._along(*inputs)
        return left_of(inputs[0], i, 0), left_of(inputs[1], j, len(inputs[0]) - 1)

    def products(self, out: Shape, *inputs: Shape) -> tuple[Product, ...]:
        i, _ = self._along(*inputs)
        return (Product("dot products", prod(out) * inputs[0][i], reads=2),)

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        if not self.normalize:
            return ()
        # each value's square and its division; for each vector, the additions of the squares and one root
        return (Operation("normalisation", 3, total(map(prod, inputs))),)


class Lengths(NamedTuple):
    """The lengths of two axes that should be one; put into words only if it comes to that."""

    first: int
    second: int
    one: Size
    other: Size

    def __str__(self) -> str:
        return phrase(
            "axis {first} of the first is {one}, axis {second} of the second {other}",
            first=counted(self.first),
            one=self.one,
            second=counted(self.second),
            other=self.other,
        )
