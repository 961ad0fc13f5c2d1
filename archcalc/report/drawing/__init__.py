"""Drawings, as SVG: made from an analysis, the same each time, for the report and for papers."""

from __future__ import annotations

# The styles of `archcalc draw`: the function that draws, "module:function", and the options that it takes besides the analysis.
STYLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "graph": ("archcalc.report.drawing.graph:draw_graph", ("depth",)),
    "maps": ("archcalc.report.drawing.maps:draw_maps", ()),
}
