"""Connections of what goes through steps, attends or stands around others, counted one by one as in `edges`.

Attention's edges are its multiply-accumulates, and its biases: each reads one value that flows in, by another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, NamedTuple

from archcalc.engine.kernels.attention import attended, roles_of
from archcalc.engine.kernels.spectrogram import frames_of
from archcalc.engine.kernels.windows import standing
from archcalc.engine.places import read_at

Shape = tuple[int, ...]
Edges = Iterator[object]  # one for each edge; what it is matters only to a reader
Find = Callable[..., Edges]

SUMS = {"rnn": ("state",), "lstm": ("i", "f", "candidate", "o"), "gru": ("z", "r", "candidate")}


class _Sliding(NamedTuple):
    """A window by itself; as it is, that over a state, which keeps its size."""

    kernel: Any
    stride: int = 1
    padding: str = "same"


def _cell(layer: Any, read: int) -> Edges:
    """A step: each unit of each sum reads the step's values, the state, and its biases."""
    kind = layer.kind.removesuffix("_cell")
    for _sum, _unit in product(SUMS[kind], range(layer.units)):
        yield from range(read)
        yield from range(layer.units)
        if layer.bias != "none":
            yield "bias"
            if kind == "gru" and layer.reset_after:
                yield "bias of the state"


def _sequence(layer: Any, x: Shape, *states: Shape) -> Edges:
    for _step in range(x[0]):
        yield from _cell(layer, x[1])


def _single(layer: Any, x: Shape, *states: Shape) -> Edges:
    return _cell(layer, x[0])


def _stack(layer: Any, x: Shape, *states: Shape) -> Edges:
    for _step in range(x[0]):
        read = x[1]
        for cell in layer.layers:
            yield from _cell(cell, read)
            read = cell.units


def _conv_lstm(layer: Any, x: Shape, *states: Shape) -> Edges:
    """At each step and place, each map of each sum reads taps of the input's maps, and of the state's."""
    window = standing(layer, x[1:-1])
    around = standing(_Sliding(layer.kernel), window.places)
    for _step, (here, state) in product(range(x[0]), zip(read_at(window, x[1:-1]), read_at(around, window.places), strict=True)):
        for _sum, _map in product(SUMS["lstm"], range(layer.filters)):
            for tap in here:
                yield from [tap] * x[-1]
            for tap in state:
                yield from [tap] * layer.filters
            if layer.bias != "none":
                yield "bias"


def _projection(layer: Any, places: Shape, read: Shape, made: Shape) -> Edges:
    """A dense layer at each place: each value that it makes reads all of the last axes."""
    for _place, _made in product(product(*map(range, places)), product(*map(range, made))):
        yield from product(*map(range, read))
        if layer.bias != "none":
            yield "bias"


def _weighed(beside: Shape, queries: Shape, keys: Shape, size: int, value: int) -> Edges:
    """Each query by each key, value by value; and each value that comes out of a query, of all keys."""
    for _beside, _query in product(product(*map(range, beside)), product(*map(range, queries))):
        for _key in product(*map(range, keys)):
            yield from range(size)
            yield from range(value)


def _mha(layer: Any, *inputs: Shape) -> Edges:
    query, value, key = roles_of(inputs)
    size = layer.key_dim if layer.value_dim is None else layer.value_dim
    axes = [axis - 1 for axis in attended(layer, len(query) + 1)]
    beside = tuple(n for i, n in enumerate(query[:-1]) if i not in axes)
    heads = (layer.heads,)
    made = query[-1:] if layer.output_shape is None else tuple(layer.output_shape)
    yield from _projection(layer, query[:-1], query[-1:], (*heads, layer.key_dim))
    yield from _projection(layer, key[:-1], key[-1:], (*heads, layer.key_dim))
    if layer.gate:
        yield from _projection(layer, query[:-1], query[-1:], (*heads, size))
    yield from _projection(layer, value[:-1], value[-1:], (*heads, size))
    queries, keys = (tuple(x[axis] for axis in axes) for x in (query, key))
    yield from _weighed((*beside, *heads), queries, keys, layer.key_dim, size)
    yield from _projection(layer, query[:-1], (*heads, size), made)


