"""The types of arguments: what each accepts, how it is said, and the words it knows."""

from __future__ import annotations

from typing import Any

from archcalc.languages import phrase
from archcalc.sizes import Refusal, Size, require
from archcalc.values import Table, is_integer, said, whole

_PADS = phrase("a whole number, one for each axis, or (before, after) pairs")
MAX_AXES = 16  # more than any network has; bounds how large a product of sizes can grow


class ValueType:
    """Base: `says` describes what fits, `words` are the bare words it knows, `sizes` tells that integers in it are sizes."""

    says: str = phrase("a value")
    words: tuple[str, ...] = ()
    sizes = False
    by_position = True
    channels = False  # where it is not given, it is the channels' axis

    def read(self, value: Any) -> Any:
        """The value as rules want it. Refuses with E121 what does not fit."""
        return value

    def settled(self, value: Any, rank: int) -> Any:
        """The value as figures and generated code show it."""
        return value

    def refuse(self, value: Any) -> Refusal:
        return Refusal("E121", got=said(value), says=self.says)


class Count(ValueType):
    """A whole number, `least` or more."""

    sizes = True

    def __init__(self, least: int = 1) -> None:
        self.least = least
        self.says = phrase("a whole number, {least} or more", least=least)

    def read(self, value: Any) -> Size:
        value = whole(value)
        if not is_integer(value):
            raise self.refuse(value)
        require(value >= self.least, "E121", got=value, says=self.says)
        return value


class PerAxis(ValueType):
    """One whole number for every spatial axis, or one for each: 3, 3x3, (3, 5)."""

    sizes = True

    def __init__(self, least: int = 1) -> None:
        self.least = least
        self.says = phrase("a whole number or a size such as 3x3, {least} or more", least=least)

    def read(self, value: Any) -> Size | tuple[Size, ...]:
        value = whole(value)
        entries = value if isinstance(value, tuple | list) else (value,)
        entries = tuple(whole(v) for v in entries)
        if not entries or not all(is_integer(v) for v in entries):
            raise self.refuse(value)
        for v in entries:
            require(v >= self.least, "E121", got=said(value), says=self.says)
        return entries if isinstance(value, tuple | list) else entries[0]

    def settled(self, value: Any, rank: int) -> Any:
        return value if value is None or isinstance(value, tuple) else (value,) * rank


class Padding(ValueType):
    """`valid`, `same`, a whole number, one for each axis, or (before, after) pairs."""

    sizes = True

    def __init__(self, *words: str) -> None:
        self.words = words
        self.says = _PADS if not words else phrase("{words}, {pads}", words=", ".join(words), pads=_PADS)

    def read(self, value: Any) -> Any:
        if isinstance(value, str):
            return _word(self, value)
        value = whole(value)
        if isinstance(value, tuple | list):
            return tuple(self._side(v, value) for v in value) or self._fail(value)
        return self._size(value, value)

    def _side(self, entry: Any, value: Any) -> Any:
        if not isinstance(entry, tuple | list):
            return self._size(entry, value)
        return tuple(self._size(e, value) for e in entry) if len(entry) == 2 else self._fail(value)

    def _size(self, entry: Any, value: Any) -> Size:
        entry = whole(entry)
        if not is_integer(entry):
            self._fail(value)
        require(entry >= 0, "E121", got=said(value), says=self.says)
        return entry

    def _fail(self, value: Any) -> Any:
        raise self.refuse(value)

    def settled(self, value: Any, rank: int) -> Any:
        return value if isinstance(value, str | tuple) else (value,) * rank


class Choice(ValueType):
    """One of some words."""

    by_position = False

    def __init__(self, *words: str, off: str | None = None) -> None:
        self.words = words
        self.off = off  # the word that `no...` and `false` stand for
        self.says = (
            phrase("one of {names}", names=", ".join(words))
            if len(words) < 9
            else phrase("a name such as {names}", names=", ".join(words[:4]))
        )

    def read(self, value: Any) -> Any:
        if self.off is not None and isinstance(value, bool):
            return self.words[0] if value else self.off
        if isinstance(value, str):
            return _word(self, value)
        raise self.refuse(value)


