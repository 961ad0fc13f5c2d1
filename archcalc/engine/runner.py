"""Runs a graph forward in NumPy, and finds shapes, parameters and multiply-accumulates by doing it.

Of the graph it takes only which layer reads which, the layers' arguments, and the shapes of the inputs. What comes out of a
layer is whatever its kernel computes: no rule of a declaration is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from archcalc.engine.call import MOST, Call, Tally
from archcalc.engine.errors import EngineError
from archcalc.engine.feeding import arrays_of
from archcalc.engine.kernels import find_kernel
from archcalc.engine.masks import mask_after
from archcalc.engine.store import MEMORY, Array, Given, Room, Store
from archcalc.graph import Graph, Node, aligned
from archcalc.spec import Layer, Part, Wrapper

WHOLE = ("preprocessing", "reshaping", "merging", "regularization")  # families that whole numbers flow through as they are


class Computed(NamedTuple):
    """What computing a layer showed: the shape of one sample, its own parameters, and multiply-accumulates a sample."""

    output_shape: tuple[int, ...]
    trainable_params: int
    non_trainable_params: int
    macs: int


class Run(NamedTuple):
    """Every node's values by its name, batch first, as the network has them; what its layers showed; and the weights used.

    `masks` says which steps of a node hold data, by its name, where a layer marks those that do not.
    """

    values: dict[str, Array]
    layers: dict[str, Computed]
    weights: dict[str, dict[str, Array]]
    masks: dict[str, Array]


def run(
    graph: Graph,
    inputs: Mapping[str, Any] | None = None,
    weights: Mapping[str, Given] | None = None,
    *,
    batch: int = 1,
    seed: int = 0,
    dtype: str = "float32",
    memory: int = MEMORY,
    macs: int = MOST,
) -> Run:
    """Run a network forward, as at inference.

    Args:
        graph: the network.
        inputs: arrays by the inputs' names, one sample or a batch of them; what is not given is drawn by the seed.
        weights: for a layer's name its weights, in a list in Keras's order or by name; what is not given is drawn.
        batch: how many samples are drawn, where no array is given.
        seed: of the numbers that are drawn.
        dtype: of the values.
        memory: bytes that the arrays may take.
        macs: multiply-accumulates that it may take, of all samples together.

    Raises:
        EngineError: a layer has a mistake, or no kernel; sizes are free; what is given does not fit; or it would take too
            much memory or time.
    """
    if problem := graph.needs_numbers():
        raise EngineError(problem)
    room = Room(memory)
    values = arrays_of(graph, inputs or {}, batch, seed, dtype, room)
    samples = len(next(iter(values.values()))) if values else batch
    given = dict(weights or {})
    stores = {n.name: Store(n.name, given.pop(n.name, None), seed, dtype, room) for n in graph.layers if n.shares is None}
    if given:
        raise EngineError(f"weights are given for `{next(iter(given))}`; layers are {', '.join(stores)}")
    found = Run(values, {}, {}, {})
    left = macs
    with np.errstate(all="ignore"):  # infinities are results like others
        for node in graph.layers:
            tally = Tally(left, macs)
            _run_node(node, found, stores.get(_owner(node).name), samples, room, tally)
            left -= tally.macs
    for name, store in stores.items():
        store.finish()
        if store.made:
            found.weights[name] = store.made
    return found


def _owner(node: Node) -> Node:
    while node.shares is not None:
        node = node.shares
    return node


def _run_node(node: Node, found: Run, store: Store | None, samples: int, room: Room, tally: Tally) -> None:
    """Compute one node, and what its layer puts out besides."""
    if node.layer is None or store is None or any(n.name not in found.values for n in node.inputs):
        raise EngineError(f"{node.name} has a mistake: `archcalc check` says which")
    if isinstance(node.layer, Part):  # its layer put it out already
        found.layers[node.name] = Computed(found.values[node.name].shape[1:], 0, 0, 0)
        return
    owned = store.params(True), store.params(False)
    seen = [_as_it_computes(node.layer, x, store.dtype) for x in _as_rules_see(node, [found.values[n.name] for n in node.inputs])]
    try:
        last = -2 if node.turned and seen[0].ndim > 2 else -1
        call = Call(node.layer, node.name, store, samples, tally, room, last=last)
        call.masks = tuple(found.masks.get(n.name) for n in node.inputs)
        result = find_kernel(node.kind)(call, *seen)
        if (mask := mask_after(call, seen)) is not None:
            found.masks[node.name] = mask
    except EngineError as error:
        why = str(error)
        raise error if why.startswith(node.name) else EngineError(f"{node.name}: {why}") from None
    except (ArithmeticError, IndexError, TypeError, ValueError, MemoryError) as error:
        flowing = ", ".join("x".join(map(str, x.shape[1:])) for x in seen)
        raise EngineError(f"{node.name}: the kernel of `{node.kind}` fails on {flowing}: {error}") from error
    output, *parts = result if isinstance(result, tuple) else (result,)
    # A declaration names its parts; how large they are is what was computed.
    names = node.layer.parts(output.shape[1:], *(x.shape[1:] for x in seen)) if parts else ()
    arrays = {node.name: output} | {f"{node.name}.{name}": part for name, part in zip(names, parts, strict=True)}
    for name, array in arrays.items():
        found.values[name] = _as_network_has(node, array, output)
        room.held += array.nbytes
    trained, stored = store.params(True) - owned[0], store.params(False) - owned[1]  # of its own: those that it shares were there
    found.layers[node.name] = Computed(found.values[node.name].shape[1:], trained, stored, tally.macs // samples)


def _as_it_computes(layer: Layer, array: Array, dtype: Any) -> Array:
    """Whole numbers as values that can be computed with, for a layer that does not look them up or pass them on."""
    inner = layer.inner if isinstance(layer, Wrapper) and layer.layers else layer
    whole = inner.family in WHOLE or inner.indices() is not None
    return array if whole or array.dtype.kind == "f" else array.astype(dtype)


def _as_rules_see(node: Node, arrays: list[Array]) -> list[Array]:
    """What flows in, channels last."""
    if not node.turned:
        return arrays
    axes = [aligned(node.turned[0], x.shape[1:], arrays[0].shape[1:]) for x in arrays]
    return [np.moveaxis(x, axis + 1, -1) if axis + 1 < x.ndim else x for x, axis in zip(arrays, axes, strict=True)]


def _as_network_has(node: Node, array: Array, output: Array) -> Array:
    """What comes out, with the channels where the network has them."""
    if not node.turned:
        return array
    axis = aligned(node.turned[1], array.shape[1:], output.shape[1:])
    return np.moveaxis(array, -1, axis + 1) if axis + 1 < array.ndim else array
