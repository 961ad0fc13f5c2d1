"""What the top level of a file defines: values, tables, functions in one scope; blocks and networks by name."""

from __future__ import annotations

from typing import Any, NamedTuple

from archcalc.diagnostics import Diagnostic
from archcalc.languages import phrase
from archcalc.resolve.expressions import evaluate
from archcalc.resolve.labels import labels_in
from archcalc.resolve.scope import TAKEN, UNKNOWN, Fail, Function, Scope, fail
from archcalc.source import Source, Span
from archcalc.syntax import tree
from archcalc.values import Table, Word


class Defined(NamedTuple):
    """A block or a network, and the file whose names it sees."""

    item: tree.Block | tree.Network
    home: Definitions


class Definitions:
    """A file's own names, and those of the files that it uses. `networks` are its own; `callable` is all that layers can be."""

    def __init__(self, program: tree.Program, source: Source, library: Any = None, include: tuple[str, ...] = ()) -> None:
        self.scope = Scope()
        if library is not None:
            self.scope.budget = library.budget  # what all files of a program may cost together
        self.source = source
        self.library = library
        self.include = include  # folders that may hold used files
        self.callable: dict[str, Defined] = {}
        self.networks: dict[str, tree.Network] = {}
        self.findings: list[Diagnostic] = []
        self.places: dict[str, Span] = {}
        self._labels: dict[int, dict[str, Span]] = {}
        self.spent = (0, 0)  # layers and statements of the networks expanded so far: the limits are for all of them together
        self.incomplete = False  # a file that it uses could not be read: names may be missing
        self.names = [item.name for item in program.items if not isinstance(item, tree.Use | tree.Broken)]
        for item in program.items:
            if isinstance(item, tree.Broken):
                if item.label is not None:
                    self.scope.values.setdefault(item.label, UNKNOWN)
            elif isinstance(item, tree.Use):
                self._use(item)
            elif self._is_new(item.name, item.name_span):
                self._names_free(item)
                self._define(item)

    def labels_of(self, body: tree.Body) -> dict[str, Span]:
        """Every label of a body and its first place; looked for once, however often the body is expanded."""
        if id(body) not in self._labels:
            self._labels[id(body)] = dict(labels_in(body))
        return self._labels[id(body)]

    def _is_new(self, name: str, place: Span) -> bool:
        """Whether nothing has that name yet; a second thing of one name is reported, unless it is the same thing."""
        first = self.places.setdefault(name, place)
        if first != place:
            related = ((first, phrase("the first one")),)
            self.findings.append(Diagnostic("E102", place, {"name": f"`{name}`"}, related=related))
        return first == place

    def _names_free(self, item: Any) -> None:
        """Report names that the language has for itself."""
        for name, place in ((item.name, item.name_span), *((p.name, p.span) for p in getattr(item, "parameters", ()))):
            if name in TAKEN:
                self.findings.append(Diagnostic("E131", place, {"name": f"`{name}`", "what": TAKEN[name]}))

    def _use(self, item: tree.Use) -> None:
        from archcalc.resolve.library import Library  # most programs use no other file

        if self.library is None:
            self.library = Library(self.source, self.include, Definitions, self.scope.budget)
        used = self.library.use(item, self.source)
        self.findings += self.library.take_findings()
        if used is None or used.incomplete:
            self.incomplete = True
        if used is None:
            return
        for name, place in used.places.items():
            if self._is_new(name, place):
                if name in used.callable:
                    self.callable[name] = used.callable[name]
                if name in used.scope.values:
                    self.scope.values[name] = used.scope.values[name]

    def _define(self, item: Any) -> None:
        if isinstance(item, tree.TableDef):
            rows = tuple(row for row, _ in item.rows)
            self.scope.values[item.name] = Table(item.name, rows) if rows else UNKNOWN
        elif isinstance(item, tree.Def):
            self.scope.values[item.name] = Function(item, self.scope)
        elif isinstance(item, tree.Block | tree.Network):
            self.callable[item.name] = Defined(item, self)
            if isinstance(item, tree.Network):
                self.networks[item.name] = item
        else:
            try:
                self.scope.values[item.name] = defined_above(item.value, evaluate(item.value, self.scope, words=True), self.names)
            except Fail as failure:
                self.scope.values[item.name] = UNKNOWN
                self.findings += failure.findings


def defined_above(expr: tree.Expr, value: Any, names: list[str]) -> Any:
    """The value, unless it is a bare word that is the name of something further down: then the order is wrong."""
    if isinstance(value, Word) and value in names:
        raise fail("E104", expr.span, (phrase("`{value}` is defined further on; put it first", value=value),), name=f"`{value}`")
    return value
