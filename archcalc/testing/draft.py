"""A network that is being drawn: its text so far, and the values that further layers may read. archcalc judges each addition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any, NamedTuple

from archcalc.api import Analysis, analyze
from archcalc.graph import Graph, Node, say_shape
from archcalc.sizes import Refusal
from archcalc.spec import Wrapper
from archcalc.testing.arguments import Around, Shape
from archcalc.testing.chance import Chance
from archcalc.testing.drawn_lines import Line

NAME = "N"
INPUT, PART = "input ", "part"
MOST_VALUES, MOST_PARAMS, MOST_MACS, MOST_LAYERS = 2_000, 20_000, 400_000, 40
ADAPTS = 1  # an input's whole numbers are as small as the layers that read them need
UNBOUND = 10**9  # only training data say how many there are


class Value(NamedTuple):
    """What a layer may read: its name, its shape, and below which number its whole numbers are; 0 if it is measured."""

    name: str
    shape: Shape
    below: int = 0


class Statement(NamedTuple):
    """A statement of the network. Without a label it is a loop, which the next one reads by coming next."""

    label: str
    line: Line
    sources: tuple[str, ...] = ()

    def text(self, before: str, shown: bool) -> str:
        """As it is written after the statement of that label; with its own label, if that is shown."""
        line = self.line.reading(() if self.sources == (before,) else self.sources)
        return f"{self.label}: {line}" if shown and self.label else line


class Draft:
    """The network so far: `put` adds to it what archcalc accepts, `finished` is its text."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.first = chance.percent(20)  # the layout has channels first
        self.tops: list[str] = []  # blocks, and networks that are used as layers
        self.tables: dict[str, str] = {}
        self.statements: list[Statement] = []
        self.values: list[Value] = []
        self.ends: list[str] = []  # layers that nothing reads
        self.parts: list[str] = []  # what layers put out besides
        self.whole: set[str] = set()  # inputs of whole numbers
        self.count = 0

    @property
    def inputs(self) -> list[str]:
        """The labels of the inputs."""
        return [s.label for s in self.statements if s.line.head.startswith(INPUT)]

    def fresh(self, prefix: str = "L") -> str:
        """A name that nothing has."""
        self.count += 1
        return f"{prefix}{self.count}"

    def around(self, *inputs: Shape) -> Around:
        """A place for a line that reads these shapes."""
        return Around(inputs, self.first, {}, self.tables)

    def input(self, shape: Shape, whole: bool) -> Statement:
        """One more input, still to be put. It holds whole numbers, or measured ones."""
        statement = Statement(self.fresh("i"), Line(INPUT + say_shape(shape)))
        if whole:
            self.whole.add(statement.label)
        return statement

    def put(self, *more: Statement, tops: Iterable[str] = (), ends: Iterable[str] = ()) -> Value | None:
        """Add statements, and what they need defined; None where archcalc refuses them, or they would be too large.

        `ends` are what a block puts out under labels of its own.
        """
        tops = [*self.tops, *tops]
        read = {name for s in more for name in s.sources}
        outputs = [name for name in self.ends if name not in read] + [*(ends or [more[-1].label])]
        analysis = analyze(text=self._write(tops, [*self.statements, *more], outputs), network=NAME)
        if not analysis.ok or _too_large(analysis) or (below := _whole_numbers(analysis.graph, self.whole)) is None:
            return None
        self.statements += more
        self.tops = tops
        for statement in more:
            self._remember(statement, analysis.graph, below)
        self.ends = _ends(self.values, analysis.graph)
        return self.values[-1]

    def _remember(self, statement: Statement, graph: Graph, below: dict[str, int]) -> None:
        """The value of a statement, its parts, and the layers that a block instance has under labels of their own."""
        for name in [n for n in graph.names if n.startswith(f"{statement.label}.")]:
            if graph.names[name].named:
                self.parts += [name] if graph.names[name].kind == PART else []
                self.values.append(Value(name, tuple(graph.names[name].shape or ()), below.get(name, 0)))
        node = node_of(graph, statement.label)
        if node is not None and node.shape is not None:
            self.values.append(Value(statement.label, tuple(node.shape), below.get(node.name, 0)))

    def _write(self, tops: list[str], statements: Sequence[Statement], outputs: Iterable[str], hidden: Iterable[str] = ()) -> str:
        """The program. Labels that are `hidden` are left out."""
        lines, before = [" layout channels_first"] if self.first else [], ""
        for s in statements:
            lines.append(" " + s.text(before, s.label not in hidden).replace("\n", "\n "))
            before = s.label
        ends = [f" output from {', '.join(outputs)}"] if outputs else []
        text = "\n".join([*tops, f"network {NAME} {{", *lines, *ends, "}"]) + "\n"
        used = [f"table {name} {{\n{rows}\n}}\n" for name, rows in self.tables.items() if f"maps={name}" in text]
        return "".join([*used, text])

    def finished(self) -> str:
        """The program as it is handed out: without labels that nothing needs, and at times without some of the outputs."""
        ends = self.ends[: self.chance.number(1, len(self.ends))] if self.chance.percent(20) else self.ends
        if self.parts and self.chance.percent(30):
            ends = [*ends, self.chance.one(self.parts)]
        last = self.statements[-1].label
        if ends == [last] and self.chance.percent(60):
            ends = []
        hidden = [s.label for s in self.statements if s.label not in self._needed(ends) and self.chance.percent(60)]
        text = self._write(self.tops, self.statements, ends, hidden)
        return text if analyze(text=text, network=NAME).ok else self._write(self.tops, self.statements, self.ends)

    def _needed(self, ends: Iterable[str]) -> set[str]:
        """The labels that something names."""
        named = {*ends}
        before = ""
        for s in self.statements:
            named.update(() if s.sources == (before,) else s.sources)
            named.update(word.strip(",") for word in s.line.head.split() if s.line.head.startswith("reuse "))
            before = s.label
        return {name.partition(".")[0].partition("[")[0] for name in named}