class Flag(ValueType):
    """Yes or no: set by its name, unset by `no` and its name."""

    says = phrase("true or false")
    by_position = False

    def read(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        raise self.refuse(value)


class Number(ValueType):
    """A number from `least` to `most`; `below` if `most` itself is too much. Without bounds, any number."""

    def __init__(self, least: float | None = None, most: float | None = None, below: bool = False) -> None:
        self.least, self.most, self.below = least, most, below
        if least is None:
            self.says = phrase("a number")
        elif most is None:
            self.says = phrase("a number, {least} or more", least=least)
        elif below:
            self.says = phrase("a number from {least}, below {most}", least=least, most=most)
        else:
            self.says = phrase("a number from {least} to {most}", least=least, most=most)

    def read(self, value: Any) -> Any:
        if isinstance(value, bool) or not hasattr(value, "denominator"):
            raise self.refuse(value)
        fits = self.least is None or value >= self.least
        fits = fits and (self.most is None or (value < self.most if self.below else value <= self.most))
        require(bool(fits), "E121", got=said(value), says=self.says)
        return whole(value)

    def settled(self, value: Any, rank: int) -> Any:
        return value if value is None or isinstance(value, int) else float(value)


class WholeShape(ValueType):
    """A whole shape: 28x28x6, or one number. With `infer`, one entry may be -1: what is left."""

    sizes = True

    def __init__(self, infer: bool = False) -> None:
        self.infer = infer
        self.says = phrase("a size such as 28x28x6, where one entry may be -1") if infer else phrase("a size such as 28x28x6")

    def read(self, value: Any) -> tuple[Size, ...]:
        value = whole(value)
        entries = tuple(whole(v) for v in (value if isinstance(value, tuple | list) else (value,)))
        if not 1 <= len(entries) <= MAX_AXES or not all(is_integer(v) for v in entries):
            raise self.refuse(value)
        free = sum(1 for v in entries if isinstance(v, int) and v == -1) if self.infer else 0
        if free > 1:
            raise self.refuse(value)
        for v in entries:
            if not (free and isinstance(v, int) and v == -1):
                require(v >= 1, "E121", got=said(value), says=self.says)
        return entries


class Axis(ValueType):
    """One axis, counted as Keras does: the batch is 0, the sample's axes are from 1 on, or from -1 backwards.

    Rules get it as an index into a sample's shape. With `channels`, it is the channels' axis where it is not given,
    wherever the network's layout has it.
    """

    says = phrase("an axis: a whole number from 1, since 0 is the batch, or from -1 backwards")

    def __init__(self, channels: bool = False) -> None:
        self.channels = channels

    def read(self, value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and value:
            return value - (value > 0)
        raise self.refuse(value)

    def settled(self, value: Any, rank: int) -> Any:
        return tuple(map(counted, value)) if isinstance(value, tuple) else counted(value)


def counted(axis: Any) -> Any:
    """An index into a sample's shape as it is written: counted with the batch."""
    return axis + 1 if isinstance(axis, int) and axis >= 0 else axis


class Axes(Axis):
    """One axis, or several: counted as one is."""

    says = phrase("an axis, from 1, since 0 is the batch, or from -1 backwards; or several: (1, 2)")

    def read(self, value: Any) -> Any:
        if not isinstance(value, tuple | list):
            return super().read(value)
        if not value:
            raise self.refuse(value)
        return tuple(map(super().read, value))


class TableName(ValueType):
    """A connection table."""

    says = phrase("a table")
    by_position = False

    def read(self, value: Any) -> Table:
        if isinstance(value, Table):
            return value
        raise self.refuse(value)

    def settled(self, value: Any, rank: int) -> Any:
        return None if value is None else value.name


class Name(ValueType):
    """A name that is not the language's own."""

    says = phrase("a name")

    def read(self, value: Any) -> str:
        if isinstance(value, str):
            return str(value)
        raise self.refuse(value)


def _word(kind: ValueType, value: str) -> str:
    if str(value) in kind.words:
        return str(value)
    raise Refusal("E122", word=str(value), words=kind.words, says=kind.says)
