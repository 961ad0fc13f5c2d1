"""The layer table of the HTML report: for each layer its figures, and for each figure the working that it opens to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from archcalc.analysis import Analysis, Derivation
from archcalc.analysis.costs import Row
from archcalc.analysis.fields import text
from archcalc.figures import FIELD_NAMES
from archcalc.graph import Graph, Node, say_shape
from archcalc.report.model import shape_of
from archcalc.report.symbols import legend
from archcalc.report.terminal import memory
from archcalc.report.text import clean, number

COLUMNS = ("params", "connections", "units", "macs", "flops", "activation_bytes", "weight_bytes")


class Working(NamedTuple):
    """Lines of a derivation: the formula in symbols, then with the numbers put in. `head` says of what, where it needs saying."""

    head: str
    lines: tuple[str, ...]


class Cell(NamedTuple):
    """A figure as it is shown, its exact value, and how it came about."""

    figure: str
    exact: str
    shown: str
    workings: tuple[Working, ...]


class Entry(NamedTuple):
    """A row of the layer table. `note` says what is not plain from the rows around it."""

    id: str
    name: str
    kind: str
    line: int | None
    note: str
    cells: tuple[Cell, ...]


def shown(figure: str, value: Any) -> tuple[str, str]:
    """A figure's exact value ("" where it is unknown), and how it is shown."""
    if value is None:
        return "", "?"
    return str(value), memory(value) if figure.endswith("bytes") else number(value)


def total_of(analysis: Analysis, figure: str) -> Cell:
    """The sum of a figure, for the foot of the table."""
    return Cell(figure, *shown(figure, getattr(analysis.totals, figure)), ())


def _with_before(analysis: Analysis) -> Iterator[tuple[Row, Node | None]]:
    """Each row with the node written before it, which it reads unless it says otherwise."""
    before = analysis.graph.inputs[-1] if analysis.graph.inputs else None
    for row in analysis.rows:
        yield row, before
        before = row.node


def entries_of(analysis: Analysis, ids: dict[str, str], lines: int) -> list[Entry]:
    """Every row. `ids` are the places of the layers in the page; `lines` is how many lines the listing has."""
    return [_entry(analysis, row, before, ids, lines) for row, before in _with_before(analysis)]


def _entry(analysis: Analysis, row: Row, before: Node | None, ids: dict[str, str], lines: int) -> Entry:
    node = row.node
    notes = [] if node.inputs == (before,) or not node.inputs else ["from " + ", ".join(n.name for n in node.inputs)]
    notes += [f"weights of {node.shares.name}"] if node.shares else []
    shape = Cell("output_shape", "", shape_of(row), (*_workings(analysis, row, "output_shape"), *_field(analysis, node)))
    cells = (shape, *(_figure(analysis, row, figure) for figure in COLUMNS))
    title = node.layer.title if node.layer else node.kind
    return Entry(ids[node.name], clean(node.name), clean(title), line_of(analysis.graph, node, lines), clean("; ".join(notes)), cells)


def _field(analysis: Analysis, node: Node) -> tuple[Working, ...]:
    """What its values read of the inputs: size, and stride and padding where it has them."""
    fields = analysis.receptive.of(node)
    if not fields or not any(fields.values()):
        return ()
    parts = [text(fields), *(f"{part.removeprefix('field_')} {text(fields, part)}" for part in FIELD_NAMES[1:])]
    whole = all(isinstance(field, str) for field in fields.values())
    return (Working("receptive field", (clean(parts[0] if whole else ", ".join(parts)),)),)


def _figure(analysis: Analysis, row: Row, figure: str) -> Cell:
    workings = _workings(analysis, row, figure)
    if figure == "params" and row.non_trainable_params is not None and (row.non_trainable_params == 0) is not True:
        for part, head in (("trainable_params", "trainable"), ("non_trainable_params", "not trainable")):
            workings += _workings(analysis, row, part, f"{head} {number(getattr(row, part))}")
    return Cell(figure, *shown(figure, getattr(row, figure)), workings)


def _workings(analysis: Analysis, row: Row, figure: str, head: str = "") -> tuple[Working, ...]:
    derivation = analysis.derivation(row.name, figure)
    return () if derivation is None else (Working(head, _steps(derivation)),)


def _steps(derivation: Derivation) -> tuple[str, ...]:
    symbols, text = clean(derivation.symbols), clean(derivation.text)
    return (symbols,) if text == symbols else (symbols, f"= {text}")


def symbols_of(analysis: Analysis, entries: list[Entry]) -> list[tuple[str, str]]:
    """What the symbols in the derivations stand for."""
    formulas = {w.lines[0] for entry in entries for cell in entry.cells for w in cell.workings}
    return legend(formulas, [row.node for row in analysis.rows])


def said_shape(node: Node) -> str:
    """A node's shape, "?" where it is unknown."""
    return say_shape(node.shape) if node.shape is not None else "?"


def line_of(graph: Graph, node: Node, lines: int) -> int | None:
    """The line of the listing that the node was written on; None for one of another file."""
    here = node.span is not None and graph.span is not None and node.span.source is graph.span.source
    line = node.span.line if node.span and here else None
    return line if line is not None and line <= lines else None
