"""Drawings, as SVG: made from an analysis, the same each time, for the report and for papers."""
