"""Branches that meet: what is read of an input by a value that reads them all, and after which layer they parted."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any, NamedTuple

from archcalc.analysis.chains import Far, Field, reads_all, size_of
from archcalc.analysis.receptive import Receptive
from archcalc.graph import Node
from archcalc.languages import mark, tr
from archcalc.reading import Mixed, Span
from archcalc.report.text import number
from archcalc.sizes import settled
from archcalc.stairs import Stair

MOST_STEPS = 4096  # of a stair, over which the value with the largest field is looked for
MOST_NAMES = 6
JOINED = mark("where branches meet, a value reads from where the first of them begins, -p, to where the last ends, r - p - 1")


class Step(NamedTuple):
    """A layer's row: size, stride and padding, worked out; the rule that they follow, and what is said of the branches."""

    size: str
    stride: str = ""
    padding: str = ""
    rule: str = ""
    joins: str = ""


def joined(receptive: Receptive, node: Node, here: Far, parts: list[tuple[Node, Far]], source: Node, axis: int) -> Step | None:
    """Branches that are read together."""
    assert source.shape is not None
    if all(far == here for _, far in parts):
        return None
    says = _parting(receptive, node, [n for n, _ in parts])
    if isinstance(here, Field):
        fields = [far for _, far in parts if isinstance(far, Field)]
        if len({field.lo.slope for field in fields}) == 1:
            return _together(here, fields, node, says)
        sizes = [size_of(field, node.shape or ()) for field in fields]
        size = size_of(here, node.shape or ())
        larger = f"max({', '.join(map(str, sizes))}) = {size}" if max(sizes) == size else str(size)
        return Step(
            larger,
            str(here.lo.slope),
            str(-here.lo.at(0)),
            tr(JOINED),
            tr("{branches}; their strides differ: the larger field stands for all", branches=says),
        )
    if not isinstance(here, Span | Mixed) or any(far is None for _, far in parts):
        return None
    every = [n.name for n, far in parts if reads_all(far, source.shape[axis]) is True]
    if every:
        return Step(tr("whole, by {name}", name=every[0]), joins=says)
    firsts, lasts = ([settled(getattr(far, end)) for _, far in parts] for end in ("first", "last"))
    count = settled(here.last - here.first + 1)
    grown = f"{_of('max', lasts)} - {_of('min', firsts)} + 1 = {count}"
    if not isinstance(here, Span):
        grown = tr("{working}, by all its values together", working=grown)
    return Step(grown, rule=tr(JOINED), joins=says)


def _together(here: Field, fields: list[Field], node: Node, says: str) -> Step:
    """From the first of their begins to the last of their ends, of the value for which that is most."""
    size = size_of(here, node.shape or ())
    k = largest(here.lo, here.hi, size)
    ends_at, begins_at = [field.hi.at(k) for field in fields], [field.lo.at(k) for field in fields]
    grown = f"{_of('max', ends_at)} - {_of('min', begins_at)} + 1 = {size}"
    paddings = [-field.lo.at(0) for field in fields]
    return Step(grown, str(here.lo.slope), f"{_of('max', paddings)} = {-here.lo.at(0)}", tr(JOINED), says)


def _of(which: str, sizes: list[Any]) -> str:
    return f"{which}({', '.join(map(str, sizes))})"


def _parting(receptive: Receptive, node: Node, branches: list[Node]) -> str:
    """Which branches meet, and after which layer they parted: the last one that is before all of them, or is one of them."""
    names = list(dict.fromkeys(n.name for n in branches))
    fork = _fork(receptive, branches)
    if fork is None or len(names) == 1:
        return tr("of {names}", names=_listed(names))
    others = [name for name in names if name != fork.name]
    if len(others) < len(names):
        return tr("of {names}", names=_listed([*others, tr("of {name} as it is", name=fork.name)]))
    return tr("of {names}, which part after {name}", names=_listed(others), name=fork.name)


def _fork(receptive: Receptive, branches: list[Node]) -> Node | None:
    """The last node that all branches come from; None where there is none."""
    places = receptive.places
    found: dict[int, int] = {}  # of a node, by its place in the order, which branches come from it
    waiting: list[int] = []
    nodes: dict[int, Node] = {}
    for bit, node in enumerate(branches):
        _reach(node, 1 << bit, places, found, nodes, waiting, heappush)
    while waiting:
        place = -heappop(waiting)
        if found[place] == (1 << len(branches)) - 1:
            return nodes[place]
        for before in nodes[place].inputs:
            _reach(before, found[place], places, found, nodes, waiting, heappush)
    return None


def _reach(
    node: Node, bits: int, places: dict[int, int], found: dict[int, int], nodes: dict[int, Node], waiting: list[int], push: Any
) -> None:
    place = places[id(node)]
    if place not in found:
        nodes[place] = node
        push(waiting, -place)
    found[place] = found.get(place, 0) | bits


def _listed(names: list[str]) -> str:
    shown = names if len(names) <= MOST_NAMES else [*names[: MOST_NAMES - 1], tr("{n} more", n=number(len(names) - MOST_NAMES + 1))]
    return shown[0] if len(shown) == 1 else tr("{names} and {last}", names=", ".join(shown[:-1]), last=shown[-1])


def largest(lo: Stair, hi: Stair, size: int) -> int:
    """The first value that reads so many positions."""
    return next((k for k in range(MOST_STEPS) if hi.at(k) - lo.at(k) + 1 == size), 0)
