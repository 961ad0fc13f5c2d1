"""Convolutional recurrent layers: an LSTM whose sums are convolutions."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.recurrent import States, Step, go_through, guarded, mask_of, zeros
from archcalc.engine.kernels.windows import on_each, sliding
from archcalc.engine.store import Array


class _OfStates(NamedTuple):
    """The window over the states: it keeps their size, whatever the layer's own does."""

    kernel: tuple[int, ...]
    stride: int = 1
    padding: str = "same"


def _convolved(call: Call, x: Array, window: Any, weights: Array) -> Array:
    """The sums over all taps of a window, of what each reads by its weights."""
    slide = sliding(x, window)
    out: Any = 0
    for tap, read in slide.taps():
        out = out + call.product(read.reshape(-1, x.shape[-1]), weights[tap])
    return np.asarray(out.reshape(len(x), *slide.places, weights.shape[-1]))


def _step(call: Call, x: Array) -> Step:
    """The step for maps such as these: a convolution of what flows in, and one of the h of the step before."""
    layer = call.layer
    size = on_each(layer.kernel, x.ndim - 3)
    maps = 4 * layer.filters
    of_step = call.weight("kernel", (*size, x.shape[-1], maps))
    of_state = call.weight("recurrent_kernel", (*size, layer.filters, maps))
    biases = call.weight("bias", (maps,)) if layer.bias == "shared" else np.zeros(maps, of_step.dtype)

    def step(at: Array, states: States) -> tuple[Array, States]:
        sums = _convolved(call, at, layer, of_step) + biases
        h, c = states or zeros(sums, *[(*sums.shape[1:-1], layer.filters)] * 2)
        return guarded(layer, sums + _convolved(call, h, _OfStates(size), of_state), c, call.last)

    return step


@kernel("conv_lstm")
def conv_lstm(call: Call, x: Array, *states: Array) -> Any:
    """The whole sequence of maps. Without states, the first step makes zeros as large as its own sums are."""
    return go_through(call, _step(call, x), x, states, mask_of(call, states))
