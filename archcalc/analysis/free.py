"""Figures of a network whose sizes are free: formulas, under what is assumed; and for which sizes no pixel is lost."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from archcalc.analysis.costs import Row, Totals, costs
from archcalc.analysis.lints.around import whole
from archcalc.analysis.lints.windows import LAST, axes_of, zeros_after
from archcalc.diagnostics import Diagnostic
from archcalc.figures import FIGURES
from archcalc.graph import Graph, Node, explain_refusal
from archcalc.languages import phrase, together
from archcalc.sizes import Refusal, free_sizes, maximum, settled
from archcalc.symbolic.saying import assumptions, without_loss


def free_costs(node: Node, value_bytes: int, batch: int, weight_bytes: int, findings: list[Diagnostic]) -> Row:
    """The figures of one layer; unknown ones, with a finding, where a formula is too large or a rule needs a number."""
    try:
        return Row(node, *map(settled, costs(node, value_bytes, batch, weight_bytes)[1:]))
    except Refusal as refusal:
        findings.append(explain_refusal(node, refusal))
        return Row(node)


def free_total(rows: list[Any], graph: Graph, findings: list[Diagnostic]) -> Totals:
    """The sum of each figure; None, with a finding, where its formula is too large."""
    sums: list[Any] = []
    for figure in FIGURES:
        values = [getattr(row, figure) for row in rows]
        try:
            sums.append(None if any(value is None for value in values) else settled(sum(values)))
        except Refusal as refusal:
            sums.append(None)
            findings.append(Diagnostic(refusal.code, graph.span, refusal.facts))
    return Totals(*sums)


def stated(graph: Graph) -> list[str]:
    """All that is assumed of the free sizes, in words."""
    return assumptions(graph.book)


def losses(graph: Graph) -> tuple[list[str], list[Diagnostic]]:
    """For which sizes no pixel is lost, beyond what is assumed; and W101 for windows that lose some at every size."""
    conditions: list[Any] = []
    findings: list[Diagnostic] = []
    for node in graph.layers:
        if node.layer is None or node.shape is None or whole(*node.input_shapes, node.shape):
            continue
        try:
            always = []
            for axis, condition, lost in _windows(node):
                if condition is False:
                    always.append((axis, settled(lost())))
                elif condition is not True:
                    conditions.append(condition)
        except Refusal:
            continue  # an argument is free, and what is lost needs its number
        findings += [_always(node, always)] if always else []
    return without_loss(graph.book, conditions), findings


def _windows(node: Node) -> Iterator[tuple[str, Any, Any]]:
    """Of each window: its axis, whether it reads all (a condition where that depends on the size), how much it does not."""
    assert node.layer is not None
    windows = node.layer.windows(*node.input_shapes)
    if not windows:
        return
    zeros, axes = zeros_after(node.inputs[0], len(windows)), axes_of(node, windows)
    for window, n, axis, more in zip(windows, node.input_shapes[0], axes, zeros, strict=False):
        spare = maximum(maximum(window.stride - window.reach, 0), more)
        if window.word != "same":  # which reaches the end, but for gaps
            yield axis, settled(window.unread(n)) <= spare, partial(window.unread, n)


def _always(node: Node, always: list[tuple[str, Any]]) -> Diagnostic:
    lost = together(" and ", (phrase(LAST[axis][(count == 1) is not True], n=count) for axis, count in always))
    facts = {"lost": lost, "working": phrase("so it is at every size of {names} that is assumed", names=", ".join(node_free(node)))}
    return Diagnostic("W101", node.spans.get("kernel", node.span), facts, layer=node.name)


def node_free(node: Node) -> tuple[str, ...]:
    """The free sizes that what flows into a node depends on."""
    return free_sizes(node.input_shapes)
