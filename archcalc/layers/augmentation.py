"""Augmentation: in training an image is moved, cut or mixed at random. At inference it passes on as it is.

Each kind has Keras's arguments, but for the seed. A `factor` is how much at most, or the two ends of a range.
"""

from __future__ import annotations

from typing import Any, ClassVar

from archcalc.argtypes import Choice, Count, Flag, Number
from archcalc.arguments import arg
from archcalc.languages import phrase, together
from archcalc.layers.axes import spatial
from archcalc.layers.options import Numbers, Option
from archcalc.registry import register
from archcalc.sizes import Shape, Size, require
from archcalc.spec import Example, Layer

PART = Numbers(0, 1, several=2)
EITHER_WAY = Numbers(-1, 1, several=2)
COLORS = {1: phrase("1 channel (grey)"), 3: phrase("3 channels (red, green and blue)")}


def values(**options: Any) -> Any:
    """The argument that says between which numbers pixels lie."""
    return arg(Numbers(several=2, single=False), "the least and the largest value of a pixel", (0, 255), positional=False, **options)


def interpolation() -> Any:
    """The argument that says how values between pixels are found."""
    return arg(Choice("nearest", "bilinear"), "how values between pixels are found", "bilinear")


def fill_mode() -> Any:
    """The argument that says what stands beyond the edges."""
    return arg(Option("reflect", "wrap", "constant", named=("nearest",)), "what stands beyond the edges", "reflect")


def fill_value() -> Any:
    """The argument that says what stands beyond the edges with `constant`."""
    return arg(Number(), "what `constant` puts there", 0, positional=False)


class Augmentation(Layer):
    """Base: an image, rows x columns x channels, keeps its shape; only training does anything to it."""

    field = "same"
    turns = True
    view = True
    works_on: ClassVar[tuple[int, ...]] = ()  # numbers of channels; (): any

    def channels(self) -> tuple[int, ...]:
        """How many channels an image may have; (): any number."""
        return self.works_on

    def shape(self, *inputs: Shape) -> Shape:
        _, channels = spatial(self.kind, inputs[0], 2)
        allowed = self.channels()
        if allowed:
            fits = channels == allowed[0]
            for number in allowed[1:]:
                fits = fits | (channels == number)
            require(fits, "E302", kind=self.kind, wanted=together(" or ", (COLORS[n] for n in allowed)), shape=inputs[0])
        return inputs[0]


