"""`expect` lines: each is decided on the figures, and one that does not hold says both sides."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from archcalc.analysis.costs import Totals
from archcalc.analysis.memory import NetworkTotals
from archcalc.diagnostics import Diagnostic
from archcalc.figures import FIELD_NAMES, LIVE, SHORT, TOTALS, TRAINED
from archcalc.graph import Expectation, Graph
from archcalc.names import suggestion
from archcalc.resolve.arithmetic import compare, truth
from archcalc.resolve.expressions import evaluate
from archcalc.resolve.free import given
from archcalc.resolve.labels import Bearer, Label, left_open
from archcalc.resolve.scope import Fail, Figures, Scope, fail
from archcalc.sizes import free_sizes
from archcalc.source import Span
from archcalc.syntax import tree
from archcalc.values import said

if TYPE_CHECKING:
    from archcalc.analysis.receptive import Receptive


class Outcome(NamedTuple):
    """An expectation decided: `holds` is None where a figure that it needs is unknown."""

    text: str
    line: int
    holds: bool | None
    left: Any
    right: Any


class TotalFigures(Figures):
    """The totals by the names of the JSON output."""

    def __init__(self, totals: Totals) -> None:
        self.totals = totals

    def figure(self, name: str, span: Span) -> Any:
        full = SHORT.get(name, name)
        if full not in TOTALS:
            raise fail("E207", span, suggestion(full, (*TOTALS, *SHORT)), name=f"`{name}`", what="`total`")
        value = getattr(self.totals, full)
        if value is None:
            nodes = self.totals.graph.layers if isinstance(self.totals, NetworkTotals) and self.totals.graph is not None else ()
            raise left_open(nodes, TRAINED if full == "training_bytes" else (full,), f"`total.{name}`", span)
        return value


class Layers(dict[str, Label]):
    """Every layer and every instance by name, and where their receptive fields are found, and what is alive while they run."""

    def __init__(self, receptive: Callable[[], Receptive] | None = None, totals: NetworkTotals | None = None) -> None:
        super().__init__()
        self.receptive = receptive
        self.totals = totals


class Sight(Scope):
    """What an expectation sees: the totals, the names in sight at its line, then every layer by its name."""

    def __init__(self, names: Scope, totals: Totals, nodes: Layers) -> None:
        super().__init__(names)
        self.values["total"] = TotalFigures(totals)
        self.nodes = nodes

    def find(self, name: str) -> Any:
        """The value of a name, or None."""
        value = super().find(name)
        if value is None:
            return self.nodes.get(name)
        return Named(value.bearers, self.nodes) if isinstance(value, Label) else value


class Named(Label):
    """A label, or the name of an instance, through which every layer within is found by the name that tables show."""

    __slots__ = ("nodes",)

    def __init__(self, bearers: list[Bearer], nodes: Layers) -> None:
        super().__init__(*bearers)
        self.nodes = nodes

    def figure(self, name: str, span: Span) -> Any:
        group = self.latest.group
        alone = group is None and not self.latest.several and name not in self.latest.inner
        if alone and name in FIELD_NAMES and self.nodes.receptive:
            from archcalc.analysis.fields import value_of  # seldom needed

            return value_of(self.nodes.receptive(), self.latest.node, name, span)
        if alone and name == LIVE.name and self.nodes.totals:
            if self.nodes.totals.liveness is None:
                raise Fail(None)  # the mistake that leaves it unknown was said
            if (live := self.nodes.totals.live_bytes(self.latest.node.name)) is not None:
                return live
        inner = self.latest.inner.get(name) or (self.nodes.get(f"{group.name}.{name}") if group else None)
        return super().figure(name, span) if inner is None else Named(inner.bearers, self.nodes)

    def entry(self, index: int) -> Any:
        return Named([self.bearer(index)], self.nodes)


def named(graph: Graph, receptive: Callable[[], Receptive] | None = None, totals: NetworkTotals | None = None) -> Layers:
    """Every layer and every instance of a network, by the name that tables show."""
    found = Layers(receptive, totals)
    for node in (*graph.inputs, *graph.layers):
        found[node.name] = Named([Bearer(node)], found)
    for group in graph.groups:
        if group.outputs:
            found.setdefault(group.name, Named([Bearer(group.outputs[-1], group)], found))
    return found


def decide(expectation: Expectation, nodes: Layers, totals: Totals) -> tuple[Outcome, list[Diagnostic]]:
    """Decide one expectation. `nodes` are the layers by name."""
    scope = Sight(expectation.names, totals, nodes)
    condition = expectation.span.text.removeprefix("expect").strip()
    line = expectation.span.line
    try:
        holds, sides, finding = _check(expectation.expression, scope, condition)
    except Fail as failure:
        return Outcome(condition, line, None, None, None), failure.findings
    return Outcome(condition, line, holds, *sides), [finding] if finding else []


Decided = tuple[bool, tuple[Any, Any], Diagnostic | None]


def _check(expr: tree.Expr, scope: Scope, text: str) -> Decided:
    """Decide a condition; of several joined by `and`, the first that fails is the one to tell of."""
    if isinstance(expr, tree.Group):
        return _check(expr.inner, scope, text)
    if isinstance(expr, tree.Logical) and expr.op == "and":
        left = _check(expr.left, scope, text)
        return left if not left[0] else _check(expr.right, scope, text)
    if isinstance(expr, tree.Compare):
        return _check_compare(expr, scope)
    holds = truth(evaluate(expr, scope), expr.span)
    return holds, (holds, True), None if holds else Diagnostic("E402", expr.span, {"text": text, "got": "false"})


def _check_compare(expr: tree.Compare, scope: Scope) -> Decided:
    try:
        evaluate(expr, scope)  # says what is wrong with the names in it, if anything is
    except Fail as failure:
        if failure.finding is None or failure.finding.code != "E213" or failure.finding.span != expr.span:
            raise
    left = evaluate(expr.first, scope, words=True)
    right: Any = None
    for op, operand in expr.rest:
        right = evaluate(operand, scope, words=True)
        if not _holds(op, left, right, expr):
            facts = {"text": f"`{expr.span.text}`", "left": said(left), "op": op, "right": said(right)}
            return False, (left, right), Diagnostic("E401", expr.span, facts)
        if operand is not expr.rest[-1][1]:
            left = right
    return True, (left, right), None


def _holds(op: str, left: Any, right: Any, expr: tree.Compare) -> bool:
    """One comparison. Fails with E403 where it holds for some of the free sizes only."""
    try:
        return compare(op, left, right, expr.span)
    except Fail:  # with E213: all else was said before
        names = free_sizes((left, right))
        facts = {"text": f"`{expr.span.text}`", "names": ", ".join(f"`{name}`" for name in names), "left": said(left), "right": said(right)}
        raise Fail(Diagnostic("E403", expr.span, facts, fixes=given(names))) from None
