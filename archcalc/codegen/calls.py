"""One layer's declaration -> the Keras call that builds it.

The call follows from the declaration: its class, and the arguments that were given. Only meanings that Keras lacks have a
function here; their classes are in `parts`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from archcalc.argtypes import Choice
from archcalc.codegen.errors import CodegenError
from archcalc.codegen.literals import Expression, Group, call, literal
from archcalc.codegen.parts import Part
from archcalc.graph import Node
from archcalc.layers.activation import Named
from archcalc.layers.normalization import Axis
from archcalc.spec import Arg, Layer
from archcalc.windows import Window

BITMAP_SHAPE = (84, 10)  # the paper's 7x12 pixels for ten digits
Pairs = tuple[tuple[int, int], ...]


class Construction(NamedTuple):
    """The expression that builds a layer, and the parts that it needs."""

    expression: Group
    parts: tuple[Part, ...] = ()


def construction(node: Node, keras_name: str) -> Construction:
    """How Keras builds this node's layer, under that name.

    Raises:
        CodegenError: neither its declaration nor this module knows how.
    """
    override = OVERRIDES.get(node.kind)
    found = (override(node) if override else None) or Construction(_declared(node))
    name = call("", name=literal(keras_name)).items
    return found._replace(expression=found.expression._replace(items=[*found.expression.items, *name]))


def _declared(node: Node, without: tuple[str, ...] = ()) -> Group:
    """The call that follows from the declaration: required arguments by position, then the others that differ."""
    layer = _layer(node)
    if isinstance(layer, Named):
        return call("keras.layers.Activation", literal(layer.function))
    if layer.keras is None:
        raise CodegenError(f"{node.name}: Keras has no layer for {layer.kind}")
    rank = len(node.input_shapes[0]) - 1 if node.inputs else 0
    required = [_written(a, getattr(layer, a.name)) for a in layer.args if a.required]
    return call(f"keras.layers.{layer.keras.format(rank=rank)}", *required, **_options(node, without))


def _options(node: Node, without: tuple[str, ...] = ()) -> dict[str, Expression]:
    """The optional arguments whose values are not the defaults, by Keras's names."""
    layer = _layer(node)
    options: dict[str, Expression] = {}
    for a in layer.args:
        value = getattr(layer, a.name)
        if a.required or a.name in without or (value == a.default and not a.keras_needs):
            continue
        if not a.keras:
            raise CodegenError(f"{node.name}: Keras has no argument for `{a.name}` of {layer.kind}")
        options[a.keras] = _written(a, value)
    return options


def _written(a: Arg, value: Any) -> str:
    """An argument's value as Keras takes it."""
    if isinstance(a.type, Axis) and value >= 0:
        value += 1  # Keras counts the batch
    if isinstance(a.type, Choice) and a.type.off is not None:
        value = value != a.type.off
    return literal(value)


def _layer(node: Node) -> Layer:
    if node.layer is None or node.shape is None:
        raise CodegenError(f"{node.name} has a mistake")
    return node.layer


# ---- what Keras lacks -------------------------------------------------------------------------------------------


def _conv(node: Node) -> Construction | None:
    layer: Any = _layer(node)
    if layer.maps is not None or layer.bias == "untied":
        return _lecun_conv(node, layer)
    if isinstance(layer.padding, str):
        return None
    pads = _pads(node)
    rank = len(pads)
    sizes = literal(layer.filters), literal(layer.kernel), literal(pads)
    options = _options(node, without=("padding",))
    return Construction(call(f"PaddedConv{rank}D", *sizes, **options), (Part("padded_conv", rank),))


