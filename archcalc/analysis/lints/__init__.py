"""Warnings: what is allowed, but may not be meant. They ask for declared traits, never for a layer's name.

Lints of windows get the windows of a node; lints of a trait get nodes whose layer has it; lints of a graph get all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from archcalc.analysis.lints.around import Around, whole
from archcalc.analysis.lints.ends import alone, misfit, twice
from archcalc.analysis.lints.weights import cancelled, mostly_here, on_a_map
from archcalc.analysis.lints.windows import lopsided, lost_pixels, skipped_pixels
from archcalc.checks import Checks
from archcalc.diagnostics import Diagnostic
from archcalc.graph import Graph, Node

if TYPE_CHECKING:
    from archcalc.analysis.receptive import Receptive

OF_WINDOWS = (("W101", lost_pixels), ("W106", skipped_pixels), ("W107", lopsided))
OF_TRAITS = (("W108", "reads_last", on_a_map), ("W109", "activates", twice), ("W113", "reads_last", mostly_here))


def lint(graph: Graph, receptive: Callable[[], Receptive], checks: Checks = Checks(), sound: bool = True) -> Iterator[Diagnostic]:
    """All warnings about a graph that are on, layer by layer; of one that is not `sound`, those of windows: others look further.

    `receptive` works out its receptive fields, where they are wanted.
    """
    around = Around(graph, checks)
    on = checks.on if sound else frozenset()
    of_windows = [check for code, check in OF_WINDOWS if code in checks.on]
    of_traits = [(trait, check) for code, trait, check in OF_TRAITS if code in on]
    with_one = "W110" in on
    untold: list[Node] = []
    for node in graph.layers:
        layer = node.layer
        if layer is None or node.shape is None:
            continue
        if layer.untold:
            untold.append(node)
        windows = layer.windows(*node.input_shapes)
        if windows and whole(*node.input_shapes, node.shape):
            for check in of_windows:
                if said := tuple(check(node, windows)):
                    yield from said
                    break  # what mends the first mends the others
        for trait, found in of_traits:
            if getattr(layer, trait):
                yield from found(node, around)
        if with_one:
            for n in node.shape:
                if type(n) is int and n == 1:
                    yield from alone(node)
                    break
    if untold and "W130" in checks.on:
        from archcalc.analysis.lints.untold import left_open

        yield from left_open(untold)
    if "W112" in on:
        yield from cancelled(graph, around)
    if "W120" in on and any(len(node.inputs) > 1 for node in graph.layers):
        from archcalc.analysis.lints.alignment import misaligned  # not for what has no branches

        yield from misaligned(receptive())
    if "W114" in on:
        from archcalc.analysis.lints.beyond import beyond

        yield from beyond(receptive())
    if graph.recipe is not None and "W111" in on:
        yield from misfit(graph, graph.recipe)
