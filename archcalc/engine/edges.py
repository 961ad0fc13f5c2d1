"""Connections counted one by one: loops over units, and over what each of them reads. No formula is used.

An edge is what LeCun et al. (1989, 1998) count: an input value that an output unit reads, or its bias. Taps of a kernel that
fall on padding are edges too, as in archcalc's own figures; they are told apart, so that they can be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from archcalc.engine.kernels.transposed import laid_over
from archcalc.engine.kernels.windows import on_each, standing
from archcalc.engine.places import PADDING, read_at
from archcalc.engine.step_edges import AROUND, EDGES
from archcalc.engine.store import Array

Shape = tuple[int, ...]
Edges = Iterator[object]  # one for each edge; what it is matters only to a reader

LIMIT = 20_000_000  # edges that are counted before giving up: some seconds
# Layers that pass values on have none: only those that compute do.
PASS_ON = (
    "activation", "normalization", "scaling", "reshaping", "resampling", "regularization", "preprocessing", "augmentation",
    "color_augmentation",
)  # fmt: skip


def edges(layer: Any, inputs: Sequence[Array | Shape], limit: int = LIMIT, real: bool = False) -> int | None:
    """How many connections a layer has on inputs of those sizes.

    Args:
        layer: its declaration's instance; only its arguments are read.
        inputs: arrays with the batch first, or shapes of one sample; channels last.
        limit: how many are counted at most, those on padding too.
        real: leave out taps that fall on padding, or that a transposed kernel lays where the output was cut off.

    Returns:
        The count; None for a kind that is not known here, and where there are more than `limit`.

    Raises:
        EngineError: a window fits nowhere.
    """
    shapes = [x if isinstance(x, tuple) else tuple(x.shape[1:]) for x in inputs]
    count = 0
    try:
        for looked, edge in enumerate(_each(layer, *shapes)):
            if looked == limit:
                return None
            count += not (real and edge is PADDING)
    except _UnknownError:
        return None
    return count


class _UnknownError(Exception):
    """A kind whose edges are not counted here."""


def _each(layer: Any, *shapes: Shape) -> Edges:
    """The edges of a layer, one by one."""
    kind = layer.kind
    if kind in AROUND:
        return AROUND[kind](_each, layer, *shapes)
    if type(layer).__module__.rpartition(".")[2] in PASS_ON or kind == "concat":
        return iter(())
    find = _EDGES.get(kind) or EDGES.get(kind)
    if find is None:
        raise _UnknownError
    return find(layer, *shapes)


def _taps(layer: Any, rank: int) -> list[Shape]:
    return list(product(*map(range, on_each(layer.kernel, rank))))


def _conv(layer: Any, x: Shape) -> Edges:
    """Each unit reads each tap of each input map that its own map reads."""
    *space, channels = x
    per_group = channels // layer.groups, layer.filters // layer.groups
    for j in range(layer.filters):
        if layer.maps is not None:
            read = [i for i, row in enumerate(layer.maps.rows) if row[j] == "X"]
        else:
            read = [i for i in range(channels) if i // per_group[0] == j // per_group[1]]
        for place in read_at(standing(layer, tuple(space)), tuple(space)):
            for tap in place:
                yield from [PADDING] * len(read) if tap is PADDING else read
            if layer.bias != "none":
                yield "bias"


def _depthwise(layer: Any, x: Shape) -> Edges:
    """Each unit reads each tap of one input map."""
    for place, _map in product(read_at(standing(layer, x[:-1]), x[:-1]), range(x[-1] * layer.multiplier)):
        yield from place
        if layer.bias != "none":
            yield "bias"


def _separable(layer: Any, x: Shape) -> Edges:
    """The maps in between read taps; each output map reads all of them."""
    between = list(product(range(x[-1]), range(layer.multiplier)))
    for place in read_at(standing(layer, x[:-1]), x[:-1]):
        for _between in between:
            yield from place
        for _map in range(layer.filters):
            yield from between
            if layer.bias != "none":
                yield "bias"


def _conv_transpose(layer: Any, x: Shape) -> Edges:
    """Each input value is laid over each tap of each output map; each unit that is left has a bias."""
    *space, channels = x
    ends = laid_over(layer, tuple(space))[1]
    steps = list(zip(on_each(layer.stride, len(space)), on_each(layer.dilation, len(space)), ends, strict=True))
    for value, tap in product(product(*map(range, space)), _taps(layer, len(space))):
        left = all(start <= i * s + t * d < stop for i, t, (s, d, (start, stop)) in zip(value, tap, steps, strict=True))
        yield from [tap if left else PADDING] * (channels * layer.filters)
    if layer.bias != "none":
        yield from product(*(range(start, stop) for start, stop in ends), range(layer.filters))


def _pool(layer: Any, x: Shape) -> Edges:
    """Each unit reads its window."""
    for place, _map in product(read_at(standing(layer, x[:-1]), x[:-1]), range(x[-1])):
        yield from place


def _subsample(layer: Any, x: Shape) -> Edges:
    """Each unit reads its window, and its map's bias."""
    for place, _map in product(read_at(standing(layer, x[:-1]), x[:-1]), range(x[-1])):
        yield from place
        yield "bias"


def _global(layer: Any, x: Shape) -> Edges:
    """Each map's unit reads the whole map."""
    return product(*map(range, x))


def _adaptive(layer: Any, x: Shape) -> Edges:
    """Each unit reads the places that its bin meets."""
    *space, channels = x
    axes = []
    for n, bins in zip(space, on_each(layer.size, len(space)), strict=True):
        axes.append([[p for p in range(n) if p * bins < (i + 1) * n and (p + 1) * bins > i * n] for i in range(bins)])
    for _map in range(channels):
        for held in product(*axes):
            yield from product(*held)


def _dense(layer: Any, x: Shape) -> Edges:
    """At each place, each unit reads the whole last axis."""
    for _place in product(*map(range, x[:-1])):
        for _unit in range(layer.units):
            yield from range(x[-1])
            if getattr(layer, "bias", "none") != "none":
                yield "bias"


def _merge(layer: Any, *inputs: Shape) -> Edges:
    """Each unit reads one value of each input."""
    rank = max(map(len, inputs))
    filled = [(*(1,) * (rank - len(x)), *x) for x in inputs]
    for _unit in product(*(range(max(lengths)) for lengths in zip(*filled, strict=True))):
        yield from inputs


def _dot(layer: Any, a: Shape, b: Shape) -> Edges:
    """Each unit reads a vector of each input."""
    axes = layer.axes if isinstance(layer.axes, tuple) else (layer.axes, layer.axes)
    i, j = (axis % len(x) for axis, x in zip(axes, (a, b), strict=True))
    for _one in product(*(range(n) for k, n in enumerate(a) if k != i)):
        for _other in product(*(range(n) for k, n in enumerate(b) if k != j)):
            yield from range(a[i])
            yield from range(b[j])


_EDGES: dict[str, Callable[..., Edges]] = {
    "conv": _conv,
    "depthwise": _depthwise,
    "separable": _separable,
    "conv_transpose": _conv_transpose,
    **dict.fromkeys(("maxpool", "avgpool"), _pool),
    "subsample": _subsample,
    **dict.fromkeys(("gap", "gmp"), _global),
    **dict.fromkeys(("adaptive_avgpool", "adaptive_maxpool"), _adaptive),
    **dict.fromkeys(("dense", "rbf"), _dense),
    **dict.fromkeys(("add", "mul", "sub", "avg", "maximum", "minimum"), _merge),
    "dot": _dot,
}
