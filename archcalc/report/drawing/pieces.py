"""A part of a network between two places through which a single value flows, as a layered drawing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from archcalc.graph import Node
from archcalc.report.drawing.across import Sides, across
from archcalc.report.drawing.items import Item
from archcalc.report.drawing.plan import ARROW, GAP, LABEL, LANE, SIZE, STUB, Knot, Label, Path, Placed, Plan, descent
from archcalc.report.drawing.ranks import Link, Ranked
from archcalc.report.drawing.svg import text_width
from archcalc.report.drawing.words import shape_text, shortened

LONGEST_LABEL = 150.0  # pixels


class Block:
    """An item with its size, where values come in and go out of it, and the sizes that are said of these."""

    __slots__ = ("gives", "height", "item", "labels", "plan", "reads", "width")

    def __init__(self, item: Item, plan: Plan | None = None) -> None:
        self.item = item
        self.plan = plan
        self.width, self.height = (plan.width, plan.height) if plan else item.size
        self.reads: list[Node] = []
        self.gives: list[Node] = []
        self.labels: dict[int, str] = {}

    def out(self, value: Node) -> float:
        """Where a value goes out, from the middle."""
        if self.plan is not None:
            return self.plan.outs[id(value)] - self.width / 2
        count = len(self.gives)
        return (self.gives.index(value) - (count - 1) / 2) * self.width / (count + 1) if count > 1 else 0.0

    def label(self, value: Node) -> str:
        """The size that is said of a value that goes out; "" if none is."""
        return shortened(self.labels.get(id(value), ""), SIZE, LONGEST_LABEL)

    @property
    def right(self) -> float:
        """How far it and its sizes reach to the right of its middle."""
        return max([self.width / 2, *(self.out(v) + 9 + text_width(self.label(v), SIZE) for v in self.gives if self.label(v))])


class Piece:
    """Lays out blocks between the values that come in and those that go out."""

    def __init__(self, blocks: list[Block], ins: Sequence[Node], outs: Sequence[Node], stub: float) -> None:
        """`stub` is how far edges run straight down from where values come in."""
        self.blocks, self.ins, self.stub = blocks, list(ins), stub
        self.first = len(self.ins)
        self.outs = [] if self._ends_at_last(outs) else list(outs)
        self.values = list(outs)
        self.count = self.first + len(blocks) + len(self.outs)
        self.known = {id(v): i for i, v in enumerate(self.ins)}
        for i, block in enumerate(blocks):
            self.known |= {id(v): self.first + i for v in block.gives}
        self.nodes = {id(v): v for v in (*self.ins, *(v for b in blocks for v in b.gives))}
        edges = [(self.known[id(v)], self.first + i, id(v)) for i, b in enumerate(blocks) for v in b.reads if id(v) in self.known]
        lasts = range(self.first + len(blocks), self.count)
        edges += [(self.known[id(v)], last, id(v)) for v, last in zip(self.outs, lasts, strict=True)]
        self.ranked = Ranked(self.count, edges, range(self.first), lasts)
        self.link = {(k.up, k.down, k.value): k for k in self.ranked.links}
        self.starts: dict[Link, float] = {}
        self.ends: dict[Link, float] = {}
        self._ports()
        self.x = across(self.ranked, self._sides(), self.starts, self.ends)
        self._straight()
        self._centred()
        self._down()

    def _ends_at_last(self, outs: Sequence[Node]) -> bool:
        """Whether all that goes out is one value, at the last block, and no other block ends here."""
        if len(outs) != 1 or not self.blocks or outs[0] not in self.blocks[-1].gives:
            return False
        read = {id(v) for b in self.blocks for v in b.reads}
        return all(any(id(v) in read for v in b.gives) for b in self.blocks[:-1])

    def block(self, element: int) -> Block | None:
        """The block that an element is; None of a dummy, or where a value comes in or goes out."""
        return self.blocks[element - self.first] if self.first <= element < self.first + len(self.blocks) else None

    def _ports(self) -> None:
        for link in self.ranked.links:
            block = self.block(link.up)
            self.starts[link] = block.out(self.nodes[link.value]) if block else 0.0
        for element, links in enumerate(self.ranked.above):
            block = self.block(element)
            if block is None or (len(links) < 2 and block.plan is None):
                self.ends |= dict.fromkeys(links, 0.0)
            elif block.plan is not None:
                self.ends |= {k: block.plan.ins[k.value] - block.width / 2 for k in links}
            else:
                self._spread(block, sorted(links, key=lambda k: (self.ranked.place[k.up], self.starts[k])))

    def _spread(self, block: Block, links: list[Link]) -> None:
        """Where several edges end at a box: side by side; the only one that does not skip, at the middle."""
        main = [i for i, k in enumerate(links) if not k.skips]
        middle = float(main[0]) if len(main) == 1 else (len(links) - 1) / 2
        most = max(middle, len(links) - 1 - middle)
        step = min(16.0, (block.width / 2 - 8) / most)
        self.ends |= {k: (i - middle) * step for i, k in enumerate(links)}

    def _sides(self) -> Sides:
        blocks = [self.block(e) for e in range(len(self.ranked.rank))]
        left = [b.width / 2 if b else 1.0 for b in blocks]
        right = [b.right if b else 1.0 for b in blocks]
        return Sides(left, right, [GAP if b and b.plan else LANE for b in blocks])

    def _straight(self) -> None:
        """Put each of several values that come in straight above where it goes, if it goes to one place and all have room."""
        row = self.ranked.rows[0] if len(self.ins) > 1 else []
        if all(len(self.ranked.below[e]) == 1 for e in row):
            places = [self.x[k.down] + self.ends[k] for e in row for k in self.ranked.below[e]]
            if all(b - a >= LANE for a, b in pairwise(places)):
                for e, x in zip(row, places, strict=True):
                    self.x[e] = x

    def _centred(self) -> None:
        """Put what comes in over what goes out, where each is alone in its rank: pieces then stand straight below each other."""
        rows = self.ranked.rows
        if self.values and len(self.ins) == 1 and len(rows) > 1 and len(rows[0]) == len(rows[-1]) == 1:
            top, foot = rows[0][0], rows[-1][0]
            out = self._out_offset(foot)
            middle = (self.x[top] + self.x[foot] + out) / 2
            self.x[top], self.x[foot] = middle, middle - out

    def _out_offset(self, element: int) -> float:
        block = self.block(element)
        return block.out(self.values[0]) if block and len(self.values) == 1 and self.values[0] in block.gives else 0.0

    def _down(self) -> None:
        """The y of each rank: its upper edge in `top`, and the height of its highest block."""
        rows = self.ranked.rows
        self.top, self.high = [0.0], [max((b.height if (b := self.block(e)) else 0.0) for e in row) for row in rows]
        self.stubs: list[float] = []
        for r, row in enumerate(rows):
            links = [k for e in row for k in self.ranked.below[e]]
            said = any((b := self.block(e)) and any(b.label(v) for v in b.gives) for e in row)
            stub = max(LABEL if said else STUB, self.stub if any(e < self.first for e in row) else 0.0)
            self.stubs.append(stub)
            sideways = [abs(self.x[k.up] + self.starts[k] - self.x[k.down] - self.ends[k]) for k in links]
            self.top.append(self.top[-1] + self.high[r] + descent(stub, sideways))

    def place(self, element: int) -> tuple[float, float, float]:
        """The middle of an element, and its upper and lower edge."""
        block, r = self.block(element), self.ranked.rank[element]
        y = self.top[r] + ((self.high[r] - block.height) / 2 if block else 0.0)
        return self.x[element], y, y + (block.height if block else self.high[r] if self.ranked.is_dummy(element) else 0.0)

    def plan(self) -> Plan:
        """All of it, at its place."""
        plan, sides = Plan(), self._sides()
        reach = range(len(self.x))
        left = min((self.x[e] - sides.left[e] for e in reach), default=0.0)
        self.x = [x - left for x in self.x]
        plan.width = max((self.x[e] + sides.right[e] for e in reach), default=0.0)
        last = len(self.ranked.rows) - 1
        plan.height = self.top[last] + self.high[last] if self.ranked.rows else 0.0
        plan.open = bool(self.values) and not self.outs
        for i, block in enumerate(self.blocks):
            self._add(plan, block, *self.place(self.first + i))
        for (up, down, value), way in self.ranked.ends.items():
            plan.paths.append(self._path(up, down, value, way))
        plan.ins = {id(v): self.x[i] for i, v in enumerate(self.ins)}
        for v in self.values:
            e = self.known[id(v)]
            giver = self.block(e)
            plan.outs[id(v)] = self.x[e] + (giver.out(v) if giver else 0.0)
        for v, e in zip(self.outs, range(self.first + len(self.blocks), self.count), strict=True):
            plan.outs[id(v)] = self.x[e]
        return plan

    def _add(self, plan: Plan, block: Block, x: float, top: float, foot: float) -> None:
        left = x - block.width / 2
        if block.plan is None:
            plan.boxes.append(Placed(block.item, left, top, block.width, block.height))
        else:
            plan.take(block.plan, left, top)
        plan.labels += [Label(x + block.out(v) + 5, foot + 12, block.label(v)) for v in block.gives if block.label(v)]

    def _path(self, up: int, down: int, value: int, way: list[int]) -> Path:
        links = [self.link[a, b, value] for a, b in pairwise(way)]
        x = self.x[up] + self.starts[links[0]]
        knots = [Knot(x, self.place(up)[2])]
        for link in links:
            r = self.ranked.rank[link.up]
            to = self.x[link.down] + self.ends[link]
            if abs(to - x) >= 0.05:
                y = self.top[r] + self.high[r]
                knots += [Knot(x, y + self.stubs[r]), Knot(to, self.top[r + 1] - ARROW, "curve")]
                x = to
        knots.append(Knot(x, self.place(down)[1]))
        ends = [block.item if (block := self.block(e)) else None for e in (up, down)]
        return Path(self.nodes[value], tuple(knots), *ends)


def size_said(value: Node, before: Node | None, always: bool) -> str:
    """What is said of a value's size: nothing where it is that of what its layer reads."""
    text = shape_text(value)
    return "" if before is not None and not always and shape_text(before) == text else text
