"""Layers that archcalc does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from archcalc.argtypes import Count, Flag, Name, WholeShape
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.registry import register
from archcalc.sizes import Shape, Size, require
from archcalc.spec import FROZEN, Example, Layer, Operation, Product, Weight


class Title(Name):
    """A name in quotes."""

    says = phrase('a name in quotes, such as "RoPE"')


class Trained(Count):
    """How many; `frozen` says none."""

    words = (FROZEN,)

    def read(self, value: Any) -> Size:
        return 0 if value is False or value == FROZEN else super().read(value)


@register
class Custom(Layer):
    """A layer known only by what it declares: its figures are those written here, and are not derived from anything.

    `custom "RoPE"` changes no shape and costs nothing. It computes, so that its outputs are units, if multiply-accumulates
    or connections are declared. There is no code for it: archcalc does not know what it does. With `unknown`, a figure that is
    not written is unknown, and not 0, and so are the totals that need it.
    """

    kind = "custom"
    field = "unknown"
    inputs: ClassVar[tuple[int, int | None]] = (1, None)
    name: str = arg(Title(), "what it is, in quotes")
    params: Size = arg(Count(0), "parameters in all", 0, positional=False)
    trainable: Size = arg(Trained(0), "how many of them are trained; all, if not given; none, if `frozen`", None, positional=False)
    size: Any = arg(WholeShape(), "what comes out; as what flows in, if not given", None, keras="", short=("shape",), positional=False)
    macs: Size = arg(Count(0), "multiply-accumulates in all", None, positional=False)
    flops: Size = arg(Count(0), "operations in all; twice the multiply-accumulates, if not given", None, positional=False)
    connections: Size = arg(Count(0), "connections in all; as many as multiply-accumulates, if not given", None, positional=False)
    unknown: bool = arg(Flag(), "figures that are not written are unknown, not 0", False)
    examples = (
        Example('custom "RoPE"', ((10, 64),), (10, 64)),
        Example('custom "mixer", params=100, trainable=80, shape=5x4, macs=2000', ((5, 8), (3,)), (5, 4)),
        Example('custom "hash", shape=16, flops=500, connections=320', ((20,),), (16,)),
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        vars(self)["computes"] = self.macs is not None or self.connections is not None
        if self.unknown:
            vars(self)["untold"] = tuple(self._untold())

    def _untold(self) -> Iterator[str]:
        """What is not written, and what would follow from it."""
        stored = "params" in vars(self)
        trained = self.trainable is not None or (stored and (self.params == 0) is True)
        found = {"params": stored, "trainable_params": trained, "non_trainable_params": stored and trained, "weight_bytes": stored}
        found |= {figure: getattr(self, figure) is not None for figure in ("connections", "macs", "flops")}
        yield from (figure for figure, known in found.items() if not known)
        if not self.computes:
            yield "units"

    def shape(self, *inputs: Shape) -> Shape:
        if self.trainable is not None and not (self.unknown and "params" not in vars(self)):
            why = phrase("of {params} parameters, {trainable} cannot be trained", params=self.params, trainable=self.trainable)
            require(self.trainable <= self.params, "E311", at="trainable", first="`trainable`", second="`params`", why=why)
        if self.flops is not None and not (self.unknown and self.macs is None):
            why = phrase(
                "{macs} multiply-accumulates are two operations each, which is more than {flops}", macs=self._macs, flops=self.flops
            )
            require(2 * self._macs <= self.flops, "E311", at="flops", first="`flops`", second="`macs`", why=why)
        return inputs[0] if self.size is None else tuple(self.size)

    @property
    def _macs(self) -> Size:
        return 0 if self.macs is None else self.macs

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        if "params" not in vars(self):
            return (Weight("declared", (self.trainable,), positions=0),) if self.unknown and self.trainable is not None else ()
        if self.trainable is None:
            return (Weight("declared", (self.params,), positions=0),)
        trained = Weight("declared", (self.trainable,), positions=0)
        return (trained, Weight("declared", (self.params - self.trainable,), trainable=False, positions=0))

    def products(self, out: Shape, *inputs: Shape) -> tuple[Product, ...]:
        return (Product("declared", self._macs, reads=0),)

    def edges(self, out: Shape, *inputs: Shape) -> Size:
        return self._macs if self.connections is None else self.connections

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return () if self.flops is None else (Operation("declared", 1, self.flops - 2 * self._macs),)
