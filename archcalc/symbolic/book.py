"""What is assumed of a network's free sizes: bounds, congruences, and conditions that are neither.

The book decides a condition where it always holds, or never. One that depends on the sizes becomes an assumption, stated of
the free sizes themselves, and everything after it is decided, and written, under it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from archcalc.sizes import Refusal
from archcalc.symbolic.bounds import eased
from archcalc.symbolic.cases import EVERY, Classes, bound, holds, holds_in_cases, solve, threshold
from archcalc.symbolic.laws import substitute
from archcalc.symbolic.terms import (
    SYMBOL,
    Atom,
    Atoms,
    Terms,
    add,
    atoms_of,
    constant,
    scale,
    symbols_of,
    too_large,
    value_of,
    variable,
)

MAX_OTHERS = 100
Key = tuple[str, frozenset[Any]]


class Book(Atoms):
    """The free sizes of one network, and what is assumed of them."""

    def __init__(self) -> None:
        super().__init__()
        self.free: dict[str, Atom] = {}
        self.classes: dict[Atom, Classes] = {}
        self.equal: dict[Atom, Terms] = {}
        self.others: dict[Key, tuple[str, Terms]] = {}  # as they are, in the order in which they came
        self.ways: dict[tuple[Key, ...], tuple[tuple[str, Terms], ...]] = {}  # one of several is to hold
        self._decided: dict[Key, bool | None] = {}
        self._settled: dict[frozenset[Any], Terms] = {}

    def size(self, name: str) -> Atom:
        """The free size of that name."""
        return self.free.setdefault(name, self.make(SYMBOL, name=name))

    # ---- what follows from the assumptions --------------------------------------------------------------------

    def settled(self, terms: Terms) -> Terms:
        """The formula under the assumptions: with H even, 2*(H//2) is H."""
        if not any(atom.kind != SYMBOL for atom in atoms_of(terms)) and not self._fixes(terms):
            return terms
        key = frozenset(terms.items())
        found = self._settled.get(key)
        if found is None:
            found = self._settled[key] = self._settle(terms)
        return found

    def _fixes(self, terms: Terms) -> bool:
        return any(symbol in self.equal or symbol.low == symbol.high for symbol in symbols_of(terms))

    def _settle(self, terms: Terms) -> Terms:
        if self.equal:
            terms = substitute(terms, self.equal)
        there: dict[Atom, Terms] = {}
        back: dict[Atom, Terms] = {}
        for symbol in symbols_of(terms):
            modulus, residue = self.classes.get(symbol, EVERY).around()
            there[symbol] = variable(symbol)
            if symbol.low == symbol.high:
                there[symbol] = constant(symbol.low)
            elif modulus > 1:
                shadow = self.make(SYMBOL, name=f"{symbol.name}/{modulus}")
                shadow.low = -((residue - symbol.low) // modulus)
                shadow.high = None if symbol.high is None else (symbol.high - residue) // modulus
                there[symbol] = add(scale(variable(shadow), modulus), constant(residue))
                back[shadow] = scale(add(variable(symbol), constant(residue), -1), Fraction(1, modulus))
        terms = substitute(terms, there)
        return substitute(terms, back) if back else terms

    def decide(self, op: str, terms: Terms) -> bool | None:
        """Whether `terms op 0` holds for all sizes that the assumptions allow, or for none; None if that depends on them."""
        if op == "!=":
            equal = self.decide("==", terms)
            return None if equal is None else not equal
        number = value_of(terms)
        if number is not None:
            return number == 0 if op == "==" else number >= 0
        key = (op, frozenset(terms.items()))
        if key not in self._decided:
            self._decided[key] = self._decide(op, self.settled(terms))
        return self._decided[key]

    def _decide(self, op: str, terms: Terms) -> bool | None:
        known = self._assumed(op, terms)
        answer = holds(op, terms) if known is None else known
        if answer is None and value_of(terms) is None:
            end = bound(terms) if op == ">=" else None
            if isinstance(end, bool):
                return end
            if end is None and op == ">=" and (simpler := eased(terms)) != terms:
                answer = True if holds(op, simpler) or holds_in_cases(op, simpler, self.classes) else None
            if end is None and answer is None:
                answer = holds_in_cases(op, terms, self.classes)
            if answer is None and end is None and len(symbols_of(terms)) == 1:
                solution = solve(op, terms, self.classes)
                answer = False if solution and not solution.classes.residues and not solution.others else None
        return answer

    def _assumed(self, op: str, terms: Terms) -> bool | None:
        """True where that is an assumption itself."""
        turned = scale(terms, -1)
        same = [terms, turned] if op == "==" else [terms]
        return True if any((op, frozenset(t.items())) in self.others for t in same) else None

    # ---- assuming ---------------------------------------------------------------------------------------------

    def suppose(self, op: str, terms: Terms, code: str, facts: dict[str, Any]) -> None:
        """Assume that `terms op 0` holds, unless it does anyway.

        Raises:
            Refusal: it never holds, or not together with what is assumed.
        """
        answer = self.decide(op, terms)
        if answer is False:
            raise Refusal(code, **facts)
        if answer is None:
            self._record(op, self.settled(terms))
            self._again(code, facts)

    def leaves_free(self, op: str, terms: Terms) -> bool:
        """Whether `terms op 0` holds for sizes without end, and not only for a few."""
        settled = self.settled(terms)
        if len(symbols_of(settled)) != 1 or op == "!=":
            return True
        solution = solve(op, settled, self.classes)
        return solution is None or bool(solution.classes.residues)

    def suppose_one(self, ways: tuple[tuple[str, Terms], ...], code: str, facts: dict[str, Any]) -> None:
        """Assume that one of several conditions holds, of which none is decided: the first that leaves the sizes free."""
        way = next((way for way in ways if self.leaves_free(*way)), None)
        if way is not None:
            self.suppose(*way, code, facts)
            return
        key = tuple((op, frozenset(terms.items())) for op, terms in ways)
        self.ways[key] = ways
        self._bounded()

    def _record(self, op: str, terms: Terms) -> None:
        symbols = symbols_of(terms)
        end = bound(terms) if op == ">=" else None
        end = threshold(terms, self.classes) if op == ">=" and end is None else end
        if isinstance(end, tuple):
            self._limit(symbols[0], *end)
            return
        solution = solve(op, terms, self.classes) if op != "!=" and len(symbols) == 1 else None
        if solution is not None and not solution.others:
            self.classes[symbols[0]] = solution.classes.reduced()
        elif solution is not None and not solution.classes.residues and _in_a_row(solution.others):
            self._limit(symbols[0], "low", min(solution.others))
            self._limit(symbols[0], "high", max(solution.others))
        else:
            self.others[op, frozenset(terms.items())] = (op, terms)
            self._bounded()
            if op == "==":
                self._isolate(terms)

    def _bounded(self) -> None:
        if len(self.others) + len(self.ways) > MAX_OTHERS:
            raise too_large()

    def _limit(self, symbol: Atom, end: str, size: int) -> None:
        if end == "low":
            symbol.low = max(symbol.low, size)
        else:
            symbol.high = size if symbol.high is None else min(symbol.high, size)

    def _isolate(self, terms: Terms) -> None:
        """Where an equation gives one free size by the others, that stands for it from now on: the last that does."""
        for symbol in reversed(symbols_of(terms)):
            number = terms.get(((symbol, 1),), 0)
            if abs(number) == 1 and self._stands_once(terms, symbol) and self.classes.get(symbol, EVERY) == EVERY:
                if symbol.low == 1 and symbol.high is None:
                    rest = add(terms, scale(variable(symbol), number), -1)
                    self.equal = {other: substitute(value, {symbol: scale(rest, -number)}) for other, value in self.equal.items()}
                    self.equal[symbol] = scale(rest, -number)
                    self._forget()
                    self._record_least(self.equal[symbol])
                    return

    def _stands_once(self, terms: Terms, symbol: Atom) -> bool:
        return sum(symbol in atom.symbols for monomial in terms for atom, _ in monomial) == 1

    def _record_least(self, terms: Terms) -> None:
        """What stands for a size is at least 1, as the size was."""
        positive = add(terms, constant(-1))
        if self.decide(">=", positive) is None:
            self._record(">=", self.settled(positive))

    def _forget(self) -> None:
        self._decided.clear()
        self._settled.clear()

    def _again(self, code: str, facts: dict[str, Any]) -> None:
        """After a new assumption: bounds that fit the congruences, and what follows now from the others."""
        self._forget()
        for symbol, classes in self.classes.items():
            symbol.low = classes.first_from(symbol.low)
            if symbol.high is not None and symbol.low > symbol.high:
                raise Refusal(code, **facts)
        if len(self.others) > 1:
            self._drop_what_follows(code, facts)
        for key, ways in list(self.ways.items()):
            self._fewer_ways(key, ways, code, facts)

    def _drop_what_follows(self, code: str, facts: dict[str, Any]) -> None:
        """Leave out conditions that the others decide by now; the latest stays as it is."""
        kept: dict[Key, tuple[str, Terms]] = {}
        latest = next(reversed(self.others), None)
        for key, (op, terms) in self.others.items():
            answer = None if key == latest else self._apart(op, terms)
            if answer is False:
                raise Refusal(code, **facts)
            if answer is None:
                kept[key] = (op, terms)
        self.others = kept
        self._forget()

    def _fewer_ways(self, key: tuple[Key, ...], ways: tuple[tuple[str, Terms], ...], code: str, facts: dict[str, Any]) -> None:
        """Of several conditions, those that can still hold; the last one has to."""
        answers = [self.decide(op, terms) for op, terms in ways]
        left = tuple(way for way, answer in zip(ways, answers, strict=True) if answer is not False)
        if key not in self.ways or (True not in answers and len(left) == len(ways)):
            return
        del self.ways[key]
        if not left:
            raise Refusal(code, **facts)
        if True not in answers and len(left) == 1:
            self.suppose(*left[0], code, facts)
        elif True not in answers:
            self.suppose_one(left, code, facts)

    def _apart(self, op: str, terms: Terms) -> bool | None:
        """Whether a condition that is assumed follows from the others."""
        key = (op, frozenset(terms.items()))
        others, equal = self.others, self.equal
        self.others = {other: condition for other, condition in others.items() if other != key}
        self.equal = {} if op == "==" else equal
        answer = self._decide(op, self._settle(terms))
        self.others, self.equal = others, equal
        self._forget()
        return answer


def _in_a_row(sizes: frozenset[int]) -> bool:
    return bool(sizes) and max(sizes) - min(sizes) + 1 == len(sizes)
