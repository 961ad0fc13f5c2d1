"""The configurations of some families: the lines of the tables against Keras that it accepts, and each kind's examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from against_keras.table import CONFIGS
from engine.harness import agree, graph_of, network, same_figures

from archcalc.engine import Run, run
from archcalc.registry import every_kind


class Line(NamedTuple):
    """A line of the language, the shapes that flow in as the network has them, and whether channels come first."""

    kind: str
    line: str
    shapes: tuple[tuple[int, ...], ...]
    first: bool


def lines(*modules: str) -> Iterator[Line]:
    """Every configuration of the kinds that these modules of `archcalc/layers` declare."""
    kinds = {cls.kind: cls for cls in every_kind().values() if cls.__module__.rpartition(".")[2] in modules}
    for kind, cls in kinds.items():
        for example in cls.examples:
            yield Line(kind, example.line, example.inputs, False)
    for config in CONFIGS:
        if config.kind in kinds and not config.refused:
            yield Line(config.kind, config.line, config.inputs, config.first)


def cases(*modules: str) -> list[Any]:
    """The same, each once, as parameters of a test."""
    found = dict.fromkeys(lines(*modules))
    return [pytest.param(x, id=f"{'first-' * x.first}{'x'.join(map(str, x.shapes[0] if x.shapes else ()))}-{x.line}") for x in found]


def more(*given: tuple[Any, ...]) -> list[Any]:
    """Further lines, each with the shapes that flow in, as parameters of a test."""
    return [pytest.param(Line("", line, shapes, False), id=f"{'x'.join(map(str, shapes[0]))}-{line}") for line, *shapes in given]


def checked_figures(line: Line) -> Run:
    """archcalc's shape, parameters and MACs are those that computing shows."""
    graph = graph_of(network(line.line, *line.shapes, first=line.first))
    found = run(graph, batch=2)
    same_figures(graph, found)
    return found


def checked_values(keras: Any, line: Line, **options: Any) -> Run:
    """The engine's values are Keras's."""
    return agree(keras, network(line.line, *line.shapes, first=line.first), figures=False, **options)
