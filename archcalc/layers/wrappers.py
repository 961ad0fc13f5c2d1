"""Layers that stand around others."""

from __future__ import annotations

from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size
from archcalc.spec import Example, Operation, Weight, Wrapper


@register
class TimeDistributed(Wrapper):
    """The same layer at each step: the first axis is the steps, and every step goes through it by itself."""

    kind = "time_distributed"
    keras = "TimeDistributed"
    examples = (
        Example("time_distributed { conv 4, 3x3 }", ((10, 8, 8, 3),), (10, 6, 6, 4)),
        Example("time_distributed { dense 5 }", ((7, 3),), (7, 5)),
    )

    def inside(self, x: Shape) -> Shape:
        return x[1:]

    def channel_axes(self) -> tuple[int, int] | None:
        axes = self.inner.channel_axes()
        return axes and (axes[0] + 1, axes[1] + 1)

    def shape(self, *inputs: Shape) -> Shape:
        if len(inputs[0]) < 2:
            raise Refusal("E302", kind=self.kind, wanted="steps, and at least one axis besides", shape=inputs[0])
        return (inputs[0][0], *self.inner.shape(*map(self.inside, inputs)))

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        found = self.inner.weights(self.inside(out), *map(self.inside, inputs))
        return tuple(w if w.positions is None else w._replace(positions=w.positions * out[0]) for w in found)

    def reads(self, out: Shape, *inputs: Shape) -> Size:
        return self.inner.reads(self.inside(out), *map(self.inside, inputs))

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return self.inner.operations(self.inside(out), *map(self.inside, inputs))
