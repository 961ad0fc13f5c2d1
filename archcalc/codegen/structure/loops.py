"""Regular repetition in a body, folded into loops."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from archcalc.codegen.literals import WIDTH, Expression, Group, flat
from archcalc.codegen.names import free_name
from archcalc.codegen.structure.steps import NAME, Body, Loop, Path, Step, variables_in
from archcalc.codegen.structure.unify import Parameters, Row, UnfitError, unified

LONGEST = 16  # steps in a pass
MOST = 4  # variables of a loop
MOST_PASSES = 60  # through a list, which is to fit into a line
ROUNDS = 3  # loops in loops in loops


def folded(body: Body, least: int = 1, *, counts_only: bool = False) -> Body:
    """The body with loops where they spare so many lines; with `counts_only`, none that goes through a list."""
    for _ in range(ROUNDS):
        before = body
        body = _Folding(body, least, counts_only).fold()
        if len(body.steps) == len(before.steps):
            break
    return body


class _Run(NamedTuple):
    """Passes of so many steps from one step on. A value `enters` the first; from then on it is what each pass leaves.

    `leaves`: which step of a pass gives that value, and as which of its outputs.
    """

    start: int
    period: int
    enters: str
    leaves: tuple[int, int]
    passes: int = 1

    @property
    def end(self) -> int:
        return self.start + self.period * self.passes


class _Folding:
    """The loops in one body."""

    def __init__(self, body: Body, least: int, counts_only: bool) -> None:
        self.body = body
        self.least = least
        self.counts_only = counts_only
        self.steps = body.steps
        keys = [s.key() for s in body.steps]
        texts = [(k, tuple(slot.text for slot in s.slots() if slot.hint != NAME)) for k, s in zip(keys, body.steps, strict=True)]
        self.alike, self.equal = _numbered(keys), _numbered(texts)
        self.giver = {v: (i, k) for i, s in enumerate(body.steps) for k, v in enumerate(s.gives)}
        self.last = dict.fromkeys(body.outputs, len(self.steps))  # where each value is read last
        for i, s in enumerate(body.steps):
            self.last |= {v: max(i, self.last.get(v, i)) for v in s.reads}
        self.listed = [0] * (LONGEST + 1)  # up to where runs of each period have been looked at whose arguments differ

    def fold(self) -> Body:
        found: list[Step] = []
        i = 0
        while i < len(self.steps):
            best = max(self._loops_from(i), key=lambda loop: loop.spares, default=None)
            found.append(self.steps[i] if best is None else best.step)
            i = i + 1 if best is None else best.end
        return self.body._replace(steps=tuple(found))

    def _loops_from(self, start: int) -> Iterator[_Found]:
        counts: list[int] = []
        for period in range(1, LONGEST + 1):
            if any(period % shorter == 0 for shorter in counts):
                continue  # two passes in one spare no more
            loop = self._loop_from(start, period)
            if loop is not None:
                counts += [period] if loop.step.counts else []
                yield loop

    def _loop_from(self, start: int, period: int) -> _Found | None:
        """A loop that spares enough lines: one that counts, else one that goes through a list, which is harder to read."""
        run = self._run(start, period, self.equal)
        if run is not None:
            loop = self._loop(run)
            if loop is not None and loop.spares >= (self.least if loop.step.counts else 3):
                return loop
        if self.counts_only or start < self.listed[period] or self._is_periodic(start, period):
            return None
        run = self._run(start, period, self.alike)
        if run is None:
            return None
        self.listed[period] = run.end - period
        loop = self._loop(run) if run.passes <= MOST_PASSES else None
        return loop if loop is not None and loop.spares >= 3 else None

    def _is_periodic(self, start: int, period: int) -> bool:
        """Whether a pass is itself one step over and over: a list of such passes is as hard to read as they are."""
        return period > 1 and len({*self.alike[start : start + period]}) == 1

    # ---- runs -----------------------------------------------------------------------------------------------

    def _run(self, start: int, period: int, keys: list[int]) -> _Run | None:
        """The longest run from there; None if there are not two passes."""
        if keys[start : start + period] != keys[start + period : start + 2 * period] or start + 2 * period > len(self.steps):
            return None
        run = self._first_pass(start, period)
        if run is None or not self._is_closed(run):
            return None
        while self._goes_on(run, keys) and self._is_closed(longer := run._replace(passes=run.passes + 1)):
            run = longer
        return run if run.passes > 1 else None

    def _first_pass(self, start: int, period: int) -> _Run | None:
        """What enters and leaves: the one value of the first pass that the second reads, and what the first reads in its place."""
        found = set()
        for one, two in zip(self.steps[start : start + period], self.steps[start + period : start + 2 * period], strict=True):
            for v, w in zip(one.reads, two.reads, strict=False):
                at, k = self.giver.get(w, (-1, 0))
                if start <= at < start + period:
                    found.add((v, (at - start, k)))
        return _Run(start, period, *found.pop()) if len(found) == 1 else None

    def _goes_on(self, run: _Run, keys: list[int]) -> bool:
        """Whether the steps behind a run are one pass more, and alone read what its last pass leaves."""
        here, period = run.end, run.period
        if here + period > len(self.steps) or keys[run.start : run.start + period] != keys[here : here + period]:
            return False
        left = self.steps[here - period + run.leaves[0]].gives[run.leaves[1]]
        if self.last.get(left, -1) >= here + period:
            return False
        for one, other in zip(self.steps[run.start : run.start + period], self.steps[here : here + period], strict=True):
            for v, w in zip(one.reads, other.reads, strict=True):
                at, k = self.giver.get(v, (-1, 0))
                inside = run.start <= at < run.start + period
                if w != (self.steps[at - run.start + here].gives[k] if inside else left if v == run.enters else v):
                    return False
        return True

    def _is_closed(self, run: _Run) -> bool:
        """Whether nothing behind the last pass reads what is given in it, but for what it leaves."""
        for at, step in enumerate(self.steps[run.end - run.period : run.end]):
            for k, v in enumerate(step.gives):
                if (at, k) != run.leaves and self.last.get(v, -1) >= run.end:
                    return False
        return True

    # ---- loops ----------------------------------------------------------------------------------------------

    def _loop(self, run: _Run) -> _Found | None:
        """The loop of a run; None where too much differs."""
        passes = [self.steps[i : i + run.period] for i in range(run.start, run.end, run.period)]
        items = _Items(run.passes, {v for s in passes[0] for v in variables_in(s)})
        try:
            steps = tuple(_unnumbered(items.step(Row(row))) for row in zip(*passes, strict=True))
        except UnfitError:
            return None
        made, variables = items.made()
        if len(items.parameters.used) > MOST or items.mixes_names:
            return None
        given = {v for s in steps for v in s.gives}
        reads = tuple(dict.fromkeys((run.enters, *(v for s in steps for v in s.reads if v not in given))))
        left, last = passes[0][run.leaves[0]], passes[-1][run.leaves[0]]
        body = Body(steps, reads, (left.gives[run.leaves[1]],))
        k = run.leaves[1]
        step = Loop(
            made, reads, (last.gives[k],), _unnumbered(last).names[k : k + 1], hints=items.hints(made), body=body, variables=variables
        )
        fits = len(flat(made)) + len(", ".join(variables)) + 20 <= WIDTH
        more = 1 + (0 if fits else run.passes + 1) + (self.last[run.enters] >= run.end)  # the last is a copy of what enters
        return _Found(step, run.end, run.period * (run.passes - 1) - more)


def _unnumbered(step: Step) -> Step:
    """The step with values that are called like the label in a loop, not like its bearer in one pass."""
    return replace(step, names=tuple(re.sub(r"\[\d+\]$", "", name) for name in step.names))


def _numbered(keys: list[Any]) -> list[int]:
    """A number for each key, the same for equal ones: quick to compare."""
    numbers: dict[Any, int] = {}
    return [numbers.setdefault(key, len(numbers)) for key in keys]


class _Found(NamedTuple):
    """A loop, the step behind it, and how many lines it spares."""

    step: Loop
    end: int
    spares: int


class _Items:
    """What a loop goes through: a count, where names are numbered, and a list of what else differs."""

    def __init__(self, passes: int, taken: set[str]) -> None:
        self.passes = passes
        self.taken = taken
        self.index = free_name("i", taken)
        self.first: int | None = None  # of the count
        self.parameters = Parameters({}, [""] * passes, {*taken, self.index})

    def step(self, row: Row) -> Step:
        """The step that stands for those of all passes."""
        counted = self._counted(row)
        if not counted:
            return unified(row, self.parameters)
        steps = [s.filled(counted) for s in row.steps if s is not None]
        return unified(Row(tuple(steps)), self.parameters)

    def _counted(self, row: Row) -> dict[Path, str]:
        """The names whose number counts the passes, in terms of the count."""
        first = row.first
        found = {}
        for slot in first.slots():
            if slot.hint != NAME:
                continue
            texts = [{s.path: s.text for s in step.slots()}.get(slot.path, "") for step in row.steps if step is not None]
            if text := self._numbered(texts):
                found[slot.path] = text
        return found

    def _numbered(self, texts: Sequence[str]) -> str | None:
        for m in re.finditer(r"\d+", texts[0]):
            head, start, tail = texts[0][: m.start()], int(m[0]), texts[0][m.end() :]
            if m[0] == str(start) and self.first in (None, start) and all(t == f"{head}{start + k}{tail}" for k, t in enumerate(texts)):
                self.first = start
                return f"{head if head.startswith('f') else 'f' + head}{{{self.index}}}{tail}"
        return None

    @property
    def mixes_names(self) -> bool:
        """Whether some names are counted and others listed, which is neither."""
        return self.first is not None and any(NAME in name for name in self.parameters.used)

    def hints(self, made: Group) -> tuple[str, ...]:
        """What a person would call the ends of a count."""
        return ("count",) if len(made.items) == 1 else ("start", "stop")

    def made(self) -> tuple[Group, tuple[str, ...]]:
        """What stands after `in`, and the variables before it."""
        found = self.parameters.found()
        names = tuple(p.name for p in found)
        rows: list[Expression] = [_tuple([p.values[k] for p in found]) for k in range(self.passes)]
        if not found:
            start = self.first or 0
            return Group("range(", [str(n) for n in ((start,) if start else ())] + [str(start + self.passes)], ")"), (
                (self.index,) if self.first is not None else ("_",)
            )
        if self.first is None:
            return Group("[", rows, "]"), names
        inner = Group("[", rows, "]")
        count = [str(self.first)] if self.first else []
        shown = names[0] if len(names) == 1 else f"({', '.join(names)})"
        return Group("enumerate(", [inner, *count], ")"), (self.index, shown)


def _tuple(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"
