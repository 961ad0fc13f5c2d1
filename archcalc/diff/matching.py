"""Which layer of one network is which of the other.

1. Labels: what labels alone name is the same layer wherever it stands.
2. What comes from the same, layer for layer, or leads to the same (`ancestry`).
3. Between these, in the order in which the layers run: what is the same at either end, and then the cheapest alignment, which
   weighs kinds, arguments, labels and what is read. Names made by counting mean nothing: one more layer changes all later ones.
4. What is left over is looked for elsewhere (`leftovers`): next to what was found, and where there is only one such layer.

Where an alignment would be too much work, sorts of layers that are there once on either side are held fast, and what stands between them
is paired in order, kind by kind.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence

from archcalc.diff.aligning import ALONE, NEVER, Budget, align, rising
from archcalc.diff.ancestry import pair_kin
from archcalc.diff.leftovers import find_elsewhere
from archcalc.diff.rewiring import exchange
from archcalc.diff.sides import Side, differing
from archcalc.diff.sliding import slide

CELLS = 2_000_000  # of all alignments of two networks: about two seconds

Pairs = list[tuple[int, int]]


class Matching:
    """Places in one network to places in the other, and back. `out_of_order`: places of the first that were found elsewhere."""

    def __init__(self, a: Side, b: Side) -> None:
        self.a = a
        self.b = b
        self.to: list[int | None] = [None] * len(a)
        self.back: list[int | None] = [None] * len(b)
        self.out_of_order: set[int] = set()

    def pair(self, i: int, j: int) -> None:
        """These two are one layer."""
        self.to[i], self.back[j] = j, i

    def part(self, i: int) -> None:
        """A layer of the first network is not what it was taken for."""
        j = self.to[i]
        if j is not None:
            self.to[i] = self.back[j] = None
            self.out_of_order.discard(i)

    def clash(self, i: int, j: int) -> bool:
        """Whether labels say that two nodes are different ones: one has a label that another node there has."""
        one, two = self.a.marks[i], self.b.marks[j]
        if (one.own, one.around) == (two.own, two.around):
            return False
        kinds = self.a.nodes[i].kind, self.b.nodes[j].kind
        return (bool(one.own or one.around) and (kinds[0], one.around, one.own) in self.b.locals) or (
            bool(two.own or two.around) and (kinds[1], two.around, two.own) in self.a.locals
        )

    @property
    def pairs(self) -> Pairs:
        return [(i, j) for i, j in enumerate(self.to) if j is not None]


def match(a: Side, b: Side) -> Matching:
    """Match the nodes of two networks."""
    found = Matching(a, b)
    by_name = [(i, b.named[name]) for name, i in a.named.items() if name in b.named and may_be(a, b, i, b.named[name])]
    for i, j in by_name:
        found.pair(i, j)
    pair_kin(found)
    chain = rising(found.pairs)
    aligner = _Aligner(found)
    i = j = 0
    for end_a, end_b in [*chain, (len(a), len(b))]:
        aligner.between(_free(found.to, i, end_a), _free(found.back, j, end_b))
        i, j = end_a + 1, end_b + 1
    slide(found.a, found.b, found.to, found.back, found.pair)
    slide(found.b, found.a, found.back, found.to, lambda j, i: found.pair(i, j))
    find_elsewhere(found)
    exchange(found)
    pairs = found.pairs
    found.out_of_order.update(i for i, _ in set(pairs) - set(rising(pairs)))
    return found


def _free(partners: list[int | None], start: int, end: int) -> list[int]:
    return [i for i in range(start, end) if partners[i] is None]


def may_be(a: Side, b: Side, i: int, j: int) -> bool:
    """An input is an input, a layer's further output is one; any other layer may have become any other, if its label says so."""
    one, two = a.nodes[i], b.nodes[j]
    return one.kind == two.kind or (bool(one.inputs and two.inputs) and _family(a, i) is not None and _family(b, j) is not None)


def _family(side: Side, i: int) -> str | None:
    """The family of a node's kind; None of what no statement makes."""
    layer = side.nodes[i].layer
    return layer.family or None if layer is not None else None


