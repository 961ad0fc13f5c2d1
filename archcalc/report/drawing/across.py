"""Where the elements of a layered drawing stand from left to right: long edges straight, others as straight as may be.

Brandes and Köpf (2002), "Fast and simple horizontal coordinate assignment": elements are aligned with a median
neighbour in the rank before, as blocks that share an x. This is done from above and from below, to the left and to the
right, and the four results are averaged. Blocks are placed by the longest way through what stands beside what.
"""

from __future__ import annotations

from itertools import pairwise

from archcalc.report.drawing.ranks import Link, Ranked

Ways = list[list[tuple[int, float, float, bool]]]  # of each element: neighbour, offset here, offset there, whether it skips


class Sides:
    """How far each element reaches to the left and to the right of its middle, and the room between two."""

    def __init__(self, left: list[float], right: list[float], gap: list[float]) -> None:
        self.left, self.right, self.gap = left, right, gap

    def apart(self, a: int, b: int) -> float:
        """How far the middles of two neighbours have to be apart."""
        return self.right[a] + self.left[b] + max(self.gap[a], self.gap[b])

    def mirrored(self) -> Sides:
        """As seen in a mirror."""
        return Sides(self.right, self.left, self.gap)


def across(ranked: Ranked, sides: Sides, starts: dict[Link, float], ends: dict[Link, float]) -> list[float]:
    """The x of each element's middle. `starts` and `ends` are where links begin and end, from the middles of their elements."""
    up: Ways = [[(k.up, ends[k], starts[k], k.skips) for k in links] for links in ranked.above]
    down: Ways = [[(k.down, starts[k], ends[k], k.skips) for k in links] for links in ranked.below]
    conflicts = _conflicts(ranked)
    found = []
    for ways, rows in ((up, ranked.rows), (down, ranked.rows[::-1])):
        found.append(_one(ways, rows, conflicts, sides))
        mirror: Ways = [[(e, -here, -there, skips) for e, here, there, skips in each] for each in ways]
        found.append([-x for x in _one(mirror, [row[::-1] for row in rows], conflicts, sides.mirrored())])
    return _averaged(found, sides)


def _conflicts(ranked: Ranked) -> set[tuple[int, int]]:
    """Links that cross one between two dummies: a long edge is straight, so these are not."""
    found: set[tuple[int, int]] = set()
    for row in ranked.rows[1:]:
        low = at = 0
        for i, element in enumerate(row):
            inner = [k.up for k in ranked.above[element] if ranked.is_dummy(k.up)] if ranked.is_dummy(element) else []
            if not inner and i < len(row) - 1:
                continue
            high = ranked.place[inner[0]] if inner else len(ranked.place)
            while at <= i:
                links = [k for k in ranked.above[row[at]] if not (ranked.is_dummy(k.up) and ranked.is_dummy(k.down))]
                found |= {(k.up, k.down) for k in links if not low <= ranked.place[k.up] <= high}
                at += 1
            low = high
    return found


def _one(ways: Ways, rows: list[list[int]], conflicts: set[tuple[int, int]], sides: Sides) -> list[float]:
    """One of the four: as far to the left as it goes."""
    count = len(ways)
    root, shift, taken = list(range(count)), [0.0] * count, [False] * count
    place = [0] * count
    for row in rows:
        for i, e in enumerate(row):
            place[e] = i
    for row in rows[1:]:
        last = -1
        for e in row:
            for other, here, there in _medians(ways[e], place):
                if place[other] > last and not taken[other] and not {(other, e), (e, other)} & conflicts:
                    root[e], shift[e] = root[other], shift[other] + there - here
                    taken[other] = True
                    last = place[other]
                    break
    return _compact(rows, root, shift, sides)


def _medians(ways: list[tuple[int, float, float, bool]], place: list[int]) -> list[tuple[int, float, float]]:
    """The neighbours in the middle; those that a skipping edge comes by only if there are no others."""
    plain = [way for way in ways if not way[3]] or ways
    ordered = sorted(plain, key=lambda way: (place[way[0]], way[2]))
    middle = (len(ordered) - 1) / 2
    ends = sorted({int(middle), int(middle + 0.5)}) if ordered else []
    return [ordered[i][:3] for i in ends]


def _compact(rows: list[list[int]], root: list[int], shift: list[float], sides: Sides) -> list[float]:
    """Blocks as far to the left as what stands beside them lets them, then to the right where there is room on that side."""
    after: dict[int, dict[int, float]] = {}
    before: dict[int, int] = {}
    for row in rows:
        for e in row:
            before.setdefault(root[e], 0)
        for a, b in pairwise(row):
            room = sides.apart(a, b) + shift[a] - shift[b]
            others = after.setdefault(root[a], {})
            if root[b] not in others:
                before[root[b]] = before.get(root[b], 0) + 1
            others[root[b]] = max(others.get(root[b], room), room)
    order = [block for block, count in before.items() if not count]
    x: dict[int, float] = {}
    for block in order:  # grows as it goes
        x.setdefault(block, 0.0)
        for other, room in after.get(block, {}).items():
            x[other] = max(x.get(other, x[block] + room), x[block] + room)
            before[other] -= 1
            if not before[other]:
                order.append(other)
    for block in reversed(order):
        if after.get(block):
            x[block] = max(x[block], min(x[other] - room for other, room in after[block].items()))
    return [x[root[e]] + shift[e] for e in range(len(root))]


def _averaged(found: list[list[float]], sides: Sides) -> list[float]:
    """The mean of the middle two of four, once all are moved over the narrowest."""
    spans = [
        (min(x - w for x, w in zip(xs, sides.left, strict=True)), max(x + w for x, w in zip(xs, sides.right, strict=True))) for xs in found
    ]
    low, high = min(spans, key=lambda span: span[1] - span[0])
    moved = []
    for i, (xs, (left, right)) in enumerate(zip(found, spans, strict=True)):
        by = low - left if i % 2 == 0 else high - right
        moved.append([x + by for x in xs])
    return [sum(sorted(four)[1:3]) / 2 for four in zip(*moved, strict=True)]
