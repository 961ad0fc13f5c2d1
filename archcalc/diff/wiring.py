"""What a layer reads, in one network and in the other; what is new, gone or moved in between is looked through.

Where a layer was put between two others, the second one reads something else than before, but nothing about it was edited. So
what it reads is followed through layers that have no counterpart, up to those that have one.
"""

from __future__ import annotations

from typing import NamedTuple

from archcalc.diff.matching import Matching
from archcalc.diff.sides import Side

MOST_SOURCES = 16  # that are kept of what a layer without counterpart reads


class Link(NamedTuple):
    """One value that a layer reads, before and after: places in the two networks; None where it reads none in its stead.

    `edited`: that it does so is no consequence of what is new, gone or moved.
    """

    before: int | None
    after: int | None
    edited: bool
    at: int | None = None  # where it stands among what is read after


class Wiring:
    """The links of every matched layer, and which layers were moved: they read something else, and were found elsewhere.

    So was one that stands at the same place in the order, if none of its neighbours is the same.
    """

    def __init__(self, found: Matching) -> None:
        self.found = found
        self.moved: set[int] = set()
        self._sources = (_sources(found.a, found.to, ()), _sources(found.b, found.back, ()))
        self._move(sorted(found.out_of_order))
        self._move([i for i, j in found.pairs if self._has_no_neighbour(i, j)])

    def _move(self, places: list[int]) -> None:
        """Look through those of these layers that read something else; what is too different to be the same is no pair any more."""
        found = self.found
        moved = {i for i in places if found.a.reads[i] and i not in self.moved and self._reads_otherwise(i)}
        strange = {i for i in moved if self._is_strange(i)}
        for i in strange:
            found.part(i)
        if moved:
            self.moved |= moved - strange
            after = {j for i in self.moved if (j := found.to[i]) is not None}
            self._sources = (_sources(found.a, found.to, self.moved), _sources(found.b, found.back, after))

    def _is_strange(self, i: int) -> bool:
        """Whether a layer without a neighbour has other arguments, too, and no label that says that it is the same."""
        a, b, j = self.found.a, self.found.b, self.found.to[i]
        return j is not None and a.sorts[i] != b.sorts[j] and (a.marks[i].own == "" or a.marks[i].own != b.marks[j].own)

    def _has_no_neighbour(self, i: int, j: int) -> bool:
        """Whether a matched layer reads nothing that it read, and is read by nothing that read it."""
        a, b, to = self.found.a, self.found.b, self.found.to
        theirs, readers = set(b.reads[j]), b.readers[j]
        if any(to[s] in theirs for s in a.reads[i]):
            return False
        theirs = set(readers)
        return not any(to[r] in theirs for r in a.readers[i]) and bool(a.readers[i] or readers)

    def _reads_otherwise(self, i: int) -> bool:
        links, ordered = self.links(i)
        return not ordered or any(link.edited for link in links)

    def links(self, i: int) -> tuple[list[Link], bool]:
        """What a matched layer of the first network reads, before and after; and whether it does so in the same order."""
        j = self.found.to[i]
        assert j is not None
        before, after = self.found.a.reads[i], self.found.b.reads[j]
        return self._linked(before, after)

    def behind(self, i: int) -> tuple[int, ...]:
        """The places with a counterpart that a place of the first network comes from: itself, if it has one and was not moved."""
        return self._sources[0][i]

    def outputs(self) -> tuple[list[Link], bool]:
        """The same of what the networks put out."""
        a, b = self.found.a, self.found.b
        return self._linked(*([side.places[id(node)] for node in side.graph.outputs] for side in (a, b)))

    def _linked(self, before: list[int], after: list[int]) -> tuple[list[Link], bool]:
        to = self.found.to
        if len(before) == len(after) and all(to[x] == y or self._through(x, y) for x, y in zip(before, after, strict=True)):
            return [Link(x, y, False, k) for k, (x, y) in enumerate(zip(before, after, strict=True))], True
        places: dict[int, list[int]] = {}
        for k, y in reversed(list(enumerate(after))):
            places.setdefault(y, []).append(k)
        chosen: list[int | None] = [None] * len(before)
        for k, x in enumerate(before):
            partner = to[x]
            if partner is not None and places.get(partner):
                chosen[k] = places[partner].pop()
        left = sorted(k for rest in places.values() for k in rest)
        for k, x in enumerate(before):  # what is new stands for what is gone, where both come from the same
            at = next((m for m in left[:MOST_SOURCES] if self._through(x, after[m])), None) if chosen[k] is None else None
            if at is not None:
                left.remove(at)
                chosen[k] = at
        alone = [k for k, at in enumerate(chosen) if at is None and not self._open(0, before[k])]
        edited = [m for m in left if not self._open(1, after[m])]
        for k, m in zip(alone, edited, strict=False):  # one in place of another
            chosen[k] = m
            left.remove(m)
        links = []
        for k, x in enumerate(before):
            at = chosen[k]
            if at is None:
                links.append(Link(x, None, not self._open(0, x)))
            else:
                links.append(Link(x, after[at], to[x] != after[at] and not self._through(x, after[at]), at))
        links += [Link(None, after[m], not self._open(1, after[m]), m) for m in left]
        kept = [at for at in chosen if at is not None]
        return links, kept == sorted(kept)

    def _open(self, side: int, place: int) -> bool:
        """Whether a layer is looked through: it is new, gone or moved."""
        return self._sources[side][place] != (place,)

    def _through(self, x: int, y: int) -> bool:
        """Whether, of two layers of which one at least is looked through, something that they come from is the same."""
        if not self._open(0, x) and not self._open(1, y):
            return False
        theirs = set(self._sources[1][y])
        return any(self.found.to[source] in theirs for source in self._sources[0][x])


def _sources(side: Side, partners: list[int | None], moved: set[int] | tuple[int, ...]) -> list[tuple[int, ...]]:
    """Of each place the places with a counterpart that it comes from: itself, or what it reads."""
    found: list[tuple[int, ...]] = []
    for i, partner in enumerate(partners):
        if partner is not None and i not in moved:
            found.append((i,))
        else:
            found.append(tuple(dict.fromkeys(s for source in side.reads[i] for s in found[source]))[:MOST_SOURCES])
    return found
