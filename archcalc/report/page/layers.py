"""The layer table of the report: for each layer its figures, and for each figure the working that it opens to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archcalc.analysis import Analysis, Derivation
from archcalc.analysis.costs import Row
from archcalc.analysis.fields import text
from archcalc.figures import BY_NAME, FIELD_NAMES
from archcalc.graph import Node
from archcalc.languages import mark, tr
from archcalc.report.model import shape_of
from archcalc.report.page.figures import shown
from archcalc.report.page.place import Page, said_shape
from archcalc.report.symbols import legend
from archcalc.report.text import clean, number

COLUMNS = ("params", "connections", "units", "macs", "flops", "activation_bytes", "weight_bytes")
TALL = 40  # rows from which a table scrolls under its head


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


class Layers(NamedTuple):
    """The table: its heads with their meanings, the inputs, a row for each layer, the totals; what the symbols stand for."""

    columns: list[tuple[str, str]]
    inputs: list[tuple[str, str, int | None, str]]
    entries: list[Entry]
    foot: list[Cell]
    tall: bool
    symbols: list[tuple[str, str]]


def total_of(analysis: Analysis, figure: str) -> Cell:
    """The sum of a figure, for the foot of the table."""
    return Cell(figure, *shown(figure, getattr(analysis.totals, figure)), ())


def _with_before(analysis: Analysis) -> Iterator[tuple[Row, Node | None]]:
    """Each row with the node written before it, which it reads unless it says otherwise."""
    before = analysis.graph.inputs[-1] if analysis.graph.inputs else None
    for row in analysis.rows:
        yield row, before
        before = row.node


def section(page: Page) -> Layers:
    """The whole table."""
    analysis = page.analysis
    entries = [_entry(page, row, before) for row, before in _with_before(analysis)]
    return Layers(
        [(tr(BY_NAME[name].narrow or BY_NAME[name].title), tr(BY_NAME[name].means)) for name in COLUMNS],
        [(page.ids[n.name], clean(n.name), page.line_of(n), said_shape(n)) for n in analysis.graph.inputs],
        entries,
        [total_of(analysis, figure) for figure in COLUMNS],
        len(entries) > TALL,
        symbols_of(analysis, entries),
    )


def _entry(page: Page, row: Row, before: Node | None) -> Entry:
    analysis, node = page.analysis, row.node
    notes = [] if node.inputs == (before,) or not node.inputs else [tr("from {names}", names=", ".join(n.name for n in node.inputs))]
    notes += [tr("weights of {name}", name=node.shares.name)] if node.shares else []
    shape = Cell("output_shape", "", shape_of(row), (*_workings(analysis, row, "output_shape"), *_field(analysis, node)))
    cells = (shape, *(_figure(analysis, row, figure) for figure in COLUMNS))
    title = node.layer.title if node.layer else node.kind
    return Entry(page.ids[node.name], clean(node.name), clean(title), page.line_of(node), clean("; ".join(notes)), cells)


def _field(analysis: Analysis, node: Node) -> tuple[Working, ...]:
    """What its values read of the inputs: size, and stride and padding where it has them."""
    fields = analysis.receptive.of(node)
    if not fields or not any(fields.values()):
        return ()
    parts = [text(fields), *(f"{part.removeprefix('field_')} {text(fields, part)}" for part in FIELD_NAMES[1:])]
    whole = all(isinstance(field, str) for field in fields.values())
    return (Working(tr("receptive field"), (clean(parts[0] if whole else ", ".join(parts)),)),)


def _figure(analysis: Analysis, row: Row, figure: str) -> Cell:
    workings = _workings(analysis, row, figure)
    if figure == "params" and row.non_trainable_params is not None and (row.non_trainable_params == 0) is not True:
        for part, head in (("trainable_params", mark("trainable {count}")), ("non_trainable_params", mark("not trainable {count}"))):
            workings += _workings(analysis, row, part, tr(head, count=number(getattr(row, part))))
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
