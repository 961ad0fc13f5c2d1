"""The bodies of a picture of maps: stacks of sheets, of strips, of boxes, and bars; and lines from a window to a unit."""

from __future__ import annotations

from math import log2, sqrt
from typing import Any

from archcalc.report.drawing.fed import Box
from archcalc.report.drawing.svg import Canvas, short
from archcalc.sizes import Shape

MOST_SHEETS = 8
LONGEST, SHORTEST = 118.0, 7.0  # sides of maps
STRIP = 6.0  # how wide a map of one axis is
BAR = 10.0
THIN = 2.0  # a part of a bar
UNIT = 0.6  # where on a bar a unit is drawn
FREE = 0.5  # of the longest side, where a length is not a number
Point = tuple[float, float]


class Solid:
    """Maps in one stack. `face` is the size of the sheet in front, which stands lower right."""

    def __init__(self, space: tuple[Any, ...], face: Point, sheets: int, spread: float, depth: float = 0.0, values: Any = None) -> None:
        self.space = space  # the lengths along its face: rows and columns, or rows alone
        self.values = values  # of a bar, which has no such lengths: how many it stands for
        self.face = face
        self.sheets = sheets
        self.spread = spread
        self.depth = depth  # how far a map of three axes reaches back
        self.width = face[0] + spread + depth
        self.height = face[1] + spread + depth

    def front(self, corner: Point) -> Point:
        """Where the sheet in front begins, of a body that begins at a corner."""
        return corner[0] + self.spread, corner[1] + self.spread + self.depth

    def draw(self, canvas: Canvas, x: float, y: float) -> None:
        """All sheets, from the back to the front."""
        step = self.spread / (self.sheets - 1) if self.sheets > 1 else 0.0
        wide, high = self.face
        for i in range(self.sheets):
            left, top = x + i * step, y + i * step + self.depth
            if self.depth:
                d = self.depth
                canvas.add(
                    "path",
                    class_="m-side",
                    d=f"M{short(left)} {short(top)}l{short(d)} {short(-d)}h{short(wide)}v{short(high)}l{short(-d)} {short(d)}",
                )
            canvas.add("rect", class_="m-sheet", x=left, y=top, width=wide, height=high)
            if self.depth:
                canvas.add("path", class_="m-edge", d=f"M{short(left + wide)} {short(top)}l{short(self.depth)} {short(-self.depth)}")

    def part(self, corner: Point, box: Box) -> tuple[float, float, float, float]:
        """The rectangle (x, y, width, height) on the sheet in front that positions take, from first to last."""
        x, y = self.front(corner)
        wide, high = self.face
        box = box[-2:]
        if not box:
            return x, y, wide, high
        if not self.space:
            first, last = box[0]
            part = max(high * (last + 1 - first) / self.values, THIN)
            return x, y + (high - part) * first / max(self.values - 1 - (last - first), 1), wide, part
        (top, bottom), (left, right) = box[0], box[1] if len(box) > 1 else (0, 0)
        rows, columns = self.space[0], self.space[1] if len(box) > 1 else 1
        return x + wide * left / columns, y + high * top / rows, wide * (right + 1 - left) / columns, high * (bottom + 1 - top) / rows


def solid_of(space: Shape, maps: Any, longest: int) -> Solid:
    """The body of maps: a bar for a vector, and for maps that are single values; a stack for all others."""
    if not space or len(space) > 3 or all((n == 1) is True for n in space):
        return Solid((), (BAR, _high(maps)), 1, 0.0, values=maps)
    sides = [_side(n, longest) for n in space]
    sheets, spread = _stack(maps)
    lengths = tuple(n for n in space[-2:])
    if len(space) == 1:
        return Solid(lengths, (STRIP, sides[0]), sheets, spread)
    depth = sides[0] * 0.35 if len(space) == 3 else 0.0
    return Solid(lengths, (sides[-1], sides[-2]), sheets, spread * (1.5 if depth else 1), depth)


def _side(n: Any, longest: int) -> float:
    if not isinstance(n, int):
        return LONGEST * FREE
    return max(LONGEST * sqrt(min(n / longest, 1.0)), SHORTEST)


def _high(n: Any) -> float:
    return min(14 + 11 * log2(min(n, 2**40) + 1), 150.0) if isinstance(n, int) else 90.0


def _stack(maps: Any) -> tuple[int, float]:
    """How many sheets are drawn, and how far apart the first and the last stand."""
    if not isinstance(maps, int):
        return 5, 24.0
    sheets = max(min(maps, MOST_SHEETS), 1)
    return sheets, (sheets - 1) * 4.5 + (3 * log2(min(maps, 2**40) / MOST_SHEETS) if maps > MOST_SHEETS else 0.0)


def fed(canvas: Canvas, source: tuple[Solid, Point], target: tuple[Solid, Point], box: Box | None, unit: tuple[int, ...]) -> None:
    """The window that a unit reads, and lines from its corners to the unit; an arrow where that is not known.

    The unit itself, which no window is to lie over, is drawn by `mark_unit`.
    """
    (a, corner), (b, other) = source, target
    if box is None:
        x, y = corner[0] + a.width + 5, corner[1] + a.height / 2
        canvas.add("path", class_="m-line", d=f"M{short(x)} {short(y)}H{short(other[0] - 5)}m-5 -4l5 4l-5 4")
        return
    left, top, wide, high = a.part(corner, box)
    canvas.add("rect", class_="m-window", x=left, y=top, width=wide, height=high)
    x, y, _, _ = _unit(b, other, unit)
    canvas.add(
        "path", class_="m-line", d=f"M{short(left + wide)} {short(top)}L{short(x)} {short(y)}L{short(left + wide)} {short(top + high)}"
    )


def mark_unit(canvas: Canvas, solid: Solid, corner: Point, unit: tuple[int, ...]) -> None:
    """The unit that a window feeds."""
    x, y, w, h = _unit(solid, corner, unit)
    canvas.add("rect", class_="m-unit", x=x - 1, y=y - h / 2, width=w, height=h)


def _unit(solid: Solid, corner: Point, unit: tuple[int, ...]) -> tuple[float, float, float, float]:
    """The left edge and the middle of a unit, and its size: as large as it is on its map, if that can be seen."""
    if not solid.space:
        x, y = solid.front(corner)
        return x + 1, y + solid.face[1] * UNIT, solid.face[0], 5.0
    left, top, wide, high = solid.part(corner, tuple((k, k) for k in unit))
    w, h = max(wide, 3.0), max(high, 3.0)
    return left + (wide - w) / 2, top + high / 2, w, h
