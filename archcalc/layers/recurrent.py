"""Recurrent layers: a cell goes through the steps of a sequence, the first axis, and keeps states from each to the next.

Figures are those of the network unrolled: every weight is used at every step, the first one too, where the states are
zeros unless they flow in. A cell may also stand for a single step by itself, with its states as inputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from archcalc.activations import FUNCTIONS
from archcalc.argtypes import Choice, Count, Flag, Number
from archcalc.arguments import arg
from archcalc.languages import phrase, together
from archcalc.layers.activation import ACTIVATION
from archcalc.layers.options import Option
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, renamed, require
from archcalc.spec import Example, Layer, Operation, Weight

if TYPE_CHECKING:
    from archcalc.reading import Reads

GATES = Option(named=tuple(FUNCTIONS))  # bare, the same words are the activation's


class Cell(Layer):
    """Base: one step. Each set of units reads the input, the state before, and its bias."""

    computes = True
    field = "whole"
    multiplies = True
    sets: ClassVar[int] = 1  # of units: the gates and the candidate
    carries: ClassVar[tuple[str, ...]] = ("state",)  # its states, in Keras's order
    units: Size = arg(Count(), "number of outputs, and of values in each state")
    activation: Any = arg(ACTIVATION, "of the candidate, and of what comes out", "tanh")
    bias: str = arg(Choice("shared", "none", off="none"), "one for each unit, or none", "shared", keras="use_bias")
    dropout: Any = arg(Number(0, 1), "share of the inputs dropped in training", 0, positional=False)
    recurrent_dropout: Any = arg(Number(0, 1), "share of the states dropped in training", 0, positional=False)

    def applied(self) -> None:
        return None  # gates come after it

    def shape(self, *inputs: Shape) -> Shape:
        if len(inputs[0]) != 1:
            raise Refusal("E302", kind=self.kind, wanted=phrase("one axis, the values of a single step"), shape=inputs[0])
        check_states(self.kind, self.carried(*inputs), inputs[1:])
        return (self.units,)

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        return self.step_weights(inputs[0][-1])

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return self.step_operations(self.units)

    def parts(self, out: Shape, *inputs: Shape) -> dict[str, Shape]:
        return self.carried(*inputs)

    def carried(self, *inputs: Shape) -> dict[str, Shape]:
        """Its states by name, and their shapes."""
        return dict.fromkeys(self.carries, (self.units,))

    def step_weights(self, read: Size, steps: Size | None = None) -> tuple[Weight, ...]:
        """The weights, for an input of so many values, used at so many steps."""
        maps = self.sets * self.units
        kernels = (Weight("kernel", (read,), maps), Weight("recurrent_kernel", (self.units,), maps))
        biases = (Weight("bias", self.biases(), maps, bias=True),) if self.bias == "shared" else ()
        return tuple(w._replace(positions=steps) for w in (*kernels, *biases))

    def biases(self) -> Shape:
        """The biases of one unit of a set."""
        return ()

    def step_operations(self, values: Size) -> tuple[Operation, ...]:
        """Arithmetic besides the weights', for so many values of a state."""
        return costly(self.activation, "activations", 1, values)


class Sequence(Layer):
    """Base: it goes through the steps of a sequence."""

    sequences: bool = arg(Flag(), "put out every step, not only the last", False, keras="return_sequences")
    states: bool = arg(Flag(), "put out the last states as well: `NAME.state`, or `NAME.state_h`", False, keras="return_state")
    backwards: bool = arg(Flag(), "begin with the last step; what `sequences` puts out is reversed as well", False, keras="go_backwards")
    stateful: bool = arg(Flag(), "begin each batch with the states in which the one before ended", False)

    def step(self, x: Shape) -> Shape:
        """What comes out at one step. Refuses a sequence that it cannot go through."""
        raise NotImplementedError

    def carried(self, *inputs: Shape) -> dict[str, Shape]:
        """Its states by name, and their shapes."""
        raise NotImplementedError

    def shape(self, *inputs: Shape) -> Shape:
        step = self.step(inputs[0])
        check_states(self.kind, self.carried(*inputs), inputs[1:])
        return (inputs[0][0], *step) if self.sequences else step

    def parts(self, out: Shape, *inputs: Shape) -> dict[str, Shape]:
        return self.carried(*inputs) if self.states else {}


class Recurrent(Sequence, Cell):
    """Base: a cell that reads a vector at each step."""

    unroll: bool = arg(Flag(), "computed without a loop; the same values", False)

    carried = Cell.carried

    def step(self, x: Shape) -> Shape:
        check_vectors(self.kind, x)
        return (self.units,)

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        return self.step_weights(inputs[0][-1], steps_of(inputs[0]))

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return self.step_operations(steps_of(inputs[0]) * self.units)


def steps_of(x: Shape) -> Size:
    """How many steps a sequence has."""
    return renamed(x[0], "steps")


def costly(function: str, name: str, times: int, values: Size) -> tuple[Operation, ...]:
    """The operations of an activation, which costs one for each value unless it is linear."""
    return () if function == "linear" else (Operation(name, times, values),)


def check_vectors(kind: str, x: Shape) -> None:
    """Refuse what is no sequence of vectors."""
    if len(x) != 2:
        more = phrase("`time_distributed { flatten }` makes a vector of each step")
        fixes = (phrase("`reshape {n}x1` makes {n} steps of one value each", n=x[0]) if len(x) == 1 else more,) if x else ()
        raise Refusal("E302", kind=kind, wanted=phrase("two axes, steps and the values of each"), shape=x, fixes=fixes)


