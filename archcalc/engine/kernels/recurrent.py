"""Recurrent layers, one step after another: a cell is a function from a step and its states to what comes out and new states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.activation import activate
from archcalc.engine.store import Array

States = tuple[Array, ...]
Step = Callable[[Array, States], tuple[Array, States]]


def _weights(call: Call, read: int, sets: int, *each: int) -> tuple[Array, Array, Array]:
    """The kernels of the step's values and of the state, and the biases: zeros if there are none."""
    maps = sets * call.layer.units
    kernel_of_step = call.weight("kernel", (read, maps))
    kernel_of_state = call.weight("recurrent_kernel", (call.layer.units, maps))
    biases = call.weight("bias", (*each, maps)) if call.layer.bias == "shared" else np.zeros((*each, maps), kernel_of_step.dtype)
    return kernel_of_step, kernel_of_state, biases


def _rnn(call: Call, read: int) -> Step:
    layer = call.layer
    kernel_of_step, kernel_of_state, biases = _weights(call, read, 1)

    def step(x: Array, states: States) -> tuple[Array, States]:
        h = activate(layer.activation, call.product(x, kernel_of_step) + biases + call.product(states[0], kernel_of_state))
        return h, (h,)

    return step


def _lstm(call: Call, read: int) -> Step:
    layer = call.layer
    kernel_of_step, kernel_of_state, biases = _weights(call, read, 4)

    def step(x: Array, states: States) -> tuple[Array, States]:
        sums = call.product(x, kernel_of_step) + biases + call.product(states[0], kernel_of_state)
        return guarded(layer, sums, states[1])

    return step


def guarded(layer: Any, sums: Array, c: Array, axis: int = -1) -> tuple[Array, States]:
    """What the gates of an LSTM let through: of its sums, those of the gates i and f, the candidate and the gate o, in this order."""
    i, f, candidate, o = np.split(sums, 4, -1)
    i, f, o = (activate(layer.gates, gate, axis) for gate in (i, f, o))
    c = f * c + i * activate(layer.activation, candidate, axis)
    h = o * activate(layer.activation, c, axis)
    return h, (h, c)


def _gru(call: Call, read: int) -> Step:
    layer = call.layer
    kernel_of_step, kernel_of_state, biases = _weights(call, read, 3, *((2,) if layer.reset_after else ()))
    ours, theirs = biases if layer.reset_after else (biases, np.zeros_like(biases))
    units = layer.units

    def step(x: Array, states: States) -> tuple[Array, States]:
        (h,) = states
        z, r, candidate = np.split(call.product(x, kernel_of_step) + ours, 3, -1)
        of_z, of_r = np.split(call.product(h, kernel_of_state[:, : 2 * units]) + theirs[: 2 * units], 2, -1)
        z, r = activate(layer.gates, z + of_z), activate(layer.gates, r + of_r)
        last = kernel_of_state[:, 2 * units :]
        # The reset gate guards what the state became, or the state itself.
        state = r * (call.product(h, last) + theirs[2 * units :]) if layer.reset_after else call.product(r * h, last)
        h = z * h + (1 - z) * activate(layer.activation, candidate + state)
        return h, (h,)

    return step


CELLS = {"rnn": _rnn, "lstm": _lstm, "gru": _gru}
STATES = {"rnn": 1, "lstm": 2, "gru": 1}


def step_of(call: Call, read: int) -> Step:
    """The step of a cell that reads so many values. It asks for the cell's weights once."""
    return CELLS[call.layer.kind.removesuffix("_cell")](call, read)


def zeros(x: Array, *shapes: tuple[int, ...]) -> States:
    """States to begin with, where none flow in: of these shapes, for as many samples as flow in."""
    return tuple(np.zeros((len(x), *shape), x.dtype) for shape in shapes)


def zero_states(layer: Any, x: Array) -> States:
    """The states that a cell begins with."""
    return zeros(x, *[(layer.units,)] * STATES[layer.kind.removesuffix("_cell")])


def go_through(call: Call, step: Step, x: Array, states: States, mask: Array | None = None) -> Any:
    """Go through the steps of a sequence: what comes out at each or at the last, and the last states if they are put out.

    A step that is padding changes no state, and what came out before it comes out again: zeros at first.
    """
    layer = call.layer
    outputs: list[Array] = []
    for t in reversed(range(x.shape[1])) if layer.backwards else range(x.shape[1]):
        out, after = step(x[:, t], states)
        if mask is not None:
            holds = mask[:, t]
            out = _kept(holds, out, outputs[-1] if outputs else None)
            after = tuple(_kept(holds, *pair) for pair in zip(after, states or (None,) * len(after), strict=True))
        states = after
        outputs.append(out)
    if layer.sequences:
        call.room((len(x), len(outputs), *outputs[-1].shape[1:]), x)
    output = np.stack(outputs, 1) if layer.sequences else outputs[-1]
    return (output, *states) if layer.states else output


def mask_of(call: Call, states: States) -> Array | None:
    """Which steps hold data. Keras does not ask where states flow in as well: it takes all steps for data then."""
    return call.masks[0] if call.masks and not states else None


def _kept(holds: Array, new: Array, old: Array | None) -> Array:
    """The new values of those samples, or of those places in them, whose step holds data, and the old ones of the others.

    Keras cannot run what marks other places than come out: such marks hide nothing here.
    """
    if holds.shape[1:] != new.shape[1 : holds.ndim]:
        return new
    return np.where(holds.reshape(*holds.shape, *(1,) * (new.ndim - holds.ndim)), new, np.zeros_like(new) if old is None else old)


@kernel("rnn", "lstm", "gru")
def sequence(call: Call, x: Array, *states: Array) -> Any:
    """The whole sequence; the states are zeros if none flow in."""
    return go_through(call, step_of(call, x.shape[-1]), x, states or zero_states(call.layer, x), mask_of(call, states))


@kernel("rnn_cell", "lstm_cell", "gru_cell")
def cell(call: Call, x: Array, *states: Array) -> Any:
    """A single step, and the states after it."""
    output, after = step_of(call, x.shape[-1])(x, states)
    return (output, *after)
