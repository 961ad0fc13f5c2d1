"""The layer table: a row for each layer, and above the layers of a block instance one with their sums."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

from archcalc.analysis import Analysis
from archcalc.analysis.costs import Row
from archcalc.figures import BY_NAME, FIGURES, LIVE, means
from archcalc.graph import Group, Node
from archcalc.languages import mark, tr
from archcalc.report.columns import sum_of
from archcalc.report.folding import Line, instances
from archcalc.report.page.cells import COLUMNS, EVERY, Cell, Cells
from archcalc.report.page.figures import shown
from archcalc.report.page.place import MOST_LAYERS, Page, said_shape
from archcalc.report.page.stretches import PADDING, Cut, column, cut, lines_of
from archcalc.report.page.sums import summed
from archcalc.report.page.workings import Working
from archcalc.report.symbols import legend
from archcalc.report.text import clean, number

TALL = 40  # rows from which a table scrolls under its head
DEEPEST = 8  # levels that are indented
MOST_ROWS = 2 * MOST_LAYERS  # with those of block instances
NAMES = 18.0  # rem of the names, in a large table
LAYER = (mark("Layer (kind)"), mark("the layer's name in the file, or its kind and a number; in brackets its kind"))
SHAPE = (mark("Output shape"), means("output_shape"))


class Column(NamedTuple):
    """A column: its head, the figure's name in full, what it means, and whether it is shown at first."""

    name: str
    head: str
    title: str
    means: str
    chosen: bool


class Entry(NamedTuple):
    """A row: of an input, a layer or a block instance. `block` is the id of the instance that it stands in.

    `path` is how its name begins, where that stands in the row of its instance above. `note` says what is not plain from the
    rows around it; `style` is what sort of row it is, and how deep it stands.
    """

    id: str
    name: str
    kind: str
    line: int | None
    note: str
    block: str
    path: str
    style: str
    cells: tuple[Cell, ...]


class Layers(NamedTuple):
    """The table, the workings that its figures open to, what the symbols in these stand for, and what is left out."""

    columns: list[Column]
    cut: Cut[Entry]
    foot: list[Cell]
    tall: bool
    folds: bool
    workings: list[Working]
    symbols: list[tuple[str, str]]
    notes: list[str]


def section(page: Page) -> Layers:
    """The whole table."""
    analysis, cells = page.analysis, Cells(page)
    inputs = (_input(page, node) for node in analysis.graph.inputs)
    entries = list(islice(chain(inputs, _entries(page, cells)), MOST_ROWS))
    symbols = legend(cells.workings.formulas, [row.node for row in analysis.rows])
    foot = [Cell(figure, *shown(figure, sum_of(analysis, figure))) if _adds_up(figure) else Cell(figure, "", "") for figure in EVERY]
    folds = any(entry.style.startswith("block") for entry in entries)
    columns = _columns()
    table = cut(entries, _widths(columns, entries, foot), (_lines(entry) for entry in entries))
    if table.large:
        table = table._replace(stretches=[[_light(entry) for entry in some] for some in table.stretches])
    return Layers(columns, table, foot, len(entries) > TALL, folds, list(cells.workings), symbols, _left_out(page, cells, entries))


def _widths(columns: list[Column], entries: list[Entry], foot: list[Cell]) -> Iterator[float]:
    """How wide each column of a large table is; its head has two signs beside it."""
    yield NAMES
    for i, head in enumerate(columns[1:]):
        below = [foot[i - 1].shown] if i else []
        yield column(chain((f"{head.head}--",), below, (entry.cells[i].shown for entry in entries)))


def _lines(entry: Entry) -> int:
    """The lines of text in a row of a large table."""
    room = NAMES - PADDING
    return lines_of(f"{entry.name[len(entry.path) :]} ({entry.kind})", room) + (lines_of(entry.note, room) if entry.note else 0)


def _light(entry: Entry) -> Entry:
    """A row with fewer elements: an exact value that stands there anyhow, with its commas, is left out."""
    return entry._replace(cells=tuple(c._replace(exact="") if c.shown.replace(",", "") == c.exact else c for c in entry.cells))


def _left_out(page: Page, cells: Cells, entries: list[Entry]) -> list[str]:
    """What does not stand in the table, and which command shows it."""
    notes = []
    if len(page.analysis.rows) > MOST_LAYERS:
        notes.append(
            tr(
                "The table has the first {n} of {all} layers: a browser can hardly show more. `analyze FILE --format csv` has all.",
                n=number(MOST_LAYERS),
                all=number(len(page.analysis.rows)),
            )
        )
    if cells.workings.left_out:
        notes.append(
            tr(
                "The page has {n} workings. `archcalc explain FILE {target}`, and so on, shows one that does not open here.",
                n=number(len(cells.workings)),
                target=cells.workings.left_out,
            )
        )
    return notes


