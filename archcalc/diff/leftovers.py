"""Layers that no alignment in order has paired: branches that were written in another order, layers that were moved."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcalc.diff.matching import Matching

MOST_NEAR = 64  # readers of one layer that are looked at


def find_elsewhere(found: Matching) -> None:
    """Pair what is left: beside what is paired already, then what there is only one of, and again beside that."""
    if None not in found.to or None not in found.back:
        return
    _spread(found, [i for i, j in found.pairs])
    _spread(found, _only(found, labels=True))
    _spread(found, _only(found, labels=False))


def _spread(found: Matching, waiting: list[int]) -> None:
    """Pair the same layers that stand beside paired ones, until there are no more."""
    a, b = found.a, found.b
    while waiting:
        i = waiting.pop()
        j = found.to[i]
        if j is None:
            continue
        for ours, theirs in ((a.readers[i], b.readers[j]), (a.reads[i], b.reads[j])):
            for x in ours[:MOST_NEAR]:
                if found.to[x] is None:
                    y = next((y for y in theirs[:MOST_NEAR] if found.back[y] is None and _same(found, x, y)), None)
                    if y is not None:
                        found.pair(x, y)
                        waiting.append(x)


def _same(found: Matching, x: int, y: int) -> bool:
    a, b = found.a, found.b
    return a.sorts[x] == b.sorts[y] and (a.marks[x].own == b.marks[y].own or not (a.marks[x].sure and b.marks[y].sure))


def _only(found: Matching, labels: bool) -> list[int]:
    """Pair layers with the same arguments, of which each network has one left; with `labels`, only of the same own label."""
    a, b = found.a, found.b
    left_a = [i for i, j in enumerate(found.to) if j is None and (a.marks[i].own or not labels)]
    left_b = [j for j, i in enumerate(found.back) if i is None and (b.marks[j].own or not labels)]
    keys_a = [(a.sorts[i], a.marks[i].own if labels else "") for i in left_a]
    keys_b = [(b.sorts[j], b.marks[j].own if labels else "") for j in left_b]
    count_a, count_b = Counter(keys_a), Counter(keys_b)
    there = {key: j for key, j in zip(keys_b, left_b, strict=True) if count_b[key] == 1}
    new = []
    for key, i in zip(keys_a, left_a, strict=True):
        if count_a[key] == 1 and key in there and _same(found, i, there[key]):
            found.pair(i, there[key])
            new.append(i)
    return new
