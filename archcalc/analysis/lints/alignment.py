"""W120: where branches meet whose receptive fields do not line up.

Araujo, Norris & Sim (2019), "Computing Receptive Fields of Convolutional Neural Networks", section on alignment: what is added
or concatenated there belongs to other places of the input.
"""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis.chains import Field, centre
from archcalc.analysis.receptive import Apart, Receptive
from archcalc.diagnostics import Diagnostic
from archcalc.graph import Node
from archcalc.stairs import Ratio

AXES = {1: ("positions",), 2: ("rows", "columns"), 3: ("planes", "rows", "columns")}


def misaligned(receptive: Receptive) -> Iterator[Diagnostic]:
    """A warning for each layer where fields do not line up."""
    found: dict[int, list[Apart]] = {}
    for apart in receptive.apart:
        if apart.axis in receptive.axes(apart.source):
            found.setdefault(id(apart.node), []).append(apart)
    for places in found.values():
        yield _told(places, receptive)


def _told(places: list[Apart], receptive: Receptive) -> Diagnostic:
    node, (one, other) = places[0].node, places[0].branches
    places = [apart for apart in places if apart.branches == (one, other)]
    workings = {_working(apart): None for apart in places}
    axes = {_axis(apart, receptive): None for apart in places}
    facts = {"one": f"`{one.name}`", "other": f"`{other.name}`", "axes": " and ".join(axes), "working": "; ".join(workings)}
    related = tuple((n.span, f"{n.name} reads {_said(field)}") for n, field in zip((one, other), places[0].fields, strict=True) if n.span)
    return Diagnostic("W120", node.span, facts, related=related, fixes=_fixes(node), layer=node.name)


def _axis(apart: Apart, receptive: Receptive) -> str:
    axes = receptive.axes(apart.source)
    names = AXES.get(len(axes))
    return names[axes.index(apart.axis)] if names else f"axis {apart.axis + 1}"


def _working(apart: Apart) -> str:
    """What differs, in positions of the input."""
    one, other = apart.fields
    if one.lo.slope != other.lo.slope:
        return f"neighbours are {_number(one.lo.slope)} apart in one, {_number(other.lo.slope)} in the other"
    return f"the first field's middle is at {_number(centre(one))} in one, at {_number(centre(other))} in the other"


def _said(field: Field) -> str:
    return f"from {field.lo.at(0)} to {field.hi.at(0)} for its first value"


def _number(value: Ratio) -> str:
    return str(value) if value.down == 1 else repr(value.up / value.down)


def _fixes(node: Node) -> tuple[str, ...]:
    """`same` pads more after than before, where what is missing is odd: as it is under a stride, of an even length."""
    waiting, seen = list(node.inputs), {id(node)}
    while waiting:
        before = waiting.pop()
        if id(before) in seen or before.layer is None or before.shape is None:
            continue
        seen.add(id(before))
        waiting += before.inputs
        for window, n in zip(before.layer.windows(*before.input_shapes), before.input_shapes[0] if before.inputs else (), strict=False):
            first, last = window.pads(n)
            if window.word == "same" and first != last:
                pads = f"`same` pads {before.name} by {first} before and {last} after"
                return (f"{pads}; a number, such as `pad={last}`, pads both ends alike",)
    return ()
