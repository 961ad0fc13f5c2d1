"""The axes of what flows in: spatial ones and channels, the last, one by number; and a value for each of them."""

from __future__ import annotations

from typing import Any

from archcalc.argtypes import counted
from archcalc.languages import phrase
from archcalc.sizes import Refusal, Shape, Size
from archcalc.windows import Window


def spatial(kind: str, x: Shape, pinned: int | None) -> tuple[Shape, Size]:
    """Split a shape into its spatial axes (one to three) and its channels."""
    rank = len(x) - 1
    if not 1 <= rank <= 3 or (pinned is not None and rank != pinned):
        raise Refusal("E302", kind=kind, wanted=phrase("{axes} and channels", axes=spatial_axes(pinned)), shape=x)
    return x[:-1], x[-1]


def spatial_axes(rank: int | None) -> str:
    """How many there are to be, in words."""
    if rank is None:
        return phrase("one to three spatial axes")
    return phrase("1 spatial axis") if rank == 1 else phrase("{n} spatial axes", n=rank)


def per_axis(value: Any, rank: int, argument: str) -> tuple[Any, ...]:
    """One value for each axis: the same for all if one was given."""
    if not isinstance(value, tuple):
        return (value,) * rank
    if len(value) != rank:
        facts = {"argument": f"`{argument}`", "got": len(value), "rank": rank, "axes": phrase("axis") if rank == 1 else phrase("axes")}
        raise Refusal("E303", at=argument, **facts)
    return value


def slide(layer: Any, rank: int, ceil: bool = False) -> tuple[Window, ...]:
    """The window of a layer that has `kernel`, `stride`, `padding` and perhaps `dilation`, axis by axis."""
    return tuple(
        Window(kernel, stride, dilation, padding, ceil)
        for kernel, stride, dilation, padding in zip(
            per_axis(layer.kernel, rank, "kernel"),
            per_axis(layer.stride, rank, "stride"),
            per_axis(getattr(layer, "dilation", 1), rank, "dilation"),
            per_axis(layer.padding, rank, "padding"),
            strict=True,
        )
    )


def axis_of(axis: int, shape: Shape, at: str = "axis") -> int:
    """The axis as an index into the shape. Refuses with E312."""
    if not -len(shape) <= axis < len(shape):
        raise Refusal("E312", at=at, axis=counted(axis), rank=len(shape))
    return axis % len(shape)


def axes_of(axes: int | tuple[int, ...], shape: Shape) -> tuple[int, ...]:
    """One axis, or several, as indices into the shape, in order. Refuses with E312, and with E311 one that is there twice."""
    found: dict[int, int] = {}
    for axis in axes if isinstance(axes, tuple) else (axes,):
        place = axis_of(axis, shape)
        if place in found:
            raise Refusal(
                "E311",
                at="axis",
                first=phrase("axis {n}", n=counted(found[place])),
                second=phrase("axis {n}", n=counted(axis)),
                why=phrase("they are the same axis"),
            )
        found[place] = axis
    return tuple(sorted(found))
