"""Argument types that a few families share: several numbers, and words that need the argument's name."""

from __future__ import annotations

from typing import Any

from archcalc.argtypes import Axes, Choice, Number, PerAxis
from archcalc.languages import phrase
from archcalc.sizes import Refusal, require
from archcalc.values import is_integer, said

COUNTS = {1: phrase("one number"), 2: phrase("two numbers"), 3: phrase("three numbers")}


class Numbers(Number):
    """A number, or `several` of them; with `several` 0 as many as are wanted. Unless `single`, one alone will not do.

    With `above`, `least` itself is too little.
    """

    def __init__(
        self, least: float | None = None, most: float | None = None, *, several: int = 0, single: bool = True, above: bool = False
    ) -> None:
        super().__init__(least, most)
        self.several, self.single, self.above = several, single, above
        many = COUNTS.get(several, phrase("a list of numbers"))
        bounded = phrase("a number above {least}, up to {most}", least=least, most=most) if above else self.says
        self.says = phrase("{one}, or {many}", one=bounded, many=many) if single else phrase("{many}: (0, 1)", many=many)

    def read(self, value: Any) -> Any:
        if not isinstance(value, tuple | list):
            if not self.single:
                raise self.refuse(value)
            return self._one(value)
        if not value or len(value) != (self.several or len(value)):
            raise self.refuse(value)
        return tuple(map(self._one, value))

    def _one(self, value: Any) -> Any:
        value = super().read(value)
        require(not (self.above and value == self.least), "E121", got=said(value), says=self.says)
        return value

    def settled(self, value: Any, rank: int) -> Any:
        return tuple(super(Numbers, self).settled(v, rank) for v in value) if isinstance(value, tuple) else super().settled(value, rank)


class Integers(Numbers):
    """A whole number, which may be below 0; or `several` of them."""

    def __init__(self, least: int | None = None, most: int | None = None, *, several: int = 1) -> None:
        super().__init__(least, most, several=several)
        self.says = self.says.replace("a number", "a whole number").replace(", or one number", "")

    def _one(self, value: Any) -> Any:
        value = super()._one(value)
        require(is_integer(value), "E121", got=said(value), says=self.says)
        return value


class Odd(PerAxis):
    """An odd whole number, or two of them: rows and columns."""

    sizes = False  # whether it is odd is decided when it is read

    def __init__(self) -> None:
        super().__init__()
        self.says = phrase("an odd whole number, or two of them")

    def read(self, value: Any) -> Any:
        value = super().read(value)
        entries = value if isinstance(value, tuple) else (value, value)
        require(len(entries) == 2 and all(n % 2 for n in entries), "E121", got=said(value), says=self.says)
        return value


class Grid(PerAxis):
    """How many of something stand in a column and in a row: 8x8, or one number for both."""

    def read(self, value: Any) -> Any:
        value = super().read(value)
        return value if isinstance(value, tuple) else (value, value)


class Option(Choice):
    """One of some words. Those in `named` are another argument's too, so they need this one's name: `fill_mode=nearest`."""

    def __init__(self, *words: str, named: tuple[str, ...] = ()) -> None:
        super().__init__(*words, *named)
        self.known = self.words
        self.words = words

    def read(self, value: Any) -> Any:
        if not isinstance(value, str):
            return super().read(value)
        if str(value) not in self.known:
            raise Refusal("E122", word=str(value), words=self.known, says=self.says)
        return str(value)


class AxesOrNone(Axes):
    """One axis, or several, or `none` of them."""

    words = ("none",)
    says = phrase("{says}; or none", says=Axes.says)

    def read(self, value: Any) -> Any:
        return () if isinstance(value, str) and str(value) == "none" else super().read(value)
