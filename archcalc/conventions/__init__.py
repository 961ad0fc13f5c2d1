"""What other tools would count of a network: each tool's own table, a module for each, so that "why does it say Y" has an answer.

A convention is asked layer by layer. What a tool's count depends on besides the network (how a module is written, what a
backend compiles) is left out with a reason; nothing is approximated. Each is held to what the tool itself printed of the
same networks (docs/evidence/other-tools.json).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import NamedTuple

from archcalc.analysis import Analysis
from archcalc.figures import CONVENTIONS as NAMES
from archcalc.graph import Node
from archcalc.sizes import Size
from archcalc.sizes import total as add_up

__all__ = ["NAMES", "Convention", "Counts", "Uncounted", "convention", "counts", "total_of"]


class Uncounted(Exception):
    """What a tool counts of a layer does not follow from the layer alone; the message says why."""


class Convention(NamedTuple):
    """A tool's way of counting. `figure` is the tool's own word for what it prints, `says` what that means, in short.

    `count` gives the figure of a node whose shape is known, or raises Uncounted. `table` says in words what counts how much.
    """

    name: str
    tool: str
    figure: str
    says: str
    count: Callable[[Node], Size]
    table: tuple[tuple[str, str], ...]
    source: str


class Counts(NamedTuple):
    """A network by one convention: each layer's count by its name, None where there is none; and the reasons."""

    convention: Convention
    layers: dict[str, Size | None]
    reasons: dict[str, str]

    @property
    def total(self) -> Size | None:
        """The sum; None where a layer has no count, since a sum that leaves something out would lie."""
        values = list(self.layers.values())
        return None if None in values else add_up(values)


def convention(name: str) -> Convention:
    """The convention of that name."""
    found: Convention = importlib.import_module(f"archcalc.conventions.{name}").CONVENTION
    return found


def total_of(nodes: list[Node], name: str) -> Size | None:
    """What a convention counts of some layers; None where one of them has no count."""
    found = [_count(convention(name), node)[0] for node in nodes]
    return None if None in found else add_up(found)


def counts(analysis: Analysis, name: str) -> Counts:
    """Every layer of a network by a convention."""
    chosen = convention(name)
    found = {row.name: _count(chosen, row.node) for row in analysis.rows}
    layers = {layer: count for layer, (count, _) in found.items()}
    return Counts(chosen, layers, {layer: why for layer, (_, why) in found.items() if why})


def _count(chosen: Convention, node: Node) -> tuple[Size | None, str]:
    """A layer's count; or None, and why."""
    if node.layer is None or node.shape is None:
        return None, "its shape is unknown"
    if node.untold:
        return None, "its line leaves open what it does"
    try:
        return chosen.count(node), ""
    except Uncounted as reason:
        return None, str(reason)
