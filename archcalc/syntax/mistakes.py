"""Syntax mistakes in words: what was found, what would have fitted, and which bracket is missing."""

from __future__ import annotations

import re
from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.languages import phrase
from archcalc.names import suggestion
from archcalc.source import Source, Span
from archcalc.syntax.scanner import Scanner, Token

_CLOSER = {"(": ")", "[": "]", "{": "}"}
_WHAT = {"(": phrase("parenthesis"), "[": phrase("list"), "{": phrase("block")}
_TOP = ("network", "block", "table", "let", "def", "use")
_STARTS = frozenset({"NAME", "NUMBER", "STRING", "IN", "LPAR", "LSQB"})


def explain(source: Source, scanner: Scanner, token: Token, accepts: set[str], values: list[Any]) -> Diagnostic:
    """The finding for a token that fits nowhere."""
    span = Span(source, token.start, max(token.end, token.start))
    if token.type == "":
        return _bad_character(span)
    before = values[-1] if values else None
    if isinstance(before, Token) and before.type == "ROW":
        accepts = {"ROW"}  # the row stops here, but letters do not end a table
    return _missing_bracket(source, scanner, token, span) or _run_together(span, token, before, accepts) or _other(span, token, accepts)


def _bad_character(span: Span) -> Diagnostic:
    char = span.text
    if char == '"':
        line_end = span.source.text.find("\n", span.start)
        end = len(span.source.text) if line_end < 0 else line_end
        return Diagnostic("E013", Span(span.source, span.start, end))
    if char == "\0":
        return Diagnostic("E002", span)
    fixes = {
        "'": (phrase('strings are written with double quotes: "..."'),),
        "\u2212": (phrase("this is a minus sign of typography: write `-`"),),
    }
    shown = f"`{char}`" if char.isprintable() else f"U+{ord(char):04X}"
    return Diagnostic("E014", span, {"char": shown}, fixes=fixes.get(char, ()))


def _missing_bracket(source: Source, scanner: Scanner, token: Token, span: Span) -> Diagnostic | None:
    """An open bracket that this token shows to be missing its other half, or a closing one too many."""
    closes = token.type in ("RPAR", "RSQB", "RBRACE")
    if closes and not any(_CLOSER[opener] == token.text for opener, _ in scanner.brackets):
        return Diagnostic("E012", span, {"closer": token.text})
    if not scanner.brackets:
        return None
    opener, at = scanner.brackets[-1]
    line = source.position(at)[0]
    inside = opener != "{" and source.position(token.start)[0] > line
    closes_other = closes and token.text != _CLOSER[opener]
    if not (token.type == "$END" or inside or closes_other or starts_anew(scanner, token)):
        return None
    facts = {"closer": _CLOSER[opener], "what": _WHAT[opener], "line": line}
    return Diagnostic("E011", span, facts, related=((Span(source, at, at + 1), phrase("opened here")),))


def starts_anew(scanner: Scanner, token: Token) -> bool:
    """Whether a network, block or table begins here although a `{` is still open."""
    return bool(scanner.brackets) and token.text in _TOP and token.type == token.text.upper()


def _run_together(span: Span, token: Token, before: Any, accepts: set[str]) -> Diagnostic | None:
    """`28x28xC`, `2k`: a name that starts in the middle of a size."""
    if token.type == "NAME" and re.match(r"x[^\W\d]|X\d+$", token.text) and "X" in accepts:
        start = getattr(before, "start", None) if isinstance(before, Token) else getattr(getattr(before, "span", None), "start", None)
        if start is not None:
            span = Span(span.source, start, token.end)
        head = span.text[: len(span.text) - len(token.text)].rstrip()
        spaced = f"{head}x{token.text[1:]}" if token.text[0] == "X" else f"{head} x {token.text[1:]}".strip()
        return Diagnostic("E015", span, {"name": f"`{span.text}`", "spaced": spaced})
    return None


def _other(span: Span, token: Token, accepts: set[str]) -> Diagnostic:
    found = (
        phrase("the end of the file")
        if token.type == "$END"
        else phrase("the end of the line")
        if token.type == "_NL"
        else f"`{_short(token.text)}`"
    )
    if token.type == "_NL":
        span = Span(span.source, span.start, span.start + 1)
    return Diagnostic("E010", span, {"found": found, "expected": _expected(accepts)}, fixes=_fixes(span, token, accepts))


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def _expected(accepts: set[str]) -> str:
    if "ROW" in accepts:
        return phrase("a table has rows of `X` and `.`, and then a `}`")
    if "NETWORK" in accepts:
        return phrase("at the top of a file stand {words}", words=", ".join(f"`{w}`" for w in _TOP))
    if accepts == {"LBRACE"}:
        return phrase("a `{` is needed")
    if accepts >= {"NAME", "NUMBER", "_NL"}:
        return phrase("an argument or the end of the line is needed")
    if "NAME" in accepts and "RBRACE" in accepts:
        return phrase("a statement is needed, such as `conv 32, 3x3`")
    if accepts >= {"NAME", "NUMBER"}:
        return phrase("a value is needed")
    if "NAME" in accepts and len(accepts) <= 3:
        return phrase("a name is needed")
    if "COMMA" in accepts and "_NL" in accepts:
        return phrase("a comma or the end of the line is needed")
    closers = [c for c, name in ((")", "RPAR"), ("]", "RSQB"), ("}", "RBRACE")) if name in accepts]
    return phrase("a `{closer}` or a comma is needed", closer=closers[0]) if closers else phrase("the statement goes on in another way")


def _fixes(span: Span, token: Token, accepts: set[str]) -> tuple[str, ...]:
    if token.type == "_NL" and "LBRACE" in accepts and "COMMA" not in accepts:
        return (phrase("put the `{` on this line"),)
    if token.type == "LBRACE" and "NAME" in accepts and "RBRACE" in accepts:
        return (phrase("a `{` stands at the end of the line that it belongs to"),)
    start = span.source.text.rfind("\n", 0, token.start) + 1
    first = start + len(span.source.text[start:]) - len(span.source.text[start:].lstrip(" \t"))
    if Span(span.source, first, first).goes_on:
        return (phrase("the line above ends with a comma, so this line belongs to it: is the comma one too many?"),)
    if token.type in _STARTS and "COMMA" in accepts:
        rest = re.compile(r"[^\s,;}#]*").match(span.source.text, token.start)
        return (phrase("arguments are separated by commas: `, {word}`", word=_short(rest.group() if rest else token.text)),)
    if token.type == "EQUAL" and "RPAR" in accepts:
        return (phrase("parentheses only group: arguments follow the kind without them, as in `dense 10, activation=relu`"),)
    if token.type == "EQUAL" and "EQ" in accepts:
        return (phrase("`==` compares; `=` gives a value to an argument"),)
    if token.type == "FLOOR" and "RBRACE" in accepts:
        return (phrase("a comment starts with `#`"),)
    if "NETWORK" in accepts and token.type == "NAME":
        return suggestion(token.text, _TOP)
    if token.type == "LPAR":
        return (phrase("parentheses only group: arguments follow the kind without them"),)
    return ()
