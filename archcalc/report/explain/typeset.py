"""Formulas typeset for LaTeX's math mode."""

from __future__ import annotations

from archcalc.report.explain.formulas import NoFormula, Piece, read, thousands
from archcalc.report.text import latex

_SIGNS = {"*": r" \cdot ", "x": r" \times ", "+": " + ", "-": " - ", "=": " = ", "%": r" \bmod "}
_NAMES = {"max": r"\max", "min": r"\min", "gcd": r"\gcd"}


def typeset(formula: str) -> str:
    r"""The formula for LaTeX's math mode, several with `;` between as several; `\text{...}` of what is none."""
    try:
        return r";\quad ".join(piece.text for piece in read(formula, _Latex()))
    except NoFormula:
        return rf"\text{{{latex(formula)}}}"


class _Latex:
    """Writes what the reader reads."""

    def number(self, digits: str) -> Piece:
        return Piece(thousands(digits).replace(",", "{,}"))

    def name(self, head: str, index: str, word: str) -> Piece:
        if not head:
            return Piece(rf"\text{{{latex(word)}}}")
        plain = index.isdigit() or len(index) == 1
        return Piece(head + (f"_{{{index}}}" if plain else rf"_{{\mathrm{{{latex(index)}}}}}" if index else ""))

    def negative(self, piece: Piece) -> Piece:
        return Piece("-" + piece.text, 2, tall=piece.tall)

    def brackets(self, piece: Piece) -> Piece:
        return Piece(_bracketed(piece.text, piece.tall), inside=piece.text, tall=piece.tall)

    def call(self, name: str, arguments: list[Piece]) -> Piece:
        inside, tall = ", ".join(a.text for a in arguments), any(a.tall for a in arguments)
        if name == "ceil":
            return Piece(rf"\left\lceil {inside} \right\rceil", tall=tall)
        return Piece(_NAMES.get(name, rf"\operatorname{{{latex(name)}}}") + _bracketed(inside, tall), tall=tall)

    def joined(self, left: Piece, sign: str, right: Piece, binds: int) -> Piece:
        if sign in ("//", "/"):
            fraction = rf"\frac{{{left.bare}}}{{{right.bare}}}"
            return Piece(rf"\left\lfloor {fraction} \right\rfloor", own=True, tall=True) if sign == "//" else Piece(fraction, tall=True)
        tall = left.tall or right.tall
        if sign == "**":
            return Piece(rf"{{{left.text}}}^{{{right.bare}}}", 5, tall=tall)
        return Piece(left.text + _SIGNS[sign] + right.text, binds, tall=tall)


def _bracketed(inside: str, tall: bool) -> str:
    return rf"\left({inside}\right)" if tall else f"({inside})"
