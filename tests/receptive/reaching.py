"""Which input positions reach each output position, along one axis: edges written out one by one, and followed.

No field is worked out here. Of a layer only the arguments are read, and where the engine's kernels stand. A position of padding
that a kernel covers is kept as PAD, so that values whose field is cut off by an edge can be told from others.
"""

from __future__ import annotations

from typing import Any

from archcalc.engine.kernels.transposed import laid_over
from archcalc.engine.kernels.windows import on_each, standing
from archcalc.graph import Graph, Node

PAD = -1
Reached = list[set[int]]  # of each position, the positions that reach it


class _OneAxis:
    """A layer as it is along one axis."""

    def __init__(self, layer: Any, axis: int, rank: int) -> None:
        for name in ("kernel", "stride", "dilation", "padding", "output_padding", "size", "cropping"):
            if not hasattr(layer, name):
                continue
            value = getattr(layer, name)
            if isinstance(value, tuple) and len(value) == rank and not (rank == 1 and len(value) == 2):
                value = value[axis]
            setattr(self, name, (value,) if isinstance(value, tuple) else value)
        self.ceil = getattr(layer, "ceil", False)


def _sides(value: Any) -> tuple[int, int]:
    while isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, tuple) else (value, value)


def _windows(layer: Any, n: int) -> list[list[int]]:
    found = standing(layer, (n,))
    (k,), (s,), (d,), (places,), ((before, _),) = found[:5]
    return [[i * s + t * d - before for t in range(k)] for i in range(places)]


def _spread(layer: Any, n: int) -> list[list[int]]:
    ((start, stop),) = laid_over(layer, (n,))[1]
    (k,), (s,), (d,) = (on_each(v, 1) for v in (layer.kernel, layer.stride, layer.dilation))
    found: list[list[int]] = [[] for _ in range(stop - start)]
    # what would lie beyond the input lays its kernel as well: that is its padding
    for i in range(-(k * d) - start, n + k * d + stop):
        for t in range(k):
            if start <= i * s + t * d < stop:
                found[i * s + t * d - start].append(i)
    return found


def edges(node: Node, axis: int) -> list[list[list[int]]]:
    """For each input of a node, for each position that comes out, the positions that it reads; those beyond the ends are padding."""
    rank = len(node.shape or ()) - 1
    lengths = [(n.shape or ())[axis] for n in node.inputs]
    layer = _OneAxis(node.layer, axis, rank)
    (n, *_) = lengths
    if node.kind in ("conv", "depthwise", "maxpool", "avgpool"):
        return [_windows(layer, n)]
    if node.kind == "conv_transpose":
        return [_spread(layer, n)]
    if node.kind == "upsample":
        return [[[i // on_each(layer.size, 1)[0]] for i in range(n * on_each(layer.size, 1)[0])]]
    if node.kind == "crop":
        before, after = _sides(layer.cropping)
        return [[[i] for i in range(before, n - after)]]
    if node.kind == "zero_pad":
        before, after = _sides(layer.padding)
        return [[[i] for i in range(-before, n + after)]]
    assert node.kind in ("add", "concat", "relu", "identity"), node.kind
    return [[[i] for i in range(m)] if m == max(lengths) else [[0]] * max(lengths) for m in lengths]


def reached(graph: Graph, axis: int) -> dict[str, Reached]:
    """Of every layer, for each position along an axis, which positions of the one input reach it, and whether padding does."""
    (source,) = graph.inputs
    assert source.shape is not None
    found: dict[str, Reached] = {source.name: [{i} for i in range(source.shape[axis])]}
    for node in graph.layers:
        out: Reached = [set() for _ in range((node.shape or ())[axis])]
        for before, read in zip(node.inputs, edges(node, axis), strict=True):
            inner = found[before.name]
            assert len(read) == len(out), (node, len(read))
            for reach, positions in zip(out, read, strict=True):
                for p in positions:
                    reach |= inner[p] if 0 <= p < len(inner) else {PAD}
        found[node.name] = out
    return found
