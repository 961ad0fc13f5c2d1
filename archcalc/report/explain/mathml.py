"""Formulas typeset in MathML Core, which browsers show without further help, and read aloud.

Browsers do not break a formula over lines, so a long one is given in parts, cut before its outermost signs.
"""

from __future__ import annotations

from archcalc.report.explain.formulas import NoFormula, Piece, read, thousands
from archcalc.report.text import clean

_SIGNS = {"*": "\u22c5", "x": "\u00d7", "+": "+", "-": "\u2212", "=": "=", "%": "mod"}
_CUT = "\x00"  # where a formula may be cut; inside of brackets, fractions and exponents it may not
SHORT = 32  # characters of a formula that stays in one part
ELEMENTS = ("math", "mrow", "mn", "mi", "mo", "mtext", "mfrac", "msub", "msup")
ATTRIBUTES = ("form", "lspace")
LONG = 4000  # characters of a text that is not read as a formula: nobody would


def mathml(formula: str) -> str | None:
    """The formula as one `math` element, or as several in a row; None of what is no formula."""
    if len(formula) > LONG:
        return None
    try:
        pieces = read(formula, _MathML())
    except NoFormula:
        return None
    cut = len(formula) > SHORT
    return "; ".join(_elements(piece.text if cut else _whole(piece.text)) for piece in pieces)


def _elements(text: str) -> str:
    first, *others = text.split(_CUT)
    # A sign that begins an element would be taken for one before a single value. The space before it is that of the text.
    parts = [first, *(part.replace("<mo>", '<mo form="infix" lspace="0">', 1) for part in others)]
    return " ".join(f"<math>{part}</math>" for part in parts)


def _whole(text: str) -> str:
    return text.replace(_CUT, "")


def _escaped(text: str) -> str:
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _row(text: str) -> str:
    return f"<mrow>{_whole(text)}</mrow>" if text.count("<") > 2 else text  # a single symbol needs none


class _MathML:
    """Writes what the reader reads."""

    def number(self, digits: str) -> Piece:
        return Piece(f"<mn>{thousands(digits)}</mn>")

    def name(self, head: str, index: str, word: str) -> Piece:
        if not head:
            return Piece(f"<mtext>{_escaped(word)}</mtext>")
        symbol, number = f"<mi>{_escaped(head)}</mi>", index.isdigit()
        below = f"<mn>{index}</mn>" if number else f"<mi>{_escaped(index)}</mi>"
        return Piece(f"<msub>{symbol}{below}</msub>" if index else symbol)

    def negative(self, piece: Piece) -> Piece:
        return Piece(f"<mo>\u2212</mo>{_whole(piece.text)}", 2)

    def brackets(self, piece: Piece) -> Piece:
        return Piece(f"<mrow><mo>(</mo>{_whole(piece.text)}<mo>)</mo></mrow>", inside=piece.text)

    def call(self, name: str, arguments: list[Piece]) -> Piece:
        inside = "<mo>,</mo>".join(_whole(a.text) for a in arguments)
        if name == "ceil":
            return Piece(f"<mrow><mo>\u2308</mo>{inside}<mo>\u2309</mo></mrow>")
        return Piece(f"<mrow><mi>{_escaped(name)}</mi><mo>(</mo>{inside}<mo>)</mo></mrow>")

    def joined(self, left: Piece, sign: str, right: Piece, binds: int) -> Piece:
        if sign in ("//", "/"):
            fraction = f"<mfrac>{_row(left.bare)}{_row(right.bare)}</mfrac>"
            return Piece(f"<mrow><mo>\u230a</mo>{fraction}<mo>\u230b</mo></mrow>", own=True) if sign == "//" else Piece(fraction)
        if sign == "**":
            return Piece(f"<msup>{_row(left.text)}{_row(right.bare)}</msup>", 5)
        before = left.text if left.binds == binds else _whole(left.text)
        return Piece(f"{before}{_CUT}<mo>{_SIGNS[sign]}</mo>{_whole(right.text)}", binds)
