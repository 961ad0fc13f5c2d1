"""Numbers that count what is done to them, for loops which do a layer's arithmetic one operation after another."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any


class Tally:
    """How many operations there were."""

    def __init__(self) -> None:
        self.count = 0
        self.random = random.Random(0)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is done once for a whole vector, map or sample, such as a root: the docs leave it out, and so do we."""
        before = self.count
        yield
        self.count = before


class Number:
    """A number, drawn at random if not given, which counts each operation on it."""

    def __init__(self, tally: Tally, value: float | None = None) -> None:
        self.tally = tally
        self.value = tally.random.uniform(0.5, 1.5) if value is None else value

    def _done(self, value: float) -> Number:
        self.tally.count += 1
        return Number(self.tally, value)

    def __add__(self, other: Number) -> Number:
        return self._done(self.value + other.value)

    def __sub__(self, other: Number) -> Number:
        return self._done(self.value - other.value)

    def __mul__(self, other: Number) -> Number:
        return self._done(self.value * other.value)

    def __truediv__(self, other: Number) -> Number:
        return self._done(self.value / other.value)

    def larger(self, other: Number) -> Number:
        return self._done(max(self.value, other.value))

    def smaller(self, other: Number) -> Number:
        return self._done(min(self.value, other.value))

    def apply(self, function: Callable[[float], float] = abs) -> Number:
        """An activation, which is one operation, whatever function it is."""
        return self._done(function(self.value))


Grid = dict[tuple[int, ...], Number]


def grid(tally: Tally, *lengths: int) -> Grid:
    return {at: Number(tally) for at in itertools.product(*map(range, lengths))}


def total(tally: Tally, numbers: Iterable[Number]) -> Number:
    """A sum that starts from 0: an addition for each."""
    found = Number(tally, 0.0)
    for number in numbers:
        found = found + number
    return found


def multiply_accumulate(tally: Tally, terms: int) -> Number:
    """A sum of products that starts from 0, so that each term costs a multiplication and an addition."""
    return total(tally, (Number(tally) * Number(tally) for _ in range(terms)))


def counted(line: str, work: Callable[[Tally], Any], *inputs: str) -> tuple[int, int]:
    """The FLOPs of a line that reads these inputs, by archcalc; and those that the work does."""
    import archcalc

    names = "abc"[: len(inputs)]
    sizes = "; ".join(f"{name}: input {size}" for name, size in zip(names, inputs, strict=True))
    head, brace, body = line.partition("{")
    analysis = archcalc.analyze(text=f"network N {{ {sizes}; L: {head} from {', '.join(names)} {brace}{body}\n}}")
    assert analysis.ok, [d.message for d in analysis.diagnostics]
    tally = Tally()
    work(tally)
    return analysis.layers["L"].flops, tally.count
