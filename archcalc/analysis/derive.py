"""How a figure came about: the formula in symbols, with the numbers put in, and the result.

The formula is not written anywhere: the layer's own rules run once more, on integers that remember what was done to them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from archcalc.analysis.costs import edge_sums
from archcalc.arguments import Arg
from archcalc.graph import BYTES, Node, say_shape
from archcalc.sizes import Refusal, Shape, Size, Traced, prod, settled, untraced
from archcalc.sizes import total as add_up
from archcalc.spec import Layer, Weight

# A term of FLOPs, which has a derivation of its own.
BIAS_ADDS = "bias adds"
AXES = {2: ("h", "w"), 3: ("depth", "h", "w")}


class Derivation(NamedTuple):
    """A figure of a layer: `(n + 2*p - f)//s + 1`, `(32 + 2*0 - 5)//1 + 1`, 28."""

    figure: str
    symbols: str
    numbers: str
    result: str

    @property
    def text(self) -> str:
        """The numbers and the result, as one line."""
        return self.numbers if self.numbers == self.result or " = " in self.numbers else f"{self.numbers} = {self.result}"


def derive(node: Node, figure: str, dtype: str = "float32", batch: int = 1, real_taps: bool = False) -> Derivation | None:
    """The derivation of a layer's figure; None where there is nothing to derive (unknown, or none of it)."""
    return derive_all(node, (figure,), dtype, batch, real_taps).get(figure)


def derive_all(
    node: Node, figures: tuple[str, ...], dtype: str = "float32", batch: int = 1, real_taps: bool = False
) -> dict[str, Derivation]:
    """The derivations of several figures of a layer, of those that have one."""
    if node.layer is None or node.shape is None:
        return {}
    # Large networks repeat themselves: layers of one kind, with the same arguments and inputs, are derived once.
    key = (
        type(node.layer), tuple(vars(node.layer).items()), node.input_shapes, node.shares is None, node.first, figures, dtype, batch,
        real_taps,
    )  # fmt: skip
    found = _known.get(key)
    if found is None:
        if len(_known) >= MAX_KNOWN:
            _known.clear()
        found = _known[key] = _derive(node, figures, dtype, batch, real_taps)
    return dict(found)  # the caller's own, to do with as it likes


MAX_KNOWN = 2000
_known: dict[Any, dict[str, Derivation]] = {}


def _derive(node: Node, figures: tuple[str, ...], dtype: str, batch: int, real_taps: bool) -> dict[str, Derivation]:
    try:
        tracer = Tracer(node, dtype, batch)
        tracer.real_taps = real_taps
        derived = ((figure, tracer.derive(figure)) for figure in figures if figure not in node.untold)
        return {figure: derivation for figure, derivation in derived if derivation is not None}
    except Refusal:  # a free size, where a number is needed: that was said
        return {}


