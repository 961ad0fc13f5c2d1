"""Adaptive pooling: the output's size is given, and each map is cut into as many bins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcalc.argtypes import PerAxis
from archcalc.arguments import arg
from archcalc.layers.axes import per_axis, spatial
from archcalc.registry import register
from archcalc.sizes import Shape, Size, gcd, prod
from archcalc.spec import Example, Layer, Operation

if TYPE_CHECKING:
    from archcalc.reading import Reads

FAMILY = "pooling"


class AdaptivePooling(Layer):
    """Base: of an axis of length n with m bins, bin i holds the positions from floor(i n / m) to ceil((i + 1) n / m).

    Where m does not divide n, the bins differ in size and overlap: m - 1 of them start at a position i n / m, and for
    each that is no whole number, the position that it falls into belongs to two bins. Of these i, gcd(n, m) - 1 give a
    whole number. So the bins hold n + (m - 1) - (gcd(n, m) - 1) = n + m - gcd(n, m) positions together.
    """

    computes = True
    turns = True
    size: Any = arg(PerAxis(), "length of each spatial axis that comes out", keras="output_size", symbol="m")

    def shape(self, *inputs: Shape) -> Shape:
        space, channels = spatial(self.kind, inputs[0], self.rank)
        return (*per_axis(self.size, len(space), "size"), channels)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import binned, same

        bins = tuple(binned(i, n, m) for i, (n, m) in enumerate(zip(inputs[0][:-1], out, strict=False)))
        return ((*bins, same(out)[-1]),)

    def edges(self, out: Shape, *inputs: Shape) -> Size:
        *space, channels = inputs[0]
        bins = per_axis(self.size, len(space), "size")
        return prod(n + m - gcd(n, m) for n, m in zip(space, bins, strict=True)) * channels


@register
class AdaptiveAveragePool(AdaptivePooling):
    """Adaptive average pooling: the mean of each bin, with as many bins as the size asks for."""

    kind = "adaptive_avgpool"
    keras = "AdaptiveAveragePooling{rank}D"
    examples = (
        Example("adaptive_avgpool 7", ((12, 9, 16),), (7, 7, 16)),
        Example("adaptive_avgpool 1x1", ((7, 7, 512),), (1, 1, 512)),
        Example("adaptive_avgpool 6", ((15, 4),), (6, 4)),
        Example("adaptive_avgpool 2x3x4", ((8, 9, 10, 2),), (2, 3, 4, 2)),
    )

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        # of a bin with b positions, b - 1 additions and one division
        return (Operation("additions and divisions", 1, self.edges(out, *inputs)),)


@register
class AdaptiveMaxPool(AdaptivePooling):
    """Adaptive max pooling: the largest value of each bin, with as many bins as the size asks for."""

    kind = "adaptive_maxpool"
    keras = "AdaptiveMaxPooling{rank}D"
    examples = (
        Example("adaptive_maxpool 7", ((12, 9, 16),), (7, 7, 16)),
        Example("adaptive_maxpool 1", ((7, 7, 512),), (1, 1, 512)),
        Example("adaptive_maxpool 2x3", ((8, 9, 2),), (2, 3, 2)),
        Example("adaptive_maxpool 5", ((3, 2),), (5, 2)),
    )

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return (Operation("comparisons", 1, self.edges(out, *inputs) - prod(out)),)