def _lecun_conv(node: Node, layer: Any) -> Construction:
    windows = layer.windows(*node.input_shapes)
    options = _options(node, without=("padding", "stride", "dilation", "bias", "maps"))
    for name, values in (("strides", [w.stride for w in windows]), ("dilation_rate", [w.dilation for w in windows])):
        if any(v != 1 for v in values):
            options[name] = literal(tuple(values))
    options |= _pads_option(node)
    if layer.bias != "shared":
        options["bias"] = literal(layer.bias)
    if layer.maps is not None:
        options["table"] = Group("[", [literal(row) for row in layer.maps.rows], "]")
    kernel = literal(tuple(w.kernel for w in windows))
    return Construction(call("LeCunConv", literal(layer.filters), kernel, **options), (Part("lecun_conv"),))


def _max_pool(node: Node) -> Construction:
    if _is_native(node):
        return Construction(_declared(node, without=("ceil",)))
    pads = tuple((before, after + over) for (before, after), over in zip(_pads(node), _overhang(node), strict=True))
    return Construction(_pooling("PaddedMaxPooling", node, pads=literal(pads)), (Part("padded_max_pooling"),))


def _average_pool(node: Node) -> Construction:
    if _is_native(node):
        return Construction(_declared(node, without=("ceil",)))
    options: dict[str, Expression] = {"pads": literal(_pads(node))}
    if any(_overhang(node)):
        options["overhang"] = literal(_overhang(node))
    return Construction(_pooling("PaddedAveragePooling", node, **options), (Part("padded_average_pooling"),))


def _subsample(node: Node) -> Construction:
    options = _options(node, without=("kernel", "stride", "padding"))
    return Construction(_pooling("Subsampling", node, **_pads_option(node), **options), (Part("subsampling"),))


def _rbf(node: Node) -> Construction:
    layer: Any = _layer(node)
    units = literal(layer.units)
    if layer.centres == "random" or (node.input_shapes[0][-1], layer.units) != BITMAP_SHAPE:
        return Construction(call("RBF", units), (Part("rbf"),))
    return Construction(call("RBF", units, centres="DIGIT_BITMAPS"), (Part("rbf"), Part("digit_bitmaps")))


OVERRIDES: dict[str, Callable[[Node], Construction | None]] = {
    "conv": _conv,
    "maxpool": _max_pool,
    "avgpool": _average_pool,
    "subsample": _subsample,
    "rbf": _rbf,
}


# ---- windows ----------------------------------------------------------------------------------------------------


def _pooling(name: str, node: Node, **options: Expression) -> Group:
    windows = _windows(node)
    return call(name, literal(tuple(w.kernel for w, _ in windows)), literal(tuple(w.stride for w, _ in windows)), **options)


def _windows(node: Node) -> list[tuple[Window, int]]:
    """Each spatial axis's window, and the length that it slides over."""
    shape = node.input_shapes[0]
    return list(zip(_layer(node).windows(*node.input_shapes), shape[:-1], strict=True))


def _is_native(node: Node) -> bool:
    """Whether Keras's own pooling pads and rounds like this; `same` rounds up by itself."""
    layer: Any = _layer(node)
    return layer.padding == "same" or (layer.padding == "valid" and not layer.ceil)


def _pads(node: Node) -> Pairs:
    """How much padding stands before and after each axis: with `ceil`, no more than the last window reads."""
    pads = ((w.pads(n), w.ceil, _reached(w, n)) for w, n in _windows(node))
    return tuple((before, max(min(after, reached), 0) if ceil else after) for (before, after), ceil, reached in pads)


def _overhang(node: Node) -> tuple[int, ...]:
    """How far each axis's last window reaches past the padded input: only with `ceil`, never otherwise."""
    return tuple(max(_reached(w, n) - w.pads(n)[1], 0) for w, n in _windows(node))


def _reached(window: Window, length: int) -> int:
    """How far the last window reaches past the end of the input."""
    last = (window.output(length) - 1) * window.stride - window.pads(length)[0]
    return int(last + window.reach) - length


def _pads_option(node: Node) -> dict[str, Expression]:
    pads = _pads(node)
    return {"pads": literal(pads)} if any(map(any, pads)) else {}
