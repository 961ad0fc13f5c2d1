"""The same values in another shape. Channels are the last axis, so they vary fastest, as in Keras."""

from __future__ import annotations

from archcalc.argtypes import WholeShape
from archcalc.registry import register
from archcalc.sizes import Shape, prod, require
from archcalc.spec import Example, Layer, arg


@register
class Flatten(Layer):
    """All axes in one: 5x5x16 becomes 400."""

    kind = "flatten"
    keras = "Flatten"
    view = True
    examples = (Example("flatten", ((5, 5, 16),), (400,)), Example("flatten", ((7,),), (7,)))

    def shape(self, *inputs: Shape) -> Shape:
        return (prod(inputs[0]),)


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
