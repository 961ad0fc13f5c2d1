"""Draws whole programs: values, functions, tables, blocks and networks; and has the same network with one layer a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chance import MANY, Chance, Known, Sight
from drawn_bodies import Bodies
from drawn_layers import Keys, Tag
from drawn_network import Live
from drawn_places import VECTOR, Frame, Labelled, Place, Signature
from expanded import Expansion
from meaning import Env, Function, value_of
from terms import Call, Choose, Compare, In, Name, Num, Op, Seq, write
from written import Arg, Definition, Let, Line, Ref, Statement, Writer

# Functions of `def`: their parameters, what they are, and between what their values lie.
FUNCTIONS: dict[str, tuple[tuple[tuple[str, Any], ...], Any, Any]] = {
    "twice": ((("n", None),), Op("*", Num(2), Name("n")), lambda k: (2 * k.low, 2 * k.high)),
    "at_most": ((("n", None), ("m", Num(6))), Call("min", (Name("n"), Name("m"))), lambda k: (min(k.low, 6), min(k.high, 6))),
    "odd": (
        (("n", None),),
        Choose(Name("n"), Compare(Op("%", Name("n"), Num(2)), (("==", Num(1)),)), Op("+", Name("n"), Num(1))),
        lambda k: (k.low, k.high + 1),
    ),
}
PARAMETERS = (("c", "number"), ("k", "kernel"), ("act", "word"), ("wide", "flag"), ("sizes", "list"), ("n", "number"))
BLOCKS = ("unit", "b", "Fire", "büschel")
NETWORKS = ("Part", "head")


@dataclass
class Program:
    """A program: its text, one statement a line, and the flat program. `given` are parameters set from outside."""

    tops: list[Any]
    network: Definition
    expansion: Expansion
    given: dict[str, Any]
    header: list[str]
    tables: list[str]

    def _repr_pretty_(self, printer: Any, _: bool) -> None:  # what hypothesis shows; tests note the text
        printer.text(f"a program of {len(self.writer().lines)} lines, given {self.given}")

    def writer(self, tops: list[Any] | None = None) -> Writer:
        """The text as it is now, or some of its definitions, and where each statement stands in it."""
        writer = Writer()
        for top in self.tops if tops is None else tops:
            if isinstance(top, Definition):
                writer.definition(top)
            else:
                writer.item(top, 0)
        return writer

    @property
    def text(self) -> str:
        return self.writer().text

    @property
    def flat(self) -> str:
        return "\n".join([*self.tables, self.expansion.flat(self.header)])

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
    """Draws one program."""

    chance: Chance
    keys: Keys = field(default_factory=Keys)
    sight: Sight = Sight()
    values: list[Any] = field(default_factory=list)  # `let` and `def`, each after what it uses
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
        for name in NETWORKS[: max(0, self.chance.number(-1, 2))]:
            self.part(name)
        return self.main()

    # ---- values -----------------------------------------------------------------------------------------------------

    def value(self) -> None:
        way = self.chance.number(0, 3)
        name = f"{('W', 'SIZES', 'ACT')[way]}{len(self.taken)}" if way < 3 else self.chance.one(tuple(FUNCTIONS))
        if name in self.taken:
            return
        self.taken.add(name)
        value: Any
        if way == 0:
            value, low, high, _ = self.e.number(self.sight, 1, 8)
            self.sight = self.sight.plus(numbers=(Known(Name(name), low, high),))
        elif way == 1:
            count = self.chance.number(2, 3)
            value = self.e.numbers(self.sight, 1, 8, count, count)
            self.sight = self.sight.plus(lists=((name, 1, 8, count),))
        elif way == 2:
            value = self.e.word(self.sight)
            self.sight = self.sight.plus(words=(name,))
        else:
            self.function(name)
            return
        self.top.values[name] = value_of(value, self.top)
        self.values.append(Let(name, value))

    def function(self, name: str) -> None:
        parameters, value, bounds = FUNCTIONS[name]
        given = ", ".join(p if d is None else f"{p} = {write(d)}" for p, d in parameters)
        self.values.append(Line(f"def {name}({given}) = {write(value)}"))
        self.top.values[name] = Function(parameters, value)
        self.sight = self.sight.plus(functions=((name, lambda k: Known(Call(name, (k.e,)), *bounds(k), k.steady)),))

    # ---- blocks and networks ----------------------------------------------------------------------------------------

    def parameters(self, block: bool) -> tuple[list[tuple[str, Any]], list[tuple[str, str, bool]], Sight]:
        """As they are written, what they take, and what can be used then. Only a block's may lack a default, or ask for `in`."""
        written: list[tuple[str, Any]] = []
        types: list[tuple[str, str, bool]] = []
        sight = self.sight
        for name, kind in PARAMETERS:
            if not self.chance.percent(35):
                continue
            inside = sight.plus(numbers=self.e.attributes(In(), 1)) if block and self.chance.percent(30) else sight
            default = self.bodies.argument(kind, inside) if not block or self.chance.percent(60) else None
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

    def entry(self, two: int) -> tuple[Tag, ...]:
        """What flows in: two layers of one space in so many cases of a hundred."""
        rank = self.chance.one((3, 3, 1) if self.first else (3, 3, 2, 1))
        space = self.keys.fresh() if rank > 1 else VECTOR
        return tuple(Tag(rank, space, self.keys.fresh()) for _ in range(2 if self.chance.percent(two) else 1))

    def block(self, name: str) -> None:
        written, types, sight = self.parameters(True)
        entry, body = self.entry(20), []
        p = Place(self.frame(written), sight, list(entry), In(), entry, keep_rank=self.chance.percent(70), depth=1)
        if len(entry) == 2:
            p.flow_name = None
            if self.chance.percent(50):
                at = Num(self.chance.number(0, 1))
                p.flow, p.flow_name = [entry[at.value]], In(at)
                body = self.bodies.layer(p)
                body[0].sources = body[0].sources or [Ref(at=at)]
        body += self.bodies.statements(p, 0 if self.chance.percent(15) else 1, 3)
        self.finish(Definition("block", name, written, body), types, entry, p)

    def part(self, name: str) -> None:
        """A network that is used as a layer, whose sizes are free."""
        written, types, sight = self.parameters(False)
        frame, entry = self.frame(written), self.entry(25)
        body: list[Any] = [Line("layout channels_first")] if self.first and self.chance.percent(50) else []
        p = Place(frame, sight, [], keep_rank=self.chance.percent(50), depth=1)
        space = [frame.variable("S") for _ in range(entry[0].rank - 1)]
        for i, tag in enumerate(entry):
            channels = frame.variable("C")
            names = [channels, *space] if self.first else [*space, channels]
            free = [n for n in names if (n, None) not in written]
            written += [(n, None) for n in free]
            types += [(n, "free", False) for n in free]
            p.sight = p.sight.plus(numbers=tuple(Known(Name(n), 1, MANY) for n in free))
            item = Statement("input", [Arg("size", Seq("size", tuple(map(Name, names))) if space else Name(channels))], means="input")
            if i or self.chance.percent(60):
                self.bodies.label(p, item, Labelled(tag, again=False), 100)
            p.flow = [tag]
            body.append(item)
        body += self.bodies.layer(p) + self.bodies.statements(p, 0, 2)
        self.finish(Definition("network", name, written, body), types, entry, p)

    def finish(self, found: Definition, types: list[tuple[str, str, bool]], entry: tuple[Tag, ...], p: Place) -> None:
        """Perhaps two outputs by name; then others can use it."""
        refs = self.bodies.refs(p, lambda t: (t.rank, t.space) == (p.flow[0].rank, p.flow[0].space)) if self.chance.percent(25) else []
        if len(refs) > 1:
            chosen = list({r.text(): (r, t) for r, t in (self.chance.one(refs), self.chance.one(refs))}.values())
            found.body.append(Statement("output", sources=[r for r, _ in chosen], role="output"))
            p.flow = [t for _, t in chosen]
        self.definitions[found.name] = found
        self.others.append(found)
        self.signatures.append(Signature(found.name, types, entry, tuple(p.flow), dict(p.frame.labels)))

    def main(self) -> Program:
        """The network itself."""
        written, types, sight = self.parameters(False)
        given = {name: self.chance.number(1, 3) for name, kind, _ in types if kind in ("number", "kernel") and self.chance.percent(30)}
        header = ["layout channels_first"] * self.first
        if self.chance.percent(20):
            header.append("dtype " + self.chance.one(("float16", "bfloat16", "float64", "int8")))
        network = Definition("network", "N", written, [])
        live = Live(self, network, Place(self.frame(written), sight, [], keep_rank=False), given)
        live.draw(header)
        # Once more, now that all labels are known: names that are made up leave them out.
        expansion = Expansion(self.top, self.definitions, network, given)
        expansion.body(network.body, expansion.frame, expansion.frame.env)
        others = self.chance.shuffled(self.others)
        at = self.chance.number(0, len(others))
        tops = [*others[:at], *self.values, *others[at:]]
        tops.insert(self.chance.number(0, at) if self.chance.percent(20) else len(tops), network)
        return Program(tops, network, expansion, given, header, self.tables)


def draw(chance: Chance) -> Program:
    """A program."""
    return Maker(chance).program()
