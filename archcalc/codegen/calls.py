"""One layer's declaration -> the Keras call that builds it.

The call follows from the declaration: its class, and the arguments that were given. Only meanings that Keras lacks have a
function in `overrides`, family by family; their classes are in `parts`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from archcalc.argtypes import Axis, Choice
from archcalc.arguments import Arg
from archcalc.codegen.errors import CodegenError
from archcalc.codegen.literals import Expression, Group, call, literal
from archcalc.codegen.parts import Part
from archcalc.graph import CHANNELS_FIRST, Node, aligned, channels_first
from archcalc.layers.activation import Named
from archcalc.sizes import Shape
from archcalc.spec import Layer, Wrapper


class Construction(NamedTuple):
    """The expression that builds a layer, and the parts that it needs."""

    expression: Group
    parts: tuple[Part, ...] = ()


def declared(node: Node, without: tuple[str, ...] = ()) -> Group:
    """The call that follows from the declaration: required arguments by position, then the others that differ."""
    layer = layer_of(node)
    if isinstance(layer, Named):
        return call("keras.layers.Activation", literal(layer.function))
    if layer.keras is None:
        raise CodegenError(f"{node.name or layer.kind}: Keras has no layer for {layer.kind}")
    rank = layer.rank_of(*node.input_shapes)
    required = [written(a, getattr(layer, a.name)) for a in layer.args if a.required]
    return call(f"keras.layers.{layer.keras.format(rank=rank)}", *required, **options_of(node, without))


def bare(layer: Layer, *inputs: Shape, first: bool = False) -> Node:
    """A node without a name: of a layer inside another, whose rules see these shapes."""
    node = Node("", layer, tuple(Node("", None, (), None) for _ in inputs), None)
    node.first = first
    turned = node.turned
    for source, x in zip(node.inputs, inputs, strict=True):
        source.shape = channels_first(x, aligned(turned[0], x, inputs[0])) if turned else x
    out = layer.shape(*inputs)
    node.shape = channels_first(out, turned[1]) if turned else out
    return node


def options_of(node: Node, without: tuple[str, ...] = ()) -> dict[str, Expression]:
    """The optional arguments whose values are not the defaults, by Keras's names."""
    layer = layer_of(node)
    options: dict[str, Expression] = {}
    for a in layer.args:
        value = getattr(layer, a.name)
        if a.required or a.called or a.name in without or (value == a.default and not a.keras_needs):
            continue
        if not a.keras:
            raise CodegenError(f"{node.name or layer.kind}: Keras has no argument for `{a.name}` of {layer.kind}")
        options[a.keras] = written(a, value)
    if node.turned and "data_format" not in without and not isinstance(layer, Wrapper):  # what stands inside of a wrapper is told
        options["data_format"] = literal(CHANNELS_FIRST)
    return options


def call_options(node: Node) -> dict[str, Expression]:
    """The arguments that Keras takes where the layer is called, whose values are not the defaults."""
    layer = layer_of(node)
    given = ((a, getattr(layer, a.name)) for a in layer.args if a.called)
    return {str(a.keras): written(a, value) for a, value in given if value != a.default}


def written(a: Arg, value: Any) -> str:
    """An argument's value as Keras takes it."""
    if isinstance(a.type, Axis):
        value = a.type.settled(value, 0)
    if isinstance(a.type, Choice) and a.type.off is not None:
        value = value != a.type.off
    return literal(value)


def layer_of(node: Node) -> Layer:
    """The node's layer, which codegen cannot do without."""
    if node.layer is None or node.shape is None:
        raise CodegenError(f"{node.name} has a mistake")
    return node.layer
