"""Level by level: what is in a frame is laid out first, and is one block in what is around it."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.graph import Node
from archcalc.report.drawing.columns import Page, Part, stacked
from archcalc.report.drawing.items import Item
from archcalc.report.drawing.pieces import Block, Piece, size_said
from archcalc.report.drawing.plan import LABEL, MARGIN, STUB, TITLE, Knot, Path, Placed, Plan
from archcalc.report.drawing.valley import Valley, as_valley, valley

SHEET = Page(820.0, 1.0)  # of the whole
FRAME = Page(1000.0, 1.3)  # of what is in a frame
BESIDE = 6.0  # between a frame's title and an edge that comes in beside it


class Shown(NamedTuple):
    """What stands for the values of layers that are not drawn, and which values the network puts out."""

    instead: dict[int, Node]
    outputs: frozenset[int]

    def value(self, node: Node) -> Node:
        """The value that is drawn for a node's."""
        while (other := self.instead.get(id(node))) is not None and other is not node:  # what stands for it may repeat itself
            node = other
        return node


class Flow:
    """Which items of a level read which values, and which give them to others, or to what is around the level."""

    def __init__(self, items: list[Item], outs: list[Node], shown: Shown) -> None:
        owner = {id(node): i for i, item in enumerate(items) for node in item.nodes}
        self.reads: list[list[Node]] = []
        for i, item in enumerate(items):
            values = item.reads if item.reads is not None else [s for node in item.nodes for s in node.inputs]
            found = dict.fromkeys(shown.value(v) for v in values)
            self.reads.append([v for v in found if owner.get(id(v)) != i])
        given: list[dict[Node, None]] = [{} for _ in items]
        self.ins: dict[Node, None] = {}
        self.last: dict[int, int] = {}  # of each value, the last item that reads it
        for i, values in enumerate([*self.reads, outs]):
            for v in values:
                self.last[id(v)] = i
                if id(v) in owner:
                    given[owner[id(v)]][v] = None
                else:
                    self.ins[v] = None
        self.gives = [list(each) for each in given]

    def cuts(self) -> list[int]:
        """The items after which nothing flows on but one value, which they give."""
        alive = {id(v) for v in self.ins}
        found = []
        sources = max((i for i, values in enumerate(self.reads) if not values), default=0)  # what begins further below stands beside
        for i, given in enumerate(self.gives):
            alive |= {id(v) for v in given}
            alive = {v for v in alive if self.last[v] > i}
            if i >= sources and len(alive) == 1 and any(id(v) in alive for v in given) and not self._ends(i):
                found.append(i)
        return found

    def _ends(self, i: int) -> bool:
        """Whether nothing follows an item but an end of the network: it stays with what leads to it."""
        return i == len(self.gives) - 2 and not self.gives[-1]


def laid_out(items: list[Item], shown: Shown) -> Plan:
    """A whole network."""
    return _level(items, [], [], shown, SHEET, framed=False)


def _level(items: list[Item], ins: list[Node], outs: list[Node], shown: Shown, page: Page, *, framed: bool) -> Plan:
    if not items:
        return Plan()
    flow = Flow(items, outs, shown)
    blocks = []
    for i, item in enumerate(items):
        block = Block(item, _framed(item, flow.reads[i], flow.gives[i], shown) if item.inside else None)
        block.reads, block.gives = flow.reads[i], flow.gives[i]
        if block.plan is not None:  # as they come in from left to right
            places = {v: block.plan.ins[id(v)] for v in block.reads}
            block.reads = sorted(places, key=places.__getitem__)
        else:
            before = shown.value(item.head.inputs[0]) if item.head is not None and item.head.inputs else None
            block.labels = {id(v): size_said(v, before, id(v) in shown.outputs) for v in block.gives}
        blocks.append(block)
    parts: list[Part] = []
    valleys: list[tuple[Valley, int]] = []
    start, stub, coming = 0, TITLE if framed else STUB, ins
    for cut in dict.fromkeys((*flow.cuts(), len(items) - 1)):
        some = blocks[start : cut + 1]
        last = cut == len(items) - 1
        going = outs if last else [v for v in blocks[cut].gives if flow.last[id(v)] > cut]
        found = None if framed or valleys else valley(some, coming)
        if found is not None:
            valleys.append((found, len(parts)))
        parts.append(_part(some, coming, going, stub))
        stub = LABEL if blocks[cut].plan is None and any(blocks[cut].label(v) for v in going) else STUB
        start, coming = cut + 1, going
    if valleys:
        found, at = valleys[0]
        return as_valley(found, parts[:at], parts[at + 1 :], lambda some, comes, goes: _part(some, comes, goes, LABEL), outs)
    plan = stacked(parts, page, framed)
    return _closed(plan, parts[-1], outs) if framed else plan


def _part(blocks: list[Block], ins: list[Node], outs: list[Node], stub: float) -> Part:
    plan = Piece(blocks, ins, outs, stub).plan()
    value = outs[0] if len(outs) == 1 else None
    axis = next(iter(plan.ins.values())) if len(ins) == 1 else plan.outs[id(value)] if value is not None else plan.width / 2
    out = plan.outs[id(value)] if value is not None else 0.0
    tail = next((b.item for b in reversed(blocks) if value in b.gives), None) if value is not None else None
    return Part(plan, axis, value, out, tail)


def _closed(plan: Plan, part: Part, outs: list[Node]) -> Plan:
    """In a frame, what goes out at a block goes on to the frame's foot."""
    value = part.value
    if value is not None and plan.open:
        x = plan.outs[id(value)]
        foot = plan.height + LABEL
        plan.paths.append(Path(value, (Knot(x, plan.height), Knot(x, foot)), part.tail, None))
        plan.height = foot
    elif not outs:
        plan.height += MARGIN
    return plan


def _framed(item: Item, ins: list[Node], outs: list[Node], shown: Shown) -> Plan:
    """A frame with a title around what is inside; edges come in at its top and go out at its foot."""
    inner = _level(item.inside, ins, outs, shown, FRAME, framed=True)
    title = sum(w.width for w in item.words) + BESIDE * (len(item.words) - 1)
    at, left = _title_place(sorted(x + MARGIN for x in inner.ins.values()), title, inner.width + 2 * MARGIN)
    plan = Plan()
    plan.width = max(inner.width + left + 2 * MARGIN, at + title + MARGIN)
    plan.height = inner.height
    plan.frames = [Placed(item, 0.0, 0.0, plan.width, plan.height, at)]
    plan.take(inner, left + MARGIN, 0.0)
    plan.ins = {v: x + left + MARGIN for v, x in inner.ins.items()}
    plan.outs = {v: x + left + MARGIN for v, x in inner.outs.items()}
    return plan


def _title_place(ports: list[float], width: float, room: float) -> tuple[float, float]:
    """Where a title stands so that no edge runs through it, and how much room has to be added at the left for it."""
    side = MARGIN - BESIDE
    free = zip([side - BESIDE, *ports], [*ports, room - side + BESIDE], strict=True)
    for low, high in free:
        if high - low >= width + 2 * BESIDE:
            return low + BESIDE, 0.0
    return side, max(0.0, side + width + BESIDE - ports[0]) if ports else 0.0
