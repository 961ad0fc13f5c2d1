"""The part of a generated file that builds the network: `build_model`, the functions that it calls, and the parts that layers need."""

from __future__ import annotations

import re
from typing import NamedTuple

from archcalc.codegen.application import is_part, is_plain
from archcalc.codegen.construct import construction
from archcalc.codegen.errors import CodegenError
from archcalc.codegen.literals import Expression, Group, call, layout, literal, prefixed
from archcalc.codegen.names import free_name, keras_name, keras_names, variables
from archcalc.codegen.parts import Part
from archcalc.codegen.recipe import indices_into
from archcalc.codegen.structure.functions import Blocks, inner_names
from archcalc.codegen.structure.outline import outlined
from archcalc.codegen.structure.steps import Body, Loop
from archcalc.codegen.structure.writing import body_lines, function_source
from archcalc.graph import Graph, Node

GLOBALS = ("build_model", "layer")
TRAINING = ("compile_model", "load_data", "main", "prepare", "to_targets")  # of functions, but free for a variable
SPARED = 8  # lines that loops must spare in a chain, which is otherwise written as a list of layers


class Model(NamedTuple):
    """The source of `build_model` and of the functions that it calls, and the parts that must stand before them."""

    source: str
    parts: tuple[Part, ...]


def model_source(graph: Graph) -> Model:
    """`build_model()`, and the functions of blocks that are used several times: Sequential for a chain, functional otherwise.

    Layers are applied in the order of `graph.layers`, one call for each; those that have labels are called by them.

    Raises:
        CodegenError: a layer has a mistake, or Keras has nothing for it.
    """
    names = keras_names(graph)
    own = [n for n in graph.layers if n.shares is None and not is_part(n)]
    bare = {n.name: construction(n, "") for n in own}
    parts = tuple(dict.fromkeys(part for c in bare.values() for part in c.parts))
    told = _told(graph, own, {name: c.expression for name, c in bare.items()}, names)
    made = {n.name: _named(bare[n.name].expression, names[n.name] if n.name in told else "") for n in own}
    made |= {n.name: Group("", [], "") for n in graph.layers if n.shares is not None}
    blocks = Blocks(graph, made)
    body = blocks.main()
    if graph.is_chain() and all(is_plain(n) for n in graph.layers) and not blocks.functions and not _is_folded(body, graph):
        return Model(_head(_sequential(graph, names, made)), parts)
    (body, *inner), helpers = outlined([body, *(f.body for f in blocks.functions)])
    for function, changed in zip(blocks.functions, inner, strict=True):
        function.body = changed
    every = [*helpers, *blocks.functions]
    reserved = {*GLOBALS, *_defined((*parts, Part("distances")))}
    inside = inner_names(body, every)
    for function in every:
        function.name = free_name(function.wanted, {*reserved, *inside, *TRAINING})
        reserved.add(function.name)
    functions = [function_source(f, reserved) for f in every]
    return Model("\n\n".join([*functions, _head(_functional(graph, names, body, reserved))]), parts)


def _defined(parts: tuple[Part, ...]) -> set[str]:
    """The names of what these parts define."""
    return {name for part in parts for name in re.findall(r"^(?:class |def )?(\w+)(?=\(| = )", part.source()[1], re.MULTILINE)}


def _is_folded(body: Body, graph: Graph) -> bool:
    """Whether loops make a chain plainer, or much shorter."""
    steps = list(body.all_steps())
    return any(isinstance(s, Loop) and s.counts for s in steps) or len(graph.layers) - len(steps) >= SPARED


def _told(graph: Graph, nodes: list[Node], made: dict[str, Group], names: dict[str, str]) -> set[str]:
    """The layers whose names are told to Keras: those with labels, and those that it would call like one of these, or like an input."""
    labels = {names[n.name].casefold() for n in (*graph.inputs, *nodes) if n.named}
    clashing = {re.sub(r"_\d+$", "", label) for label in labels}
    return {n.name for n in nodes if n.named or _snake(made[n.name].head) in clashing}


def _snake(head: str) -> str:
    """What Keras calls a layer that has no name: conv2d for `keras.layers.Conv2D(`."""
    name = head.rstrip("(").rpartition(".")[2]
    name = re.sub(r"\W+", "", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


def _named(made: Group, name: str) -> Group:
    return made._replace(items=[*made.items, f"name={literal(name)}"]) if name else made


def _head(lines: list[str]) -> str:
    return 'def build_model():\n    """Build the network, untrained."""\n' + "\n".join(lines) + "\n"


def _input(graph: Graph, node: Node, names: dict[str, str]) -> Group:
    if node.shape is None:
        raise CodegenError(f"{node.name} has a mistake")
    options = {} if indices_into(graph, node) is None else {"dtype": literal("int32")}
    labels = {names[n.name].casefold() for n in graph.layers if n.named}
    if node.named or len(graph.inputs) > 1 or "input_layer" in labels:  # which Keras calls one that has no name
        options["name"] = literal(names[node.name])
    return call("keras.Input", literal(tuple(node.shape)), **options)


def _sequential(graph: Graph, names: dict[str, str], made: dict[str, Group]) -> list[str]:
    layers: list[Expression] = [_input(graph, graph.inputs[0], names), *(made[n.name] for n in graph.layers)]
    model = call("keras.Sequential", Group("[", layers, "]"), name=literal(keras_name(graph.name)))
    return [layout(prefixed("return ", model), 4)]


def _functional(graph: Graph, names: dict[str, str], body: Body, reserved: set[str]) -> list[str]:
    """A line for each step. What only the next line reads is called x; other values have the names of their layers."""
    inputs = variables([n.name for n in graph.inputs], reserved)
    values = {n.name: inputs[n.name] if len(graph.inputs) > 1 else "inputs" for n in graph.inputs}
    lines = [layout(prefixed(f"{values[n.name]} = ", _input(graph, n, names)), 4) for n in graph.inputs]
    steps, flow = body_lines(body, values, {*reserved, *values.values()})
    ends = [values[n.name] for n in graph.inputs], [values.get(n.name) or flow[n.name] for n in graph.outputs]
    given = [e[0] if len(e) == 1 else "[" + ", ".join(e) + "]" for e in ends]
    model = call("keras.Model", *given, name=literal(keras_name(graph.name)))
    return [*lines, *steps, layout(prefixed("return ", model), 4)]
