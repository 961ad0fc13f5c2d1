"""What stands in a network several times, each reading the one before or all the same: it is drawn once, with how often."""

from __future__ import annotations

from typing import Any

from archcalc.graph import Node
from archcalc.languages import tr
from archcalc.report.drawing.items import NAME, Builder, Item, Words
from archcalc.report.drawing.words import TIMES, shape_text

LONGEST = 24  # items that may stand there again and again


class Repeats:
    """Finds them. `instead` gets which values stand for those that are not drawn, by the ids of their nodes."""

    def __init__(self, builder: Builder, instead: dict[int, Node]) -> None:
        self.outputs = builder.outputs
        self.instead = instead
        self.readers: dict[int, list[Node]] = {}
        for node in builder.nodes:
            for source in node.inputs:
                self.readers.setdefault(id(source), []).append(node)

    def once(self, items: list[Item]) -> list[Item]:
        """The items, with those that are there several times only once; inside of frames first."""
        for item in items:
            if item.inside:
                item.inside = self.once(item.inside)
        numbers: dict[Any, int] = {}
        alike = Alike([numbers.setdefault(_sign(item), len(numbers)) for item in items])
        found: list[Item] = []
        at = 0
        while at < len(items):
            length, times = alike.most(at)
            some = items[at : at + length * times]
            in_a_row = self._following(some, length)
            times = in_a_row if in_a_row > 1 else self._beside(some, length)
            if times == 1:
                found.append(items[at])
                at += 1
                continue
            found.append(self._merged(some[: length * times], length, times, times > in_a_row))
            at += length * times
        return found

    def _following(self, items: list[Item], length: int) -> int:
        """How many times, of each so many items, they read as the first do, but for one value: that of those before, not what comes in."""
        nodes, last = _nodes(items, 0, length), _nodes(items, 0, length)
        first = {id(n): i for i, n in enumerate(nodes)}
        before, passed = first, None
        for k in range(1, len(items) // length):
            copy = _nodes(items, k, length)
            here = {id(n): i for i, n in enumerate(copy)}
            found = _passed(nodes, copy, (first, before, here))
            passed = passed or found
            if found is None or found != passed or not self._stays(last, found[1], [*last, *copy]):
                return k
            before, last = here, copy
        return len(items) // length

    def _beside(self, items: list[Item], length: int) -> int:
        """How many times, of each so many items, they read what the first do, and what comes out of them is read by the same."""
        nodes = _nodes(items, 0, length)
        first = {id(n): i for i, n in enumerate(nodes)}
        read_by = self._read_by(nodes, first)
        if not any(read_by) or not all(n.inputs for n in nodes):
            return 1
        for k in range(1, len(items) // length):
            copy = _nodes(items, k, length)
            here = {id(n): i for i, n in enumerate(copy)}
            if not _as_first(nodes, copy, first, here) or self._read_by(copy, here) != read_by:
                return k
        return len(items) // length

    def _read_by(self, copy: list[Node], places: dict[int, int]) -> list[set[int]]:
        """Of each node what else reads it; a value that the network puts out is read as no other is."""
        return [
            {id(r) for r in self.readers.get(id(n), ()) if id(r) not in places} | ({id(n)} if id(n) in self.outputs else set())
            for n in copy
        ]

    def _stays(self, copy: list[Node], exit_: int, near: list[Node]) -> bool:
        """Whether only those nearby read a copy's values, and of those that follow only the one that it passes on."""
        own, both = set(map(id, copy)), set(map(id, near))
        for i, node in enumerate(copy):
            allowed = both if i == exit_ else own
            if id(node) in self.outputs or any(id(r) not in allowed for r in self.readers.get(id(node), ())):
                return False
        return True

    def _merged(self, items: list[Item], length: int, times: int, beside: bool) -> Item:
        """One item for all."""
        first = items[:length]
        for i in range(length, len(items)):
            self.instead |= {id(b): a for a, b in zip(items[i % length].nodes, items[i].nodes, strict=True)}
        said = Words(tr("{times} side by side", times=f"{TIMES}{times:,}") if beside else f"{TIMES}{times}", NAME, "times")
        if length == 1:
            first[0].times *= times
            first[0].beside = beside
            first[0].words.append(said)
            return first[0]
        frame = Item([n for item in first for n in item.nodes], "frame", [said])
        frame.inside, frame.times, frame.beside = first, times, beside
        return frame


def _passed(first: list[Node], copy: list[Node], places: tuple[dict[int, int], dict[int, int], dict[int, int]]) -> tuple[int, int] | None:
    """What comes into the first, and where in a copy is what comes into the next in its place; None where they read differently.

    `places` are those of the first's nodes, of the nodes of the copy before, and of this copy's.
    """
    one, before, here = places
    passed: set[tuple[int, int]] = set()
    for a, b in zip(first, copy, strict=True):
        for source, other in zip(a.inputs, b.inputs, strict=True):
            if id(source) in one:
                if here.get(id(other)) != one[id(source)]:
                    return None
            elif id(other) in before:
                passed.add((id(source), before[id(other)]))
            elif source is not other:
                return None
    return next(iter(passed)) if len(passed) == 1 else None


def _nodes(items: list[Item], k: int, length: int) -> list[Node]:
    """Those of the k-th of several times so many items."""
    return [n for item in items[k * length : (k + 1) * length] for n in item.nodes]


def _as_first(first: list[Node], copy: list[Node], one: dict[int, int], here: dict[int, int]) -> bool:
    """Whether what a copy's nodes read is at the same place in it, or the same from outside."""
    pairs = ((a, b) for x, y in zip(first, copy, strict=True) for a, b in zip(x.inputs, y.inputs, strict=True))
    return all(a is b if id(a) not in one else here.get(id(b)) == one[id(a)] for a, b in pairs)


class Alike:
    """Where items that look alike stand again and again."""

    def __init__(self, signs: list[int]) -> None:
        self.count = len(signs)
        self.same = [self._same(signs, length) for length in range(1, min(LONGEST, len(signs) // 2) + 1)]

    @staticmethod
    def _same(signs: list[int], length: int) -> list[int]:
        """From each item on, how many in a row look as those do that stand so much further on."""
        found = [0] * (len(signs) - length + 1)
        for i in range(len(signs) - length - 1, -1, -1):
            found[i] = found[i + 1] + 1 if signs[i] == signs[i + length] else 0
        return found

    def most(self, at: int) -> tuple[int, int]:
        """How many items, from `at` on, look alike how many times in a row: where most is saved."""
        best = (1, 1)
        for length, same in enumerate(self.same[: (self.count - at) // 2], 1):
            times = 1 + same[at] // length
            if (times - 1) * length > (best[1] - 1) * best[0]:
                best = (length, times)
        return best


def _sign(item: Item) -> tuple[Any, ...]:
    """What two items that look alike have in common: layers, arguments, shapes, weights. Labels may differ."""
    signed: list[Any] = [item.group.kind if item.group else "", item.times, item.dead, item.style, *map(_sign, item.inside)]
    for node in item.nodes:
        arguments = tuple((name, str(value)) for name, value in node.layer.given().items()) if node.layer is not None else ()
        params = str(node.row.params) if node.row is not None else ""
        signed.append((node.kind, arguments, shape_text(node), params, len(node.inputs), node.shares is None))
    return tuple(signed)
