"""The picture of stacked feature maps."""

from __future__ import annotations

from archcalc.report.drawing.maps import draw_maps
from archcalc.report.drawing.svg import inline
from archcalc.report.page.place import Page


def section(page: Page) -> str | None:
    """The picture, as an element; None where no layer has a shape."""
    if not any(node.shape is not None for node in page.analysis.graph.layers):
        return None
    return inline(draw_maps(page.analysis), "maps-picture")
