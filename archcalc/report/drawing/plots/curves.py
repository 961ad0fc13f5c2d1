"""Learning curves: a measured figure by epoch, with what it was before and after training."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.languages import tr
from archcalc.report.drawing.plots.axes import SOME, beside
from archcalc.report.drawing.plots.scales import Scale, between, counted, sideways
from archcalc.report.drawing.plots.texts import ROW, SIZE, Texts, fitting, wide
from archcalc.report.drawing.svg import Canvas, Svg

TALL = 150.0
TOP = 10.0
MOST = 300  # points of a line
KNOTS = 40  # epochs that have a mark each


class Curve(NamedTuple):
    """A figure at the end of each epoch; None where it was no number. `apart` are measured by themselves: a word, the epoch, the value."""

    name: str
    values: tuple[float | None, ...]
    apart: tuple[tuple[str, int, float], ...]


def curve(shown: Curve) -> Svg:
    """The figure by epoch. There is a number among them."""
    canvas = Canvas()
    texts = Texts(canvas)
    known = [value for value in (*shown.values, *(v for _, _, v in shown.apart)) if value is not None]
    share = all(0 <= value <= 1 for value in known) and "accuracy" in shown.name
    scale = between(min(0.0, *known, 0.0), 1.0 if share else max(*known, 0.0), TALL)
    left = max(map(wide, scale.texts)) + 6
    labels = _labels(shown, scale)
    right = SOME - max(wide(text) for _, text in labels) - 10
    along = sideways(max(len(shown.values), 1), right - left, counted, SIZE)
    beside(canvas, texts, scale, left, right, TOP)
    for tick, text in zip(along.ticks, along.texts, strict=True):
        texts.write(text, left + along.at(tick), TOP + TALL + ROW + 4, "middle", "soft")
    texts.write(tr("epoch"), SOME, TOP + TALL + ROW + 4, "end", "soft")

    def place(epoch: int, value: float) -> tuple[float, float]:
        return left + along.at(epoch), TOP + TALL - scale.at(value)

    _line(canvas, [None if v is None else place(i, v) for i, v in enumerate(shown.values, 1)], len(shown.values) <= KNOTS)
    for word, epoch, value in shown.apart:
        x, y = place(epoch, value)
        if not epoch:  # from there to its words, which stand at the other end
            canvas.add("path", class_="unknown", d=f"M{x:.1f} {y:.1f}H{right:.1f}")
        canvas.open("g")
        canvas.add("title", tr("{name}: {figure}", name=word, figure=short(value)))
        canvas.add("path", class_="apart", d=f"M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z")
        canvas.close("g")
    for y, text in labels:
        texts.write(text, right + 8, TOP + TALL - y + 4)
    if None in shown.values:
        word = tr("not a number in epoch {n}", n=f"{shown.values.index(None) + 1:,}")
        texts.write(fitting(word, right - left), (left + right) / 2, TOP + TALL / 2, "middle", "value")
    return canvas.svg(SOME, TOP + TALL + ROW + 10, tr("{name} by epoch", name=shown.name), _says(shown))


def _line(canvas: Canvas, points: list[tuple[float, float] | None], knots: bool) -> None:
    each = -(-len(points) // MOST) or 1
    path, pen = "", "M"
    for point in [p for i, p in enumerate(points) if i % each == 0 or i == len(points) - 1]:
        path += "" if point is None else f"{pen}{point[0]:.1f} {point[1]:.1f}"
        pen = "M" if point is None else "L"
    if path:
        canvas.add("path", class_="course", d=path)
    for point in points if knots else ():
        if point is not None:
            canvas.add("circle", class_="knot", cx=point[0], cy=point[1], r=2.5)


def _labels(shown: Curve, scale: Scale) -> list[tuple[float, str]]:
    """What each mark at the end is, at its height, and no text over another."""
    found = [(scale.at(value), tr("{name} {figure}", name=word, figure=short(value))) for word, epoch, value in shown.apart if epoch]
    last = next((value for value in reversed(shown.values) if value is not None), None)
    if last is not None:
        found.append((scale.at(last), tr("{name} {figure}", name=tr("training"), figure=short(last))))
    first = [(scale.at(value), tr("{name} {figure}", name=word, figure=short(value))) for word, epoch, value in shown.apart if not epoch]
    return _spread(sorted([*found, *first]))


def _spread(labels: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Heights a line apart, as near as can be to where they belong, and none above the top."""
    heights: list[float] = []
    for y, _ in labels:
        heights.append(max(y, heights[-1] + ROW) if heights else max(y, 0.0))
    top = TALL
    for i in range(len(heights) - 1, -1, -1):
        heights[i] = min(heights[i], top)
        top = heights[i] - ROW
    return [(y, text) for y, (_, text) in zip(heights, labels, strict=True)]


def short(value: float) -> str:
    """A measured value with four digits."""
    return f"{value:.4g}"


def _says(shown: Curve) -> str:
    parts = [tr("{name} {figure}", name=word, figure=short(value)) for word, _, value in shown.apart]
    known = [value for value in shown.values if value is not None]
    if known:
        parts.append(tr("from {first} in the first epoch to {last} in the last", first=short(known[0]), last=short(known[-1])))
    return "; ".join(parts)
