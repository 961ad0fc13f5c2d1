"""Axes of plots over many layers: ticks beside, names below, upright where there is no room for them side by side."""

from __future__ import annotations

from archcalc.report.drawing.plots.scales import Scale
from archcalc.report.drawing.plots.texts import ROW, SIZE, Texts, box_of, fitting, wide
from archcalc.report.drawing.svg import Canvas, short

WIDTH = 700.0  # of plots over all layers
SOME = 330.0  # of smaller ones
LONGEST = 84.0  # pixels of a name that stands upright
APART = 12.0  # between names side by side


def beside(canvas: Canvas, texts: Texts, scale: Scale, left: float, right: float, top: float) -> None:
    """Ticks from bottom to top, with lines across. The scale's start is the axis itself."""
    for tick, text in zip(scale.ticks, scale.texts, strict=True):
        y = top + scale.length - scale.at(tick)
        canvas.add("path", class_="grid" if tick > scale.low else "axis", d=f"M{left:.1f} {y:.1f}H{right:.1f}")
        texts.write(text, left - 6, y + 4, "end", "soft")


def upright(canvas: Canvas, class_: str, left: float, bottom: float, width: float, height: float) -> None:
    """A bar that stands, in fewer bytes than a rectangle has: there are hundreds."""
    canvas.add("path", class_=class_, d=f"M{short(left)} {short(bottom)}v{short(-height)}h{short(width)}v{short(height)}z")


def below(texts: Texts, names: list[str], centres: list[float], y: float, left: float, right: float) -> float:
    """Names under their places; how far down they reach. Where they do not all fit, as many as do, the first and the last among them."""
    pitch = (right - left) / max(len(names), 1)
    if all(wide(name[:200]) + APART <= pitch for name in names):
        for name, x in zip(names, centres, strict=True):
            texts.write(name, x, y + ROW, "middle", "soft")
        return y + ROW + 4
    if pitch >= ROW:
        shown = [fitting(name, LONGEST) for name in names]
        for name, x in zip(shown, centres, strict=True):
            texts.upright(name, x + SIZE * 0.35, y + 5, "soft")
        return y + max(map(wide, shown)) + 9
    last = fitting(names[-1], LONGEST)
    taken = box_of(last, right, y + ROW, "end").left
    texts.write(last, right, y + ROW, "end", "soft")
    edge, before = left, ""
    for name, x in zip(names[:-1], centres, strict=False):
        outer = name.partition(".")[0]  # the block instance says more than the first of its layers
        text = fitting(outer, LONGEST)
        start = max(x - pitch / 2, left)
        if outer != before and start >= edge and start + wide(text) + APART <= taken:
            texts.canvas.add("path", class_="axis", d=f"M{start:.1f} {y:.1f}v4")
            texts.write(text, start, y + ROW, class_="soft")
            edge = start + wide(text) + APART
        before = outer
    return y + ROW + 4
