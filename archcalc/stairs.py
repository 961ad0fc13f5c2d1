"""Stairs: functions of a position that go up step by step, and repeat themselves.

Along an axis, a value at position k reads from lo(k) to hi(k). Both are stairs: a convolution's go up by its stride with each
k; where a map was enlarged, several k in a row stand on one step. A stair of a stair is one again: `Stair.of` is the one law
by which fields of layers become fields of chains of layers.
"""

from __future__ import annotations

from collections.abc import Callable
from math import gcd, lcm
from typing import NamedTuple

from archcalc.sizes import Size, settled

MOST_STEPS = 1024  # of a stair, before it repeats itself


class Ratio(NamedTuple):
    """A fraction in lowest terms: a plain analysis need not import Python's."""

    up: int
    down: int

    def __str__(self) -> str:
        return str(self.up) if self.down == 1 else f"{self.up}/{self.down}"


def ratio(up: int, down: int) -> Ratio:
    """The fraction up/down; `down` is above 0."""
    common = gcd(up, down)
    return Ratio(up // common, down // common)


class Stair(NamedTuple):
    """k -> values[k % P] + rise * (k // P), where P is the number of values: a line is (a, (b,)), for a*k + b."""

    rise: int = 1
    values: tuple[int, ...] = (0,)

    def at(self, k: Size) -> Size:
        """Its height at k, which may be a free size if it is known where in a turn that is."""
        if len(self.values) == 1:
            return self.values[0] + self.rise * k
        period = len(self.values)
        return self.values[settled(k % period)] + self.rise * (k // period)

    def of(self, inner: Stair) -> Stair | None:
        """The stair k -> self(inner(k)); None where that has too many steps to be written down.

        inner goes up by r in P steps, and self repeats itself every Q: after t*P steps, where t is the least for which Q
        divides t*r, both are where they began.
        """
        if len(self.values) == 1 == len(inner.values):
            return Stair(self.rise * inner.rise, (self.rise * inner.values[0] + self.values[0],))
        times = len(self.values) // gcd(len(self.values), inner.rise)
        period = times * len(inner.values)
        if period > MOST_STEPS:
            return None
        rise = times * inner.rise // len(self.values) * self.rise
        return Stair(rise, tuple(self.at(inner.at(k)) for k in range(period)))

    @property
    def slope(self) -> Ratio:
        """How far it goes up for each k, on the average."""
        return ratio(self.rise, len(self.values))


EVEN = Stair()


def stair(up: int, shift: int, down: int) -> Stair | None:
    """The stair k -> floor((up*k + shift) / down); None where that has too many steps."""
    period = down // gcd(up, down)
    if period > MOST_STEPS:
        return None
    return Stair(up * period // down, tuple((up * k + shift) // down for k in range(period)))


def merged(a: Stair, b: Stair, pick: Callable[[int, int], int]) -> Stair | None:
    """The lower or the higher of two stairs, if they go up alike."""
    if len(a.values) == 1 == len(b.values) and a.rise == b.rise:
        return Stair(a.rise, (pick(a.values[0], b.values[0]),))
    period = lcm(len(a.values), len(b.values))
    if period > MOST_STEPS or a.slope != b.slope:
        return None
    return Stair(a.rise * period // len(a.values), tuple(pick(a.at(k), b.at(k)) for k in range(period)))
