"""The report as one HTML file: styles inside, no scripts, nothing fetched. Every number opens to its derivation.

What the page shows is worked out here, as plain data; the templates only lay it out, and escape every text.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import archcalc
from archcalc.analysis import Analysis, Outcome
from archcalc.figures import BY_NAME, CONNECTIONS, COUNTS, OF_NETWORK, WITHOUT, Figure
from archcalc.graph import Node
from archcalc.report.explain.memory import at_peak, terms
from archcalc.report.findings import summary
from archcalc.report.html_layers import COLUMNS, entries_of, line_of, said_shape, shown, symbols_of, total_of
from archcalc.report.html_source import VERDICTS, findings_of, listing
from archcalc.report.model import shape_of
from archcalc.report.terminal import REAL_TAPS
from archcalc.report.text import clean, number
from archcalc.resources import resource
from archcalc.values import Table, said

MOST_TERMS = 16  # a sum of more layers than this is not written out
MOST_CELLS = 16_384  # of a connection table that is drawn
TALL = 40  # rows from which a table scrolls under its head

PARTS = {"peak_activation_bytes": at_peak, "training_bytes": terms}  # of figures that are no sums over layers

MAX_LAYERS = 20_000  # some 30 MB of page; a browser does no more with pleasure


class Card(NamedTuple):
    """A total: its definition, and the sum that it is."""

    figure: str
    title: str
    exact: str
    shown: str
    means: str
    sum: str


class Drawing(NamedTuple):
    """A connection table as LeCun et al. (1998) draw theirs: a row for each input map, a column for each output map."""

    name: str
    layers: str
    size: str
    crosses: tuple[tuple[bool, ...], ...]  # none where it is too large to draw
    fan_ins: tuple[int, ...]
    groups: str


class Verdict(NamedTuple):
    """An expectation with both sides."""

    text: str
    line: int
    left: str
    right: str
    word: str
    style: str


def as_html(analysis: Analysis) -> str:
    """The whole report."""
    return str(_template("report.html").render(page(analysis)))


def compact_html(analysis: Analysis) -> str:
    """The table of layers alone, for a notebook."""
    figures = ("params", "connections", "macs")
    rows = [(clean(r.name), clean(r.kind), shape_of(r), *(number(getattr(r, f)) for f in figures)) for r in analysis.rows]
    inputs = [(clean(n.name), "input", said_shape(n)) for n in analysis.graph.inputs]
    foot = [number(getattr(analysis.totals, f)) for f in figures]
    note = REAL_TAPS if analysis.real_taps else ""
    return str(_template("compact.html").render(network=clean(analysis.network), inputs=inputs, rows=rows, foot=foot, note=note))


@cache
def _template(name: str) -> Any:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    loader = FunctionLoader(_read)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).get_template(name)


def _read(name: str) -> str:
    from pathlib import Path

    return Path(resource("templates", name)).read_text(encoding="utf-8")


def page(analysis: Analysis) -> dict[str, Any]:
    """Everything that the page shows, as plain data."""
    graph = analysis.graph
    ids = {node.name: f"n{i}" for i, node in enumerate((*graph.inputs, *graph.layers))}
    lines = listing(analysis, ids)
    here = len(lines)
    entries = entries_of(analysis, ids, here)
    verdicts = [_verdict(outcome) for outcome in analysis.expectations]
    return {
        "version": archcalc.__version__,
        "network": clean(graph.name),
        "given": [*map(clean, graph.free), *(clean(f"{name} = {said(value)}") for name, value in graph.parameters.items())],
        "facts": _facts(analysis),
        "chips": _chips(analysis, verdicts),
        "cards": [_card(analysis, figure) for figure in (*COUNTS, *OF_NETWORK)],
        "columns": [(BY_NAME[name].narrow or BY_NAME[name].title, BY_NAME[name].means) for name in COLUMNS],
        "inputs": [(ids[n.name], clean(n.name), line_of(graph, n, here), said_shape(n)) for n in graph.inputs],
        "entries": entries,
        "foot": [total_of(analysis, figure) for figure in COLUMNS],
        "tall": len(entries) > TALL,
        "unknown": any(value is None for value in analysis.totals),
        "symbols": symbols_of(analysis, entries),
        "drawings": _drawings(analysis),
        "verdicts": verdicts,
        "findings": findings_of(analysis),
        "listing": lines,
    }


def _facts(analysis: Analysis) -> list[tuple[str, str]]:
    graph = analysis.graph
    facts = [("File", graph.source), ("Input", _flow(graph.inputs)), ("Output", _flow(graph.outputs))]
    facts += [("Layers", f"{len(graph.layers):,}"), ("Values", graph.dtype), ("Layout", graph.layout.replace("_", " "))]
    facts += [("Batch", f"{analysis.batch:,}")] if analysis.batch != 1 else []
    facts += [("Counted", REAL_TAPS)] if analysis.real_taps else []
    facts += [("Assumed", ", ".join(analysis.assumptions)), ("No pixel lost where", ", ".join(analysis.lossless))]
    return [(name, clean(text)) for name, text in facts if text]


def _flow(nodes: list[Node]) -> str:
    return ", ".join(said_shape(n) if n.name == n.kind else f"{n.name} {said_shape(n)}" for n in nodes)


def _chips(analysis: Analysis, verdicts: list[Verdict]) -> list[tuple[str, str, str]]:
    """What is well and what is not, in a few words: (style, words, place in the page)."""
    chips = []
    if verdicts:
        held = sum(v.style == "ok" for v in verdicts)
        count = f"all {held}" if held == len(verdicts) else f"{held} of {len(verdicts)}"
        words = f"{count} expectations hold" if len(verdicts) > 1 else f"the expectation {verdicts[0].word}"
        chips.append(("ok" if held == len(verdicts) else "error", words, "expectations"))
    if analysis.diagnostics:
        chips.append(("warning" if analysis.ok else "error", summary(analysis.diagnostics), "diagnostics"))
    return chips


def _card(analysis: Analysis, figure: Figure) -> Card:
    value = getattr(analysis.totals, figure.name)
    if figure in OF_NETWORK:
        worked = _parts(analysis, figure.name, value)
        return Card(figure.name, figure.title, *shown(figure.name, value), figure.means, worked)
    worked = _sum(analysis, figure.name, value)
    says = f"{figure.means}, over all layers" + (WITHOUT if analysis.real_taps and figure.name == CONNECTIONS else "")
    return Card(figure.name, figure.title, *shown(figure.name, value), says, worked)


def _parts(analysis: Analysis, figure: str, value: Any) -> str:
    """What a figure of the network is made of."""
    if value is None:
        return "unknown: a layer that it needs has a mistake"
    parts = [(name, size) for name, _, size in PARTS[figure](analysis)]
    if not parts:
        return f"which layer has the most depends on the sizes: {value}"
    if len(parts) > MOST_TERMS:
        return f"{len(parts):,} outputs that are alive at once = {value}"
    return clean(" + ".join(f"{name} {size}" for name, size in parts)) + f" = {value}"


def _sum(analysis: Analysis, figure: str, value: Any) -> str:
    if value is None:
        return "unknown: a layer that it needs has a mistake"
    terms = [str(n) for row in analysis.rows if ((n := getattr(row, figure)) == 0) is not True]
    if len(terms) > MOST_TERMS:
        return f"the sum of {len(terms):,} layers' figures = {value}"
    return " + ".join(terms) + f" = {value}" if len(terms) > 1 else str(value)


def _drawings(analysis: Analysis) -> list[Drawing]:
    """Each connection table once, with the layers that read through it."""
    users: dict[int, tuple[Table, list[str]]] = {}
    for node in analysis.graph.layers:
        for value in vars(node.layer).values() if node.layer else ():
            if isinstance(value, Table):
                users.setdefault(id(value), (value, []))[1].append(node.name)
    return [_drawing(table, names) for table, names in users.values()]


def _drawing(table: Table, names: list[str]) -> Drawing:
    crosses = tuple(tuple(row[j : j + 1] == "X" for j in range(table.width)) for row in table.rows)
    fan_ins = tuple(sum(column) for column in zip(*crosses, strict=True))
    groups = ", ".join(f"{fan_ins.count(n)} of {n}" for n in sorted(set(fan_ins)))
    pairs = f"{sum(fan_ins):,} of {len(table.rows) * table.width:,} pairs joined"
    size = f"{len(table.rows)} input maps (rows), {table.width} output maps (columns), {pairs}"
    layers = ", ".join(names[:MOST_TERMS]) + (f" and {len(names) - MOST_TERMS} more" if len(names) > MOST_TERMS else "")
    drawn = crosses if len(fan_ins) * len(crosses) <= MOST_CELLS else ()
    return Drawing(clean(table.name), clean(layers), size, drawn, fan_ins, groups)


def _verdict(outcome: Outcome) -> Verdict:
    known = outcome.holds is not None
    word, style = VERDICTS[outcome.holds]
    left, right = (clean(said(side)) if known else "?" for side in (outcome.left, outcome.right))
    return Verdict(clean(" ".join(outcome.text.split())), outcome.line, left, right, word, style)
