"""Generated code, run in this process."""

from __future__ import annotations

import types
from typing import Any

from archcalc.codegen import generate
from archcalc.graph import Graph, Node


def program(graph: Graph) -> types.ModuleType:
    """The module that the generated source makes."""
    module = types.ModuleType("generated")
    exec(compile(generate(graph, "test.arch"), "generated", "exec"), module.__dict__)
    return module


def predicted(node: Node) -> tuple[tuple[int, ...], int, int]:
    """A node's shape, and how many parameters it trains and only stores, by its declaration."""
    assert node.layer is not None and node.shape is not None and node.seen is not None
    weights = [] if node.shares else node.layer.stored(node.seen, *node.input_shapes)
    return node.shape, sum(w.size for w in weights if w.trainable), sum(w.size for w in weights if not w.trainable)


def rows(graph: Graph) -> list[dict[str, Any]]:
    """The figures that `verify.run` is given."""
    keys = ("output_shape", "trainable_params", "non_trainable_params")
    return [{"name": n.name, "kind": n.kind, **dict(zip(keys, predicted(n), strict=True))} for n in graph.layers]
