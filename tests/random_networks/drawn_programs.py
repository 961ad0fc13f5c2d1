"""Draws whole programs: values, functions, tables, blocks and networks, and the same network with one layer a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from chance import MANY, Chance, Known, Sight
from drawn_bodies import Bodies
from drawn_layers import Keys, Tag
from drawn_places import Frame, Labelled, Place, Signature
from expanded import Expansion, arguments
from meaning import Env, Function, Label, Word, seen, value_of
from written import Arg, Call, Choose, Compare, Definition, In, Let, Line, Name, Num, Op, Ref, Seq, Statement, Writer, write

FUNCTIONS: dict[str, tuple[tuple[tuple[str, Any], ...], Any, Any]] = {
    "twice": ((("n", None),), Op("*", Num(2), Name("n")), lambda k: Known(Call("twice", (k.e,)), 2 * k.low, 2 * k.high, k.steady)),
    "at_most": (
        (("n", None), ("m", Num(6))),
        Call("min", (Name("n"), Name("m"))),
        lambda k: Known(Call("at_most", (k.e,)), min(k.low, 6), min(k.high, 6), k.steady),
    ),
    "odd": (
        (("n", None),),
        Choose(Name("n"), Compare(Op("%", Name("n"), Num(2)), (("==", Num(1)),)), Op("+", Name("n"), Num(1))),
        lambda k: Known(Call("odd", (k.e,)), k.low, k.high + 1, k.steady),
    ),
}
PARAMETERS = (("c", "number"), ("k", "kernel"), ("act", "word"), ("wide", "flag"), ("sizes", "list"), ("n", "number"))
BLOCKS = ("unit", "b", "Fire", "stage", "conv_bn", "Block", "büschel")
NETWORKS = ("Part", "head", "Sub")


@dataclass
class Program:
    """A program: its text, the flat program, and where each statement stands in the text."""

    tops: list[Any]
    network: Definition
    expansion: Expansion
    given: dict[str, Any]
    header: list[str]
    tables: list[str]

    def writer(self) -> Writer:
        """The text as it is now, one statement a line."""
        writer = Writer()
        for top in self.tops:
            if isinstance(top, Definition):
                writer.definition(top)
            elif isinstance(top, Let):
                writer.item(top, 0)
            else:
                for line in top.text.split("\n"):
                    writer.line(line)
        return writer

    @property
    def text(self) -> str:
        return self.writer().text

    @property
    def flat(self) -> str:
        return "\n".join(self.tables) + ("\n" if self.tables else "") + self.expansion.flat(self.header)

    def statements(self) -> Iterator[Any]:
        """Every statement, inner ones too."""
        waiting = [item for top in self.tops if isinstance(top, Definition) for item in top.body]
        while waiting:
            item = waiting.pop(0)
            yield item
            for inner in ("body", "then", "otherwise"):
                waiting += getattr(item, inner, None) or []


@dataclass
class Maker:
    """Draws one program, top to bottom."""

    chance: Chance
    keys: Keys = field(default_factory=Keys)
    sight: Sight = Sight()
    tops: list[Any] = field(default_factory=list)  # in this order
    others: list[Any] = field(default_factory=list)  # in any order
    tables: list[str] = field(default_factory=list)
    definitions: dict[str, Definition] = field(default_factory=dict)
    signatures: list[Signature] = field(default_factory=list)
    taken: set[str] = field(default_factory=lambda: {"total", "input", "N"})

    def __post_init__(self) -> None:
        self.first = self.chance.percent(15)
        self.bodies = Bodies(self.chance, self.keys, self.signatures, self.first)
        self.e = self.bodies.e
        self.top = Env(first=self.first)

    def program(self) -> Program:
        for _ in range(self.chance.number(0, 3)):
            self.value()
        for name in BLOCKS[: self.chance.number(0, 3)]:
            self.block(name)
        for name in NETWORKS[: max(0, self.chance.number(-2, 2))]:
            self.part(name)
        return self.main()

    # ---- values -----------------------------------------------------------------------------------------------------

    def value(self) -> None:
        way = self.chance.number(0, 3)
        name = f"{('W', 'SIZES', 'ACT', 'def')[way]}{len(self.taken)}"
        self.taken.add(name)
        if way == 0:
            known = self.e.number(self.sight, 1, 8)
            self.sight = self.sight.plus(numbers=(Known(Name(name), known.low, known.high),))
            value = known.e
        elif way == 1:
            count = self.chance.number(2, 3)
            value = self.e.numbers(self.sight, 1, 8, count, count)
            self.sight = self.sight.plus(lists=((name, 1, 8, count),))
        elif way == 2:
            value = self.e.word(self.sight)
            self.sight = self.sight.plus(words=(name,))
        else:
            self.function()
            return
        self.let(Let(name, value))

    def let(self, item: Let) -> None:
        self.top.values[item.name] = value_of(item.value, self.top)
        self.tops.append(item)

    def function(self) -> None:
        name = self.chance.one(tuple(FUNCTIONS))
        if name in self.taken:
            return
        self.taken.add(name)
        parameters, value, result = FUNCTIONS[name]
        given = ", ".join(p if d is None else f"{p} = {write(d)}" for p, d in parameters)
        self.tops.append(Line(f"def {name}({given}) = {write(value)}"))
        self.top.values[name] = Function(parameters, value)
        self.sight = self.sight.plus(functions=((name, result),))

    # ---- blocks and networks ----------------------------------------------------------------------------------------

    def parameters(self, into: bool) -> tuple[list[tuple[str, Any]], list[tuple[str, str, bool]], Sight]:
        written: list[tuple[str, Any]] = []
        types: list[tuple[str, str, bool]] = []
        sight = self.sight
        for name, kind in PARAMETERS:
            if not self.chance.percent(35):
                continue
            inside = sight.plus(numbers=self.e.attributes(In(), 1)) if into and self.chance.percent(30) else sight
            default = self.bodies.argument(kind, inside) if not into or self.chance.percent(60) else None
            written.append((name, default))
            types.append((name, kind, default is not None))
            if kind in ("number", "kernel"):
                sight = sight.plus(numbers=(Known(Name(name), 1, 8 if kind == "number" else 3),))
            elif kind == "list":
                sight = sight.plus(lists=((name, 1, 8, 2),))
            else:
                sight = sight.plus(**{"words" if kind == "word" else "flags": (name,)})
        return written, types, sight

    def frame(self, parameters: list[tuple[str, Any]]) -> Frame:
        return Frame(taken={*self.taken, *(name for name, _ in parameters)})

    def block(self, name: str) -> None:
        written, types, sight = self.parameters(True)
        rank = self.chance.one((3, 3, 1) if self.first else (3, 3, 2, 1))
        space = self.keys.fresh() if rank > 1 else ("vector",)
        entry = tuple(Tag(rank, space, self.keys.fresh()) for _ in range(2 if self.chance.percent(20) else 1))
        p = Place(
            self.frame(written), sight, list(entry), In() if len(entry) == 1 else None, entry, keep_rank=self.chance.percent(70), depth=1
        )
        body: list[Any] = []
        if len(entry) == 2 and self.chance.percent(50):
            at = self.chance.number(0, 1)
            p.flow = [entry[at]]
            p.flow_name = In(Num(at))
            body = self.bodies.layer(p)
            body[0].sources = body[0].sources or [Ref(at=Num(at))]
        body += self.bodies.statements(p, 0 if self.chance.percent(15) else 1, 3)
        self.finish(Definition("block", name, written, body), types, entry, p)

    def part(self, name: str) -> None:
        """A network that is used as a layer, whose sizes are free."""
        written, types, sight = self.parameters(False)
        frame = self.frame(written)
        rank = self.chance.one((3, 3, 1) if self.first else (3, 3, 2, 1))
        space = self.keys.fresh() if rank > 1 else ("vector",)
        entry = tuple(Tag(rank, space, self.keys.fresh()) for _ in range(2 if self.chance.percent(25) else 1))
        space_names = [frame.variable("S") for _ in range(rank - 1)]
        p = Place(frame, sight, [], keep_rank=self.chance.percent(50), depth=1)
        body: list[Any] = [Line("layout channels_first")] if self.first and self.chance.percent(50) else []
        for i, tag in enumerate(entry):
            channels = frame.variable("C")
            names = [channels, *space_names] if self.first else [*space_names, channels]
            written += [(n, None) for n in names if (n, None) not in written]
            sight = sight.plus(numbers=tuple(Known(Name(n), 1, MANY) for n in names))
            size = Seq("size", tuple(map(Name, names))) if rank > 1 else Name(channels)
            item = Statement("input", [Arg("size", size)], means="input")
            if i or self.chance.percent(60):
                self.bodies.label(p, item, Labelled(tag, again=False), 100)
            p.flow = [tag]
            body.append(item)
        types += [(n, "free", False) for n, d in written if d is None]
        p.sight = sight
        body += self.bodies.layer(p) + self.bodies.statements(p, 0, 2)
        self.finish(Definition("network", name, written, body), types, entry, p)

    def finish(self, found: Definition, types: list[tuple[str, str, bool]], entry: tuple[Tag, ...], p: Place) -> None:
        if self.chance.percent(25):
            refs = self.bodies.refs(p, lambda t: t.rank == p.flow[0].rank and t.space == p.flow[0].space)
            if len(refs) > 1:
                chosen = list({r.text(): (r, t) for r, t in [self.chance.one(refs), self.chance.one(refs)]}.values())
                found.body.append(Statement("output", sources=[r for r, _ in chosen], role="output"))
                p.flow = [t for _, t in chosen]
        self.definitions[found.name] = found
        self.others.append(found)
        self.signatures.append(Signature(found.name, types, entry, tuple(p.flow), dict(p.frame.labels)))

    # ---- the network itself -----------------------------------------------------------------------------------------

    def main(self) -> Program:
        written, types, sight = self.parameters(False)
        given = {name: self.chance.number(1, 3) for name, kind, _ in types if kind in ("number", "kernel") and self.chance.percent(30)}
        header = ["layout channels_first"] if self.first else []
        if self.chance.percent(20):
            header.append("dtype " + self.chance.one(("float16", "bfloat16", "float64", "int8")))
        network = Definition("network", "N", written, [])
        p = Place(self.frame(written), sight, [], keep_rank=False)
        live = Live(self, network, p, given)
        for line in header:
            live.put(Line(line))
        live.inputs()
        live.put(*self.bodies.layer(p))
        self.bodies.statements(p, 1, 6, live.put)
        live.end()
        # Once more, now that all labels are known: names that are made up leave them out.
        expansion = Expansion(self.top, self.definitions, network, given)
        expansion.body(network.body, expansion.frame, expansion.frame.env)
        places = self.chance.number(0, len(self.others))
        others = self.chance.shuffled(self.others)
        tops = [*others[:places], *self.tops, *others[places:]]
        tops.insert(self.chance.number(0, len(others[:places])), network) if self.chance.percent(20) else tops.append(network)
        return Program(tops, network, expansion, given, header, self.tables)


class Live:
    """The network's own statements: each is expanded at once, so that all sizes are known before the next."""

    def __init__(self, maker: Maker, network: Definition, p: Place, given: dict[str, Any]) -> None:
        self.maker, self.chance, self.p = maker, maker.chance, p
        self.network = network
        self.expansion = Expansion(maker.top, maker.definitions, network, given)
        self.started = False

    def put(self, *items: Any) -> None:
        for item in items:
            self.network.body.append(item)
            if self.started:
                self.table(item)
            self.expansion.item(item, self.expansion.frame, self.expansion.frame.env)
            self.refresh(item)

    def refresh(self, item: Any) -> None:
        """Tags as they are known now."""
        flow = self.expansion.frame.flow
        if flow:
            self.p.flow = [tag_of(node.shape) for node in flow]
        for name, label in self.expansion.frame.labels.items():
            if name in self.p.frame.labels:
                update(self.p.frame.labels[name], label)
        if (
            flow
            and isinstance(item, Statement)
            and item.body is None
            and item.role in ("layer", "call")
            and len(flow) == 1
            and self.chance.percent(20)
        ):
            self.size(item, flow[0].shape)

    def size(self, item: Statement, shape: tuple[int, ...]) -> None:
        """`-> size`."""
        if item.kind != "input":
            entries = [self.maker.e.written(n).e if self.chance.percent(20) and n < 1000 else Num(n) for n in seen(shape, self.maker.first)]
            item.size = Seq("size", tuple(entries)) if len(entries) > 1 else entries[0]

    def inputs(self) -> None:
        rank = self.chance.one((3, 3, 1) if self.maker.first else (3, 3, 3, 2, 1))
        for i in range(2 if self.chance.percent(20) else 1):
            sight = self.p.sight if self.chance.percent(30) else Sight()
            entries = [self.maker.e.number(sight, 1, 9).e for _ in range(rank)]
            item = Statement("input", [Arg("size", Seq("size", tuple(entries)) if rank > 1 else entries[0])], means="input")
            if i or self.chance.percent(50):
                self.maker.bodies.label(self.p, item, Labelled(Tag(rank, (), ()), again=False), 100)
            else:
                self.p.frame.labels["input"] = Labelled(Tag(rank, (), ()), again=False)
            self.put(item)
            if i == 0 and item.label is None:
                self.p.flow_name = Name("input")
        self.started = True

    def table(self, item: Any) -> None:
        """Give a convolution a connection table, now that the channels that flow in are known."""
        flow = self.expansion.frame.flow or ()
        if not (
            isinstance(item, Statement)
            and item.means == "conv"
            and item.body is None
            and not item.sources
            and len(flow) == 1
            and self.chance.percent(25)
        ):
            return
        given = arguments(item, self.expansion.frame.env)
        into, out = flow[0].shape[-1], given["filters"]
        if into > 6 or "groups" in given:
            return
        name = f"T{len(self.maker.tables)}"
        self.p.frame.taken.add(name)
        columns = [[self.chance.percent(60) or row == j % into for row in range(into)] for j in range(out)]
        rows = ["".join("X" if column[row] else "." for column in columns) for row in range(into)]
        text = f"table {name} {{\n" + "\n".join("    " + row for row in rows) + "\n}"
        self.maker.tables.append(text)
        self.maker.others.append(Line(text))
        self.maker.top.values[name] = Word(name)
        item.arguments.append(Arg("maps", Name(name), "maps"))

    def end(self) -> None:
        """A last layer, and perhaps outputs by name."""
        if len(self.p.flow) > 1:
            self.put(self.maker.bodies.join(self.p))
        self.put(*self.maker.bodies.layer(self.p))
        if self.chance.percent(30):
            layers = [name for name, label in self.expansion.frame.labels.items() if label.latest.node.kind != "input"]
            if layers:
                chosen = [self.chance.one(layers), *self.chance.several(list(self.expansion.frame.labels), 0, 2)]
                item = Statement("output", sources=[Ref(((name, None),)) for name in chosen], role="output")
                self.put(item)
        if self.chance.percent(15):
            self.put(Line("train { data random; optimizer adam, 1e-3; loss mse; epochs 1; batch 8 }"))


def tag_of(shape: tuple[int, ...]) -> Tag:
    return Tag(len(shape), ("is", *shape[:-1]) if len(shape) > 1 else ("vector",), ("is", shape[-1]))


def update(what: Labelled, label: Label) -> None:
    """What is known of a label once its layers are."""
    tags = [tag_of(b.node.shape) for b in label.bearers]
    what.tag, what.count = tags[-1], len(tags)
    what.alike = len(set(tags)) == 1
    what.spaced = len({(t.rank, t.space) for t in tags}) == 1
    for name, inner in label.latest.inner.items():
        if name in what.inner:
            update(what.inner[name], inner)


def draw(chance: Chance) -> Program:
    """A program."""
    return Maker(chance).program()


__all__ = ["Program", "draw", "replace"]
