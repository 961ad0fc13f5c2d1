"""What is drawn: choices of any kind, and expressions whose values are known to lie between bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from hypothesis import strategies as st
from terms import At, Attr, Call, Choose, Compare, Group, Logic, Name, Neg, Not, Num, Op, Seq, Slice

T = TypeVar("T")
MANY = 10**9


@lru_cache(maxsize=None)
def _between(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high)


class Chance:
    """Choices, of which the first is the simplest. `number` draws a whole number between two."""

    def __init__(self, number: Callable[[int, int], int]) -> None:
        self.number = number

    @classmethod
    def of(cls, draw: st.DrawFn) -> Chance:
        return cls(lambda low, high: draw(_between(low, high)) if low < high else low)

    def one(self, choices: Sequence[T]) -> T:
        return choices[self.number(0, len(choices) - 1)]

    def percent(self, share: int) -> bool:
        """True in so many of a hundred cases."""
        return self.number(0, 99) >= 100 - share

    def several(self, choices: Sequence[T], least: int, most: int) -> list[T]:
        return [self.one(choices) for _ in range(self.number(least, most))] if choices else []

    def shuffled(self, items: Sequence[T]) -> list[T]:
        left, found = list(items), []
        while left:
            found.append(left.pop(self.number(0, len(left) - 1)))
        return found


class Known(NamedTuple):
    """An expression, and between what its value lies. `steady`: the same wherever it stands in one instance of its body."""

    e: Any
    low: int
    high: int
    steady: bool = True

    @property
    def fixed(self) -> int | None:
        return self.low if self.low == self.high else None


@dataclass(frozen=True)
class Sight:
    """What expressions may use at a place: whole numbers with bounds, words for activations, yes-or-no names, lists."""

    numbers: tuple[Known, ...] = ()
    words: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    lists: tuple[tuple[str, int, int, int], ...] = ()  # name, bounds of the entries, how many there are at least
    functions: tuple[tuple[str, Callable[[Known], Known | None]], ...] = ()

    def plus(self, **more: Any) -> Sight:
        return replace(self, **{k: (*getattr(self, k), *v) for k, v in more.items()})


class Expressions:
    """Draws expressions."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance

    # ---- whole numbers ----------------------------------------------------------------------------------------------

    def number(self, sight: Sight, low: int, high: int, depth: int = 2) -> Known:
        """A whole number between two."""
        if self.chance.percent(45) or depth == 0:
            return self.literal(self.chance.number(low, high))
        known = self.within(sight, low, high, depth)
        return known if known is not None else self.written(self.chance.number(low, high))

    def literal(self, n: int) -> Known:
        return Known(Num(n), n, n)

    def written(self, n: int) -> Known:
        """That very number, as arithmetic."""
        one, two = self.chance.number(1, 4), self.chance.number(0, 3)
        forms: list[Any] = [
            Op("-", Num(n + one), Num(one)),
            Op("//", Num(n * one), Num(one)),
            Call("max", (Num(n), Num(n - two))),
            Call("min", (Seq("list", (Num(n + two), Num(n))),)),
            At(Seq("list", (Num(one), Num(n))), Num(1)),
            At(Seq("tuple", (Num(n), Num(two))), Neg(Num(2))),
            Choose(Num(n), Compare(Num(two), (("<", Num(4)),)), Num(1)),
            Call("sum", (Seq("list", (Num(n), Num(one), Neg(Num(one)))),)),
            Call("ceil", (Op("/", Num(2 * n - 1), Num(2)),)),
            Call("floor", (Op("/", Num(2 * n + 1), Num(2)),)),
            Op("+", Op("*", Num(n // one), Num(one)), Num(n % one)),
            Num(n, f"{n}.0"),
            Num(n, f"{n}e0"),
            Group(Num(n)),
            Call("len", (Call("range", (Num(n),)),)),
            Call("round", (Op("+", Num(n), Num(Fraction(1, 4), "0.25")),)),
            Neg(Neg(Num(n))),
            Call("abs", (Neg(Num(n)),)),
        ]
        if n in (1, 2, 4, 8, 16):
            forms.append(Op("**", Num(2), Num(n.bit_length() - 1)))
        return Known(self.chance.one(forms), n, n)

    def within(self, sight: Sight, low: int, high: int, depth: int) -> Known | None:
        """A number made of the names in sight, brought between the bounds."""
        sources = [*sight.numbers]
        for name, least, most, count in sight.lists:
            at = self.chance.number(-count, count - 1)
            index = Neg(Num(-at)) if at < 0 else Num(at)
            sources.append(Known(At(Name(name), index), least, most))
            sources.append(Known(Call("len", (Name(name),)), count, MANY))
            part = self.chance.one(
                (Slice(Name(name)), Slice(Name(name), None, Num(1)), Slice(Name(name), Neg(Num(2))), Slice(Name(name), Num(0), Num(9)))
            )
            sources.append(Known(Call(self.chance.one(("max", "min")), (part,)), least, most))
        if not sources:
            return None
        known = self.chance.one(sources)
        known = self.altered(sight, known, depth)
        return self.bounded(known, low, high)

    def altered(self, sight: Sight, k: Known, depth: int) -> Known:
        """The number, or one worked out from it."""
        other = self.number(sight, 1, 4, depth - 1)
        steady = k.steady and other.steady
        ways = [
            lambda: k,
            lambda: k._replace(e=Group(k.e)),
            lambda: Known(Op("+", k.e, other.e), k.low + other.low, k.high + other.high, steady),
            lambda: Known(Op("*", other.e, k.e), k.low * other.low, k.high * other.high, steady),
            lambda: Known(Op("-", Op("*", Num(2), k.e), Num(1)), 2 * k.low - 1, 2 * k.high - 1, k.steady),
            lambda: Known(Op("//", k.e, other.e), k.low // other.high, k.high // other.low, steady),
            lambda: Known(Call("max", (k.e, other.e)), max(k.low, other.low), max(k.high, other.high), steady),
            lambda: self.chosen(sight, k, other, steady),
        ]
        for name, result in sight.functions:
            if (made := result(k)) is not None:
                ways.append(lambda name=name, made=made: made)  # type: ignore[misc]
        return self.chance.one(ways)() if k.low > 0 else k

    def chosen(self, sight: Sight, k: Known, other: Known, steady: bool) -> Known:
        e = Choose(k.e, self.condition(sight, 1), other.e)
        return Known(e, min(k.low, other.low), max(k.high, other.high), steady and all(n.steady for n in sight.numbers))

    def bounded(self, k: Known, low: int, high: int) -> Known:
        if k.low >= low and k.high <= high:
            return k
        if k.low >= low and self.chance.percent(60):
            return Known(Call("min", (k.e, Num(high))), min(k.low, high), high, k.steady)
        if k.high <= high and k.high >= low:
            return Known(Call("max", (Num(low), k.e)), low, max(k.high, low), k.steady)
        span = Op("%", k.e, Num(high - low + 1))
        return Known(Op("+", span, Num(low)) if low else span, low, high, k.steady)

    # ---- others -------------------------------------------------------------------------------------------------------

    def condition(self, sight: Sight, depth: int = 2) -> Any:
        """Yes or no."""
        ways: list[Callable[[], Any]] = [lambda: Name(self.chance.one(("true", "false")))]
        if sight.flags:
            ways += [lambda: Name(self.chance.one(sight.flags))] * 2
        if sight.words:
            ways.append(lambda: Compare(Name(self.chance.one(sight.words)), ((self.chance.one(("==", "!=")), Name("tanh")),)))
        if sight.numbers:
            ways += [lambda: self.comparison(sight)] * 4
        if depth:
            ways.append(lambda: Not(self.condition(sight, depth - 1)))
            ways.append(lambda: Logic(self.chance.one(("and", "or")), self.condition(sight, depth - 1), self.condition(sight, depth - 1)))
        return self.chance.one(ways)()

    def comparison(self, sight: Sight) -> Any:
        n = self.chance.one(sight.numbers).e
        other = Num(self.chance.number(0, 8))
        form = self.chance.number(0, 4)
        if form == 0:
            return Compare(Op("%", n, Num(2)), (("==", Num(0)),))
        if form == 1:
            return Compare(Num(1), (("<", n), ("<=", other)))
        if form == 2:
            return Compare(n, ((self.chance.one(("in", "not in")), Seq("list", (other, Num(4)))),))
        return Compare(n, ((self.chance.one(("==", "!=", "<", ">", "<=", ">=")), other),))

    def word(self, sight: Sight) -> Any:
        """An activation."""
        if sight.words and self.chance.percent(50):
            return Name(self.chance.one(sight.words))
        if sight.flags and self.chance.percent(20):
            return Choose(Name("relu"), Name(self.chance.one(sight.flags)), Name("tanh"))
        return Name(self.chance.one(("relu", "tanh", "sigmoid", "elu")))

    def flag(self, sight: Sight) -> Any:
        return self.condition(sight, 1)

    def numbers(self, sight: Sight, low: int, high: int, least: int, most: int) -> Any:
        """A list of numbers."""
        items = tuple(self.number(sight, low, high, 1).e for _ in range(self.chance.number(least, most)))
        return Seq("list", items)

    def rate(self) -> Any:
        return self.chance.one(
            (
                Num(Fraction(1, 2), "0.5"),
                Num(0),
                Num(Fraction(1, 4), "1/4"),
                Num(Fraction(1, 10), "1e-1"),
                Op("-", Num(1), Num(Fraction(1, 5), "0.2")),
            )
        )

    def attributes(self, of: Any, rank: int) -> tuple[Known, ...]:
        """The axes of a layer."""
        return tuple(Known(Attr(of, axis), 1, MANY, False) for axis in ("c", "w", "h")[:rank])
