"""More or fewer positions along the spatial axes: padding, cropping, repeating, resizing. The channels stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcalc.argtypes import Choice, Count, Flag, Number, Padding, PerAxis
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.layers.axes import per_axis, spatial
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size, leaf, renamed, require
from archcalc.spec import Example, Layer, Operation
from archcalc.windows import Window

if TYPE_CHECKING:
    from archcalc.reading import Reads

FAMILY = "reshaping"

# How many input values along an axis one output value is made of.
TAPS = {"nearest": 1, "bilinear": 2, "bicubic": 4, "lanczos3": 6, "lanczos5": 10}
_PAIRS = "a number, one for each axis, or (before, after) pairs"


class Edges(Layer):
    """Base: some positions more or fewer at both ends of each spatial axis."""

    turns = True

    def sides(self, value: Any, rank: int, argument: str) -> tuple[Any, ...]:
        """For each axis a size for both ends, or (before, after).

        Two numbers for one axis are its ends, as Keras reads them; for two axes they are one for each.
        """
        if rank == 1 and isinstance(value, tuple) and len(value) == 2 and not any(isinstance(v, tuple) for v in value):
            return (value,)
        return per_axis(value, rank, argument)


def both(n: Size, side: Any, symbol: str) -> Size:
    """How many positions in all, at both ends of an axis of length n."""
    return side[0] + side[1] if isinstance(side, tuple) else 2 * _named(n, side, symbol)


def _named(n: Size, value: Size, symbol: str) -> Size:
    """An argument that may be its default, under its symbol where n is traced."""
    return leaf(n, value, symbol) if isinstance(value, int) else value


@register
class ZeroPad(Edges):
    """Zeros around the spatial axes. On one axis `(1, 2)` is 1 before and 2 after, as in Keras."""

    kind = "zero_pad"
    elsewhere = ("pad", "padding", "zeropad")
    field = "maps"
    keras = "ZeroPadding{rank}D"
    padding: Any = arg(Padding(), _PAIRS, 1, short=("pad",), symbol="p")
    examples = (
        Example("zero_pad 3", ((224, 224, 3),), (230, 230, 3)),
        Example("zero_pad", ((7, 5, 6, 2),), (9, 7, 8, 2)),
        Example("zero_pad 1x2", ((9, 10, 3),), (11, 14, 3)),
        Example("zero_pad ((0, 1), (2, 3))", ((9, 10, 3),), (10, 15, 3)),
        Example("zero_pad (1, 2)", ((20, 3),), (23, 3)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        space, channels = spatial(self.kind, inputs[0], self.rank)
        sides = self.sides(self.padding, len(space), "padding")
        return (*(n + both(n, side, "p") for n, side in zip(space, sides, strict=True)), channels)

    def windows(self, *inputs: Shape) -> tuple[Window, ...]:
        space, _ = spatial(self.kind, inputs[0], self.rank)
        return tuple(Window(1, padding=side) for side in self.sides(self.padding, len(space), "padding"))


@register
class Crop(Edges):
    """Cut positions off the spatial axes. On one axis `(1, 2)` is 1 before and 2 after, as in Keras."""

    kind = "crop"
    keras = "Cropping{rank}D"
    cropping: Any = arg(Padding(), f"how much is cut off: {_PAIRS}", symbol="cut")
    examples = (
        Example("crop 2", ((28, 28, 3),), (24, 24, 3)),
        Example("crop 1x2", ((9, 10, 3),), (7, 6, 3)),
        Example("crop ((0, 1), (2, 3), (0, 0))", ((9, 10, 5, 3),), (8, 5, 5, 3)),
        Example("crop (1, 2)", ((20, 3),), (17, 3)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        space, channels = spatial(self.kind, inputs[0], self.rank)
        sides = self.sides(self.cropping, len(space), "cropping")
        left = tuple(self._left(n, side) for n, side in zip(space, sides, strict=True))
        return (*left, channels)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import cut_out

        sides = self.sides(self.cropping, len(out) - 1, "cropping")
        return (cut_out(inputs[0], [side[0] if isinstance(side, tuple) else side for side in sides]),)

    def _left(self, n: Size, side: Any) -> Size:
        before, after = side if isinstance(side, tuple) else (side, side)
        facts = {"input": n, "cut": before + after, "fixes": lambda: [phrase("{n} at most can go, both ends taken together", n=n - 1)]}
        require(n - before - after >= 1, "E314", at="cropping", **facts)
        return n - before - after if isinstance(side, tuple) else n - 2 * side


class Interpolation(Layer):
    """Base: each output value is the weighted sum of the input values around it."""

    turns = True
    interpolation: str

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        # taps multiplications, and one addition less
        taps = TAPS[self.interpolation] ** 2
        return (Operation("interpolation", 2 * taps - 1),) if taps > 1 else ()

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import resampled

        radius = TAPS[self.interpolation] // 2
        return (resampled(inputs[0], out, radius, getattr(self, "antialias", False)),)


@register
class UpSample(Interpolation):
    """Every position several times, in each direction: 7x7 becomes 14x14. On images, other interpolations as well."""

    kind = "upsample"
    elsewhere = ("unpool", "interpolate", "upscale")
    keras = "UpSampling{rank}D"
    size: Any = arg(PerAxis(), "how many times as long each axis becomes", 2, symbol="s")
    interpolation: str = arg(Choice(*TAPS), "how values between are found; on two axes only", "nearest", keras="")
    examples = (
        Example("upsample", ((7, 7, 64),), (14, 14, 64)),
        Example("upsample 2x3, bilinear", ((5, 6, 4),), (10, 18, 4)),
        Example("upsample 3", ((10, 8),), (30, 8)),
        Example("upsample 1x2x2", ((4, 5, 6, 2),), (4, 10, 12, 2)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        space, channels = spatial(self.kind, inputs[0], self.rank)
        if self.interpolation != "nearest" and len(space) != 2:
            kind = phrase("{interpolation} interpolation", interpolation=self.interpolation)
            raise Refusal("E302", at="interpolation", kind=kind, wanted=phrase("two spatial axes and channels"), shape=inputs[0])
        sizes = per_axis(self.size, len(space), "size")
        return (*(n * _named(n, s, "s") for n, s in zip(space, sizes, strict=True)), channels)


class Images(Layer):
    """Base: images of a given size come out. `224x224`, `224`, or Keras's height and width: `224, 160`."""

    turns = True
    size: Any = arg(PerAxis(), "rows and columns, as 224x224 or 224; or the rows alone", keras="height")
    width: Size = arg(Count(), "columns, where the size is the rows alone", None, keras_needs=True)

    def extent(self) -> tuple[Size, Size]:
        """Rows and columns."""
        if self.width is None:
            rows, columns = self._each()
            return renamed(rows, "height"), renamed(columns, "width")
        if isinstance(self.size, tuple):
            raise Refusal(
                "E311", at="width", first="`width`", second=phrase("a whole size"), why=phrase("rows and columns are one number each")
            )
        return renamed(self.size, "height"), self.width

    def _each(self) -> tuple[Any, ...]:
        if isinstance(self.size, tuple) and len(self.size) != 2:
            fixes = (phrase("rows and columns, as in 224x224; the channels stay as they are"),)
            raise Refusal("E303", fixes=fixes, at="size", argument="`size`", got=len(self.size), rank=2, axes="axes")
        return per_axis(self.size, 2, "size")

    def shape(self, *inputs: Shape) -> Shape:
        _, channels = spatial(self.kind, inputs[0], 2)
        return (*self.extent(), channels)

    def settings(self, *inputs: Shape) -> dict[str, Any]:
        return {**super().settings(*inputs), "size": self.extent()}


