"""Two sequences laid side by side at the least cost, within a band around the diagonal that grows until it is wide enough.

Time and memory are those of the band: for sequences that are nearly equal, little more than their length. (Ukkonen 1985,
"Algorithms for approximate string matching": what costs less than t never leaves the diagonals that t steps aside reach.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

ALONE = 6  # what it costs that an entry has no counterpart
FIRST_WIDTH = 8
NEVER = 10**9
_PAIR, _A_ALONE, _B_ALONE = 0, 1, 2


class Budget:
    """How many cells may be worked out in all: each takes about half a microsecond, and a byte while its table is there."""

    def __init__(self, cells: int) -> None:
        self.cells = cells

    def takes(self, cells: int) -> bool:
        """Whether so many more are allowed; then they are counted."""
        if cells > self.cells:
            return False
        self.cells -= cells
        return True


Cost = Callable[[int, int], int]


def align(a: Sequence[int], b: Sequence[int], cost: Cost, budget: Budget) -> list[tuple[int, int]] | None:
    """The pairs of the cheapest alignment, in order; None where that is more work than the budget allows.

    `cost(x, y)` is what a pair of entries costs, NEVER for one that must not be.
    """
    m, n = len(a), len(b)
    slack = FIRST_WIDTH
    while True:
        low, high = -slack - max(m - n, 0), slack + max(n - m, 0)
        whole = -low >= m and high >= n
        if not budget.takes((m + 1) * (min(high, n) - max(low, -m) + 1)):
            return None
        total, steps = _within(a, b, cost, low, high)
        # Outside of the band, at least slack + 1 more stand alone on either side than must.
        if whole or total <= ALONE * (abs(m - n) + 2 * (slack + 1)):
            return _back(steps, m, n, low)
        slack *= 4


def _within(a: Sequence[int], b: Sequence[int], cost: Cost, low: int, high: int) -> tuple[int, list[bytearray]]:
    """The least cost within the band of diagonals low..high, and for each cell the step that led there."""
    n, width = len(b), high - low + 1
    steps: list[bytearray] = []
    before: list[int] = []
    for i in range(len(a) + 1):
        row, line = [NEVER] * width, bytearray(width)
        for k in range(max(0, -low - i), min(width, n - low - i + 1)):
            j = i + low + k
            best, step = (0, _PAIR) if i == j == 0 else (NEVER, _PAIR)
            if i and j and before[k] < NEVER:
                best = before[k] + cost(a[i - 1], b[j - 1])
            if i and k + 1 < width and before[k + 1] + ALONE < best:
                best, step = before[k + 1] + ALONE, _A_ALONE
            if j and k and row[k - 1] + ALONE < best:
                best, step = row[k - 1] + ALONE, _B_ALONE
            row[k], line[k] = best, step
        steps.append(line)
        before = row
    return before[n - len(a) - low], steps


def _back(steps: list[bytearray], i: int, j: int, low: int) -> list[tuple[int, int]]:
    """The pairs on the way back from the end to the start."""
    found: list[tuple[int, int]] = []
    while i or j:
        step = steps[i][j - i - low]
        if step == _PAIR:
            i, j = i - 1, j - 1
            found.append((i, j))
        elif step == _A_ALONE:
            i -= 1
        else:
            j -= 1
    return found[::-1]


def rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of these pairs, sorted by the first entry, whose second entries rise as well."""
    from bisect import bisect_left

    ends: list[int] = []  # the second entry with which a chain of that length ends, the least of all
    at: list[int] = []
    chain: list[int] = []
    for index, (_, y) in enumerate(pairs):
        k = bisect_left(ends, y)
        ends[k : k + 1] = [y]
        at[k : k + 1] = [index]
        chain.append(at[k - 1] if k else -1)
    found, i = [], at[-1] if at else -1
    while i >= 0:
        found.append(pairs[i])
        i = chain[i]
    return found[::-1]
