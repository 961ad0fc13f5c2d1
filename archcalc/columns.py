"""Columns of sizes: a whole number for each of many designs, worked out at once, and never wrong in silence.

NumPy's integers have 64 bits, and wrap round without a word beyond. A column knows which of its entries could not be held: it
works everything out in floats as well, which say how large a result is. Those entries are lost for good: whatever is made of
them is lost too.

Rules read columns as they read integers (sizes.py). A comparison gives `Truths`, which whoever is `judging` is handed.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import numpy.typing as npt

# Half of what 64 bits hold: a float knows the size of a result to one part in 2**50, and need not know it better.
LIMIT = 2**62

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Column:
    """Whole numbers, one for each design; `lost` marks those that could not be held, whose values mean nothing."""

    # NumPy's arrays leave it to the column what `array + column` is.
    __array_ufunc__ = None
    __slots__ = ("lost", "values")

    def __init__(self, values: Any, lost: Mask | None = None) -> None:
        """A column of these integers; those that 64 bits cannot hold are lost.

        Raises:
            TypeError: they are not all integers.
        """
        if isinstance(values, np.ndarray) and values.dtype == np.int64:
            self.values: Integers = values
            self.lost: Mask = np.abs(values.astype(float)) > LIMIT
        else:
            whole = np.array([operator.index(v) for v in np.atleast_1d(np.asarray(values, object)).flat], object)
            self.lost = np.array([abs(v) > LIMIT for v in whole], bool)
            self.values = np.where(self.lost, 1, whole).astype(np.int64)
        if lost is not None:
            self.lost = self.lost | lost

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"Column([{', '.join(map(str, self.tolist()))}])"

    def tolist(self) -> list[int | None]:
        """The integers; None for those that are lost."""
        return [None if lost else int(value) for value, lost in zip(self.values, self.lost, strict=True)]

    __hash__ = None  # type: ignore[assignment]  # as arrays have none: it is many numbers

    def __neg__(self) -> Column:
        return Column(-self.values, self.lost)

    def __add__(self, other: Any) -> Column:
        return _worked(np.add, self, other)

    def __sub__(self, other: Any) -> Column:
        return _worked(np.subtract, self, other)

    def __mul__(self, other: Any) -> Column:
        return _worked(np.multiply, self, other)

    def __floordiv__(self, other: Any) -> Column:
        return _divided(np.floor_divide, self, other)

    def __mod__(self, other: Any) -> Column:
        return _divided(np.mod, self, other)

    def __radd__(self, other: Any) -> Column:
        return _worked(np.add, other, self)

    def __rsub__(self, other: Any) -> Column:
        return _worked(np.subtract, other, self)

    def __rmul__(self, other: Any) -> Column:
        return _worked(np.multiply, other, self)

    def __rfloordiv__(self, other: Any) -> Column:
        return _divided(np.floor_divide, other, self)

    def __rmod__(self, other: Any) -> Column:
        return _divided(np.mod, other, self)

    def __eq__(self, other: object) -> Truths:  # type: ignore[override]
        return _compared(np.equal, self, other)

    def __ne__(self, other: object) -> Truths:  # type: ignore[override]
        return _compared(np.not_equal, self, other)

    def __lt__(self, other: Any) -> Truths:
        return _compared(np.less, self, other)

    def __le__(self, other: Any) -> Truths:
        return _compared(np.less_equal, self, other)

    def __gt__(self, other: Any) -> Truths:
        return _compared(np.greater, self, other)

    def __ge__(self, other: Any) -> Truths:
        return _compared(np.greater_equal, self, other)

    def ceildiv(self, other: Any) -> Column:
        """The quotients, rounded up."""
        fallen: Column = -self // other
        return -fallen

    def maximum(self, other: Any) -> Column:
        """The larger, entry by entry."""
        return _worked(np.maximum, self, other)

    def minimum(self, other: Any) -> Column:
        """The smaller, entry by entry."""
        return _worked(np.minimum, self, other)

    def gcd(self, other: Any) -> Column:
        """The greatest common divisor, entry by entry."""
        a, b, lost = _both(self, other)
        return Column(np.gcd(a, b), lost)


class Truths:
    """Of each design, whether something holds; `lost` marks those of which that is not known."""

    __array_ufunc__ = None
    __slots__ = ("lost", "values")

    def __init__(self, values: Mask, lost: Mask) -> None:
        self.values = values
        self.lost = lost

    def __bool__(self) -> bool:
        raise TypeError("a column of truth values is neither true nor false")

    def __or__(self, other: Truths | bool) -> Truths:
        a, b = self.values, _values(other)
        settled = (a & ~self.lost) | (b & ~_lost(other))  # what is true of one is true of both
        return Truths(a | b, (self.lost | _lost(other)) & ~settled)

    def __and__(self, other: Truths | bool) -> Truths:
        return ~(~self | ~_truths(other, self))

    def __invert__(self) -> Truths:
        return Truths(~self.values, self.lost)

    __ror__ = __or__
    __rand__ = __and__


class Verdicts:
    """Judges conditions of `count` designs: `with judging(verdicts.judge)`.

    `codes` are those of the first condition that fails, of each design, or None; `lost` marks those of which it is not known.
    """

    def __init__(self, count: int) -> None:
        self.codes: list[str | None] = [None] * count
        self.lost: Mask = np.zeros(count, bool)

    def judge(self, condition: Truths, code: str, _: dict[str, Any]) -> None:
        """Take note of a condition. A design that has failed, or is lost, has its verdict."""
        undecided = np.broadcast_to(condition.lost, self.lost.shape) & [c is None for c in self.codes]
        fails = ~np.broadcast_to(condition.values, self.lost.shape) & ~undecided & ~self.lost
        for i in np.flatnonzero(fails):
            self.codes[i] = self.codes[i] or code
        self.lost |= undecided


def _values(x: Any) -> Any:
    return x.values if isinstance(x, Column | Truths) else x


def _lost(x: Any) -> Any:
    return x.lost if isinstance(x, Column | Truths) else np.False_


def _truths(x: Truths | bool, like: Truths) -> Truths:
    return x if isinstance(x, Truths) else Truths(np.full(like.values.shape, x), np.zeros(like.values.shape, bool))


def _both(a: Any, b: Any) -> tuple[Any, Any, Mask]:
    """The values of two, and where either is lost."""
    a, b = (x if isinstance(x, Column) else Column(x) for x in (a, b))
    return a.values, b.values, a.lost | b.lost


def _worked(ufunc: np.ufunc, a: Any, b: Any) -> Column:
    """Two columns worked out entry by entry: in 64 bits, and in floats to see whether those do."""
    one, other, lost = _both(a, b)
    with np.errstate(all="ignore"):
        large = np.abs(ufunc(one.astype(float), other.astype(float))) > LIMIT
        values = ufunc(one, other)
    return Column(np.where(large, 1, values), lost | large)


def _divided(ufunc: np.ufunc, a: Any, b: Any) -> Column:
    """A division: its result is no larger than what is divided. By 0 there is none."""
    one, other, lost = _both(a, b)
    nothing = other == 0
    return Column(ufunc(one, np.where(nothing, 1, other)), lost | nothing)


def _compared(ufunc: np.ufunc, a: Any, b: Any) -> Truths:
    one, other, lost = _both(a, b)
    return Truths(ufunc(one, other), lost)
