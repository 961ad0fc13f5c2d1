"""The table of layers alone, for a notebook."""

from __future__ import annotations

from archcalc.analysis import Analysis
from archcalc.languages import tr
from archcalc.report.model import shape_of
from archcalc.report.page import template
from archcalc.report.page.place import said_shape
from archcalc.report.terminal import REAL_TAPS
from archcalc.report.text import clean, number

FIGURES = ("params", "connections", "macs")


def compact_html(analysis: Analysis) -> str:
    """The table, in a form that a notebook's own style suits."""
    rows = [(clean(r.name), clean(r.kind), shape_of(r), *(number(getattr(r, f)) for f in FIGURES)) for r in analysis.rows]
    inputs = [(clean(n.name), "input", said_shape(n)) for n in analysis.graph.inputs]
    foot = [number(getattr(analysis.totals, f)) for f in FIGURES]
    note = tr(REAL_TAPS) if analysis.real_taps else ""
    return str(template("compact.html").render(network=clean(analysis.network), inputs=inputs, rows=rows, foot=foot, note=note))
