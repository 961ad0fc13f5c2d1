"""What a drawing of a network is made of: boxes, and frames around the boxes of a block instance that is open.

A layer that keeps the shape, or is another view of the same values, and alone reads the layer before it is drawn as a strip
at the foot of that layer's box: a convolution, its normalisation and its activation are one box.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from archcalc.graph import Graph, Group, Node
from archcalc.languages import tr, trn
from archcalc.report.drawing.svg import text_width
from archcalc.report.drawing.words import BOLD, given_name, group_name, kind_text, shape_text, shortened
from archcalc.report.folding import instances
from archcalc.report.text import clean
from archcalc.spec import Part

NAME, KIND, NOTE, STRIP = 12.0, 11.0, 10.0, 10.0  # sizes of text, in pixels
LINE = {NAME: 16.0, KIND: 15.0, NOTE: 14.0}
STRIP_HEIGHT = 15.0
ROOM, PAD, LEAST = 210.0, 10.0, 64.0  # of a text, beside it, and of a box


class Words:
    """A line of text in a box: its class says how it looks."""

    __slots__ = ("size", "style", "text")

    def __init__(self, text: str, size: float, style: str) -> None:
        self.size, self.style = size, style
        self.text = shortened(text, size, ROOM, self._bold)

    @property
    def _bold(self) -> float:
        """How much wider than others its letters are."""
        return BOLD if self.style in ("name", "times") else 1

    @property
    def width(self) -> float:
        """In pixels, at most."""
        return text_width(self.text, self.size) * self._bold


class Item:
    """A box, or a frame with items `inside`. `nodes` are the layers that it shows; `style` is its class."""

    __slots__ = ("beside", "dead", "group", "head", "inside", "nodes", "reads", "strips", "style", "times", "words")

    def __init__(self, nodes: list[Node], style: str, words: list[Words], group: Group | None = None) -> None:
        self.nodes = nodes
        self.style = style
        self.words = words
        self.group = group
        self.head: Node | None = nodes[0] if nodes else None
        self.strips: list[tuple[Node, Words]] = []
        self.inside: list[Item] = []
        self.reads: list[Node] | None = None  # set only of what is no layer: the network's outputs
        self.times = 1  # how often it stands there
        self.beside = False  # side by side, not one after the other
        self.dead = False  # no output can be reached from it

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of a box."""
        texts = [*self.words, *(words for _, words in self.strips)]
        width = max((w.width for w in texts), default=0) + 2 * PAD
        height = sum(LINE[w.size] for w in self.words) + 8 + STRIP_HEIGHT * len(self.strips)
        return max(round(width + 0.5), LEAST), height

    def boxes(self) -> Iterator[Item]:
        """The boxes that are drawn: itself, or those inside."""
        waiting = [self]
        while waiting:
            item = waiting.pop()
            waiting += item.inside[::-1]
            if not item.inside:
                yield item


