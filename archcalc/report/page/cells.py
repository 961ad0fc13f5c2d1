"""The cells of the layer table: a figure of a layer, as it is shown, exactly, and with what it opens to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archcalc.analysis import Analysis
from archcalc.analysis.costs import Row
from archcalc.analysis.fields import text
from archcalc.analysis.memory import Buffer
from archcalc.figures import BY_NAME, FIELD, FIELD_NAMES, LIVE, SHAPE
from archcalc.graph import Node
from archcalc.languages import mark, tr, trn
from archcalc.report.explain.branches import Step
from archcalc.report.explain.fields import RULES, SYMBOLS, steps_of
from archcalc.report.model import shape_of
from archcalc.report.page.connections import Drawing, drawings, tables_of
from archcalc.report.page.figures import shown
from archcalc.report.page.place import Page
from archcalc.report.page.workings import Source, Workings
from archcalc.report.text import clean, number
from archcalc.sizes import total

COLUMNS = ("params", "connections", "units", "macs", "flops", "activation_bytes", "weight_bytes")  # that are shown at first
OTHERS = ("trainable_params", "non_trainable_params", LIVE.name, *FIELD_NAMES)
EVERY = (*COLUMNS, *OTHERS)
MOST_ALIVE = 12  # outputs that are listed one by one
THROUGH_A_TABLE = ("params", "connections")  # figures that are shown with the connection table
SHARES = (("trainable_params", mark("trainable {count}")), ("non_trainable_params", mark("not trainable {count}")))


class Cell(NamedTuple):
    """A figure as it is shown, its exact value, and the place of its working ("" where there is none)."""

    figure: str
    exact: str
    shown: str
    working: str = ""


class Cells:
    """Makes the cells of one page; what is the same for many of them is worked out once."""

    def __init__(self, page: Page) -> None:
        self.analysis = analysis = page.analysis
        self.workings = Workings()
        self._alive = alive_at(analysis)
        self._titles = {name: tr(figure.title) for name, figure in BY_NAME.items()} | {SHAPE: tr("Output shape")}
        self._drawings = drawings(page)

    def of(self, row: Row) -> tuple[Cell, ...]:
        """A layer's cells, in the order of the columns."""
        return tuple(self._cell(row, figure) for figure in (SHAPE, *EVERY))

    def _cell(self, row: Row, figure: str) -> Cell:
        if figure == SHAPE:
            return Cell(figure, "", shape_of(row), self._place(row, figure, self._sources(row, figure)))
        if figure == LIVE.name:
            live = self.analysis.totals.live_bytes(row.name)
            return Cell(figure, *shown(figure, live), self._place(row, figure, self._alive.get(row.name, ())))
        if figure in FIELD_NAMES:
            says = clean(text(self.analysis.receptive.of(row.node), figure))
            return Cell(figure, "", says, self._place(row, figure, self._grown(row.node)) if figure == FIELD else "")
        value = getattr(row, figure)
        sources = self._sources(row, figure)
        if figure == "params" and row.non_trainable_params is not None and (row.non_trainable_params == 0) is not True:
            for part, head in SHARES:
                sources += self._sources(row, part, tr(head, count=number(getattr(row, part))))
        table = tables_of(row.node)[:1] if figure in THROUGH_A_TABLE and sources else []
        return Cell(figure, *shown(figure, value), self._place(row, figure, sources, *(self._drawings[id(one)] for one in table)))

    def _place(self, row: Row, figure: str, sources: tuple[Source, ...], table: Drawing | None = None) -> str:
        return self.workings.place(self._titles[figure], sources, table, clean(f"{row.name}.{figure}"), own=figure == LIVE.name)

    def _sources(self, row: Row, figure: str, head: str = "") -> tuple[Source, ...]:
        derivation = self.analysis.derivation(row.name, figure)
        return () if derivation is None else ((head, derivation.symbols, derivation.text),)

    def _grown(self, node: Node) -> tuple[Source, ...]:
        """How a layer's field grows from the one before, input by input; nothing where it only passes it on."""
        receptive = self.analysis.receptive
        sources: list[Source] = []
        for name, field in (receptive.of(node) or {}).items():
            source = self.analysis.graph.names.get(name)
            if field is None or isinstance(field, str) or source is None:
                continue
            for one in steps_of(receptive, source, node):
                sources += _field_worked(one)
        return tuple(sources)


def _field_worked(one: Step) -> list[Source]:
    """A step of a field: by the three rules of a window that slides, or as it is said of what is none."""
    cells = (one.size, one.stride, one.padding)
    if one.rule or one.joins or not all(" = " in cell for cell in cells):
        return [(clean("; ".join(filter(None, (one.rule, one.joins)))), "", "; ".join(filter(None, cells)))]
    return [(head, rule, cell) for head, rule, cell in zip((tr(SYMBOLS), "", ""), RULES, cells, strict=True)]


def alive_at(analysis: Analysis) -> dict[str, tuple[Source, ...]]:
    """For each layer what is alive while it runs, as a sum over outputs; nothing where that is unknown."""
    found = analysis.totals.liveness
    if found is None:
        return {}
    said = dict(enumerate(_step_by_step(found.alive(None), len(found.steps))))
    return {node.name: said[at] for node, at in zip(analysis.graph.layers, found.steps, strict=True)}


def _step_by_step(buffers: list[Buffer], steps: int) -> Iterator[tuple[Source, ...]]:
    """One pass over the steps: what begins is added, what has ended is left out."""
    begins: dict[int, list[Buffer]] = {}
    ends: dict[int, list[Buffer]] = {}
    for buffer in buffers:
        begins.setdefault(buffer.first, []).append(buffer)
        ends.setdefault(buffer.last + 1, []).append(buffer)
    alive: dict[int, Buffer] = {}
    for at in range(steps):
        alive |= {id(buffer): buffer for buffer in begins.get(at, ())}
        for buffer in ends.get(at, ()):
            alive.pop(id(buffer), None)
        yield _alive(list(alive.values()))


def _alive(buffers: list[Buffer]) -> tuple[Source, ...]:
    """The outputs by name, and their bytes as a sum, which is no formula; of many only how many they are."""
    if len(buffers) > MOST_ALIVE:
        return ((trn("{n} output is alive", "{n} outputs are alive at once", len(buffers)), "", ""),)
    sizes = " + ".join(f"{buffer.node.name} {buffer.bytes}" for buffer in buffers)
    worked = f"{sizes} = {total(buffer.bytes for buffer in buffers)}" if len(buffers) > 1 else sizes
    return (("", "", worked),) if buffers else ()
