"""Layers that no alignment in order has paired: branches that were written in another order, layers that were moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcalc.diff.matching import Matching

MOST_NEAR = 64  # readers of one layer that are looked at


def find_elsewhere(found: Matching) -> None:
    """Pair what is left: beside what is paired already, then what there is only one of, and again beside that.

    Last, beside what is paired, layers of one kind with other arguments, where there is one of them on either side.
    """
    if None not in found.to or None not in found.back:
        return
    _spread(found, [i for i, j in found.pairs], _first)
    _spread(found, _only(found, labels=True), _first)
    _spread(found, _only(found, labels=False), _first)
    _spread(found, [i for i, j in found.pairs], _single)


Near = tuple[list[int], list[int]]  # what stands beside a layer in one network and in the other, and is not paired


def _spread(found: Matching, waiting: list[int], choose: Callable[[Matching, Near], list[tuple[int, int]]]) -> None:
    """Pair layers that stand beside paired ones, until there are no more."""
    a, b = found.a, found.b
    while waiting:
        i = waiting.pop()
        j = found.to[i]
        if j is None:
            continue
        for ours, theirs in ((a.readers[i], b.readers[j]), (a.reads[i], b.reads[j])):
            near = [x for x in ours[:MOST_NEAR] if found.to[x] is None], [y for y in theirs[:MOST_NEAR] if found.back[y] is None]
            for x, y in choose(found, near) if all(near) else ():
                if found.to[x] is None and found.back[y] is None:
                    found.pair(x, y)
                    waiting.append(x)


def _first(found: Matching, near: Near) -> list[tuple[int, int]]:
    """The same layers, the first ones first."""
    pairs, left = [], list(near[1])
    for x in near[0]:
        y = next((y for y in left if _same(found, x, y)), None)
        if y is not None:
            pairs.append((x, y))
            left.remove(y)
    return pairs


def _single(found: Matching, near: Near) -> list[tuple[int, int]]:
    """Layers of one kind and label of which there is one on either side."""
    keys = [[(side.nodes[x].kind, side.marks[x].own) for x in places] for side, places in zip((found.a, found.b), near, strict=True)]
    return [
        (x, near[1][keys[1].index(key)]) for x, key in zip(near[0], keys[0], strict=True) if keys[0].count(key) == keys[1].count(key) == 1
    ]


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
