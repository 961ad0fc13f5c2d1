"""What flows into a run: the arrays that were given, and numbers that are drawn."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from archcalc.engine.errors import EngineError
from archcalc.engine.store import Array, Room, without_ones
from archcalc.graph import Graph, Node, say_shape


def arrays_of(graph: Graph, given: Mapping[str, Any], batch: int, seed: int, dtype: str, room: Room) -> dict[str, Array]:
    """An array for each input of the graph, by its name, batch first.

    Raises:
        EngineError: there is no input of a name, an array has another shape, or the batches differ.
    """
    names = [n.name for n in graph.inputs]
    if unknown := [name for name in given if name not in names]:
        raise EngineError(f"`{unknown[0]}` is no input of {graph.name}; it has {', '.join(names) or 'none'}")
    found = {n.name: _taken(graph, n, given[n.name], dtype) for n in graph.inputs if n.name in given}
    batches = {len(array) for array in found.values()}
    if len(batches) > 1:
        raise EngineError(f"the inputs have batches of {' and '.join(map(str, sorted(batches)))} samples; they must be of one size")
    samples = batches.pop() if batches else batch
    if samples < 1:
        raise EngineError("a batch has one sample or more")
    for node in graph.inputs:
        if node.name not in found:
            found[node.name] = _drawn(graph, node, samples, seed, dtype, room)
    return {name: found[name] for name in names}


def _shape_of(node: Node) -> tuple[int, ...]:
    if node.shape is None:
        raise EngineError(f"{node.name} has a mistake: `archcalc check` says which")
    return tuple(int(n) for n in node.shape)


def _taken(graph: Graph, node: Node, value: Any, dtype: str) -> Array:
    array, shape = np.asarray(value), _shape_of(node)
    if array.dtype.kind not in "fiub":
        raise EngineError(f"the input `{node.name}` is no array of numbers")
    found = as_batch(array, shape)
    if found is None:
        raise EngineError(
            f"the input `{node.name}` is {say_shape(array.shape)}; one sample is {say_shape(shape)}, and a batch has an axis before it"
        )
    return found if indices_into(graph, node) is not None else found.astype(dtype)


def as_batch(array: Array, shape: tuple[int, ...]) -> Array | None:
    """An array with the batch first: of one sample, or of several. None if it is neither.

    Axes of length 1 may be left out. What can be read as one sample is one.
    """
    if array.shape == shape:
        return array[None]
    if array.ndim == len(shape) + 1 and array.shape[1:] == shape:
        return array
    if without_ones(array.shape) == without_ones(shape):
        return array.reshape(1, *shape)
    if array.ndim and without_ones(array.shape[1:]) == without_ones(shape):
        return array.reshape(len(array), *shape)
    return None


def _drawn(graph: Graph, node: Node, samples: int, seed: int, dtype: str, room: Room) -> Array:
    shape = (samples, *_shape_of(node))
    room.check(f"the input `{node.name}`", prod(shape), np.dtype(dtype).itemsize)
    rng = np.random.default_rng([seed, zlib.crc32(node.name.encode())])
    entries = indices_into(graph, node)
    if entries is not None:
        return rng.integers(0, entries, shape)
    return rng.standard_normal(shape, np.float32).astype(dtype, copy=False)


def indices_into(graph: Graph, node: Node) -> int | None:
    """How many entries an input's values are indices of, where a layer looks them up, also after views; else None."""
    found: list[int] = []
    waiting = [node]
    while waiting:
        read = waiting.pop()
        for reader in graph.layers:
            if read in reader.inputs and reader.layer is not None:
                entries = reader.layer.indices()
                found += [] if entries is None else [int(entries)]
                waiting += [reader] if reader.layer.view else []
    return min(found, default=None)
