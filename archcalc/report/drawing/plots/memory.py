"""Memory while the layers run: what is alive at each step, and what the most is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from archcalc.analysis.memory import Liveness
from archcalc.languages import tr, trn
from archcalc.report.drawing.plots.axes import SOME, WIDTH, below, beside, upright
from archcalc.report.drawing.plots.bars import percent
from archcalc.report.drawing.plots.scales import in_bytes, stored, upwards
from archcalc.report.drawing.plots.texts import Texts, fitting, wide
from archcalc.report.drawing.svg import Canvas, Svg
from archcalc.report.explain.memory import needed_for
from archcalc.report.text import clean

TALL = 180.0
TOP = 22.0  # room for the peak's name
MOST = 150  # columns; where there are more steps, each is the largest of several
PARTS = 8  # of the peak that are drawn by themselves
PART = 31.0  # pixels of a part's two lines
STACK = 54.0  # the width of the pile
LINKED = 26.0  # from the pile to its texts


class Column(NamedTuple):
    """A step, or several in a row: the largest of them, its bytes, and how many there are."""

    name: str
    bytes: int
    step: int
    steps: int


def columns(found: Liveness) -> list[Column]:
    """The steps in their order; no more than MOST columns."""
    names = [node.name for node in found.graph.layers]
    each = max(-(-len(names) // MOST), 1)
    stretches = [range(i, min(i + each, len(names))) for i in range(0, len(names), each)]
    at = [max(stretch, key=lambda i: (found.live[i], -i)) for stretch in stretches]
    return [Column(names[i], int(found.live[i]), i, len(stretch)) for i, stretch in zip(at, stretches, strict=True)]


def over_time(found: Liveness, ids: Mapping[str, str]) -> Svg:
    """Bytes that are alive at each step, with the peak marked. All sizes are numbers, and there is a layer."""
    canvas = Canvas()
    texts = Texts(canvas)
    shown = columns(found)
    scale = upwards(_peak(found), TALL, in_bytes)
    left = max(map(wide, scale.texts)) + 6
    pitch = (WIDTH - left) / len(shown)
    beside(canvas, texts, scale, left, WIDTH, TOP)
    for i, column in enumerate(shown):
        x, height = left + i * pitch, scale.at(column.bytes)
        canvas.open("a", href=f"#{ids[column.name]}", tabindex=-1)
        canvas.add("title", _full(column))
        upright(canvas, "reach", x, TOP + TALL, pitch, TALL)
        class_ = "bar peak" if column.bytes == found.peak else "bar step"
        upright(canvas, class_, x, TOP + TALL, _thick(pitch), height)
        canvas.close("a")
    _mark_peak(texts, found, shown, left, pitch, TOP + TALL - scale.at(_peak(found)))
    centres = [left + (i + 0.5) * pitch for i in range(len(shown))]
    bottom = below(texts, [column.name for column in shown], centres, TOP + TALL, left, WIDTH)
    title = tr("Memory that is alive while each layer runs")
    peak = tr("The most is {most}, while {layer} runs.", most=stored(_peak(found)), layer=clean(found.at_layer))
    return canvas.svg(WIDTH, bottom, title, peak)


def _peak(found: Liveness) -> int:
    assert isinstance(found.peak, int)
    return found.peak


def _thick(pitch: float) -> float:
    """Columns touch each other: it is one course. A hair stays free where there is room, to tell them apart."""
    return pitch - (1 if pitch >= 6 else 0)


def _full(column: Column) -> str:
    text = tr("{name}: {figure}", name=clean(column.name[:200]), figure=stored(column.bytes))
    return text if column.steps == 1 else trn("{text}, of {n} step", "{text}, the most of {n} steps", column.steps, text=text)


def _mark_peak(texts: Texts, found: Liveness, shown: list[Column], left: float, pitch: float, y: float) -> None:
    """A mark over the first step with the most, and its name beside."""
    i = next(i for i, column in enumerate(shown) if column.bytes == found.peak)
    x = left + (i + 0.5) * pitch
    texts.canvas.add("path", class_="mark", d=f"M{x:.1f} {y - 2:.1f}l-4 -7h8z")
    name = fitting(found.at_layer, 160)
    text = tr("peak {most} at {layer}", most=stored(_peak(found)), layer=name)
    anchor = "start" if x + 8 + wide(text) <= WIDTH else "end"
    texts.write(text, x + (8 if anchor == "start" else -8), y - 5, anchor, "strong value")


class Part(NamedTuple):
    """What is alive at the peak: its name, its bytes, and what it waits for."""

    name: str
    bytes: int
    needed: str
    id: str


def parts(found: Liveness, ids: Mapping[str, str]) -> list[Part]:
    """The live set of the peak, in the order in which it was made; the smallest of many as one."""
    alive = [Part(b.node.name, int(b.bytes), needed_for(found, b), ids.get(b.node.name, "")) for b in found.alive(found.at)]
    if len(alive) <= PARTS:
        return alive
    large = sorted(range(len(alive)), key=lambda i: (-alive[i].bytes, i))[: PARTS - 1]
    rest = [part for i, part in enumerate(alive) if i not in set(large)]
    others = trn("{n} other", "{n} others", len(rest))
    return [alive[i] for i in sorted(large)] + [Part(others, sum(part.bytes for part in rest), "", "")]


def at_peak(found: Liveness, ids: Mapping[str, str]) -> Svg:
    """The live set of the peak as a pile, the first at the bottom, with names beside."""
    canvas = Canvas()
    texts = Texts(canvas)
    shown = parts(found, ids)[::-1]
    whole = sum(part.bytes for part in shown)
    height = max(TALL, PART * len(shown))
    y, row = 2.0, (height - PART * len(shown)) / 2 + 2
    for i, part in enumerate(shown):
        tall = part.bytes / whole * height if whole else 0.0
        if part.id:
            canvas.open("a", href=f"#{part.id}", tabindex=-1)
        canvas.add("title" if part.id else "desc", tr("{name}: {figure}", name=clean(part.name[:200]), figure=stored(part.bytes)))
        canvas.add("rect", class_=f"part part{i % 2}", x=0.5, y=y, width=STACK, height=tall)
        middle = row + PART / 2
        canvas.add("path", class_="axis", d=f"M{STACK + 0.5:.1f} {y + tall / 2:.1f}L{STACK + LINKED - 6:.1f} {middle:.1f}h4")
        _write_part(texts, part, whole, STACK + LINKED, row + 12)
        if part.id:
            canvas.close("a")
        y, row = y + tall, row + PART
    title = tr("What is alive at the peak")
    says = "; ".join(tr("{name}: {figure}", name=clean(part.name[:200]), figure=stored(part.bytes)) for part in shown[::-1])
    return canvas.svg(SOME, height + 4, title, says)


def _write_part(texts: Texts, part: Part, whole: int, x: float, y: float) -> None:
    room = SOME - x
    size = tr("{figure} ({share})", figure=stored(part.bytes), share=percent(part.bytes, whole) if whole else "0%")
    # Bold letters are wider, by a tenth at most.
    name = fitting(part.name, (room - wide(size) - 9) / 1.1)
    texts.write(name, x, y, class_="strong")
    texts.write(size, x + wide(name) * 1.1 + 8, y)
    texts.write(fitting(part.needed, room), x, y + 13, class_="soft")
