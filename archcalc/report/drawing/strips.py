"""One axis of a window as a strip of cells; both ends of a long one; to scale, without cells, where the window is long."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.languages import tr
from archcalc.report.drawing.sliding import Axis
from archcalc.report.drawing.svg import FONT, Canvas, short, text_width

CELL = 13.0
LETTER = 12.0
MOST = 44  # positions that are drawn in full
END = 16  # of a long axis, at least, at each end
LONGEST_END = 22
FEWER = 50  # positions of a window that is drawn to scale
RULER = 560.0  # how long an axis is that is drawn to scale
BREAK = 34.0
DOWN = 40.0  # from the input to the output


class Strip(NamedTuple):
    """An axis as it is drawn. Of `positions`, those from `turn` on stand behind the break, if there is one."""

    axis: Axis
    cell: float
    head: int  # how many places are drawn from the first on; all, where there is no break
    tail: int  # and how many up to the last
    positions: tuple[range, ...]
    turn: int

    @property
    def width(self) -> float:
        wide = (self.head + self.tail) * self.cell + (BREAK if self.tail else 0)
        return max(wide, self.out_at(self.axis.out - 1) + max(self.cell, 1), text_width(self.head_of("output"), LETTER))

    @property
    def height(self) -> float:
        return CELL * 2 + DOWN

    @property
    def ruler(self) -> bool:
        """Whether it is drawn to scale, without cells."""
        return self.cell < 3

    def at(self, place: int) -> float:
        """Where a place begins, counted from the first of the padding."""
        hidden = self.axis.length - self.head - self.tail
        return place * self.cell if place < self.head or not self.tail else (place - hidden) * self.cell + BREAK

    def out_at(self, k: int) -> float:
        """Where the unit of position k begins."""
        if not self.tail or k < self.turn:
            return k * self.cell
        return self.at(self.axis.length - 1) + self.cell - (self.axis.out - k) * self.cell

    def head_of(self, which: str) -> str:
        """What stands above a strip."""
        return tr("input {size}", size=f"{self.axis.n:,}") if which == "input" else tr("output {size}", size=f"{self.axis.out:,}")

    def draw(self, canvas: Canvas, x: float, y: float, hatch: str) -> None:
        """The strip at a place; `hatch` is what padding is filled with."""
        below = y + CELL + DOWN
        canvas.open("g", font_family=FONT)
        for which, top in (("input", y), ("output", below)):
            canvas.add("text", self.head_of(which), class_="w-text", x=x, y=top - 8, font_size=LETTER)
        canvas.close("g")
        axis = self.axis
        _run(canvas, self, (x, y), 0, axis.before - 1, None, hatch)
        _run(canvas, self, (x, y), axis.before + axis.n, axis.before + axis.n + axis.after - 1, None, hatch)
        _run(canvas, self, (x, y), axis.before, axis.before + axis.n - 1, "w-input")
        for first, last in self.unread():
            _run(canvas, self, (x, y), first + axis.before, last + axis.before, "w-lost")
        if not self.ruler:
            _lines(canvas, self, (x, y))
        _outputs(canvas, self, (x, below))
        last = axis.out - 1
        if last:
            canvas.open("g", class_="w-last")
            canvas.add("rect", x=x + self.at(last * axis.stride), y=y, width=axis.reach * self.cell, height=CELL)
            canvas.add("rect", x=x + self.out_at(last), y=below, width=self._unit, height=CELL)
            canvas.close("g")
        jump = self.at(last * axis.stride) - last * axis.stride * self.cell if self.tail else None
        with_break = {"data_turn": self.turn, "data_jump": jump} if self.tail else {}
        canvas.open("g", class_="w-at", data_x=f"{axis.stride * self.cell:.4g}", data_y=0, **with_break)
        dashes = f"{short(self.cell)} {short((axis.dilation - 1) * self.cell)}" if axis.dilation > 1 and not self.ruler else None
        wide = axis.reach * self.cell
        canvas.add(
            "path", class_="w-taps", d=f"M{short(x)} {short(y + CELL / 2)}h{short(wide)}", stroke_width=CELL, stroke_dasharray=dashes
        )
        canvas.add("rect", class_="w-window", x=x, y=y, width=wide, height=CELL)
        canvas.close("g")
        with_break = {"data_turn": self.turn, "data_jump": self.out_at(last) - last * self.cell} if self.tail else {}
        canvas.open("g", class_="w-at", data_x=f"{self.cell:.4g}", data_y=0, **with_break)
        canvas.add("rect", class_="w-unit", x=x, y=below, width=self._unit, height=CELL)
        canvas.close("g")

    @property
    def _unit(self) -> float:
        return max(self.cell, 1.0)

    def unread(self) -> list[tuple[int, int]]:
        """Runs of input positions that no window reads, of those that are drawn; to scale, of the end alone."""
        axis = self.axis
        if self.ruler:
            end = axis.start(axis.out - 1) + axis.reach
            return [(end, axis.n - 1)] if 0 <= end < axis.n else []
        if not self.tail:
            return axis.unread(0, axis.n - 1)
        tail = axis.length - self.tail - axis.before
        return [*axis.unread(0, self.head - axis.before - 1), *axis.unread(max(tail, self.head - axis.before), axis.n - 1)]


def strip_of(axis: Axis) -> Strip:
    """How an axis is drawn: in full, at both ends, or to scale."""
    if axis.length <= MOST:
        return Strip(axis, CELL, axis.length, 0, (range(axis.out),), axis.out)
    beyond = axis.length - (axis.out - 1) * axis.stride - axis.reach  # behind the last window
    end = max(END, axis.reach + 2 * axis.stride + beyond)
    if end > LONGEST_END:
        every = max(axis.out // FEWER, 1)
        return Strip(axis, RULER / axis.length, axis.length, 0, (range(0, axis.out, every), range(axis.out - 1, axis.out)), axis.out)
    before = range((end - axis.reach) // axis.stride + 1)
    after = range(-(-(axis.length - end) // axis.stride), axis.out)
    return Strip(axis, CELL, end, end, (before, after), after.start)


def _run(
    canvas: Canvas, strip: Strip, corner: tuple[float, float], first: int, last: int, class_: str | None, fill: str | None = None
) -> None:
    """Places from first to last as one rectangle, or as one on each side of the break."""
    x, y = corner
    total = strip.axis.length
    pieces = [(first, min(last, strip.head - 1)), (max(first, total - strip.tail), last)] if strip.tail else [(first, last)]
    for begin, end in pieces:
        if begin <= end:
            wide = (end + 1 - begin) * strip.cell
            canvas.add("rect", class_=class_, x=x + strip.at(begin), y=y, width=max(wide, 1.0), height=CELL, fill=fill)


def _lines(canvas: Canvas, strip: Strip, corner: tuple[float, float]) -> None:
    """The cells' borders: a thick line that is dashed is a row of thin ones."""
    x, y = corner
    there = strip.axis.before + strip.axis.n + strip.axis.after
    pieces = [(0, min(strip.head, there)), (strip.axis.length - strip.tail, there)] if strip.tail else [(0, there)]
    for first, end in pieces:
        if end > first:
            _comb(canvas, x + strip.at(first), y, end - first)
    if strip.tail:
        _break(canvas, x + strip.head * strip.cell, y)


