"""A network drawn as a graph: layers are boxes, values flow along edges from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot

from archcalc.analysis import Analysis
from archcalc.languages import tr, trn
from archcalc.report.drawing.folds import Folded, folded
from archcalc.report.drawing.items import LINE, STRIP_HEIGHT, Item
from archcalc.report.drawing.levels import laid_out
from archcalc.report.drawing.plan import Knot, Label, Path, Placed, Plan
from archcalc.report.drawing.svg import Canvas, Svg, short
from archcalc.report.text import clean

EDGE = 12.0  # around the picture
ROUND = 7.0  # the radius at which an edge turns
NOTE_LINE = 16.0


def draw_graph(analysis: Analysis, depth: int | None = None, ids: Mapping[str, str] | None = None) -> Svg:
    """The network, with blocks folded from `depth` on, or as far as it takes to be readable.

    With `ids`, a box is a link to the place of its layer in a page, by the layer's name.
    """
    shown = folded(analysis.graph, depth)
    plan = laid_out(shown.items, shown.shown)
    return Picture(plan, shown, ids or {}).svg(analysis)


class Picture:
    """Writes what is placed."""

    def __init__(self, plan: Plan, shown: Folded, ids: Mapping[str, str]) -> None:
        self.plan, self.shown, self.ids = plan, shown, ids
        self.canvas = Canvas()
        self.drawn: set[tuple[int, Knot]] = set()

    def svg(self, analysis: Analysis) -> Svg:
        """The picture, with what is to be said of it."""
        plan, canvas = self.plan, self.canvas
        canvas.open("g", class_="graph", transform=f"translate({short(EDGE)} {short(EDGE)})")
        for frame in plan.frames:
            self._frame(frame)
        for box in plan.boxes:
            self._under(box)
        for path in plan.paths:
            self._path(path)
        for box in plan.boxes:
            self._box(box)
        for label in plan.labels:
            self._label(label)
        for i, note in enumerate(self.shown.notes):
            canvas.add("text", note, x=0.0, y=plan.height + (i + 1) * NOTE_LINE + 4, class_="g-said")
        canvas.close("g")
        notes = len(self.shown.notes) * NOTE_LINE + (8 if self.shown.notes else 0)
        width = max([plan.width, *(self.shown.width(note) for note in self.shown.notes)])
        title = tr("{network} as a graph", network=clean(analysis.network)[:200])
        layers = trn("{n} layer", "{n} layers", len(analysis.graph.layers))
        says = [tr("{layers}, from top to bottom in the order in which they run.", layers=layers), *self.shown.notes]
        return canvas.svg(width + 2 * EDGE, plan.height + notes + 2 * EDGE, title, " ".join(says))

    def _frame(self, placed: Placed) -> None:
        item = placed.item
        self.canvas.open("g", class_="g-frame dead" if item.dead else "g-frame")
        self.canvas.add("rect", x=placed.x, y=placed.y, width=placed.width, height=placed.height, rx=8.0)
        x, y = placed.x + placed.title, placed.y + (placed.height - 7 if placed.low else 16)
        for words in item.words:
            self.canvas.add("text", words.text, x=x, y=y, class_=f"g-{words.style}")
            x += words.width + 6
        self.canvas.close("g")

    def _box(self, placed: Placed) -> None:
        item, canvas = placed.item, self.canvas
        link = self.ids.get(item.head.name) if item.head is not None else None
        if link:
            canvas.open("a", href=f"#{link}")
        canvas.open("g", class_=f"g-box {item.style}{' dead' if item.dead else ''}")
        if item.nodes:
            canvas.add("title", _names(item))
        radius = min(placed.height / 2, 14.0) if item.style in ("source", "output") else 4.0
        canvas.add("rect", x=placed.x, y=placed.y, width=placed.width, height=placed.height, rx=radius)
        self._words(placed)
        canvas.close("g")
        if link:
            canvas.close("a")

    def _under(self, placed: Placed) -> None:
        """A second sheet under the first, for what stands for several."""
        item = placed.item
        if item.times > 1 or item.style == "folded":
            self.canvas.open("g", class_=f"g-box {item.style}")
            self.canvas.add("rect", x=placed.x + 3, y=placed.y + 3, width=placed.width, height=placed.height, rx=4.0)
            self.canvas.close("g")

    def _words(self, placed: Placed) -> None:
        item, canvas = placed.item, self.canvas
        middle, y = placed.x + placed.width / 2, placed.y + 4
        for words in item.words:
            y += LINE[words.size]
            canvas.add("text", words.text, x=middle, y=y - 4, class_=f"g-{words.style}", text_anchor="middle")
        y += 4
        for _, words in item.strips:
            canvas.add("line", x1=placed.x, y1=y, x2=placed.x + placed.width, y2=y, class_="g-rule")
            canvas.add("text", words.text, x=middle, y=y + 11, class_="g-strip", text_anchor="middle")
            y += STRIP_HEIGHT

    def _path(self, path: Path) -> None:
        dead = path.target is not None and path.target.dead
        knots = path.knots
        while (
            len(knots) > 2 and (id(path.value), knots[1]) in self.drawn and not _turns(*knots[:3])
        ):  # edges of one value have their first part in common
            knots = knots[1:]
        self.drawn |= {(id(path.value), knot) for knot in path.knots[1:]}
        self.canvas.add("path", d=_drawn(knots), class_="g-edge dead" if dead else "g-edge")
        if path.target is not None and not path.target.inside:
            x, y = path.knots[-1].x, path.knots[-1].y
            low = -6 if path.knots[-2].y < y else 6  # an edge may run upwards
            points = " ".join(f"{short(px)},{short(py)}" for px, py in ((x - 3.5, y + low), (x + 3.5, y + low), (x, y)))
            self.canvas.add("polygon", points=points, class_="g-arrow")

    def _label(self, label: Label) -> None:
        self.canvas.add("text", label.text, x=label.x, y=label.y, class_="g-size")


def _names(item: Item) -> str:
    """What a pointer on a box tells: every layer in it, with its kind."""
    if item.group is not None and item.style in ("folded", "left"):
        return clean(f"{item.group.name} ({item.group.kind})")
    names = ", ".join(f"{n.name} ({n.layer.title if n.layer else n.kind})" for n in item.nodes[:12])
    return clean(names)[:600]


def _drawn(knots: tuple[Knot, ...]) -> str:
    """An edge as SVG writes it; where it turns, it is round."""
    text = f"M{short(knots[0].x)} {short(knots[0].y)}"
    for i in range(1, len(knots)):
        before, knot = knots[i - 1], knots[i]
        if knot.how == "curve":
            middle = short((before.y + knot.y) / 2)
            text += f"C{short(before.x)} {middle} {short(knot.x)} {middle} {short(knot.x)} {short(knot.y)}"
        elif i + 1 < len(knots) and knots[i + 1].how == "line" and _turns(before, knot, knots[i + 1]):
            a, b = _towards(knot, before), _towards(knot, knots[i + 1])
            text += f"L{short(a[0])} {short(a[1])}Q{short(knot.x)} {short(knot.y)} {short(b[0])} {short(b[1])}"
        else:
            text += f"L{short(knot.x)} {short(knot.y)}"
    return text


def _turns(a: Knot, b: Knot, c: Knot) -> bool:
    return abs((b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x)) > 0.01


def _towards(a: Knot, b: Knot) -> tuple[float, float]:
    """The point on the way from a to b at which a turn begins."""
    far = hypot(b.x - a.x, b.y - a.y)
    part = min(ROUND, far / 2) / far
    return a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part