class Tracer:
    """A layer whose sizes are traced, and the figures that follow from it. `naming` gives axes their names in formulas."""

    real_taps = False

    def __init__(
        self, node: Node, dtype: str = "float32", batch: int = 1, naming: Callable[[Shape, str, bool], Shape] | None = None
    ) -> None:
        naming = naming or _axes
        assert node.layer is not None
        assert node.seen is not None
        self.node = node
        self.bytes = BYTES[dtype]
        self.batch = batch
        self.layer: Layer = node.layer.with_sizes(_argument)
        first = node.first and not node.turned  # the rule sees the network's own layout
        self.inputs = tuple(naming(x, str(i) if len(node.inputs) > 1 else "", first) for i, x in enumerate(node.input_shapes, 1))
        self.out = naming(node.seen, "_out", first)
        self.weights: tuple[Weight, ...] = self.layer.stored(self.out, *self.inputs)
        self.products = self.layer.products(self.out, *self.inputs)

    def derive(self, figure: str) -> Derivation | None:
        if figure == "output_shape":
            return self._shape()
        size = self.figure(figure)
        if not isinstance(size, Traced):
            return None if _is_zero(size) else Derivation(figure, str(size), str(size), str(size))
        return Derivation(figure, size.symbols, size.numbers, str(settled(size.value)))

    def figure(self, figure: str) -> Size:
        """A count as it comes about: traced, or a number where nothing went into it."""
        found: Size = getattr(self, "_" + figure.replace(" ", "_"))()
        return found

    def weight(self, weight: Weight) -> Derivation:
        """How many values an array of its weights holds: `5*5*1*6`."""
        size = _leaf(_by_maps((weight,)))
        return Derivation(weight.name, size.symbols, size.numbers, str(settled(size.value)))

    def _shape(self) -> Derivation:
        shape = self.layer.shape(*self.inputs)
        worked = {s.numbers: s for s in shape if isinstance(s, Traced) and s.numbers != str(s.value)}
        result = say_shape(self.node.shape)
        if not worked:
            return Derivation("output_shape", " x ".join(_symbol(s) for s in shape), result, result)
        steps = "; ".join(f"{s.numbers} = {settled(s.value)}" for s in worked.values())
        symbols = "; ".join(dict.fromkeys(s.symbols for s in worked.values()))
        return Derivation("output_shape", symbols, steps, result)

    def _owned(self) -> tuple[Weight, ...]:
        return () if self.node.shares is not None else self.weights

    def _params(self) -> Size:
        return _by_maps(self._owned())

    def _trainable_params(self) -> Size:
        return _by_maps(tuple(w for w in self._owned() if w.trainable))

    def _non_trainable_params(self) -> Size:
        return _by_maps(tuple(w for w in self._owned() if not w.trainable))

    def _units(self) -> Size:
        return prod(self.out) if self.layer.computes else 0

    def _connections(self) -> Size:
        if not self.layer.computes:
            return 0
        if self.real_taps:
            try:
                found = self._without_padding()
            except Refusal:  # there is no figure either, and it was said why
                return 0
            if found is not None:
                return found
        weightless = self.layer.edges(self.out, *self.inputs)
        products = [product.macs * product.reads for product in self.products]
        return add_up([*([self._weighted()] if self.weights else []), *products, weightless])

    def _without_padding(self) -> Size:
        """The connections without taps that fall on padding, kernel by kernel; None where there are no such taps."""
        tapped = self.layer.tapped(self.out, *self.inputs)
        if not any((size == 0) is not True for one in tapped for axis in one.axes for size in axis.outside):
            return None
        slid = [prod(_real(one.axes, one.of)) * one.each for one in tapped]
        others = self._used(tuple(w for w in self.weights if w.name not in {one.weight for one in tapped}))
        weightless = 0 if any(not one.weight for one in tapped) else self.layer.edges(self.out, *self.inputs)
        return add_up([*slid, others, *(product.macs * product.reads for product in self.products), weightless])

    def _weighted(self) -> Size:
        """The edges that carry a weight or a bias."""
        groups = _by_positions(self.weights)
        if len(groups) == 1 and all(_is_one(w.reads) for w in self.weights) and self.weights[0].positions != 0:
            params = untraced(_by_maps(self.weights))
            return _times(Traced(params, "params"), self._positions(self.weights[0]), spaced=True)
        return self._used(self.weights)

    def _macs(self) -> Size:
        weighted = self._used(tuple(w for w in self.weights if not w.bias)) if self.layer.multiplies else 0
        return add_up([weighted, *(product.macs for product in self.products)])

    def _used(self, weights: tuple[Weight, ...]) -> Size:
        """The weights, each as often as it is used. What they share is said once."""
        groups = _by_positions(weights)
        return add_up([_times(_by_maps(group, reads=True), self._positions(group[0])) for group in groups])

    def _positions(self, weight: Weight) -> Shape:
        return self.out[:-1] if weight.positions is None else (weight.positions,)

    def _flops(self) -> Size:
        _, macs, biases = edge_sums(self.layer, self.weights, self.out)
        macs = add_up([macs, *(product.macs for product in self.products)])
        parts: list[Size] = [2 * Traced(untraced(macs), "macs")] if not _is_zero(macs) else []
        parts += [Traced(untraced(biases), BIAS_ADDS)] if not _is_zero(biases) else []
        for operation in self.layer.operations(self.out, *self.inputs):
            count = operation.count(self.out)
            once = operation.name == "activation" and _is_one(operation.per_value)
            parts.append(Traced(untraced(count), "activations") if once else count)
        return add_up(parts)

    def _bias_adds(self) -> Size:
        """The additions of a bias: each of its values as often as it is used."""
        return self._used(tuple(w for w in self.weights if w.bias)) if self.layer.computes else 0

    def _activation_bytes(self) -> Size:
        one = prod(self.out) * Traced(self.bytes.values if self.node.inputs else self.bytes.inputs, "bytes")
        return one if self.batch == 1 else one * Traced(self.batch, "batch")

    def _weight_bytes(self) -> Size:
        params = untraced(_by_maps(self._owned()))
        return Traced(params, "params") * Traced(self.bytes.weights, "bytes") if not _is_zero(params) else 0


