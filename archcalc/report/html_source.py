"""The source as the HTML report shows it: line by line, with what comes out of each line and what is wrong there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from archcalc.analysis import Analysis
from archcalc.codes.pages import page
from archcalc.diagnostics import Diagnostic
from archcalc.graph import Node
from archcalc.report.text import clean
from archcalc.source import Source

VERDICTS = {True: ("holds", "ok"), False: ("does not hold", "error"), None: ("cannot be decided", "warning")}


class Part(NamedTuple):
    """Characters of a line; `style` is the severity of what is wrong with them, or nothing."""

    text: str
    style: str


class Shape(NamedTuple):
    """A shape that comes out of a line: from how many layers, and the first of them."""

    text: str
    times: int
    id: str


class Finding(NamedTuple):
    """A diagnostic. `line` is None where it stands outside of the listing."""

    code: str
    severity: str
    message: str
    page: str
    place: str
    line: int | None
    help: tuple[str, ...]
    related: tuple[tuple[int | None, str], ...]


class Line(NamedTuple):
    """One line: its parts, the shapes that come out of it, how its expectations fared, and what is wrong there."""

    number: int
    parts: tuple[Part, ...]
    shapes: tuple[Shape, ...]
    verdicts: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]


def source_of(analysis: Analysis) -> Source | None:
    """The text that the network was written in; None where it was not read from text."""
    return analysis.graph.span.source if analysis.graph.span else None


def listing(analysis: Analysis, ids: dict[str, str]) -> list[Line]:
    """The whole text. `ids` are the places of the layers in the page."""
    source = source_of(analysis)
    if source is None:
        return []
    wrong: dict[int, list[Diagnostic]] = {}
    for d in analysis.diagnostics:
        if d.span is not None and d.span.source is source:
            wrong.setdefault(d.span.line, []).append(d)
    shapes = _shapes((*analysis.graph.inputs, *analysis.graph.layers), source, ids)
    verdicts: dict[int, list[tuple[str, str]]] = {}
    for outcome in analysis.expectations:
        verdicts.setdefault(outcome.line, []).append(VERDICTS[outcome.holds])
    texts = source.text.split("\n")
    if not texts[-1] and len(texts) not in wrong:
        texts.pop()
    return [
        Line(
            i,
            tuple(_parts(text.rstrip("\r"), wrong.get(i, []))),
            shapes.get(i, ()),
            tuple(dict.fromkeys(verdicts.get(i, ()))),
            tuple(_finding(d, source) for d in wrong.get(i, ())),
        )
        for i, text in enumerate(texts, 1)
    ]


def _shapes(nodes: Iterable[Node], source: Source, ids: dict[str, str]) -> dict[int, tuple[Shape, ...]]:
    """For each line the distinct shapes that come out of it, in order."""
    found: dict[int, dict[str, Shape]] = {}
    for node in nodes:
        if node.span is None or node.span.source is not source:
            continue
        text = "x".join(map(str, node.shape)) if node.shape is not None else "?"
        shapes = found.setdefault(node.span.line, {})
        before = shapes.get(text)
        shapes[text] = before._replace(times=before.times + 1) if before else Shape(text, 1, ids[node.name])
    return {line: tuple(shapes.values()) for line, shapes in found.items()}


def _parts(text: str, wrong: list[Diagnostic]) -> list[Part]:
    """The line cut where something wrong begins and ends; of two that overlap, the first is marked whole."""
    parts, at = [], 0
    for first, last, severity in sorted((d.span.column, d.span.end_column, d.severity) for d in wrong if d.span):
        start, end = max(at, first - 1), min(len(text), last - 1)
        if start < end:
            parts += [Part(text[at:start], ""), Part(text[start:end], severity)]
            at = end
    return [Part(clean(p.text.replace("\t", "    ")), p.style) for p in (*parts, Part(text[at:], "")) if p.text]


def findings_of(analysis: Analysis) -> list[Finding]:
    """All diagnostics."""
    source = source_of(analysis)
    return [_finding(d, source) for d in analysis.diagnostics]


def _finding(d: Diagnostic, source: Source | None) -> Finding:
    line = d.span.line if d.span and d.span.source is source else None
    place = f"{d.span.source.name}:{d.span.line}:{d.span.column}" if d.span else ""
    related = tuple((span.line if span.source is source else None, clean(word)) for span, word in d.related)
    return Finding(d.code, d.severity, clean(d.message), page(d.code).prose, clean(place), line, tuple(map(clean, d.fixes)), related)
