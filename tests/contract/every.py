"""Every registered kind with its examples, as pytest parameters, and each example as a network."""

from __future__ import annotations

from typing import Any

import pytest

import archcalc
from archcalc.registry import every_kind
from archcalc.spec import Example, Layer

CLASSES = list(every_kind().values())
EXAMPLES = [pytest.param(cls, example, id=example.line) for cls in CLASSES for example in cls.examples]
KEYS = [pytest.param(cls, id=cls.kind) for cls in CLASSES]


def say(shape: Any) -> str:
    return "x".join(map(str, shape))


def network(cls: type[Layer], example: Example) -> str:
    """The example's line as the layer `L` of a network that has its inputs."""
    if cls.inputs == (0, 0):
        return f"network N {{\n L: {example.line}\n identity_: relu\n}}\n"
    names = [f"i{n}" for n in range(len(example.inputs))]
    inputs = "".join(f" {name}: input {say(shape)}\n" for name, shape in zip(names, example.inputs, strict=True))
    line, brace, body = example.line.partition("{")
    return f"network N {{\n{inputs} L: {line} from {', '.join(names)} {brace}{body}\n}}\n"


def analyzed(cls: type[Layer], example: Example) -> Any:
    return archcalc.analyze(text=network(cls, example))


def node_of(cls: type[Layer], example: Example) -> Any:
    """The graph's node of the example's layer."""
    graph = analyzed(cls, example).graph
    return next(node for node in (*graph.inputs, *graph.layers) if node.name == "L")
