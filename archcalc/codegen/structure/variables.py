"""Variables for the values of a body. What flows from each step to the next is called x; what is read later has a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from archcalc.codegen.names import free_name
from archcalc.codegen.structure.steps import Apply, Body, Call, Loop, Step, variables_in


class Flow:
    """Which values of a body live on under which variables.

    `fixed` are the variables of values that come from outside; those of the values in `kept` may never become another's.
    `ends_flow`: what the body puts out may be x as well.
    """

    def __init__(
        self,
        body: Body,
        fixed: Mapping[str, str],
        kept: Iterable[str],
        taken: Iterable[str],
        passing: str = "x",
        *,
        ends_flow: bool = True,
    ) -> None:
        self.body = body
        self.taken = {*taken, passing, *(v for s in body.steps for v in variables_in(s))}
        self.kept = set(kept)
        self.passing = passing
        self.fixed = fixed
        self.ends_flow = ends_flow
        self.given = {v: i for i, s in enumerate(body.steps) for v in s.gives} | dict.fromkeys(body.inputs, -1)
        self.begins = _begins(body.steps)
        self.reads = self._reads()
        self.same: dict[str, str] = {}  # values that a later one takes the variable of
        self._join()
        self.names = self._names()

    def __getitem__(self, value: str) -> str:
        return self.names[value]

    def is_read(self, value: str) -> bool:
        return value in self.reads

    def _reads(self) -> dict[str, list[int]]:
        """Where each value is read; one that another is otherwise, where that one may be given."""
        found: dict[str, list[int]] = {v: [len(self.body.steps)] for v in self.body.outputs}
        for i, s in enumerate(self.body.steps):
            for v in s.reads:
                found.setdefault(v, []).append(i)
        for value, other in self.body.otherwise.items():
            found.setdefault(other, []).append(self.begins[self.given[value]])
        return found

    def _join(self) -> None:
        """Let what flows through a loop, or around steps that are not taken, keep its variable, where nothing needs it any more."""
        for i, s in enumerate(self.body.steps):
            if isinstance(s, Loop) and s.reads[0] not in s.reads[1:]:
                self._become(s.reads[0], s.gives[0], i)
        for value, other in self.body.otherwise.items():
            self._become(other, value, self.given[value])

    def _become(self, value: str, later: str, at: int) -> None:
        """Let a value that is given at a step take the variable of another that is not needed from there on."""
        if value in self.kept or value in self.same or max(self.reads[value]) > at:
            return
        if self.given[value] < 0 and value not in self.fixed and not self._passes(value):
            return  # what flows in keeps its name
        entering = self.body.inputs[0]
        held = self.fixed.get(self._last(later)) == self.fixed.get(entering, "")  # the variable of what came in
        if not held or value == entering or max(self.reads[entering]) <= self.given[value]:
            self.same[value] = later

    def _passes(self, value: str) -> bool:
        """Whether only the next step reads it."""
        at = self.given[value]
        if at >= 0 and value != self.body.steps[at].gives[0]:
            return False  # it comes with another value, which is the one that flows
        if value in self.body.outputs and not self.ends_flow and not (at >= 0 and isinstance(self.body.steps[at], Loop)):
            return False
        if any(isinstance(s, Loop) and value in s.reads[1:] for s in self.body.steps[at + 1 : at + 2]):
            return False  # every pass reads it
        return all(r == at + 1 for r in self.reads.get(value, ())) and not value.endswith((" layer", " layers"))

    def _names(self) -> dict[str, str]:
        last = {v: self._last(v) for v in self.given}
        classes: dict[str, list[str]] = {}
        for v, end in last.items():
            classes.setdefault(end, []).append(v)
        names: dict[str, str] = {}
        for end, members in classes.items():
            first = min(members, key=self.given.__getitem__)
            outside = next((self.fixed[v] for v in members if v in self.fixed), None)
            if outside is not None:
                name = outside
            elif all(map(self._passes, members)):
                name = self.passing
            else:
                own = self._own(first if self.given[first] < 0 else end)
                name = own if own in ("inputs", "outputs") and own not in self.taken else free_name(own, self.taken)
                self.taken.add(name)
            names |= dict.fromkeys(members, name)
        return names

    def _last(self, value: str) -> str:
        while value in self.same:
            value = self.same[value]
        return value

    def _own(self, value: str) -> str:
        """What a person would call a value. One that may not be given has the first label on the way to it."""
        at = self.given[value]
        if at < 0:
            return self._input(value)
        step = self.body.steps[at]
        if not self.ends_flow and self.body.outputs == (value,) and not _is_named(step):
            return "outputs"
        if value in self.body.otherwise:
            way = self.body.steps[self.begins[at] : at + 1]
            labelled = [s.names[0] for s in way if isinstance(s, Apply) and s.node.named]
            other = self.given.get(self.body.otherwise[value], -1)
            unlabelled = "chosen" if other >= 0 and self.body.steps[other].when else step.names[0]  # one of two, neither of which it is
            return (labelled or [unlabelled])[0]
        return step.names[step.gives.index(value)]

    def _input(self, value: str) -> str:
        """What a person would call what flows in: a layer that is shared by what it is called where it is applied."""
        if value == self.body.inputs[0]:
            return "inputs"
        step = next(s for s in self.body.steps if value in s.reads)
        return f"{step.names[0]}_layer" if isinstance(step, Apply) and step.shared and step.reads[-1] == value else "other"


def _is_named(step: Step) -> bool:
    """Whether a person has given it a name, not a count."""
    if isinstance(step, Call):
        return re.fullmatch(rf"{step.function.wanted}_\d+", step.names[0]) is None
    return not isinstance(step, Apply) or step.node.named


def _begins(steps: tuple[Step, ...]) -> list[int]:
    """Where the steps begin that are taken together with each."""
    found: list[int] = []
    for i, s in enumerate(steps):
        found.append(found[-1] if i and s.when and s.when == steps[i - 1].when else i)
    return found
