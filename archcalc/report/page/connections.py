"""The connection tables of the network, as LeCun et al. (1998) draw theirs."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.languages import tr, trn
from archcalc.report.page.place import Page
from archcalc.report.text import clean
from archcalc.values import Table

MOST_CELLS = 16_384  # of a connection table that is drawn
MOST_NAMES = 16  # of layers that read one


class Drawing(NamedTuple):
    """A connection table: a row for each input map, a column for each output map."""

    name: str
    layers: str
    size: str
    crosses: tuple[tuple[bool, ...], ...]  # none where it is too large to draw
    fan_ins: tuple[int, ...]
    groups: str


def section(page: Page) -> list[Drawing] | None:
    """Each table once, with the layers that read through it; None where there is none."""
    users: dict[int, tuple[Table, list[str]]] = {}
    for node in page.analysis.graph.layers:
        for value in vars(node.layer).values() if node.layer else ():
            if isinstance(value, Table):
                users.setdefault(id(value), (value, []))[1].append(node.name)
    return [_drawing(table, names) for table, names in users.values()] or None


def _drawing(table: Table, names: list[str]) -> Drawing:
    crosses = tuple(tuple(row[j : j + 1] == "X" for j in range(table.width)) for row in table.rows)
    fan_ins = tuple(sum(column) for column in zip(*crosses, strict=True))
    groups = ", ".join(tr("{maps} of {fan_in}", maps=fan_ins.count(n), fan_in=n) for n in sorted(set(fan_ins)))
    size = tr(
        "{rows} input maps (rows), {columns} output maps (columns), {joined} of {pairs} pairs joined",
        rows=len(table.rows),
        columns=table.width,
        joined=f"{sum(fan_ins):,}",
        pairs=f"{len(table.rows) * table.width:,}",
    )
    layers = ", ".join(names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        layers = trn("{names} and {n} more", "{names} and {n} more", len(names) - MOST_NAMES, names=layers)
    drawn = crosses if len(fan_ins) * len(crosses) <= MOST_CELLS else ()
    return Drawing(clean(table.name), clean(layers), size, drawn, fan_ins, groups)
