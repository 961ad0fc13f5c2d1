"""Augmentation of colours and sharpness: in training, an image's values are changed at random, or to a rule.

At inference an image passes on as it is, but through `auto_contrast` and `clahe`, which Keras applies there too.
"""

from __future__ import annotations

from typing import Any

from archcalc.argtypes import Count, Number
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.layers.augmentation import EITHER_WAY, PART, Augmentation, values
from archcalc.layers.axes import per_axis, spatial
from archcalc.layers.options import Grid, Integers, Odd
from archcalc.registry import register
from archcalc.sizes import Shape, Size, ceildiv, require
from archcalc.spec import Example, Operation

FAMILY = "augmentation"

FACTOR = "how much at most; or from, to"


@register
class RandomBrightness(Augmentation):
    """Make an image brighter or darker at random."""

    kind = "random_brightness"
    keras = "RandomBrightness"
    factor: Any = arg(EITHER_WAY, "how much at most, of the range of values; or from, to")
    value_range: Any = values()
    examples = (
        Example("random_brightness 0.2", ((32, 32, 3),), (32, 32, 3)),
        Example("random_brightness (0, 0.5), value_range=(0, 1)", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class RandomContrast(Augmentation):
    """Change an image's contrast at random: how far its values lie from their mean."""

    kind = "random_contrast"
    keras = "RandomContrast"
    factor: Any = arg(PART, FACTOR)
    value_range: Any = values()
    examples = (
        Example("random_contrast 0.2", ((32, 32, 3),), (32, 32, 3)),
        Example("random_contrast (0.1, 0.5), value_range=(0, 1)", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class RandomColorDegeneration(Augmentation):
    """Mix an image with its greys at random."""

    kind = "random_color_degeneration"
    keras = "RandomColorDegeneration"
    works_on = (3,)
    factor: Any = arg(EITHER_WAY, "the part of grey at most; or from, to")
    value_range: Any = values()
    examples = (
        Example("random_color_degeneration 0.5", ((32, 32, 3),), (32, 32, 3)),
        Example("random_color_degeneration (0.1, 0.5), value_range=(0, 1)", ((28, 30, 3),), (28, 30, 3)),
    )


@register
class RandomSaturation(Augmentation):
    """Make an image's colours stronger or paler at random; a factor of 0.5 leaves them."""

    kind = "random_saturation"
    keras = "RandomSaturation"
    works_on = (3,)
    factor: Any = arg(PART, FACTOR)
    value_range: Any = values()
    examples = (
        Example("random_saturation 0.2", ((32, 32, 3),), (32, 32, 3)),
        Example("random_saturation (0.4, 0.6), value_range=(0, 1)", ((28, 30, 3),), (28, 30, 3)),
    )


@register
class RandomHue(Augmentation):
    """Turn an image's colours round the colour circle at random."""

    kind = "random_hue"
    keras = "RandomHue"
    works_on = (3,)
    factor: Any = arg(PART, "how far at most, of half the circle; or from, to")
    value_range: Any = values()
    examples = (
        Example("random_hue 0.2", ((32, 32, 3),), (32, 32, 3)),
        Example("random_hue (0.1, 0.3), value_range=(0, 1)", ((28, 30, 3),), (28, 30, 3)),
    )


@register
class RandomColorJitter(Augmentation):
    """Change brightness, contrast, saturation and hue at random, those that have a factor."""

    kind = "random_color_jitter"
    keras = "RandomColorJitter"
    value_range: Any = values()
    brightness_factor: Any = arg(EITHER_WAY, "as of `random_brightness`", None)
    contrast_factor: Any = arg(PART, "as of `random_contrast`", None)
    saturation_factor: Any = arg(PART, "as of `random_saturation`", None)
    hue_factor: Any = arg(PART, "as of `random_hue`", None)
    examples = (
        Example("random_color_jitter 0.2, 0.1, 0.5, 0.1", ((32, 32, 3),), (32, 32, 3)),
        Example("random_color_jitter brightness_factor=0.1", ((28, 30, 1),), (28, 30, 1)),
    )

    def channels(self) -> tuple[int, ...]:
        return () if self.saturation_factor is None and self.hue_factor is None else (3,)


@register
class RandomGrayscale(Augmentation):
    """Take an image's colours away, at random; it keeps its channels."""

    kind = "random_grayscale"
    keras = "RandomGrayscale"
    works_on = (1, 3)
    factor: Any = arg(Number(0, 1), "how probable it is", 0.5)
    examples = (
        Example("random_grayscale", ((32, 32, 3),), (32, 32, 3)),
        Example("random_grayscale 0.1", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class RandomInvert(Augmentation):
    """Turn an image into its negative, at random."""

    kind = "random_invert"
    keras = "RandomInvert"
    factor: Any = arg(PART, "how probable it is; or from, to", 1)
    value_range: Any = values()
    examples = (
        Example("random_invert", ((32, 32, 3),), (32, 32, 3)),
        Example("random_invert 0.5, value_range=(0, 1)", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class RandomPosterization(Augmentation):
    """Leave fewer bits of each value, at random."""

    kind = "random_posterization"
    keras = "RandomPosterization"
    factor: Any = arg(Integers(1, 8, several=2), "how many bits are left; or from, to")
    value_range: Any = values()
    examples = (
        Example("random_posterization 4", ((32, 32, 3),), (32, 32, 3)),
        Example("random_posterization (2, 6), value_range=(0, 1)", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class RandomSharpness(Augmentation):
    """Make an image sharper or more blurred at random; a factor of 0.5 leaves it."""

    kind = "random_sharpness"
    keras = "RandomSharpness"
    factor: Any = arg(PART, FACTOR)
    value_range: Any = values()
    examples = (
        Example("random_sharpness 0.5", ((32, 32, 3),), (32, 32, 3)),
        Example("random_sharpness (0.2, 0.6), value_range=(0, 1)", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class RandomGaussianBlur(Augmentation):
    """Blur an image at random, by a Gaussian kernel."""

    kind = "random_gaussian_blur"
    keras = "RandomGaussianBlur"
    factor: Any = arg(PART, "how probable it is; or from, to", 1)
    kernel: Any = arg(Odd(), "size of the kernel: rows and columns", 3, keras="kernel_size")
    sigma: Any = arg(PART, "how broad the bell is; or from, to", 1)
    value_range: Any = values()
    examples = (
        Example("random_gaussian_blur", ((32, 32, 3),), (32, 32, 3)),
        Example("random_gaussian_blur 0.5, 5x3, sigma=(0.1, 0.8)", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class Solarization(Augmentation):
    """Turn values above a random threshold into their negative, after a random number is added."""

    kind = "solarization"
    keras = "Solarization"
    addition_factor: Any = arg(PART, "what is added at most, of 255; or from, to", 0)
    threshold_factor: Any = arg(PART, "the threshold at most, of 255; or from, to", 0)
    value_range: Any = values()
    examples = (
        Example("solarization", ((32, 32, 3),), (32, 32, 3)),
        Example("solarization 0.1, (0.4, 0.6), value_range=(0, 1)", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class Equalization(Augmentation):
    """Spread an image's values so that all are equally frequent, in training."""

    kind = "equalization"
    keras = "Equalization"
    value_range: Any = values()
    bins: Size = arg(Count(), "how many values are told apart", 256)
    examples = (
        Example("equalization", ((32, 32, 3),), (32, 32, 3)),
        Example("equalization 64, value_range=(0, 1)", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class AutoContrast(Augmentation):
    """Stretch each channel's values over the whole range, at inference too."""

    kind = "auto_contrast"
    keras = "AutoContrast"
    field = "map"
    view = False
    value_range: Any = values()
    examples = (
        Example("auto_contrast", ((32, 32, 3),), (32, 32, 3)),
        Example("auto_contrast value_range=(0, 1)", ((28, 30, 1),), (28, 30, 1)),
    )

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        # compared for the least and the largest; times a scale, plus an offset; cut off at both ends
        return (Operation("contrast", 6),)


@register
class Clahe(Augmentation):
    """Contrast limited adaptive histogram equalisation: values are spread within each tile, at inference too.

    Zuiderveld (1994). Between the tiles' centres the results of four are mixed.
    """

    kind = "clahe"
    keras = "ContrastLimitedAdaptiveHistogramEqualization"
    aliases = ("contrast_limited_adaptive_histogram_equalization",)
    field = "unknown"  # a tile, and those around it
    view = False
    value_range: Any = values()
    clip_limit: Any = arg(Number(0), "how many times its share a value may be counted; 0: any", 4)
    tiles: Any = arg(Grid(), "how many tiles there are: rows and columns", 8, keras="tile_grid_size", symbol="t")
    examples = (
        Example("clahe", ((32, 32, 3),), (32, 32, 3)),
        Example("clahe 2, tiles=4x5", ((28, 30, 1),), (28, 30, 1)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        space, _ = spatial(self.kind, inputs[0], 2)
        for n, tiles in zip(space, per_axis(self.tiles, 2, "tiles"), strict=True):
            # The last tiles are filled by what is mirrored at the edge, which is no more than there is.
            why = phrase("{n} are too few for {tiles} tiles", n=n, tiles=tiles)
            require(ceildiv(n, tiles) * tiles <= 2 * n, "E311", at="tiles", first="`tiles`", second=phrase("this shape"), why=why)
        return super().shape(*inputs)

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        # four values found in tables are mixed: along the rows twice, and once along the columns, three operations each
        return (Operation("contrast", 9),)
