"""Layers that stand around others: what they compute is what stands inside, at each step, both ways, or in a stack."""

from __future__ import annotations

from typing import Any

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.recurrent import States, Step, go_through, mask_of, step_of, zero_states
from archcalc.engine.store import Array


@kernel("time_distributed")
def time_distributed(call: Call, x: Array) -> Array:
    """Step by step, with the same weights."""
    inside = call.inside(call.layer.inner)
    mask = call.masks[0] if call.masks else None
    outputs = []
    for t in range(x.shape[1]):
        inside.masks = (mask[:, t],) if mask is not None and mask.ndim > 2 else ()
        outputs.append(inside.compute(x[:, t]))
    return np.stack(outputs, 1)


MERGES: dict[str, Any] = {
    "concat": lambda a, b: np.concatenate((a, b), -1),
    "sum": lambda a, b: a + b,
    "mul": lambda a, b: a * b,
    "ave": lambda a, b: (a + b) / 2,
}


@kernel("bidirectional")
def bidirectional(call: Call, x: Array, *states: Array) -> Any:
    """Both ways, each with its weights and its half of the states. What the way back puts out is turned round again."""
    inner = call.layer.inner
    back = type(inner)(**{**vars(inner), "backwards": True})
    half = len(states) // 2
    one, *ours = _way(call, call.inside(inner, "forward"), x, states[:half])
    other, *theirs = _way(call, call.inside(back, "backward"), x, states[half:])
    output = MERGES[call.layer.merge](one, other)
    return (output, *ours, *theirs) if inner.states else output


def _way(call: Call, inside: Call, x: Array, states: States) -> tuple[Array, ...]:
    """One way: what comes out, in the order of the sequence and zeros for padding, and the states if they are put out."""
    mask = mask_of(call, states)
    inside.masks = (mask,)
    found = inside.compute(x, *states)
    output, *parts = found if isinstance(found, tuple) else (found,)
    if inside.layer.sequences:
        output = output[:, ::-1] if inside.layer.backwards else output
        output = output if mask is None else np.where(mask.reshape(*mask.shape, *(1,) * (output.ndim - 2)), output, 0)
    return output, *parts


@kernel("stacked_rnn")
def stacked_rnn(call: Call, x: Array, *states: Array) -> Any:
    """At each step one cell after another, each with its states."""
    steps: list[Step] = []
    begin: list[States] = []
    read = x.shape[-1]
    for i, cell in enumerate(call.layer.layers, 1):
        steps.append(step_of(call.inside(cell, f"cell_{i}"), read))
        begin.append(zero_states(cell, x))
        read = cell.units
    counts = [len(s) for s in begin]

    def step(at: Array, before: States) -> tuple[Array, States]:
        after: list[Array] = []
        for each, count in zip(steps, counts, strict=True):
            at, own = each(at, before[len(after) : len(after) + count])
            after += own
        return at, tuple(after)

    return go_through(call, step, x, states or tuple(s for each in begin for s in each), mask_of(call, states))
