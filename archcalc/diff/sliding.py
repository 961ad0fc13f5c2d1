"""Of several ways to say what was put in, the one that a person would: whole block instances.

Of `a b a b a b`, where `a b` stood twice before, any two neighbours may be the new ones. What is new is slid along to where it cuts the
fewest instances in two.
"""

from __future__ import annotations

from collections.abc import Callable

from archcalc.diff.sides import Side

MOST_STEPS = 2_000  # of one run


def slide(before: Side, after: Side, to: list[int | None], back: list[int | None], pair: Callable[[int, int], None]) -> None:
    """Slide every run of `after` that has no counterpart, in place."""
    if not after.graph.groups:
        return
    j = 0
    while j < len(after):
        start = j
        while j < len(after) and back[j] is None:
            j += 1
        if start < j:
            _slide(before, after, to, back, pair, start, j)
        j += 1


def _slide(
    before: Side, after: Side, to: list[int | None], back: list[int | None], pair: Callable[[int, int], None], start: int, end: int
) -> None:
    cuts = _cuts(after, start, end)
    best, shift = cuts, 0
    for step in (-1, 1):
        moved, k = 0, 0
        while best and abs(k) < min(end - start, MOST_STEPS):
            source, target = (start + k - 1, end + k - 1) if step < 0 else (end + k, start + k)
            if not _takes_place(before, after, back, source, target, step):
                break
            k += step
            if (now := _cuts(after, start + k, end + k)) < best:
                best, moved = now, k
        shift = moved or shift
    for k in range(abs(shift)):
        source, target = (start - k - 1, end - k - 1) if shift < 0 else (end + k, start + k)
        i = back[source]
        assert i is not None
        back[source] = None
        pair(i, target)


def _takes_place(before: Side, after: Side, back: list[int | None], source: int, target: int, step: int) -> bool:
    """Whether what is paired with `source` could as well be paired with `target`."""
    if not 0 <= source < len(after) or back[source] is None:
        return False
    i = back[source]
    assert i is not None
    return (
        before.sorts[i] == after.sorts[target]
        and before.fed[i] == after.fed[target]
        and before.marks[i].own == after.marks[target].own
        and not after.marks[source].sure
    )


def _cuts(side: Side, start: int, end: int) -> int:
    """How many instances are cut in two: some of their layers are new, and all of them stand not around what is new."""
    groups: set[int] = set()
    for i in (start, end - 1):
        group = side.nodes[i].group
        while group is not None:
            groups.add(id(group))
            group = group.outer
    found = 0
    for key in groups:
        first, last = side.spans[key]
        found += not (start <= first and last < end) and not (first <= start and end - 1 <= last)
    return found
