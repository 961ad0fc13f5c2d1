"""Convolutions: for each tap of the kernel, what it reads at all places times its weights, added up.

Tap by tap, no array is larger than the input or the output.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.activation import activate
from archcalc.engine.kernels.windows import Sliding, sliding
from archcalc.engine.store import Array


class Part(NamedTuple):
    """Some output maps: g times as many as read the same c input maps.

    `read` (g, c) are the input maps, `weights` (*kernel, g, c, f) theirs, `maps` (g, f) the output maps.
    """

    read: Array
    weights: Array
    maps: Array


@kernel("conv")
def conv(call: Call, x: Array) -> Array:
    """Every output map has one kernel over the input maps that it reads."""
    layer = call.layer
    slide = sliding(x, layer, call=call)
    shape = (len(x), *slide.places, layer.filters)
    call.room(shape, x)
    if layer.maps is not None or layer.groups > 1:
        return _finish(call, _in_parts(call, slide, shape))
    weights = call.weight("kernel", (*slide.kernel, x.shape[-1], layer.filters))
    out = np.zeros((prod(shape[:-1]), layer.filters), x.dtype)
    for tap, read in slide.taps():
        out += call.product(read.reshape(-1, x.shape[-1]), weights[tap])
    return _finish(call, out.reshape(shape))


def _in_parts(call: Call, slide: Sliding, shape: tuple[int, ...]) -> Array:
    """Output maps that do not read all input maps, those that read equally many together."""
    channels = slide.array.shape[-1]
    parts = _groups(call, slide, channels) if call.layer.maps is None else _by_table(call, slide)
    out = np.zeros((prod(shape[:-1]), shape[-1]), slide.array.dtype)
    for tap, read in slide.taps():
        rows = read.reshape(-1, channels)
        for part in parts:
            found = call.product(np.moveaxis(rows[:, part.read], 0, 1), part.weights[tap])
            out[:, part.maps] += np.moveaxis(found, 1, 0)
    return out.reshape(shape)


def _groups(call: Call, slide: Sliding, channels: int) -> list[Part]:
    """Groups of equal size, side by side."""
    layer = call.layer
    c, f = channels // layer.groups, layer.filters // layer.groups
    weights = call.weight("kernel", (*slide.kernel, c, layer.filters)).reshape(*slide.kernel, c, layer.groups, f)
    return [Part(np.arange(channels).reshape(-1, c), np.moveaxis(weights, -2, -3), np.arange(layer.filters).reshape(-1, f))]


def _by_table(call: Call, slide: Sliding) -> list[Part]:
    """The output maps of a connection table. Only its connections have weights, numbered row by row."""
    table = [[mark == "X" for mark in row] for row in call.layer.maps.rows]
    numbers = {pair: i for i, pair in enumerate((i, j) for i, row in enumerate(table) for j, connects in enumerate(row) if connects)}
    weights = call.weight("kernel", (*slide.kernel, len(numbers)))
    columns = {j: [i for i, row in enumerate(table) if row[j]] for j in range(len(table[0]))}
    parts = []
    for fan_in in sorted({len(read) for read in columns.values()}):
        maps = [j for j, read in columns.items() if len(read) == fan_in]
        entries = np.array([[numbers[i, j] for i in columns[j]] for j in maps])
        parts.append(Part(np.array([columns[j] for j in maps]), weights[..., entries, None], np.array(maps)[:, None]))
    return parts


def _finish(call: Call, out: Array) -> Array:
    """The bias, and the activation."""
    layer = call.layer
    if layer.bias == "shared":
        out += call.weight("bias", (out.shape[-1],))
    elif layer.bias == "untied":
        out += call.weight("bias", out.shape[1:])
    return activate(layer.activation, out, call.last)


def _depthwise(call: Call, slide: Sliding, name: str, ends: tuple[int, int]) -> Array:
    """Each input map times its own kernels. The weights' last axes in Keras are `ends`."""
    channels, multiplier = slide.array.shape[-1], call.layer.multiplier
    shape = (len(slide.array), *slide.places, channels, multiplier)
    call.room(shape, slide.array)
    weights = call.weight(name, (*slide.kernel, *ends)).reshape(*slide.kernel, channels, multiplier)
    out = np.zeros(shape, slide.array.dtype)
    for tap, read in slide.taps():
        out += call.einsum("...c,cm->...cm", read, weights[tap])
    return out.reshape(*shape[:-2], channels * multiplier)


@kernel("depthwise")
def depthwise(call: Call, x: Array) -> Array:
    """Each input map has kernels of its own."""
    slide, channels, multiplier = sliding(x, call.layer, call=call), x.shape[-1], call.layer.multiplier
    # Over three axes, Keras's weights are those of a convolution with a group for each channel.
    ends = (1, channels * multiplier) if x.ndim == 5 else (channels, multiplier)
    return _finish(call, _depthwise(call, slide, "kernel", ends))


@kernel("separable")
def separable(call: Call, x: Array) -> Array:
    """A depthwise convolution, then a mix of the maps at each place."""
    layer: Any = call.layer
    slide = sliding(x, layer, call=call)
    maps = _depthwise(call, slide, "depthwise_kernel", (x.shape[-1], layer.multiplier))
    between = maps.shape[-1]
    call.room((*maps.shape[:-1], layer.filters), x)
    mix = call.weight("pointwise_kernel", (*(1 for _ in slide.kernel), between, layer.filters))
    out = call.product(maps.reshape(-1, between), mix.reshape(between, layer.filters))
    return _finish(call, out.reshape(*maps.shape[:-1], layer.filters))
