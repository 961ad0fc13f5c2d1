"""The workings that figures open to. Layers of the same sizes have the same ones, and each stands in the page once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from archcalc.report.explain.mathml import mathml
from archcalc.report.page.connections import Drawing
from archcalc.report.text import clean


class Line(NamedTuple):
    """A line of a working: typeset, where it is a formula; `sign` is the `=` that it begins with, if it does."""

    sign: str
    math: str | None
    text: str


class Part(NamedTuple):
    """A derivation: the formula, the same with the numbers put in, the result. `plain` is that as text; `head` says of what."""

    head: str
    lines: tuple[Line, ...]
    plain: str


class Working(NamedTuple):
    """All that a figure opens to, under the figure's title.

    `drawing` is the connection table that it was counted from; `terms` is what a sum is made of, with the sum as its last.
    """

    id: str
    title: str
    parts: tuple[Part, ...]
    drawing: Drawing | None
    terms: tuple[Term, ...] = ()


MOST = 6_000  # that stand in a page
MOST_OWN = 2_000  # so many already, and one that is a layer's own, shared with no other, finds no room any more
MOST_TYPESET = 2_000  # formulas: one is some thirty elements

# A line of a sum: a name, what it is, its figure.
Term = tuple[str, str, str]

# What makes a working: of what it is, its formula ("" where what follows is none), the same with numbers.
Source = tuple[str, str, str]


class Workings:
    """Those of a page, each with its place."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, tuple[Source, ...], str], Working] = {}
        self._sums: dict[tuple[str, tuple[Term, ...]], Working] = {}
        self._typeset: dict[str, str | None] = {}
        self.left_out = ""  # the first figure whose working found no room

    def __len__(self) -> int:
        return len(self._found) + len(self._sums)

    def __iter__(self) -> Iterator[Working]:
        return chain(self._found.values(), self._sums.values())

    @property
    def formulas(self) -> set[str]:
        """Every formula in symbols."""
        return {symbols for _, sources, _ in self._found for _, symbols, _ in sources if symbols}

    def place(self, title: str, sources: tuple[Source, ...], drawing: Drawing | None = None, target: str = "", own: bool = False) -> str:
        """Where the working of a figure stands; "" where there is nothing to open, or no more room.

        `target` is the figure's name; `own` says that no other layer can have the same working.
        """
        if not sources:
            return ""
        key = (title, sources, drawing.name if drawing else "")
        found = self._found.get(key)
        if found is None and len(self) >= (min(MOST, MOST_OWN) if own else MOST):
            self.left_out = self.left_out or target
            return ""
        if found is None:
            parts = tuple(self._part(*source) for source in sources)
            found = self._found[key] = Working(f"e{len(self._found)}", title, parts, drawing)
        return found.id

    def sum(self, title: str, terms: tuple[Term, ...], target: str) -> str:
        """Where a sum stands, term by term; "" where there is no more room."""
        key = (title, terms)
        if key not in self._sums:
            if len(self) >= MOST:
                self.left_out = self.left_out or target
                return ""
            self._sums[key] = Working(f"s{len(self._sums)}", title, (), None, terms)
        return self._sums[key].id

    def _part(self, head: str, symbols: str, numbers: str) -> Part:
        steps = [] if not symbols else [symbols] if symbols == numbers else [symbols, *sides(numbers)]
        lines = tuple(Line("=" if i else "", self._math(step), clean(step)) for i, step in enumerate(steps))
        return Part(head, lines, clean(numbers))

    def _math(self, formula: str) -> str | None:
        if formula not in self._typeset:
            self._typeset[formula] = mathml(formula) if len(self._typeset) < MOST_TYPESET else None
        return self._typeset[formula]


def sides(step: str) -> list[str]:
    """The sides of one equation; several workings with `;` between stay together."""
    return [step] if "; " in step else step.split(" = ")