def _real(axes: tuple[Any, ...], of: str) -> list[Size]:
    """The taps on values, along each axis: all, less those before and after it. Where axes differ, they are numbered."""
    outside = [axis.outside for axis in axes]
    numbered = len(set(outside)) > 1
    found = []
    for i, (axis, counts) in enumerate(zip(axes, outside, strict=True), 1):
        real = _leaf(axis.places) * axis.kernel
        for name, count in zip(("before", "after"), counts, strict=True):
            symbol = " ".join(filter(None, (of, name + (f"_{i}" if numbered else ""))))
            real = real if (count == 0) is True else real - Traced(count, symbol)
        found.append(real)
    return found


def terms_of_params(node: Node) -> list[Derivation]:
    """The terms that add up to a layer's parameters: one for each group of maps whose kernels are of one size."""
    groups: list[list[Weight]] = []
    for weight in Tracer(node).weights if node.layer is not None and node.seen is not None else ():
        if not groups or weight.name in {w.name for w in groups[-1]}:
            groups.append([])
        groups[-1].append(weight)
    single = all(_is_one(group[0].maps) for group in groups)
    sizes = [_share(group, reads=False) * (1 if single else _leaf(group[0].maps)) for group in groups]
    return [Derivation("params", size.symbols, size.numbers, str(settled(size.value))) for size in sizes]


def _argument(a: Arg, n: Size, axis: int | None) -> Traced:
    return Traced(n, str(a.symbol) + ("" if axis is None else f"_{axis + 1}"))


def _axes(shape: Shape, suffix: str, first: bool = False) -> Shape:
    """A shape whose axes have names: n, n, c of a square; h, w, c of any other; n of a vector. Channels may be `first`."""
    if len(shape) <= 1:
        return tuple(Traced(n, "n" + suffix) for n in shape)
    space = shape[1:] if first else shape[:-1]
    names = ("n",) * len(space) if len(set(space)) == 1 else AXES.get(len(space)) or tuple(f"n{i}" for i in range(len(space)))
    names = ("c", *names) if first else (*names, "c")
    return tuple(Traced(n, name + suffix) for n, name in zip(shape, names, strict=True))


def _by_maps(weights: tuple[Weight, ...], reads: bool = False) -> Size:
    """The weights' sizes, what belongs to one map in brackets: (5*5*1 + 1)*6."""
    groups: list[list[Weight]] = []
    for weight in weights:
        last = groups[-1] if groups else []
        if last and (last[0].maps == weight.maps) is True and weight.name not in {w.name for w in last}:
            last.append(weight)
        else:
            groups.append([weight])
    single = all(_is_one(group[0].maps) for group in groups)  # then that there is one of each says nothing
    return add_up([_share(group, reads) * (1 if single else _leaf(group[0].maps)) for group in groups])


def _by_positions(weights: tuple[Weight, ...]) -> list[tuple[Weight, ...]]:
    """The weights that are used at the same positions together."""
    groups: dict[str, list[Weight]] = {}
    for weight in weights:
        groups.setdefault(_symbol(weight.positions), []).append(weight)
    return [tuple(group) for group in groups.values()]


def _share(group: list[Weight], reads: bool) -> Size:
    """What belongs to one map. A single value, such as a bias, is a 1 that stays visible."""
    parts = [_leaf(prod(w.each)) if w.each or _is_one(w.reads) or not reads else w.reads for w in group]
    return add_up([part * w.reads if reads and w.each else part for part, w in zip(parts, group, strict=True)])


def _leaf(size: Size) -> Traced:
    return size if isinstance(size, Traced) else Traced(size, str(size))


def _times(size: Size, positions: Shape, spaced: bool = False) -> Size:
    """A size at each of the positions. `spaced` sets a whole figure apart from the factors after it: 156 * 28*28."""
    if not positions:
        return size
    if not spaced:
        return size * prod(positions)
    places = _leaf(prod(positions))
    return Traced(untraced(size) * untraced(places), f"{_symbol(size)} * {places.symbols}", f"{size} * {places.numbers}", "*")


def _symbol(size: Size) -> str:
    return size.symbols if isinstance(size, Traced) else str(size)


def _is_zero(size: Size) -> bool:
    size = untraced(size)
    return isinstance(size, int) and size == 0


def _is_one(size: Size) -> bool:
    return isinstance(size, int) and size == 1
