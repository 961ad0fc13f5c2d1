"""Floors as a reader would have them: (H - 1)//2, and not (H + 1)//2 - 1, where the formula has fewer terms so.

In the normal form whole parts stand outside of a floor. A square of `(H + 1)//2 - 1` has three terms then; of the floor `(H - 1)//2`,
which is the same number, it has one.
"""

from __future__ import annotations

from archcalc.symbolic.terms import FLOOR, Atom, Monomial, Terms, add, atoms_of, constant, multiply, power, variable

FARTHEST = 64  # a whole part that is taken inside
MOST_TERMS = 120
MOST_ATOMS = 24


def shifted(terms: Terms) -> Terms:
    """The same value, with whole parts taken into floors wherever that leaves fewer terms."""
    if len(terms) > MOST_TERMS:
        return terms
    floors = [atom for atom in atoms_of(terms) if atom.kind == FLOOR][:MOST_ATOMS]
    for atom in floors:
        found = (_moved(terms, atom, by) for by in _wholes(terms, atom))
        terms = min([terms, *found], key=len)
    return terms


def _wholes(terms: Terms, atom: Atom) -> list[int]:
    """Whole parts that may belong to a floor: with it, another term goes up in a product or a power."""
    found: dict[int, None] = {}
    for monomial, number in terms.items():
        powers = dict(monomial)
        if atom in powers:
            exponent = powers.pop(atom)
            lower: Monomial = tuple((a, e - 1 if a is atom else e) for a, e in monomial if a is not atom or e > 1)
            part, rest = divmod(terms.get(lower, 0), exponent * number)
            if part and not rest and abs(part) <= FARTHEST:
                found[int(part)] = None
    return list(found)


def _moved(terms: Terms, atom: Atom, by: int) -> Terms:
    """The formula in which floor(x / d) is written as floor((x + d * by) / d) - by."""
    inside = add(atom.parts[0], constant(by * atom.divisor))
    other = add(variable(atom.book.make(FLOOR, (inside,), atom.divisor)), constant(-by))
    result: Terms = {}
    for monomial, number in terms.items():
        product: Terms = constant(number)
        for one, exponent in monomial:
            product = multiply(product, power(other if one is atom else variable(one), exponent))
        result = add(result, product)
    return result
