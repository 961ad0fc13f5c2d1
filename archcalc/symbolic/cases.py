"""Deciding by cases: with H = 4h + r for each r below 4, a floor of a quarter is no floor any more.

A formula without floors is a polynomial in h, of which it can be proved that it is always 0, or never negative. What holds in
some cases, and not in others, is a congruence: the cases in which it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from math import gcd, isqrt, lcm
from typing import NamedTuple

from archcalc.symbolic.bounds import direction, least, most
from archcalc.symbolic.laws import substitute
from archcalc.symbolic.terms import (
    FLOOR,
    GCD,
    MAX_BITS,
    MAX_DEPTH,
    QUOTIENT,
    SYMBOL,
    Atom,
    Terms,
    add,
    atoms_of,
    constant,
    denominator,
    evaluate,
    scale,
    size_of,
    symbols_of,
    value_of,
    variable,
)

MAX_CASES = 4096
MAX_WORK = 120_000  # cases, times the leaves of the formula
FARTHEST = MAX_BITS + 8  # bits of a bound that is looked for, and of a modulus
LARGEST_PRIME = 5000  # that a modulus is tried to be divided by


class Classes(NamedTuple):
    """Of a free size, what it can leave over when it is divided by the modulus."""

    modulus: int = 1
    residues: frozenset[int] = frozenset((0,))

    def lifted(self, modulus: int) -> Classes:
        """The same, by a multiple of both moduli."""
        common = lcm(self.modulus, modulus)
        steps = range(0, common, self.modulus)
        return Classes(common, frozenset(r + step for r in self.residues for step in steps))

    def reduced(self) -> Classes:
        """The same, by the least modulus that says it."""
        modulus, residues = self
        for p in _primes(modulus):
            while modulus % p == 0:
                smaller = modulus // p
                kept = frozenset(r % smaller for r in residues)
                if len(kept) * p != len(residues):
                    break
                modulus, residues = smaller, kept
        return Classes(modulus, residues)

    def around(self) -> tuple[int, int]:
        """The finest single congruence that holds in all cases: modulus and residue."""
        first = min(self.residues)
        modulus = gcd(self.modulus, *(r - first for r in self.residues))
        return modulus, first % modulus

    def first_from(self, least_size: int) -> int:
        """The smallest size from there on that fits."""
        return least_size + min((r - least_size) % self.modulus for r in self.residues)


EVERY = Classes()


class Solution(NamedTuple):
    """The sizes for which something holds: those of some classes; and, beyond them, a few."""

    classes: Classes
    whole: bool  # those are all that there are
    others: frozenset[int]


def period(terms: Terms, symbol: Atom) -> int | None:
    """By what a size is to be taken apart so that no floor is left; None where that is not known, or too much."""
    result = 1
    for atom in atoms_of(terms):
        if atom.kind == SYMBOL or symbol not in atom.symbols:
            continue
        if atom.kind == QUOTIENT or (atom.kind == GCD and value_of(atom.parts[1]) is None):
            return None
        inner = [period(part, symbol) for part in atom.parts]
        if None in inner:
            return None
        own = atom.divisor if atom.kind == FLOOR else int(value_of(atom.parts[1]) or 1) if atom.kind == GCD else 1
        result = lcm(result, own * lcm(*(n for n in inner if n)))
        if result.bit_length() > FARTHEST:
            return None
    return result


def cases(terms: Terms, known: Mapping[Atom, Classes]) -> Iterator[tuple[tuple[int, ...], Terms]] | None:
    """Each case, and the formula in it: without a floor. None where there are too many."""
    symbols = symbols_of(terms)
    apart: list[Classes] = []
    count = 1
    for symbol in symbols:
        step = period(terms, symbol)
        if step is None:
            return None
        classes = known.get(symbol, EVERY)
        common = lcm(step, classes.modulus)
        count *= common // classes.modulus * len(classes.residues)
        if count > MAX_CASES or count * size_of(terms) > MAX_WORK:
            return None
        apart.append(classes.lifted(step))
    return _each(terms, symbols, apart)


def _each(terms: Terms, symbols: list[Atom], apart: list[Classes]) -> Iterator[tuple[tuple[int, ...], Terms]]:
    shadows = [symbol.book.make(SYMBOL, name=f"{symbol.name}'") for symbol in symbols]
    for residues in product(*(sorted(classes.residues) for classes in apart)):
        values: dict[Atom, Terms] = {}
        for symbol, shadow, classes, residue in zip(symbols, shadows, apart, residues, strict=True):
            shadow.low = -((residue - symbol.low) // classes.modulus)
            shadow.high = None if symbol.high is None else (symbol.high - residue) // classes.modulus
            values[symbol] = add(scale(variable(shadow), classes.modulus), constant(residue))
        yield residues, substitute(terms, values)


def holds(op: str, terms: Terms) -> bool | None:
    """Whether a formula is 0 (`==`), or not negative (`>=`), for all sizes, or for none; None if that depends, or is not seen."""
    low, high = least(terms), most(terms)
    if op == ">=":
        return True if low is not None and low >= 0 else False if high is not None and high < 0 else None
    if not terms:
        return True
    return False if (low is not None and low > 0) or (high is not None and high < 0) else None


def holds_in_cases(op: str, terms: Terms, known: Mapping[Atom, Classes]) -> bool | None:
    """The same, case by case."""
    found: set[bool] = set()
    for _, case in cases(terms, known) or ():
        answer = holds(op, case)
        if answer is None or (found and answer not in found):
            return None
        found.add(answer)
    return next(iter(found), None)


def solve(op: str, terms: Terms, known: Mapping[Atom, Classes]) -> Solution | None:
    """For which sizes a formula of one free size is 0, or not negative; None where that is not found."""
    (symbol,) = symbols_of(terms)
    each = cases(terms, known)
    if each is None:
        return None
    modulus = lcm(known.get(symbol, EVERY).modulus, period(terms, symbol) or 1)
    good: set[int] = set()
    others: set[int] = set()
    count = 0
    for (residue,), case in each:
        count += 1
        answer = holds(op, case)
        if answer:
            good.add(residue)
        elif answer is None:
            roots = _roots(case) if op == "==" else None
            if roots is None:
                return None
            others |= {modulus * h + residue for h in roots}
    return Solution(Classes(modulus, frozenset(good)), len(good) == count, frozenset(others)) if count else None


def threshold(terms: Terms, known: Mapping[Atom, Classes]) -> tuple[str, int] | None:
    """From which size on a formula of one size is not negative, seen case by case: the end, `low`, and the size.

    None where that is not found, or where it is negative again for a larger size.
    """
    symbols = symbols_of(terms)
    each = cases(terms, known) if len(symbols) == 1 else None
    firsts: list[int] = []
    last = 0  # for which it is negative
    modulus = lcm(known.get(symbols[0], EVERY).modulus, period(terms, symbols[0]) or 1) if each is not None else 1
    for (residue,), case in each or ():
        first = symbols[0].low + (residue - symbols[0].low) % modulus
        end = bound(case) if value_of(case) is None else holds(">=", case)
        if isinstance(end, tuple) and end[0] == "low":
            first = modulus * end[1] + residue
            last = max(last, first - modulus)
        elif end is not True:
            return None
        firsts.append(first)
    return ("low", last + 1) if firsts and last < min(firsts) else None


def _roots(terms: Terms) -> list[int] | None:
    """The whole numbers for which a polynomial of one size is 0; None where its degree is above 2."""
    symbol = symbols_of(terms)[0]
    terms = scale(terms, denominator(terms))
    degrees = {(0 if not m else m[0][1]): int(number) for m, number in terms.items()}
    if max(degrees) > 2 or any(len(m) > 1 or (m and m[0][0] is not symbol) for m in terms):
        return None
    c, b, a = (degrees.get(i, 0) for i in range(3))
    square = b * b - 4 * a * c
    if a == 0:
        found = _whole(-c, b)
    elif square < 0 or isqrt(square) ** 2 != square:
        found = []
    else:
        found = [root for sign in (1, -1) for root in _whole(-b + sign * isqrt(square), 2 * a)]
    return [h for h in found if h >= symbol.low and (symbol.high is None or h <= symbol.high)]


def _whole(a: int, b: int) -> list[int]:
    return [a // b] if a % b == 0 else []


def bound(terms: Terms) -> tuple[str, int] | bool | None:
    """From which size on (`low`), or up to which (`high`), a formula that only rises or only falls is not negative.

    True or False: it always is, or never. None: it does both, or depends on several sizes.
    """
    inverted = _inverted(terms)
    if inverted is not None:
        return _within(*inverted)
    symbols, way = symbols_of(terms), direction(terms)
    if len(symbols) != 1 or not way:
        return None
    symbol = symbols[0]
    start = symbol.low
    first = evaluate(terms, {symbol: start}) >= 0
    if first is (way > 0):
        return first
    step = _last(lambda n: (evaluate(terms, {symbol: start + n}) >= 0) is first)
    return None if step is None else _within(symbol, "low" if way > 0 else "high", start + step + (way > 0))


def _inverted(terms: Terms) -> tuple[Atom, str, int] | None:
    """The bound of a size under a chain of floors: floor(p / d) >= m where p >= m d, and floor(p / d) <= m where p <= m d + d - 1."""
    for _ in range(MAX_DEPTH):
        parts = [(monomial, number) for monomial, number in terms.items() if monomial]
        if len(parts) != 1 or len(parts[0][0]) != 1 or parts[0][0][0][1] != 1:
            return None
        atom, number, more = parts[0][0][0][0], parts[0][1], terms.get((), 0)
        end = int(-(more // number)) if number > 0 else int(more // -number)
        if atom.kind == SYMBOL:
            return atom, "low" if number > 0 else "high", end
        if atom.kind != FLOOR:
            return None
        last = end * atom.divisor + (0 if number > 0 else atom.divisor - 1)
        sign = 1 if number > 0 else -1
        terms = add(scale(atom.parts[0], sign), constant(-sign * last))
    return None


def _within(symbol: Atom, end: str, size: int) -> tuple[str, int] | bool:
    """A bound, beside those that are known of the size."""
    if end == "low":
        return True if size <= symbol.low else False if symbol.high is not None and size > symbol.high else (end, size)
    return False if size < symbol.low else True if symbol.high is not None and size >= symbol.high else (end, size)


def _last(same: Callable[[int], bool]) -> int | None:
    """The last number of which something holds that holds of 0; None where no end is found."""
    high = 1
    while same(high):
        high *= 2
        if high.bit_length() > FARTHEST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if same(middle) else (low, middle)
    return low


def _primes(n: int) -> list[int]:
    """Its small prime factors, and what is left."""
    found, p = [], 2
    while p * p <= n and p < LARGEST_PRIME:
        if n % p == 0:
            found.append(p)
            while n % p == 0:
                n //= p
        p += 1
    return [*found, n] if n > 1 else found
