"""Formulas as a reader would write them: factored, expanded, or as one floor, whichever is the shortest.

The text is Python's: `156*(H - 4)*(W - 4)`, `(H - 4)//2`, `max(H, W)`.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd

from archcalc.symbolic.shifting import shifted
from archcalc.symbolic.terms import (
    FLOOR,
    QUOTIENT,
    SYMBOL,
    Atom,
    Monomial,
    Number,
    Terms,
    add,
    atoms_of,
    constant,
    denominator,
    multiply,
    plain,
    scale,
    value_of,
    variable,
)

# A text, and the operator in it that binds least: "" for a name, a number or a call.
Text = tuple[str, str]

MAX_FACTORED = 120  # terms of a formula that is looked at for factors
MAX_ROOT = 4096


def written(terms: Terms) -> Text:
    """The formula."""
    number = value_of(terms)
    if number is not None:
        return str(number), "-" if number < 0 else ""
    known, key = atoms_of(terms)[0].book.texts, frozenset(terms.items())
    if key not in known:
        known[key] = _written(terms)
    return known[key]


def _written(terms: Terms) -> Text:
    below = denominator(terms)
    if below > 1:
        return f"{_in(written(scale(terms, below)), '//', left=True)}//{below}", "//"
    whole = _one_floor(terms)
    near = shifted(terms)
    if len(near) < len(terms):
        return min((way for way in (_sum(near), _product(near), whole) if way is not None), key=lambda way: len(way[0]))
    ways = [whole] if whole is not None and len(terms) <= 2 else [_sum(terms), _product(terms), *([whole] if whole else [])]
    return min((way for way in ways if way is not None), key=lambda way: len(way[0]))


def _in(text: Text, op: str, left: bool = False) -> str:
    """A text as an operand, in brackets where it needs them. What is multiplied from the left goes without."""
    weak = text[1] in ("+", "-") or (text[1] in ("//", "*") and not (left and (text[1] == "*" or op == "//"))) or op == "**"
    return f"({text[0]})" if text[1] and weak else text[0]


def _sum(terms: Terms) -> Text:
    in_order: list[tuple[Monomial, Number]] = sorted(terms.items(), key=_place)
    parts: list[tuple[Number, Text]] = [(number, _times(monomial, -number if number < 0 else number)) for monomial, number in in_order]
    if len(parts) == 1 and parts[0][0] > 0:
        return parts[0][1]
    first = next((i for i, (number, _) in enumerate(parts) if number > 0), 0)  # better than to begin with a minus
    parts.insert(0, parts.pop(first))
    head = "-" if parts[0][0] < 0 else ""
    text = head + (_in(parts[0][1], "*") if head else parts[0][1][0])
    for number, part in parts[1:]:
        text += f" {'-' if number < 0 else '+'} {part[0]}"
    return text, "-" if len(parts) == 1 else "+"


def _place(entry: tuple[Monomial, Number]) -> tuple[int, list[tuple[tuple[int, int, int], int]]]:
    """Higher powers first, then as the free sizes were declared."""
    monomial = entry[0]
    return -sum(exponent for _, exponent in monomial), [(atom.order, -exponent) for atom, exponent in monomial]


def _times(monomial: Monomial, number: Number) -> Text:
    """One term, of which the number is positive."""
    factors = [_power(_atom(atom), exponent) for atom, exponent in monomial]
    if not factors:
        return str(number), ""
    return _joined(number, factors)


def _joined(number: Number, factors: list[Text]) -> Text:
    if number == 1 and len(factors) == 1:
        return factors[0]
    text = "*".join(([] if abs(number) == 1 else [str(abs(number))]) + [_in(factor, "*", left=not i) for i, factor in enumerate(factors)])
    if abs(number) != 1 and factors[0][1]:
        text = "*".join([str(abs(number)), *(_in(factor, "*") for factor in factors)])
    return ("-" + text, "-") if number < 0 else (text, "*")


def _power(text: Text, exponent: int) -> Text:
    return text if exponent == 1 else (f"{_in(text, '**')}**{exponent}", "**")


def _atom(atom: Atom) -> Text:
    if atom.kind == SYMBOL:
        return atom.name, ""
    parts = [written(part) for part in atom.parts]
    if atom.kind == FLOOR:
        return f"{_in(parts[0], '//', left=True)}//{atom.divisor}", "//"
    if atom.kind == QUOTIENT:
        return f"{_in(parts[0], '//', left=True)}//{_in(parts[1], '//')}", "//"
    return f"{atom.kind}({', '.join(text for text, _ in parts)})", ""


def _one_floor(terms: Terms) -> Text | None:
    """A sum with one floor, once or several times, as that floor alone: (H - 4)//2 for H//2 - 2."""
    floors = [(m[0][0], number) for m, number in terms.items() if len(m) == 1 and m[0][1] == 1 and m[0][0].kind == FLOOR]
    if len(floors) != 1 or len(terms) == 1:
        return None
    atom, times = floors[0]
    if times < 0:
        return _remainder(terms, atom, int(times))
    if any(number % times for number in terms.values()) or any(atom in dict(m) and len(m) > 1 for m in terms):
        return None
    beside = scale(add(terms, variable(atom), -times), 1)
    whole: Terms = {monomial: number // times for monomial, number in beside.items()}
    inside = add(atom.parts[0], whole, atom.divisor)
    text = f"{_in(written(inside), '//', left=True)}//{atom.divisor}", "//"
    return text if times == 1 else _joined(times, [text])


def _remainder(terms: Terms, atom: Atom, times: int) -> Text | None:
    """What is left over: H % 3 for H - 3*(H//3)."""
    number = -times // atom.divisor
    if number * atom.divisor != -times or add(terms, variable(atom), -times) != scale(atom.parts[0], number):
        return None
    text = f"{_in(written(atom.parts[0]), '%')} % {atom.divisor}", "//"
    return text if number == 1 else _joined(number, [text])


# ---- factors ----------------------------------------------------------------------------------------------------


def _product(terms: Terms) -> Text | None:
    """The formula as a product; None where it is none."""
    if len(terms) > MAX_FACTORED:
        return None
    number, factors = factored(terms)
    if len(factors) == 1 and factors[0][1] == 1 and abs(number) == 1:
        return None
    return _joined(number, [_power(written(factor), exponent) for factor, exponent in factors])


def factored(terms: Terms) -> tuple[int, list[tuple[Terms, int]]]:
    """A number, and factors with their powers: what all terms have in common, then what belongs to different free sizes."""
    content = gcd(*(int(number) for number in terms.values()))
    rest = {monomial: plain(number // content) for monomial, number in terms.items()}
    shared = _shared(rest)
    rest = {tuple((a, left) for a, e in m if (left := e - shared.get(a, 0))): number for m, number in rest.items()}
    factors = [(variable(atom), exponent) for atom, exponent in sorted(shared.items(), key=lambda entry: entry[0].order)]
    number = value_of(rest)
    for factor in _apart(rest):
        sign = 1 if min(factor.items(), key=_place)[1] > 0 else -1
        content *= sign
        factors += _linear(scale(factor, sign))
    return content if number is None else content * int(number), _collected(factors)


def _shared(terms: Terms) -> dict[Atom, int]:
    """The powers of atoms that every term has."""
    each = [dict(monomial) for monomial in terms]
    return {atom: least for atom in each[0] if (least := min(powers.get(atom, 0) for powers in each))}


def _apart(terms: Terms) -> list[Terms]:
    """Factors that have no atom in common."""
    if len(terms) < 4:
        return [terms] if value_of(terms) is None else []
    atoms = atoms_of(terms)
    groups: Iterable[frozenset[Atom]] = (
        *(frozenset(a for a in atoms if a.symbols == atom.symbols) for atom in atoms),
        *(frozenset((atom,)) for atom in atoms),
    )
    for group in groups:
        found = _split(terms, group)
        if found is not None:
            return [*_apart(found[0]), *_apart(found[1])]
    return [terms]


def _split(terms: Terms, group: frozenset[Atom]) -> tuple[Terms, Terms] | None:
    """A factor of the group's atoms alone, and one of the others; None where there are none."""
    rows: dict[Monomial, Terms] = {}
    for monomial, number in terms.items():
        inside = tuple(entry for entry in monomial if entry[0] in group)
        outside = tuple(entry for entry in monomial if entry[0] not in group)
        rows.setdefault(inside, {})[outside] = number
    first = next(iter(rows.values()))
    if len(rows) < 2 or len(first) < 2:
        return None
    common = gcd(*(int(number) for number in first.values()))
    row: Terms = {monomial: number // common for monomial, number in first.items()}
    head = next(iter(row))
    factor: Terms = {}
    for inside, other in rows.items():
        times = plain(other.get(head, 0) // row[head])
        if scale(row, times) != other:
            return None
        factor[inside] = times
    return factor, row


def _linear(terms: Terms) -> list[tuple[Terms, int]]:
    """A polynomial of one atom by its whole roots: H*H - 8*H + 16 is H - 4, twice."""
    atoms = atoms_of(terms)
    found: list[tuple[Terms, int]] = []
    if len(atoms) == 1 and max(m[0][1] for m in terms if m) > 1:
        for root in _divisors(int(terms.get((), 0))):
            line = add(variable(atoms[0]), constant(-root))
            while (rest := _over(terms, atoms[0], root)) is not None:
                found.append((line, 1))
                terms = rest
    number = value_of(terms)
    return found if number == 1 else [*found, (terms, 1)]


def _divisors(number: int) -> list[int]:
    return [root for n in range(1, min(abs(number), MAX_ROOT) + 1) if number % n == 0 for root in (n, -n)] if number else []


def _over(terms: Terms, atom: Atom, root: int) -> Terms | None:
    """The polynomial divided by `atom - root`, by Horner's rule; None where something is left over."""
    degree = max((m[0][1] for m in terms if m), default=0)
    if not degree:
        return None
    result: Terms = {}
    carried: Number = 0
    for exponent in range(degree, -1, -1):
        carried = carried * root + terms.get(((atom, exponent),) if exponent else (), 0)
        if exponent and carried:
            result[((atom, exponent - 1),) if exponent > 1 else ()] = carried
    return None if carried else result


def _collected(factors: list[tuple[Terms, int]]) -> list[tuple[Terms, int]]:
    """Equal factors as powers."""
    powers: dict[frozenset[tuple[Monomial, Number]], tuple[Terms, int]] = {}
    for factor, exponent in factors:
        key = frozenset(factor.items())
        powers[key] = (factor, exponent + (powers[key][1] if key in powers else 0))
    return list(powers.values())


def expanded(content: int, factors: list[tuple[Terms, int]]) -> Terms:
    """The product again."""
    result = constant(content)
    for factor, exponent in factors:
        for _ in range(exponent):
            result = multiply(result, factor)
    return result
