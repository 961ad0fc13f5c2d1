"""Convolutional recurrent layers: what they read at each step are maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcalc.argtypes import Choice, Count, Flag, Number, PerAxis
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.layers.activation import ACTIVATION
from archcalc.layers.axes import per_axis, slide
from archcalc.layers.recurrent import GATES, LstmCell, Sequence, costly, steps_of
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, prod, require
from archcalc.spec import Example, Layer, Operation, Weight
from archcalc.windows import Window

if TYPE_CHECKING:
    from archcalc.reading import Reads
    from archcalc.taps import Tapped

FAMILY = "recurrent"


class Maps(Layer):
    """Base: the arguments of a convolution with gates."""

    filters: Size = arg(Count(), "number of output maps, and of maps in each state")
    kernel: Any = arg(PerAxis(), "size of the window", keras="kernel_size", symbol="f")
    stride: Any = arg(PerAxis(), "step of the window", 1, keras="strides", symbol="s", slash=True)
    padding: str = arg(Choice("valid", "same"), "what is added around the input", "valid", short=("pad",))
    dilation: Any = arg(PerAxis(), "spacing of the kernel's taps on the input", 1, keras="dilation_rate", symbol="d")
    activation: Any = arg(ACTIVATION, "of the candidate, and of what comes out", "tanh")
    gates: str = arg(GATES, "activation of the gates", "sigmoid", keras="recurrent_activation")
    bias: str = arg(Choice("shared", "none", off="none"), "one for each map, or none", "shared", keras="use_bias")
    unit_forget_bias: bool = arg(Flag(), "biases of the forget gate begin at 1, so that it is open", True)
    dropout: Any = arg(Number(0, 1), "share of the inputs dropped in training", 0, positional=False)
    recurrent_dropout: Any = arg(Number(0, 1), "share of the states dropped in training", 0, positional=False)


@register
class ConvLstm(Sequence, Maps):
    """LSTM whose gates are convolutions: of the step's maps, and of the maps that came out at the step before.

    Shi et al. (2015), "Convolutional LSTM network", as Keras has it: without the paper's weights from c to the gates. The
    states' convolution keeps the size of the output: its stride is 1, and its padding `same`.
    """

    kind = "conv_lstm"
    keras = "ConvLSTM{rank}D"
    inputs = (1, 3)
    computes = True
    multiplies = True
    turns = True
    carries = LstmCell.carries
    examples = (
        Example("conv_lstm 4, 3x3", ((5, 8, 8, 3),), (6, 6, 4)),
        Example("conv_lstm 4, 3x3, same, sequences", ((5, 8, 9, 3),), (5, 8, 9, 4)),
        Example("conv_lstm 2, 3, dilation=2, nobias", ((5, 9, 3),), (5, 2)),
        Example("conv_lstm 2, 2, /2, states", ((3, 4, 6, 8, 1), (2, 3, 4, 2), (2, 3, 4, 2)), (2, 3, 4, 2)),
    )

    def rank_of(self, *inputs: Shape) -> int:
        return max(len(inputs[0]) - 2, 0)

    def applied(self) -> None:
        return None  # gates come after it

    def channel_axes(self) -> tuple[int, int] | None:
        return 1, 1 if self.sequences else 0

    def step(self, x: Shape) -> Shape:
        rank = len(x) - 2
        if not 1 <= rank <= 3 or self.rank not in (None, rank):
            axes = (
                phrase("one to three spatial axes") if self.rank is None else f"{self.rank} spatial {'axis' if self.rank == 1 else 'axes'}"
            )
            raise Refusal("E302", kind=self.kind, wanted=phrase("steps, {axes} and channels", axes=axes), shape=x)
        windows = slide(self, rank)
        steps, spread = prod(w.stride for w in windows), prod(w.dilation for w in windows)
        why = phrase("Keras has no convolution with both a stride and a dilation above 1, on whichever axes")
        require((steps == 1) | (spread == 1), "E311", at="dilation", first="`stride`", second="`dilation`", why=why)
        for w, n in zip(windows, x[1:-1], strict=True) if self.padding == "valid" else ():
            fixes = (phrase("`same` would make room"), phrase("an input of {n} or more would do", n=w.reach))
            require(n >= w.reach, "E301", at="kernel", input=n, reach=w.reach, padding=0, fixes=fixes)
        return (*(w.output(n) for w, n in zip(windows, x[1:-1], strict=True)), self.filters)

    def carried(self, *inputs: Shape) -> dict[str, Shape]:
        return dict.fromkeys(self.carries, self.step(inputs[0]))

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        x = inputs[0]
        kernel = per_axis(self.kernel, len(x) - 2, "kernel")
        maps = 4 * self.filters  # those of three gates and of the candidate
        kernels = (Weight("kernel", (*kernel, x[-1]), maps), Weight("recurrent_kernel", (*kernel, self.filters), maps))
        biases = (Weight("bias", (), maps, bias=True),) if self.bias == "shared" else ()
        return tuple(w._replace(positions=self._positions(out, x)) for w in (*kernels, *biases))

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        values = self._positions(out, inputs[0]) * self.filters
        gates = costly(self.gates, "gate activations", 3, values)
        return (*gates, *costly(self.activation, "activations", 2, values), Operation("products and sums of states", 4, values))

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import carried_on, whole

        steps, *space, channels = inputs[0]
        windows = slide(self, len(space))
        around = tuple(Window(w.kernel, padding="same") for w in windows)
        first = len(out) - len(space) - 1  # of the axes that come out, the first that is spatial
        maps = carried_on(first, windows, space, around, steps - 1)
        # c meets its first convolution a step later than h
        states = (carried_on(first, None, out[first:-1], around, steps - late) for late in range(len(inputs) - 1))
        return ((whole(steps), *maps, whole(channels)), *((*state, whole(self.filters)) for state in states))

    def reaches(self, out: Shape, *inputs: Shape) -> Shape:
        # that of the window, and at each further step what the state's kernel adds
        return tuple(w.reach + (inputs[0][0] - 1) * (w.kernel - 1) * w.stride for w in slide(self, len(inputs[0]) - 2))

    def tapped(self, out: Shape, *inputs: Shape) -> tuple[Tapped, ...]:
        from archcalc.taps import through, under

        _, *space, _ = inputs[0]
        places, windows = out[-len(space) - 1 : -1], slide(self, len(space))
        around = tuple(Window(w.kernel, padding="same") for w in windows)
        weights = self.weights(out, *inputs)
        slid = through("kernel", weights, under(windows, tuple(space), places), steps_of(inputs[0]))
        return slid, through("recurrent_kernel", weights, under(around, places, places), steps_of(inputs[0]), of="state")

    def _positions(self, out: Shape, x: Shape) -> Size:
        """At how many places a kernel stands, over all steps."""
        return steps_of(x) * prod(out[-len(x) + 1 : -1])
