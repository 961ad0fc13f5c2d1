"""Receptive fields: which part of the network's inputs one output value of a layer reads.

Size, stride and padding are those of Araujo, Norris & Sim (2019), "Computing Receptive Fields of Convolutional Neural
Networks", https://distill.pub/2019/computing-receptive-fields: how many positions there are from the first to the last that
a value reads; how far the fields of neighbouring values stand apart; and how much of the first field lies before the input.
Along each axis that is no channels', by itself. Here a layer's declared fields (`Layer.fields`) are put one after another.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from archcalc.activations import FUNCTIONS
from archcalc.analysis.chains import Far, Field, axes_of, begin, centre, ends, reads_all, size_of, through, together
from archcalc.analysis.trying import standing_in
from archcalc.graph import Graph, Node, aligned
from archcalc.reading import Mixed, Read, Reads, Sizes, Span, moved
from archcalc.sizes import Refusal, Size, free_sizes
from archcalc.spec import Layer, Wrapper

WHOLE = "whole"
MOST_IN_ALL = 1_000_000  # steps of all stairs of a network: a second, and some tens of megabytes
# Of each axis of an input what a node's values read of it, by the input's name.
State = dict[str, tuple[Far, ...]]


class Extent(NamedTuple):
    """A field along the axes of an input: how large it is, how far apart they stand, and what lies before the first.

    A stride that is a fraction is text, "1/2". Where a value reads all of an axis wherever it stands, its size is "whole".
    `lengths` are those of the input's axes.
    """

    size: tuple[int | str, ...]
    stride: tuple[int | str, ...]
    padding: tuple[int, ...]
    lengths: tuple[Size, ...]

    @property
    def larger(self) -> tuple[bool, ...]:
        """Of each axis, whether the field is larger than the input; of an input with a free size, of none."""
        fixed = not free_sizes(self.lengths)
        return tuple(fixed and isinstance(r, int) and r > n for r, n in zip(self.size, self.lengths, strict=True))


# None: not known.
Extents = dict[str, Extent | str | None]


class Apart(NamedTuple):
    """Two branches whose fields do not line up, along an axis of an input, where they meet."""

    node: Node
    branches: tuple[Node, Node]
    source: Node
    axis: int
    fields: tuple[Field, Field]


class Receptive:
    """The receptive fields of all layers of a graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.apart: list[Apart] = []
        self._states: dict[int, State] = {}
        self._steps = 0  # of all stairs that are no lines
        self._channels: dict[str, int | None] = {}  # of an input the axis that is its channels, once that is clear
        self._vague: set[str] = set()  # inputs of which it depends on free sizes which axis is their channels
        self._inputs = {node.name: node for node in graph.inputs}
        for node in graph.inputs:
            self._states[id(node)] = {} if node.shape is None else {node.name: begin(node.shape)}
        for node in graph.layers:
            if node.layer is not None and node.shape is not None and all(id(n) in self._states for n in node.inputs):
                self._states[id(node)] = self._state(node, node.layer, node.shape)

    def of(self, node: Node) -> Extents | None:
        """The fields of a node on each input that it reads, by the input's name; None where they are not known."""
        state = self._states.get(id(node))
        return {name: self._known(self._inputs[name], fars, node) for name, fars in state.items()} if state else None

    @cached_property
    def places(self) -> dict[int, int]:
        """Of each node, by its id, its place in the order in which they run."""
        return {id(node): i for i, node in enumerate((*self.graph.inputs, *self.graph.layers))}

    def reads(self, node: Node, source: Node) -> bool:
        """Whether the values of a node read an input, known or not what of it."""
        return source.name in self._states.get(id(node), {})

    def far(self, node: Node, source: Node, axis: int) -> Far:
        """What the values of a node read of one axis of an input; None where that is not known, or nothing."""
        state = self._states.get(id(node), {})
        return state[source.name][axis] if source.name in state else None

    def axes(self, source: Node) -> tuple[int, ...]:
        """The axes of an input along which it has positions: all but the channels'. A vector's one axis counts."""
        assert source.shape is not None
        rank = len(source.shape)
        channels = self._channels.get(source.name, rank - 1 if rank > 1 else None)
        return tuple(i for i in range(rank) if i != channels) or tuple(range(rank))

    def _known(self, source: Node, fars: tuple[Far, ...], node: Node) -> Extent | str | None:
        try:
            return None if source.name in self._vague else self._extent(source, fars, node)
        except Refusal:  # it depends on a free size
            return None

    def _extent(self, source: Node, fars: tuple[Far, ...], node: Node) -> Extent | str | None:
        assert source.shape is not None
        assert node.shape is not None
        axes = self.axes(source)
        found: list[tuple[int | str, int | str, int]] = []
        for far, n in ((fars[i], source.shape[i]) for i in axes):
            every = reads_all(far, n)
            if isinstance(far, Field):
                slope = far.lo.slope
                found.append((size_of(far, node.shape), slope.up if slope.down == 1 else str(slope), -far.lo.at(0)))
            elif every is True:
                found.append((WHOLE, 0, 0))
            elif far is None or axes_of(far) or every is not False:
                return None
            else:
                found.append((int(far.last - far.first + 1), 0, -int(far.first)))
        if all(size == WHOLE for size, _, _ in found):
            return WHOLE
        sizes, strides, paddings = zip(*found, strict=True)
        return Extent(sizes, strides, paddings, tuple(source.shape[i] for i in axes))

    # ---- layer by layer

    def _state(self, node: Node, layer: Layer, out: Sizes) -> State:
        plain = layer.field == "same" and len(node.inputs) == 1 and type(layer).fields is Layer.fields
        if plain and not over_last(layer):
            return self._states[id(node.inputs[0])]
        for before in node.inputs[:1]:
            self._notice_channels(node, before)
        try:
            return self._through(node, near_of(node), out)
        except Refusal:  # a number is needed, and a size is free
            return {name: (None,) * len(fars) for before in node.inputs for name, fars in self._states[id(before)].items()}

    def _through(self, node: Node, reads: tuple[Reads, ...], out: Sizes) -> State:
        found: State = {}
        firsts: dict[str, tuple[Node, tuple[Far, ...]]] = {}
        for before, near in zip(node.inputs, reads, strict=True):
            assert before.shape is not None
            for name, fars in self._states[id(before)].items():
                here = tuple(self._within(through(far, near, before.shape, out)) for far in fars)
                if name in found and found[name] != here:
                    one, first = firsts[name]  # branches that all line up with the first line up with each other
                    self._compare(node, (one, before), name, first, here)
                    here = self._joined(name, found[name], here, out)
                found[name] = here
                firsts.setdefault(name, (before, here))
        return found

    def apart_with(self, layers: Mapping[int, Layer]) -> list[Apart]:
        """What would not line up if some nodes, by their ids, had other layers, of the same shapes."""
        from copy import copy  # of advice alone

        other = copy(self)
        other.change(layers)
        return other.apart

    def change(self, layers: Mapping[int, Layer]) -> None:
        """Work out again what depends on some nodes, as if they had other layers."""
        self._states, self._channels, before, self.apart = dict(self._states), dict(self._channels), self.apart, []
        again: set[int] = set()
        moved: set[int] = set()
        for node in self.graph.layers:
            layer, state = layers.get(id(node), node.layer), self._states.get(id(node))
            changed = layer is not node.layer or any(id(read) in moved for read in node.inputs)
            if not changed or layer is None or node.shape is None or state is None:
                continue
            again.add(id(node))
            here = standing_in(node, layer) if layer is not node.layer else node
            here.shape = node.shape
            self._states[id(node)] = self._state(here, layer, node.shape)
            if self._states[id(node)] != state:
                moved.add(id(node))
        self.apart += [apart for apart in before if id(apart.node) not in again]

    def _within(self, far: Far) -> Far:
        """A field as it is; where all stairs together grow too long, one that is not followed step by step."""
        if not isinstance(far, Field) or len(far.lo.values) + len(far.hi.values) == 2:
            return far
        self._steps += len(far.lo.values) + len(far.hi.values)
        return far if self._steps <= MOST_IN_ALL else Mixed((far.axis,), far.first, far.last)

    def _joined(self, name: str, one: tuple[Far, ...], other: tuple[Far, ...], out: Sizes) -> tuple[Far, ...]:
        lengths = self._inputs[name].shape or ()
        return tuple(together(a, b, n, out) for a, b, n in zip(one, other, lengths, strict=True))

    def _compare(self, node: Node, branches: tuple[Node, Node], name: str, one: tuple[Far, ...], other: tuple[Far, ...]) -> None:
        """Note where strides or centres of two branches differ; of free sizes, lints decide nothing."""
        assert node.shape is not None
        if self.graph.book is not None:
            return
        for axis, (a, b) in enumerate(zip(one, other, strict=True)):
            if isinstance(a, Field) and isinstance(b, Field) and a != b and a.axis == b.axis and node.shape[a.axis] > 1:
                if a[:3] != b[:3] and (a.lo.slope != b.lo.slope or centre(a) != centre(b)):
                    self.apart.append(Apart(node, branches, self._inputs[name], axis, (a, b)))

    def _notice_channels(self, node: Node, before: Node) -> None:
        """The first layer that has spatial axes and channels says which axis of an input is the channels, if one is."""
        layer = node.layer
        if len(self._channels) == len(self._inputs) or layer is None or layer.view or not layer.channel_axes() or before.shape is None:
            return
        last = network_axis(len(before.shape) - 1, len(before.shape), node.turned and node.turned[0])
        for name, fars in self._states[id(before)].items():
            along = [i for i, far in enumerate(fars) if last in axes_of(far)]
            if name not in self._channels and (along or all(isinstance(far, Field) for far in fars)):
                self._channels[name] = along[0] if along else None
            elif name not in self._channels and None in fars and self.graph.book is not None:
                self._vague.add(name)


