"""Text for a terminal: its width there, and what must not get there."""

from __future__ import annotations

from typing import Any


def width(text: str) -> int:
    """How many columns a text takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_columns(c) for c in text)


def _columns(char: str) -> int:
    import unicodedata  # most texts are ASCII

    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def clean(text: str) -> str:
    """The text with its control characters spelled out, so that it cannot steer a terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == " " else _spelled(c) for c in text)


def _spelled(char: str) -> str:
    return f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}" if ord(char) < 65536 else f"\\U{ord(char):08x}"


def pad(text: str, columns: int, right: bool = False) -> str:
    """The text filled with spaces to that many columns."""
    fill = " " * (columns - width(text))
    return fill + text if right else text + fill


def number(value: Any) -> str:
    """With commas; a formula as it is, "?" where it is unknown."""
    return "?" if value is None else f"{value:,}"


class Style:
    """Colours, if there are to be any."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, *codes: int) -> str:
        return f"\x1b[{';'.join(map(str, codes))}m{text}\x1b[0m" if self.on and text else text


BOLD, DIM, RED, GREEN, YELLOW, BLUE, CYAN = 1, 2, 31, 32, 33, 34, 36


_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip


def latex(text: str) -> str:
    """The text as it is, in LaTeX; control characters, as in Markdown, are spelled out."""
    return "".join(_LATEX.get(char, char) for char in clean(" ".join(text.split())))
