"""The instances of one block, laid over one another: what all have, and what only some have.

Instances differ in their arguments, and in steps that a condition takes or leaves. Laid over one another they become one
body, in which each step is a row: what it is at each place, None where it is not taken. A value that is given by a step which is
not taken is then another one: a shortcut without its convolution is what flowed in.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from operator import and_
from typing import Any, NamedTuple

from archcalc.codegen.structure.steps import Body, Loop, Step
from archcalc.codegen.structure.unify import Row

MAX_STEPS = 60  # in a body that is laid over another: the work grows with the square
MAX_VARIANTS = 20  # of a block; what comes in more of them is no one function


class Overlay(NamedTuple):
    """Bodies laid over one another. Values have the names that they have where they were first met."""

    rows: tuple[Row, ...]
    reads: tuple[tuple[str, ...], ...]  # of each row
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    otherwise: dict[str, str]  # what a value is, where the step that gives it is not taken
    places: tuple[Body, ...]

    @classmethod
    def of(cls, bodies: list[Body]) -> Overlay:
        """Of bodies that differ in their arguments alone."""
        first = bodies[0]
        rows = tuple(Row(steps) for steps in zip(*(b.steps for b in bodies), strict=True))
        return cls(rows, tuple(s.reads for s in first.steps), first.inputs, first.outputs, {}, tuple(bodies))

    def gives(self, row: int) -> tuple[str, ...]:
        """The values that a row gives."""
        return self.rows[row].first.gives

    def taken(self, row: int) -> tuple[bool, ...]:
        """Where a row is taken."""
        return tuple(s is not None for s in self.rows[row].steps)

    def inputs_at(self, place: int) -> tuple[str, ...]:
        """What flows in there, by the names that it has there."""
        own: dict[str, str] = {}
        for row, reads in zip(self.rows, self.reads, strict=True):
            step = row.steps[place]
            own |= {} if step is None else dict(zip(map(partial(self._settled, place), reads), step.reads, strict=True))
        return tuple(own[v] for v in self.inputs)

    def _settled(self, place: int, value: str) -> str:
        """What a value is, where the step that gives it may not be taken."""
        while value in self.otherwise and value in self._absent(place):
            value = self.otherwise[value]
        return value

    def _absent(self, place: int) -> set[str]:
        return {v for i, row in enumerate(self.rows) if row.steps[place] is None for v in self.gives(i)}

    def body_at(self, place: int) -> Body:
        """The body at one place, made out of the rows again."""
        steps = [
            replace(step, reads=tuple(self._settled(place, v) for v in self.reads[i]), gives=self.gives(i))
            for i, row in enumerate(self.rows)
            if (step := row.steps[place]) is not None
        ]
        read = tuple(dict.fromkeys(v for s in steps for v in s.reads if v in self.inputs))
        return Body(tuple(steps), read, tuple(self._settled(place, v) for v in self.outputs))


def overlaid(bodies: list[Body]) -> list[Overlay]:
    """The bodies in as few overlays as they fit into."""
    alike: dict[Any, list[Body]] = {}
    for body in bodies:
        alike.setdefault(body.key(), []).append(body)
    found: list[Overlay] = []
    for group in sorted(alike.values(), key=lambda g: -len(g[0].steps)):
        one = Overlay.of(group)
        for i, other in enumerate(found if len(alike) <= MAX_VARIANTS else ()):
            if (both := _together(other, one)) is not None:
                found[i] = both
                break
        else:
            found.append(one)
    return found


def _together(one: Overlay, other: Overlay) -> Overlay | None:
    """Two overlays as one; None where they cannot be."""
    if max(len(one.rows), len(other.rows)) > MAX_STEPS or other.otherwise or len(one.inputs) != len(other.inputs):
        return None
    for late in (False, True):
        laid = _Laying(one, other).lay(_pairs(one, other, late))
        if laid is not None and _stands_for_all(laid):
            return laid
    return None


# ---- which steps correspond -------------------------------------------------------------------------------------


def _pairs(one: Overlay, other: Overlay, late: bool) -> list[tuple[int | None, int | None]]:
    """The rows of both in one order: in pairs where they correspond. The best sum of likenesses, by dynamic programming."""
    a, b = [r.first for r in one.rows], [r.first for r in other.rows]
    keys = [s.key() for s in a], [s.key() for s in b]
    best = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in reversed(range(len(a))):
        for j in reversed(range(len(b))):
            both = best[i + 1][j + 1] + _likeness(a[i], b[j]) if keys[0][i] == keys[1][j] else 0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], both)
    found: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(a) or j < len(b):
        here = best[i][j]
        pair = i < len(a) and j < len(b) and keys[0][i] == keys[1][j] and here == best[i + 1][j + 1] + _likeness(a[i], b[j])
        skip_a = i < len(a) and here == best[i + 1][j]
        skip_b = j < len(b) and here == best[i][j + 1]
        if pair and not (late and (skip_a or skip_b)):
            found.append((i, j))
            i, j = i + 1, j + 1
        elif skip_a:
            found.append((i, None))
            i += 1
        else:
            found.append((None, j))
            j += 1
    return found


def _likeness(a: Step, b: Step) -> int:
    """How alike two steps of the same key are: by their arguments, and by what a person has called them."""
    texts = {s.path: s.text for s in a.slots()}
    same = sum(texts.get(s.path) == s.text for s in b.slots())
    return 10 + same + 5 * (a.names[:1] == b.names[:1])


# ---- laying -----------------------------------------------------------------------------------------------------


class _Laying:
    """Lays the rows of `other` over those of `one`, and follows the values: `image` is what one of the other's is here."""

    def __init__(self, one: Overlay, other: Overlay) -> None:
        self.one, self.other = one, other
        self.image: dict[str, str] = {}
        self.otherwise = dict(one.otherwise)
        self.absent: set[str] = set()  # values of rows that the other does not have
        self.optional = {v for i, row in enumerate(one.rows) if None in row.steps for v in one.gives(i)}
        self.given: list[str] = []  # in order, so far
        self.rows: list[Row] = []
        self.reads: list[tuple[str, ...]] = []
        self.inputs = list(one.inputs)

    def lay(self, pairs: list[tuple[int | None, int | None]]) -> Overlay | None:
        here, there = (len(o.places) for o in (self.one, self.other))
        for i, j in pairs:
            mine = self.one.rows[i].steps if i is not None else (None,) * here
            theirs = self.other.rows[j].steps if j is not None else (None,) * there
            self.rows.append(Row((*mine, *theirs)))
            if not self._values(i, j):
                return None
        outputs = [self._same(a, b) for a, b in zip(self.one.outputs, self.other.outputs, strict=False)]
        if None in outputs or len(self.one.outputs) != len(self.other.outputs):
            return None
        places = (*self.one.places, *self.other.places)
        return Overlay(tuple(self.rows), tuple(self.reads), tuple(self.inputs), tuple(map(str, outputs)), self.otherwise, places)

    def _values(self, i: int | None, j: int | None) -> bool:
        """Follow the values of a row. False where it does not fit."""
        reads: list[str | None]
        if i is None:
            assert j is not None
            gives = self.other.gives(j)
            reads = [self._imaged(v) for v in self.other.reads[j]]
            self.optional |= set(gives)
            self.image |= dict(zip(gives, gives, strict=True))
        else:
            gives = self.one.gives(i)
            reads = [*self.one.reads[i]]
            if j is None:
                self.optional |= set(gives)
                self.absent |= set(gives)
            else:
                theirs = self.other.reads[j]
                if len(reads) != len(theirs) or len(gives) != len(self.other.gives(j)):
                    return False
                reads = [self._same(a, b) for a, b in zip(self.one.reads[i], theirs, strict=True)]
                self.image |= dict(zip(self.other.gives(j), gives, strict=True))
        known = [v for v in reads if v is not None]
        self.reads.append(tuple(known))
        self.given += gives
        return len(known) == len(reads)

    def _imaged(self, value: str) -> str | None:
        """What a value of the other is here; an input that is first met here is the one that is left over."""
        if value not in self.image and value in self.other.inputs:
            free = [v for v in self.inputs if v not in self.image.values()]
            if len(free) != 1:
                return None
            self.image[value] = free[0]
        return self.image.get(value)

    def _same(self, mine: str, theirs: str) -> str | None:
        """The value that is both: mine in the one, theirs in the other."""
        if theirs not in self.image and theirs in self.other.inputs and mine in self.inputs and mine not in self.image.values():
            self.image[theirs] = mine
        image = self._imaged(theirs)
        if image is None or image == mine:
            return image
        if image in self.optional and image not in self.one_values and self.otherwise.setdefault(image, mine) == mine:
            return image
        if mine not in self.absent:
            return None
        other = self.otherwise.setdefault(mine, image)
        return mine if self._same(other, theirs) == other else None

    @property
    def one_values(self) -> set[str]:
        return {*self.inputs, *(v for i in range(len(self.one.rows)) for v in self.one.gives(i))}


def _stands_for_all(laid: Overlay) -> bool:
    """Whether each place's body comes out again, if the steps that it lacks are left out: whatever was laid over what."""
    order = dict.fromkeys(laid.inputs, -1) | {v: i for i in range(len(laid.rows)) for v in laid.gives(i)}
    begins = list(range(len(laid.rows)))  # of the run of rows that are taken together
    for i in range(1, len(begins)):
        begins[i] = begins[i - 1] if laid.taken(i) == laid.taken(i - 1) else i
    if any(other not in order or order[other] >= begins[order[value]] for value, other in laid.otherwise.items()):
        return False
    if any(_is_loop_or_not(laid, i) for i in range(len(laid.rows))):
        return False
    return all(laid.body_at(place).key() == body.key() for place, body in enumerate(laid.places))


def _is_loop_or_not(laid: Overlay, row: int) -> bool:
    """Whether a loop stands for steps that other places have outside of it: once with a loop, once without."""
    step, taken = laid.rows[row].first, laid.taken(row)
    if not isinstance(step, Loop) or all(taken):
        return False
    inside = {s.key() for s in step.body.all_steps()}
    return any(r.first.key() in inside and not any(map(and_, laid.taken(i), taken)) for i, r in enumerate(laid.rows))
