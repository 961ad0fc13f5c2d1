"""The table of layers alone, for a notebook."""

from __future__ import annotations

from archcalc.analysis import Analysis
from archcalc.figures import BY_NAME
from archcalc.languages import tr, trn
from archcalc.report.findings import summary
from archcalc.report.model import kind_of, shape_of
from archcalc.report.page import template
from archcalc.report.page.place import said_shape
from archcalc.report.terminal import notes
from archcalc.report.text import clean, number

FIGURES = ("params", "connections", "macs")
MOST = 500  # layers that are listed: a notebook keeps its outputs
MOST_FINDINGS = 5


def compact_html(analysis: Analysis) -> str:
    """The table, in a form that a notebook's own style suits; above it what is wrong, and what is assumed."""
    rows = [(clean(kind_of(r)), shape_of(r), *(number(getattr(r, f)) for f in FIGURES)) for r in analysis.rows[:MOST]]
    left = len(analysis.rows) - len(rows)
    shown = {
        "network": clean(analysis.network),
        "said": _said(analysis),
        "heads": [tr(BY_NAME[f].head) for f in FIGURES],
        "inputs": [(clean(n.name), said_shape(n)) for n in analysis.graph.inputs],
        "rows": rows,
        "left": trn("and {n} more layer", "and {n} more layers", left) if left else "",
        "foot": [number(getattr(analysis.totals, f)) for f in FIGURES],
    }
    return str(template("compact.html").render(shown))


def _said(analysis: Analysis) -> list[str]:
    """What is wrong with the network; what counts otherwise, and what is assumed."""
    found = analysis.diagnostics
    said = [summary(found)] if found else []
    said += [f"{d.severity}[{d.code}]: {d.message}" for d in found[:MOST_FINDINGS]]
    return [clean(text) for text in (*said, *notes(analysis))]
