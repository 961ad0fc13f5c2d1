"""What a size is made of: the only file that knows.

A shape rule is plain `+ - * //` on sizes, and never branches on one, so that the same body serves

- integers, exact however large;
- columns of integers, one entry a design: NumPy's arrays, or those of columns.py, which notice what they cannot hold;
- `Traced` integers, which remember how they came about: the derivations that archcalc prints;
- formulas over free sizes (archcalc/symbolic/), with which a network is analyzed before its input's size is known.

`require` is the only way to judge a size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

# An int, a column, a Traced, or a formula. What a rule computes with is not its business, so there is no narrower type to give.
Size = Any
Shape = tuple[Size, ...]


class Refusal(Exception):
    """A rule says no: a code of the table in diagnostics.py, with the facts that its message is made of.

    The fact `at` names the argument at fault, if one is; `fixes` is what to write instead.
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts


# Who judges a condition that is neither true nor false as a whole: a column of booleans, for one.
Judge = Callable[[Any, str, dict[str, Any]], None]
_judges: list[Judge] = []


class judging:  # noqa: N801  reads as a word: with judging(...)
    """Inside `with judging(judge):`, conditions over columns go to `judge(condition, code, facts)`."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge

    def __enter__(self) -> None:
        _judges.append(self.judge)

    def __exit__(self, *_: object) -> None:
        _judges.pop()


def require(condition: Any, code: str, **facts: Any) -> None:
    """Refuse with `code` where the condition does not hold.

    Raises:
        Refusal: the condition is false, or contradicts what is assumed of free sizes.
        TypeError: it is a column, and nobody is judging.
    """
    if condition is True:
        return
    if condition is False:
        raise Refusal(code, **facts)
    if not _judges:
        if (suppose := getattr(condition, "suppose", None)) is not None:  # it depends on free sizes, and becomes an assumption
            suppose(code, facts)
            return
        raise TypeError(f"{code}: a condition over columns needs a judge")
    _judges[-1](condition, code, facts)


def prod(sizes: Iterable[Size]) -> Size:
    """The product; 1 of nothing."""
    result: Size = None
    for size in sizes:
        result = size if result is None else result * size
    return 1 if result is None else result


def total(sizes: Iterable[Size]) -> Size:
    """The sum; 0 of nothing."""
    result: Size = None
    for size in sizes:
        result = size if result is None else result + size
    return 0 if result is None else result


def ceildiv(n: Size, d: Size) -> Size:
    """N / d, rounded up, without leaving the integers."""
    return -(-n // d) if type(n) is int or not hasattr(n, "ceildiv") else n.ceildiv(d)


def maximum(a: Size, b: Size) -> Size:
    """The larger, entry by entry where one is a column."""
    return _choose(max, "maximum", a, b)


def minimum(a: Size, b: Size) -> Size:
    """The smaller, entry by entry where one is a column."""
    return _choose(min, "minimum", a, b)


def gcd(a: Size, b: Size) -> Size:
    """The greatest common divisor, entry by entry where one is a column."""
    return _choose(math.gcd, "gcd", a, b)


def _choose(pick: Callable[..., Any], name: str, a: Size, b: Size) -> Size:
    if isinstance(a, int) and isinstance(b, int):
        return pick(a, b)
    if isinstance(a, Traced) or isinstance(b, Traced):
        one, other = untraced(a), untraced(b)
        found = _choose(pick, name, one, other)
        if (one == other) is True and (found == one) is True:
            return a  # nothing was chosen
        return _write(found, "", pick.__name__ + "({}, {})", (a, ""), (b, ""))
    for one, other in ((a, b), (b, a)):
        if own := getattr(one, name, None):  # a size of another sort knows how
            return own(other)
    import numpy as np  # only an array gets here

    return getattr(np, name)(a, b)


def free_sizes(size: Any) -> tuple[str, ...]:
    """The names of the free sizes that a size depends on, or the sizes in a list."""
    if isinstance(size, tuple | list):
        return tuple(dict.fromkeys(name for entry in size for name in free_sizes(entry)))
    return getattr(size, "free", ())


def settled(size: Size) -> Size:
    """A size under the assumptions that are made of free sizes; any other is what it is."""
    return size.settled() if hasattr(size, "settled") else size


def alike(a: Any, b: Any) -> Any:
    """Whether two sizes, or shapes, are the same: a condition for `require`."""
    if not isinstance(a, tuple) or not isinstance(b, tuple):
        return a == b
    same: Any = len(a) == len(b)
    for one, other in zip(a, b, strict=False) if same else ():
        if same is not False:
            same = same & alike(one, other)
    return same


def agreed(condition: Any) -> bool:
    """Whether it holds, or is assumed from now on."""
    try:
        require(condition, "E308")
    except Refusal:
        return False
    return True


def untraced(size: Any) -> Any:
    """A size without its derivation."""
    return size.value if isinstance(size, Traced) else size


def leaf(like: Size, value: int, symbol: str) -> Size:
    """A number that a rule brings along, named in the derivation where `like` is being traced."""
    return Traced(value, symbol) if isinstance(like, Traced) else value


def renamed(value: Any, symbol: str) -> Any:
    """A size, or a tuple of them, under another name in derivations."""
    if isinstance(value, tuple):
        return tuple(renamed(v, symbol) for v in value)
    return Traced(value.value, symbol, value.numbers, value.op) if isinstance(value, Traced) else value


# ---- derivations ------------------------------------------------------------------------------------------------

# How tightly each operator binds; a leaf and a call, which have none, bind tightest.
_BINDS = {"+": 1, "-": 1, "*": 2, "//": 2, "%": 2, "**": 3, "": 3}  # powers are formulas' of free sizes


class Traced:
    """An integer that remembers its formula: in symbols `(n + 2*p - f)//s + 1`, in numbers `(32 + 2*0 - 5)//1 + 1`.

    A literal 0 added and a literal 1 multiplied by a rule leave no trace: they say nothing of the network.
    """

    __slots__ = ("numbers", "op", "symbols", "value")

    def __init__(self, value: Size, symbols: str, numbers: str | None = None, op: str = "") -> None:
        self.value = value
        self.symbols = symbols
        self.numbers = str(value) if numbers is None else numbers
        if numbers is None:  # a negative number needs brackets wherever a sum would, and so does a formula that is one
            op = getattr(value, "op", "") or ("-" if (value < 0) is True else op)
        self.op = op

    def __int__(self) -> int:
        return int(self.value)

    __index__ = __int__

    def __str__(self) -> str:
        return str(self.value)

    __repr__ = __str__

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other: object) -> Any:
        return self.value == untraced(other)

    def __lt__(self, other: Size) -> Any:
        return self.value < untraced(other)

    def __le__(self, other: Size) -> Any:
        return self.value <= untraced(other)

    def __gt__(self, other: Size) -> Any:
        return self.value > untraced(other)

    def __ge__(self, other: Size) -> Any:
        return self.value >= untraced(other)

    def __add__(self, other: Size) -> Size:
        return self if _literal(other, 0) else _infix(self, "+", other, self.value + untraced(other))

    def __radd__(self, other: Size) -> Size:
        return self if _literal(other, 0) else _infix(other, "+", self, untraced(other) + self.value)

    def __sub__(self, other: Size) -> Size:
        return self if _literal(other, 0) else _infix(self, "-", other, self.value - untraced(other))

    def __rsub__(self, other: Size) -> Size:
        return _infix(other, "-", self, untraced(other) - self.value)

    def __mul__(self, other: Size) -> Size:
        if _literal(other, 0):
            return 0
        return self if _literal(other, 1) else _infix(self, "*", other, self.value * untraced(other))

    def __rmul__(self, other: Size) -> Size:
        if _literal(other, 0):
            return 0
        return self if _literal(other, 1) else _infix(other, "*", self, untraced(other) * self.value)

    def __floordiv__(self, other: Size) -> Size:
        return self if _literal(other, 1) else _infix(self, "//", other, self.value // untraced(other))

    def __rfloordiv__(self, other: Size) -> Size:
        return _infix(other, "//", self, untraced(other) // self.value)

    def __mod__(self, other: Size) -> Size:
        return _infix(self, "%", other, self.value % untraced(other))

    def ceildiv(self, other: Size) -> Traced:
        return _write(ceildiv(self.value, untraced(other)), "", "ceil({}/{})", (self, "/"), (other, "/"))


def _literal(size: Size, number: int) -> bool:
    return isinstance(size, int) and size == number


def _infix(a: Size, op: str, b: Size, value: Size) -> Traced:
    form = f"{{}} {op} {{}}" if _BINDS[op] == 1 else f"{{}}{op}{{}}"
    return _write(value, op, form, (a, op), (b, op + "right"))


def _write(value: Size, op: str, form: str, *operands: tuple[Size, str]) -> Traced:
    parts = [_operand(size, place) for size, place in operands]
    return Traced(value, form.format(*(p[0] for p in parts)), form.format(*(p[1] for p in parts)), op)


def _operand(size: Size, place: str) -> tuple[str, str]:
    """Its two texts, in brackets where the place that it goes to asks for them."""
    if not isinstance(size, Traced):
        size = Traced(size, str(size))
    symbols, numbers = size.symbols, size.numbers
    if _needs_brackets(size.op, place):
        # A text without an operator (a name for a negative number) stands alone.
        return (f"({symbols})" if not symbols.isidentifier() else symbols), f"({numbers})"
    return symbols, numbers


def _needs_brackets(op: str, place: str) -> bool:
    if not place:
        return False
    right = place.endswith("right")
    outer = place.removesuffix("right")
    if outer == "/":
        return op != ""
    if _BINDS[op] != _BINDS[outer]:
        return _BINDS[op] < _BINDS[outer]
    if right:
        return not (outer == "+" or op == outer == "*")
    return outer == "*" and op != "*"