class _Aligner:
    """Aligns stretches of two networks."""

    def __init__(self, found: Matching) -> None:
        self.found = found
        self.a, self.b = found.a, found.b
        self.sorts = (set(self.a.sorts), set(self.b.sorts))
        self.budget = Budget(CELLS)
        self._costs: dict[Hashable, int] = {}

    def between(self, a: Sequence[int], b: Sequence[int]) -> None:
        """Pair what stands between two fixed places."""
        a, b = self._trim(a, b, self._same_and_fed, self._same)
        if not a or not b:
            return
        pairs = align(a, b, self.cost, self.budget)
        if pairs is None:
            self._coarsely(a, b)
        else:
            self._take([(a[i], b[j]) for i, j in pairs])

    def _take(self, pairs: Pairs) -> None:
        for i, j in pairs:
            self.found.pair(i, j)

    def _trim(
        self, a: Sequence[int], b: Sequence[int], first: Callable[[int, int], bool], last: Callable[[int, int], bool]
    ) -> tuple[Sequence[int], Sequence[int]]:
        """Pair what is the same from the start and from the end on; what is left."""
        start, end = 0, min(len(a), len(b))
        while start < end and first(a[start], b[start]):
            self.found.pair(a[start], b[start])
            start += 1
        back = 0
        while back < end - start and last(a[-1 - back], b[-1 - back]):
            back += 1
            self.found.pair(a[-back], b[-back])
        return a[start : len(a) - back], b[start : len(b) - back]

    def _same(self, i: int, j: int) -> bool:
        a, b = self.a, self.b
        return (a.sorts[i], a.fed[i], a.feeds[i]) == (b.sorts[j], b.fed[j], b.feeds[j]) and not self.found.clash(i, j)

    def _same_and_fed(self, i: int, j: int) -> bool:
        """The same, and it reads what was found to be the same."""
        return (
            (self.a.sorts[i], self.a.feeds[i]) == (self.b.sorts[j], self.b.feeds[j])
            and [self.found.to[s] for s in self.a.reads[i]] == self.b.reads[j]
            and not self.found.clash(i, j)
        )

    def cost(self, i: int, j: int) -> int:
        """What it costs to take two nodes for one layer: nothing where they, and their neighbours, are the same in every respect."""
        a, b = self.a, self.b
        near = (a.fed[i] != b.fed[j]) + (a.feeds[i] != b.feeds[j])
        key = (a.sorts[i], b.sorts[j], a.marks[i], b.marks[j])
        known = self._costs.get(key)
        if known is None:
            known = self._costs[key] = self._cost(i, j)
        return known + near

    def _cost(self, i: int, j: int) -> int:
        a, b = self.a, self.b
        one, two = a.marks[i], b.marks[j]
        if not may_be(a, b, i, j):
            return NEVER
        cost = 0
        if a.nodes[i].kind != b.nodes[j].kind:
            if one.own and one.own == two.own:
                cost = 4
            elif _family(a, i) == _family(b, j):
                cost = 8
            else:
                return NEVER
        elif a.sorts[i] != b.sorts[j]:
            # The very same layer may stand elsewhere: rather that one.
            elsewhere = a.sorts[i] in self.sorts[1] or b.sorts[j] in self.sorts[0]
            cost = min(5, 2 * len(differing(a.nodes[i], b.nodes[j]))) + 3 * elsewhere
        if self.found.clash(i, j):
            cost += 4
        elif one.own != two.own:
            cost += 1
        cost += one.around != two.around
        return cost

    # ---- beyond the budget ------------------------------------------------------------------------------------------

    def _coarsely(self, a: Sequence[int], b: Sequence[int]) -> None:
        a, b = self._trim(a, b, self._alike, self._alike)
        anchors = rising(self._once(a, b))
        at_a, at_b = ({x: k for k, x in enumerate(places)} for places in (a, b))
        i = j = 0
        for x, y in [*anchors, (-1, -1)]:
            end_a, end_b = (at_a[x], at_b[y]) if x >= 0 else (len(a), len(b))
            self._stretch(a[i:end_a], b[j:end_b])
            i, j = end_a + 1, end_b + 1
        self._take(anchors)

    def _stretch(self, a: Sequence[int], b: Sequence[int]) -> None:
        """What stands between two anchors: aligned if it is little, else paired in order."""
        pairs = align(a, b, self.cost, Budget(min(self.budget.cells, ALONE * 2_000))) if a and b else []
        if pairs is not None:
            self.budget.takes(min(self.budget.cells, (len(a) + 1) * (len(b) + 1)))
            self._take([(a[i], b[j]) for i, j in pairs])
            return
        there: dict[str, list[int]] = defaultdict(list)
        for y in reversed(b):
            there[self.b.nodes[y].kind].append(y)
        found = [(x, there[kind].pop()) for x in a if there.get(kind := self.a.nodes[x].kind)]
        self._take([(x, y) for x, y in rising(found) if not self.found.clash(x, y)])

    def _alike(self, i: int, j: int) -> bool:
        return self.a.nodes[i].kind == self.b.nodes[j].kind and not self.found.clash(i, j)

    def _once(self, a: Sequence[int], b: Sequence[int]) -> Pairs:
        """What is there once on either side: the same layer, which reads the same sorts of layers."""
        keys_a, keys_b = ([(side.sorts[x], side.fed[x]) for x in places] for side, places in ((self.a, a), (self.b, b)))
        count_a, count_b = Counter(keys_a), Counter(keys_b)
        there = {key: y for key, y in zip(keys_b, b, strict=True) if count_b[key] == 1}
        return [(x, there[key]) for key, x in zip(keys_a, a, strict=True) if count_a[key] == 1 and key in there]