def check_states(kind: str, wanted: dict[str, Shape], given: tuple[Shape, ...]) -> None:
    """Refuse initial states that are not as many and as large as those that are carried on; none are zeros."""
    if given and len(given) != len(wanted):
        names = together(" and ", wanted) if len(wanted) < 3 else phrase("{n} states", n=len(wanted))
        raise Refusal("E118", kind=kind, needs=phrase("1 input, or {n}: with {names}", n=1 + len(wanted), names=names), got=1 + len(given))
    for (name, shape), got in zip(wanted.items(), given, strict=False):
        facts = {"kind": kind, "name": f"`{name}`", "wanted": shape, "got": got}
        if len(shape) != len(got):
            raise Refusal("E313", **facts)
        for m, n in zip(shape, got, strict=True):
            require(m == n, "E313", **facts)


@register
class RnnCell(Cell):
    """One step of a simple recurrent network: its state flows in, and out again as `NAME.state`."""

    kind = "rnn_cell"
    keras = "SimpleRNNCell"
    inputs = (2, 2)
    examples: ClassVar[tuple[Example, ...]] = (
        Example("rnn_cell 4", ((3,), (4,)), (4,)),
        Example("rnn_cell 5, relu, nobias", ((3,), (5,)), (5,)),
    )


@register
class Rnn(Recurrent, RnnCell):
    """Simple recurrent network: each unit reads the step's input and what all units put out at the step before.

    Elman (1990), "Finding structure in time".
    """

    kind = "rnn"
    keras = "SimpleRNN"
    inputs = (1, 2)
    examples = (
        Example("rnn 4", ((5, 3),), (4,)),
        Example("rnn 4, relu, sequences", ((5, 3),), (5, 4)),
        Example("rnn 4, nobias", ((5, 3), (4,)), (4,)),
    )


@register
class LstmCell(Cell):
    """One step of an LSTM: its states h and c flow in, and out again as `NAME.state_h` and `NAME.state_c`."""

    kind = "lstm_cell"
    keras = "LSTMCell"
    inputs = (3, 3)
    sets = 4
    carries = ("state_h", "state_c")
    gates: str = arg(GATES, "activation of the gates", "sigmoid", keras="recurrent_activation")
    unit_forget_bias: bool = arg(Flag(), "biases of the forget gate begin at 1, so that it is open", True)
    examples: ClassVar[tuple[Example, ...]] = (
        Example("lstm_cell 4", ((3,), (4,), (4,)), (4,)),
        Example("lstm_cell 5, nobias", ((3,), (5,), (5,)), (5,)),
    )

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import same

        # in one step, c is not mixed with others
        once = len(inputs) > 2 and (len(inputs[0]) == 1 or inputs[0][0] == 1)
        return (*super().fields(out, *inputs[:2]), same(inputs[2])) if once else super().fields(out, *inputs)

    def step_operations(self, values: Size) -> tuple[Operation, ...]:
        gates = costly(self.gates, "gate activations", 3, values)
        # c = f * c + i * candidate; h = o * activation(c)
        return (*gates, *costly(self.activation, "activations", 2, values), Operation("products and sums of states", 4, values))


@register
class Lstm(Recurrent, LstmCell):
    """Long short-term memory: input, forget and output gate guard a state c that is carried on.

    Hochreiter & Schmidhuber (1997), with the forget gate of Gers, Schmidhuber & Cummins (2000). The three gates and the
    candidate each read the step's input and the h of the step before. The states are `NAME.state_h` and `NAME.state_c`.
    """

    kind = "lstm"
    keras = "LSTM"
    inputs = (1, 3)
    examples = (
        Example("lstm 64", ((28, 28),), (64,)),
        Example("lstm 4, sequences, gates=hard_sigmoid", ((5, 3),), (5, 4)),
        Example("lstm 4, states, nobias", ((5, 3), (4,), (4,)), (4,)),
    )


@register
class GruCell(Cell):
    """One step of a GRU: its state flows in, and out again as `NAME.state`."""

    kind = "gru_cell"
    keras = "GRUCell"
    inputs = (2, 2)
    sets = 3
    gates: str = arg(GATES, "activation of the gates", "sigmoid", keras="recurrent_activation")
    reset_after: bool = arg(Flag(), "the reset gate works on what the state became, with biases of its own, as in cuDNN", True)
    examples: ClassVar[tuple[Example, ...]] = (
        Example("gru_cell 4", ((3,), (4,)), (4,)),
        Example("gru_cell 5, noreset_after", ((3,), (5,)), (5,)),
    )

    def biases(self) -> Shape:
        return (2,) if self.reset_after else ()

    def step_operations(self, values: Size) -> tuple[Operation, ...]:
        gates = costly(self.gates, "gate activations", 2, values)
        # r * h; h = z * h + (1 - z) * candidate. After the weights, r * (U h) is also added to W x.
        states = Operation("products and sums of states", 6 if self.reset_after else 5, values)
        return (*gates, *costly(self.activation, "activations", 1, values), states)


@register
class Gru(Recurrent, GruCell):
    """Gated recurrent unit: a reset and an update gate, and a single state.

    Cho et al. (2014), "Learning phrase representations using RNN encoder-decoder". As Keras's default, the reset gate
    works after the state's weights; `noreset_after` is the paper's order.
    """

    kind = "gru"
    keras = "GRU"
    inputs = (1, 2)
    examples = (
        Example("gru 4", ((5, 3),), (4,)),
        Example("gru 4, sequences, noreset_after", ((5, 3),), (5, 4)),
        Example("gru 4, states", ((5, 3), (4,)), (4,)),
    )
