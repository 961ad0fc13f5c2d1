"""The source as the report shows it: line by line, with what comes out of each line and what is wrong there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from archcalc.diagnostics import Diagnostic
from archcalc.graph import Node
from archcalc.languages import trn
from archcalc.report.page.diagnostics import Finding, finding
from archcalc.report.page.expectations import worded
from archcalc.report.page.place import Page, said_shape, source_of, texts
from archcalc.report.page.stretches import Cut, column, cut
from archcalc.report.text import clean, width
from archcalc.source import Source

ROW = 1.47  # rem that a line takes
MONO = 0.5  # rem that a character of the listing takes
MORE = 7.0  # rem of what may stand beside a shape: how many more there are


class Part(NamedTuple):
    """Characters of a line; `style` is the severity of what is wrong with them, or nothing."""

    text: str
    style: str


class Shape(NamedTuple):
    """A shape that comes out of a line: from how many layers, and the first of them."""

    text: str
    times: int
    id: str


class Line(NamedTuple):
    """One line: its parts, the shapes that come out of it, how its expectations fared, and what is wrong there."""

    number: int
    parts: tuple[Part, ...]
    shapes: tuple[Shape, ...]
    verdicts: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]


class Listing(NamedTuple):
    """The lines of the text, and what is said of those that are left out."""

    cut: Cut[Line]
    note: str


def section(page: Page) -> Listing | None:
    """The text, from its beginning; None where the network was not read from text."""
    analysis = page.analysis
    source = source_of(analysis)
    if source is None:
        return None
    wrong: dict[int, list[Diagnostic]] = {}
    for d in analysis.diagnostics:
        if d.span is not None and d.span.source is source:
            wrong.setdefault(d.span.line, []).append(d)
    shapes = _shapes((*analysis.graph.inputs, *analysis.graph.layers), source, page.ids)
    verdicts: dict[int, list[tuple[str, str]]] = {}
    for outcome in analysis.expectations:
        verdicts.setdefault(outcome.line, []).append(worded(outcome.holds))
    lines = [
        Line(
            i,
            tuple(_parts(text.rstrip("\r"), wrong.get(i, []))),
            shapes.get(i, ()),
            tuple(dict.fromkeys(verdicts.get(i, ()))),
            tuple(finding(d, source) for d in wrong.get(i, ())),
        )
        for i, text in enumerate(texts(analysis)[: page.lines], 1)
    ]
    left = len(texts(analysis)) - len(lines)
    table = cut(lines, _widths(lines), (1 for _ in lines), ROW)
    return Listing(
        table, trn("{n} more line of the file is not listed.", "{n} more lines of the file are not listed.", left) if left else ""
    )


def _widths(lines: list[Line]) -> tuple[float, float, float]:
    """How wide the columns of a long listing are."""
    shapes = column((line.shapes[0].text for line in lines if line.shapes), MONO)
    longest = max((sum(width(part.text) for part in line.parts) for line in lines), default=0)
    return column((str(len(lines)),)), shapes + MORE, longest * MONO + 2


def _shapes(nodes: Iterable[Node], source: Source, ids: dict[str, str]) -> dict[int, tuple[Shape, ...]]:
    """For each line the distinct shapes that come out of it, in order."""
    found: dict[int, dict[str, Shape]] = {}
    for node in nodes:
        if node.span is None or node.span.source is not source:
            continue
        text = said_shape(node)
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
