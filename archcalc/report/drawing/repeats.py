"""What stands in a network several times in a row, each reading the one before: it is drawn once, with how often."""

from __future__ import annotations

from typing import Any

from archcalc.graph import Node
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
        signs = [numbers.setdefault(_sign(item), len(numbers)) for item in items]
        found: list[Item] = []
        at = 0
        while at < len(items):
            length, times = _run(signs, at)
            times = self._following(items[at : at + length * times], length)
            if times == 1:
                found.append(items[at])
                at += 1
                continue
            found.append(self._merged(items[at : at + length * times], length, times))
            at += length * times
        return found

    def _following(self, items: list[Item], length: int) -> int:
        """How many times, of each so many items, they read as the first do, but for one value: that of those before, not what comes in."""
        copies = [[n for item in items[i : i + length] for n in item.nodes] for i in range(0, len(items), length)]
        first = {id(n): i for i, n in enumerate(copies[0])}
        before, passed = first, None
        for k in range(1, len(copies)):
            here = {id(n): i for i, n in enumerate(copies[k])}
            found = _passed(copies[0], copies[k], (first, before, here))
            passed = passed or found
            if found is None or found != passed or not self._stays(copies[k - 1], found[1], [*copies[k - 1], *copies[k]]):
                return k
            before = here
        return len(copies)

    def _stays(self, copy: list[Node], exit_: int, near: list[Node]) -> bool:
        """Whether only those nearby read a copy's values, and of those that follow only the one that it passes on."""
        own, both = set(map(id, copy)), set(map(id, near))
        for i, node in enumerate(copy):
            allowed = both if i == exit_ else own
            if id(node) in self.outputs or any(id(r) not in allowed for r in self.readers.get(id(node), ())):
                return False
        return True

    def _merged(self, items: list[Item], length: int, times: int) -> Item:
        """One item for all."""
        first = items[:length]
        for i in range(length, len(items)):
            self.instead |= {id(b): a for a, b in zip(items[i % length].nodes, items[i].nodes, strict=True)}
        said = Words(f"{TIMES}{times}", NAME, "times")
        if length == 1:
            first[0].times *= times
            first[0].words.append(said)
            return first[0]
        frame = Item([n for item in first for n in item.nodes], "frame", [said])
        frame.inside, frame.times = first, times
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


def _run(signs: list[int], at: int) -> tuple[int, int]:
    """How many items, from `at` on, look alike how many times in a row: where most is saved."""
    best = (1, 1)
    for length in range(1, min(LONGEST, (len(signs) - at) // 2) + 1):
        times = 1
        while signs[at + times * length : at + (times + 1) * length] == signs[at : at + length]:
            times += 1
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
