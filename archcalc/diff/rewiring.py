"""Pairs that were taken for one another: of two layers alike, in branches written in another order, each is the one that reads the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcalc.diff.sides import differing

if TYPE_CHECKING:
    from archcalc.diff.matching import Matching

MOST_NEAR = 64


def exchange(found: Matching) -> None:
    """Exchange the partners of two pairs, wherever more of what they read is then the same."""
    a, b = found.a, found.b
    for i in range(len(a)):
        j = found.to[i]
        if j is None or not a.reads[i] or (a.marks[i].sure and b.marks[j].sure):
            continue
        if [found.to[s] for s in a.reads[i]] == b.reads[j]:
            continue
        for y in _candidates(found, i):
            if y != j and _better(found, i, j, y):
                x = found.back[y]
                found.pair(i, y)
                assert x is not None
                found.pair(x, j)
                break


def _candidates(found: Matching, i: int) -> list[int]:
    """What reads in the second network what a node reads in the first, and is of its kind."""
    a, b = found.a, found.b
    source = found.to[a.reads[i][0]]
    if source is None:
        return []
    return [y for y in b.readers[source][:MOST_NEAR] if b.nodes[y].kind == a.nodes[i].kind and not found.clash(i, y)]


def _alike(found: Matching, i: int, j: int) -> int:
    """How many values a node reads as its partner does, and how many nodes read it that read its partner."""
    a, b = found.a, found.b
    reads = sum(found.to[s] == t for s, t in zip(a.reads[i], b.reads[j], strict=True)) if len(a.reads[i]) == len(b.reads[j]) else 0
    theirs = set(b.readers[j][:MOST_NEAR])
    return reads + sum(found.to[r] in theirs for r in a.readers[i][:MOST_NEAR])


def _better(found: Matching, i: int, j: int, y: int) -> bool:
    """Whether a node belongs to y rather than to its partner j, all in all."""
    a, b = found.a, found.b
    x = found.back[y]
    if x is None or (a.marks[x].sure and b.marks[y].sure) or a.nodes[x].kind != b.nodes[j].kind or found.clash(x, j):
        return False
    gain = _alike(found, i, y) - _alike(found, i, j) + _alike(found, x, j) - _alike(found, x, y)
    before = len(differing(a.nodes[i], b.nodes[j])) + len(differing(a.nodes[x], b.nodes[y]))
    after = len(differing(a.nodes[i], b.nodes[y])) + len(differing(a.nodes[x], b.nodes[j]))
    return gain > 0 and after <= before
