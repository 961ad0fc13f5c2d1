"""What differs between the two forms of a layer: kind, arguments, what it reads, its shape, its figures, its receptive field."""

from __future__ import annotations

from typing import Any, NamedTuple

from archcalc.analysis import FIGURES, Analysis
from archcalc.analysis import fields as field_values
from archcalc.diff.sides import arguments, differing
from archcalc.diff.wiring import Link, Wiring
from archcalc.graph import Node, say_shape
from archcalc.report.model import plain
from archcalc.values import said

MOST_NAMES = 8  # in one line


class Detail(NamedTuple):
    """One thing that differs, before and after, as JSON has it; what is not there is None. `shown` are both as text."""

    what: str
    before: Any
    after: Any
    shown: tuple[str, str]


class Changed:
    """A layer in its two forms: one of them is None where it is new or gone.

    `own` is what was edited about it, `led` are arguments that changed since something else did. `cause` is what stands for the edit,
    `follows` are the causes of the rest.
    """

    __slots__ = ("after", "before", "cause", "field", "figures", "follows", "index", "led", "own", "places", "shape")

    def __init__(self, before: Node | None, after: Node | None, places: tuple[int | None, int | None]) -> None:
        self.before = before
        self.after = after
        self.places = places
        self.index = 0  # among all layers of both networks
        self.own: list[Detail] = []
        self.led: list[Detail] = []
        self.cause: Any = None
        self.follows: tuple[Any, ...] = ()
        self.shape: Detail | None = None
        self.field: Detail | None = None
        self.figures: dict[str, tuple[Any, Any]] = {}

    @property
    def now(self) -> Node:
        """The form that there is; the later one of two."""
        node = self.after or self.before
        assert node is not None
        return node

    @property
    def is_input(self) -> bool:
        """Whether it is an input of the network, which is no layer and has no figures."""
        return self.now.layer is not None and self.now.layer.inputs == (0, 0)

    @property
    def differs(self) -> bool:
        """Whether anything about it does; of a layer that is new or gone everything does."""
        return None in (self.before, self.after) or bool(self.own or self.led or self.shape or self.field or self.figures)


class Views:
    """Shapes, figures and receptive fields of the nodes of both networks, as values that can be compared."""

    def __init__(self, before: Analysis, after: Analysis) -> None:
        self.sides = (before, after)

    def field(self, side: int, node: Node) -> tuple[Any, str]:
        """A receptive field, as JSON has it and as text."""
        found = self.sides[side].receptive.of(node)
        return field_values.plain(found), field_values.text(found)

    def measure(self, changed: Changed) -> None:
        """Find what differs in shape, figures and receptive field."""
        before, after = changed.before, changed.after
        if before is not None and after is not None:
            shapes = _shape(before), _shape(after)
            if shapes[0] != shapes[1]:
                changed.shape = Detail("output_shape", *shapes, (say_shape(before.shape), say_shape(after.shape)))
            fields = self.field(0, before), self.field(1, after)
            if fields[0][0] != fields[1][0]:
                changed.field = Detail("receptive_field", fields[0][0], fields[1][0], (fields[0][1], fields[1][1]))
        for figure in FIGURES if not changed.is_input else ():
            values = tuple(None if node is None else plain(getattr(node.row, figure)) for node in (before, after))
            if values[0] != values[1]:
                changed.figures[figure] = (values[0], values[1])


def _shape(node: Node) -> Any:
    return None if node.shape is None else [plain(n) for n in node.shape]


def argument_details(before: Node, after: Node) -> list[Detail]:
    """The arguments that differ."""
    if before.kind != after.kind:
        return []
    one, two = arguments(before), arguments(after)
    return [_argument(name, one, two) for name in differing(before, after)]


def _argument(name: str, one: dict[str, Any], two: dict[str, Any]) -> Detail:
    values = [found[name][2] if name in found else None for found in (one, two)]
    shown = ["none" if value is None else _said(value) for value in values]
    if shown[0] == shown[1]:  # tables of one name
        shown = [f"{shown[0]} as it was", f"{shown[1]} with other entries"]
    return Detail(name, plain(values[0]), plain(values[1]), (shown[0], shown[1]))


def _said(value: Any) -> str:
    """A value as a person writes it: 3x3 for one of each axis."""
    if isinstance(value, tuple) and value and all(type(n) is int for n in value):
        return "x".join(map(str, value))
    return said(value).strip('"')


def kind_detail(before: Node, after: Node) -> list[Detail]:
    """What kind of layer it is, where that differs."""
    if before.kind == after.kind:
        return []
    return [Detail("kind", before.kind, after.kind, (before.kind, after.kind))]


def shares_detail(before: Node, after: Node, wiring: Wiring) -> list[Detail]:
    """Whose weights it uses again, where that differs."""
    one, two = before.shares, after.shares
    if one is two is None:
        return []
    if one is not None and two is not None:
        places = wiring.found.a.places.get(id(one)), wiring.found.b.places.get(id(two))
        if None in places or wiring.found.to[places[0] or 0] == places[1]:
            return []
    names = [None if node is None else node.name for node in (one, two)]
    return [Detail("shares", names[0], names[1], (names[0] or "weights of its own", names[1] or "weights of its own"))]


def reads_detail(links: list[Link], ordered: bool, before: list[Node], after: list[Node], what: str = "inputs") -> list[Detail]:
    """What it reads, where that was edited. `before` and `after` are all nodes of either network, by their places."""
    edited = [link for link in links if link.edited]
    if ordered and not edited:
        return []
    names = (
        [before[link.before].name for link in links if link.before is not None],
        [after[link.after].name for link in sorted(links, key=_place) if link.after is not None],
    )
    shown = (
        [before[link.before].name for link in edited if link.before is not None],
        [after[link.after].name for link in edited if link.after is not None],
    )
    told = shown if all(shown) else names
    return [Detail(what, *names, (_listed(told[0]), _listed(told[1])))]


def _place(link: Link) -> int:
    return -1 if link.at is None else link.at


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more if names else "nothing"
