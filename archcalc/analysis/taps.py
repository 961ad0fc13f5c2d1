"""Connections without the taps that fall on padding: each layer's, worked out anew once all else is known.

Expectations are decided before: what a file expects is not a matter of how it is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcalc.analysis.costs import Row, Totals
from archcalc.analysis.memory import NetworkTotals
from archcalc.diagnostics import Diagnostic
from archcalc.graph import Node, explain_refusal
from archcalc.sizes import Refusal, settled, total
from archcalc.taps import Tapped

if TYPE_CHECKING:
    from archcalc.analysis import Analysis


def leave_out_padding(analysis: Analysis) -> None:
    """Take the taps on padding out of the connections of every row, and of what adds them up."""
    counted = [_row(row, analysis.diagnostics) for row in analysis.rows]
    if all(one is row for one, row in zip(counted, analysis.rows, strict=True)):
        return
    for row in counted:
        row.node.row = row
    analysis.rows = counted
    analysis.layers = {row.node.name: row for row in counted}
    of_all = _summed(analysis.totals, [row.node for row in counted], analysis.diagnostics)
    analysis.totals = NetworkTotals.of(analysis.graph, of_all)
    for group in analysis.graph.groups:
        group.row = _summed(group.row, [n for n in group.nodes if n.row is not None and n.kind != "input"], analysis.diagnostics)


def _row(row: Row, findings: list[Diagnostic]) -> Row:
    """A row without the edges of such taps; itself where it has none."""
    if row.connections is None or (row.connections == 0) is True:
        return row
    try:
        left_out = total(one.left_out for one in tapped(row.node))
        return row if (left_out == 0) is True else row._replace(connections=settled(row.connections - left_out))
    except Refusal as refusal:
        findings.append(explain_refusal(row.node, refusal))
        return row._replace(connections=None)


def tapped(node: Node) -> tuple[Tapped, ...]:
    """The edges through a node's kernels; none where its shape is unknown, or it computes nothing."""
    layer, out = node.layer, node.seen
    return () if layer is None or out is None or not layer.computes else layer.tapped(out, *node.input_shapes)


def _summed(sums: Totals, nodes: list[Node], findings: list[Diagnostic]) -> Totals:
    """Sums of rows, with the connections added up again; unknown ones stay so."""
    found = Totals(*sums)
    each = [node.row.connections for node in nodes]
    if found.connections is None or any(one is None for one in each):
        return found._replace(connections=None)
    try:
        return found._replace(connections=settled(sum(each)))
    except Refusal as refusal:
        findings.append(Diagnostic(refusal.code, nodes[0].span, refusal.facts))
        return found._replace(connections=None)
