"""Runs of layers that stand in many places, as helpers: a convolution with its normalisation, and perhaps an activation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from archcalc.codegen.structure.functions import Function
from archcalc.codegen.structure.steps import Apply, Body, Call, Loop, Step, variables_in
from archcalc.codegen.structure.unify import Parameters, Row, unified

PLACES = 4  # fewest for a helper
MOST = 3  # helpers
LONGEST = 4  # layers in a run


def outlined(bodies: list[Body]) -> tuple[list[Body], list[Function]]:
    """The bodies with calls of helpers in place of runs that stand in many places, and the helpers."""
    helpers: list[Function] = []
    for _ in range(MOST):
        runs = _runs_in_parts(bodies)
        if not runs:
            break
        helper, calls = _helper(runs)
        helpers.append(helper)
        bodies = [_replaced(body, calls) for body in bodies]
    return bodies, helpers


class _Links(NamedTuple):
    """What follows what: the step behind each that is its only reader, and reads nothing else."""

    next: dict[int, Apply]  # by the step's id

    @classmethod
    def of(cls, bodies: list[Body]) -> _Links:
        found: dict[int, Apply] = {}
        for body in _nested(bodies):
            found |= _links_in(body)
        return cls(found)


def _links_in(body: Body) -> dict[int, Apply]:
    counts = Counter(v for s in body.steps for v in s.reads)
    counts.update(body.outputs)
    counts.update([*body.otherwise, *body.otherwise.values()])
    found: dict[int, Apply] = {}
    for one, two in pairwise(body.steps):
        if _plain(one) and _plain(two) and one.when == two.when and two.reads == one.gives and counts[one.gives[0]] == 1:
            assert isinstance(two, Apply)
            found[id(one)] = two
    return found


def _nested(bodies: list[Body]) -> Iterator[Body]:
    for body in bodies:
        yield body
        yield from _nested([s.body for s in body.steps if isinstance(s, Loop)])


def _plain(step: Step) -> bool:
    return isinstance(step, Apply) and not step.shared and len(step.reads) == len(step.gives) == 1


def _kind(step: Step) -> Any:
    """What is alike in all places of a helper: the key, whatever the condition is."""
    return replace(step, when="").key()


def _runs_in_parts(bodies: list[Body]) -> list[list[Apply]]:
    """The runs that a helper stands for, none of which is all that a function does."""
    runs = _runs(bodies)
    lengths = {id(run[0]): len(run) for run in runs}
    others = [body for body in bodies if lengths.get(id(body.steps[0])) != len(body.steps)]
    return runs if len(others) == len(bodies) else _runs_in_parts(others)


def _runs(bodies: list[Body]) -> list[list[Apply]]:
    """The runs that a helper stands for; [] if there are none. Begins with the commonest pair, and goes on as long as others do."""
    links = _Links.of(bodies).next
    steps = [s for body in _nested(bodies) for s in body.steps if isinstance(s, Apply)]
    pairs = Counter((_kind(s), _kind(links[id(s)])) for s in steps if id(s) in links)
    pairs = Counter({pair: n for pair, n in pairs.items() if pair[0] != pair[1]})
    if not pairs:
        return []
    (first, second), places = pairs.most_common(1)[0]
    if places < PLACES:
        return []
    runs = [[s, links[id(s)]] for s in steps if id(s) in links and (_kind(s), _kind(links[id(s)])) == (first, second)]
    while len(max(runs, key=len)) < LONGEST:
        longest = max(map(len, runs))
        behind = Counter(_kind(links[id(r[-1])]) for r in runs if len(r) == longest and id(r[-1]) in links)
        kind, count = behind.most_common(1)[0] if behind else (None, 0)
        if count < 2 or kind in map(_kind, runs[0]):
            break
        for run in runs:
            if len(run) == longest and id(run[-1]) in links and _kind(links[id(run[-1])]) == kind:
                run.append(links[id(run[-1])])
    return runs


def _helper(runs: list[list[Apply]]) -> tuple[Function, dict[int, tuple[Call, int]]]:
    """The helper, and for the first step of each run its call, and how many steps it takes the place of."""
    taken = {v for run in runs for step in run for v in variables_in(step)}
    parameters = Parameters({}, [""] * len(runs), taken)
    longest = max(runs, key=len)
    steps: list[Step] = []
    otherwise = {}
    when = ""
    value = "a value"
    for i, model in enumerate(longest):
        there = [len(run) > i for run in runs]
        row = Row(tuple(run[i] if len(run) > i else None for run in runs))
        step = unified(row, parameters)
        if not all(there):
            if i == 0 or all(len(run) > i - 1 for run in runs) or there != [len(run) > i - 1 for run in runs]:
                when = parameters.condition(there, f"with_{model.node.kind}")
                target = f"value {i}"
                otherwise[target] = value
        given = f"value {i}"
        steps.append(replace(step, reads=(value,), gives=(given,), names=("x",), when="" if all(there) else when))
        value = given
    kinds = [s.node.kind for s in longest]
    always = [s.node.kind for s, t in zip(longest, steps, strict=True) if not t.when]
    found = parameters.found()
    by_position = sum(p.default is None and p.name in longest[0].hints for p in found)
    prose = f"{', '.join(kinds)}: they follow each other in {len(runs)} places."
    helper = Function("_".join(always), prose, Body(tuple(steps), ("a value",), (value,), otherwise), found, by_position)
    calls = {}
    for place, run in enumerate(runs):
        names = next((s.names for s in run if s.node.named), run[-1].names)
        call = helper.call([p.values[place] for p in found], run[0].reads, run[-1].gives, names)
        calls[id(run[0])] = (replace(call, when=run[0].when), len(run))
    return helper, calls


def _replaced(body: Body, calls: dict[int, tuple[Call, int]]) -> Body:
    steps: list[Step] = []
    passed = 0
    for step in body.steps:
        if passed:
            passed -= 1
        elif id(step) in calls:
            call, count = calls[id(step)]
            steps.append(call)
            passed = count - 1
        elif isinstance(step, Loop):
            steps.append(replace(step, body=_replaced(step.body, calls)))
        else:
            steps.append(step)
    return body._replace(steps=tuple(steps))
