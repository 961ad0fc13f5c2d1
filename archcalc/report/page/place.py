"""What the sections of a page share: the analysis, and where in the page each layer and each line of the source stands."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.analysis import Analysis
from archcalc.graph import Node, say_shape
from archcalc.report.proof.holding import Held
from archcalc.source import Source

MOST_LAYERS = 20_000  # that have a row: a browser does no more with pleasure
MOST_LINES = 20_000  # of the listing
ELSEWHERE = "layers"  # the place of a layer without a row: the head of the table, where it is said


class Page(NamedTuple):
    """A page in the making. `ids` are the places of inputs and layers, by name; `lines` is how many lines the listing has."""

    analysis: Analysis
    ids: dict[str, str]
    lines: int
    proofs: tuple[Held, ...] = ()  # what verify found

    def line_of(self, node: Node) -> int | None:
        """The line of the listing that a node was written on; None for one of another file."""
        source = source_of(self.analysis)
        line = node.span.line if node.span and node.span.source is source else None
        return line if line is not None and line <= self.lines else None


def page_of(analysis: Analysis, proofs: tuple[Held, ...] = ()) -> Page:
    """The page of an analysis, and of what verify found, still without sections."""
    graph = analysis.graph
    first = len(graph.inputs) + MOST_LAYERS
    ids = {node.name: f"n{i}" if i < first else ELSEWHERE for i, node in enumerate((*graph.inputs, *graph.layers))}
    return Page(analysis, ids, min(len(texts(analysis)), MOST_LINES), proofs)


def source_of(analysis: Analysis) -> Source | None:
    """The text that the network was written in; None where it was not read from text."""
    return analysis.graph.span.source if analysis.graph.span else None


def texts(analysis: Analysis) -> list[str]:
    """Its lines. An empty one at the end is left out, where nothing is wrong with it."""
    source = source_of(analysis)
    if source is None:
        return []
    found = source.text.split("\n")
    wrong = any(d.span is not None and d.span.source is source and d.span.line == len(found) for d in analysis.diagnostics)
    return found if found[-1] or wrong else found[:-1]


def said_shape(node: Node) -> str:
    """A node's shape, "?" where it is unknown."""
    return say_shape(node.shape) if node.shape is not None else "?"
