"""Convolutions: one kernel for each output map slides over every spatial axis."""

from __future__ import annotations

from collections import Counter
from typing import Any

from archcalc.argtypes import Choice, Count, Padding, PerAxis, TableName
from archcalc.layers.activation import ACTIVATION
from archcalc.layers.axes import per_axis, slide, spatial
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, prod, require
from archcalc.spec import Example, Layer, Weight, arg
from archcalc.values import Table
from archcalc.windows import Window


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
            raise Refusal("E302", at="padding", kind="causal padding", wanted="one spatial axis and channels", shape=inputs[0])
        return slide(self, len(space))

    def shape(self, *inputs: Shape) -> Shape:
        space, channels = spatial(self.kind, inputs[0], self.rank)
        divide = {"filters": self.filters, "channels": channels, "groups": self.groups}
        require(channels % self.groups == 0, "E304", at="groups", **divide)
        require(self.filters % self.groups == 0, "E304", at="groups", **divide)
        if self.maps is not None:
            self._check_table(self.maps, channels)
        windows = self.windows(*inputs)
        steps, spread = prod(w.stride for w in windows), prod(w.dilation for w in windows)
        why = "Keras has no convolution with both a stride and a dilation above 1, on whichever axes"
        require((steps == 1) | (spread == 1), "E311", at="dilation", first="`stride`", second="`dilation`", why=why)
        return (*(w.output(n) for w, n in zip(windows, space, strict=True)), self.filters)

    def _check_table(self, table: Table, channels: Size) -> None:
        why = "a connection table already says what each map reads"
        require(self.groups == 1, "E311", at="maps", first="`groups`", second="`maps`", why=why)
        facts = {"table": table.name, "rows": len(table.rows), "columns": table.width}
        facts |= {"channels": channels, "filters": self.filters}
        require(channels == len(table.rows), "E305", at="maps", **facts)
        require(self.filters == table.width, "E305", at="maps", **facts)
        for column, fan_in in enumerate(table.fan_ins(), 1):
            if not fan_in:
                raise Refusal("E306", at="maps", column=column, table=table.name)

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
