"""Normalisation: values are shifted and scaled, shapes stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcalc.argtypes import Axes, Axis, Count, Flag, Number, counted
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.layers.axes import axes_of, axis_of
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, gcd, leaf, require
from archcalc.spec import Example, Layer, Operation, Weight
from archcalc.windows import Window

if TYPE_CHECKING:
    from archcalc.reading import Reads


class Affine(Layer):
    """Base: the shape stays, and what was normalised is scaled and shifted by trained values."""

    scale: bool = arg(Flag(), "train a factor for each channel", True)
    center: bool = arg(Flag(), "train a shift for each channel", True)

    def places(self, x: Shape) -> tuple[int, ...]:
        """The axes along which each place has a factor and a shift of its own."""
        return axes_of(getattr(self, "axis", -1), x)

    def shape(self, *inputs: Shape) -> Shape:
        self.places(inputs[0])
        return inputs[0]

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        *each, maps = (out[i] for i in self.places(out))
        return tuple(Weight(name, tuple(each), maps) for name, on in (("gamma", self.scale), ("beta", self.center)) if on)

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        # one addition for the mean; minus it; the square, and its addition; over the deviation; times gamma; plus beta
        return (Operation("normalisation", 5 + self.scale + self.center),)


@register
class BatchNorm(Affine):
    """Batch normalisation: mean and variance of each channel, then a trained scale and shift.

    Ioffe & Szegedy (2015). `scale` and `center` are trained; the moving mean and variance are not. `renorm` stores three
    more values a channel (Ioffe 2017, batch renormalisation).
    """

    kind = "bn"
    keras = "BatchNormalization"
    aliases = ("batchnorm", "batch_norm")
    field = "same"
    axis: int = arg(Axis(channels=True), "the channels' axis", -1, positional=False)
    momentum: Any = arg(Number(0, 1), "how slowly the moving statistics follow", 0.99, positional=False)
    epsilon: Any = arg(Number(0), "added to the variance", 0.001, positional=False)
    renorm: bool = arg(Flag(), "batch renormalisation: correct each batch by the moving statistics", False)
    renorm_momentum: Any = arg(Number(0, 1), "how slowly the statistics of `renorm` follow", 0.99, positional=False)
    synchronized: bool = arg(Flag(), "one mean and variance over all devices of a training", False)
    examples = (
        Example("bn", ((28, 28, 6),), (28, 28, 6)),
        Example("bn noscale", ((12, 4),), (12, 4)),
        Example("bn axis=1, renorm", ((12, 4),), (12, 4)),
    )

    def centred(self, x: Shape) -> tuple[int, ...]:
        return self.places(x)

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        channels = out[axis_of(self.axis, out)]
        stored = ("moving_mean", "moving_variance", *(("moving_stddev", "renorm_mean", "renorm_stddev") if self.renorm else ()))
        return (*super().weights(out, *inputs), *(Weight(name, (), channels, trainable=False) for name in stored))

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        # minus the mean, over the deviation, times gamma, plus beta: the statistics are stored
        return (Operation("normalisation", 2 + self.scale + self.center),)


def _over(layer: Any, x: Shape) -> tuple[Reads, ...]:
    """A value reads all along the axes that are normalised."""
    from archcalc.reading import all_of

    return (all_of(x, axes_of(layer.axis, x)),)


@register
class LayerNorm(Affine):
    """Layer normalisation: mean and variance of each sample along an axis, or axes; then a trained scale and shift.

    Ba, Kiros & Hinton (2016). The axis is the last in either layout, if not told otherwise.
    """

    kind = "layernorm"
    keras = "LayerNormalization"
    aliases = ("layer_norm",)
    axis: Any = arg(Axes(), "the axis, or axes, that are normalised", -1)
    epsilon: Any = arg(Number(0), "added to the variance", 0.001, positional=False)
    examples = (
        Example("layernorm", ((196, 768),), (196, 768)),
        Example("layernorm (2, 3), nocenter", ((7, 9, 4),), (7, 9, 4)),
        Example("layernorm noscale, epsilon=1e-6", ((64,),), (64,)),
    )

    def centred(self, x: Shape) -> tuple[int, ...]:
        normalised = self.places(x)
        return tuple(axis for axis in range(len(x)) if axis not in normalised)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        return _over(self, inputs[0])


class InGroups(Affine):
    """Base: the channels are normalised in groups, each over all places of a sample."""

    axis: int = arg(Axis(channels=True), "the channels' axis", -1, positional=False)
    epsilon: Any = arg(Number(0), "added to the variance", 0.001, positional=False)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import Along, all_of, shuffled

        (place,) = self.places(inputs[0])
        groups: Size = getattr(self, "groups", out[place])
        own = Along(place) if groups == out[place] else shuffled(place, out[place])
        return (tuple(own if i == place and groups > 1 else read for i, read in enumerate(all_of(out, range(len(out))))),)


@register
class GroupNorm(InGroups):
    """Group normalisation: mean and variance of each group of channels of a sample; then a trained scale and shift.

    Wu & He (2018).
    """

    kind = "groupnorm"
    keras = "GroupNormalization"
    aliases = ("group_norm",)
    groups: Size = arg(Count(), "how many groups the channels are in", 32)
    examples = (
        Example("groupnorm", ((28, 28, 64),), (28, 28, 64)),
        Example("groupnorm 4, noscale", ((10, 12),), (10, 12)),
        Example("groupnorm 2, axis=1", ((6, 5),), (6, 5)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (place,) = self.places(inputs[0])
        channels, groups = inputs[0][place], self.groups
        facts = {"first": f"`groups={groups}`", "second": phrase("this shape")}
        facts["why"] = phrase("{channels} channels do not divide into {groups} groups of equal size", channels=channels, groups=groups)
        fits = channels % groups == 0
        require(fits, "E311", at="groups", **facts, fixes=lambda: (phrase("`groups={groups}` divides them", groups=gcd(groups, channels)),))
        return inputs[0]

    def centred(self, x: Shape) -> tuple[int, ...] | None:
        (place,) = self.places(x)
        return (place,) if self.groups == x[place] else None  # a group of several channels has one mean


@register
class InstanceNorm(InGroups):
    """Instance normalisation: mean and variance of each channel of a sample; then a trained scale and shift.

    Ulyanov, Vedaldi & Lempitsky (2016). In Keras it is a group normalisation with as many groups as channels.
    """

    kind = "instancenorm"
    aliases = ("instance_norm",)
    examples = (
        Example("instancenorm", ((28, 28, 64),), (28, 28, 64)),
        Example("instancenorm noscale, nocenter", ((10, 12),), (10, 12)),
    )

    def centred(self, x: Shape) -> tuple[int, ...]:
        return self.places(x)


@register
class RMSNorm(Layer):
    """Root mean square normalisation: values over the root of their mean square along the last axis; then a trained scale.

    Zhang & Sennrich (2019). No mean is taken away, and there is no shift.
    """

    kind = "rmsnorm"
    keras = "RMSNormalization"
    aliases = ("rms_norm",)
    axis: Any = arg(Axes(), "the last axis, or several up to it", -1)
    epsilon: Any = arg(Number(0), "added to the mean square", 1e-6, positional=False)
    examples = (
        Example("rmsnorm", ((128, 512),), (128, 512)),
        Example("rmsnorm (-2, -1)", ((5, 7, 4),), (5, 7, 4)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        places, rank = axes_of(self.axis, inputs[0]), len(inputs[0])
        if places != tuple(range(rank - len(places), rank)):
            why = phrase("the trained scale lies along the last axes, so these must be normalised")
            raise Refusal(
                "E311",
                at="axis",
                first=phrase("axis {n}", n=counted(places[0])),
                second="rmsnorm",
                why=why,
                fixes=(phrase("`permute` puts an axis last"),),
            )
        return inputs[0]

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        *each, maps = (out[i] for i in axes_of(self.axis, out))
        return (Weight("scale", tuple(each), maps),)

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        # the square, and its addition; over the root; times the scale
        return (Operation("normalisation", 4),)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        return _over(self, inputs[0])


@register
class UnitNorm(Layer):
    """Unit normalisation: values over their length along an axis, or axes, so that the length becomes 1."""

    kind = "unitnorm"
    keras = "UnitNormalization"
    aliases = ("unit_norm", "l2norm")
    axis: Any = arg(Axes(), "the axis, or axes, along which the length is 1", -1)
    examples = (
        Example("unitnorm", ((128,),), (128,)),
        Example("unitnorm (1, 2)", ((7, 9, 4),), (7, 9, 4)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        axes_of(self.axis, inputs[0])
        return inputs[0]

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        # the square, and its addition; over the length
        return (Operation("normalisation", 3),)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        return _over(self, inputs[0])


@register
class LocalResponseNorm(Layer):
    """Local response normalisation: each value over (k + alpha * s)**beta; s sums the squares of the channels around it.

    Krizhevsky, Sutskever & Hinton (2012), section 3.3. Caffe and PyTorch divide alpha by `size`; the paper does not.
    """

    kind = "lrn"
    aliases = ("local_response_norm",)
    size: Size = arg(Count(), "how many neighbouring channels count, itself among them; odd", 5, symbol="n_lrn")
    alpha: Any = arg(Number(0), "factor for the sum of squares", 1e-4, positional=False)
    beta: Any = arg(Number(0), "the exponent", 0.75, positional=False)
    k: Any = arg(Number(0), "added to the sum", 2, positional=False)
    axis: int = arg(Axis(channels=True), "the channels' axis", -1, positional=False)
    examples = (
        Example("lrn", ((55, 55, 96),), (55, 55, 96)),
        Example("lrn 3, alpha=5e-5, k=1", ((27, 27, 256),), (27, 27, 256)),
        Example("lrn axis=1", ((8, 12),), (8, 12)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        axis_of(self.axis, inputs[0])
        require(
            self.size % 2 == 1, "E121", at="size", argument="`size` of lrn", got=self.size, says=phrase("an odd number: it has a middle")
        )
        return inputs[0]

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        # the squares, and their additions; times alpha; plus k; the power; the division
        size = self.size if "size" in vars(self) else leaf(out[-1], self.size, "n_lrn")
        return (Operation("normalisation", size + 4),)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import same, under

        place = axis_of(self.axis, out)
        around = under(place, Window(self.size, padding=self.size // 2), out[place])
        return (tuple(around if i == place else read for i, read in enumerate(same(out))),)
