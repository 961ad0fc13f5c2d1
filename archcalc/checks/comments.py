"""`# archcalc: ignore W101`: warnings switched off by a comment, at the end of a line, above one, or for a whole file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from archcalc.checks import MARK, not_a_warning
from archcalc.diagnostics import Diagnostic
from archcalc.languages import phrase
from archcalc.names import nearest
from archcalc.source import Source, Span

WORDS = ("ignore", "ignore-file")
_PIECES = re.compile(r'"[^"\n]*"|(#[^\n]*)|[()\[\],]|\n|[^\s"#()\[\],]+')
_DIRECTIVE = re.compile(rf"#\s*{MARK}\s*([\w-]+)[ \t:=]*")
_CODES = re.compile(r"[ \t,]*\b([A-Za-z]\d+)\b")


class Ignore(NamedTuple):
    """One code that a comment names, where it is named, and the lines that it is for; None: all of the file."""

    code: str
    span: Span
    lines: range | None


def ignores(source: Source) -> tuple[list[Ignore], list[Diagnostic]]:
    """What the comments of a text switch off, and what is wrong with those that cannot switch off anything."""
    if MARK not in source.text:
        return [], []
    found: list[Ignore] = []
    wrong: list[Diagnostic] = []
    for comment, lines in _comments(source):
        for part in _read(source, *comment, lines):
            if isinstance(part, Ignore):
                found.append(part)
            else:
                wrong.append(part)
    return found, wrong


def _read(source: Source, start: int, end: int, lines: range) -> Iterator[Ignore | Diagnostic]:
    directive = _DIRECTIVE.match(source.text, start, end)
    if directive is None:
        return
    word, place = directive[1], Span(source, directive.start(1), directive.end(1))
    if word not in WORDS:
        if meant := nearest(word, WORDS):  # other words are prose
            why: str = phrase("`{word}` is no word that it knows", word=word)
            yield Diagnostic("W115", place, {"why": why}, fixes=(phrase("did you mean `{n}`?", n=meant[0]),))
        return
    at, none = directive.end(), True
    while named := _CODES.match(source.text, at, end):
        at, none = named.end(), False
        code, span = named[1].upper(), Span(source, named.start(1), named.end(1))
        why, fixes = not_a_warning(code)
        if why:
            yield Diagnostic("W115", span, {"why": why}, fixes=fixes)
        else:
            yield Ignore(code, span, None if word == "ignore-file" else lines)
    if none:
        yield Diagnostic("W115", place, {"why": phrase("it names no code")}, fixes=(f"# {MARK} {word} W101",))


def _comments(source: Source) -> Iterator[tuple[tuple[int, int], range]]:
    """Each comment that may be one of ours, from where to where, and the lines of the statement that it is for.

    A statement goes on after a comma and inside brackets. A comment on its own line is for the next one that is none.
    """
    waiting: list[tuple[int, int]] = []
    first, line, depth, empty, comma = 1, 1, 0, True, False
    for piece in _PIECES.finditer(source.text):
        text = piece[0]
        if text == "\n":
            line += 1
            if depth <= 0 and not comma and not empty:
                yield from ((comment, range(first, line)) for comment in waiting)
                waiting, empty = [], True
            if empty:
                first, depth = line, 0
        elif piece[1] is not None:
            if MARK in text:
                waiting.append(piece.span())
        else:
            empty, comma = False, text == ","
            depth += (text in "([") - (text in ")]")
    yield from ((comment, range(first, line + 1)) for comment in waiting)


class Silence:
    """The ignores of all files that findings stand in, read when they are asked for; and which of them were of use."""

    def __init__(self) -> None:
        self._of: dict[int, _Places] = {}
        self._used: set[int] = set()

    def over(self, finding: Diagnostic) -> bool:
        """Whether a comment switches a finding off."""
        if finding.span is None or finding.severity == "error":
            return False
        found = self.of(finding.span.source).holding(finding.code, finding.span)
        self._used.update(map(id, found))
        return bool(found)

    def of(self, source: Source) -> _Places:
        """The ignores of a text."""
        if id(source) not in self._of:
            self._of[id(source)] = _Places(ignores(source)[0])
        return self._of[id(source)]

    def unused(self, source: Source, on: Iterable[str]) -> list[Diagnostic]:
        """W116 for each ignore of a text that no finding met, of the codes that are looked for."""
        idle = [i for i in self.of(source).all if id(i) not in self._used and i.code in on]
        return [Diagnostic("W116", i.span, {"code": i.code}) for i in idle]


class _Places:
    """The ignores of one text. Those of a code are looked up by the line: statements do not overlap."""

    def __init__(self, found: list[Ignore]) -> None:
        self.all = found
        self.whole: dict[str, list[Ignore]] = {}
        self.parts: dict[str, tuple[list[int], list[list[Ignore]]]] = {}
        for ignore in found:
            if ignore.lines is None:
                self.whole.setdefault(ignore.code, []).append(ignore)
                continue
            starts, groups = self.parts.setdefault(ignore.code, ([], []))
            if not starts or starts[-1] != ignore.lines.start:
                starts.append(ignore.lines.start)
                groups.append([])
            groups[-1].append(ignore)

    def holding(self, code: str, span: Span) -> list[Ignore]:
        """Those that hold for a finding of a code at a place."""
        found = self.whole.get(code, [])
        if code in self.parts:
            starts, groups = self.parts[code]
            line = span.line
            at = bisect_right(starts, line) - 1
            found = found + [i for i in groups[at] if i.lines is not None and line in i.lines] if at >= 0 else found
        return found
