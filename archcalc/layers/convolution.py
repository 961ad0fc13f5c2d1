"""Convolutions: kernels slide over every spatial axis, one for each output map, or one for each input map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from archcalc.argtypes import Choice, Count, Padding, PerAxis, TableName
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.layers.activation import ACTIVATION
from archcalc.layers.axes import per_axis, slide, spatial
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, prod, require
from archcalc.spec import Example, Layer, Weight
from archcalc.values import Table
from archcalc.windows import Spread, Window

if TYPE_CHECKING:
    from archcalc.reading import Reads
    from archcalc.taps import Tapped


def not_both(axes: Sequence[Window | Spread]) -> None:
    """Refuse a stride together with a dilation, as Keras does."""
    steps, spread = prod(a.stride for a in axes), prod(a.dilation for a in axes)
    why = phrase("Keras has no convolution with both a stride and a dilation above 1, on whichever axes")
    require((steps == 1) | (spread == 1), "E311", at="dilation", first="`stride`", second="`dilation`", why=why)


@register
class Conv(Layer):
    """Convolution: every output map has one kernel, shared by all positions, and a bias.

    1-D, 2-D or 3-D as what flows in. With `maps`, a connection table says which input maps each output map reads
    (LeCun et al. 1998, Table I). `bias=untied` has one bias for each output unit (LeCun et al. 1989).
    """

    kind = "conv"
    keras = "Conv{rank}D"
    aliases = ("Convolution{rank}D",)
    computes = True
    multiplies = True
    turns = True
    shifts = True
    filters: Size = arg(Count(), "number of output maps")
    kernel: Any = arg(PerAxis(), "size of the window", keras="kernel_size", symbol="f")
    stride: Any = arg(PerAxis(), "step of the window", 1, keras="strides", symbol="s", slash=True)
    padding: Any = arg(Padding("valid", "same", "causal"), "what is added around the input", "valid", short=("pad",), symbol="p")
    dilation: Any = arg(PerAxis(), "spacing of the kernel's taps", 1, keras="dilation_rate", symbol="d")
    groups: Size = arg(Count(), "the input maps are split into this many groups, each with its own filters", 1)
    activation: Any = arg(ACTIVATION, "applied to each output value", None)
    bias: str = arg(Choice("shared", "untied", "none", off="none"), "one for each map, each unit, or none", "shared", keras="use_bias")
    maps: Table | None = arg(TableName(), "connection table: rows are input maps, columns output maps", None, keras="")
    examples = (
        Example("conv 6, 5x5, tanh", ((32, 32, 1),), (28, 28, 6)),
        Example("conv 64, 7x7, /2, pad=3, nobias", ((224, 224, 3),), (112, 112, 64)),
        Example("conv 8, 3, same, dilation=2", ((20, 4),), (20, 8)),
        Example("conv 4, 5, pad=2, relu", ((20, 3),), (20, 4)),
        Example("conv 8, 3, causal, /2", ((21, 4),), (11, 8)),
        Example("conv 12, 3x3x3, groups=2", ((9, 8, 7, 4),), (7, 6, 5, 12)),
        Example("conv 4, 3x5, /2x1, same, bias=untied", ((9, 10, 3),), (5, 10, 4)),
        Example("conv 4, 3x3, pad=((1, 2), (0, 1))", ((9, 10, 3),), (10, 9, 4)),
    )

    def windows(self, *inputs: Shape) -> tuple[Window, ...]:
        space, _ = spatial(self.kind, inputs[0], self.rank)
        if isinstance(self.padding, str) and self.padding == "causal" and len(space) != 1:
            raise Refusal(
                "E302", at="padding", kind=phrase("causal padding"), wanted=phrase("one spatial axis and channels"), shape=inputs[0]
            )
        return slide(self, len(space))

    def shape(self, *inputs: Shape) -> Shape:
        space, channels = spatial(self.kind, inputs[0], self.rank)
        divide = {"filters": self.filters, "channels": channels, "groups": self.groups}
        require(channels % self.groups == 0, "E304", at="groups", **divide)
        require(self.filters % self.groups == 0, "E304", at="groups", **divide)
        if self.maps is not None:
            self._check_table(self.maps, channels)
        windows = self.windows(*inputs)
        not_both(windows)
        return (*(w.output(n) for w, n in zip(windows, space, strict=True)), self.filters)

    def _check_table(self, table: Table, channels: Size) -> None:
        why = phrase("a connection table already says what each map reads")
        require(self.groups == 1, "E311", at="maps", first="`groups`", second="`maps`", why=why)
        facts = {"table": table.name, "rows": len(table.rows), "columns": table.width}
        facts |= {"channels": channels, "filters": self.filters}
        require(channels == len(table.rows), "E305", at="maps", **facts)
        require(self.filters == table.width, "E305", at="maps", **facts)
        for column, fan_in in enumerate(table.fan_ins(), 1):
            if not fan_in:
                raise Refusal("E306", at="maps", column=column, table=table.name)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import BY_WORD

        return (BY_WORD["window" if self.groups == 1 and self.maps is None else "groups"](self, inputs[0]),)

    def tapped(self, out: Shape, *inputs: Shape) -> tuple[Tapped, ...]:
        from archcalc.taps import through, under

        return (through("kernel", self.weights(out, *inputs), under(self.windows(*inputs), inputs[0][:-1], out[:-1])),)

    def kernel_end(self, out: Shape, *inputs: Shape) -> Size | None:
        return out[-1] if self.maps is None and self.bias != "untied" else None

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        rank = len(out) - 1
        kernel = per_axis(self.kernel, rank, "kernel")
        if self.maps is None:
            fans = [(inputs[0][-1] // self.groups, self.filters)]
        else:  # maps that read equally many input maps have kernels of one size
            fans = sorted(Counter(self.maps.fan_ins()).items())
        found: list[Weight] = []
        for fan_in, maps in fans:
            found.append(Weight("kernel", (*kernel, fan_in), maps))
            if self.bias == "shared":
                found.append(Weight("bias", (), maps, bias=True))
            elif self.bias == "untied":
                found.append(Weight("bias", out[:-1], maps, bias=True, positions=1))
        return tuple(found)


class Depthwise(Layer):
    """Base: each input map has kernels of its own, `multiplier` of them."""

    computes = True
    multiplies = True
    turns = True
    shifts = True
    ranks = (1, 2)
    slides = "kernel"  # the weight that does

    def windows(self, *inputs: Shape) -> tuple[Window, ...]:
        return slide(self, len(spatial(self.kind, inputs[0], self.rank)[0]))

    def places(self, *inputs: Shape) -> Shape:
        """Where the kernels stand: the output's spatial axes."""
        space, _ = spatial(self.kind, inputs[0], self.rank)
        windows = self.windows(*inputs)
        if len(space) == 3:
            not_both(windows)  # there it is a Conv3D in groups
        return tuple(w.output(n) for w, n in zip(windows, space, strict=True))

    def tapped(self, out: Shape, *inputs: Shape) -> tuple[Tapped, ...]:
        from archcalc.taps import through, under

        return (through(self.slides, self.weights(out, *inputs), under(self.windows(*inputs), inputs[0][:-1], out[:-1])),)