def over_last(layer: Layer) -> bool:
    """Whether its activation reads all values along the last axis that the network has, as a softmax does."""
    inner = layer.inner if isinstance(layer, Wrapper) and layer.layers else layer
    function = FUNCTIONS.get(getattr(inner, "activation", None) or "")
    return function is not None and function.alone is not None


def near_of(node: Node) -> tuple[Reads, ...]:
    """What a value of a node reads of each that flows in, along the axes that the network has; None where that depends on free sizes."""
    try:
        return _near_of(node)
    except Refusal:
        return tuple((None,) * len(x.shape or ()) for x in node.inputs)


def undecided(node: Node) -> str | None:
    """What it depends on, as a formula of free sizes, what a value of a node reads; None where it does not."""
    try:
        _near_of(node)
    except Refusal as refusal:
        return str(refusal.facts.get("what", "the sizes")).strip("`")
    return None


def _near_of(node: Node) -> tuple[Reads, ...]:
    layer, out, inputs = node.layer, node.seen, node.input_shapes
    assert layer is not None
    assert out is not None
    found = layer.fields(out, *inputs)
    turned = node.turned
    if turned:
        places = (aligned(turned[0], x, inputs[0]) for x in inputs)
        found = tuple(_as_network_has(reads, at, turned[1], len(out)) for reads, at in zip(found, places, strict=True))
    if over_last(layer):
        out = node.shape or ()
        found = tuple(_softened(reads, x.shape or (), out) for reads, x in zip(found, node.inputs, strict=True))
    return found


