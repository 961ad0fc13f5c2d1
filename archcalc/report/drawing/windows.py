"""A layer's window drawn on its input: padding, the kernel at a position, the output that it gives, and what no window reads.

Two axes of up to 40 positions are one picture, cell by cell; any other axis is a strip of its own, of which both ends are drawn
if it is long. The first position of the window is drawn, and the last. Groups of the class `w-at` move with the window: by
`data-x` and `data-y` from one position to the next, and from the column `data-turn` on by `data-jump` more, where a strip has
its break.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from archcalc.languages import tr
from archcalc.report.drawing.sliding import Axis, Slide
from archcalc.report.drawing.strips import LETTER, Strip, strip_of
from archcalc.report.drawing.svg import FONT, Canvas, Svg, short, text_width

MOST_CELLS = 40  # of an axis that is drawn in a grid
MARGIN = 10.0
LARGEST, SMALLEST, WIDEST = 16.0, 7.0, 300.0  # of a cell, and of a grid
BETWEEN = 46.0  # from a grid to the output's


class Step(NamedTuple):
    """A picture of a window along one axis or two, and which of its positions along each are in the picture.

    `along` are the axes that it shows, by their place: two that are alike are one strip. `svg` draws it, with an id of its own.
    """

    svg: Callable[[str], Svg]
    axes: tuple[Axis, ...]
    along: tuple[int, ...]
    shown: tuple[tuple[range, ...], ...]


def pictures(slide: Slide) -> list[Step]:
    """The pictures of a window: one of both axes, or one of each that is not like another."""
    moving = {i: axis for i, axis in enumerate(slide.axes) if axis.moves or len(slide.axes) < 3}
    if len(moving) == 2 and all(a.length <= MOST_CELLS + 8 and a.n <= MOST_CELLS for a in moving.values()):
        rows, columns = moving.values()
        shown = (range(rows.out),), (range(columns.out),)
        return [Step(lambda id_: _grid(rows, columns, id_), (rows, columns), tuple(moving), shown)]
    alike: dict[Axis, list[int]] = {}
    for i, axis in moving.items():
        if axis.moves:
            alike.setdefault(axis, []).append(i)
    return [_strip(axis, tuple(places)) for axis, places in alike.items()]


def _strip(axis: Axis, along: tuple[int, ...]) -> Step:
    strip = strip_of(axis)
    return Step(lambda id_: draw_strip(strip, id_), (axis,), along, (strip.positions,))


def draw_strip(strip: Strip, id_: str) -> Svg:
    """One axis: the input above, the output below."""
    canvas = Canvas()
    _hatch(canvas, id_)
    strip.draw(canvas, MARGIN, MARGIN + 18, f"url(#{id_}-h)")
    return canvas.svg(strip.width + 2 * MARGIN, strip.height + 18 + 2 * MARGIN, title_of((strip.axis,)), says((strip.axis,)))


def title_of(axes: tuple[Axis, ...]) -> str:
    """What a picture shows, in a few words."""
    return tr("A window of {kernel} on an input of {n}", kernel=_by(a.kernel for a in axes), n=_by(a.n for a in axes))


def says(axes: tuple[Axis, ...]) -> str:
    """The same at length: stride, padding, dilation, output."""
    parts = [tr("stride {stride}", stride=_each(a.stride for a in axes))]
    if any(a.dilation > 1 for a in axes):
        parts.append(tr("dilation {dilation}", dilation=_each(a.dilation for a in axes)))
    pads = [f"{a.before}" if a.before == a.after else f"{a.before}+{a.after}" for a in axes]
    if set(pads) != {"0"}:
        parts.append(tr("padding {padding}", padding=" x ".join(pads if len(set(pads)) > 1 else pads[:1])))
    parts.append(tr("output {out}", out=_by(a.out for a in axes)))
    return tr(", ").join(parts)


def _by(sizes: Iterable[int]) -> str:
    return "x".join(map(str, sizes))


def _each(sizes: Iterable[int]) -> str:
    """One size where all are the same."""
    return _by(dict.fromkeys(found) if len(set(found := list(sizes))) == 1 else found)


# ---- two axes


def _grid(rows: Axis, columns: Axis, id_: str) -> Svg:
    cell = max(min(WIDEST * 2 // max(rows.length, columns.length) / 2, LARGEST), SMALLEST)
    canvas = Canvas()
    _hatch(canvas, id_)
    heads = tr("input {size}", size=f"{rows.n}x{columns.n}"), tr("output {size}", size=f"{rows.out}x{columns.out}")
    wide, high = columns.length * cell, rows.length * cell
    left, top = MARGIN, MARGIN + LETTER + 6
    other = left + max(wide, text_width(heads[0], LETTER)) + BETWEEN
    for head, x in zip(heads, (left, other), strict=True):
        canvas.add("text", head, class_="w-text", x=x, y=MARGIN + LETTER - 2, font_size=LETTER, font_family=FONT)
    padded = (columns.before + columns.n + columns.after) * cell, (rows.before + rows.n + rows.after) * cell
    canvas.add("rect", x=left, y=top, width=padded[0], height=padded[1], fill=f"url(#{id_}-h)")
    x, y = left + columns.before * cell, top + rows.before * cell
    canvas.add("rect", class_="w-input", x=x, y=y, width=columns.n * cell, height=rows.n * cell)
    _lost(canvas, rows, columns, (x, y), cell)
    _cells(canvas, (left, top), padded, cell)
    canvas.add("rect", class_="w-output", x=other, y=top, width=columns.out * cell, height=rows.out * cell)
    _cells(canvas, (other, top), (columns.out * cell, rows.out * cell), cell)
    end = (columns.out - 1) * columns.stride * cell, (rows.out - 1) * rows.stride * cell
    if end != (0.0, 0.0):
        canvas.open("g", class_="w-last")
        canvas.add("rect", x=left + end[0], y=top + end[1], width=columns.reach * cell, height=rows.reach * cell)
        canvas.add("rect", x=other + (columns.out - 1) * cell, y=top + (rows.out - 1) * cell, width=cell, height=cell)
        canvas.close("g")
    canvas.open("g", class_="w-at", data_x=columns.stride * cell, data_y=rows.stride * cell)
    _kernel(canvas, (left, top), rows, columns, cell)
    canvas.close("g")
    canvas.open("g", class_="w-at", data_x=cell, data_y=cell)
    canvas.add("rect", class_="w-unit", x=other, y=top, width=cell, height=cell)
    canvas.close("g")
    width = other + max(columns.out * cell, text_width(heads[1], LETTER)) + MARGIN
    return canvas.svg(width, top + max(high, rows.out * cell) + MARGIN, title_of((rows, columns)), says((rows, columns)))


def _hatch(canvas: Canvas, id_: str) -> None:
    """The pattern of padding; its name is the picture's own."""
    canvas.open("pattern", id=f"{id_}-h", width=5, height=5, patternUnits="userSpaceOnUse", patternTransform="rotate(45)")
    canvas.add("path", class_="w-hatch", d="M0 0V5")
    canvas.close("pattern")


