"""How the receptive field grows along the trunk: size by layer, as lines; and on the input itself, one square around the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from archcalc.analysis import Analysis
from archcalc.analysis.receptive import WHOLE, Extent
from archcalc.graph import Node
from archcalc.languages import mark, tr
from archcalc.report.drawing.plots.axes import WIDTH, below, beside, upright
from archcalc.report.drawing.plots.scales import counted, upwards
from archcalc.report.drawing.plots.texts import Texts, box_of, fitting, wide
from archcalc.report.drawing.svg import Canvas, Svg
from archcalc.report.drawing.trunk import longest
from archcalc.report.text import clean

TALL = 250.0
TOP = 8.0
MOST = 150  # layers that have a place of their own
DOTS = 60  # layers that have a mark
IN_WORDS = 12  # layers whose field is said in the picture's description
AXES = {1: (mark("positions"),), 2: (mark("rows"), mark("columns")), 3: (mark("planes"), mark("rows"), mark("columns"))}
ALL = {1: mark("positions"), 2: mark("rows and columns"), 3: mark("planes, rows and columns")}


class Field(NamedTuple):
    """A layer of the trunk, and what it reads of the trunk's input: an extent, all of it, or None where that is not known."""

    node: Node
    extent: Extent | str | None


class Growth(NamedTuple):
    """The fields along the trunk, and the lengths of its input's axes, which are numbers."""

    source: Node
    lengths: tuple[int, ...]
    fields: list[Field]

    def size(self, field: Field, axis: int) -> int | None:
        """How many positions are read along an axis: all, where the whole is; None where it is not known."""
        if field.extent is None:
            return None
        size = field.extent.size[axis] if isinstance(field.extent, Extent) else WHOLE
        return self.lengths[axis] if isinstance(size, str) else size

    def is_whole(self, field: Field, axis: int) -> bool:
        """Whether all is read along an axis, wherever the value stands."""
        return field.extent == WHOLE or (isinstance(field.extent, Extent) and field.extent.size[axis] == WHOLE)


def growth(analysis: Analysis) -> Growth | None:
    """The fields along the longest way through the network; None where no size is known, or the input's are free."""
    path = longest(analysis.graph)
    if path is None or path[0].shape is None:
        return None
    source = path[0]
    if not any(source is node for node in analysis.graph.inputs):
        return None
    shape = path[0].shape
    lengths = tuple(shape[i] for i in analysis.receptive.axes(source))
    found = [Field(node, (analysis.receptive.of(node) or {}).get(source.name)) for node in path[1:]]
    if not all(isinstance(n, int) for n in lengths) or not any(field.extent for field in found):
        return None
    return Growth(source, lengths, found)


def said(field: Field) -> str:
    """A field in words: its size, stride and padding."""
    if not isinstance(field.extent, Extent):
        return tr("the whole input") if field.extent else tr("unknown")
    size, stride, padding = ("x".join(map(str, part)) for part in field.extent[:3])
    return tr("{size}, stride {stride}, padding {padding}", size=size, stride=stride, padding=padding)


def words(axes: int) -> list[str]:
    """What the axes of an input are called."""
    return [tr(word) for word in AXES[axes]] if axes in AXES else [tr("axis {n}", n=i + 1) for i in range(axes)]


def all_words(axes: int) -> str:
    """What they are called together."""
    return tr(ALL[axes]) if axes in ALL else ", ".join(words(axes))


class Series(NamedTuple):
    """A line of the plot: its name, how long the input is there, and the axis."""

    name: str
    length: int
    axis: int


def series(found: Growth) -> list[Series]:
    """A line for each axis; one for all that are alike."""
    names = words(len(found.lengths))
    alike: dict[tuple[object, ...], list[int]] = {}
    for axis, length in enumerate(found.lengths):
        alike.setdefault((length, *(found.size(field, axis) for field in found.fields)), []).append(axis)
    return [Series(", ".join(names[i] for i in axes), found.lengths[axes[0]], axes[0]) for axes in alike.values()]


