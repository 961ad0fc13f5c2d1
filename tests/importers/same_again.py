"""What a model became, held to what the parser makes of its text: the same tree, the same graph, the same figures."""

from __future__ import annotations

import json
from typing import Any

import archcalc
from archcalc.diagnostics import Diagnostic
from archcalc.graph import Graph
from archcalc.importers.reading import ModelRead, read_model
from archcalc.pipeline import Loaded, Options, analyze_all
from archcalc.source import Source, Span
from archcalc.syntax.parser import parse
from archcalc.syntax.tree import Node


def read(data: str | bytes | dict[str, Any], name: str = "model.json") -> ModelRead:
    """A model's JSON, read. Its text is parsed and has to give the very tree that was made with it."""
    text = json.dumps(data) if isinstance(data, dict) else data
    model = read_model(name, text.encode() if isinstance(text, str) else text)
    if model.main and not said(model.findings, "E606"):  # such a line is no statement yet
        program, findings = parse(model.source)
        assert [d.message for d in findings] == []
        assert flat(model.program) == flat(program), difference(flat(model.program), flat(program))
    return model


def analyzed(data: str | bytes | dict[str, Any], **options: Any) -> archcalc.Analysis:
    """The analysis of a model, which its text by itself gives as well: the same graph, the same figures."""
    model = read(data)
    made = archcalc.Analysis
    chosen = Options(**options)
    found = analyze_all(Loaded(model.source, model.findings, (), model), None, chosen, made)[0]
    if model.main and not said(model.findings, "E606"):
        program = Loaded(Source(model.source.name, model.source.text), [])
        again = analyze_all(program, model.main, chosen, made)[0]
        assert graph_of(again.graph) == graph_of(found.graph)
        one, other = figures_of(found), figures_of(again)
        assert one == other, difference(one, other)
    return found


def said(findings: list[Diagnostic], code: str) -> list[Diagnostic]:
    return [d for d in findings if d.code == code]


def errors(analysis: archcalc.Analysis) -> list[str]:
    return [f"{d.code}: {d.message}" for d in analysis.diagnostics if d.severity == "error"]


def flat(value: Any) -> list[Any]:
    """A tree as a list of plain values, in order, with the places in the text. Never recurses: chains are long."""
    found: list[Any] = []
    waiting = [value]
    while waiting:
        at = waiting.pop()
        if isinstance(at, Span):
            found.append((at.start, at.end))
        elif isinstance(at, Node):
            found.append(type(at).__name__)
            waiting += reversed([getattr(at, name) for name in type(at).__slots__])
        elif isinstance(at, tuple):
            found.append(len(at))
            waiting += reversed(at)
        else:
            found.append((type(at).__name__, at))
    return found


def difference(one: list[Any], other: list[Any]) -> str:
    """Where two lists differ first."""
    at = next((i for i, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), min(len(one), len(other)))
    return f"at {at}: {one[max(at - 8, 0) : at + 4]} and {other[max(at - 8, 0) : at + 4]}"


def graph_of(graph: Graph) -> list[Any]:
    """A network's nodes: names, kinds, what each reads and shares; and its inputs and outputs in order. Arguments are in the JSON."""
    nodes = [
        (n.name, n.kind, [m.name for m in n.inputs], n.shares.name if n.shares else None, str(n.shape))
        for n in (*graph.inputs, *graph.layers)
    ]
    return [*nodes, [n.name for n in graph.inputs], [n.name for n in graph.outputs], graph.layout, graph.dtype]


def figures_of(analysis: archcalc.Analysis) -> list[Any]:
    """All that `analyze --format json` says, but for what was found in the file itself."""
    document = json.loads(analysis.to_json())
    document["diagnostics"] = [d for d in document["diagnostics"] if d["code"] not in ("W131", "W132", "E608")]
    return json.dumps(document, indent=1).splitlines()
