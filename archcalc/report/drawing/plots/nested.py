"""Fields on the input: one rectangle around the other, to scale."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.languages import tr, trn
from archcalc.report.drawing.plots.axes import SOME
from archcalc.report.drawing.plots.fields import Field, Growth, in_words
from archcalc.report.drawing.plots.texts import ROW, Texts, fitting
from archcalc.report.drawing.plots.texts import wide as text_wide
from archcalc.report.drawing.svg import Canvas, Svg

SIDE = 176.0  # of the picture without its texts
BESIDE = 18.0  # from there to the texts
MOST = 9  # rectangles
NEAR = 2.5  # pixels between the edges of two; what is nearer is left out
BEYOND = 1.6  # of the input's length that is drawn; fields beyond it are said
FINE = 64  # positions of the input that are drawn as a grid


class Square(NamedTuple):
    """A field of that size, and the first layer that has it."""

    rows: int
    columns: int
    name: str


def squares(found: Growth) -> list[Square]:
    """The sizes along the trunk, each once, from small to large. All of an input with two axes."""
    sizes: dict[tuple[int, int], Field] = {}
    for field in found.fields:
        rows, columns = found.size(field, 0), found.size(field, 1)
        if rows is not None and columns is not None and not found.is_whole(field, 0) and not found.is_whole(field, 1):
            sizes.setdefault((rows, columns), field)
    return sorted(Square(*size, field.node.name) for size, field in sizes.items())


def nested(found: Growth) -> Svg:
    """The fields around the middle of the input. What is larger than the input has a dashed edge."""
    canvas = Canvas()
    texts = Texts(canvas)
    all_squares = squares(found)
    rows, columns = found.lengths
    drawable = [s for s in all_squares if s.rows <= BEYOND * rows and s.columns <= BEYOND * columns]
    tall, across = max([rows, *(s.rows for s in drawable)]), max([columns, *(s.columns for s in drawable)])
    scale = SIDE / max(tall, across)
    shown = _apart(drawable, scale)
    height = max(tall * scale, ROW * (len(shown) + 3)) + 8
    x, y = SIDE / 2 + 2, height / 2
    _input(canvas, rows, columns, scale, x, y)
    listed = (ROW * (len(shown) + 1)) / 2
    row = y - listed + 10
    size = tr("input {size}", size=f"{rows:,}x{columns:,}")
    texts.write(fitting(size, (SOME - SIDE - BESIDE - 4) / 1.1), SIDE + BESIDE + 4, row, class_="strong")
    for i, square in enumerate(reversed(shown)):
        wide, high = square.columns * scale, square.rows * scale
        larger = square.rows > rows or square.columns > columns
        canvas.add("rect", class_="field beyond" if larger else "field", x=x - wide / 2, y=y - high / 2, width=wide, height=high)
        line = row + ROW * (i + 1)
        # Each leader leaves from its own corner: the upper ones from above the middle, so that none crosses another.
        at = max(min(line - 4, y + high / 2), y - high / 2)
        canvas.add("path", class_="leader", d=f"M{x + wide / 2:.1f} {at:.1f}L{SIDE + BESIDE:.1f} {line - 4:.1f}")
        size = fitting(f"{square.rows:,}x{square.columns:,}", SOME - SIDE - BESIDE - 40)
        texts.write(size, SIDE + BESIDE + 4, line)
        at = SIDE + BESIDE + 10 + text_wide(size)
        texts.write(fitting(square.name, SOME - at), at, line, class_="soft")
    return canvas.svg(SOME, height, tr("Receptive fields on the input"), in_words(found))


def left_out(found: Growth) -> list[str]:
    """What the picture does not show, in words."""
    every = squares(found)
    rows, columns = found.lengths
    large = [s for s in every if s.rows > BEYOND * rows or s.columns > BEYOND * columns]
    notes = []
    if large:
        size = f"{large[-1].rows:,}x{large[-1].columns:,}"
        notes.append(
            trn(
                "{n} size is too large for the picture: {size}.",
                "{n} sizes are too large for the picture, up to {size}.",
                len(large),
                size=size,
            )
        )
    return notes


def _apart(found: list[Square], scale: float) -> list[Square]:
    """Those whose edges can be told apart; of many, as many as there is room for, the smallest and the largest among them."""
    kept: list[Square] = []
    for square in found:
        last = kept[-1] if kept else None
        if last is None or max(square.rows - last.rows, square.columns - last.columns) * scale / 2 >= NEAR:
            kept.append(square)
    if len(kept) <= MOST:
        return kept
    places = [round(i * (len(kept) - 1) / (MOST - 1)) for i in range(MOST)]
    return [kept[i] for i in places]


def _input(canvas: Canvas, rows: int, columns: int, scale: float, x: float, y: float) -> None:
    left, top = x - columns * scale / 2, y - rows * scale / 2
    canvas.add("rect", class_="plane", x=left, y=top, width=columns * scale, height=rows * scale)
    if max(rows, columns) <= FINE:
        down = "".join(f"M{left + i * scale:.1f} {top:.1f}v{rows * scale:.1f}" for i in range(1, columns))
        across = "".join(f"M{left:.1f} {top + i * scale:.1f}h{columns * scale:.1f}" for i in range(1, rows))
        canvas.add("path", class_="grid", d=down + across)
