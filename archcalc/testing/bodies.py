"""Bodies drawn at random: chains of layers, and the branches, blocks, loops and conditions that hold them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from archcalc.api import analyze
from archcalc.graph import say_shape
from archcalc.spec import Layer
from archcalc.testing.arguments import Shape
from archcalc.testing.chance import Chance
from archcalc.testing.draft import NAME, Draft, Statement, Value
from archcalc.testing.drawn_lines import Line, draw_line

TRIES = 6  # of a line in a body
PASSING = ("relu", "identity", "tanh", "sigmoid", "dropout 0.5", "bn", "flatten")
MERGES = ("add", "concat", "mul", "avg", "maximum")
COUNT = re.compile(r"^(\w+ )(\d+)(?=$|, )")  # the first argument, where it is a plain number


class Chain(NamedTuple):
    """Lines that read one another, and the shape that comes out."""

    lines: tuple[Line, ...]
    shape: Shape

    def text(self, gap: str = "; ") -> str:
        """The lines, one after another."""
        return gap.join(line.reading() for line in self.lines)


class Bodies:
    """Draws what holds bodies, and puts it into a draft.

    `reading(axes)` are the kinds that read one input of so many axes; `names` are those of all kinds that may be drawn.
    """

    def __init__(self, draft: Draft, reading: Callable[[int], Sequence[type[Layer]]], names: frozenset[str]) -> None:
        self.draft = draft
        self.chance: Chance = draft.chance
        self.reading = reading
        self.passing = [
            name for name in ("relu", "identity", "tanh", "sigmoid", "dropout 0.5", "bn", "flatten") if name.split()[0] in names
        ]
        self.merges = [name for name in MERGES if name in names]

    def chain(self, shape: Shape, most: int, keep: bool = False) -> Chain:
        """Up to so many lines that read one another, the first of them this shape; with `keep`, each keeps it."""
        chain = Chain((), shape)
        for _ in range(self.chance.number(1, most)):
            chain = self._longer(chain, shape, keep) or chain
        return chain

    def _longer(self, chain: Chain, start: Shape, keep: bool) -> Chain | None:
        kinds = self.reading(len(chain.shape))
        for _ in range(TRIES if kinds else 0):
            lines = (*chain.lines, draw_line(self.chance, self.chance.one(kinds), self.draft.around(chain.shape)))
            shape = self._shape_after(Chain(lines, ()), start)
            if shape is not None and (not keep or shape == start):
                return Chain(lines, shape)
        return None

    def _shape_after(self, chain: Chain, start: Shape) -> Shape | None:
        """What comes out of a network of these lines alone; None where archcalc refuses them, or they take indices."""
        tables = "".join(f"table {name} {{\n{rows}\n}}\n" for name, rows in self.draft.tables.items())
        body = "\n".join([*self._header(start), chain.text("\n")])
        analysis = analyze(text=f"{tables}network {NAME} {{\n{body}\n}}\n", network=NAME)
        if not analysis.ok or any(n.layer is None or n.layer.indices() is not None for n in analysis.graph.layers):
            return None
        return tuple(analysis.graph.outputs[0].shape or ())

    def _header(self, start: Shape) -> list[str]:
        return [*(["layout channels_first"] if self.draft.first else []), f"input {say_shape(start)}"]

    def branches(self, merge: type[Layer], value: Value) -> Value | None:
        """A merge of branches: of a chain, and of another, of the same again, or of nothing."""
        one = self.chain(value.shape, 3, keep=self.chance.percent(50))
        others = [one, Chain((), value.shape), self.chain(value.shape, 2)]
        more = 2 if merge.inputs[1] is None else 1
        bodies = [one, *(self.chance.one(others) for _ in range(self.chance.number(1, more)))]
        text = " ".join(f"branch {{ {b.text()} }}" for b in self.chance.shuffled(bodies))
        head = draw_line(self.chance, merge, self.draft.around(value.shape, value.shape)).head
        return self.draft.put(Statement(self.draft.fresh(), Line(head, text), (value.name,)))

    # ---- loops ----------------------------------------------------------------------------------------------------------

    def loop(self, value: Value) -> Value | None:
        """A loop over what the statement before it puts out, and a layer after it, which has a name."""
        body = self.chance.one((self._repeat, self._alternate, self._widths, self._collect))(value)
        return self._looped(body, value) if body else None

    def _looped(self, loop: str, value: Value) -> Value | None:
        if not self.passing:
            return None
        statements = [Statement(self.draft.fresh(), Line(self.chance.one(self.passing)))]
        before = self.draft.statements[-1].label
        if value.name != before:
            before = self.draft.fresh()
            statements.insert(0, Statement(before, Line(self.chance.one(self.passing)), (value.name,)))
        statements.insert(-1, Statement("", Line(loop), (before,)))
        return self.draft.put(*statements)

    def _repeat(self, value: Value) -> str:
        body = self.chain(value.shape, 3, keep=self.chance.percent(70))
        return f"repeat {self.chance.number(2, 3)} {{ {body.text()} }}" if body.lines else ""

    def _alternate(self, value: Value) -> str:
        """A loop whose passes differ."""
        one, other = (self.chain(value.shape, 2, keep=True) for _ in range(2))
        condition = self.chance.one(("i == 0", "i % 2 == 0", "i < 2"))
        passes = f"if {condition} {{ {one.text()} }} else {{ {other.text()} }}"
        return f"for i in range({self.chance.number(2, 4)}) {{\n {passes}\n}}"

    def _widths(self, value: Value) -> str:
        """A loop over numbers, each of which stands for an argument."""
        body = self.chain(value.shape, 2)
        lines = tuple(line._replace(head=COUNT.sub(r"\1w", line.head)) for line in body.lines)
        numbers = ", ".join(str(self.chance.number(1, 4)) for _ in range(self.chance.number(2, 3)))
        return f"for w in [{numbers}] {{ {Chain(lines, ()).text()} }}" if lines != body.lines else ""

    def _collect(self, value: Value) -> str:
        """A loop whose layers are all read after it."""
        body = self.chain(value.shape, 1, keep=True)
        if not body.lines or not self.merges:
            return ""
        name = self.draft.fresh("e")
        return f"repeat {self.chance.number(2, 3)} {{ {name}: {body.text()} }}\n{self.chance.one(self.merges)} from {name}[:]"

    # ---- blocks ---------------------------------------------------------------------------------------------------------

    def block(self, value: Value) -> Value | None:
        """A block or a network as a layer, called once or several times."""
        name, chain = self.draft.fresh("B"), self.chain(value.shape, 4, keep=self.chance.percent(50))
        lines, number = self._with_parameter(chain.lines) if self.chance.percent(60) else (list(chain.lines), "")
        if not lines:
            return None
        body = [line.reading() for line in lines]
        if chain.shape == value.shape and self.merges and self.chance.percent(40):
            body = [f"y: {body[0]}", *body[1:], f"{self.chance.one(self.merges)} from {self.chance.one(('in, y', 'y, in'))}"]
        head = f"block {name}{'(n)' if number else ''}"
        if not number and not body[-1].endswith(("in, y", "y, in")) and self.chance.percent(30):
            head, body = f"network {name}", [*self._header(value.shape), *body]
        call = Statement(self.draft.fresh(), Line(f"{name} {number}".strip()), (value.name,))
        called = self.draft.put(call, tops=[_definition(head, body)])
        for _ in range(self.chance.number(0, 3) if called else 0):
            called = self._again(name, number) or called
        return called

    def _with_parameter(self, lines: tuple[Line, ...]) -> tuple[list[Line], str]:
        """The lines with a parameter `n` in place of a number; and that number, "" if there is none."""
        places = [i for i, line in enumerate(lines) if COUNT.match(line.head)]
        if not places:
            return list(lines), ""
        i = self.chance.one(places)
        found = COUNT.match(lines[i].head)
        changed = lines[i]._replace(head=COUNT.sub(r"\1n", lines[i].head))
        return [*lines[:i], changed, *lines[i + 1 :]], found[2] if found else ""

    def _again(self, name: str, number: str) -> Value | None:
        """One more instance of a block, with the same number or another; or a loop of them."""
        value = self.chance.one(self.draft.values[-3:])
        given = str(self.chance.number(1, 5)) if number and self.chance.percent(50) else number
        line = f"{name} {given}".strip()
        if self.chance.percent(30):
            return self._looped(f"repeat 2 {{ {line} }}", value)
        return self.draft.put(Statement(self.draft.fresh(), Line(line), (value.name,)))

    def fork(self, one: Value, other: Value) -> Value | None:
        """A block that reads two values, and puts out one or two."""
        name, label = self.draft.fresh("B"), self.draft.fresh()
        chains = [self.chain(value.shape, 2) for value in (one, other)]
        if not all(chain.lines for chain in chains):
            return None
        body = []
        for i, (end, chain) in enumerate(zip("yz", chains, strict=True)):
            texts = [chain.lines[0].reading([f"in[{i}]"]), *(line.reading() for line in chain.lines[1:])]
            body += [*texts[:-1], f"{end}: {texts[-1]}"]
        two = not self.merges or self.chance.percent(50)
        body.append("output from y, z" if two else f"{self.chance.one(self.merges)} from y, z")
        ends = [f"{label}.y", f"{label}.z"] if two else []
        return self.draft.put(Statement(label, Line(name), (one.name, other.name)), tops=[_definition(f"block {name}", body)], ends=ends)


def _definition(head: str, body: list[str]) -> str:
    return f"{head} {{\n " + "\n ".join(body) + "\n}"
