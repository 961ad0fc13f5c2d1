"""Layers that are sure to be the same without any alignment: all that leads to them is the same, or all that they lead to.

A single edit changes what leads to the layers after it, and what the layers before it lead to. So every other layer is found, in
whatever order branches are written, and however many layers look alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from archcalc.diff.sides import Side

if TYPE_CHECKING:
    from archcalc.diff.matching import Matching


def pair_kin(found: Matching) -> None:
    """Pair what comes from the same, and then what leads to the same."""
    numbers: dict[tuple[object, ...], int] = {}
    before = _origins(found.a, numbers), _origins(found.b, numbers)
    _pair_by_origin(found, *before)
    after = _ends(found.a, numbers), _ends(found.b, numbers)
    _pair_single(found, *after)


def _origins(side: Side, numbers: dict[tuple[object, ...], int]) -> list[int]:
    """Of each node a number that stands for itself and all that leads to it."""
    found: list[int] = []
    for sort, mark, sources in zip(side.sorts, side.marks, side.reads, strict=True):
        own = mark.own if not sources else ""  # inputs of one size are told apart by their names
        found.append(numbers.setdefault(("from", sort, own, *(found[s] for s in sources)), len(numbers)))
    return found


def _ends(side: Side, numbers: dict[tuple[object, ...], int]) -> list[int]:
    """Of each node a number that stands for itself and all that it leads to."""
    found = [0] * len(side)
    outputs = {id(node): i for i, node in enumerate(side.graph.outputs)}
    at: list[list[tuple[int, int]]] = [[] for _ in found]  # who reads it, and as which of its inputs
    for i in range(len(found) - 1, -1, -1):
        uses = sorted((found[reader], place) for reader, place in at[i])
        found[i] = numbers.setdefault(("to", side.sorts[i], outputs.get(id(side.nodes[i])), *uses), len(numbers))
        for place, source in enumerate(side.reads[i]):
            at[source].append((i, place))
    return found


def _pair_by_origin(found: Matching, one: list[int], two: list[int]) -> None:
    """What there is one of; what that reads, which tells which of several equal layers are meant; then as many as there are in both."""
    _pair_single(found, one, two)
    for i in range(len(one) - 1, -1, -1):
        _pair_sources(found, one, two, i)
    counts = Counter(one), Counter(two)
    there: dict[int, list[int]] = defaultdict(list)
    for j, key in enumerate(two):
        there[key].append(j)
    for i in range(len(one) - 1, -1, -1):
        left = there[one[i]]
        if found.to[i] is None and counts[0][one[i]] == counts[1][one[i]]:
            while left and found.back[left[-1]] is not None:
                left.pop()
            if left and not found.clash(i, left[-1]):
                found.pair(i, left.pop())
        _pair_sources(found, one, two, i)


def _pair_sources(found: Matching, one: list[int], two: list[int], i: int) -> None:
    """Pair what a layer reads, where it comes from the same in both networks."""
    j = found.to[i]
    if j is not None and two[j] == one[i]:
        for x, y in zip(found.a.reads[i], found.b.reads[j], strict=True):
            if found.to[x] is None and found.back[y] is None and not found.clash(x, y):
                found.pair(x, y)


def _pair_single(found: Matching, one: list[int], two: list[int]) -> None:
    """Pair what there is one of on either side, with that number."""
    counts = Counter(one), Counter(two)
    there = {key: j for j, key in enumerate(two) if counts[1][key] == 1}
    for i, key in enumerate(one):
        if found.to[i] is None and counts[0][key] == 1 and key in there:
            j = there[key]
            if found.back[j] is None and not found.clash(i, j):
                found.pair(i, j)
