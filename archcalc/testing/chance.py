"""Choices at random: drawn by hypothesis, which makes them smaller where a test fails, or by a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Choices, of which the first is the simplest. `number(low, high)` draws a whole number between two, both included."""

    def __init__(self, number: Callable[[int, int], int]) -> None:
        self.number = number

    @classmethod
    def seeded(cls, *seeds: int) -> Chance:
        """Choices that are the same whenever the seeds are."""
        return cls(random.Random(":".join(map(str, seeds))).randint)  # noqa: S311  no secrets

    def one(self, choices: Sequence[T]) -> T:
        """One of several things."""
        return choices[self.number(0, len(choices) - 1)]

    def percent(self, share: int) -> bool:
        """True in so many of a hundred cases."""
        return self.number(0, 99) >= 100 - share

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All of them, in any order."""
        left, found = list(items), []
        while left:
            found.append(left.pop(self.number(0, len(left) - 1)))
        return found
