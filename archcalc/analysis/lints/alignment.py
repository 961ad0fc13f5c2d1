"""W120: where branches meet whose receptive fields do not line up.

Araujo, Norris & Sim (2019), "Computing Receptive Fields of Convolutional Neural Networks", section on alignment: what is added
or concatenated there belongs to other places of the input. Causal branches line up at their ends, not at their middles.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archcalc.analysis.chains import Field, centre
from archcalc.analysis.lints.around import axis_name
from archcalc.analysis.lints.lining_up import Tries
from archcalc.analysis.receptive import Apart, Receptive, near_of
from archcalc.diagnostics import Diagnostic
from archcalc.graph import Node
from archcalc.languages import mark, phrase, together
from archcalc.reading import Along
from archcalc.stairs import Ratio, ratio

LONGEST = 6  # characters of a decimal; a longer one is said as a fraction


def misaligned(receptive: Receptive) -> Iterator[Diagnostic]:
    """A warning for each layer where fields do not line up."""
    causal = Causal(receptive)
    found: dict[int, list[Apart]] = {}
    for apart in receptive.apart:
        if counts(apart, causal):
            found.setdefault(id(apart.node), []).append(apart)
    tries = Tries(receptive, frozenset(found), lambda apart: counts(apart, causal))
    for places in found.values():
        yield _told(places, receptive, tries)


class Causal:
    """Which nodes causal layers stand before: such as read, at their first value, only what comes before it."""

    def __init__(self, receptive: Receptive) -> None:
        self.receptive = receptive

    @cached_property
    def behind(self) -> frozenset[int]:
        """The ids of these nodes."""
        found: set[int] = set()
        for node in self.receptive.graph.layers:
            if any(id(before) in found for before in node.inputs) or (node.layer and node.shape and _looks_back(node)):
                found.add(id(node))
        return frozenset(found)


def _looks_back(node: Node) -> bool:
    lines = (read for reads in near_of(node) for read in reads if isinstance(read, Along))
    return any(len(read.hi.values) == 1 and read.lo.at(0) < 0 and read.hi.at(0) <= 0 for read in lines)


def counts(apart: Apart, causal: Causal) -> bool:
    """Whether it is to be warned of: along positions, and not where causal branches end together."""
    if apart.axis not in causal.receptive.axes(apart.source):
        return False
    one, other = apart.fields
    return one.hi != other.hi or not any(id(node) in causal.behind for node in apart.branches)


def _told(places: list[Apart], receptive: Receptive, tries: Tries) -> Diagnostic:
    node, (one, other) = places[0].node, places[0].branches
    places = [apart for apart in places if apart.branches == (one, other)]
    workings = {_working(apart): None for apart in places}
    axes = {axis_name(receptive.axes(apart.source), apart.axis): None for apart in places}
    facts = {"one": f"`{one.name}`", "other": f"`{other.name}`", "axes": together(" and ", axes), "working": together("; ", workings)}
    often = 2 if _repeats(places[0]) else 1
    related = tuple(
        (n.span, phrase("{name} reads {places}", name=n.name, places=_said(field, often)))
        for n, field in zip((one, other), places[0].fields, strict=True)
        if n.span
    )
    return Diagnostic("W120", node.span, facts, related=related, fixes=tries.fixes(node), layer=node.name)


def _repeats(apart: Apart) -> bool:
    """Whether the way from one field to the next is not always the same."""
    return any(len(line.values) > 1 for field in apart.fields for line in (field.lo, field.hi))


def _working(apart: Apart) -> str:
    """What differs, in positions of the input."""
    one, other = apart.fields
    if one.lo.slope != other.lo.slope:
        return phrase("neighbours are {one} apart in one, {other} in the other", one=_number(one.lo.slope), other=_number(other.lo.slope))
    a, b = centre(one), centre(other)
    if _repeats(apart):
        shift = ratio(abs(a.up * b.down - b.up * a.down), a.down * b.down)
        return phrase("on the average over neighbours, their middles are {shift} apart", shift=_number(shift))
    return phrase("the first field's middle is at {one} in one, at {other} in the other", one=_number(a), other=_number(b))


def _said(field: Field, often: int) -> str:
    """What its first value reads, or the first two."""
    read = (
        phrase(says, first=field.lo.at(k), last=field.hi.at(k))
        for k, says in enumerate(
            (mark("from {first} to {last} for its first value"), mark("from {first} to {last} for its second value"))[:often]
        )
    )
    return together(", ", read)


def _number(value: Ratio) -> str:
    text = str(value) if value.down == 1 else repr(value.up / value.down)
    return text if value.down == 1 or len(text) <= LONGEST else str(value)
