"""Bars by layer: lying, with a name and a number each; or standing side by side, where there are many."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from archcalc.figures import Figure
from archcalc.languages import tr
from archcalc.report.drawing.plots.axes import upright
from archcalc.report.drawing.plots.entries import NAMED, Entry
from archcalc.report.drawing.plots.scales import Scale, counted, in_bytes, sideways, stored, upwards
from archcalc.report.drawing.plots.texts import SIZE, Texts, box_of, fitting, wide
from archcalc.report.drawing.svg import Canvas, Svg
from archcalc.report.text import clean, number

WIDTH = 330.0
LINE = 19.0  # from a bar to the next
THICK = 11.0
TALL = 150.0  # of bars that stand
MOST_NAME, LONG = 110.0, 66.0  # pixels of a name, and of a number with all its digits
LABELLED = 3  # bars that stand and have their name over them
LEAST = 1.0  # of a bar, so that what is small is still seen


class Bars(NamedTuple):
    """What a plot of bars shows: a figure of every entry. `total` is that of the network, None where it is unknown."""

    figure: Figure
    entries: list[Entry]
    values: list[int | None]
    total: int | None


def bars(shown: Bars) -> Svg:
    """The plot. A bar is as long as its figure is large: the scale is linear, and begins at 0."""
    return _lying(shown) if len(shown.entries) <= NAMED else _standing(shown)


def said(figure: Figure, value: int | None) -> str:
    """A figure with its unit, as the table has it."""
    return tr("unknown") if value is None else stored(value) if _bytes(figure) else number(value)


def _bytes(figure: Figure) -> bool:
    return figure.name.endswith("bytes")


def _say(figure: Figure) -> Callable[[Fraction, Fraction], str]:
    return in_bytes if _bytes(figure) else counted


def _most(shown: Bars) -> int:
    return max((value for value in shown.values if value is not None), default=0)


def _full(shown: Bars, entry: Entry, value: int | None) -> str:
    """What stands under the pointer: the name, the figure, and its part of the whole."""
    text = tr("{name}: {figure}", name=clean(entry.name[:200]), figure=said(shown.figure, value))
    if entry.layers > 1:
        text = tr("{text}, {n} layers", text=text, n=number(entry.layers))
    if value and shown.total:
        text = tr("{text} ({share} of all)", text=text, share=percent(value, shown.total))
    return text


def percent(part: int, whole: int) -> str:
    """A part of a whole, in percent with one decimal."""
    return f"{float(Fraction(part, whole) * 100):.1f}%"


def _says(shown: Bars) -> str:
    """The plot in words: where the most is."""
    known = [(value, entry) for value, entry in zip(shown.values, shown.entries, strict=True) if value]
    largest = sorted(known, key=lambda pair: -pair[0])[:LABELLED]
    if not largest:
        return tr("None has any.")
    return tr("The most: {largest}.", largest="; ".join(_full(shown, entry, value) for value, entry in largest))


def _link(canvas: Canvas, entry: Entry) -> None:
    """The row of the table with the exact figure. By key the table itself is nearer, so that no bar is a stop on the way."""
    canvas.open("a", href=f"#{entry.id}", tabindex=-1)


def _lying(shown: Bars) -> Svg:
    canvas = Canvas()
    texts = Texts(canvas)
    labels = [_label(shown.figure, value) for value in shown.values]
    names = [fitting(entry.name, MOST_NAME) for entry in shown.entries]
    left = max(map(wide, names), default=0) + 8
    right = max(map(wide, labels), default=0) + 6
    scale = sideways(_most(shown), WIDTH - left - right, _say(shown.figure), SIZE)
    right = max(right, wide(scale.texts[-1]) / 2)
    scale = sideways(_most(shown), WIDTH - left - right, _say(shown.figure), SIZE)
    bottom = LINE * len(names) + 4
    _grid(canvas, texts, scale, left, bottom)
    for i, (entry, name, label, value) in enumerate(zip(shown.entries, names, labels, shown.values, strict=True)):
        y = LINE * i + 4
        _link(canvas, entry)
        canvas.add("title", _full(shown, entry, value))
        texts.write(name, left - 8, y + 9.5, "end")
        length = max(scale.at(value), LEAST) if value else 0.0
        if length:
            canvas.add("rect", class_="bar", x=left, y=y, width=length, height=THICK)
        texts.write(label, left + length + 4, y + 9.5, class_="value")
        canvas.close("a")
    canvas.add("path", class_="axis", d=f"M{left:.1f} 0V{bottom:.1f}")
    return canvas.svg(WIDTH, bottom + 18, _title(shown), _says(shown))


def _title(shown: Bars) -> str:
    return tr("{figure} by layer", figure=tr(shown.figure.title))


def _label(figure: Figure, value: int | None) -> str:
    text = said(figure, value)
    return text if value is None or wide(text) <= LONG else _say(figure)(Fraction(value), Fraction(value))


def _grid(canvas: Canvas, texts: Texts, scale: Scale, left: float, bottom: float) -> None:
    for tick, text in zip(scale.ticks, scale.texts, strict=True):
        x = left + scale.at(tick)
        if tick:
            canvas.add("path", class_="grid", d=f"M{x:.1f} 0V{bottom:.1f}")
        texts.write(text, x, bottom + 14, "middle", "soft")


def _standing(shown: Bars) -> Svg:
    canvas = Canvas()
    texts = Texts(canvas)
    top = 18.0
    scale = upwards(_most(shown), TALL, _say(shown.figure))
    left = max(map(wide, scale.texts)) + 6
    count = len(shown.entries)
    pitch = (WIDTH - left) / count
    for tick, text in zip(scale.ticks, scale.texts, strict=True):
        y = top + TALL - scale.at(tick)
        canvas.add("path", class_="grid" if tick else "axis", d=f"M{left:.1f} {y:.1f}H{WIDTH:.1f}")
        texts.write(text, left - 6, y + 4, "end", "soft")
    for i, (entry, value) in enumerate(zip(shown.entries, shown.values, strict=True)):
        _link(canvas, entry)
        canvas.add("title", _full(shown, entry, value))
        height = max(scale.at(value), LEAST) if value else 0.0
        x = left + i * pitch
        # What the pointer finds is as tall as the plot.
        upright(canvas, "reach", x, top + TALL, pitch, TALL)
        if value is None:
            texts.canvas.add("path", class_="unknown", d=f"M{x + pitch / 2:.1f} {top:.1f}v{TALL:.1f}")
        else:
            upright(canvas, "bar", x, top + TALL, pitch - min(1, pitch / 4), height)
        canvas.close("a")
    _name_largest(shown, texts, scale, left, pitch, top)
    _ends(shown, texts, left, top + TALL + 14)
    return canvas.svg(WIDTH, top + TALL + 18, _title(shown), _says(shown))


def _name_largest(shown: Bars, texts: Texts, scale: Scale, left: float, pitch: float, top: float) -> None:
    """Names over the largest bars, where there is room."""
    ranked = sorted((-(value or 0), i) for i, value in enumerate(shown.values) if value)
    for rank, i in ranked[:LABELLED]:
        text = fitting(shown.entries[i].name, MOST_NAME)
        half = wide(text) / 2
        x = min(max(left + (i + 0.5) * pitch, left + half), WIDTH - half)
        y = top + TALL - scale.at(-rank) - 4
        box = box_of(text, x, y, "middle")
        under = range(max(0, int((box.left - left) / pitch)), min(len(shown.values), int((box.right - left) / pitch) + 1))
        hidden = any((value := shown.values[j]) is not None and top + TALL - scale.at(value) < box.bottom for j in under if j != i)
        if texts.free(box) and not hidden:
            texts.write(text, x, y, "middle", "value")


def _ends(shown: Bars, texts: Texts, left: float, y: float) -> None:
    """The first and the last name, under the axis."""
    room = (WIDTH - left) / 2 - 8
    texts.write(fitting(shown.entries[0].name, room), left, y, class_="soft")
    texts.write(fitting(shown.entries[-1].name, room), WIDTH, y, "end", "soft")
