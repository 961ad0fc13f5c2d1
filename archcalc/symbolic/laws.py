"""The laws by which floors, maxima and divisors are brought to one form. Each holds for all integers.

With integers b, d, g > 0 and n integer:

- floor((q d + r) / d) = q + floor(r / d): whole parts go out;
- floor((g n + c) / (g d)) = floor((n + floor(c / g)) / d): common factors go out;
- floor((floor(x / b) + n) / d) = floor((x + b n) / (b d)): a floor of a floor is one floor.

The last holds since floor(floor(y) / d) = floor(y / d) for real y (Graham, Knuth & Patashnik, "Concrete Mathematics",
equation 3.11), with y = x/b + n.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import gcd

from archcalc.symbolic.bounds import least, most
from archcalc.symbolic.terms import (
    FLOOR,
    GCD,
    MAX,
    MIN,
    QUOTIENT,
    Atom,
    Atoms,
    Monomial,
    Number,
    Terms,
    add,
    atoms_of,
    constant,
    denominator,
    multiply,
    plain,
    power,
    scale,
    value_of,
    variable,
)


def floor(terms: Terms, divisor: int) -> Terms:
    """The whole part of a formula divided by a positive integer."""
    fraction = denominator(terms)
    rest, divisor = scale(terms, fraction), divisor * fraction
    out: Terms = {}
    while True:
        whole = {monomial: number // divisor for monomial, number in rest.items()}
        out = add(out, {monomial: number for monomial, number in whole.items() if number})
        rest = {monomial: left for monomial, number in rest.items() if (left := number % divisor)}
        if not any(rest):
            return out  # what is left is a number below the divisor
        common = gcd(divisor, *(int(number) for monomial, number in rest.items() if monomial))
        if common > 1:
            rest = {monomial: number // common for monomial, number in rest.items() if number // common}
            divisor //= common
            continue
        inner = _floor_within(rest)
        if inner is None:
            break
        beside = add(rest, variable(inner), -1)
        rest, divisor = add(inner.parts[0], beside, inner.divisor), divisor * inner.divisor
    return add(out, variable(_book(rest).make(FLOOR, (rest,), divisor)))


def _floor_within(terms: Terms) -> Atom | None:
    """A floor that is added once: it and the floor around it are one."""
    found = [m[0][0] for m, number in terms.items() if len(m) == 1 and m[0][1] == 1 and number == 1 and m[0][0].kind == FLOOR]
    return min(found, key=lambda atom: atom.index, default=None)


def _book(terms: Terms) -> Atoms:
    return next(atom.book for monomial in terms for atom, _ in monomial)


def quotient(terms: Terms, divisor: Terms) -> Terms:
    """The whole part of a formula divided by a formula; without a floor where that goes up."""
    exact = divided(terms, divisor)
    if exact is not None and denominator(exact) == 1:
        return exact
    return variable(_book(divisor).make(QUOTIENT, (terms, divisor)))


def divided(terms: Terms, divisor: Terms) -> Terms | None:
    """A formula by another, where nothing is left over; None where something is."""
    out: Terms = {}
    head = max(divisor, key=_weight)
    while terms:
        top = max(terms, key=_weight)
        monomial = _less(top, head)
        if monomial is None:
            return None
        part: Terms = {monomial: plain(_ratio(terms[top], divisor[head]))}
        out = add(out, part)
        terms = add(terms, multiply(part, divisor), -1)
    return out


def _weight(monomial: Monomial) -> list[tuple[int, ...]]:
    """An order of monomials that products keep: by the first atom's power, then the next one's."""
    return [(*(-place for place in atom.order), exponent) for atom, exponent in monomial]


def _ratio(a: Number, b: Number) -> Number:
    from fractions import Fraction

    return Fraction(a) / b


def _less(monomial: Monomial, other: Monomial) -> Monomial | None:
    """One monomial divided by another; None where that is none."""
    powers = dict(monomial)
    for atom, exponent in other:
        powers[atom] = powers.get(atom, 0) - exponent
        if powers[atom] < 0:
            return None
    return tuple((atom, exponent) for atom, exponent in powers.items() if exponent)


def extreme(kind: str, a: Terms, b: Terms) -> Terms:
    """The larger or the smaller one: one of the two where it always is."""
    difference = add(a, b, -1)
    low, high = least(difference), most(difference)
    if low is not None and low >= 0:
        return a if kind == MAX else b
    if high is not None and high <= 0:
        return b if kind == MAX else a
    parts = {frozenset(part.items()): part for one in (a, b) for part in _alternatives(kind, one)}
    book = _book(a) if value_of(a) is None else _book(b)
    return variable(book.make(kind, sorted(parts.values(), key=_place)))


def _alternatives(kind: str, terms: Terms) -> tuple[Terms, ...]:
    atoms = atoms_of(terms)
    return atoms[0].parts if len(atoms) == 1 and atoms[0].kind == kind and terms == variable(atoms[0]) else (terms,)


def _place(terms: Terms) -> list[tuple[int, int, Number]]:
    """An order of formulas that does not depend on how they came about."""
    return sorted((-sum(power for _, power in m), m[0][0].index if m else -1, number) for m, number in terms.items())


def divisor_of_both(a: Terms, b: Terms) -> Terms:
    """The greatest common divisor."""
    for one, other in ((a, b), (b, a)):
        number = value_of(other)
        if number is not None:
            left = {monomial: rest for monomial, n in one.items() if (rest := n % int(number))} if number else one
            known = value_of(left)
            return constant(gcd(int(known), int(number))) if known is not None else variable(_book(left).make(GCD, (left, other)))
    return a if a == b else variable(_book(a).make(GCD, sorted((a, b), key=_place)))


def substitute(terms: Terms, values: Mapping[Atom, Terms], done: dict[Atom, Terms] | None = None) -> Terms:
    """The formula with formulas in place of free sizes. `done` is what became of atoms so far."""
    done = {} if done is None else done
    result: Terms = {}
    for monomial, number in terms.items():
        product: Terms = {(): number}
        for atom, exponent in monomial:
            if atom not in done:
                done[atom] = _replaced(atom, values, done)
            inner = done[atom]
            product = multiply(product, inner if exponent == 1 else power(inner, exponent))
        result = add(result, product)
    return result


def _replaced(atom: Atom, values: Mapping[Atom, Terms], done: dict[Atom, Terms]) -> Terms:
    if atom in values:
        return values[atom]
    if not any(symbol in values for symbol in atom.symbols):
        return variable(atom) if atom.kind not in (MAX, MIN) else extreme_of(atom.kind, atom.parts)
    parts = [substitute(part, values, done) for part in atom.parts]
    if atom.kind == FLOOR:
        return floor(parts[0], atom.divisor)
    makers: dict[str, Callable[[Terms, Terms], Terms]] = {GCD: divisor_of_both, QUOTIENT: quotient_of}
    return makers[atom.kind](parts[0], parts[1]) if atom.kind in makers else extreme_of(atom.kind, tuple(parts))


def quotient_of(terms: Terms, divisor: Terms) -> Terms:
    """A quotient whose divisor may have become a number."""
    number = value_of(divisor)
    return quotient(terms, divisor) if number is None or number <= 0 else floor(terms, int(number))


def extreme_of(kind: str, parts: tuple[Terms, ...]) -> Terms:
    """The largest or the smallest of several."""
    result = parts[0]
    for part in parts[1:]:
        result = extreme(kind, result, part)
    return result
