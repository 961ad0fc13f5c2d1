"""A layer as conventions ask of it: its products, biases and values, and which of a tool's rows it belongs to."""

from __future__ import annotations

from typing import Any, NamedTuple

from archcalc.analysis.costs import edge_sums
from archcalc.conventions import Uncounted
from archcalc.graph import Node
from archcalc.sizes import Shape, Size, prod
from archcalc.sizes import total as add_up
from archcalc.spec import Layer, Weight, Wrapper


class Seen(NamedTuple):
    """One layer, with what flows in and out as its rules see it."""

    layer: Layer
    out: Shape
    inputs: tuple[Shape, ...]

    @property
    def row(self) -> str:
        """Which row of a table it belongs to: its class in Keras, or its kind where Keras has none."""
        return self.layer.keras or self.layer.kind

    @property
    def values(self) -> Size:
        """How many values come out."""
        return prod(self.out)

    @property
    def read(self) -> Size:
        """How many values flow in, by the first input."""
        return prod(self.inputs[0]) if self.inputs else 0

    @property
    def axes(self) -> int:
        """How many spatial axes flow in."""
        return len(self.inputs[0]) - 1 if self.inputs else 0

    @property
    def weights(self) -> tuple[Weight, ...]:
        """What it holds, be it shared or its own."""
        return self.layer.weights(self.out, *self.inputs)

    @property
    def macs(self) -> Size:
        """Multiply-accumulates of its weights, and of values with values."""
        _, macs, _ = edge_sums(self.layer, self.weights, self.out)
        return add_up([macs, *(product.macs for product in self.layer.products(self.out, *self.inputs))])

    @property
    def biases(self) -> Size:
        """Additions of a bias."""
        return edge_sums(self.layer, self.weights, self.out)[2]

    def given(self, name: str, default: Any = None) -> Any:
        """An argument, if its kind has it."""
        return getattr(self.layer, name, default)


def seen(node: Node) -> Seen:
    """The layer of a node whose shape is known.

    Raises:
        Uncounted: it stands around others, which tools see by themselves.
    """
    assert node.layer is not None
    assert node.seen is not None
    if isinstance(node.layer, Wrapper):
        raise Uncounted("it stands around other layers, and a tool sees what the framework makes of both")
    return Seen(node.layer, node.seen, node.input_shapes)


def as_pytorch_has_it(layer: Seen) -> None:
    """Refuse what PyTorch has no layer for.

    Raises:
        Uncounted: a connection table, one bias for each unit, or a low-rank adaptation.
    """
    if layer.given("maps") is not None:
        raise Uncounted("PyTorch has no convolution with a connection table")
    if layer.given("bias") == "untied":
        raise Uncounted("PyTorch has no convolution with a bias for each unit")
    if layer.given("lora_rank") is not None:
        raise Uncounted("PyTorch has no layer with a low-rank adaptation of its own")
