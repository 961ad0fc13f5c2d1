"""Texts in plots: how large they are, what fits, and where there is room."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.report.drawing.svg import Canvas, text_width
from archcalc.report.text import clean

SIZE = 11.0  # of the font, in pixels
ROW = 14.0  # from a line to the next
UP, DOWN = 0.93, 0.24  # how far letters reach above and below the line, in sizes
CUT = "…"


class Box(NamedTuple):
    """A rectangle, by its corners."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether they overlap."""
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom


def wide(text: str) -> float:
    """The width of a text."""
    return text_width(text, SIZE)


def fitting(text: str, room: float) -> str:
    """A text that is at most so wide: its end is cut off where it is wider; of a name in a block its begin, which others share."""
    text = clean(text[:1000])  # a name may be a book
    if wide(text) <= room:
        return text
    inner = "." in text
    kept = _beginning(text[::-1] if inner else text, room - wide(CUT))
    return CUT + kept[::-1] if inner else kept + CUT


def _beginning(text: str, room: float) -> str:
    end, taken = 0, 0.0
    while end < len(text) and (taken := taken + wide(text[end])) <= room:
        end += 1
    return text[:end]


def box_of(text: str, x: float, y: float, anchor: str = "start") -> Box:
    """Where a text stands whose line begins, is centred, or ends at x."""
    width = wide(text)
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    return Box(left, y - UP * SIZE, left + width, y + DOWN * SIZE)


class Texts:
    """Writes texts on a canvas, and knows where they stand."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.boxes: list[Box] = []

    def write(self, text: str, x: float, y: float, anchor: str = "start", class_: str | None = None) -> None:
        """A text, at its place."""
        self.boxes.append(box_of(text, x, y, anchor))
        self.canvas.add("text", text, x=float(x), y=float(y), text_anchor=None if anchor == "start" else anchor, class_=class_)

    def upright(self, text: str, x: float, y: float, class_: str | None = None) -> None:
        """A text that runs upwards and ends at y: a name below an axis."""
        self.boxes.append(Box(x - UP * SIZE, y, x + DOWN * SIZE, y + wide(text)))
        place = f"rotate(-90 {x:.1f} {y:.1f})"
        self.canvas.add("text", text, x=float(x), y=float(y), text_anchor="end", transform=place, class_=class_)

    def free(self, box: Box) -> bool:
        """Whether no text stands there yet."""
        return not any(box.meets(other) for other in self.boxes)
