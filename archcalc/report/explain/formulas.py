"""Formulas, as derivations write them, read for whoever typesets them: fractions, floors, dots, thousands.

`(n + 2*p - f)//s + 1` becomes a floor of a fraction. One reader, which tells a writer what it reads; a writer for each way
of typesetting stands in a module of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

# A name may have spaces in it, as in `bias adds`; an ` x ` between sizes, or between numbers, is a times sign.
_TOKEN = re.compile(r"\s*(\d+|(?<=\d)x(?=\d)|(?<= )x(?= )|[^\W\d]\w*(?: (?!x )[^\W\d]\w*)*|//|\*\*|[-+*/%(),=])")
_BINDS = {"=": 0, "x": 1, "+": 2, "-": 2, "*": 3, "//": 3, "%": 3, "/": 3, "**": 5}
MOST_DIGITS = 4000  # of a number that gets its thousands apart
FENCED = 9  # how tightly a number, a name or something in brackets holds together


class NoFormula(Exception):
    """The text is not written as derivations are."""


class Piece(NamedTuple):
    """What is typeset so far, and how tightly it holds together.

    `inside` is it without its brackets, if it has any; `tall` if it is higher than a line, and `own` if it is a bracket itself.
    """

    text: str
    binds: int = FENCED
    inside: str = ""
    tall: bool = False
    own: bool = False

    @property
    def bare(self) -> str:
        return self.inside or self.text


class Writer(Protocol):
    """Typesets what the reader has read."""

    def number(self, digits: str) -> Piece:
        """A whole number, with its thousands apart; of many digits, as they are."""

    def name(self, head: str, index: str, word: str) -> Piece:
        """A symbol of one letter, with what stands below it; or a longer word, where `head` is empty."""

    def negative(self, piece: Piece) -> Piece:
        """With a minus before it."""

    def brackets(self, piece: Piece) -> Piece:
        """In brackets."""

    def call(self, name: str, arguments: list[Piece]) -> Piece:
        """A function of arguments."""

    def joined(self, left: Piece, sign: str, right: Piece, binds: int) -> Piece:
        """Two pieces with a sign between."""


def read(formula: str, writer: Writer) -> list[Piece]:
    """The formula, typeset; several with `;` between as several.

    Raises:
        NoFormula: the text is none.
    """
    return [_Reader(part, writer).read() for part in formula.split("; ")]


def thousands(digits: str) -> str:
    """A number with commas, where it is not too long for that."""
    return f"{int(digits):,}" if len(digits) < MOST_DIGITS else digits


class _Reader:
    """Reads one formula from left to right, by how tightly its operators bind."""

    def __init__(self, formula: str, writer: Writer) -> None:
        self.writer = writer
        self.words: list[str] = []
        self.depth = 0
        at, end = 0, len(formula.rstrip())
        while at < end:
            match = _TOKEN.match(formula, at)
            if match is None:
                raise NoFormula
            self.words.append(match[1])
            at = match.end()
        self.words.reverse()

    def read(self) -> Piece:
        found = self._sum(0)
        if self.words:
            raise NoFormula
        return found

    def _peek(self) -> str:
        return self.words[-1] if self.words else ""

    def _take(self, expected: str = "") -> str:
        if not self.words or (expected and self.words[-1] != expected):
            raise NoFormula
        return self.words.pop()

    def _sum(self, least: int) -> Piece:
        left = self._operand()
        while (binds := _BINDS.get(self._peek(), -1)) >= least:
            sign = self._take()
            right = self._sum(binds + 1)
            left = self.writer.joined(left, sign, right, binds)
        return left

    def _operand(self) -> Piece:
        word = self._take()
        if word == "(":
            inside = self._nested(lambda: self._sum(0))
            self._take(")")
            return inside if inside.own and inside.binds > 5 else self.writer.brackets(inside)
        if word == "-":
            return self.writer.negative(self._sum(4))
        if word.isdigit():
            return self.writer.number(word)
        if not word[0].isidentifier():
            raise NoFormula
        return self._call(word) if self._peek() == "(" else self.writer.name(*_parts(word), word)

    def _call(self, word: str) -> Piece:
        self._take("(")
        arguments = [self._nested(lambda: self._sum(0))]
        while self._peek() == ",":
            self._take()
            arguments.append(self._nested(lambda: self._sum(0)))
        self._take(")")
        return self.writer.call(word, arguments)

    def _nested(self, read: Callable[[], Piece]) -> Piece:
        self.depth += 1
        if self.depth > 100:
            raise NoFormula
        found = read()
        self.depth -= 1
        return found


def _parts(word: str) -> tuple[str, str]:
    """`n_out` as `n` with its index below; a longer name has neither."""
    head, _, index = word.partition("_")
    number = re.fullmatch(r"([^\W\d]+)(\d+)", head)
    if number and not index:
        head, index = number[1], number[2]
    return (head, index) if len(head) == 1 and " " not in index else ("", "")
