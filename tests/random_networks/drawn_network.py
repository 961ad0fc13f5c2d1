"""Draws the network itself. Each of its statements is expanded at once, so that all sizes are known before the next is drawn."""

from __future__ import annotations

from typing import Any

from chance import Sight
from drawn_layers import Tag
from drawn_places import VECTOR, Labelled, Place
from expanded import Expansion, arguments
from meaning import Label, Node, Word, seen
from terms import Name, Num, Seq
from written import Arg, Definition, Line, Ref, Statement

MOST_MAPS = 6  # rows of a connection table
RECIPE = "train { data random; optimizer adam, 1e-3; loss mse; epochs 1; batch 8 }"


class Live:
    """The network that is being drawn, and its expansion so far."""

    def __init__(self, maker: Any, network: Definition, p: Place, given: dict[str, Any]) -> None:
        self.maker, self.chance, self.bodies, self.p = maker, maker.chance, maker.bodies, p
        self.network = network
        self.expansion = Expansion(maker.top, maker.definitions, network, given)
        self.frame = self.expansion.frame

    def draw(self, header: list[str]) -> None:
        """All of its statements."""
        self.put(*map(Line, header))
        self.inputs()
        self.put(*self.bodies.layer(self.p))
        self.bodies.statements(self.p, 1, 7, self.put)
        self.end()

    def put(self, *items: Any) -> None:
        """Add statements, and expand them."""
        for item in items:
            self.network.body.append(item)
            plain = isinstance(item, Statement) and item.body is None and item.role == "layer" and item.means != "input"
            if plain and item.means == "conv" and not item.sources and self.chance.percent(25):
                self.table(item)
            self.expansion.item(item, self.frame, self.frame.env)
            flow = self.frame.flow or ()
            self.p.flow = [tag_of(node.shape) for node in flow] or self.p.flow
            for name, what in self.p.frame.labels.items():
                update(what, self.frame.labels[name])
            if (plain or getattr(item, "role", "") in ("call", "repeat", "reuse")) and len(flow) == 1 and self.chance.percent(20):
                item.size = self.size(flow[0])

    def size(self, node: Node) -> Any:
        """What stands behind `->`."""
        entries = [
            self.bodies.e.written(n).e if self.chance.percent(20) and n < 1000 else Num(n) for n in seen(node.shape, self.maker.first)
        ]
        return Seq("size", tuple(entries)) if len(entries) > 1 else entries[0]

    def inputs(self) -> None:
        ranks = [s.entry[0].rank for s in self.maker.signatures]  # so that what is defined is used
        rank = self.chance.one(ranks if ranks and self.chance.percent(75) else (3, 3, 1) if self.maker.first else (3, 3, 3, 2, 2, 1))
        for i in range(2 if self.chance.percent(20) else 1):
            sight = self.p.sight if self.chance.percent(30) else Sight()
            entries = [self.bodies.e.number(sight, 1, 9).e for _ in range(rank)]
            item = Statement("input", [Arg("size", Seq("size", tuple(entries)) if rank > 1 else entries[0])], means="input")
            what = Labelled(Tag(rank, VECTOR, VECTOR), again=False)
            if i or self.chance.percent(50):
                self.bodies.label(self.p, item, what, 100)
            else:
                self.p.frame.labels["input"] = what
                self.p.flow_name = Name("input")
            self.put(item)

    def table(self, item: Statement) -> None:
        """Give a convolution a connection table, since the channels that flow in are known."""
        flow = self.frame.flow or ()
        given = arguments(item, self.frame.env)
        into, out = flow[0].shape[-1], given["filters"]
        if into > MOST_MAPS or len(flow) != 1 or "groups" in given:
            return
        name = f"T{len(self.maker.tables)}"
        self.p.frame.taken.add(name)
        rows = ["".join("X" if row == column % into or self.chance.percent(50) else "." for column in range(out)) for row in range(into)]
        text = f"table {name} {{\n" + "".join(f"    {row}\n" for row in rows) + "}"
        self.maker.tables.append(text)
        self.maker.others.append(Line(text))
        self.maker.top.values[name] = Word(name)
        item.arguments.append(Arg("maps", Name(name), "maps"))

    def end(self) -> None:
        """A last layer, and perhaps outputs by name: mostly what nothing reads."""
        if len(self.p.flow) > 1:
            self.put(self.bodies.join(self.p))
        self.put(*self.bodies.layer(self.p))
        last = self.frame.flow[-1] if self.frame.flow else None
        read = {id(source) for node in self.expansion.nodes for source in node.inputs}
        layers = {name: label.latest.node for name, label in self.frame.labels.items() if label.latest.node.kind != "input"}
        ends = [name for name, node in layers.items() if id(node) not in read and node is not last]
        if layers and self.chance.percent(60):
            chosen = [self.chance.one(list(layers)), *self.chance.several(list(self.frame.labels), 0, 1), *ends]
            sources = [Ref(((name, None),)) for name in dict.fromkeys(chosen)]
            self.put(Statement("output", sources=sources, role="output"))
            if self.chance.percent(50):
                self.put(Statement("output", role="output"))  # what flows, as well
        if self.chance.percent(15):
            self.put(Line(RECIPE))


def tag_of(shape: tuple[int, ...]) -> Tag:
    """The tag of a shape that is known."""
    return Tag(len(shape), ("is", *shape[:-1]) if len(shape) > 1 else VECTOR, ("is", shape[-1]))


def update(what: Labelled, label: Label) -> None:
    """What is known of a label once its layers are."""
    tags = [tag_of(b.node.shape) for b in label.bearers]
    what.tag, what.count = tags[-1], len(tags)
    what.alike = len(set(tags)) == 1
    what.spaced = len({(t.rank, t.space) for t in tags}) == 1
    what.outs = tuple(tag_of(node.shape) for node in label.latest.nodes) if what.outs else ()
    for name, inner in label.latest.inner.items():
        if name in what.inner:
            update(what.inner[name], inner)
