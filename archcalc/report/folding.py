"""The lines of a table: every layer, or block instances folded into one line each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archcalc.analysis import Analysis
from archcalc.graph import Group, Node, say_shape
from archcalc.source import Span


class Line:
    """A line of a table: a layer, or a block instance with the sums of its layers. A network used as a layer is one, too."""

    __slots__ = ("analysis", "depth", "shown")

    def __init__(self, shown: Node | Group, depth: int | None, analysis: Analysis | None = None) -> None:
        self.shown = shown
        self.depth = depth
        self.analysis = analysis

    @property
    def name(self) -> str:
        return self.shown.name

    @property
    def kind(self) -> str:
        return self.shown.kind

    @property
    def span(self) -> Span | None:
        return self.shown.span

    @property
    def figures(self) -> Any:
        """The layer's row, or the totals of the instance: both have every figure."""
        return self.shown.row

    @property
    def live_bytes(self) -> int | None:
        """The bytes that are alive while it runs; of an instance, at most."""
        each = [self.analysis.totals.live_bytes(node.name) if self.analysis else None for node in self.nodes]
        return None if None in each else max((n for n in each if n is not None), default=0)

    @property
    def layer(self) -> Node | None:
        """The layer that it is; None of a folded instance."""
        return self.shown if isinstance(self.shown, Node) else None

    @property
    def shape(self) -> str:
        """What comes out, as text; "?" where it is unknown."""
        outputs = self.shown.outputs if isinstance(self.shown, Group) else (self.shown,)
        return ", ".join("?" if n.shape is None else say_shape(n.shape) for n in outputs) or "?"

    @property
    def reads(self) -> tuple[str, ...]:
        """The lines that it reads, and the network's inputs, by name."""
        return self._others(source for node in self.nodes for source in node.inputs)

    @property
    def shares(self) -> tuple[str, ...]:
        """The lines whose layers it uses again, by name."""
        return self._others(node.shares for node in self.nodes if node.shares is not None)

    @property
    def lenders(self) -> tuple[str, ...]:
        """Those of them whose weights it uses again: a layer without any has none to share."""
        shared = (n.shares for n in self.nodes if n.shares is not None)
        return self._others(n for n in shared if n.row is None or (n.row.params == 0) is not True)

    def field(self, figure: str) -> str | None:
        """Its receptive field, as text; None for an instance, and for what is no layer."""
        from archcalc.analysis.fields import text  # only where it is asked for

        return text(self.analysis.receptive.of(self.layer), figure) if self.analysis and self.layer else None

    @property
    def nodes(self) -> list[Node]:
        """The layers that it shows: one, or those of an instance."""
        return [self.shown] if isinstance(self.shown, Node) else counted(self.shown)

    def _others(self, nodes: Iterable[Node]) -> tuple[str, ...]:
        found = {id(one): one.name or "?" for one in (folded(node, self.depth) for node in nodes) if one is not self.shown}
        return tuple(found.values())


def lines(analysis: Analysis, depth: int | None = None) -> list[Line]:
    """A line for each layer; what stands in more than `depth` - 1 instances is folded, and stands where its first layer does."""
    shown: dict[int, Node | Group] = {}
    for row in analysis.rows:
        one = folded(row.node, depth)
        shown.setdefault(id(one), one)
    return [Line(one, depth, analysis) for one in shown.values()]


def folded(node: Node, depth: int | None) -> Node | Group:
    """What a node is shown as: itself, or the instance at that depth that it stands in."""
    if depth is None or node.group is None:
        return node
    around = instances(node.group)
    return node if len(around) < depth else around[depth - 1]


def instances(group: Group | None) -> list[Group]:
    """A group and those around it, outermost first."""
    found: list[Group] = []
    while group is not None:
        found.append(group)
        group = group.outer
    return found[::-1]


def counted(group: Group) -> list[Node]:
    """A group's layers; those that reach no output are left out, and a network's inputs are no layers."""
    return [node for node in group.nodes if node.row is not None and node.kind != "input"]