def _columns() -> list[Column]:
    first = [Column(name, tr(head), tr(head), tr(says), True) for name, (head, says) in (("name", LAYER), ("output_shape", SHAPE))]
    figures = [BY_NAME[name] for name in EVERY]
    return first + [Column(f.name, tr(f.narrow or f.title), tr(f.title), tr(f.means), f.name in COLUMNS) for f in figures]


def _adds_up(figure: str) -> bool:
    """Whether something stands at the foot of a column: a sum, or the most of what is alive."""
    return figure in FIGURES or figure == LIVE.name


def _input(page: Page, node: Node) -> Entry:
    cells = (Cell("output_shape", "", said_shape(node)), *(Cell(figure, "", "") for figure in EVERY))
    return Entry(page.ids[node.name], clean(node.name), tr("input"), page.line_of(node), "", "", "", "input", cells)


def _entries(page: Page, cells: Cells) -> Iterator[Entry]:
    """Each layer; an instance stands above the first of its layers."""
    places: dict[int, tuple[str, int]] = {}  # of instances that have their row
    above: set[int] = set()  # the instances that the row above stands in, or is
    before = page.analysis.graph.inputs[-1] if page.analysis.graph.inputs else None
    live = _most_alive(page.analysis)
    for row in page.analysis.rows[:MOST_LAYERS]:
        new: list[Group] = []
        group = row.node.group
        while group is not None and id(group) not in places:
            new.append(group)
            group = group.outer
        for one in reversed(new):
            place = _within(places, one.outer)
            yield _block(page, cells, one, f"b{len(places)}", place, _path(one, one.outer, above), live.get(id(one)))
            places[id(one)] = (f"b{len(places)}", place[1] + 1)
            above = {id(group) for group in instances(one)}
        yield _layer(page, cells, row, before, _within(places, row.node.group), _path(row.node, row.node.group, above))
        before, above = row.node, {id(group) for group in instances(row.node.group)}


def _within(places: dict[int, tuple[str, int]], group: Group | None) -> tuple[str, int]:
    """The id of an instance's row, and how deep what stands in it is."""
    return places[id(group)] if group is not None else ("", 0)


def _path(one: Node | Group, group: Group | None, above: set[int]) -> str:
    """How its name begins, where the rows above have just said it: it stands in the instance that they do."""
    path = clean(f"{group.name}.") if group is not None and id(group) in above else ""
    return path if clean(one.name).startswith(path) else ""


def _most_alive(analysis: Analysis) -> dict[int, Any]:
    """For each instance the most bytes that are alive while one of its layers runs. Nothing where sizes are free: they decide it."""
    found: dict[int, Any] = {}
    for row in analysis.rows if not analysis.graph.free else ():
        group, live = row.node.group, analysis.totals.live_bytes(row.name)
        while group is not None and live is not None and found.get(id(group), -1) < live:
            found[id(group)] = live
            group = group.outer  # where this one has as much already, those around it have, too
    return found


def _style(sort: str, depth: int) -> str:
    return f"{sort} d{min(depth, DEEPEST)}" if depth else sort


def _block(page: Page, cells: Cells, group: Group, id_: str, place: tuple[str, int], path: str, live: Any) -> Entry:
    line = Line(group, None, page.analysis)
    values = {figure: getattr(group.row, figure) for figure in FIGURES} | ({} if live is None else {LIVE.name: live})
    sums = summed(group, cells.workings)
    figures = [Cell(f, *shown(f, values[f]), sums.get(f, "")) if f in values else Cell(f, "", "") for f in EVERY]
    name, kind = clean(group.name), clean(group.kind)
    return Entry(
        id_, name, kind, None, "", place[0], path, _style("block", place[1]), (Cell("output_shape", "", clean(line.shape)), *figures)
    )


def _layer(page: Page, cells: Cells, row: Row, before: Node | None, place: tuple[str, int], path: str) -> Entry:
    node = row.node
    notes = [] if node.inputs == (before,) or not node.inputs else [tr("from {names}", names=", ".join(n.name for n in node.inputs))]
    notes += [tr("weights of {name}", name=node.shares.name)] if node.shares else []
    title = clean(node.layer.title if node.layer else node.kind)
    note = clean("; ".join(notes))
    at, name, style = page.ids[node.name], clean(node.name), _style("layer", place[1])
    return Entry(at, name, title, page.line_of(node), note, place[0], path, style, cells.of(row))