def _gqa(layer: Any, *inputs: Shape) -> Edges:
    query, value, key = roles_of(inputs)
    ours, theirs = (layer.query_heads, layer.head_dim), (layer.key_value_heads, layer.head_dim)
    yield from _projection(layer, query[:1], query[1:], ours)
    yield from _projection(layer, key[:1], key[1:], theirs)
    if layer.gate:
        yield from _projection(layer, query[:1], query[1:], ours)
    yield from _projection(layer, value[:1], value[1:], theirs)
    yield from _weighed(ours[:1], query[:1], key[:1], layer.head_dim, layer.head_dim)
    yield from _projection(layer, query[:1], ours, query[1:])


def _attention(layer: Any, *inputs: Shape) -> Edges:
    """Each score reads the features of a query and its key, and each value that comes out all keys' values."""
    query, value, key = roles_of(inputs)
    return _weighed(query[:-2], query[-2:-1], key[-2:-1], query[-1], value[-1])


def _einsum(layer: Any, x: Shape) -> Edges:
    """Each product of a value with a weight is an edge; and each output value that has a bias one more."""
    terms, _, out = layer.equation.replace(" ", "").partition("->")
    read, weights = terms.split(",")
    front, dots, back = read.partition("...")
    elided = len(x) + 1 - len(front) - len(back)
    names = [*front, *(f"dot {i}" for i in range(elided) if dots), *back][1:]  # without the batch
    sizes = dict(zip(names, x, strict=True))
    made = out.replace("...", "")
    for name, size in zip(made if elided and not front else made[1:], layer.output_shape, strict=True):
        sizes.setdefault(name, size)
    yield from product(*(range(sizes[name]) for name in {*sizes, *weights}))
    if layer.bias_axes is not None:
        yield from product(*(range(n) for name, n in sizes.items() if name in out or name.startswith("dot ")))


def _spectrogram(layer: Any, x: Shape) -> Edges:
    """Each frequency of each channel's frames reads a frame, for each of the parts that are computed."""
    length, _, bins = frames_of(layer, x[0])
    step = length // 2 if layer.frame_step is None else layer.frame_step
    parts = ("real",) if layer.mode in ("real", "imag") else ("real", "imag")
    for frame in read_at(standing(_Sliding(length, step, layer.padding), x[:1]), x[:1]):
        for _unit in product(parts, range(bins), range(x[1])):
            yield from frame


def _reversed(layer: Any, x: Shape) -> Edges:
    """Backwards, each word's score reads a vector; forwards, nothing is computed."""
    for _score in product(*map(range, x[:-1]), range(layer.vocabulary)) if layer.reverse else ():
        yield from range(layer.dim)


def _none(layer: Any, *inputs: Shape) -> Edges:
    return iter(())


def _each_step(find: Find, layer: Any, x: Shape) -> Edges:
    for _step in range(x[0]):
        yield from find(layer.layers[0], x[1:])


def _both_ways(find: Find, layer: Any, x: Shape, *states: Shape) -> Edges:
    """What stands inside, twice; and what merges both reads a value of each, but where they are only put side by side."""
    inner = layer.layers[0]
    ways = ("forward", "backward")
    for _way in ways:
        yield from find(inner, x)
    if layer.merge == "concat":
        return
    if inner.kind == "conv_lstm":
        step = (*standing(inner, x[1:-1]).places, inner.filters)
    else:
        step = (inner.layers[-1].units if inner.kind == "stacked_rnn" else inner.units,)
    for _unit in product(*map(range, (*x[:1], *step) if inner.sequences else step)):
        yield from ways


def _inside(find: Find, layer: Any, x: Shape) -> Edges:
    return find(layer.layers[0], x)


EDGES: dict[str, Callable[..., Edges]] = {
    **dict.fromkeys(SUMS, _sequence),
    **dict.fromkeys((f"{kind}_cell" for kind in SUMS), _single),
    "stacked_rnn": _stack,
    "conv_lstm": _conv_lstm,
    "mha": _mha,
    "gqa": _gqa,
    **dict.fromkeys(("attention", "additive_attention"), _attention),
    "einsum_dense": _einsum,
    "stft_spectrogram": _spectrogram,
    "reversible_embedding": _reversed,
    **dict.fromkeys(("embedding", "mel_spectrogram"), _none),
}
# These are called with a function that gives the edges of what stands inside, first.
AROUND: dict[str, Callable[..., Edges]] = {"time_distributed": _each_step, "bidirectional": _both_ways, "spectral_norm": _inside}
