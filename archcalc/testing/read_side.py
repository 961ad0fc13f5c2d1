"""A network's figures as they are read from what Keras writes of it: the model is built, written as JSON, and read as a file would be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from archcalc.analysis import Analysis
from archcalc.api import Analysis as Told
from archcalc.codegen.application import parts_of
from archcalc.graph import Graph, Node
from archcalc.importers.reading import read_model
from archcalc.pipeline import Loaded, analyze_all
from archcalc.source import Source
from archcalc.spec import Part
from archcalc.testing.keras_side import Built
from archcalc.testing.sides import Figures, Side, predicted

NAME = "reading"  # what this side is called
PLACED = ("output_shape", "macs", "connections")
OWNED = ("trainable_params", "non_trainable_params")


class NotRead(Exception):
    """What Keras wrote was not read, or its text by itself means something else; the message says how."""


class Unsaid(Exception):
    """What Keras wrote does not say what comes out of the last layer, which is of a class that is not Keras's own."""


def read_again(built: Built) -> Analysis:
    """The analysis of what Keras writes of a model.

    Raises:
        NotRead: it has a mistake, or the text that was made of it gives another analysis.
        Unsaid: it ends in a layer of which nothing is known.
    """
    model = read_model("model.json", built.model.to_json().encode())
    (analysis,) = analyze_all(Loaded(model.source, model.findings, (), model), None, make=Told)
    if any(d.code == "E606" for d in analysis.diagnostics):
        raise Unsaid
    if wrong := [d for d in analysis.diagnostics if d.severity == "error" or d.code == "W131"]:
        raise NotRead(f"cannot read what Keras writes: {wrong[0]}")
    (again,) = analyze_all(Loaded(Source(model.source.name, model.source.text), []), model.main, make=Told)
    if _without_findings(again) != _without_findings(analysis):
        raise NotRead("reads one network, and writes the text of another")
    return analysis


def _without_findings(analysis: Told) -> str:
    return analysis.to_json().partition('"diagnostics"')[0]


def read_side(graph: Graph, built: Built, analysis: Analysis) -> Side:
    """What was read, under the names of the network that the model was built from.

    A layer that is called several times is compared by all its calls: in which order they are written is not said.
    What no kind is known of, or stands behind it, has no figures.
    """
    theirs = predicted_of(analysis)
    parts = {_key(n, {}): theirs[n.name] for n in analysis.graph.layers if isinstance(n.layer, Part)}
    names = _layer_names(graph, built)
    # an output that nothing reads is not in the file
    found: Figures = {n.name: parts.get(_key(n, names), {}) for n in graph.layers if isinstance(n.layer, Part)}
    for name, (ours, read) in _pairs(graph, built, analysis).items():
        figures = [theirs[n.name] for n in read]
        if len(ours) == len(read) == 1:
            found[name] = figures[0]
            continue
        if any(n.kind == "custom" for n in read):  # its further calls stand under their own names
            found |= {node.name: {} for node in ours}
        order = sorted(figures, key=lambda f: str([f.get(k) for k in PLACED]))
        for node, given in zip(sorted(ours, key=_place_of), order, strict=False):
            found[node.name] = {k: v for k, v in given.items() if k not in OWNED}
    return Side(NAME, found, {})


def predicted_of(analysis: Analysis) -> Figures:
    """What is known of each layer."""
    rows = {n.name: n.row for n in analysis.graph.layers}
    if analysis.ok and not any(row is None or row.params is None for row in rows.values()):
        return predicted(analysis).figures
    return {name: {} if row is None or row.output_shape is None else {"output_shape": row.output_shape} for name, row in rows.items()}


def _place_of(node: Node) -> str:
    return str([getattr(node.row, name) for name in PLACED])


def _pairs(graph: Graph, built: Built, analysis: Analysis) -> dict[str, tuple[list[Node], list[Node]]]:
    """By the name of its first call, the calls of each layer that was built, and those that were read."""
    read: dict[str, list[Node]] = {}
    for node in analysis.graph.layers:
        if not isinstance(node.layer, Part):
            read.setdefault((node.shares or node).name, []).append(node)
    found: dict[str, tuple[list[Node], list[Node]]] = {}
    for node in graph.layers:
        if node.name in built.applied:
            owner = (node.shares or node).name
            layer = built.applied[node.name].layer.name
            found.setdefault(owner, ([], read.get(layer, [])))[0].append(node)
    return found


def miswired(graph: Graph, built: Built, analysis: Analysis) -> Iterator[tuple[str, str]]:
    """The layers that read others than those that they were built on, in another order, and networks with other outputs."""
    ours = _layer_names(graph, built)
    calls = {name: pair for name, pair in _pairs(graph, built, analysis).items() if len(pair[0]) == 1}
    for name, (_, nodes) in calls.items():
        wanted, found = [_key(n, ours) for n in graph.names[name].inputs], [_key(n, {}) for n in nodes[0].inputs] if nodes else []
        if list(dict.fromkeys(wanted)) != list(dict.fromkeys(found)):
            yield f"{name} ({graph.names[name].kind})", f"{', '.join(wanted)} by archcalc, {', '.join(found)} by {NAME}"
    wanted, found = [_key(n, ours) for n in graph.outputs], [_key(n, {}) for n in analysis.graph.outputs]
    if wanted != found:
        yield "", f"outputs {', '.join(wanted)} by archcalc, {', '.join(found)} by {NAME}"


def _layer_names(graph: Graph, built: Built) -> dict[str, str]:
    """What inputs and layers are called in Keras."""
    inputs: list[Any] = built.model.inputs
    found = {n.name: str(t._keras_history.operation.name) for n, t in zip(graph.inputs, inputs, strict=True)}  # noqa: SLF001  nothing else says it
    return found | {n.name: str(built.applied[n.name].layer.name) for n in graph.layers if n.name in built.applied}


def _key(node: Node, names: dict[str, str]) -> str:
    """What puts a value out, by the layer's name in Keras, whichever of its calls; and which of its outputs it is, counted from 1.

    Where no kind does what the layer does, that output is a line of its own, `NAME_output_2`: so it is called in either case.
    """
    if isinstance(node.layer, Part):
        (whole,) = node.inputs
        parts = parts_of(whole)
        return _one_call(f"{_key(whole, names)}_output_{parts.index(node.name) + 2 if node.name in parts else '?'}")
    owner = (node.shares or node).name
    return _one_call(names.get(owner, owner))


def _one_call(name: str) -> str:
    return re.sub(r"(_\d+)?_output_(\d+)$", r"_output_\2", name)
