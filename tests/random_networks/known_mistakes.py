"""Mistakes that are known: what is changed in a program, and which message at which statement is to come of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import permutations
from typing import Any, NamedTuple

from drawn_programs import Program
from expanded import labels_in
from meaning import Node, seen
from terms import Name, Num, Op
from written import Arg, Definition, Line, Ref, Statement


class Mistake(NamedTuple):
    """A mistake: its code, what has to be set for it, and at which statement it is said; the one that is changed, if not another."""

    code: str
    item: Any
    change: dict[str, Any]
    at: Any = None

    @property
    def place(self) -> Any:
        return self.at or self.item


@contextmanager
def made(mistake: Mistake) -> Iterator[None]:
    """The program with the mistake in it, for a while."""
    before = {name: getattr(mistake.item, name) for name in mistake.change}
    for name, value in mistake.change.items():
        setattr(mistake.item, name, value)
    yield
    for name, value in before.items():
        setattr(mistake.item, name, value)


def mistakes(program: Program) -> list[Mistake]:
    """Every mistake of the known sorts that can be made in a statement that is expanded."""
    found: list[Mistake] = []
    for item in program.statements():
        if isinstance(item, Statement) and id(item) in program.expansion.seen:
            if item.role == "layer":
                found += _of_layer(item)
            elif item.role == "call":
                found += _of_call(item, program)
    for top in program.tops:
        if isinstance(top, Definition):
            found += _later(top, program)
    return [*found, *_one_more(program)]


def _of_layer(item: Statement) -> Iterator[Mistake]:
    def arguments(*more: Arg) -> dict[str, Any]:
        return {"arguments": [*item.arguments, *more]}

    def instead(name: str, value: Any) -> dict[str, Any]:
        return {"arguments": [Arg(a.name, value, a.form) if a.name == name else a for a in item.arguments]}

    given = {a.name: a for a in item.arguments}
    yield Mistake("E101", item, {"kind": item.kind[:-1] + "qz"})
    yield Mistake("E110", item, arguments(Arg("zzz", Num(1), "zzz")))
    yield Mistake("E114", item, arguments(Arg("zzz", Name("zzz"))))
    if item.means != "input":
        several = max(1, len(item.sources))
        yield Mistake("E103", item, {"sources": [Ref((("nowhere", None),))] * several})
        yield Mistake("E124", item, {"sources": [Ref(at=Num(7))] * several})
    if item.body is None:
        yield Mistake("E308", item, {"size": Num(12345)})
    if item.means == "conv":
        yield Mistake("E112", item, {"arguments": [a for a in item.arguments if a.name != "kernel"]})
        yield Mistake("E121", item, instead("filters", Num(0)))
        yield Mistake("E104", item, instead("filters", Op("+", Name("nowhere"), Num(1))))
        padding = given.get("padding")
        if padding is None or padding.value != Name("same"):
            yield Mistake("E301", item, instead("kernel", Num(10**6)))
    if item.means == "dense":
        yield Mistake("E112", item, {"arguments": [a for a in item.arguments if a.name != "units"]})
        yield Mistake("E113", item, {"arguments": [Arg("units", Num(2)), Arg("", Num(3))]})
        yield Mistake("E116", item, arguments(Arg("stride", Num(2), "/")))
        yield Mistake("E202", item, instead("units", Op("//", Num(4), Num(0))))
    if item.means == "dropout":
        yield Mistake("E112", item, {"arguments": []})
        yield Mistake("E121", item, {"arguments": [Arg("rate", Num(2))]})


def _of_call(item: Statement, program: Program) -> Iterator[Mistake]:
    yield Mistake("E101", item, {"kind": item.kind + "qz"})
    yield Mistake("E110", item, {"arguments": [*item.arguments, Arg("zzz", Num(1), "zzz")]})
    definition = program.expansion.definitions[item.kind]
    required = [name for name, default in definition.parameters if default is None]
    if definition.what == "block":
        for a in item.arguments:
            if a.form in required:
                yield Mistake("E112", item, {"arguments": [b for b in item.arguments if b is not a]})


def _later(top: Definition, program: Program) -> Iterator[Mistake]:
    """`from` a label that stands further down, in the same block or network."""
    order: list[Statement] = []

    def collect(items: list[Any]) -> None:
        for item in items:
            if isinstance(item, Statement):
                order.append(item)
            for inner in ("body", "then", "otherwise"):
                collect(getattr(item, inner, None) or [])

    collect(top.body)
    bearing = [item.label for item in order if item.label]
    for i, item in enumerate(order):
        if item.role == "layer" and item.means != "input" and id(item) in program.expansion.seen:
            for other in order[i + 1 :]:
                inside = item.body is not None and other.label in labels_in(item.body)
                if other.label and bearing.count(other.label) == 1 and not inside:
                    yield Mistake("E105", item, {"sources": [Ref(((other.label, None),))] * max(1, len(item.sources))})
                    break


def _one_more(program: Program) -> Iterator[Mistake]:
    """A statement at the end of the network, or of a block, that cannot stand there."""

    def more(code: str, item: Any, where: Definition = program.network) -> Mistake:
        return Mistake(code, where, {"body": [*where.body, item]}, item)

    frame = program.expansion.frame
    nodes = {name: label.latest.node for name, label in frame.labels.items() if label.latest.made is None and name != "input"}
    for name in nodes:
        yield more("E102", Statement("identity", label=name))
    yield more("E131", Statement("identity", label="total"))
    yield more("E120", Statement("branch", role="branch", body=[]))
    yield more("E401", Line("expect total.params == -1"))
    yield more("E207", Line("expect total.nothing == 1"))
    for (one, a), (other, b) in permutations(nodes.items(), 2):
        if not _broadcast(a, b, frame.env.first):
            yield more("E307", Statement("add", sources=[Ref(((one, None),)), Ref(((other, None),))]))
        if a.kind == "dense" and len(a.shape) == len(b.shape) == 1 and a.inputs[0].shape != b.shape:
            yield more("E137", Statement("reuse", [Arg("of", Ref(((one, None),)).expression())], sources=[Ref(((other, None),))]))
    called = {s.kind for s in program.statements() if getattr(s, "role", "") == "call" and id(s) in program.expansion.seen}
    for definition in program.expansion.definitions.values():
        if definition.name in called:
            yield more("E126", Statement(definition.name, role="call"), definition)


def _broadcast(a: Node, b: Node, first: bool) -> bool:
    """Whether two shapes can be added: from the last axis on, lengths are equal, or one of them is 1."""
    pairs = zip(reversed(seen(a.shape, first)), reversed(seen(b.shape, first)), strict=False)
    return all(m == n or 1 in (m, n) for m, n in pairs)
