"""Polynomials over atoms: what a symbolic size is made of, as plain dictionaries from monomials to coefficients.

An atom is a free size, or what cannot be taken apart further: a floor of a quotient, a larger or smaller one of several, a
greatest common divisor. Atoms of one book are made once each, so that they compare by identity. A coefficient is an integer;
a fraction stands only where assumptions make the whole an integer (H/2 where H is even).

How large a formula may grow is bounded here, before it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from archcalc.sizes import Refusal

Number = int | Fraction
Monomial = tuple[tuple["Atom", int], ...]
Terms = dict[Monomial, Number]

MAX_TERMS = 400
MAX_SIZE = 1500  # leaves of a formula written out in full
MAX_DEPTH = 40  # floors within floors
MAX_BITS = 1024  # of a coefficient
MAX_DEGREE = 64

SYMBOL, FLOOR, MAX, MIN, GCD, QUOTIENT = KINDS = ("symbol", "floor", "max", "min", "gcd", "quotient")


class Atom:
    """A free size by its `name`, or a function of its `parts`: a floor of a part divided by the `divisor`, and so on.

    Of a free size, `low` and `high` are the least and the most that it is taken to be.
    """

    __slots__ = ("book", "depth", "divisor", "high", "index", "kind", "low", "name", "parts", "size", "symbols")

    def __init__(self, book: Atoms, kind: str, parts: tuple[Terms, ...], divisor: int, name: str) -> None:
        inner = [atom for part in parts for atom in atoms_of(part)]
        self.book = book
        self.kind = kind
        self.parts = parts
        self.divisor = divisor
        self.name = name
        self.index = len(book.known)
        self.symbols: frozenset[Atom] = frozenset((self,)) if kind == SYMBOL else frozenset().union(*(a.symbols for a in inner))
        self.size: int = 1 + sum(size_of(part) for part in parts)
        self.depth: int = 1 + max((a.depth for a in inner), default=0)
        self.low = 1
        self.high: int | None = None

    @property
    def order(self) -> tuple[int, int, int]:
        """Free sizes come first, as they were declared; then floors by what they divide by."""
        return (self.kind != SYMBOL, self.divisor, self.index)

    def __repr__(self) -> str:
        return self.name or f"{self.kind}_{self.index}"


class Atoms:
    """All atoms of one network."""

    def __init__(self) -> None:
        self.known: dict[Any, Atom] = {}
        self.texts: dict[Any, tuple[str, str]] = {}  # of formulas that were written before

    def make(self, kind: str, parts: Iterable[Terms] = (), divisor: int = 0, name: str = "") -> Atom:
        """The atom of that kind with these parts; the same one whenever the parts are the same."""
        parts = tuple(parts)
        key = (kind, tuple(frozenset(part.items()) for part in parts), divisor, name)
        atom = self.known.get(key)
        if atom is None:
            atom = Atom(self, kind, parts, divisor, name)
            if atom.depth > MAX_DEPTH or atom.size > MAX_SIZE:
                raise too_large()
            _check_number(divisor)
            self.known[key] = atom
        return atom


def too_large() -> Refusal:
    """A formula has grown beyond its limits."""
    return Refusal("E316", limit=MAX_TERMS)


def _check_number(number: Number) -> None:
    if number.numerator.bit_length() > MAX_BITS or number.denominator.bit_length() > MAX_BITS:
        raise too_large()


def plain(number: Number) -> Number:
    """An integer where it is one."""
    return number if isinstance(number, int) or number.denominator != 1 else number.numerator


def constant(number: Number) -> Terms:
    """A number, as terms."""
    return {(): plain(number)} if number else {}


def variable(atom: Atom) -> Terms:
    """An atom, as terms."""
    return {((atom, 1),): 1}


def value_of(terms: Terms) -> Number | None:
    """The number that it is; None where it has an atom."""
    if not terms:
        return 0
    return terms[()] if len(terms) == 1 and () in terms else None


def atoms_of(terms: Terms) -> list[Atom]:
    """The atoms that stand in it by themselves, each once, in the order in which they are written."""
    return sorted({atom for monomial in terms for atom, _ in monomial}, key=lambda atom: atom.order)


def symbols_of(terms: Terms) -> list[Atom]:
    """The free sizes that it depends on."""
    return sorted({symbol for atom in atoms_of(terms) for symbol in atom.symbols}, key=lambda atom: atom.order)


def size_of(terms: Terms) -> int:
    """How many leaves it has when it is written out."""
    return len(terms) + sum(atom.size for monomial in terms for atom, _ in monomial)


def add(a: Terms, b: Terms, times: Number = 1) -> Terms:
    """A + times * b."""
    result = dict(a)
    for monomial, number in b.items():
        new = plain(result.get(monomial, 0) + times * number)
        if new:
            result[monomial] = new
        else:
            result.pop(monomial, None)
    if len(result) > MAX_TERMS:
        raise too_large()
    return result


def scale(terms: Terms, times: Number) -> Terms:
    """The formula times a number."""
    if not times:
        return {}
    _check_number(times)
    result = {monomial: plain(number * times) for monomial, number in terms.items()}
    for number in result.values():
        _check_number(number)
    return result


def multiply(a: Terms, b: Terms) -> Terms:
    """The product. Refused with E316 where it would be too large."""
    if len(b) == 1 and () in b:
        return scale(a, b[()])
    if len(a) * len(b) > 20 * MAX_TERMS:
        raise too_large()
    result: Terms = {}
    for left, m in a.items():
        for right, n in b.items():
            monomial = _joined(left, right)
            result[monomial] = result.get(monomial, 0) + m * n
    result = {monomial: plain(number) for monomial, number in result.items() if number}
    if len(result) > MAX_TERMS or size_of(result) > 4 * MAX_SIZE:
        raise too_large()
    for number in result.values():
        _check_number(number)
    return result


def _joined(left: Monomial, right: Monomial) -> Monomial:
    if not left or not right:
        return left or right
    powers = dict(left)
    for atom, power in right:
        powers[atom] = powers.get(atom, 0) + power
    if sum(powers.values()) > MAX_DEGREE:
        raise too_large()
    return tuple(sorted(powers.items(), key=lambda entry: entry[0].order))


def power(terms: Terms, exponent: int) -> Terms:
    """The formula times itself, so often."""
    result = constant(1)
    for _ in range(exponent):
        result = multiply(result, terms)
    return result


def denominator(terms: Terms) -> int:
    """The least number that makes every coefficient whole."""
    result = 1
    for number in terms.values():
        if not isinstance(number, int):
            result = result * number.denominator // _gcd(result, number.denominator)
    return result


def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


def evaluate(terms: Terms, values: Mapping[Atom, int]) -> Number:
    """Its value, where the free sizes have these values."""
    total: Number = 0
    for monomial, number in terms.items():
        product: Number = number
        for atom, exponent in monomial:
            product *= _value(atom, values) ** exponent
        total += product
    return plain(total)


def _value(atom: Atom, values: Mapping[Atom, int]) -> Number:
    if atom.kind == SYMBOL:
        return values[atom]
    parts = [evaluate(part, values) for part in atom.parts]
    if atom.kind == FLOOR:
        return parts[0] // atom.divisor
    if atom.kind == QUOTIENT:
        return parts[0] // parts[1]
    if atom.kind == GCD:
        return _gcd(abs(int(parts[0])), abs(int(parts[1])))
    return max(parts) if atom.kind == MAX else min(parts)
