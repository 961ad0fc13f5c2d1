"""After a mistake: it is reported, and the parser set up to read on behind it, so that one run finds several."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archcalc.source import Source, Span
from archcalc.syntax.mistakes import explain, starts_anew
from archcalc.syntax.scanner import Scanner, Token
from archcalc.syntax.tree import Broken

if TYPE_CHECKING:
    from archcalc.syntax.parser import Parser


def recover(parser: Parser, token: Token) -> bool:
    """Report a token that does not fit, and go on behind its statement. False: there is no going on."""
    parser.scanner.put_back()
    parser.findings.append(explain(parser.source, parser.scanner, token, _viable(parser), parser.values))
    if token.type == "$END":
        return False
    brace = _OPENS.match(parser.source.text, token.start)
    if token.type == "_NL" and brace and parser.states == parser.arrived and "LBRACE" in _viable(parser):
        parser.scanner.resume(brace.end() - 1)  # the `{` on the next line is read as if it stood on this one
        return True
    if starts_anew(parser.scanner, token):
        _restart(parser, token)
        return True
    at = _drop_to_statement(parser, token.start)
    skip_statement(parser.scanner, max(at, token.start), whole=_at_top(parser))
    if _at_top(parser):
        parser.lost.append(_broken(parser, at))
        skip_blank(parser.scanner, past="}" if token.type == "RBRACE" else "")  # one that closes nothing
    return True


# ---- the stack --------------------------------------------------------------------------------------------------


def _viable(parser: Parser) -> set[str]:
    """The terminals that could really follow here; a row of the tables holds some that only fit elsewhere."""
    return {terminal for terminal in parser.tables.actions[parser.arrived[-1]] if _could_shift(parser, terminal)}


def _could_shift(parser: Parser, terminal: str) -> bool:
    tables, states = parser.tables, parser.arrived[:]
    while True:
        action = tables.actions[states[-1]].get(terminal)
        if action is None or action >= 0:
            return action is not None or states[-1] == tables.end
        name, size, _, _ = tables.rules[-action - 1]
        del states[len(states) - size :]
        states.append(tables.gotos[states[-1]][name])


def _restart(parser: Parser, token: Token) -> None:
    """A network begins inside of another that was not closed: leave the open one, and read on from here."""
    while not _at_top(parser):
        parser.pop()
    parser.scanner.brackets.clear()
    parser.scanner.position = token.start


def _drop_to_statement(parser: Parser, at: int) -> int:
    """Unwind to where a statement of a body, or of the top level, can stand; put a Broken in a body's place."""
    gotos, actions = parser.tables.gotos, parser.tables.actions
    while len(parser.states) > 1 and "layer" not in gotos[parser.states[-1]] and not _at_top(parser):
        at = parser.pop()
    layer = gotos[parser.states[-1]].get("layer")
    if layer is not None and "_NL" in actions[layer]:
        parser.values.append(_broken(parser, at))
        parser.starts.append(at)
        parser.states.append(layer)
    return at


def _at_top(parser: Parser) -> bool:
    return "network" in parser.tables.gotos[parser.states[-1]]


def _broken(parser: Parser, at: int) -> Broken:
    return Broken(*_opening(parser.source, at), Span(parser.source, at, max(at, parser.end)))


def _opening(source: Source, at: int) -> tuple[str | None, str]:
    """The name that the statement starting there gives, as well as it can be guessed, and its first word if that is a keyword."""
    found = _OPENING.match(source.text, at)
    if found is None:
        return None, ""
    return found["name"] or found["label"], found["word"] or ""


_OPENING = re.compile(r"\s*(?:(?P<word>let|def|table|block|network|expect)\s+(?P<name>[^\W\d]\w*)?|(?P<label>[^\W\d]\w*)[ \t]*:)")


# ---- the text ---------------------------------------------------------------------------------------------------


def skip_statement(scanner: Scanner, start: int, whole: bool = False) -> None:
    """To the end of the statement that holds `start`, over any { ... } in it.

    With `whole`, every { that is open belongs to that statement, and ends with it.
    """
    brackets = scanner.brackets
    while brackets and brackets[-1][0] != "{":
        brackets.pop()
    depth = sum(1 for _, at in brackets if at < start) if whole else 0
    if depth:
        brackets.clear()
    scanner.resume(_end_of_statement(scanner.text, start, depth))


def _end_of_statement(text: str, start: int, depth: int) -> int:
    for found in _LANDMARK.finditer(text, start):
        mark = found.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            if depth == 0:
                return found.start()
            depth -= 1
            if depth == 0:
                return found.end()
        elif depth == 0 and mark in "\n;" and not _OPENS.match(text, found.end()):
            return found.start()
    return len(text)


# Strings and comments are passed over whole, so that the brackets in them do not count.
_LANDMARK = re.compile(r'"[^"\n]*"|#[^\n]*|[{};\n]')
_OPENS = re.compile(r"\s*\{")  # a brace on the next line still belongs to the statement
_BLANK = re.compile(r"(?:[\s;]|#[^\n]*)*")


def skip_blank(scanner: Scanner, past: str) -> None:
    """To the next line with something on it, and over the character `past` if it comes first."""
    found = _BLANK.match(scanner.text, scanner.position)
    scanner.position = found.end() if found else scanner.position
    if past and scanner.text.startswith(past, scanner.position):
        scanner.position += 1
        skip_blank(scanner, "")
