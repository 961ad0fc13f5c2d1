"""The whole difference of two analyses: causes, consequences, totals, and what changed in name only."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from archcalc.analysis import Analysis
from archcalc.diff.aligning import rising
from archcalc.diff.cause import Cause
from archcalc.diff.causes import Causes
from archcalc.diff.changes import Changed, Detail, Views, reads_detail
from archcalc.diff.edits import Edits
from archcalc.diff.matching import Matching, match
from archcalc.diff.sides import Side
from archcalc.diff.wiring import Wiring
from archcalc.figures import TOTALS
from archcalc.graph import Graph, Node
from archcalc.recipes import Recipe
from archcalc.report.model import plain


class NotComparable(Exception):
    """A network has a mistake that leaves a layer's shape, or whether there is a layer, unknown. The text says which network."""


class Total(NamedTuple):
    """A figure of the whole network in both forms; the difference is None where one is unknown or a formula."""

    before: Any
    after: Any

    @property
    def difference(self) -> int | None:
        return self.after - self.before if type(self.before) is type(self.after) is int else None

    @property
    def percent(self) -> float | None:
        """Of what it was; None where that was 0. Exact to the last digit that a float has."""
        from fractions import Fraction

        if self.difference is None or not self.before:
            return None
        try:
            return float(Fraction(self.difference * 100, self.before))
        except OverflowError:
            return None


class Difference:
    """What differs between two networks.

    `every` layer of either is there once, in the order of the later network; `changed` are those that differ, `causes` are edits.
    `renamed` are pairs of nodes whose labels differ, `renumbered` those of which only a counted name does. `same`: the networks are
    the same but for names.
    """

    def __init__(self, before: Analysis, after: Analysis) -> None:
        self.before = before
        self.after = after
        for analysis, which in ((before, "first"), (after, "second")):
            if analysis.graph.partial or any(n.shape is None for n in (*analysis.graph.inputs, *analysis.graph.layers)):
                raise NotComparable(f"the {which} network has a mistake that leaves layers unknown")
        numbers: dict[Any, int] = {}
        self.matching: Matching = match(Side(before.graph, numbers), Side(after.graph, numbers))
        wiring = Wiring(self.matching)
        views = Views(before, after)
        every = _in_order(self.matching)
        for one in every:
            views.measure(one)
        found = Causes(wiring, every, Edits(wiring, views))
        self.totals = {name: Total(plain(getattr(before.totals, name)), plain(getattr(after.totals, name))) for name in TOTALS}
        self.reordered = _reordered(self.matching, wiring)
        self._whole(found, wiring)
        self.causes: list[Cause] = sorted(found.list, key=lambda cause: cause.place)
        for number, cause in enumerate(self.causes, 1):
            cause.id = number
        self.every = every
        self.changed = [one for one in every if one.differs]
        self.pairs = sum(one.before is not None and one.after is not None for one in every)
        self._find_names(every)

    def _find_names(self, every: list[Changed]) -> None:
        a, b = self.matching.a, self.matching.b
        self.renamed: list[tuple[Node, Node]] = []
        self.renumbered: list[tuple[Node, Node]] = []
        for one in every:
            if one.before is None or one.after is None or one.before.name == one.after.name:
                continue
            i, j = one.places
            alike = (a.marks[i or 0].own, a.marks[i or 0].around) == (b.marks[j or 0].own, b.marks[j or 0].around)
            (self.renumbered if alike else self.renamed).append((one.before, one.after))

    @property
    def same(self) -> bool:
        """Whether nothing differs but names, and what has no effect."""
        return not self.causes

    @property
    def consequences(self) -> list[Changed]:
        """The layers that changed only since something else did."""
        return [one for one in self.changed if one.cause is None]

    def _whole(self, found: Causes, wiring: Wiring) -> None:
        """What was edited about the network as a whole."""
        one, two = self.before.graph, self.after.graph
        details = reads_detail(*wiring.outputs(), self.matching.a.nodes, self.matching.b.nodes, "outputs")
        if details:
            found.add("outputs", "outputs", (len(self.matching.b) * 3, 0), details)
        if self.reordered and not found.list and any(t.before != t.after for t in self.totals.values()):
            found.add("order", "order", (-1, 0), [])
        if details := _recipe(one, two):
            found.add("train", "train", (len(self.matching.b) * 3, 1), details)


D = TypeVar("D", bound=Difference)


def compare(before: Analysis, after: Analysis, make: type[D] = Difference) -> D:  # type: ignore[assignment]
    """The difference of two networks. `make` is the class of the result.

    Raises:
        NotComparable: a mistake leaves a layer of one of them unknown.
    """
    return make(before, after)


def _in_order(found: Matching) -> list[Changed]:
    """Every layer of either network: those of the second in their order, and what is gone where it was."""
    a, b = found.a, found.b
    every: list[Changed] = []
    done = 0  # places of the first network before this one are dealt with
    gone = [i for i, j in enumerate(found.to) if j is None]
    at = 0
    for j, i in enumerate(found.back):
        if i is not None and i not in found.out_of_order:
            done = max(done, i)
            while at < len(gone) and gone[at] < done:
                every.append(Changed(a.nodes[gone[at]], None, (gone[at], None)))
                at += 1
        every.append(Changed(None if i is None else a.nodes[i], b.nodes[j], (i, j)))
    every += [Changed(a.nodes[i], None, (i, None)) for i in gone[at:]]
    for index, one in enumerate(every):
        one.index = index
    return every


def _reordered(found: Matching, wiring: Wiring) -> int:
    """How many layers run at another place among the others, although they read the same."""
    pairs = [(i, j) for i, j in found.pairs if i not in wiring.moved]
    return len(pairs) - len(rising(pairs))


def _recipe(one: Graph, two: Graph) -> list[Detail]:
    """The lines of the training recipe that differ."""
    recipes = [graph.recipe or Recipe() for graph in (one, two)]
    found = []
    for name in Recipe.__slots__:
        if name in ("span", "spans", "name_spans"):
            continue
        values = [_plain(getattr(recipe, name)) for recipe in recipes]
        if values[0] != values[1]:
            found.append(Detail(name, values[0], values[1], (_shown(values[0]), _shown(values[1]))))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(v) for name, v in sorted(value.items())} or None
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value] or None
    return value if isinstance(value, float) else plain(value)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={_shown(v)}" for name, v in value.items())
    return "none" if value is None else " ".join(map(str, value)) if isinstance(value, list) else str(value)
