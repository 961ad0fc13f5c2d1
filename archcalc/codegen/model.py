"""The part of a generated file that builds the network: `build_model`, and the parts that its layers need."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.codegen.application import arguments_of, is_part, is_plain, targets_of
from archcalc.codegen.construct import construction
from archcalc.codegen.errors import CodegenError
from archcalc.codegen.literals import Expression, Group, call, flat, layout, literal, prefixed
from archcalc.codegen.names import keras_name, keras_names, variables
from archcalc.codegen.parts import Part
from archcalc.codegen.recipe import indices_into
from archcalc.graph import Graph, Node


class Model(NamedTuple):
    """The source of `build_model`, and what must stand before it."""

    source: str
    parts: tuple[Part, ...]


def model_source(graph: Graph) -> Model:
    """`build_model()`: Sequential for a chain, functional otherwise.

    Raises:
        CodegenError: a layer has a mistake, or Keras has nothing for it.
    """
    names = keras_names(graph)
    built = {n.name: construction(n, names[n.name]) for n in graph.layers if n.shares is None and not is_part(n)}
    parts = tuple(dict.fromkeys(part for c in built.values() for part in c.parts))
    calls = {name: c.expression for name, c in built.items()}
    chain = graph.is_chain() and all(is_plain(n) for n in graph.layers)
    lines = (_sequential if chain else _functional)(graph, names, calls)
    head = 'def build_model():\n    """Build the network, untrained."""\n'
    return Model(head + "\n".join(lines) + "\n", parts)


def _input(graph: Graph, node: Node, names: dict[str, str]) -> Group:
    if node.shape is None:
        raise CodegenError(f"{node.name} has a mistake")
    dtype = {} if indices_into(graph, node) is None else {"dtype": literal("int32")}
    return call("keras.Input", literal(tuple(node.shape)), **dtype, name=literal(names[node.name]))


def _sequential(graph: Graph, names: dict[str, str], calls: dict[str, Group]) -> list[str]:
    layers: list[Expression] = [_input(graph, graph.inputs[0], names), *(calls[n.name] for n in graph.layers)]
    model = call("keras.Sequential", Group("[", layers, "]"), name=literal(keras_name(graph.name)))
    return [layout(prefixed("return ", model), 4)]


def _functional(graph: Graph, names: dict[str, str], calls: dict[str, Group]) -> list[str]:
    """A line for each layer. What only the next line reads is called x; other values have the names of their layers."""
    nodes = [n for n in (*graph.inputs, *graph.layers) if not is_part(n)]
    own = variables([n.name for n in (*graph.inputs, *graph.layers)], {"layer", *(call.head.partition("(")[0] for call in calls.values())})
    values = own | {n.name: "x" for i, n in enumerate(nodes) if _passes_on(n, i, nodes, graph)}
    values |= {n.name: own[n.name] if len(graph.inputs) > 1 else "inputs" for n in graph.inputs}
    shared = {n.shares.name for n in graph.layers if n.shares is not None}
    lines = [layout(prefixed(f"{values[n.name]} = ", _input(graph, n, names)), 4) for n in graph.inputs]
    for n in nodes[len(graph.inputs) :]:
        layer = n.shares.name if n.shares is not None else n.name
        if n.name in shared:
            lines.append(layout(prefixed(f"{own[layer]}_layer = ", calls[layer]), 4))
        made = f"{own[layer]}_layer" if layer in shared else flat(calls[layer])
        lines += _application(targets_of(n, values), made, calls[layer], arguments_of(n, values), layer in shared)
    ends = [values[n.name] for n in graph.inputs], [values[n.name] for n in graph.outputs]
    given = [e[0] if len(e) == 1 else "[" + ", ".join(e) + "]" for e in ends]
    model = call("keras.Model", *given, name=literal(keras_name(graph.name)))
    return [*lines, layout(prefixed("return ", model), 4)]


def _application(value: str, made: str, layer: Group, arguments: str, is_shared: bool) -> list[str]:
    """`value = layer(arguments)`; the layer on lines of its own where one is too short."""
    line = f"{value} = {made}({arguments})"
    if is_shared or len(line) <= 116:
        return [layout(Group(f"{value} = {made}(", [arguments], ")"), 4)]
    return [layout(prefixed("layer = ", layer), 4), layout(Group(f"{value} = layer(", [arguments], ")"), 4)]


def _passes_on(node: Node, index: int, nodes: list[Node], graph: Graph) -> bool:
    """Whether the next layer is the only one to read it."""
    readers = [n for n in nodes for read in n.inputs if read is node]
    return len(readers) == 1 and readers == nodes[index + 1 : index + 2] and node not in graph.outputs
