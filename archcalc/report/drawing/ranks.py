"""A layered drawing: which rank each element stands in, and in which order, with few crossings.

After Sugiyama, Tagawa and Toda (1981), "Methods for visual understanding of hierarchical system structures": edges run from rank to
rank, one that is longer goes by way of dummies, and sweeps over the ranks order each by the medians of its neighbours (Eades and
Wormald 1994). All edges of one value share their dummies, as a bus.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

SWEEPS = 8
MOST = 1500  # elements in a drawing whose ranks are still swept over


class Link(NamedTuple):
    """An edge from an element to one of the next rank. Offsets are from the elements' middles to where it ends at them."""

    up: int
    down: int
    value: int
    skips: bool  # part of an edge beside which another way leads to the same place


class Ranked:
    """Elements with their ranks and links. Elements from `real` on are dummies."""

    def __init__(self, count: int, edges: Sequence[tuple[int, int, int]], firsts: Sequence[int], lasts: Sequence[int]) -> None:
        """`edges` are (from, to, value), elements being in an order in which they run; firsts and lasts have a rank of their own."""
        self.real = count
        self.rank = _ranks(count, edges, firsts, lasts)
        self.links: list[Link] = []
        self.ends: dict[tuple[int, int, int], list[int]] = {}  # for each edge, the elements that it goes through
        self._add_links(edges)
        self.above: list[list[Link]] = [[] for _ in self.rank]
        self.below: list[list[Link]] = [[] for _ in self.rank]
        for link in self.links:
            self.above[link.down].append(link)
            self.below[link.up].append(link)
        self.rows = self._first_order(firsts, lasts)
        self.place = [0] * len(self.rank)
        self._number()
        if len(self.rank) <= MOST:
            self._sweep()

    def is_dummy(self, element: int) -> bool:
        """Whether an element is only where an edge goes through a rank."""
        return element >= self.real

    def _add_links(self, edges: Sequence[tuple[int, int, int]]) -> None:
        skips = _skipping(self.real, edges)
        buses: dict[tuple[int, int], int] = {}
        known: dict[tuple[int, int, int], int] = {}
        for (up, down, value), skip in zip(edges, skips, strict=True):
            way = [up]
            for rank in range(self.rank[up] + 1, self.rank[down]):
                if (value, rank) not in buses:
                    buses[value, rank] = len(self.rank)
                    self.rank.append(rank)
                way.append(buses[value, rank])
            way.append(down)
            self.ends[up, down, value] = way
            for a, b in pairwise(way):
                if (a, b, value) not in known:
                    known[a, b, value] = len(self.links)
                    self.links.append(Link(a, b, value, skip))
                elif not skip:  # shared by an edge that does not skip
                    self.links[known[a, b, value]] = Link(a, b, value, False)

    def _first_order(self, firsts: Sequence[int], lasts: Sequence[int]) -> list[list[int]]:
        """Ranks as a walk from the outputs backwards meets their elements, inputs in the order written: branches as they were written."""
        rows: list[list[int]] = [[] for _ in range(max(self.rank, default=-1) + 1)]
        seen = [False] * len(self.rank)
        ends = [e for e in range(self.real) if not self.below[e] and e not in set(lasts)]
        waiting = [*list(firsts)[::-1], *ends[::-1], *list(lasts)[::-1]]
        while waiting:
            element = waiting.pop()
            if not seen[element]:
                seen[element] = True
                rows[self.rank[element]].append(element)
                waiting += [link.up for link in self.above[element]][::-1]
        return rows

    def _number(self) -> None:
        for row in self.rows:
            for i, element in enumerate(row):
                self.place[element] = i

    def _sweep(self) -> None:
        best, rows = self.crossings(), [row[:] for row in self.rows]
        for sweep in range(SWEEPS):
            if not best:
                break
            down = sweep % 2 == 0
            for row in self.rows[1:] if down else self.rows[-2::-1]:
                self._order(row, down)
            found = self.crossings()
            if found < best:
                best, rows = found, [row[:] for row in self.rows]
        self.rows = rows
        self._number()

    def _order(self, row: list[int], down: bool) -> None:
        keys = {}
        for i, element in enumerate(row):
            places = (
                sorted(self.place[k.up] for k in self.above[element]) if down else sorted(self.place[k.down] for k in self.below[element])
            )
            middle = len(places) // 2
            median = i if not places else places[middle] if len(places) % 2 else (places[middle - 1] + places[middle]) / 2
            keys[element] = (median, i)
        row.sort(key=keys.__getitem__)
        for i, element in enumerate(row):
            self.place[element] = i

    def crossings(self) -> int:
        """How many pairs of links cross."""
        found = 0
        for row in self.rows:
            ends: list[int] = []
            for element in row:
                below = sorted(self.place[link.down] for link in self.below[element])
                found += sum(len(ends) - bisect_left(ends, place + 1) for place in below)
                for place in below:
                    insort(ends, place)
        return found


def _ranks(count: int, edges: Sequence[tuple[int, int, int]], firsts: Sequence[int], lasts: Sequence[int]) -> list[int]:
    """The longest way from the top; what nothing leads to stands just above what it leads to."""
    rank = [1 if firsts else 0] * count
    for e in firsts:
        rank[e] = 0
    reads: list[list[int]] = [[] for _ in range(count)]
    leads: list[list[int]] = [[] for _ in range(count)]
    for up, down, _ in edges:
        reads[down].append(up)
        leads[up].append(down)
    for e in range(count):
        if reads[e]:
            rank[e] = max(rank[up] for up in reads[e]) + 1
    for e in lasts:
        rank[e] = max(rank)
    bottom = max((rank[e] for e in range(count) if e not in set(lasts)), default=0) + 1
    for e in lasts:
        rank[e] = bottom
    for e in range(count):
        if not reads[e] and leads[e] and e not in set(firsts):
            rank[e] = min(rank[down] for down in leads[e]) - 1
    return rank


def _skipping(count: int, edges: Sequence[tuple[int, int, int]]) -> list[bool]:
    """For each edge, whether another way leads from its beginning to its end."""
    if count > MOST:
        return [False] * len(edges)
    reached = [0] * count  # what can be reached from each element, as bits
    leads: list[list[int]] = [[] for _ in range(count)]
    for up, down, _ in edges:
        leads[up].append(down)
    for e in range(count - 1, -1, -1):
        for down in leads[e]:
            reached[e] |= reached[down] | 1 << down
    return [any(other != down and reached[other] >> down & 1 for other in leads[up]) for up, down, _ in edges]
