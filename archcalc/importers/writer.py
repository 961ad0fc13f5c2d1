"""Text of the language and the tree that a parser would make of it, in one go: each node knows its place in the text.

Nobody parses what is written here. A test does, and holds the tree to this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from archcalc.importers.arguments import Written
from archcalc.resolve.scope import CONSTANTS
from archcalc.source import Source, Span
from archcalc.syntax import tree
from archcalc.syntax.tables import load
from archcalc.values import Dims, Word

_NAME = re.compile(r"[^\W\d]\w*\Z").match
LARGEST = 10**150  # what the language reads as a number, and one through it: nothing that a model has is larger or smaller
INDENT = "    "
LONGEST = 200  # letters of a label that stands without quotes, as the grammar has it


class Writer:
    """Writes statement after statement. `source` holds the text once `finish` was called; spans may be made before."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.pieces: list[str] = []
        self.at = 0

    def put(self, text: str) -> Span:
        """Append a piece of text, and say where it stands."""
        start = self.at
        self.pieces.append(text)
        self.at = end = start + len(text)
        return Span(self.source, start, end)

    def pass_on(self, text: str) -> None:
        """Append a piece of text that no node is made of."""
        self.pieces.append(text)
        self.at += len(text)

    def finish(self) -> None:
        """The text is whole."""
        self.source.text = "".join(self.pieces)

    # ---- statements ---------------------------------------------------------------------------------------------

    def statement(
        self,
        label: str | None,
        kind: str,
        arguments: Iterable[Written],
        sources: Iterable[tuple[str, ...]],
        depth: int | None,
        body: Any = None,
    ) -> tree.Statement:
        """One line, so deep, or a statement within one; `body(depth)` writes what stands in braces, and gives their items."""
        start = self.put(INDENT * depth).end if depth else self.at
        where = None
        if label is not None:
            shown = label if is_name(label) else f'"{label}"'
            where = Span(self.source, start, start + len(shown))
            self.pass_on(f"{shown}: ")
        kind_span = self.put(kind)
        bound = []
        for i, written in enumerate(arguments):
            self.pass_on(", " if i else " ")
            bound.append(self.argument(written))
        read = []
        for i, path in enumerate(sources):
            self.pass_on(", " if i else " from ")
            read.append(self.reference(path))
        inside = None if body is None else self.braces(body, depth)
        span = Span(self.source, start, self.at)
        if depth is not None:
            self.pass_on("\n")
        return tree.Statement(label, where, kind, kind_span, tuple(bound), tuple(read), inside, None, span)

    def braces(self, body: Any, depth: int | None) -> tree.Body:
        """What stands in braces: nothing, layers on the same line, or lines."""
        self.pass_on(" ")
        start = self.put("{").start
        items = body((depth or 0) + 1)
        self.pass_on("}")
        return tree.Body(items, Span(self.source, start, self.at))

    def reference(self, path: tuple[str, ...]) -> tree.Reference:
        span = self.put(".".join(name if is_name(name) else f'"{name}"' for name in path))
        return tree.Reference(tuple((name, None) for name in path), False, None, span)

    def argument(self, written: Written) -> tree.Argument:
        start = self.at
        if written.keyword == "/":
            self.pass_on("/")
            value = self.value(written.value)
            return tree.Argument(value, "/", None, Span(self.source, start, self.at))
        keyword = self.put(written.keyword) if written.keyword else None
        if keyword:
            self.pass_on("=")
        value = self.value(written.value)
        return tree.Argument(value, written.keyword, keyword, Span(self.source, start, self.at))

    # ---- values -------------------------------------------------------------------------------------------------

    def value(self, value: Any) -> Any:
        """A value: a number, a word, a text, a size, or several values in brackets."""
        if isinstance(value, Word):
            return tree.Name(str(value), self.put(str(value)))
        if value is None or isinstance(value, bool):
            word = "none" if value is None else "true" if value else "false"
            return tree.Name(word, self.put(word))
        if isinstance(value, str):
            text = plain(value)
            return tree.String(text, self.put(f'"{text}"'))
        if isinstance(value, int | float):
            return self._number(value)
        if isinstance(value, Dims):
            return self._several(value, "size", "", " x " if any(isinstance(v, Word) for v in value) else "x", "")
        return self._several(value, "tuple", "(", ", ", ",)" if len(value) == 1 else ")")

    def _several(self, values: Any, kind: str, before: str, between: str, after: str) -> Any:
        start = self.at
        self.pass_on(before)
        items = []
        for i, v in enumerate(values):
            if i:
                self.pass_on(between)
            items.append(self.value(v))
        self.pass_on(after)
        return tree.Sequence(kind, tuple(items), Span(self.source, start, self.at))

    def _number(self, value: float) -> Any:
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            value = int(value)
        if value < 0:
            start = self.put("-").start
            inner = self._number(-value)
            return tree.Unary("-", inner, Span(self.source, start, self.at))
        if abs(value) >= LARGEST or 0 < abs(value) * LARGEST < 1:
            return self.value(f"{value:.3g}" if isinstance(value, float) else f"a number of {value.bit_length()} bits")
        text = repr(value)
        return tree.Number(value if isinstance(value, int) else _exact(text), self.put(text))


@lru_cache(maxsize=1000)
def _exact(text: str) -> Any:
    """The number that a text says: not the nearest that a computer has."""
    from fractions import Fraction  # only for what is no whole number

    exact = Fraction(text)
    return exact.numerator if exact.denominator == 1 else exact


@lru_cache(maxsize=1)
def _reserved() -> frozenset[str]:
    """Words that name nothing."""
    return frozenset((*load().keywords, *CONSTANTS))


def is_name(text: str) -> bool:
    """Whether it is a name as it stands: a label that is none stands in quotes."""
    return bool(_NAME(text)) and text not in _reserved() and len(text) <= LONGEST


def plain(text: str) -> str:
    """A text that can stand in quotes: quotes and line ends in it are replaced."""
    if '"' not in text and text.isprintable():
        return text
    return "".join("'" if c == '"' else c if c.isprintable() else "_" for c in text)
