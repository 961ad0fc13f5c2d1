"""The same values in another shape. Channels are the last axis, so they vary fastest, as in Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcalc.argtypes import MAX_AXES, Count, ValueType, WholeShape
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, prod, require
from archcalc.spec import Example, Layer
from archcalc.values import is_integer, whole

if TYPE_CHECKING:
    from archcalc.reading import Reads


@register
class Identity(Layer):
    """What flows in flows on."""

    kind = "identity"
    keras = "Identity"
    field = "same"
    view = True
    examples = (Example("identity", ((28, 28, 3),), (28, 28, 3)), Example("identity", ((9,),), (9,)))

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]


@register
class Flatten(Layer):
    """All axes in one: 5x5x16 becomes 400. Channels vary fastest, in networks that have them first too, as in Keras."""

    kind = "flatten"
    keras = "Flatten"
    view = True
    turns = True
    examples = (Example("flatten", ((5, 5, 16),), (400,)), Example("flatten", ((7,),), (7,)))

    def shape(self, *inputs: Shape) -> Shape:
        return (prod(inputs[0]),)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import reshaped

        return (reshaped(inputs[0], out),)


@register
class Reshape(Layer):
    """The same values under another shape; one entry may be -1: what is left."""

    kind = "reshape"
    keras = "Reshape"
    view = True
    size: Shape = arg(WholeShape(infer=True), "the new shape, without the batch", keras="target_shape")
    examples = (
        Example("reshape 3136", ((7, 7, 64),), (3136,)),
        Example("reshape 4x4x4", ((64,),), (4, 4, 4)),
        Example("reshape (-1, 8)", ((6, 4),), (3, 8)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        have = prod(inputs[0])
        free = [i for i, n in enumerate(self.size) if isinstance(n, int) and n == -1]
        said = "x".join(map(str, self.size))
        if not free:
            need = prod(self.size)
            require(need == have, "E309", at="size", input="x".join(map(str, inputs[0])), have=have, target=said, need=need)
            return self.size
        rest = prod(n for i, n in enumerate(self.size) if i not in free)
        require(have % rest == 0, "E310", at="size", target=said, have=have, rest=rest)
        return tuple(have // rest if i in free else n for i, n in enumerate(self.size))

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import reshaped

        return (reshaped(inputs[0], out),)


class Permutation(ValueType):
    """Each axis once, counted from 1 without the batch, as Keras's Permute counts."""

    says = phrase("each axis once, counted from 1 as in Keras: (2, 1) swaps two")

    def read(self, value: Any) -> tuple[int, ...]:
        axes = tuple(map(whole, value)) if isinstance(value, tuple | list) else ()
        if not 1 <= len(axes) <= MAX_AXES or not all(map(is_integer, axes)) or sorted(axes) != list(range(1, len(axes) + 1)):
            raise self.refuse(value)
        return axes


@register
class Permute(Layer):
    """The axes in another order. They count from 1, as in Keras, and the batch is not among them."""

    kind = "permute"
    keras = "Permute"
    order: tuple[int, ...] = arg(Permutation(), "for each axis that comes out, the one that goes in", keras="dims")
    examples = (
        Example("permute (2, 1)", ((10, 64),), (64, 10)),
        Example("permute (3, 1, 2)", ((5, 7, 2),), (2, 5, 7)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        if len(self.order) != len(x):
            axes = phrase("1 axis") if len(self.order) == 1 else phrase("{n} axes", n=len(self.order))
            raise Refusal("E302", at="order", kind=phrase("this order of {kind}", kind=self.kind), wanted=axes, shape=x)
        return tuple(x[axis - 1] for axis in self.order)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import Along

        return (tuple(Along(self.order.index(axis)) for axis in range(1, len(out) + 1)),)


@register
class RepeatVector(Layer):
    """A vector as each of several steps: 32 becomes 10x32."""

    kind = "repeat_vector"
    keras = "RepeatVector"
    times: Size = arg(Count(), "number of steps", keras="n", symbol="t")
    examples = (Example("repeat_vector 10", ((32,),), (10, 32)), Example("repeat_vector times=1", ((5,),), (1, 5)))

    def shape(self, *inputs: Shape) -> Shape:
        if len(inputs[0]) != 1:
            raise Refusal("E302", kind=self.kind, wanted=phrase("one axis"), shape=inputs[0])
        return (self.times, inputs[0][0])

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import Along

        return ((Along(1),),)
