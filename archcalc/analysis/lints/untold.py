"""What a layer's line leaves open."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.diagnostics import Diagnostic
from archcalc.figures import WRITTEN
from archcalc.graph import Node
from archcalc.languages import phrase


def left_open(nodes: list[Node]) -> Iterator[Diagnostic]:
    """W130: figures that are unknown, and so are the totals that need them; once for each line, however often it is used."""
    seen: set[tuple[str, int]] = set()
    for node in nodes:
        missing = [figure for figure in WRITTEN if figure in node.untold]
        place = (node.span.source.name, node.span.start) if node.span is not None else (node.name, 0)
        if not missing or place in seen or node.shares is not None:
            continue
        seen.add(place)
        facts = {"name": f"`{node.name}`", "figures": ", ".join(missing)}
        said = ", ".join(f"`{WRITTEN[figure]}=...`" for figure in missing)
        yield Diagnostic("W130", node.span, facts, fixes=(phrase("write what is known: {figures}", figures=said),), layer=node.name)
