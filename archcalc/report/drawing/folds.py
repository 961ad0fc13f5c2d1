"""How much of a network is drawn: all if that can be read; else repetitions once, blocks folded, and, at last, the middle left out."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.graph import Graph, Node
from archcalc.languages import tr, trn
from archcalc.report.drawing.items import KIND, NAME, NOTE, Builder, Item, Words
from archcalc.report.drawing.levels import Shown
from archcalc.report.drawing.repeats import Repeats
from archcalc.report.drawing.svg import text_width
from archcalc.report.drawing.words import TIMES

READABLE = 48  # boxes; where there are more, what stands there several times in a row is drawn once
MOST = 120  # boxes that are drawn, unless a depth is asked for
MOST_ASKED = 1500  # and if it is


class Folded(NamedTuple):
    """What is drawn, and what is to be said of what is not."""

    items: list[Item]
    shown: Shown
    notes: list[str]

    @staticmethod
    def width(note: str) -> float:
        """Of a note, in pixels."""
        return text_width(note, NOTE)


def folded(graph: Graph, depth: int | None) -> Folded:
    """The items of a network: with blocks folded from `depth` on, or as far as it takes."""
    builder = Builder(graph, depth)
    items = builder.items(builder.nodes)
    instead: dict[int, Node] = {}
    notes: list[str] = []
    most = MOST if depth is None else MOST_ASKED
    if depth is None and _count(items) > READABLE:
        items = Repeats(builder, instead).once(items)
        if _count(items) > MOST:
            items, instead = _shallower(graph, builder, instead, items)
    repeats = _in_a_row(items)
    if _count(items) > most:
        items = _cut(items, most, notes, instead)
    if repeats:
        notes.insert(0, tr("{times}n: n times the same, one after the other, drawn once", times=TIMES))
    if any(box.style == "folded" for item in items for box in item.boxes()) and depth is None:
        notes.insert(0, tr("blocks are folded to boxes: all at once would be too many to read; --depth N opens more"))
    if not items:
        notes.append(tr("there is no layer to draw"))
    items = _with_outputs(items, graph, instead)
    dead = sum(1 for n in builder.nodes if id(n) not in builder.kept)
    if dead:
        notes.append(trn("{n} layer, in broken lines, reaches no output", "{n} layers, in broken lines, reach no output", dead))
    return Folded(items, Shown(instead, frozenset(builder.outputs)), notes)


def _in_a_row(items: list[Item]) -> bool:
    """Whether some of them stand for several, one after the other."""
    return any((item.times > 1 and not item.beside) or _in_a_row(item.inside) for item in items)


def _count(items: list[Item]) -> int:
    return sum(1 for item in items for _ in item.boxes())


def _shallower(graph: Graph, builder: Builder, instead: dict[int, Node], items: list[Item]) -> tuple[list[Item], dict[int, Node]]:
    """The most depth at which there are not too many boxes; 1, if there are at any."""
    deepest = max((len(builder.around(n)) for n in builder.nodes), default=0)
    for depth in range(min(deepest, 12), 0, -1):
        other = Builder(graph, depth)
        instead = {}
        items = Repeats(other, instead).once(other.items(other.nodes))
        if _count(items) <= MOST:
            break
    return items, instead


def _cut(items: list[Item], most: int, notes: list[str], instead: dict[int, Node]) -> list[Item]:
    """Without what is in the middle: a box says how much that is."""
    head, used = _within(items, most // 2)
    tail, more = _within(items[len(head) :][::-1], most - most // 2 - 1)
    middle = items[len(head) : len(items) - len(tail)]
    if len(middle) == 1 and middle[0].inside:
        middle[0].inside = _cut(middle[0].inside, max(most - used - more, 2), notes, instead)
        return items
    nodes = [n for item in middle for n in item.nodes]
    within = set(map(id, nodes))
    layers = sum(1 for n in nodes if n.inputs) + sum(1 for n in instead.values() if id(n) in within)
    instead |= {id(n): nodes[-1] for n in nodes}  # one edge for all that flows out of it
    said = trn("{n} layer is left out", "{n} layers are left out", layers)
    box = Item(nodes, "left", [Words(said, KIND, "kind")])
    notes.append(tr("{said} in the middle of the network: more boxes than {most} are not drawn", said=said, most=most))
    return [*head, box, *tail[::-1]]


def _within(items: list[Item], most: int) -> tuple[list[Item], int]:
    """The first items that have no more boxes than so many, and how many they have."""
    used = 0
    for i, item in enumerate(items):
        boxes = _count([item])
        if used + boxes > most:
            return items[:i], used
        used += boxes
    return items, used


def _with_outputs(items: list[Item], graph: Graph, instead: dict[int, Node]) -> list[Item]:
    """With a box for each output of the network, after the one that gives it."""
    found = []
    shown = Shown(instead, frozenset())
    wanted = {id(shown.value(n)): n for n in graph.outputs}
    for item in items:
        found.append(item)
        for node in item.nodes:
            if id(node) in wanted:
                name = wanted[id(node)].name if len(wanted) > 1 and wanted[id(node)].named else ""
                box = Item([], "output", [Words(tr("output"), NAME, "name"), *([Words(name, KIND, "kind")] if name else [])])
                box.reads = [node]
                found.append(box)
    return found
