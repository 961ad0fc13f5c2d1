"""A text with a name, and spans in it: where every diagnostic points."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

BOM = b"\xef\xbb\xbf"  # the byte order mark, which some editors put before a text
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # how a text begins that is not in UTF-8


def opening(data: bytes) -> bytes:
    """The first byte of a text, after blanks and a byte order mark; none, where there is nothing else."""
    return data.lstrip(BOM + b" \t\r\n")[:1]


class Source:
    """The text of one .arch file. Lines and columns count from 1, in characters."""

    __slots__ = ("_starts", "name", "path", "text")

    def __init__(self, name: str, text: str, path: str = "") -> None:
        self.name = name
        self.path = path  # where it lies, if it is a file
        self.text = text
        self._starts: list[int] = []

    def line_starts(self) -> list[int]:
        """The offset at which each line starts; found when the first position is asked for."""
        if not self._starts:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._starts = starts
        return self._starts

    def position(self, offset: int) -> tuple[int, int]:
        """(line, column) of an offset."""
        starts = self.line_starts()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        starts = self.line_starts()
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def __repr__(self) -> str:
        return f"Source({self.name!r})"


class Span(NamedTuple):
    """The characters from `start` up to, not including, `end`."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]

    @property
    def end_column(self) -> int:
        """One past the last column, on the first line of the span."""
        line, column = self.source.position(self.start)
        left = len(self.source.line(line)) - column + 1
        return column + max(1, min(self.end - self.start, left))

    @property
    def goes_on(self) -> bool:
        """Whether it stands first on a line that belongs to the line above, since that ends with a comma."""
        before = self.source.text[: self.start].rstrip(" \t")
        above = self.source.line(self.line - 1).partition("#")[0] if before.endswith("\n") and self.line > 1 else ""
        return above.rstrip().endswith(",")

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of the other."""
        return Span(self.source, self.start, other.end)
