"""What generated code does, call by call: which layer is applied to which values, in which order."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from archcalc.codegen import generate
from archcalc.codegen.application import arguments_of, is_part
from archcalc.codegen.construct import construction
from archcalc.codegen.literals import flat
from archcalc.codegen.names import keras_names
from archcalc.graph import Graph, Node


class Applied(NamedTuple):
    """One call of a layer: the layer, the values that flow in, in order, and those that come out."""

    layer: Any
    read: list[Any]
    gives: list[Any]
    config: Any = None  # as it was before it was built, which changes some


@contextmanager
def recorded(keras: Any) -> Iterator[list[Applied]]:
    """All calls of layers while this is open, but for those that layers make of others."""
    calls: list[Applied] = []
    depth = 0
    original = keras.layers.Layer.__call__

    def call(self: Any, *args: Any, **options: Any) -> Any:
        nonlocal depth
        before = config(self) if depth == 0 and not isinstance(self, keras.Model) else None
        depth += 1
        try:
            out = original(self, *args, **options)
        finally:
            depth -= 1
        if depth == 0 and not isinstance(self, keras.Model):
            calls.append(Applied(self, tensors([*args, options]), tensors(out), before))
        return out

    keras.layers.Layer.__call__ = call
    try:
        yield calls
    finally:
        keras.layers.Layer.__call__ = original


def tensors(value: Any) -> list[Any]:
    """The symbolic values in what is passed, in order."""
    if isinstance(value, list | tuple):
        return [t for v in value for t in tensors(v)]
    if isinstance(value, dict):
        return [t for v in value.values() for t in tensors(v)]
    return [value] if hasattr(value, "_keras_history") else []


def module_of(graph: Graph) -> types.ModuleType:
    """The generated file, as a module."""
    module = types.ModuleType("generated")
    exec(compile(generate(graph, "test.arch", runnable=False), "generated", "exec"), module.__dict__)
    return module


def differences(keras: Any, graph: Graph) -> list[str]:
    """Where generated code does something else than the graph says: in layers, arguments, wiring, order, names, sharing."""
    keras.backend.clear_session()
    module = module_of(graph)
    with recorded(keras) as calls:
        model = module.build_model()
    nodes = [n for n in graph.layers if not is_part(n)]
    if isinstance(model, keras.Sequential):
        configs = {id(c.layer): c.config for c in calls}
        calls = [Applied(layer, tensors(layer.input), tensors(layer.output), configs[id(layer)]) for layer in model.layers]
    if len(calls) != len(nodes):
        return [f"{len(nodes)} layers, {len(calls)} calls"]
    names = keras_names(graph)
    values: dict[str, Any] = dict(zip((n.name for n in graph.inputs), model.inputs, strict=True))
    layers: dict[str, Any] = {}
    found = []
    for node, call in zip(nodes, calls, strict=True):
        wanted = [values[node.inputs[i].name] for i in order_of_reading(node)]
        if [id(t) for t in call.read] != [id(t) for t in wanted]:
            found.append(f"{node.name} reads other values")
        values[node.name] = call.gives[0]
        for part in (n for n in graph.layers if is_part(n) and n.inputs[0] is node):
            index = [f"{node.name}.{p}" for p in node.layer.parts(node.seen, *node.input_shapes)].index(part.name)  # type: ignore[union-attr]
            values[part.name] = call.gives[1 + index]
        if node.shares is not None:
            found += [] if layers[node.shares.name] is call.layer else [f"{node.name} shares nothing"]
            continue
        found += [f"{node.name} is the layer of another"] if any(call.layer is other for other in layers.values()) else []
        layers[node.name] = call.layer
        expected = eval(flat(construction(node, "").expression), {**module.__dict__})
        if call.config != config(expected):
            found.append(f"{node.name}: {call.config} instead of {config(expected)}")
        if node.named and call.layer.name != names[node.name]:
            found.append(f"{node.name} is called {call.layer.name}")
    outputs = [id(values[n.name]) for n in graph.outputs]
    return found + ([] if [id(t) for t in model.outputs] == outputs else ["other outputs"])


def order_of_reading(node: Node) -> list[int]:
    """Which of its inputs a layer is called with, in order: some are called with one twice."""
    return [int(i) for i in re.findall(r"<(\d+)>", arguments_of(node, [f"<{i}>" for i in range(len(node.inputs))]))]


def config(layer: Any) -> Any:
    """A layer's class and arguments, without names."""
    return type(layer).__name__, without_names(layer.get_config())


def without_names(value: Any) -> Any:
    if isinstance(value, dict):
        dropped = ("name", "build_config", "shared_object_id", "seed", "seed_generator")
        return {k: without_names(v) for k, v in value.items() if k not in dropped}
    return [without_names(v) for v in value] if isinstance(value, list | tuple) else str(value)