@register
class RandomFlip(Augmentation):
    """Turn an image over at random: left to right, upside down, or both."""

    kind = "random_flip"
    keras = "RandomFlip"
    mode: str = arg(Choice("horizontal", "vertical", "horizontal_and_vertical"), "in which direction", "horizontal_and_vertical")
    examples = (
        Example("random_flip", ((32, 32, 3),), (32, 32, 3)),
        Example("random_flip horizontal", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class RandomRotation(Augmentation):
    """Rotate an image by a random angle: `factor` is a part of a full turn."""

    kind = "random_rotation"
    keras = "RandomRotation"
    factor: Any = arg(EITHER_WAY, "the largest part of a full turn, either way; or from, to")
    fill_mode: str = fill_mode()
    interpolation: str = interpolation()
    fill_value: Any = fill_value()
    examples = (
        Example("random_rotation 0.1", ((32, 32, 3),), (32, 32, 3)),
        Example("random_rotation (-0.2, 0.3), constant, fill_value=255", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class RandomTranslation(Augmentation):
    """Shift an image at random, by a part of its height and of its width."""

    kind = "random_translation"
    keras = "RandomTranslation"
    height_factor: Any = arg(EITHER_WAY, "the largest part of the height, up or down; or from, to")
    width_factor: Any = arg(EITHER_WAY, "the largest part of the width, left or right; or from, to")
    fill_mode: str = fill_mode()
    interpolation: str = interpolation()
    fill_value: Any = fill_value()
    examples = (
        Example("random_translation 0.1, 0.1", ((32, 32, 3),), (32, 32, 3)),
        Example("random_translation (-0.2, 0.3), 0, fill_mode=nearest, nearest", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class RandomZoom(Augmentation):
    """Zoom into an image, or out of it, at random; by the height and the width alike, unless `width_factor` is given."""

    kind = "random_zoom"
    keras = "RandomZoom"
    height_factor: Any = arg(Numbers(-1, 1, several=2, above=True), "how far: below 0 is in, above is out; or from, to")
    width_factor: Any = arg(Numbers(-1, 1, several=2, above=True), "the same for the width", None)
    fill_mode: str = fill_mode()
    interpolation: str = interpolation()
    fill_value: Any = fill_value()
    examples = (
        Example("random_zoom 0.2", ((32, 32, 3),), (32, 32, 3)),
        Example("random_zoom (-0.3, -0.1), (-0.2, 0.2), wrap", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class RandomShear(Augmentation):
    """Shear an image at random: its rows or columns slide along each other."""

    kind = "random_shear"
    keras = "RandomShear"
    x_factor: Any = arg(PART, "how far rows slide, of the height; or from, to", 0)
    y_factor: Any = arg(PART, "how far columns slide, of the width; or from, to", 0)
    interpolation: str = interpolation()
    fill_mode: str = fill_mode()
    fill_value: Any = fill_value()
    examples = (
        Example("random_shear 0.2", ((32, 32, 3),), (32, 32, 3)),
        Example("random_shear (0.1, 0.2), 0.3, nearest", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class RandomPerspective(Augmentation):
    """View an image from a random side: its corners move."""

    kind = "random_perspective"
    keras = "RandomPerspective"
    factor: Any = arg(PART, "how probable it is; or from, to", 1)
    scale: Any = arg(Number(0, 1), "how far a corner moves at most", 1)
    interpolation: str = interpolation()
    fill_value: Any = arg(Number(), "what stands beyond the edges", 0, positional=False)
    examples = (
        Example("random_perspective", ((32, 32, 3),), (32, 32, 3)),
        Example("random_perspective 0.5, scale=0.3", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class RandomElasticTransform(Augmentation):
    """Distort an image at random, as if it were drawn on rubber (Simard, Steinkraus & Platt 2003)."""

    kind = "random_elastic_transform"
    keras = "RandomElasticTransform"
    factor: Any = arg(PART, "how probable it is; or from, to", 1)
    scale: Any = arg(PART, "how strong it is; or from, to", 1)
    interpolation: str = interpolation()
    fill_mode: str = fill_mode()
    fill_value: Any = fill_value()
    value_range: Any = values()
    examples = (
        Example("random_elastic_transform", ((32, 32, 3),), (32, 32, 3)),
        Example("random_elastic_transform 0.5, (0.1, 0.4), wrap", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class RandomErasing(Augmentation):
    """Paint a random rectangle of an image over (Zhong et al. 2020)."""

    kind = "random_erasing"
    keras = "RandomErasing"
    factor: Any = arg(PART, "how probable it is; or from, to", 1)
    scale: Any = arg(PART, "the rectangle's part of the image; or from, to", (0.02, 0.33))
    fill_value: Any = arg(Numbers(several=3), "the colour; noise, if not given", None, positional=False)
    value_range: Any = values()
    examples = (
        Example("random_erasing", ((32, 32, 3),), (32, 32, 3)),
        Example("random_erasing 0.5, (0.1, 0.2), fill_value=0", ((28, 30, 1),), (28, 30, 1)),
    )

    def channels(self) -> tuple[int, ...]:
        return (3,) if isinstance(self.fill_value, tuple) else ()


@register
class RandomCrop(Augmentation):
    """Cut a piece of this size out of an image, at a random place.

    At inference, and where the image is smaller, it is the largest piece of the same form, resized.
    """

    kind = "random_crop"
    keras = "RandomCrop"
    field = "unknown"  # the piece has the form of the size by float32's rounding
    view = False
    height: Size = arg(Count(), "rows of the piece")
    width: Size = arg(Count(), "columns of the piece")
    examples = (
        Example("random_crop 24, 24", ((32, 32, 3),), (24, 24, 3)),
        Example("random_crop 40, 20", ((28, 30, 1),), (40, 20, 1)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        return (self.height, self.width, super().shape(*inputs)[-1])


@register
class RandAugment(Augmentation):
    """A few operations drawn at random from a fixed list, all of one strength (Cubuk et al. 2020)."""

    kind = "rand_augment"
    keras = "RandAugment"
    works_on = (1, 3)
    value_range: Any = values()
    num_ops: Size = arg(Count(), "how many operations", 2)
    factor: Any = arg(PART, "how strong each is; or from, to", 0.5)
    interpolation: str = interpolation()
    examples = (
        Example("rand_augment", ((32, 32, 3),), (32, 32, 3)),
        Example("rand_augment 3, 0.2", ((28, 30, 1),), (28, 30, 1)),
    )


@register
class AugMix(Augmentation):
    """Chains of random operations, mixed with the image itself (Hendrycks et al. 2020)."""

    kind = "aug_mix"
    keras = "AugMix"
    value_range: Any = values()
    num_chains: Size = arg(Count(), "how many chains", 3)
    chain_depth: Size = arg(Count(), "how many operations in a chain", 3)
    factor: Any = arg(PART, "how strong each is; or from, to", 0.3)
    alpha: Any = arg(Number(0), "how evenly the chains are mixed", 1, positional=False)
    all_ops: bool = arg(Flag(), "colours and sharpness too, and not only form", True)
    interpolation: str = interpolation()
    examples = (
        Example("aug_mix", ((32, 32, 3),), (32, 32, 3)),
        Example("aug_mix 2, 1, noall_ops", ((28, 30, 4),), (28, 30, 4)),
    )

    def channels(self) -> tuple[int, ...]:
        return (1, 3) if self.all_ops else ()
