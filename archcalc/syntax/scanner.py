"""Cuts text into tokens, as the parser's state allows.

A terminal with a priority in the grammar is tried first, but only where the parser can use it; so is a keyword. Newlines
inside ( ) and [ ], and after a comma, are dropped. Brackets are followed, so that a missing one can be named.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from archcalc.syntax.tables import Tables

_CLOSERS = {")": "(", "]": "[", "}": "{"}
MAX_NESTING = 100


class Token(NamedTuple):
    """A piece of the text. `type` is its terminal; "$END" at the end, "" where nothing fits."""

    type: str
    text: str
    start: int
    end: int


class Scanner:
    """Reads tokens one by one; `position` is where the next one starts."""

    def __init__(self, text: str, tables: Tables) -> None:
        self.text = text
        self.position = 0
        self.brackets: list[tuple[str, int]] = []
        self.closed: tuple[str, int] | None = None  # the bracket that the last token closed
        self._after_comma = False
        self._keywords = tables.keywords
        self._first = [(name, re.compile(pattern).match) for name, pattern in tables.first]
        self._any = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in tables.patterns)).match
        self._ignored = frozenset(tables.ignored)

    def next(self, accepts: dict[str, int]) -> Token:
        """The next token, where the parser can go on with the terminals in `accepts`."""
        while True:
            self.closed = None
            token = self._read(accepts)
            self.position = token.end
            if token.type in self._ignored or (token.type == "_NL" and self._goes_on()):
                continue
            self._after_comma = token.type == "COMMA"
            return token

    def _goes_on(self) -> bool:
        return self._after_comma or (bool(self.brackets) and self.brackets[-1][0] != "{")

    def _read(self, accepts: dict[str, int]) -> Token:
        text, at = self.text, self.position
        for name, match in self._first:
            if name in accepts and (found := match(text, at)):
                return Token(name, found.group(), at, found.end())
        found = self._any(text, at)
        if found is None:
            return Token("$END", "", at, at) if at >= len(text) else Token("", text[at], at, at + 1)
        name = found.lastgroup or ""
        piece = found.group()
        if name == "NAME":
            word = self._keywords.get(piece)
            if word is not None and (word in accepts or "NAME" not in accepts):
                name = word
        elif piece in "()[]{}":
            self._follow(piece, at)
        return Token(name, piece, at, found.end())

    def _follow(self, bracket: str, at: int) -> None:
        if bracket in _CLOSERS:
            if self.brackets and self.brackets[-1][0] == _CLOSERS[bracket]:
                self.closed = self.brackets.pop()
        else:
            self.brackets.append((bracket, at))

    def put_back(self) -> None:
        """Undo the closing of a bracket by a token that turned out not to fit."""
        if self.closed is not None:
            self.brackets.append(self.closed)

    def resume(self, at: int) -> None:
        """Read on from another place; brackets that were opened after it are forgotten."""
        self.position = at
        self._after_comma = False
        while self.brackets and self.brackets[-1][1] >= at:
            self.brackets.pop()
