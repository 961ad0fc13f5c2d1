"""Tables of thousands of rows. They are cut into stretches, of which a browser lays out those alone that are seen.

For that it must know how wide each column is without looking at all rows, and how tall rows are that it has not laid out. Both
are worked out here, by counting characters: templates/report.css, `.large`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from archcalc.report.text import width

LARGE = 1_000  # rows from which it pays: a smaller table is measured by the browser, which does it better
EACH = 100  # rows of a stretch
DIGIT, LETTER = 0.51, 0.48  # rem that a character takes in a table, at most in most fonts, and on the average
PADDING = 1.5  # rem, of a cell
LINE, ROW = 1.3125, 0.8125  # rem that a line of text takes, and what a row takes besides
WIDEST = 15.0  # rem of a cell's text

R = TypeVar("R")


class Cut(NamedTuple, Generic[R]):
    """The rows of a table in stretches, and the style of a table that is large: its columns' widths, its rows' height."""

    stretches: list[Sequence[R]]
    style: str

    @property
    def large(self) -> bool:
        """Whether it is laid out stretch by stretch."""
        return bool(self.style)


def cut(rows: Sequence[R], columns: Iterable[float], lines: Iterable[int], line: float = 0.0) -> Cut[R]:
    """A table's stretches; a small table is one. Widths of columns, in rem, and lines in each row are asked for only of a large one.

    `line` is how tall a row of one line is, in rem, where it is not as tall as in the layer table.
    """
    if len(rows) <= LARGE:
        return Cut([rows], "")
    tall = line or ROW + LINE * sum(lines) / len(rows)
    style = ";".join(f"--w{i}:{each:.2f}rem" for i, each in enumerate(columns, 1))
    return Cut([rows[i : i + EACH] for i in range(0, len(rows), EACH)], f"{style};--row:{tall:.2f}rem")


def column(texts: Iterable[str], character: float = DIGIT) -> float:
    """How wide a column of such texts is, in rem, if none of them is to be broken."""
    return min(max(map(width, texts), default=0) * character, WIDEST) + PADDING


def lines_of(text: str, room: float) -> int:
    """In how many lines a text is broken, where it has so many rem."""
    return -(-int(width(text) * LETTER * 100) // int(room * 100)) or 1