def node_of(graph: Graph, name: str) -> Node | None:
    """The node that a name stands for: a layer's, or the only output of a block instance."""
    group = next((g for g in graph.groups if g.name == name), None)
    if group is None:
        return graph.names.get(name)
    return group.outputs[0] if len(group.outputs) == 1 else None


def _ends(values: list[Value], graph: Graph) -> list[str]:
    """The values that nothing reads."""
    read = {id(source) for node in graph.layers for source in node.inputs}
    nodes = {v.name: node_of(graph, v.name) for v in values}
    ends = ((id(node), name) for name, node in nodes.items() if node is not None and node.kind not in ("input", PART))
    found = {node: name for node, name in ends if node not in read}
    return list(found.values())


def _too_large(analysis: Analysis) -> bool:
    totals: Any = analysis.totals
    values = max(prod(node.shape or ()) for node in analysis.graph.names.values())
    return (
        values > MOST_VALUES
        or len(analysis.rows) > MOST_LAYERS
        or totals.params > MOST_PARAMS
        or totals.macs > MOST_MACS
    )  # fmt: skip


def _whole_numbers(graph: Graph, inputs: set[str]) -> dict[str, int] | None:
    """Below which number each layer's values are, 0 if they are measured.

    None where measured values, or too large numbers, are taken for indices, or whole numbers for measured ones: archcalc
    knows no types of values, and accepts that.
    """
    below = {n.name: ADAPTS if n.name in inputs else 0 for n in graph.inputs}
    for node in graph.layers:
        entries = node.layer.indices() if node.layer is not None else None
        reads = [below[source.name] for source in node.inputs]
        passes = node.layer is not None and node.layer.view and node.layer.family == "reshaping"
        if not passes and any(n > 0 if entries is None else not 0 < n <= entries for n in reads):
            return None
        below[node.name] = reads[0] if passes else _below(node)
    return below


def _below(node: Node) -> int:
    layer: Any = node.layer.layers[-1] if isinstance(node.layer, Wrapper) else node.layer
    if layer.family != "preprocessing" or getattr(layer, "mode", "") != "int":
        return 0
    if getattr(layer, "invert", False):
        return UNBOUND  # -1 stands for what is not known
    try:
        return int(layer.depth() if hasattr(layer, "depth") else layer.bins)
    except Refusal:
        return UNBOUND
