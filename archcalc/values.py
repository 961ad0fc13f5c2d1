"""The values of the language: words, sizes, tables, numbers; and how they are said."""

from __future__ import annotations

from typing import Any

MAX_SHOWN = 12  # entries of a list in a message


class Word(str):
    """A bare name in the source that no variable has: `same`, `relu`."""

    __slots__ = ()


class Dims(tuple[Any, ...]):
    """A size written with `x`: 5x5, 28x28x6; with free sizes H x W x 3, (H - 4)//2 x 6."""

    __slots__ = ()

    def __str__(self) -> str:
        return joined(self)


def joined(sizes: tuple[Any, ...]) -> str:
    """Sizes with an `x` between; it binds looser than + and -, which are in brackets for the reader."""
    if not any(hasattr(n, "free") for n in sizes):
        return "x".join(map(str, sizes))
    return " x ".join(f"({n})" if getattr(n, "op", "") in ("+", "-") else str(n) for n in sizes)


class Table:
    """A connection table: rows are input maps, columns output maps; `X` connects."""

    __slots__ = ("name", "rows")

    def __init__(self, name: str, rows: tuple[str, ...]) -> None:
        self.name = name
        self.rows = rows

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    def column(self, j: int) -> tuple[int, ...]:
        """The input maps that output map j reads."""
        return tuple(i for i, row in enumerate(self.rows) if row[j] == "X")

    def fan_ins(self) -> tuple[int, ...]:
        """How many input maps each output map reads."""
        return tuple(len(self.column(j)) for j in range(self.width))

    def __str__(self) -> str:
        return self.name


def written(value: Any) -> str:
    """A value as the language reads it, however long."""
    if isinstance(value, list | tuple) and not isinstance(value, Dims):
        inside = ", ".join(map(written, value))
        return f"[{inside}]" if isinstance(value, list) else f"({inside}{',' * (len(value) == 1)})"
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else said(value)


def said(value: Any) -> str:
    """A value as the language writes it, shortened to what a message has room for."""
    if isinstance(value, tuple | list) and len(value) > MAX_SHOWN:
        value = type(value)([*value[:MAX_SHOWN], Word("...")])
    if isinstance(value, Dims):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(said, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, list):
        return "[" + ", ".join(map(said, value)) + "]"
    if isinstance(value, str) and not isinstance(value, Word):
        return f'"{value}"'
    if type(value).__name__ == "Fraction":
        return repr(float(value))
    text = str(value)
    return text if len(text) <= 40 or hasattr(value, "free") else f"{text[:12]}... ({len(text)} digits)"


def is_integer(value: Any) -> bool:
    """A whole number, a column of them, or one that depends on free sizes; a yes or no is none of these."""
    if isinstance(value, int):
        return not isinstance(value, bool)
    return getattr(value, "dtype", None) is not None or hasattr(value, "free")


def is_number(value: Any) -> bool:
    """An int, a Fraction, a size that is free, or a yes or no, which counts as 1 or 0."""
    return hasattr(value, "denominator") or hasattr(value, "free")


def whole(value: Any) -> Any:
    """A whole float serves as an integer."""
    return value.numerator if getattr(value, "denominator", None) == 1 and not isinstance(value, bool) else value
