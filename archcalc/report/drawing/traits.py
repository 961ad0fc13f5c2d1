"""What a layer does, in a picture's words, as its declaration has it: its window, its weights, what one value reads."""

from __future__ import annotations

from typing import Any

from archcalc.graph import Node
from archcalc.languages import mark
from archcalc.reading import Along, Span
from archcalc.sizes import Refusal, Shape, free_sizes, prod

CONVOLUTIONS = mark("Convolutions")
DEPTHWISE = mark("Depthwise convolutions")
TRANSPOSED = mark("Transposed convolutions")
SUBSAMPLING = mark("Subsampling")
POOLING = mark("Pooling")
GLOBAL = mark("Global pooling")
FULL = mark("Full connection")
EACH = mark("Full connection at each position")
LOOK_UP = mark("Look-up")

SOME = 5040  # a length that has many divisors


MOST_KNOWN = 500
_known: dict[Any, str] = {}


def operation(node: Node) -> str:
    """What lies between a layer's maps and those that it reads, in the words of LeCun et al. (1998), figure 2."""
    # Large networks repeat themselves: layers of one kind, with the same arguments and inputs, are looked at once.
    assert node.layer is not None
    key = type(node.layer), tuple(vars(node.layer).items()), node.input_shapes
    found = _known.get(key)
    if found is None:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        found = _known[key] = _operation(node)
    return found


def _operation(node: Node) -> str:
    layer, out = node.layer, node.seen
    assert layer is not None
    assert out is not None
    if layer.indices() is not None:
        return LOOK_UP
    if len(node.inputs) != 1 or not layer.computes:
        return layer.title
    x = node.input_shapes[0]
    windows = layer.windows(x)
    if layer.multiplies:
        if windows:
            return FULL if _each_to_each(node) else DEPTHWISE if _own_map(node) else CONVOLUTIONS
        if _each_to_each(node):
            return FULL
        if layer.reads_last:
            return EACH
        return TRANSPOSED if layer.turns and len(out) == len(x) > 1 else layer.title
    if windows:
        return SUBSAMPLING if any((w.stride == 1) is not True for w in windows) else POOLING
    return GLOBAL if _own_map(node) and all(isinstance(r, Span) for r in _reads(node)[:-1]) else layer.title


def _reads(node: Node) -> tuple[Any, ...]:
    """What one value reads of its only input, channels last: where sizes are free, of an input with some length in their place."""
    layer, out, inputs = node.layer, node.seen, node.input_shapes
    assert layer is not None
    assert out is not None
    try:
        if free_sizes(inputs) or free_sizes(out):
            inputs = (tuple(n if isinstance(n, int) else SOME for n in inputs[0]),)
            out = layer.shape(*inputs)
        return (None,) * len(inputs[0]) if free_sizes(out) else layer.fields(out, *inputs)[0]
    except Refusal:
        return (None,) * len(inputs[0])


def _each_to_each(node: Node) -> bool:
    """Whether each value that flows in has a weight of its own for each that comes out."""
    assert node.layer is not None
    assert node.seen is not None
    x, out = node.input_shapes[0], node.seen
    return any((w.size == prod(x) * prod(out)) is True for w in node.layer.weights(out, x) if not w.bias)


def _own_map(node: Node) -> bool:
    """Whether each value reads its own channel only."""
    reads = _reads(node)
    return len(reads) > 1 and isinstance(reads[-1], Along)


def by_itself(node: Node) -> bool:
    """Whether each value is made of the one at its own place."""
    return node.layer is not None and node.layer.field == "same" and len(node.inputs) == 1


def channels_of(node: Node, after: Node | None = None) -> int | None:
    """Which axis of a node's shape is its channels; None where there are none. `after` reads it, and may know."""
    rank = len(node.shape or ())
    if rank < 2 or (rank == 2 and not node.inputs and after is not None and _flattens(after)):
        return None  # a picture without channels, which becomes a vector
    for one, axes in ((node, 1), (after, 0)):
        if one is not None and one.turned is not None and (one is node or one.inputs[:1] == (node,)):
            return min(one.turned[axes], rank - 1)
    if node.first and rank > 2 and not (node.layer and node.layer.reads_last):
        return 0
    return rank - 1


def _flattens(node: Node) -> bool:
    return node.layer is not None and node.layer.view and len(node.shape or ()) == 1


def spatial_of(node: Node, after: Node | None = None) -> tuple[Shape, Any]:
    """The lengths of the axes along which it has positions, and how many maps there are."""
    shape = node.shape or ()
    axis = channels_of(node, after)
    if axis is None:
        return (shape, 1) if len(shape) > 1 else ((), shape[0] if shape else 1)
    return (*shape[:axis], *shape[axis + 1 :]), shape[axis]


def extent(node: Node) -> Shape:
    """The maps' extent; () of a vector, and of maps that are single values."""
    space, _ = spatial_of(node)
    return () if all((n == 1) is True for n in space) else space
