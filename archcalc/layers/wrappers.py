"""Layers that stand around others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archcalc.argtypes import Choice, Flag
from archcalc.arguments import Arg, arg
from archcalc.languages import phrase
from archcalc.layers.recurrent import Cell, Sequence, check_states, check_vectors, steps_of
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size
from archcalc.spec import Example, Layer, Operation, Product, Weight, Wrapper, as_frozen
from archcalc.windows import Window

if TYPE_CHECKING:
    from archcalc.reading import Reads
    from archcalc.taps import Tapped

MAX_CELLS = 1000  # more than any stack has; a formula is as long as the stack


@register
class TimeDistributed(Wrapper):
    """The same layer at each step: the first axis is the steps, and every step goes through it by itself."""

    kind = "time_distributed"
    keras = "TimeDistributed"
    examples = (
        Example("time_distributed { conv 4, 3x3 }", ((10, 8, 8, 3),), (10, 6, 6, 4)),
        Example("time_distributed { dense 5 }", ((7, 3),), (7, 5)),
        Example("time_distributed { lstm 5 }", ((7, 4, 3),), (7, 5)),
    )

    def inside(self, x: Shape) -> Shape:
        return x[1:]

    def channel_axes(self) -> tuple[int, int] | None:
        axes = self.inner.channel_axes()
        return axes and (axes[0] + 1, axes[1] + 1)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        if len(x) < 2:
            raise Refusal("E302", kind=self.kind, wanted=phrase("steps, and at least one axis besides"), shape=x)
        out = self.inner.shape(self.inside(x))
        if self.inner.parts(out, self.inside(x)):
            why = phrase("it puts out more than one value, and Keras joins one over the steps")
            raise Refusal("E134", wrapper=f"`{self.kind}`", layer=f"`{self.inner.kind}`", why=why)
        return (x[0], *out)

    def windows(self, *inputs: Shape) -> tuple[Window, ...]:
        inner = self.inner.windows(self.inside(inputs[0]))
        return (Window(1), *inner) if inner else ()

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import Along, moved

        later = {i: i + 1 for i in range(len(out))}
        (reads,) = self.inner.fields(self.inside(out), *map(self.inside, inputs))
        return ((Along(0), *(moved(read, later) for read in reads)),)

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        found = self.inner.stored(self.inside(out), self.inside(inputs[0]))
        return tuple(w if w.positions is None else w._replace(positions=w.positions * steps_of(inputs[0])) for w in found)

    def products(self, out: Shape, *inputs: Shape) -> tuple[Product, ...]:
        found = self.inner.products(self.inside(out), self.inside(inputs[0]))
        return tuple(p._replace(macs=p.macs * steps_of(inputs[0])) for p in found)

    def tapped(self, out: Shape, *inputs: Shape) -> tuple[Tapped, ...]:
        found = self.inner.tapped(self.inside(out), self.inside(inputs[0]))
        return tuple(t._replace(each=t.each * steps_of(inputs[0])) for t in found)

    def edges(self, out: Shape, *inputs: Shape) -> Size:
        return self.inner.edges(self.inside(out), self.inside(inputs[0])) * steps_of(inputs[0])

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        found = self.inner.operations(self.inside(out), self.inside(inputs[0]))
        return tuple(o if o.values is None else o._replace(values=o.values * steps_of(inputs[0])) for o in found)


@register
class Bidirectional(Wrapper):
    """Two of the same recurrent layer, each with its weights: one from the first step on, one from the last.

    Schuster & Paliwal (1997), "Bidirectional recurrent neural networks". Initial states flow in, and states come out, those
    of the forward layer first: `NAME.forward_state_h`.
    """

    kind = "bidirectional"
    keras = "Bidirectional"
    merge: str = arg(Choice("concat", "sum", "mul", "ave"), "how the two outputs become one", "concat", keras="merge_mode")
    examples = (
        Example("bidirectional { lstm 4 }", ((5, 3),), (8,)),
        Example("bidirectional sum { gru 4, sequences }", ((5, 3),), (5, 4)),
        Example("bidirectional { rnn 4, states }", ((5, 3), (4,), (4,)), (8,)),
        Example("bidirectional ave { conv_lstm 2, 3 }", ((5, 8, 3),), (6, 2)),
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        if self.layers:
            vars(self)["inputs"] = (1, 2 * (self.inner.inputs[1] or 1) - 1)

    @classmethod
    def refusal(cls, layer: Layer) -> str:
        if not isinstance(layer, Sequence):
            return phrase("it goes through no steps, as `rnn`, `lstm`, `gru`, `conv_lstm` and `stacked_rnn` do")
        return phrase("it goes backwards already; the wrapper adds the other direction") if layer.backwards else ""

    @property
    def one(self) -> Sequence:
        """One of the two."""
        assert isinstance(self.inner, Sequence)
        return self.inner

    def carried(self, *inputs: Shape) -> dict[str, Shape]:
        """The states of both, by name."""
        states = self.one.carried(inputs[0])
        return {f"{way}_{name}": shape for way in ("forward", "backward") for name, shape in states.items()}

    def shape(self, *inputs: Shape) -> Shape:
        out = self.one.shape(inputs[0])
        check_states(self.kind, self.carried(*inputs), inputs[1:])
        return (*out[:-1], 2 * out[-1]) if self.merge == "concat" else out

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        ways = len(inputs) // 2
        one = self.one.fields(out, *inputs[: 1 + ways])
        return (*one, *one[1:])

    def reaches(self, out: Shape, *inputs: Shape) -> Shape:
        return self.one.reaches(out, inputs[0])

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        return tuple(w._replace(maps=2 * w.maps) for w in self.one.stored(out, inputs[0]))

    def tapped(self, out: Shape, *inputs: Shape) -> tuple[Tapped, ...]:
        return tuple(t._replace(each=2 * t.each) for t in self.one.tapped(out, inputs[0]))

    def reads(self, out: Shape, *inputs: Shape) -> Size:
        return 0 if self.merge == "concat" else 2

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        steps = (o._replace(per_value=2 * o.per_value) for o in self.one.operations(out, inputs[0]))
        # The mean is a sum and a division.
        merge = {"concat": (), "ave": (Operation("merge", 2),)}.get(self.merge, (Operation("merge", 1),))
        return (*steps, *merge)

    def parts(self, out: Shape, *inputs: Shape) -> dict[str, Shape]:
        return self.carried(*inputs) if self.one.states else {}


@register
class StackedRnn(Sequence, Wrapper):
    """Recurrent cells in a stack, as one layer: at each step, every cell reads what the one before it puts out.

    Their states are numbered from 1: `NAME.state_h_1`. In Keras, `RNN` around `StackedRNNCells`.
    """

    kind = "stacked_rnn"
    keras = "RNN"
    field = "whole"
    aliases = ("StackedRNNCells",)
    single = False
    unroll: bool = arg(Flag(), "computed without a loop; the same values", False)
    examples = (
        Example("stacked_rnn { lstm 6; lstm 4 }", ((5, 3),), (4,)),
        Example("stacked_rnn sequences { gru 6; rnn 4, nobias; lstm_cell 2 }", ((5, 3),), (5, 2)),
        Example("stacked_rnn states { lstm 4; gru 6 }", ((5, 3), (4,), (4,), (6,)), (6,)),
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        if self.layers:
            vars(self)["inputs"] = (1, 1 + sum(len(cell.carries) for cell in self.cells))

    @classmethod
    def refusal(cls, layer: Layer) -> str:
        if not isinstance(layer, Cell):
            return phrase("its cells are those of `rnn`, `lstm` and `gru`")
        ours = [a.name for a in cls.args if a.name in vars(layer) and a.name != "trainable"]
        return phrase("`{word}` is for all of the stack: `{kind} {word} {{ ... }}`", word=ours[0], kind=cls.kind) if ours else ""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """What stands inside."""
        return tuple(layer for layer in self.layers if isinstance(layer, Cell))

    def step(self, x: Shape) -> Shape:
        check_vectors(self.kind, x)
        if len(self.cells) > MAX_CELLS:
            why = phrase("at most {n} are stacked", n=MAX_CELLS)
            raise Refusal("E134", wrapper=f"`{self.kind}`", layer=phrase("{n} cells", n=len(self.cells)), why=why)
        return (self.cells[-1].units,)

    def carried(self, *inputs: Shape) -> dict[str, Shape]:
        return {f"{name}_{i}": (cell.units,) for i, cell in enumerate(self.cells, 1) for name in cell.carries}

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        steps, read = steps_of(inputs[0]), (inputs[0][-1], *(cell.units for cell in self.cells))
        each = ((cell, cell.step_weights(n, steps)) for cell, n in zip(self.cells, read, strict=False))
        return tuple(w for cell, found in each for w in (as_frozen(found) if cell.frozen else found))

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        steps = steps_of(inputs[0])
        return tuple(o for cell in self.cells for o in cell.step_operations(steps * cell.units))

    def with_sizes(self, change: Callable[[Arg, Size, int | None], Size]) -> Layer:
        # The sizes of the first cell get the number 1 in formulas, those of the second 2.
        numbered = (layer.with_sizes(lambda a, n, _, i=i: change(a, n, i)) for i, layer in enumerate(self.layers))  # type: ignore[misc]
        return type(self)(**{**vars(self), "layers": tuple(numbered)})
