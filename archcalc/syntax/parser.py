"""Text to syntax tree: runs the LALR(1) tables, and goes on after a mistake.

The work is a loop over a stack, never a recursion, so that depth is bounded by memory alone; what later stages walk
recursively is bounded here, by MAX_NESTING brackets.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.source import Source, Span
from archcalc.syntax.builder import Builder
from archcalc.syntax.scanner import MAX_NESTING, Scanner, Token
from archcalc.syntax.tables import Tables, load
from archcalc.syntax.tree import Broken, Program, Top

MAX_CHARACTERS = 10_000_000
MAX_MISTAKES = 20
MAX_STACK = 2500  # states; MAX_NESTING brackets take fewer, but `else if` and `a if b else ...` nest without brackets

_tables = lru_cache(maxsize=1)(load)


def parse(source: Source) -> tuple[Program, list[Diagnostic]]:
    """The program, and what is wrong with its text. Lines that could not be read are `Broken` in it."""
    if len(source.text) > MAX_CHARACTERS:
        finding = Diagnostic("E004", None, {"size": len(source.text), "limit": MAX_CHARACTERS})
        return Program((), Span(source, 0, 0)), [finding]
    return Parser(source, _tables()).run()


class Parser:
    """One run over one text."""

    def __init__(self, source: Source, tables: Tables) -> None:
        self.source = source
        self.tables = tables
        self.scanner = Scanner(source.text, tables)
        self.builder = Builder(source)
        self.states = [0]
        self.values: list[Any] = []
        self.starts: list[int] = []
        self.end = 0  # of the last token that was shifted
        self.arrived = [0]
        self.whole: list[Top] = []  # what was read before a mistake made the parser start again
        self.lost: list[Broken] = []  # what could not be read at the top of the file
        self.findings: list[Diagnostic] = []

    def run(self) -> tuple[Program, list[Diagnostic]]:
        actions = self.tables.actions
        while True:
            accepts = actions[self.states[-1]]
            token = self.scanner.next(accepts)
            self.arrived = self.states[:]  # reductions may go on a while before a token turns out not to fit
            if len(self.scanner.brackets) > MAX_NESTING or len(self.states) > MAX_STACK:
                span = Span(self.source, token.start, token.end)
                return self._give_up(Diagnostic("E005", span, {"limit": MAX_NESTING}))
            action = accepts.get(token.type)
            while action is not None and action < 0:
                self._reduce(-action - 1, token)
                action = actions[self.states[-1]].get(token.type)
                if self.states[-1] == self.tables.end:
                    return self._finish(self.values[-1].items)
            if action is not None:
                self.states.append(action)
                self.values.append(token)
                self.starts.append(token.start)
                self.end = token.end
            elif not self._recovers(token):
                return self._give_up()

    def _reduce(self, rule: int, token: Token) -> None:
        name, size, node, parts = self.tables.rules[rule]
        states, values = self.states, self.values
        if node == "?":  # hands its only child on
            del states[-1]
            states.append(self.tables.gotos[states[-1]][name])
            return
        children = self._children(parts, values[-size:] if size else [])
        start = self.starts[-size] if size else self.end
        if size:
            del states[-size:], values[-size:], self.starts[-size:]
        span = Span(self.source, start, max(start, self.end))
        values.append(children if node == "" else self.builder.build(node, children, span))
        self.starts.append(start)
        states.append(self.tables.gotos[states[-1]][name])

    @staticmethod
    def _children(parts: tuple[int | None, ...], values: list[Any]) -> list[Any]:
        # A list that grows from the left is taken over, not copied: repetition stays linear.
        children: list[Any] = values[0] if parts and parts[0] == -1 else []
        for part in parts[1:] if children else parts:
            if part is None:
                children.append(None)
            elif part >= 0:
                children.append(values[part])
            elif values[-part - 1] is not children:
                children.extend(values[-part - 1])
        return children

    def _recovers(self, token: Token) -> bool:
        from archcalc.syntax.recovery import recover  # most texts have no mistakes

        return len(self.findings) < MAX_MISTAKES and recover(self, token)

    def pop(self) -> int:
        """Take the top off the stack, and keep what is whole in it; where it started."""
        self.states.pop()
        value = self.values.pop()
        self.whole[:0] = [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, Top)]
        return self.starts.pop()

    def _finish(self, items: Iterable[Top]) -> tuple[Program, list[Diagnostic]]:
        found = sorted((*self.whole, *items, *self.lost), key=lambda item: item.span.start)
        return Program(tuple(found), Span(self.source, 0, len(self.source.text))), [*self.findings, *self.builder.findings]

    def _give_up(self, *more: Diagnostic) -> tuple[Program, list[Diagnostic]]:
        while self.values:
            self.pop()
        self.findings += more
        return self._finish(())
