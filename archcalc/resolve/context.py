"""What all of an expansion shares: the graph that grows, the definitions, the limits, and where findings go."""

from __future__ import annotations

from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.graph import Graph, Node
from archcalc.languages import phrase
from archcalc.resolve.expressions import evaluate, spend
from archcalc.resolve.labels import Frame, refer
from archcalc.resolve.limits import fewest
from archcalc.resolve.scope import Fail, Scope
from archcalc.sizes import free_sizes
from archcalc.source import Span
from archcalc.syntax import tree
from archcalc.values import Dims, said

MAX_LAYERS = 200_000
MAX_STATEMENTS = 700_000
MAX_FINDINGS = 2_000  # mistakes, the same one in many instances of a block included: looking for what was meant takes a millisecond each


class Context:
    """One network's expansion. `sizes` are the input sizes given from outside; `taken` are those that found their input."""

    def __init__(self, graph: Graph, sizes: dict[str | None, Dims], spent: tuple[int, int] = (0, 0)) -> None:
        self.graph = graph
        self.others = spent[0]  # layers of networks that were expanded before, of the same file
        self.sizes = sizes
        self.taken: set[str | None] = set()
        self.ambiguous = False
        self.loops = 0  # how many loops are around the statement that is being expanded
        self.statements = spent[1]  # that were expanded, passes of loops included
        self.wrappings: list[Any] = []  # the wrappers whose bodies are being expanded, outermost first
        self.broken = False  # a line could not be read
        self.full = False  # a limit was reached

    def report(self, code: str, span: Span | None, fixes: tuple[str, ...] = (), **facts: Any) -> None:
        self.graph.findings.append(Diagnostic(code, span, facts, fixes=fixes))

    def no_value(self, span: Span, value: Any, wanted: str, fixes: tuple[str, ...] = (), got: str = "") -> None:
        """Another kind of value is needed: E209; E213, where a free size may yet become one."""
        if free_sizes(value):
            from archcalc.resolve.free import no_number

            self.graph.findings.append(no_number(span, got or f"`{said(value)}`", value))
        else:
            self.report("E209", span, fixes, got=got or said(value), wanted=wanted)

    def value(self, expr: tree.Expr, scope: Scope, words: bool = False) -> Any:
        """The value of an expression; None where it has none, which is then reported."""
        try:
            value = evaluate(expr, scope, words)
            if isinstance(value, list | tuple):
                spend(scope, expr.span, 5 * len(value))  # whoever asked for it will go through it
            return value
        except Fail as failure:
            self.graph.findings += failure.findings
            return None

    def nodes(self, references: tuple[tree.Reference, ...], frame: Frame, scope: Scope) -> tuple[Node, ...]:
        """The nodes that `from` names; one that it names in vain becomes an unknown one."""
        found: list[Node] = []
        for reference in references:
            try:
                found += refer(reference, frame, scope)
            except Fail as failure:
                self.graph.findings += failure.findings
                found.append(unknown(reference.span))
        return tuple(found)

    def entering(self, item: tree.Statement, frame: Frame, scope: Scope) -> tuple[Node, ...]:
        """What flows into a statement: what `from` names, else what the one before puts out."""
        return self.nodes(item.sources, frame, scope) if item.sources else frame.flow or ()

    def fits(self, times: int, body: tree.Body, span: Span, scope: Scope, frame: Frame) -> bool:
        """Whether so many passes over a body stay within the limits; counted before any of them is made."""
        return times == 0 or (self.has_room(times * fewest(body, scope, frame.home.callable), span) and self.takes(times, span))

    def takes(self, more: int, span: Span) -> bool:
        """Whether so many more statements may be expanded, layers or not. If not, that is said once."""
        self.statements += more
        if self.statements > MAX_STATEMENTS and not self.full:
            self.report("E130", span, limit=MAX_STATEMENTS)
            self.end()
        if len(self.graph.findings) > MAX_FINDINGS:
            self.end()
        return not self.full

    def has_room(self, more: int, span: Span) -> bool:
        """Whether there is room for so many more layers. If not, that is said once, and the expansion ends."""
        count = len(self.graph.layers) + more
        if self.others + count > MAX_LAYERS and not self.full:
            others = phrase(", and the networks above it have {others}", others=self.others) if self.others else ""
            self.report("E127", span, name=self.graph.name, count=count, others=others, limit=MAX_LAYERS)
            self.end()
        return not self.full

    def end(self) -> None:
        """Expand nothing more. What is left out is unknown, and so are the totals."""
        self.full = self.graph.partial = True


def unknown(span: Span, name: str = "") -> Node:
    """A node of which nothing is known: what went wrong with it was said."""
    return Node(name, None, (), span)
