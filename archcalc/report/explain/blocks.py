"""What an explanation is made of, before it is written for a terminal, in Markdown or in LaTeX."""

from __future__ import annotations

from typing import NamedTuple


class Heading(NamedTuple):
    """What is explained, `C3.params`, and what that means."""

    title: str
    says: str


class Prose(NamedTuple):
    """Lines of text that belong together."""

    lines: tuple[str, ...]


class Quoted(NamedTuple):
    """A line of the program, and where it stands."""

    place: str
    text: str


class Equation(NamedTuple):
    """A working, step by step: the formula, what its symbols stand for, then a line for each `=`.

    Formulas are texts as derivations have them: `(n + 2*p - f)//s + 1`.
    """

    name: str
    formula: str
    steps: tuple[str, ...]
    legend: tuple[tuple[str, str], ...] = ()


class Table(NamedTuple):
    """Rows of cells; `columns` says what stands in each: `text`, `math` (a formula), `number` (to the right) or `bar`.

    A bar is as long as it has characters.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    head: tuple[str, ...] = ()
    total: tuple[str, ...] = ()


Block = Heading | Prose | Quoted | Equation | Table
Blocks = list[Block]
