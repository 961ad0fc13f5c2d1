"""What is known of a formula's value for all sizes: the least and the most that it can be, and whether it grows.

Every free size is known to be at least `low`. A polynomial is written in what its atoms have above their least values: if no
coefficient is negative then, its constant is its least value.
"""

from __future__ import annotations

from fractions import Fraction

from archcalc.symbolic.terms import (
    FLOOR,
    GCD,
    MAX,
    MIN,
    QUOTIENT,
    SYMBOL,
    Atom,
    Number,
    Terms,
    add,
    atoms_of,
    constant,
    multiply,
    power,
    scale,
    variable,
)


def least(terms: Terms) -> Number | None:
    """A number that it is never below; None where none is found."""
    low: dict[Atom, Number] = {}
    for atom in atoms_of(terms):
        bound = _least_of(atom)
        if bound is None:
            return None
        low[atom] = bound
    above = _shifted(terms, low)
    if all(number >= 0 for monomial, number in above.items() if monomial):
        return above.get((), 0)
    return _between(terms, low)


def most(terms: Terms) -> Number | None:
    """A number that it is never above; None where none is found."""
    bound = least(scale(terms, -1))
    return None if bound is None else -bound


def _least_of(atom: Atom) -> Number | None:
    if atom.kind == SYMBOL:
        return atom.low
    bounds = [least(part) for part in atom.parts]
    if atom.kind == GCD:  # of 0 and n it is n
        return int(any(bound is not None and bound > 0 for bound in bounds))
    if atom.kind == FLOOR:
        return None if bounds[0] is None else bounds[0] // atom.divisor
    if atom.kind == QUOTIENT:
        fits = bounds[0] is not None and bounds[0] >= 0 and bounds[1] is not None and bounds[1] > 0
        return 0 if fits else None
    known = [bound for bound in bounds if bound is not None]
    if atom.kind == MAX:
        return max(known, default=None)
    return min(known) if len(known) == len(bounds) else None


def _most_of(atom: Atom) -> Number | None:
    if atom.kind == SYMBOL:
        return atom.high
    bounds = [most(part) for part in atom.parts]
    if atom.kind == FLOOR:
        return None if bounds[0] is None else bounds[0] // atom.divisor
    if atom.kind == GCD:  # at most what is not 0
        bounds = [bound for bound, part in zip(bounds, atom.parts, strict=True) if (low := least(part)) is not None and low > 0]
    known = [bound for bound in bounds if bound is not None]
    if atom.kind in (MIN, GCD):
        return min(known, default=None)
    return max(known) if atom.kind == MAX and len(known) == len(bounds) else None


def _shifted(terms: Terms, low: dict[Atom, Number]) -> Terms:
    """The same polynomial, in what each atom has above its least value."""
    if not any(low.values()):
        return terms
    result: Terms = {}
    for monomial, number in terms.items():
        product = constant(number)
        for atom, exponent in monomial:
            product = multiply(product, power(add(variable(atom), constant(low[atom])), exponent))
        result = add(result, product)
    return result


def _between(terms: Terms, low: dict[Atom, Number]) -> Number | None:
    """The least value by the ends of each term, where atoms are neither negative nor without end."""
    total: Number = 0
    for monomial, number in terms.items():
        product = number
        for atom, exponent in monomial:
            end = low[atom] if number > 0 else _most_of(atom)
            if end is None or low[atom] < 0:
                return None
            product *= end**exponent
        total += product
    return total


def eased(terms: Terms) -> Terms:
    """A formula that is nowhere above this one, with fewer floors: floor(p / d) is at most p / d, and so much is taken away.

    Floors that something is added for stay: what is taken away for them is held to that.
    """
    added = {atom for monomial, number in terms.items() if number > 0 for atom, _ in monomial}
    result: Terms = {}
    for monomial, number in terms.items():
        if number > 0 or not all(map(_never_negative, (atom for atom, _ in monomial))):
            result = add(result, {monomial: number})
            continue
        product = constant(number)
        for atom, exponent in monomial:
            product = multiply(product, power(_above(atom, added), exponent))
        result = add(result, product)
    return result


def _never_negative(atom: Atom) -> bool:
    low = _least_of(atom)
    return low is not None and low >= 0


def _above(atom: Atom, stay: set[Atom]) -> Terms:
    """What an atom is at most: itself, where nothing simpler is known."""
    if atom.kind != FLOOR or atom in stay:
        return variable(atom)
    above: Terms = {}
    for monomial, number in scale(atom.parts[0], Fraction(1, atom.divisor)).items():
        simple = number > 0 and len(monomial) == 1 and monomial[0][1] == 1
        inner = scale(_above(monomial[0][0], stay), number) if simple else {monomial: number}
        above = add(above, inner)
    return above


def direction(terms: Terms) -> int | None:
    """1 if it never falls where sizes grow, -1 if it never rises, 0 if it stays; None where that is not seen."""
    signs: set[int] = set()
    for monomial, number in terms.items():
        if not monomial:
            continue
        for atom, _ in monomial:
            bound = _least_of(atom)
            way = _direction_of(atom)
            if way is None or (len(monomial) > 1 and (way < 0 or bound is None or bound < 0)):
                return None
            if monomial[0][1] > 1 and (bound is None or bound < 0 or way < 0):
                return None
            signs.add(way * (1 if number > 0 else -1))
    signs.discard(0)
    return None if len(signs) > 1 else next(iter(signs), 0)


def _direction_of(atom: Atom) -> int | None:
    if atom.kind == SYMBOL:
        return 1
    if atom.kind in (GCD, QUOTIENT):
        return None
    ways = {direction(part) for part in atom.parts} - {0}
    return None if len(ways) > 1 else next(iter(ways), 0)