class Builder:
    """Makes the items of a graph, with block instances folded from `depth` on."""

    def __init__(self, graph: Graph, depth: int | None) -> None:
        self.depth = depth
        self.kept = {id(n) for n in (*graph.inputs, *graph.layers)}
        self.nodes = [n for n in graph.names.values() if id(n) in self.kept or not isinstance(n.layer, Part)]
        self.outputs = {id(n) for n in graph.outputs}
        self.readers = Counter(id(source) for n in self.nodes for source in n.inputs)
        self._around: dict[int, list[Group]] = {}

    def around(self, node: Node) -> list[Group]:
        """The block instances that a node stands in, outermost first."""
        key = id(node.group)
        if key not in self._around:
            self._around[key] = instances(node.group)
        return self._around[key]

    def items(self, nodes: list[Node], level: int = 0) -> list[Item]:
        """The items of layers that stand in a row in the same `level` instances."""

        def inner(node: Node) -> Group | None:
            groups = self.around(node)
            return groups[level] if len(groups) > level else None

        found: list[Item] = []
        for _, run in groupby(nodes, lambda n: id(inner(n))):
            some = list(run)
            group = inner(some[0])
            found += self._units(some) if group is None else [self._instance(group, some, level)]
        return found

    def _instance(self, group: Group, nodes: list[Node], level: int) -> Item:
        inside = self.items(nodes, level + 1)
        if len(inside) == 1:  # a frame around a single box would say nothing
            return _renamed(inside[0], group)
        dead = not any(id(n) in self.kept for n in nodes)
        item = Item(nodes, "frame", group_words(group), group)
        item.dead = dead
        if self.depth is not None and level >= self.depth - 1:
            item.style, item.head = "folded", nodes[0]
            item.words += _counted(group, len(nodes))
        else:
            item.inside = inside
        return item

    def _units(self, nodes: list[Node]) -> list[Item]:
        """Boxes: layers with the strips that follow them."""
        found: list[Item] = []
        for node in nodes:
            before = found[-1] if found else None
            if before is not None and self._is_strip(node, before):
                before.strips.append((node, Words(_strip_text(node), STRIP, "strip")))
                before.nodes.append(node)
            else:
                found.append(self._box(node))
        return found

    def _is_strip(self, node: Node, before: Item) -> bool:
        last = before.nodes[-1]
        layer = node.layer
        if layer is None or node.inputs != (last,) or last.kind == "input" or given_name(node) or isinstance(last.layer, Part):
            return False
        alone = self.readers[id(last)] == 1 and id(last) not in self.outputs and node.group is last.group
        small = not layer.computes and layer.inputs == (1, 1) and not isinstance(layer, Part)
        return alone and small and (layer.view or shape_text(node) == shape_text(last)) and (id(node) in self.kept) == (not before.dead)

    def _box(self, node: Node) -> Item:
        item = Item([node], style_of(node), box_words(node))
        item.dead = id(node) not in self.kept
        return item


def style_of(node: Node) -> str:
    """The class of a layer's box, by what the layer does."""
    if not node.inputs and node.layer is not None and node.kind == "input":
        return "source"
    if node.layer is None or node.shape is None:
        return "broken"
    if not node.layer.computes:
        return "light"
    if any(n.row is not None and (n.row.params == 0) is not True for n in (node, node.shares) if n is not None):
        return "learns"
    return "joins" if node.layer.inputs != (1, 1) else "plain"


def box_words(node: Node) -> list[Words]:
    """The lines of a layer's box: its label, its kind with the main arguments, its parameters."""
    name = given_name(node)
    if node.kind == "input":
        return [Words(name or node.kind, NAME, "name")]
    lines = [Words(name, NAME, "name")] if name else []
    lines.append(Words(kind_text(node.layer, node.kind), KIND, "kind"))
    return lines + _notes(node)


def _notes(node: Node) -> list[Words]:
    if node.shares is not None and style_of(node) == "learns":
        return [Words(tr("weights of {name}", name=node.shares.name), NOTE, "note")]
    params = node.row.params if node.row is not None else 0
    if "params" in node.untold:
        return [Words(tr("parameters not known"), NOTE, "note")]
    if params is None or (params == 0) is True:
        return []
    if not isinstance(params, int):
        return [Words(tr("{n} parameters", n=params), NOTE, "note")]
    return [Words(trn("{n} parameter", "{n} parameters", params), NOTE, "note")]


def group_words(group: Group) -> list[Words]:
    """What stands over a block instance: its label, and its block."""
    name = group_name(group)
    return [*([Words(name, NAME, "name")] if name else []), Words(clean(group.kind), KIND, "kind")]


def _counted(group: Group, layers: int) -> list[Words]:
    lines = [Words(trn("{n} layer", "{n} layers", layers), NOTE, "note")]
    params = group.row.params if group.row is not None else 0
    if any("params" in node.untold for node in group.nodes):
        return [*lines, Words(tr("parameters not known"), NOTE, "note")]
    if isinstance(params, int):
        return lines + ([Words(trn("{n} parameter", "{n} parameters", params), NOTE, "note")] if params else [])
    return lines if params is None else [*lines, Words(tr("{n} parameters", n=params), NOTE, "note")]


def _strip_text(node: Node) -> str:
    return kind_text(node.layer, node.kind)


def _renamed(item: Item, group: Group) -> Item:
    """The box of an instance that is a single box: it has the instance's label, unless it has one itself."""
    name = group_name(group)
    if name and item.words[0].style != "name":
        item.words.insert(0, Words(name, NAME, "name"))
    item.group = item.group or group
    return item