def lines(found: Growth, ids: Mapping[str, str]) -> Svg:
    """The size of the field by layer, and that of the input across."""
    canvas = Canvas()
    texts = Texts(canvas)
    each = -(-len(found.fields) // MOST)
    shown = [found.fields[min(i + each, len(found.fields)) - 1] for i in range(0, len(found.fields), each)]
    all_series = series(found)
    sizes = [n for one in all_series for field in shown if (n := found.size(field, one.axis)) is not None]
    scale = upwards(max(*sizes, *found.lengths), TALL, counted)
    left = max(map(wide, scale.texts)) + 6
    beside(canvas, texts, scale, left, WIDTH, TOP)
    pitch = (WIDTH - left) / len(shown)
    centres = [left + (i + 0.5) * pitch for i in range(len(shown))]
    for one in {s.length: s for s in reversed(all_series)}.values():
        y = TOP + TALL - scale.at(one.length)
        canvas.add("path", class_="input", d=f"M{left:.1f} {y:.1f}H{WIDTH:.1f}")
    for i, field in enumerate(shown):
        canvas.open("a", href=f"#{ids[field.node.name]}", tabindex=-1)
        canvas.add("title", tr("{name}: {figure}", name=clean(field.node.name[:200]), figure=said(field)))
        upright(canvas, "reach", left + i * pitch, TOP + TALL, pitch, TALL)
        canvas.close("a")
    for number, one in enumerate(all_series):
        places = [(x, _y(found, field, one.axis, scale.at, TOP + TALL)) for x, field in zip(centres, shown, strict=True)]
        _course(canvas, places, number, dots=len(shown) <= DOTS)
    _say_inputs(texts, all_series, left, lambda n: TOP + TALL - scale.at(n))
    _say_gaps(texts, found, shown, centres)
    bottom = below(texts, [field.node.name for field in shown], centres, TOP + TALL, left, WIDTH)
    return canvas.svg(WIDTH, bottom, tr("Receptive field by layer"), in_words(found))


def _y(found: Growth, field: Field, axis: int, at: object, bottom: float) -> float | None:
    size = found.size(field, axis)
    return None if size is None else bottom - at(size)  # type: ignore[operator]


def _course(canvas: Canvas, places: list[tuple[float, float | None]], number: int, *, dots: bool) -> None:
    """A line from layer to layer, with a gap where nothing is known; the second is dashed and has squares."""
    path, pen = "", "M"
    for x, y in places:
        path += "" if y is None else f"{pen}{x:.1f} {y:.1f}"
        pen = "M" if y is None else "L"
    canvas.add("path", class_=f"course course{min(number, 2)}", d=path)
    for x, y in places if dots else ():
        if y is not None and number == 0:
            canvas.add("circle", class_="knot", cx=x, cy=y, r=2.5)
        elif y is not None:
            canvas.add("rect", class_="knot", x=x - 2.5, y=y - 2.5, width=5, height=5)


def _say_inputs(texts: Texts, all_series: list[Series], left: float, y: object) -> None:
    """How long the input is, at its line; left of the lines, which begin low."""
    lengths: dict[int, list[str]] = {}
    for one in all_series:
        lengths.setdefault(one.length, []).append(one.name)
    for length, names in lengths.items():
        text = (
            tr("input: {n}", n=f"{length:,}") if len(all_series) == 1 else tr("input: {n} {axes}", n=f"{length:,}", axes=", ".join(names))
        )
        text = fitting(text, 400)
        at = y(length) - 4  # type: ignore[operator]
        for line in (at, at + 16):
            if line > TOP + 4 and texts.free(box_of(text, left + 6, line)):
                texts.write(text, left + 6, line, class_="value")
                break


def _say_gaps(texts: Texts, found: Growth, shown: list[Field], centres: list[float]) -> None:
    """A word where a gap begins, and where a field becomes the whole input."""
    said_words: dict[str, tuple[float, float]] = {}
    for x, field in zip(centres, shown, strict=True):
        if field.extent is None:
            said_words.setdefault(tr("unknown"), (x, TOP + TALL - 6))
        elif found.is_whole(field, 0):
            said_words.setdefault(tr("whole"), (x, TOP + TALL - 22))
    for text, (x, y) in said_words.items():
        half = wide(text) / 2
        middle = min(x, WIDTH - half)
        if texts.free(box_of(text, middle, y, "middle")):
            texts.write(text, middle, y, "middle", "value")
            texts.canvas.add("path", class_="unknown", d=f"M{x:.1f} {y - 14:.1f}V{TOP:.1f}")


def in_words(found: Growth) -> str:
    """The fields as text: those of the first layers, and the last."""
    fields = found.fields if len(found.fields) <= IN_WORDS else [*found.fields[: IN_WORDS - 1], found.fields[-1]]
    parts = [tr("{name}: {figure}", name=clean(field.node.name[:60]), figure=said(field)) for field in fields]
    size = "x".join(map(str, found.lengths))
    return tr("The input is {size}. {fields}.", size=size, fields="; ".join(parts))
