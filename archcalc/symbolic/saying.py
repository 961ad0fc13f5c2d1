"""Assumptions in words: "H = 0 mod 2", "H >= 12", "2*(H//2) = W"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import gcd
from typing import Any

from archcalc.symbolic.book import Book
from archcalc.symbolic.cases import Classes, solve
from archcalc.symbolic.factors import written
from archcalc.symbolic.terms import FLOOR, Atom, Terms, add, constant, denominator, scale, symbols_of, value_of

MAX_LISTED = 8
SIGNS = {"==": "=", ">=": ">=", "!=": "!="}


def condition(op: str, terms: Terms) -> str:
    """`terms op 0`, with what is taken away on the other side; "H*C = 0 mod 4" for what is left over of a product."""
    if op == "==" and (left_over := _left_over(terms)) is not None:
        return left_over
    terms = scale(terms, denominator(terms))
    common = gcd(*(int(number) for monomial, number in terms.items() if monomial)) if op == ">=" else gcd(*map(int, terms.values()))
    terms = {monomial: number // common for monomial, number in terms.items() if number // common}
    left = {monomial: number for monomial, number in terms.items() if number > 0}
    right = {monomial: -number for monomial, number in terms.items() if number < 0}
    if op != ">=" and (not left or (not any(left) and right)):
        left, right = right, left
    return f"{written(left)[0]} {SIGNS[op]} {written(right)[0]}"


def _left_over(terms: Terms) -> str | None:
    """What says that `q - d*(q//d)` is a number, as a congruence; None where it says something else."""
    for monomial, number in terms.items():
        if len(monomial) == 1 and monomial[0][1] == 1 and monomial[0][0].kind == FLOOR:
            floor = monomial[0][0]
            rest = scale({other: n for other, n in terms.items() if other != monomial}, Fraction(-floor.divisor) / number)
            over = value_of(add(floor.parts[0], rest, -1))  # q - d*(q//d)
            if over is not None and 0 <= over < floor.divisor and denominator(rest) == 1:
                return _congruent(rest, floor.divisor)
    return None


def _congruent(terms: Terms, modulus: int) -> str:
    """That a formula divides by the modulus, the shorter way: as it is, or with its number on the other side."""
    texts: list[str] = []
    for residue in (0, -terms.get((), 0)):
        left = add(terms, constant(residue))
        common = gcd(*map(int, left.values()))
        common = common if gcd(common, modulus) == 1 else 1  # what has no factor in common with the modulus has an inverse
        texts.append(f"{written(scale(left, Fraction(1, common)))[0]} = {int(residue) * pow(common, -1, modulus) % modulus} mod {modulus}")
    return min(texts, key=len)


def congruence(symbol: Atom, classes: Classes) -> str:
    """What a size leaves over: "H = 0 mod 2", "H = 0 or 3 mod 4"."""
    modulus, residues = classes.reduced()
    listed = sorted(residues)
    runs = list(_runs(listed))
    if len(listed) <= MAX_LISTED or len(runs) == len(listed):
        return f"{symbol.name} = {' or '.join(map(str, listed))} mod {modulus}"
    return " or ".join(_within(f"{symbol.name} % {modulus}", a, b, modulus - 1) for a, b in runs)


def _within(text: str, low: int, high: int, most: int) -> str:
    """Something from 0 to `most`, between two bounds."""
    if low == high:
        return f"{text} = {low}"
    if low == 0 or high == most:
        return f"{text} <= {high}" if low == 0 else f"{text} >= {low}"
    return f"{low} <= {text} <= {high}"


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """The stretches of numbers that follow one another."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            yield first, last
            first = number
        last = number
    yield first, last


def assumptions(book: Book) -> list[str]:
    """All that is assumed: congruences and bounds of each free size, in the order of their declaration; then the rest."""
    found: list[str] = []
    for symbol in book.free.values():
        if symbol in book.classes and symbol.low != symbol.high and book.classes[symbol].reduced().modulus > 1:
            found.append(congruence(symbol, book.classes[symbol]))
        found += limits(symbol)
    found += [condition(op, terms) for op, terms in book.others.values()]
    found += [" or ".join(condition(op, terms) for op, terms in ways) for ways in book.ways.values()]
    return list(dict.fromkeys(found))


def limits(symbol: Atom) -> list[str]:
    """A size's bounds. Its being 1 or more is not said."""
    if symbol.low == symbol.high:
        return [f"{symbol.name} = {symbol.low}"]
    low = [f"{symbol.name} >= {symbol.low}"] if symbol.low > 1 and not _follows(symbol) else []
    return [*low, *([] if symbol.high is None else [f"{symbol.name} <= {symbol.high}"])]


def _follows(symbol: Atom) -> bool:
    """Whether the least size is that of the congruence already."""
    book = symbol.book
    return isinstance(book, Book) and symbol in book.classes and book.classes[symbol].first_from(1) == symbol.low


def without_loss(book: Book, conditions: Iterable[Any]) -> list[str]:
    """Conditions together, in words, of each free size: what they ask for beyond what is assumed."""
    known = dict(book.classes)
    others: list[str] = []
    seen: set[Any] = set()
    for one in conditions:
        for op, terms in one.ways:
            terms = book.settled(terms)  # noqa: PLW2901  the same, under all assumptions
            key = (op, frozenset(terms.items()))
            if key in seen or book.decide(op, terms):
                continue
            seen.add(key)
            symbols = symbols_of(terms)
            solution = solve(op, terms, known) if len(symbols) == 1 else None
            if solution is not None and not solution.others and solution.classes.residues:
                known[symbols[0]] = solution.classes.reduced()
            else:
                others.append(condition(op, terms))
    found = [congruence(s, known[s]) for s in book.free.values() if s in known and known[s] != book.classes.get(s)]
    return list(dict.fromkeys([*found, *others]))
