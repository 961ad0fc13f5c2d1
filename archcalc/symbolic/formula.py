"""A symbolic size: an integer that depends on free sizes, and does whatever rules do with sizes.

What is a number after all becomes a plain integer. A comparison gives True or False where it can be decided, else a condition,
which `require` makes an assumption. Nothing may branch on one: to ask for its truth is a refusal that names the free sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from archcalc.sizes import Refusal
from archcalc.symbolic import laws
from archcalc.symbolic.book import Book
from archcalc.symbolic.factors import written
from archcalc.symbolic.terms import MAX, MIN, Terms, add, constant, multiply, power, scale, symbols_of, value_of, variable


class Formula:
    """A size that is not known as a number. Its operators are those of integers; `str` is the formula."""

    __slots__ = ("_hash", "_text", "book", "terms")

    def __init__(self, book: Book, terms: Terms) -> None:
        self.book = book
        self.terms = terms
        self._hash: int | None = None
        self._text: tuple[str, str] | None = None

    @property
    def free(self) -> tuple[str, ...]:
        """The names of the free sizes that it depends on."""
        return tuple(symbol.name for symbol in symbols_of(self.terms))

    @property
    def op(self) -> str:
        """The operator that binds least in its text; "" if it has none."""
        return self._written()[1]

    def _written(self) -> tuple[str, str]:
        if self._text is None:
            self._text = written(self.terms)
        return self._text

    def __str__(self) -> str:
        return self._written()[0]

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(str(self), spec.replace(",", ""))

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((id(self.book), frozenset(self.terms.items())))
        return self._hash

    def settled(self) -> Any:
        """The same size, under all that is assumed by now."""
        terms = self.book.settled(self.terms)
        return self if terms is self.terms else made(self.book, terms)

    # ---- arithmetic -------------------------------------------------------------------------------------------

    def _with(self, other: Any, make: Callable[[Terms, Terms], Terms], turned: bool = False) -> Any:
        """What `make` makes of both; of the other one first, if `turned`."""
        terms = self.read(other)
        if terms is None:
            return NotImplemented
        return made(self.book, make(terms, self.terms) if turned else make(self.terms, terms))

    def read(self, other: Any) -> Terms | None:
        """A size as terms; None where it is something else."""
        if isinstance(other, int):
            return constant(int(other))
        return other.terms if isinstance(other, Formula) else None

    def __add__(self, other: Any) -> Any:
        return self._with(other, add)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._with(other, _minus)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, _minus, turned=True)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, multiply)

    __rmul__ = __mul__

    def __neg__(self) -> Any:
        return made(self.book, scale(self.terms, -1))

    def __pos__(self) -> Any:
        return self

    def __floordiv__(self, other: Any) -> Any:
        return self._with(other, self._quotient)

    def __rfloordiv__(self, other: Any) -> Any:
        return self._with(other, self._quotient, turned=True)

    def __mod__(self, other: Any) -> Any:
        return self._with(other, self._rest)

    def __rmod__(self, other: Any) -> Any:
        return self._with(other, self._rest, turned=True)

    def ceildiv(self, other: Any) -> Any:
        """Divided, and rounded up: ceil(n / d) = floor((n + d - 1) / d)."""
        return (self + (other - 1)) // other

    def _quotient(self, terms: Terms, divisor: Terms) -> Terms:
        number = value_of(divisor)
        if number == 0:
            raise ZeroDivisionError
        if number is not None:
            sign = 1 if number > 0 else -1
            return laws.floor(self.book.settled(scale(terms, sign)), int(number) * sign)
        self.book.suppose(">=", add(divisor, constant(-1)), "E202", {})
        return laws.quotient(terms, divisor)

    def _rest(self, terms: Terms, divisor: Terms) -> Terms:
        return add(terms, multiply(divisor, self._quotient(terms, divisor)), -1)

    def maximum(self, other: Any) -> Any:
        """The larger of the two."""
        return self._with(other, lambda a, b: self._extreme(MAX, a, b))

    def minimum(self, other: Any) -> Any:
        """The smaller of the two."""
        return self._with(other, lambda a, b: self._extreme(MIN, a, b))

    def _extreme(self, kind: str, a: Terms, b: Terms) -> Terms:
        if self.book.decide(">=", _minus(a, b)):
            return a if kind == MAX else b
        if self.book.decide(">=", _minus(b, a)):
            return b if kind == MAX else a
        return laws.extreme(kind, a, b)

    def gcd(self, other: Any) -> Any:
        """The greatest common divisor of the two."""
        return self._with(other, laws.divisor_of_both)

    def power(self, exponent: int) -> Any:
        """Times itself, so often."""
        return made(self.book, power(self.terms, exponent))

    # ---- comparisons ------------------------------------------------------------------------------------------

    def _compare(self, op: str, other: Any, sign: int, more: int = 0) -> Any:
        """Whether sign * (self - other) + more is 0, or not negative."""
        terms = self.read(other)
        if terms is None:
            return NotImplemented
        difference = scale(add(self.terms, terms, -1), sign)
        return judged(self.book, op, add(difference, constant(more)))

    def __eq__(self, other: object) -> Any:
        return self._compare("==", other, 1)

    def __ne__(self, other: object) -> Any:
        return self._compare("!=", other, 1)

    def __ge__(self, other: Any) -> Any:
        return self._compare(">=", other, 1)

    def __gt__(self, other: Any) -> Any:
        return self._compare(">=", other, 1, -1)

    def __le__(self, other: Any) -> Any:
        return self._compare(">=", other, -1)

    def __lt__(self, other: Any) -> Any:
        return self._compare(">=", other, -1, -1)

    # ---- what a formula is not --------------------------------------------------------------------------------

    def __bool__(self) -> bool:
        raise undecided(f"`{self}`", self.free)

    def __int__(self) -> int:
        raise undecided(f"`{self}`", self.free)

    __index__ = __int__


def _minus(a: Terms, b: Terms) -> Terms:
    return add(a, b, -1)


def made(book: Book, terms: Terms) -> Any:
    """A formula; an integer, where it is one."""
    number = value_of(terms)
    return Formula(book, terms) if number is None else number


def free_size(book: Book, name: str) -> Formula:
    """The free size of that name."""
    return Formula(book, variable(book.size(name)))


def undecided(what: str, names: Iterable[str]) -> Refusal:
    """Something needs a number, and there is none."""
    return Refusal("E213", what=what, names=", ".join(f"`{name}`" for name in names), fixes=tuple(f"-p {name}=64" for name in names))


def judged(book: Book, op: str, terms: Terms) -> Any:
    """True or False where `terms op 0` is decided, else the condition."""
    answer = book.decide(op, terms)
    return Condition(book, ((op, terms),)) if answer is None else answer


class Condition:
    """A comparison that depends on free sizes; or several, of which one is to hold (`|`), or all (`&`)."""

    __slots__ = ("book", "more", "ways")

    def __init__(self, book: Book, ways: tuple[tuple[str, Terms], ...], more: tuple[Condition, ...] = ()) -> None:
        self.book = book
        self.ways = ways
        self.more = more

    def __or__(self, other: Any) -> Any:
        if isinstance(other, Condition) and not self.more and not other.more:
            return Condition(self.book, (*self.ways, *other.ways))
        if isinstance(other, bool):
            return other or self
        return NotImplemented

    __ror__ = __or__

    def __and__(self, other: Any) -> Any:
        if isinstance(other, Condition):
            return Condition(self.book, self.ways, (*self.more, other))
        return self if other is True else False if other is False else NotImplemented

    __rand__ = __and__

    def suppose(self, code: str, facts: dict[str, Any]) -> None:
        """Make it an assumption. Refuses with the code where it contradicts the others."""
        if len(self.ways) == 1:
            self.book.suppose(*self.ways[0], code, facts)
        elif tuple((op, frozenset(terms.items())) for op, terms in self.ways) not in self.book.ways:
            open_ways = tuple(way for way in self.ways if self.book.decide(*way) is not False)
            if not open_ways:
                raise Refusal(code, **facts)
            if not any(self.book.decide(*way) for way in open_ways):
                self.book.suppose_one(open_ways, code, facts)
        for condition in self.more:
            condition.suppose(code, facts)

    def __bool__(self) -> NoReturn:
        names = dict.fromkeys(symbol.name for _, terms in self.ways for symbol in symbols_of(terms))
        raise undecided(f"`{self}`", names)

    def __str__(self) -> str:
        from archcalc.symbolic.saying import condition

        return " or ".join(condition(op, terms) for op, terms in self.ways)
