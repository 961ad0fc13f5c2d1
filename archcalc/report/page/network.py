"""The network drawn as a graph: a box is a link to its layer's row in the table."""

from __future__ import annotations

from typing import Any

from archcalc.report.drawing.graph import draw_graph
from archcalc.report.drawing.svg import inline
from archcalc.report.page.place import Page


def section(page: Page) -> dict[str, Any] | None:
    """The picture; nothing where there is no layer."""
    if not page.analysis.graph.layers:
        return None
    picture = draw_graph(page.analysis, ids=page.ids)
    return {"picture": inline(picture, "network-picture", role="group")}
