"""A network's MACs and FLOPs under every counting convention, with what each counts: why another tool says something else."""

from __future__ import annotations

from archcalc.analysis import Analysis
from archcalc.conventions import NAMES, Counts, counts
from archcalc.languages import tr
from archcalc.report.explain.blocks import Blocks, Prose, Table
from archcalc.report.text import number

MOST = 3  # layers of which it is said why they have no count


def comparison(analysis: Analysis) -> Blocks:
    """A row for each convention, and why one has no total."""
    own = ("archcalc", "MACs", number(analysis.totals.macs), tr("multiply-accumulates, biases left out"))
    found = [counts(analysis, name) for name in NAMES]
    rows = (own, *((c.convention.name, c.convention.figure, number(c.total), tr(c.convention.says)) for c in found))
    head = (tr("by"), tr("calls it"), tr("says"), tr("and counts"))
    blocks: Blocks = [Table(("text", "text", "number", "text"), rows, tr("the same network, as other tools count:"), head)]
    notes = [note for c in found for note in reasons(c)]
    return [*blocks, Prose(tuple(notes))] if notes else blocks


def reasons(found: Counts) -> list[str]:
    """Why a convention has no total: the layers that it has no count of."""
    left = list(found.reasons.items())
    said = [tr("{tool}: ? of {name}: {why}", tool=found.convention.name, name=name, why=tr(why)) for name, why in left[:MOST]]
    return said + ([tr("{tool}: and of {n} more", tool=found.convention.name, n=f"{len(left) - MOST:,}")] if len(left) > MOST else [])
