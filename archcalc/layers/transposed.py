"""Transposed convolutions: each input value spreads a kernel over the output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcalc.argtypes import Choice, Count, Padding, PerAxis
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.layers.activation import ACTIVATION
from archcalc.layers.axes import per_axis, spatial
from archcalc.layers.convolution import not_both
from archcalc.registry import register
from archcalc.sizes import Shape, Size, prod, require
from archcalc.spec import Example, Layer, Weight
from archcalc.windows import Spread

if TYPE_CHECKING:
    from archcalc.reading import Reads
    from archcalc.taps import Tapped

FAMILY = "convolution"


@register
class ConvTranspose(Layer):
    """Transposed convolution: a convolution's edges, walked the other way, so that maps grow.

    1-D, 2-D or 3-D as what flows in. Every input value is multiplied by each map's kernel, and the products are laid over
    the output, `stride` apart, and summed (Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning").
    `valid` gives (n - 1)s + f, or ns where the kernel is shorter than the stride, and `same` gives ns, as Keras. A numeric
    padding p is cut off at both ends: (n - 1)s - 2p + d(f - 1) + 1 + output_padding, as PyTorch. Connections are counted
    from the input: what is cut off counts, unless taps on padding are left out.
    """

    kind = "conv_transpose"
    elsewhere = ("deconv", "deconvolution", "upconv", "convtranspose", "transposed_conv", "transpose_conv")
    keras = "Conv{rank}DTranspose"
    aliases = ("Convolution{rank}DTranspose",)
    computes = True
    multiplies = True
    turns = True
    shifts = True
    filters: Size = arg(Count(), "number of output maps")
    kernel: Any = arg(PerAxis(), "size of the kernel", keras="kernel_size", symbol="f")
    stride: Any = arg(PerAxis(), "how far apart the input's values stand in the output", 1, keras="strides", symbol="s", slash=True)
    padding: Any = arg(Padding("valid", "same"), "what is cut off around the output", "valid", short=("pad",), symbol="p")
    dilation: Any = arg(PerAxis(), "spacing of the kernel's taps", 1, keras="dilation_rate", symbol="d")
    output_padding: Any = arg(PerAxis(0), "positions added at the end, fewer than the stride", None, symbol="op", positional=False)
    activation: Any = arg(ACTIVATION, "applied to each output value", None)
    bias: str = arg(Choice("shared", "none", off="none"), "one for each map, or none", "shared", keras="use_bias")
    examples = (
        Example("conv_transpose 64, 2x2, /2", ((28, 28, 128),), (56, 56, 64)),
        Example("conv_transpose 3, 4x4, /2, pad=1, nobias, tanh", ((32, 32, 64),), (64, 64, 3)),
        Example("conv_transpose 8, 3, /2, same, relu", ((10, 4),), (20, 8)),
        Example("conv_transpose 8, 2, /3", ((5, 4),), (15, 8)),
        Example("conv_transpose 6, 3x3, /2, pad=1, output_padding=1", ((7, 9, 4),), (14, 18, 6)),
        Example("conv_transpose 6, 3x5, /2x3, same, output_padding=0", ((7, 9, 4),), (13, 25, 6)),
        Example("conv_transpose 2, 3, dilation=2", ((5, 6, 4, 3),), (9, 10, 8, 2)),
        Example("conv_transpose 4, 3x3, /2, pad=((1, 2), (0, 1))", ((9, 10, 3),), (16, 20, 4)),
    )

    def spreads(self, *inputs: Shape) -> tuple[Spread, ...]:
        """How each spatial axis spreads."""
        space, _ = spatial(self.kind, inputs[0], self.rank)
        names = ("kernel", "stride", "dilation", "padding", "output_padding")
        return tuple(Spread(*axis) for axis in zip(*(per_axis(getattr(self, n), len(space), n) for n in names), strict=True))

    def shape(self, *inputs: Shape) -> Shape:
        space, _ = spatial(self.kind, inputs[0], self.rank)
        spreads = self.spreads(*inputs)
        not_both(spreads)
        for spread in spreads:
            if spread.more is not None:
                why = phrase(
                    "what is added at the end is less than the stride, and {more} is not less than {stride}",
                    more=spread.more,
                    stride=spread.stride,
                )
                require(spread.more < spread.stride, "E311", at="output_padding", first="`output_padding`", second="`stride`", why=why)
        return (*(self._length(spread, n) for spread, n in zip(spreads, space, strict=True)), self.filters)

    def _length(self, spread: Spread, n: Size) -> Size:
        """One axis's length. Refuses where nothing is left of it."""
        length = spread.output(n)
        facts: dict[str, Any]
        if isinstance(spread.padding, str):  # `same`, with an even kernel
            why = phrase("(n - 1)*s + f%2 + output_padding is {length}", length=length)
            facts = {"at": "output_padding", "first": "`same`", "second": "`output_padding`", "why": why}
            fixes = phrase("without `output_padding` it would be n*s")
        else:
            come = (n - 1) * spread.stride + spread.reach + (0 if spread.more is None else spread.more)
            why = phrase("{come} positions come out, and {cut} of them are cut off", come=come, cut=come - length)
            facts = {"at": "padding", "first": "`padding`", "second": "`kernel`", "why": why}
            fixes = phrase("`pad={pad}` would leave {left}", pad=(come - 1) // 2, left=come - (come - 1) // 2 * 2)
        require(length >= 1, "E311", fixes=(fixes,), **facts)
        return length

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import beneath, whole

        spread = zip(self.spreads(*inputs), inputs[0][:-1], strict=True)
        return ((*(beneath(i, axis, n) for i, (axis, n) in enumerate(spread)), whole(inputs[0][-1])),)

    def tapped(self, out: Shape, *inputs: Shape) -> tuple[Tapped, ...]:
        from archcalc.taps import beneath, through

        return (through("kernel", self.weights(out, *inputs), beneath(self.spreads(*inputs), inputs[0][:-1], out[:-1])),)

    def kernel_end(self, out: Shape, *inputs: Shape) -> Size | None:
        return inputs[0][-1]

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        *space, channels = inputs[0]
        kernel = Weight("kernel", (*per_axis(self.kernel, len(space), "kernel"), channels), self.filters, positions=prod(space))
        return (kernel, Weight("bias", (), self.filters, bias=True)) if self.bias == "shared" else (kernel,)