@register
class DepthwiseConv(Depthwise):
    """Depthwise convolution: each input map has a kernel of its own, or `multiplier` of them, and reads no other map.

    1-D, 2-D or 3-D as what flows in. Keras has it for one and two spatial axes; over three it is built as a convolution in
    as many groups as there are channels, which is the same.
    """

    kind = "depthwise"
    elsewhere = ("dwconv", "depthwise_conv", "depthwiseconv")
    keras = "DepthwiseConv{rank}D"
    kernel: Any = arg(PerAxis(), "size of the window", keras="kernel_size", symbol="f")
    stride: Any = arg(PerAxis(), "step of the window", 1, keras="strides", symbol="s", slash=True)
    padding: Any = arg(Padding("valid", "same"), "what is added around the input", "valid", short=("pad",), symbol="p")
    multiplier: Size = arg(Count(), "output maps for each input map", 1, keras="depth_multiplier")
    dilation: Any = arg(PerAxis(), "spacing of the kernel's taps", 1, keras="dilation_rate", symbol="d")
    activation: Any = arg(ACTIVATION, "applied to each output value", None)
    bias: str = arg(Choice("shared", "none", off="none"), "one for each map, or none", "shared", keras="use_bias")
    examples = (
        Example("depthwise 3x3, same", ((112, 112, 32),), (112, 112, 32)),
        Example("depthwise 3x3, /2, pad=1, nobias", ((112, 112, 64),), (56, 56, 64)),
        Example("depthwise 5, multiplier=2, relu", ((20, 4),), (16, 8)),
        Example("depthwise 3x3, dilation=2", ((15, 13, 6),), (11, 9, 6)),
        Example("depthwise 3, same, /2", ((9, 8, 7, 4),), (5, 4, 4, 4)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        return (*self.places(*inputs), inputs[0][-1] * self.multiplier)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import BY_WORD

        return (BY_WORD["maps" if self.multiplier == 1 else "groups"](self, inputs[0]),)

    def kernel_end(self, out: Shape, *inputs: Shape) -> Size | None:
        # Over three axes it is written as a convolution with a group for each channel.
        return self.multiplier if len(out) < 4 else out[-1]

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        maps = inputs[0][-1] * self.multiplier
        kernel = Weight("kernel", per_axis(self.kernel, len(out) - 1, "kernel"), maps)
        return (kernel, Weight("bias", (), maps, bias=True)) if self.bias == "shared" else (kernel,)


@register
class SeparableConv(Depthwise):
    """Depthwise separable convolution: a depthwise one, then a 1x1 convolution that mixes the maps; one bias at the end.

    1-D, 2-D or 3-D as what flows in; Keras has it for one and two spatial axes. The maps in between have edges in and out,
    but are no units: they are not put out.
    """

    kind = "separable"
    elsewhere = ("sepconv", "separable_conv", "separableconv")
    keras = "SeparableConv{rank}D"
    aliases = ("SeparableConvolution{rank}D",)
    field = "window"
    slides = "depthwise_kernel"
    filters: Size = arg(Count(), "number of output maps")
    kernel: Any = arg(PerAxis(), "size of the window", keras="kernel_size", symbol="f")
    stride: Any = arg(PerAxis(), "step of the window", 1, keras="strides", symbol="s", slash=True)
    padding: Any = arg(Padding("valid", "same"), "what is added around the input", "valid", short=("pad",), symbol="p")
    dilation: Any = arg(PerAxis(), "spacing of the kernel's taps", 1, keras="dilation_rate", symbol="d")
    multiplier: Size = arg(Count(), "maps in between for each input map", 1, keras="depth_multiplier")
    activation: Any = arg(ACTIVATION, "applied to each output value", None)
    bias: str = arg(Choice("shared", "none", off="none"), "one for each output map, or none", "shared", keras="use_bias")
    examples = (
        Example("separable 64, 3x3, same, nobias", ((74, 74, 32),), (74, 74, 64)),
        Example("separable 8, 3x3, /2, multiplier=2, relu", ((15, 12, 3),), (7, 5, 8)),
        Example("separable 8, 5, pad=2", ((20, 4),), (20, 8)),
        Example("separable 6, 3x3, same, dilation=2", ((9, 10, 4),), (9, 10, 6)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        return (*self.places(*inputs), self.filters)

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        between = inputs[0][-1] * self.multiplier
        depthwise = Weight("depthwise_kernel", per_axis(self.kernel, len(out) - 1, "kernel"), between)
        pointwise = Weight("pointwise_kernel", (between,), self.filters)
        bias = (Weight("bias", (), self.filters, bias=True),) if self.bias == "shared" else ()
        return (depthwise, pointwise, *bias)