def _cells(canvas: Canvas, corner: tuple[float, float], size: tuple[float, float], cell: float) -> None:
    """A grid in two elements: a thick line that is dashed is a row of thin ones."""
    (x, y), (wide, high) = corner, size
    dashes = f"1 {_less(cell)}"
    canvas.add(
        "path", class_="w-cells", d=f"M{_half(x)} {short(y + high / 2)}h{short(wide + 1)}", stroke_width=high, stroke_dasharray=dashes
    )
    canvas.add(
        "path", class_="w-cells", d=f"M{short(x + wide / 2)} {_half(y)}v{short(high + 1)}", stroke_width=wide, stroke_dasharray=dashes
    )


def _half(x: float) -> str:
    return short(x - 0.5)


def _less(cell: float) -> str:
    return f"{cell - 1:.3f}".rstrip("0").rstrip(".")


def _lost(canvas: Canvas, rows: Axis, columns: Axis, corner: tuple[float, float], cell: float) -> None:
    """What no window reads: whole rows and whole columns."""
    x, y = corner
    wide, high = short(columns.n * cell), short(rows.n * cell)
    parts = []
    for first, last in rows.unread(0, rows.n - 1):
        parts.append(f"M{short(x)} {short(y + first * cell)}h{wide}v{short((last + 1 - first) * cell)}h-{wide}z")
    for first, last in columns.unread(0, columns.n - 1):
        parts.append(f"M{short(x + first * cell)} {short(y)}v{high}h{short((last + 1 - first) * cell)}v-{high}z")
    if parts:
        canvas.add("path", class_="w-lost", d="".join(parts))


def _kernel(canvas: Canvas, corner: tuple[float, float], rows: Axis, columns: Axis, cell: float) -> None:
    """The window's frame, and in it the cells that the kernel reads, one row a dashed line."""
    x, y = corner
    wide = columns.reach * cell
    dashes = f"{short(cell)} {short((columns.dilation - 1) * cell)}" if columns.dilation > 1 else None
    if rows.dilation == 1:
        lines, thick = f"M{short(x)} {short(y + rows.reach * cell / 2)}h{short(wide)}", rows.reach * cell
    else:
        lines = "".join(f"M{short(x)} {short(y + (tap + 0.5) * cell)}h{short(wide)}" for tap in range(0, rows.reach, rows.dilation))
        thick = cell
    canvas.add("path", class_="w-taps", d=lines, stroke_width=thick, stroke_dasharray=dashes)
    canvas.add("rect", class_="w-window", x=x, y=y, width=wide, height=rows.reach * cell)
