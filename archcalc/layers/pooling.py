"""Pooling and subsampling: a window slides over each map by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archcalc.argtypes import Flag, Padding, PerAxis
from archcalc.arguments import Arg, arg
from archcalc.languages import phrase
from archcalc.layers.activation import ACTIVATION
from archcalc.layers.axes import per_axis, slide, spatial
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, prod, renamed
from archcalc.spec import Example, Layer, Operation, Weight
from archcalc.windows import Window

if TYPE_CHECKING:
    from archcalc.reading import Reads
    from archcalc.taps import Tapped


class Pooling(Layer):
    """Base: the window steps by its own size unless a stride is given, as in Keras."""

    computes = True
    field = "maps"
    turns = True
    kernel: Any = arg(PerAxis(), "size of the window", 2, keras="pool_size", symbol="f", keras_needs=True)
    stride: Any = arg(PerAxis(), "step of the window; its size, if not given", None, keras="strides", symbol="s", slash=True)
    padding: Any = arg(Padding("valid", "same"), "what is added around the input", "valid", short=("pad",), symbol="p")

    def windows(self, *inputs: Shape) -> tuple[Window, ...]:
        space, _ = spatial(self.kind, inputs[0], self.rank)
        step = self if self.stride is not None else self.stepping()
        return slide(step, len(space), getattr(self, "ceil", False))

    def stepping(self) -> Layer:
        """This layer with its stride written out, which is another quantity than the kernel even where it is as large."""
        return type(self)(**{**vars(self), "stride": renamed(self.kernel, "s")})

    def shape(self, *inputs: Shape) -> Shape:
        space, channels = spatial(self.kind, inputs[0], self.rank)
        if getattr(self, "ceil", False) and isinstance(self.padding, str) and self.padding == "same":
            raise Refusal("E311", at="ceil", first="`ceil`", second="`same`", why=phrase("`same` rounds up already, by its own rule"))
        return (*(w.output(n) for w, n in zip(self.windows(*inputs), space, strict=True)), channels)

    def reads(self, out: Shape, *inputs: Shape) -> Size:
        return prod(per_axis(self.kernel, len(out) - 1, "kernel"))

    def tapped(self, out: Shape, *inputs: Shape) -> tuple[Tapped, ...]:
        from archcalc.taps import Tapped, under

        return (Tapped("", under(self.windows(*inputs), inputs[0][:-1], out[:-1]), out[-1]),)

    def with_sizes(self, change: Callable[[Arg, Size, int | None], Size]) -> Layer:
        # The window belongs in a formula even where it is not given.
        given = type(self)(**{"kernel": self.kernel, **vars(self)})
        return super(Pooling, given).with_sizes(change)

    def settings(self, *inputs: Shape) -> dict[str, Any]:
        return super().settings(*inputs) if self.stride is not None else self.stepping().settings(*inputs)


@register
class MaxPool(Pooling):
    """Max pooling: the largest value of each window."""

    kind = "maxpool"
    elsewhere = ("max_pool", "max_pooling", "maxpooling", "pool")
    keras = "MaxPooling{rank}D"
    aliases = ("MaxPool{rank}D",)
    ceil: bool = arg(Flag(), "round the output length up (Caffe, PyTorch)", False, keras="")
    examples = (
        Example("maxpool", ((26, 26, 32),), (13, 13, 32)),
        Example("maxpool 2x2, same", ((13, 13, 32),), (7, 7, 32)),
        Example("maxpool 3x3, /2, pad=1", ((112, 112, 64),), (56, 56, 64)),
        Example("maxpool 3, /2, ceil", ((32, 8),), (16, 8)),
    )

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return (Operation("comparisons", self.reads(out, *inputs) - 1),)

    def carries_shifts(self) -> bool:
        return True  # padding never wins


@register
class AvgPool(Pooling):
    """Average pooling: the mean of each window."""

    kind = "avgpool"
    elsewhere = ("avg_pool", "average_pool", "averagepool", "avgpooling", "average_pooling", "mean_pool", "meanpool")
    keras = "AveragePooling{rank}D"
    aliases = ("AvgPool{rank}D",)
    ceil: bool = arg(Flag(), "round the output length up (Caffe, PyTorch)", False, keras="")
    examples = (
        Example("avgpool 2x2", ((4, 4, 1),), (2, 2, 1)),
        Example("avgpool", ((9, 6, 2),), (4, 3, 2)),
        Example("avgpool 3x3x3, /1, same", ((5, 6, 7, 2),), (5, 6, 7, 2)),
        Example("avgpool 3x2, /2", ((9, 9, 2),), (4, 4, 2)),
    )

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        # f - 1 additions and one division
        return (Operation("additions and divisions", self.reads(out, *inputs)),)

    def carries_shifts(self) -> bool:
        return isinstance(self.padding, str)  # zeros of a numeric padding are in the mean


@register
class Subsample(Pooling):
    """LeCun's subsampling: the window's sum, times one trainable coefficient, plus one bias, for each map.

    LeCun et al. (1998), section II.B: layers S2 and S4 of LeNet-5.
    """

    kind = "subsample"
    activation: Any = arg(ACTIVATION, "applied to each output value", None)
    examples = (
        Example("subsample 2x2, tanh", ((28, 28, 6),), (14, 14, 6)),
        Example("subsample", ((10, 10, 16),), (5, 5, 16)),
    )

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        window = super().reads(out, *inputs)
        return (Weight("coefficient", (), out[-1], reads=window), Weight("bias", (), out[-1], bias=True))

    def reads(self, out: Shape, *inputs: Shape) -> Size:
        return 0  # its edges are the coefficient's

    def tapped(self, out: Shape, *inputs: Shape) -> tuple[Tapped, ...]:
        return tuple(t._replace(weight="coefficient") for t in super().tapped(out, *inputs))

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        # f - 1 additions and the coefficient's multiplication
        per_value = super().reads(out, *inputs)
        return (Operation("additions and multiplications", per_value), *super().operations(out, *inputs))


class GlobalPooling(Layer):
    """Base: each map is one window."""

    computes = True
    turns = True
    keepdims: bool = arg(Flag(), "keep the spatial axes, each of length 1", False)

    def shape(self, *inputs: Shape) -> Shape:
        space, channels = spatial(self.kind, inputs[0], self.rank)
        return (*(1 for _ in space), channels) if self.keepdims else (channels,)

    def reads(self, out: Shape, *inputs: Shape) -> Size:
        return prod(inputs[0][:-1])

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import Along, whole

        return ((*map(whole, inputs[0][:-1]), Along(len(out) - 1)),)


@register
class GlobalAveragePool(GlobalPooling):
    """Global average pooling: the mean of each map."""

    kind = "gap"
    elsewhere = ("globalavgpool", "global_avgpool", "global_avg_pool", "global_average_pooling", "global_pool")
    keras = "GlobalAveragePooling{rank}D"
    aliases = ("GlobalAvgPool{rank}D",)
    examples = (
        Example("gap", ((7, 7, 2048),), (2048,)),
        Example("gap keepdims", ((7, 7, 9),), (1, 1, 9)),
        Example("gap", ((12, 5),), (5,)),
    )

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return (Operation("additions and divisions", self.reads(out, *inputs)),)


@register
class GlobalMaxPool(GlobalPooling):
    """Global max pooling: the largest value of each map."""

    kind = "gmp"
    elsewhere = ("globalmaxpool", "global_maxpool", "global_max_pool", "global_max_pooling")
    keras = "GlobalMaxPooling{rank}D"
    aliases = ("GlobalMaxPool{rank}D",)
    examples = (
        Example("gmp", ((7, 7, 2048),), (2048,)),
        Example("gmp keepdims", ((5, 7, 7, 9),), (1, 1, 1, 9)),
        Example("gmp", ((12, 5),), (5,)),
    )

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return (Operation("comparisons", self.reads(out, *inputs) - 1),)
