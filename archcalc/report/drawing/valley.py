"""A network that goes down to smaller maps and up again, with values crossing over, drawn as a U.

As Ronneberger, Fischer and Brox (2015) draw theirs, figure 1: what contracts runs down on the left, what expands runs up on the right, and
each value crosses over at the height of the place that gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from archcalc.graph import Node
from archcalc.report.drawing.columns import Part, column
from archcalc.report.drawing.items import Item
from archcalc.report.drawing.pieces import Block
from archcalc.report.drawing.plan import ARROW, LABEL, Knot, Path, Plan
from archcalc.sizes import Size, prod

LANE = LABEL + 6.0  # how far below its box a value crosses over
BETWEEN = 48.0  # from one row to the next, at least
ASIDE = 34.0  # between the middle and the sides

Make = Callable[[list[Block], list[Node], list[Node]], Part]


class Crossing(NamedTuple):
    """A value that crosses over: from a block of the way down, -1 for what stands before it, to one of the way up."""

    value: Node
    start: int
    end: int


class Valley(NamedTuple):
    """The blocks on the way, what crosses over, outermost first, and which blocks stand on the way of what crosses over to a block."""

    way: list[Block]
    crossings: list[Crossing]
    beside: dict[int, list[Block]]


def valley(blocks: Sequence[Block], ins: Sequence[Node]) -> Valley | None:
    """A part of a network as a U; None if it is none: fewer than two values cross over, or not each within the one before."""
    if len(ins) > 1 or any(len(b.gives) > 1 for b in blocks) or len(blocks) < 4:
        return None
    giver = {id(b.gives[0]): i for i, b in enumerate(blocks) if b.gives}
    depth = [0] * len(blocks)
    for i, block in enumerate(blocks):
        depth[i] = 1 + max((depth[giver[id(v)]] for v in block.reads if id(v) in giver), default=0)
    way = _way(blocks, giver, depth)
    place = {i: k for k, i in enumerate(way)}
    place_of = {id(v): -1 for v in ins} | {v: place[i] for v, i in giver.items() if i in place}
    beside = {i: b for i, b in enumerate(blocks) if i not in place}
    over: list[Crossing] = []
    stands: dict[int, list[Block]] = {}
    for k, i in enumerate(way):
        others = [v for v in blocks[i].reads if place_of.get(id(v)) != k - 1]
        if len(others) > 1 or len(blocks[i].reads) != len(others) + 1:
            return None
        for v in others:
            first, between = _back(v, giver, beside)
            if first is None or id(first) not in place_of:
                return None
            over.append(Crossing(first, place_of[id(first)], k))
            stands[k] = between
    over.reverse()
    nested = all(a.start < b.start and b.end < a.end and _smaller(b.value, a.value) for a, b in pairwise(over))
    used = sum(map(len, stands.values())) == len(beside)
    fits = len(over) > 1 and nested and used and over[-1].start + 1 < over[-1].end
    return Valley([blocks[i] for i in way], over, stands) if fits else None


def _way(blocks: Sequence[Block], giver: dict[int, int], depth: list[int]) -> list[int]:
    """The longest way to the last block."""
    way = [len(blocks) - 1]
    while sources := [giver[id(v)] for v in blocks[way[-1]].reads if id(v) in giver]:
        way.append(max(sources, key=lambda i: (depth[i], i)))
    return way[::-1]


def _back(value: Node, giver: dict[int, int], beside: dict[int, Block]) -> tuple[Node | None, list[Block]]:
    """The value from which one comes by way of blocks beside, and these; none where they read several."""
    between: list[Block] = []
    while giver.get(id(value), -1) in beside:
        block = beside[giver[id(value)]]
        if len(block.reads) != 1:
            return None, []
        between.insert(0, block)
        value = block.reads[0]
    return value, between


def _smaller(a: Node, b: Node) -> bool:
    """Whether a value has fewer positions than another, its channels apart."""
    return a.seen is not None and b.seen is not None and (_positions(a) < _positions(b)) is True


def _positions(node: Node) -> Size:
    return prod(node.seen[:-1]) if node.seen else 1


def as_valley(found: Valley, before: list[Part], after: list[Part], make: Make, outs: list[Node]) -> Plan:
    """The picture of a U, with what stands before it above the left side, and what comes after it above the right."""
    rows = _rows(found, before, after, make, outs)
    low, floor = found.crossings[-1].start, found.crossings[-1].end
    bottom = column(_chain(found.way[low + 1 : floor], found.crossings[-1].value, make))
    return _Drawing(found, rows, bottom).plan


def _rows(found: Valley, before: list[Part], after: list[Part], make: Make, outs: list[Node]) -> list[tuple[Plan, Plan]]:
    """Left and right of each row; the right sides are upside down, since what is there runs upwards."""
    rows = []
    start, end = 0, len(found.way)
    entry = before[-1].value if before else None
    for r, crossing in enumerate(found.crossings):
        left = [*(before if r == 0 else []), *_chain(found.way[start : crossing.start + 1], entry, make)]
        first = found.way[crossing.end]
        comes = found.way[crossing.end - 1].gives[0]
        head = [*found.beside[crossing.end], first]
        if first.plan is None:  # what crosses over comes from the left
            first.reads = sorted(first.reads, key=lambda v: v is comes)
        goes = first.gives if r or crossing.end + 1 < end or first.gives else outs
        right = [
            make(head, [crossing.value, comes], goes),
            *_chain(found.way[crossing.end + 1 : end], first.gives[0] if first.gives else None, make),
        ]
        turned = column([*right, *(after if r == 0 else [])])
        turned.turned()
        rows.append((column(left), turned))
        start, end, entry = crossing.start + 1, crossing.end, crossing.value
    return rows


def _chain(blocks: list[Block], entry: Node | None, make: Make) -> list[Part]:
    parts = []
    for block in blocks:
        parts.append(make([block], [entry] if entry is not None else [], block.gives))
        entry = block.gives[0] if block.gives else None
    return parts


class _Drawing:
    """Puts the sides and the bottom together."""

    def __init__(self, found: Valley, rows: list[tuple[Plan, Plan]], bottom: Plan) -> None:
        self.plan = Plan()
        self.found, self.rows, self.bottom = found, rows, bottom
        self.values = [c.value for c in found.crossings]
        self.axis = max(self._out(left, v) for (left, _), v in zip(rows, self.values, strict=True))
        wide = self.axis + max(left.width - self._out(left, v) for (left, _), v in zip(rows, self.values, strict=True))
        self.middle = wide + ASIDE
        self.right = self.middle + bottom.width + ASIDE
        self.up = max(self._top(right) for _, right in rows)
        self.plan.width = self.right + self.up + max(right.width - self._top(right) for _, right in rows)
        self._place()

    @staticmethod
    def _out(left: Plan, value: Node) -> float:
        return left.outs[id(value)]

    @staticmethod
    def _top(right: Plan) -> float:
        """Where what runs up goes on; a last part has no way on."""
        return next(iter(right.outs.values()), right.width / 2)

    def _place(self) -> None:
        y, above = 0.0, 0.0
        below: list[tuple[float, float, float]] = []  # of each right side: the x of its way on, its upper edge, its foot
        for r, (left, right) in enumerate(self.rows):
            y = (y + BETWEEN if r else 0.0) + max(left.height, right.height)
            x = self.axis - self._out(left, self.values[r])
            if r:
                comes = self.values[r - 1]
                self._join(comes, self.rows[r - 1][0].end, self.axis, above, x + left.ins[id(comes)], y - left.height)
            self.plan.take(left, x, y - left.height)
            side = self.right + self.up - self._top(right)
            self.plan.take(right, side, y - right.height)
            self._cross(self.values[r], left.end, self.axis, y, side + right.ins[id(self.values[r])])
            below.append((side + self._top(right), y - right.height, y))
            above = y
        self._climb(below)
        self._through(above)

    def _join(self, value: Node, source: Item | None, x: float, y: float, to: float, end: float) -> None:
        """From the foot of one row to the top of the next, on the left."""
        knots = (Knot(x, y), Knot(x, end)) if abs(to - x) < 0.05 else (Knot(x, y), Knot(x, y + LANE), Knot(to, end, "curve"))
        self.plan.paths.append(Path(value, knots, source, None))

    def _cross(self, value: Node, source: Item | None, x: float, y: float, to: float) -> None:
        knots = (Knot(x, y), Knot(x, y + LANE), Knot(to, y + LANE), Knot(to, y))
        self.plan.paths.append(Path(value, knots, source, None))

    def _climb(self, below: list[tuple[float, float, float]]) -> None:
        """From the top of each right side to the foot of the one above."""
        for r in range(len(self.rows) - 1):
            value = self.found.way[self.found.crossings[r].end - 1].gives[0]
            to = self.right + self.up - self._top(self.rows[r][1]) + self.rows[r][1].ins[id(value)]
            x, y, _ = below[r + 1]
            end = below[r][2]
            knots = (Knot(x, y), Knot(to, end)) if abs(to - x) < 0.05 else (Knot(x, y), Knot(to, end + ARROW, "curve"), Knot(to, end))
            self.plan.paths.append(Path(value, knots, self.rows[r + 1][1].end, None))

    def _through(self, foot: float) -> None:
        """Down to the bottom, and up from there."""
        crossing, lowest = self.found.crossings[-1], self.rows[-1][1]
        value, start = crossing.value, foot + LANE
        x = self.middle + self.bottom.ins[id(value)]
        top = start + LANE
        self.plan.paths.append(
            Path(value, (Knot(self.axis, foot), Knot(self.axis, start), Knot(x, start), Knot(x, top)), self.rows[-1][0].end, None)
        )
        self.plan.take(self.bottom, self.middle, top)
        goes = self.found.way[crossing.end - 1].gives[0]
        out, end = self.middle + self.bottom.outs[id(goes)], top + self.bottom.height
        to = self.right + self.up - self._top(lowest) + lowest.ins[id(goes)]
        self.plan.paths.append(
            Path(goes, (Knot(out, end), Knot(out, end + LANE), Knot(to, end + LANE), Knot(to, foot)), self.bottom.end, None)
        )
        self.plan.height = end + LANE + 6