def _softened(reads: Reads, x: Sizes, out: Sizes) -> Reads:
    """What is read where each value depends on all others along the last axis that comes out."""
    return tuple(_all_along(read, len(out) - 1, n, out) for read, n in zip(reads, x, strict=True))


def _as_network_has(reads: Reads, at: int, comes_at: int, rank: int) -> Reads:
    """What a rule says of axes with the channels last, where the network has them elsewhere."""
    found: dict[int, Read] = {}
    for i, read in enumerate(reads):
        places = {axis: network_axis(axis, rank, comes_at) for axis in axes_of(read)}
        found[network_axis(i, len(reads), at)] = moved(read, places)
    return tuple(found[i] for i in range(len(reads)))


def network_axis(axis: int, rank: int, channels: int | None) -> int:
    """Where the network has an axis of a rule's."""
    if channels is None or axis < channels:
        return axis
    return channels if axis == rank - 1 else axis + 1


def _all_along(read: Read, axis: int, n: int, out: Sizes) -> Read:
    """What is read by a value that depends on all others along an axis."""
    left = tuple(a for a in axes_of(read) if a != axis)
    if read is None or len(left) == len(axes_of(read)):
        return read
    first, last = ends(read, n, out)
    return Mixed(left, first, last) if left else Span(first, last)
