"""What a declaration is put together from: weights, products, other arithmetic, and examples."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.sizes import Shape, Size, prod


class Weight(NamedTuple):
    """An array that a layer owns, counted map by map.

    `each` is one map's share: (5, 5, 1) for a 5x5 kernel on one channel, () for a bias. The array holds
    prod(each) * maps values. Every value serves `reads` input values for one output value (LeCun's subsampling
    coefficient serves its whole window), at `positions` output positions (None: at all of them).
    """

    name: str
    each: Shape
    maps: Size = 1
    trainable: bool = True
    bias: bool = False
    reads: Size = 1
    positions: Size | None = None

    @property
    def size(self) -> Size:
        """How many values it holds."""
        return prod(self.each) * self.maps


def as_frozen(weights: tuple[Weight, ...]) -> tuple[Weight, ...]:
    """The same weights, none of which is trained."""
    return tuple(weight._replace(trainable=False) for weight in weights)


class Product(NamedTuple):
    """Multiply-accumulates of values with values, where no weight is: an attention's, a dot product's. In all, not each.

    Each of them is `reads` edges: it reads that many values that flow in.
    """

    name: str
    macs: Size
    reads: Size = 1


class Operation(NamedTuple):
    """Arithmetic besides multiply-accumulates and biases: what it is, and how often for each output value.

    With `values`, for each of so many other values: those that bins of unequal sizes hold.
    """

    name: str
    per_value: Size
    values: Size | None = None

    def count(self, out: Shape) -> Size:
        """How many there are in all."""
        return self.per_value * (prod(out) if self.values is None else self.values)


class Example(NamedTuple):
    """A line of the language, the shapes that flow in, and the shape that comes out. Shown in the docs, and tested."""

    line: str
    inputs: tuple[Shape, ...]
    output: Shape
