"""Formulas, as derivations write them, typeset in LaTeX: fractions, floors, dots, thousands.

`(n + 2*p - f)//s + 1` becomes a floor of a fraction. A text that is no formula stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from archcalc.report.text import latex

# A name may have spaces in it, as in `bias adds`; an ` x ` between sizes, or between numbers, is a times sign.
_TOKEN = re.compile(r"\s*(\d+|(?<=\d)x(?=\d)|(?<= )x(?= )|[^\W\d]\w*(?: (?!x )[^\W\d]\w*)*|//|\*\*|[-+*/%(),=])")
_BINDS = {"=": 0, "x": 1, "+": 2, "-": 2, "*": 3, "//": 3, "%": 3, "/": 3, "**": 5}
_SIGNS = {"*": r" \cdot ", "x": r" \times ", "+": " + ", "-": " - ", "=": " = ", "%": r" \bmod "}
_FLOOR = r"\left\lfloor"  # is a bracket itself
_NAMES = {"max": r"\max", "min": r"\min", "gcd": r"\gcd"}


class NoFormula(Exception):
    """The text is not written as derivations are."""


class _Piece(NamedTuple):
    """What is typeset so far, and how tightly it holds together; `inside` is it without its brackets, if it has any."""

    text: str
    binds: int = 9
    inside: str = ""

    @property
    def bare(self) -> str:
        return self.inside or self.text


def typeset(formula: str) -> str:
    r"""The formula for LaTeX's math mode, several with `;` between as several; `\text{...}` of what is none."""
    try:
        return r";\quad ".join(_Reader(part).read() for part in formula.split("; "))
    except NoFormula:
        return rf"\text{{{latex(formula)}}}"


class _Reader:
    """Reads one formula from left to right, by how tightly its operators bind."""

    def __init__(self, formula: str) -> None:
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

    def read(self) -> str:
        found = self._sum(0)
        if self.words:
            raise NoFormula
        return found.text

    def _peek(self) -> str:
        return self.words[-1] if self.words else ""

    def _take(self, expected: str = "") -> str:
        if not self.words or (expected and self.words[-1] != expected):
            raise NoFormula
        return self.words.pop()

    def _sum(self, least: int) -> _Piece:
        left = self._operand()
        while (binds := _BINDS.get(self._peek(), -1)) >= least:
            sign = self._take()
            right = self._sum(binds + 1)
            left = _joined(left, sign, right, binds)
        return left

    def _operand(self) -> _Piece:
        word = self._take()
        if word == "(":
            inside = self._nested(lambda: self._sum(0))
            self._take(")")
            return inside if inside.text.startswith(_FLOOR) and inside.binds > 5 else _Piece(_bracketed(inside.text), inside=inside.text)
        if word == "-":
            return _Piece("-" + self._sum(4).text, 2)
        if word.isdigit():
            return _Piece(f"{int(word):,}".replace(",", "{,}") if len(word) < 4000 else word)
        if not word[0].isidentifier():
            raise NoFormula
        return self._call(word) if self._peek() == "(" else _Piece(_name(word))

    def _call(self, word: str) -> _Piece:
        self._take("(")
        arguments = [self._nested(lambda: self._sum(0))]
        while self._peek() == ",":
            self._take()
            arguments.append(self._nested(lambda: self._sum(0)))
        self._take(")")
        inside = ", ".join(a.text for a in arguments)
        if word == "ceil":
            return _Piece(rf"\left\lceil {inside} \right\rceil")
        return _Piece(_NAMES.get(word, rf"\operatorname{{{latex(word)}}}") + _bracketed(inside))

    def _nested(self, read: Callable[[], _Piece]) -> _Piece:
        self.depth += 1
        if self.depth > 100:
            raise NoFormula
        found = read()
        self.depth -= 1
        return found


def _joined(left: _Piece, sign: str, right: _Piece, binds: int) -> _Piece:
    if sign == "//":
        return _Piece(rf"{_FLOOR} \frac{{{left.bare}}}{{{right.bare}}} \right\rfloor")
    if sign == "/":
        return _Piece(rf"\frac{{{left.bare}}}{{{right.bare}}}")
    if sign == "**":
        return _Piece(rf"{{{left.text}}}^{{{right.bare}}}", 5)
    return _Piece(left.text + _SIGNS[sign] + right.text, binds)


def _bracketed(inside: str) -> str:
    return rf"\left({inside}\right)" if r"\frac" in inside else f"({inside})"


def _name(word: str) -> str:
    """`n` and `n_out` with its index below; a longer name upright."""
    head, _, index = word.partition("_")
    number = re.fullmatch(r"([^\W\d]+)(\d+)", head)
    if number and not index:
        head, index = number[1], number[2]
    if len(head) == 1 and " " not in index:
        return head + (f"_{{{index}}}" if index.isdigit() or len(index) == 1 else rf"_{{\mathrm{{{latex(index)}}}}}" if index else "")
    return rf"\text{{{latex(word)}}}"
