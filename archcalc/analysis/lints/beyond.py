"""W114: receptive fields that are larger than the input."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis.lints.around import axis_name
from archcalc.analysis.receptive import Extent, Receptive
from archcalc.diagnostics import Diagnostic
from archcalc.graph import Node, say_shape
from archcalc.languages import phrase, together


def beyond(receptive: Receptive) -> Iterator[Diagnostic]:
    """A warning for each input, at the first layer whose field is larger along an axis: later ones only grow."""
    told: set[str] = set()
    graph = receptive.graph
    for node in graph.layers:
        if len(told) == len(graph.inputs):
            return
        for name, extent in (receptive.of(node) or {}).items():
            if name not in told and isinstance(extent, Extent) and any(extent.larger):
                told.add(name)
                yield _told(node, name, extent, receptive)


def _told(node: Node, name: str, extent: Extent, receptive: Receptive) -> Diagnostic:
    """Only the axes along which it is larger are named; with their own numbers, where these differ."""
    axes = receptive.axes(next(n for n in receptive.graph.inputs if n.name == name))
    along = zip(axes, extent.size, extent.lengths, extent.larger, strict=True)
    larger = [(axis_name(axes, axis), field, n) for axis, field, n, beyond in along if beyond]
    names, fields, lengths = zip(*larger, strict=True)
    facts = {"axes": together(" and ", names), "field": say_shape(fields), "input": name, "size": say_shape(lengths)}
    fixes = (
        phrase(
            "fewer or smaller windows, or an input of {size}, which holds the fields of all layers",
            size=say_shape(_holding(name, extent, receptive)),
        ),
    )
    return Diagnostic("W114", node.spans.get("kernel", node.span), facts, fixes=fixes, layer=node.name)


def _holding(name: str, extent: Extent, receptive: Receptive) -> list[int]:
    """The lengths of an input as long as the longest field of any layer."""
    needed = list(extent.lengths)
    for node in receptive.graph.layers:
        found = (receptive.of(node) or {}).get(name)
        if isinstance(found, Extent):
            needed = [max(field, n) if isinstance(field, int) else n for field, n in zip(found.size, needed, strict=True)]
    return needed
