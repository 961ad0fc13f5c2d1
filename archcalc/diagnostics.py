"""What can be wrong with a program: one finding, and findings in order. Nothing here prints.

Codes are stable. E0 text and syntax, E1 names and arguments, E2 expressions, E3 shapes, E4 expectations, E5 the
training recipe; W warns. What is said of each stands in codes/, in a file of its own. A message is made of a finding's
facts: `{input}` is the fact called `input`. Facts, further words and fixes that are texts and not names are phrases
(languages.py), so that a report can say them in another language.
"""

from __future__ import annotations

from typing import Any

from archcalc.codes import CODES
from archcalc.languages import fill, translated
from archcalc.source import Span

__all__ = ["CODES", "Diagnostic", "has_errors", "in_order"]

LONGEST_FACT = 200


class Diagnostic:
    """One finding: where, what (a code and its facts), further places with a word on each, and what to write instead."""

    __slots__ = ("code", "facts", "fixes", "layer", "related", "span")

    def __init__(
        self,
        code: str,
        span: Span | None,
        facts: dict[str, Any] | None = None,
        *,
        related: tuple[tuple[Span, str], ...] = (),
        fixes: tuple[str, ...] = (),
        layer: str | None = None,
    ) -> None:
        self.code = code
        self.span = span
        self.facts = facts or {}
        self.related = related
        self.fixes = fixes
        self.layer = layer

    @property
    def severity(self) -> str:
        return "warning" if self.code.startswith("W") else "error"

    @property
    def message(self) -> str:
        """What is wrong, in the language that is spoken."""
        return fill(CODES[self.code], {name: _short(translated(fact)) for name, fact in self.facts.items()})

    def __repr__(self) -> str:
        return f"{self.code}: {self.message}"


def _short(fact: Any) -> Any:
    """A fact that fits into a message: of a very long one, both ends."""
    if isinstance(fact, int | float):
        return fact
    text = str(fact)
    return fact if len(text) <= LONGEST_FACT else f"{text[:60]}...{text[-20:]}"


def has_errors(findings: list[Diagnostic]) -> bool:
    """Whether any of them is an error, and not only a warning."""
    return any(d.severity == "error" for d in findings)


def in_order(findings: list[Diagnostic]) -> list[Diagnostic]:
    """By place in the source, file by file in the order in which they come up; each said once."""
    unique = {(d.code, d.span, d.message): d for d in findings}
    files: dict[int, int] = {}
    for d in findings:
        if d.span:
            files.setdefault(id(d.span.source), len(files))
    places = {key: (files[id(d.span.source)], d.span.start) if d.span else (-1, -1) for key, d in unique.items()}
    return [unique[key] for key in sorted(unique, key=lambda key: (places[key], key[0]))]
