"""Bodies as lines of Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from archcalc.codegen.application import arguments_of, targets_of
from archcalc.codegen.literals import WIDTH, Expression, Group, flat, layout, prefixed
from archcalc.codegen.structure.columns import negated
from archcalc.codegen.structure.functions import Function
from archcalc.codegen.structure.steps import Apply, Body, Call, Loop, Stack, Step
from archcalc.codegen.structure.variables import Flow

INDENT = 4


def function_source(function: Function, reserved: Iterable[str]) -> str:
    """The source of a function."""
    body = function.body
    parameters = [p.name if p.default is None else f"{p.name}={p.default}" for p in function.parameters]
    flow = Flow(body, {}, (), {*reserved, *(p.name for p in function.parameters)})
    head = layout(Group(f"def {function.name}(", [*(flow[v] for v in body.inputs), *parameters], "):"))
    lines = [head, f'    """{function.prose}"""', *_Lines(body, flow, INDENT).all()]
    return "\n".join([*_returning(lines, [flow[v] for v in body.outputs])]) + "\n"


def _returning(lines: list[str], outputs: list[str]) -> list[str]:
    """The lines, and what is put out: at once, where the last of them only gives it a name."""
    head = f"    {outputs[0]} = "
    if len(outputs) == 1:
        at = next((i for i in reversed(range(len(lines))) if not lines[i].startswith(("     ", "    ]", "    )"))), 0)
        if lines[at].startswith(head):
            return [*lines[:at], "    return " + lines[at][len(head) :], *lines[at + 1 :]]
    return [*lines, f"    return {', '.join(outputs)}"]


def body_lines(body: Body, fixed: Mapping[str, str], reserved: Iterable[str]) -> tuple[list[str], Flow]:
    """The lines of the network's own body, and the variables in it."""
    flow = Flow(body, fixed, fixed, reserved, ends_flow=False)
    return list(_Lines(body, flow, INDENT).all()), flow


class _Lines:
    """Writes one body, so far to the right."""

    def __init__(self, body: Body, flow: Flow, indent: int) -> None:
        self.body = body
        self.flow = flow
        self.indent = indent

    def all(self) -> Iterator[str]:
        before = ""  # the condition of the steps before these, if they are the first that it is about
        for when, run in groupby(self.body.steps, key=lambda s: s.when):
            steps = list(run)
            copies = list(self._copies(steps)) if when else []
            is_other = bool(before) and not copies and when == negated(before)
            yield from copies
            if when:
                yield " " * self.indent + ("else:" if is_other else f"if {when}:")
            for step in steps:
                yield from self._step(step, self.indent + (INDENT if when else 0))
            before = "" if is_other else when

    def _copies(self, steps: list[Step]) -> Iterator[str]:
        """What the values are that these steps may not give, where that is not their own variable."""
        for value in (v for s in steps for v in s.gives if v in self.body.otherwise):
            one, other = self.flow[value], self.flow[self.body.otherwise[value]]
            if one != other:
                yield " " * self.indent + f"{one} = {other}"

    def _step(self, step: Step, indent: int) -> Iterator[str]:
        if isinstance(step, Loop):
            yield from self._loop(step, indent)
        elif isinstance(step, Stack):
            yield from self._stack(step, indent)
        elif isinstance(step, Apply):
            yield from self._apply(step, indent)
        elif isinstance(step, Call):
            names = ", ".join(self.flow[v] if self.flow.is_read(v) else "_" for v in step.gives)
            values = [self.flow[v] for v in step.reads]
            made = Group(f"{step.function.name}(", [*values, *step.made.items], ")")
            yield layout(prefixed(f"{names} = ", made), indent)

    def _apply(self, step: Apply, indent: int) -> Iterator[str]:
        read = [self.flow[v] for v in step.reads]
        gives = list(step.gives)
        made: Expression = step.made
        is_named = step.shared
        if step.shared:
            name = self.flow[gives.pop()] if step.makes else read[-1]
            if step.makes:
                yield layout(prefixed(f"{name} = ", step.made), indent)
            made = name
        targets = targets_of(step.node, [self.flow[v] if self.flow.is_read(v) or len(gives) == 1 else "_" for v in gives])
        arguments = arguments_of(step.node, read[: len(step.node.inputs)])
        line = f"{targets} = {flat(made)}({arguments})"
        if is_named or len(line) + indent <= WIDTH:
            yield layout(Group(f"{targets} = {flat(made)}(", [arguments], ")"), indent)
        else:
            yield layout(prefixed("layer = ", made), indent)
            yield layout(Group(f"{targets} = layer(", [arguments], ")"), indent)

    def _stack(self, step: Stack, indent: int) -> Iterator[str]:
        margin = " " * indent
        layers = self.flow[step.gives[1] if step.makes else step.reads[1]]
        if step.makes:
            yield layout(prefixed(f"{layers} = ", step.made), indent)
        entering, leaving = self.flow[step.reads[0]], self.flow[step.gives[0]]
        if entering != leaving:
            yield f"{margin}{leaving} = {entering}"
        yield f"{margin}for layer in {layers}:"
        yield f"{margin}    {leaving} = layer({leaving})"

    def _loop(self, step: Loop, indent: int) -> Iterator[str]:
        entering, leaving = self.flow[step.reads[0]], self.flow[step.gives[0]]
        if entering != leaving:
            yield " " * indent + f"{leaving} = {entering}"
        head = f"for {', '.join(step.variables)} in "
        yield layout(Group(head + step.made.head, step.made.items, step.made.tail + ":"), indent)
        body = step.body
        # Inside, values have the names that they have at one place; in a function it may be another that they have around it.
        fixed = {v: self.flow[r] for v, r in zip(body.inputs, step.reads, strict=True)}
        fixed |= {body.inputs[0]: leaving, body.outputs[0]: leaving}
        needed = any(body.inputs[0] in s.reads for s in body.steps[1:])
        held = {*self.flow.fixed.values()} - {leaving} | ({leaving} if needed else set())
        passing = next(n for n in ("x", "y", "z", "passing") if n not in held)
        flow = Flow(body, fixed, body.inputs[1:], {*self.flow.taken, *self.flow.names.values()}, passing)
        yield from _Lines(body, flow, indent + INDENT).all()