@register
class Resize(Images, Interpolation):
    """Images of another size, from the values around each new position.

    What the wider kernel of `antialias` reads is not counted.
    """

    kind = "resize"
    keras = "Resizing"
    interpolation: str = arg(Choice("bilinear", *(t for t in TAPS if t != "bilinear")), "how values between are found", "bilinear")
    crop_to_aspect_ratio: bool = arg(Flag(), "cut off what would distort", False, positional=False)
    pad_to_aspect_ratio: bool = arg(Flag(), "fill up what would distort", False, positional=False)
    fill_mode: str = arg(Choice("constant"), "what is filled in", "constant", positional=False)
    fill_value: Any = arg(Number(), "the number that is filled in", 0, positional=False)
    antialias: bool = arg(Flag(), "smooth before it gets smaller", False, positional=False)
    examples = (
        Example("resize 224x224", ((28, 28, 3),), (224, 224, 3)),
        Example("resize 32, 24, nearest", ((28, 30, 1),), (32, 24, 1)),
        Example("resize 64, bicubic, crop_to_aspect_ratio, antialias", ((100, 80, 3),), (64, 64, 3)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            why = phrase("what would distort is either cut off or filled up")
            raise Refusal("E311", at="pad_to_aspect_ratio", first="`crop_to_aspect_ratio`", second="`pad_to_aspect_ratio`", why=why)
        return super().shape(*inputs)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import BY_WORD

        # what would distort is cut off, or filled up, by float32's rounding
        form = self.crop_to_aspect_ratio or self.pad_to_aspect_ratio
        return (BY_WORD["unknown"](self, inputs[0]),) if form else super().fields(out, *inputs)


@register
class CenterCrop(Images):
    """The middle of an image. One that is smaller than that is made larger first, as in Keras."""

    kind = "center_crop"
    keras = "CenterCrop"
    examples = (
        Example("center_crop 224x224", ((256, 256, 3),), (224, 224, 3)),
        Example("center_crop 20, 24", ((28, 30, 1),), (20, 24, 1)),
    )

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import BY_WORD, cut_out

        x = inputs[0]
        if any(n < m for n, m in zip(x, out, strict=True)):  # it is made larger first, by float32's rounding
            return (BY_WORD["unknown"](self, x),)
        return (cut_out(x, [(n - m) // 2 for n, m in zip(x[:-1], out[:-1], strict=True)]),)
