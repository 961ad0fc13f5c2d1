"""The connection tables of the network, as LeCun et al. (1998) draw theirs."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.analysis.derive import terms_of_params
from archcalc.graph import Node
from archcalc.languages import tr, trn
from archcalc.report.page.place import Page
from archcalc.report.text import clean
from archcalc.values import Table

MOST_CELLS = 16_384  # of a connection table that is drawn
MOST_NAMES = 16  # of layers that read one
TINTS = 6


class Term(NamedTuple):
    """Maps that read equally many input maps: their colour, and the parameters that they have."""

    tint: int
    maps: str
    text: str


class Drawing(NamedTuple):
    """A connection table: a row for each input map, a column for each output map."""

    name: str
    layers: str
    size: str
    reads: str  # what its rows and columns are
    crosses: tuple[tuple[bool, ...], ...]  # none where it is too large to draw
    fan_ins: tuple[int, ...]
    tints: tuple[int, ...]  # of its columns, by their fan-in
    terms: tuple[Term, ...]
    sum: str  # of the terms; "" where they are not known


def section(page: Page) -> list[Drawing] | None:
    """Each table once, with the layers that read through it; None where there is none."""
    return list(drawings(page).values()) or None


def drawings(page: Page) -> dict[int, Drawing]:
    """Each table once, by its id."""
    users: dict[int, tuple[Table, list[Node]]] = {}
    for node in page.analysis.graph.layers:
        for table in tables_of(node):
            users.setdefault(id(table), (table, []))[1].append(node)
    return {place: drawing(page, table, nodes) for place, (table, nodes) in users.items()}


def tables_of(node: Node) -> list[Table]:
    """The connection tables that a layer reads through."""
    return [value for value in vars(node.layer).values() if isinstance(value, Table)] if node.layer else []


def drawing(page: Page, table: Table, nodes: list[Node]) -> Drawing:
    """One table, and the layers that read through it."""
    crosses = tuple(tuple(row[j : j + 1] == "X" for j in range(table.width)) for row in table.rows)
    fan_ins = tuple(sum(column) for column in zip(*crosses, strict=True))
    size = tr(
        "{rows} input maps (rows), {columns} output maps (columns), {joined} of {pairs} pairs joined",
        rows=len(table.rows),
        columns=table.width,
        joined=f"{sum(fan_ins):,}",
        pairs=f"{len(table.rows) * table.width:,}",
    )
    names = [node.name for node in nodes]
    layers = ", ".join(names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        layers = trn("{names} and {n} more", "{names} and {n} more", len(names) - MOST_NAMES, names=layers)
    drawn = crosses if len(fan_ins) * len(crosses) <= MOST_CELLS else ()
    groups = sorted(set(fan_ins))
    tints = tuple(groups.index(n) % TINTS for n in fan_ins)
    terms, whole = _terms(page, nodes[0], fan_ins, groups)
    return Drawing(clean(table.name), clean(layers), size, _reads(nodes), drawn, fan_ins, tints, terms, whole)


def _reads(nodes: list[Node]) -> str:
    """What a column says, of the layers that it is about."""
    if len(nodes) > 1 or not nodes[0].inputs:
        return tr("An X says that an output map (column) reads an input map (row).")
    before, node = clean(nodes[0].inputs[0].name), clean(nodes[0].name)
    return tr("An X says that a map of {node} (column) reads a map of {before} (row).", node=node, before=before)


def _terms(page: Page, node: Node, fan_ins: tuple[int, ...], groups: list[int]) -> tuple[tuple[Term, ...], str]:
    """What each group of columns adds to the parameters; without their numbers where the layer has a mistake."""
    found = terms_of_params(node) if node.shape is not None else []
    worked = page.analysis.derivation(node.name, "params") if node.shape is not None else None
    agree = worked is not None and len(found) == len(groups) and " + ".join(t.numbers for t in found) == worked.numbers
    terms = tuple(
        Term(
            i % TINTS,
            trn("{n} map that reads {fan_in}", "{n} maps that read {fan_in} each", fan_ins.count(n), fan_in=n),
            f"{found[i].numbers} = {found[i].result}" if agree else "",
        )
        for i, n in enumerate(groups)
    )
    if not agree or worked is None:
        return terms, ""
    added = " + ".join(t.result for t in found)
    working = worked.result if len(found) == 1 else f"{added} = {worked.result}"
    return terms, tr("Parameters of {layer}: {working}", layer=clean(node.name), working=working)
