"""Assumptions in words: "H = 0 mod 2", "H >= 12", "2*(H//2) = W"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import gcd
from typing import Any

from archcalc.symbolic.book import Book
from archcalc.symbolic.cases import Classes, solve
from archcalc.symbolic.factors import written
from archcalc.symbolic.terms import Atom, Terms, denominator, scale, symbols_of

MAX_LISTED = 8
SIGNS = {"==": "=", ">=": ">=", "!=": "!="}


def condition(op: str, terms: Terms) -> str:
    """`terms op 0`, with what is taken away on the other side."""
    terms = scale(terms, denominator(terms))
    common = gcd(*(int(number) for monomial, number in terms.items() if monomial)) if op == ">=" else gcd(*map(int, terms.values()))
    terms = {monomial: number // common for monomial, number in terms.items() if number // common}
    left = {monomial: number for monomial, number in terms.items() if number > 0}
    right = {monomial: -number for monomial, number in terms.items() if number < 0}
    if op != ">=" and (not left or (not any(left) and right)):
        left, right = right, left
    return f"{written(left)[0]} {SIGNS[op]} {written(right)[0]}"


def congruence(symbol: Atom, classes: Classes) -> str:
    """What a size leaves over: "H = 0 mod 2", "H = 0 or 3 mod 4"."""
    modulus, residues = classes.reduced()
    listed = sorted(residues)
    if len(listed) <= MAX_LISTED:
        return f"{symbol.name} = {' or '.join(map(str, listed))} mod {modulus}"
    return " or ".join(_within(f"{symbol.name} % {modulus}", a, b, modulus - 1) for a, b in _runs(listed))


def _within(text: str, low: int, high: int, most: int) -> str:
    """Something from 0 to `most`, between two bounds."""
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
