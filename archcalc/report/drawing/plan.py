"""A drawing before it is drawn: boxes, frames, edges and the sizes beside them, each at its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from archcalc.graph import Node
from archcalc.report.drawing.items import Item

GAP = 22.0  # between boxes side by side
LANE = 14.0  # beside an edge that runs past boxes
STUB = 6.0  # how far an edge runs straight down from a box
LABEL = 17.0  # the same where a size stands beside it
ARROW = 9.0  # how far it runs straight down to its end
CURVE = 8.0  # the height in which it goes to the side, at least
MARGIN = 14.0  # within a frame, beside what it holds
TITLE = 22.0  # the height of a frame's title
SIZE = 10.0  # of the sizes' letters


class Knot(NamedTuple):
    """A point of an edge. `how` it is reached: by a straight `line`, or a `curve` that is upright at both ends."""

    x: float
    y: float
    how: str = "line"


class Path(NamedTuple):
    """An edge, or a part of one that ends at a frame. `source` and `target` are the boxes that it begins and ends at."""

    value: Node
    knots: tuple[Knot, ...]
    source: Item | None
    target: Item | None


class Placed(NamedTuple):
    """A box or a frame at its place: x and y are those of its upper left corner."""

    item: Item
    x: float
    y: float
    width: float
    height: float
    title: float = 0.0  # of a frame: how far its title stands to the right
    low: bool = False  # of a frame: the title stands at its foot


class Label(NamedTuple):
    """A size beside an edge: where its text begins, and its base line."""

    x: float
    y: float
    text: str


class Plan:
    """What is placed, in coordinates of its own. `ins` and `outs` are where values come in at the top and go out at the foot."""

    def __init__(self) -> None:
        self.width = self.height = 0.0
        self.boxes: list[Placed] = []
        self.frames: list[Placed] = []
        self.paths: list[Path] = []
        self.labels: list[Label] = []
        self.ins: dict[int, float] = {}
        self.outs: dict[int, float] = {}
        self.tail: Item | None = None  # the last box or frame
        self.open = False  # what goes out does so at a box, and an edge has still to lead on from there

    def take(self, other: Plan, dx: float, dy: float, paths: list[Path] | None = None) -> None:
        """Put another plan into this one, with its edges or others in their place."""
        self.boxes += [p._replace(x=p.x + dx, y=p.y + dy) for p in other.boxes]
        self.frames += [p._replace(x=p.x + dx, y=p.y + dy) for p in other.frames]
        self.labels += [p._replace(x=p.x + dx, y=p.y + dy) for p in other.labels]
        edges = other.paths if paths is None else paths
        self.paths += [p._replace(knots=tuple(k._replace(x=k.x + dx, y=k.y + dy) for k in p.knots)) for p in edges]

    @property
    def end(self) -> Item | None:
        """At what the edge begins that leads on; None where one leads on to the foot already."""
        return self.tail if self.open else None

    def turned(self) -> None:
        """Put it upside down: boxes stay upright, edges run upwards."""
        self.boxes = [p._replace(y=self.height - p.y - p.height) for p in self.boxes]
        self.frames = [p._replace(y=self.height - p.y - p.height, low=True) for p in self.frames]
        self.labels = [p._replace(y=self.height - p.y + SIZE * 0.7) for p in self.labels]
        self.paths = [p._replace(knots=tuple(k._replace(y=self.height - k.y) for k in p.knots)) for p in self.paths]


def descent(stub: float, sideways: Iterable[float]) -> float:
    """The height between two ranks: edges that go far to the side need more of it."""
    far = max(sideways, default=0.0)
    return stub + ARROW + (CURVE if far < 1 else min(46.0, 14 + far * 0.11))
