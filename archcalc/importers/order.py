"""In which order calls are written, and which of them stand in the branches of a merge: as a person would write the graph."""

from __future__ import annotations

import heapq
from typing import NamedTuple

MOST_INSIDE = 40  # calls in a merge's branches: with more, a reader looks for the braces
MOST_NESTED = 3


class Step(NamedTuple):
    """A call to be written: what it reads, as numbers of steps; whether it merges what branches put out, and whether by joining it."""

    sources: tuple[int, ...]
    merges: bool = False
    joins: bool = False


class Region(NamedTuple):
    """What stands in a merge's branches: the step that all of them read, and each branch's steps in order."""

    entry: int
    branches: tuple[tuple[int, ...], ...]


def in_order(steps: list[Step], ends: list[int], first: list[int]) -> tuple[list[int], list[int]]:
    """All steps, each after what it reads, chains kept together; and those that are in a cycle, and cannot be written.

    `first` are written before all others, `ends` in this order; steps that lead to none of them come last.
    """
    order: list[int] = []
    state = [0] * len(steps)  # 1: waiting for what it reads, 2: written
    cycle: list[int] = []
    for end in (*first, *ends, *range(len(steps))):
        stack = [(end, 0)] if not state[end] else []
        while stack:
            step, i = stack.pop()
            sources = steps[step].sources
            state[step] = 1
            while i < len(sources) and state[sources[i]] == 2:
                i += 1
            if i == len(sources):
                state[step] = 2
                order.append(step)
            elif state[sources[i]] == 1:
                cycle = [s for s, _ in stack[[s for s, _ in [*stack, (step, 0)]].index(sources[i]) :]] + [step]
                return order, cycle
            else:
                stack.append((step, i))
                stack.append((sources[i], 0))
    return order, cycle


def regions(steps: list[Step], order: list[int], outputs: set[int]) -> dict[int, Region]:
    """The merges that are written with branches, and what stands in them."""
    place = {step: i for i, step in enumerate(order)}
    readers: list[int] = [0] * len(steps)
    for reader in steps:
        for source in reader.sources:
            readers[source] += 1
    for output in outputs:
        readers[output] += 1
    found: dict[int, Region] = {}
    depth: dict[int, int] = {}
    for step in order:
        if steps[step].merges and len(steps[step].sources) > 1:
            region = _region(steps, step, place, readers)
            if region is None:
                continue
            inner = 1 + max((depth.get(s, 0) for branch in region.branches for s in branch), default=0)
            if inner <= MOST_NESTED:
                found[step], depth[step] = region, inner
    return found


def _region(steps: list[Step], merge: int, place: dict[int, int], readers: list[int]) -> Region | None:
    entry = _entry(steps, merge, place)
    if entry is None:
        return None
    branches: list[tuple[int, ...]] = []
    owned: dict[int, int] = {}
    for i, end in enumerate(steps[merge].sources):
        inside = _between(steps, entry, end)
        if any(step in owned for step in inside):
            return None
        owned |= dict.fromkeys(inside, i)
        branches.append(tuple(sorted(inside, key=place.__getitem__)))
    if not owned or not all(
        branch and branch[-1] == end for branch, end in zip(branches, steps[merge].sources, strict=True) if end != entry
    ):
        return None
    empty = sum(not branch for branch in branches)
    if empty > 1 or (empty and steps[merge].joins):
        return None  # twice the same; and who joins what was with what became of it names both
    read = dict.fromkeys(owned, 0)
    for reader in (*owned, merge):
        for source in steps[reader].sources:
            if source in read:
                read[source] += 1
    return Region(entry, tuple(branches)) if all(read[s] == readers[s] for s in owned) else None


def _entry(steps: list[Step], merge: int, place: dict[int, int]) -> int | None:
    """The nearest step that all ways to a merge lead through; None if it is far away, or there is none."""
    waiting = [-place[s] for s in set(steps[merge].sources)]
    heapq.heapify(waiting)
    at = {-place[s]: s for s in steps[merge].sources}
    for _ in range(MOST_INSIDE + 1):
        last = heapq.heappop(waiting)
        while waiting and waiting[0] == last:
            heapq.heappop(waiting)
        if not waiting:
            return at[last]
        if not steps[at[last]].sources:
            return None
        for source in steps[at[last]].sources:
            at[-place[source]] = source
            heapq.heappush(waiting, -place[source])
    return None


def _between(steps: list[Step], entry: int, end: int) -> set[int]:
    """The steps from which `end` is made, as far as `entry`, which is not among them."""
    inside: set[int] = set()
    waiting = [end]
    while waiting:
        step = waiting.pop()
        if step != entry and step not in inside:
            inside.add(step)
            waiting += steps[step].sources
    return inside