def _comb(canvas: Canvas, x: float, y: float, cells: int) -> None:
    d = f"M{short(x - 0.5)} {short(y + CELL / 2)}h{short(cells * CELL + 1)}"
    canvas.add("path", class_="w-cells", d=d, stroke_width=CELL, stroke_dasharray=f"1 {short(CELL - 1)}")
    canvas.add("path", class_="w-frame", d=f"M{short(x)} {short(y)}h{short(cells * CELL)}m0 {short(CELL)}h{short(-cells * CELL)}")


def _break(canvas: Canvas, x: float, y: float) -> None:
    canvas.add("path", class_="w-dots", d=f"M{short(x + 9)} {short(y + CELL / 2)}h{short(BREAK - 14)}")


def _outputs(canvas: Canvas, strip: Strip, corner: tuple[float, float]) -> None:
    x, y = corner
    last = strip.axis.out - 1
    if strip.ruler or not strip.tail:
        wide = strip.out_at(last) + max(strip.cell, 1.0)
        canvas.add("rect", class_="w-output", x=x, y=y, width=wide, height=CELL)
        if not strip.ruler:
            _comb(canvas, x, y, strip.axis.out)
        return
    before, after = map(len, strip.positions)
    canvas.add("rect", class_="w-output", x=x, y=y, width=before * CELL, height=CELL)
    _comb(canvas, x, y, before)
    _break(canvas, x + before * CELL, y)
    begin = x + strip.out_at(last + 1 - after)
    canvas.add("rect", class_="w-output", x=begin, y=y, width=after * CELL, height=CELL)
    _comb(canvas, begin, y, after)
