"""Layers that act in training only, and pass data on as it is otherwise; and what scales or masks it on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcalc.argtypes import Axis, Number, WholeShape
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.layers.axes import axis_of, spatial
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, require
from archcalc.spec import Example, Layer, Operation, Weight

if TYPE_CHECKING:
    from archcalc.reading import Reads


class TrainingOnly(Layer):
    """Base: at inference, what flows in flows on."""

    field = "same"
    view = True

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]


class Dropping(TrainingOnly):
    """Base: a mask of a given shape may hold for several values at once."""

    noise_shape: Any

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        if self.noise_shape is not None:
            fix = phrase("write 1 for each axis along which all values share their fate, and leave the batch out")
            facts = {"at": "noise_shape", "first": "`noise_shape`", "second": x, "fixes": (fix,)}
            if len(self.noise_shape) != len(x):
                raise Refusal("E311", why=phrase("{entries} entries, and {axes} axes", entries=len(self.noise_shape), axes=len(x)), **facts)
            for m, n in zip(self.noise_shape, x, strict=True):
                require((m == 1) | (m == n), "E311", why=phrase("each entry is 1, or the length of its axis"), **facts)
        return x


def _mask() -> Any:
    return arg(WholeShape(), "the mask's shape, without the batch: 1 or the length of each axis", None, positional=False)


@register
class Dropout(Dropping):
    """Dropout: in training, each value is zero with probability `rate`."""

    kind = "dropout"
    keras = "Dropout"
    rate: Any = arg(Number(0, 1), "probability of a value to be dropped")
    noise_shape = _mask()
    examples = (Example("dropout 0.5", ((128,),), (128,)), Example("dropout 0.2, noise_shape=1x8", ((5, 8),), (5, 8)))


@register
class SpatialDropout(TrainingOnly):
    """Spatial dropout: in training, each map is zero as a whole with probability `rate`."""

    kind = "spatial_dropout"
    keras = "SpatialDropout{rank}D"
    turns = True
    rate: Any = arg(Number(0, 1), "probability of a map to be dropped")
    examples = (
        Example("spatial_dropout 0.1", ((28, 28, 6),), (28, 28, 6)),
        Example("spatial_dropout 0.1", ((20, 6),), (20, 6)),
        Example("spatial_dropout 0.3", ((4, 5, 6, 2),), (4, 5, 6, 2)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        spatial(self.kind, inputs[0], self.rank)
        return inputs[0]


@register
class AlphaDropout(Dropping):
    """Dropout that keeps mean and variance, for networks with `selu`. Klambauer et al. (2017)."""

    kind = "alpha_dropout"
    keras = "AlphaDropout"
    rate: Any = arg(Number(0, 1, below=True), "probability of a value to be dropped")
    noise_shape = _mask()
    examples = (
        Example("alpha_dropout 0.1", ((128,),), (128,)),
        Example("alpha_dropout 0.1, noise_shape=1x8", ((5, 8),), (5, 8)),
    )


@register
class GaussianDropout(TrainingOnly):
    """In training, each value is multiplied by a normal random number around 1, of variance rate / (1 - rate)."""

    kind = "gaussian_dropout"
    keras = "GaussianDropout"
    rate: Any = arg(Number(0, 1, below=True), "as a dropout of that rate would disturb")
    examples = (Example("gaussian_dropout 0.25", ((128,),), (128,)), Example("gaussian_dropout 0", ((4, 3),), (4, 3)))


@register
class GaussianNoise(TrainingOnly):
    """In training, a normal random number around 0 is added to each value."""

    kind = "gaussian_noise"
    keras = "GaussianNoise"
    deviation: Any = arg(Number(0, 1), "standard deviation of the noise", keras="stddev")
    examples = (Example("gaussian_noise 0.1", ((28, 28, 1),), (28, 28, 1)), Example("gaussian_noise 1", ((9,),), (9,)))


@register
class StochasticDepth(TrainingOnly):
    """Stochastic depth: in training, a whole sample is zero with probability `rate`; it stands at a branch's end.

    Huang et al. (2016), "Deep networks with stochastic depth". What is kept is scaled up in training, as dropout does
    it, so that inference needs no factor.
    """

    kind = "stochastic_depth"
    aliases = ("drop_path",)
    rate: Any = arg(Number(0, 1), "probability of a sample to be dropped")
    examples = (Example("stochastic_depth 0.1", ((7, 7, 8),), (7, 7, 8)), Example("stochastic_depth 0.2", ((9,),), (9,)))


@register
class ActivityRegularization(TrainingOnly):
    """In training, the values' sizes and squares are added to the loss."""

    kind = "activity_regularization"
    keras = "ActivityRegularization"
    l1: Any = arg(Number(0), "factor of the absolute values", 0)
    l2: Any = arg(Number(0), "factor of the squares", 0)
    examples = (
        Example("activity_regularization l2=0.01", ((64,),), (64,)),
        Example("activity_regularization 0.1, 0.2", ((4, 3),), (4, 3)),
    )


@register
class Masking(Layer):
    """Steps whose values are all `mask_value` are set to zero, and recurrent layers pass over them."""

    kind = "masking"
    keras = "Masking"
    mask_value: Any = arg(Number(), "the number that stands for no data", 0)
    examples = (Example("masking", ((10, 8),), (10, 8)), Example("masking -1", ((10, 8),), (10, 8)))

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return (Operation("comparisons", 1),)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import BY_WORD

        # where 0 stands for no data, a step that holds none is as it was
        return (BY_WORD["features" if self.mask_value else "same"](self, inputs[0]),)


@register
class LayerScale(Layer):
    """One trained factor for each channel, small at first; it stands at a branch's end.

    Touvron et al. (2021), "Going deeper with image transformers"; Liu et al. (2022), "A ConvNet for the 2020s".
    """

    kind = "layer_scale"
    field = "same"
    initial: Any = arg(Number(), "what the factors start as", 1e-6)
    axis: int = arg(Axis(channels=True), "the channels' axis", -1, positional=False)
    examples = (
        Example("layer_scale", ((7, 7, 96),), (7, 7, 96)),
        Example("layer_scale 0.1", ((196, 192),), (196, 192)),
        Example("layer_scale axis=1", ((5, 8),), (5, 8)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        axis_of(self.axis, inputs[0])
        return inputs[0]

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("gamma", (), out[axis_of(self.axis, out)]),)

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return (Operation("multiplications", 1),)
