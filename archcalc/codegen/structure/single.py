"""Loops of a single pass, in one instance of a block, where other instances go through the same steps more often."""

from __future__ import annotations

from dataclasses import replace

from archcalc.codegen.literals import Group
from archcalc.codegen.structure.steps import NAME, Body, Loop, Path, Step


def with_single_passes(body: Body, label: str, model: Body, model_label: str) -> Body:
    """The body with loops where the model has them and its own steps are just one pass. Labels are what layers' names begin with."""
    for at, loop in enumerate(model.steps):
        if isinstance(loop, Loop) and loop.counts and at < len(body.steps) and not isinstance(body.steps[at], Loop):
            body = _with_pass(body, label, at, loop, model_label) or body
    return body


def _with_pass(body: Body, label: str, at: int, model: Loop, model_label: str) -> Body | None:
    """The body with a loop like the model at one place; None if the steps there do something else, or others read what is in between."""
    end = at + len(model.body.steps)
    steps, others = body.steps[at:end], (*body.steps[:at], *body.steps[end:])
    if [s.key() for s in steps] != [s.key() for s in model.body.steps]:
        return None
    values = {
        v: w
        for one, own in zip(model.body.steps, steps, strict=True)
        for v, w in zip((*one.reads, *one.gives), (*own.reads, *own.gives), strict=True)
    }
    reads, left = tuple(values[v] for v in model.body.inputs), values[model.body.outputs[0]]
    read_outside = {*body.outputs, *(v for s in others for v in s.reads)}
    if any(v in read_outside and v != left for s in steps for v in s.gives):
        return None
    start = int(model.made.items[0]) if len(model.made.items) == 2 else 0  # type: ignore[arg-type]
    passing = tuple(_numbered(s, label, m, model_label, model.variables[0], start) for s, m in zip(steps, model.body.steps, strict=True))
    inner = Body(tuple(s for s in passing if s is not None), reads, (left,))
    if None in passing or inner.key() != model.body.key():
        return None
    made = Group("range(", [*([str(start)] if start else []), str(start + 1)], ")")
    loop = replace(model, made=made, reads=reads, gives=(left,), body=inner)
    return body._replace(steps=(*body.steps[:at], loop, *body.steps[end:]))


def _numbered(step: Step, label: str, model: Step, model_label: str, index: str, start: int) -> Step | None:
    """The step with the names that the model has, in terms of the count; None if its own are others."""
    texts: dict[Path, str] = {}
    own = {s.path: s.text for s in step.slots()}
    for slot in model.slots():
        if slot.hint == NAME and f"{{{index}}}" in slot.text:
            text = slot.text.replace(f'f"{model_label}_', f'f"{label}_', 1)
            if text.replace(f"{{{index}}}", str(start)) != "f" + own.get(slot.path, ""):
                return None
            texts[slot.path] = text
    return step.filled(texts)
