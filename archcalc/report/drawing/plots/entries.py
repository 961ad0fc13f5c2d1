"""What stands on the axis of layers: layers; block instances, where there are many; stretches, where there are many of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from archcalc.analysis import Analysis
from archcalc.languages import mark, tr, trn
from archcalc.report.folding import Line, lines

NAMED = 32  # entries that have a row each; more of them stand side by side
MOST = 100  # bars side by side

LAYERS = mark("one bar for each layer")
INSTANCES = mark("one bar for each block instance, with the sum of its layers, and for each layer outside of them")


class Entry(NamedTuple):
    """A bar: its name, the id of the first of its layers in the page, how many layers it stands for, and their figures."""

    name: str
    id: str
    layers: int
    figures: tuple[Any, ...]

    def sum(self, figure: str) -> Any:
        """The sum of a figure; None where one is unknown."""
        found = [getattr(one, figure) for one in self.figures]
        return None if None in found else sum(found)


def entries(analysis: Analysis, ids: Mapping[str, str]) -> tuple[list[Entry], str]:
    """The entries in the order in which they run, and what each of them is, in words."""
    shown, says = lines(analysis), tr(LAYERS)
    if len(shown) > NAMED:
        folded = lines(analysis, 1)
        if len(folded) < len(shown):
            shown, says = folded, tr(INSTANCES)
    if len(shown) <= MOST:
        return [_entry([line], ids) for line in shown], says
    each = -(-len(shown) // MOST)
    found = [_entry(shown[i : i + each], ids) for i in range(0, len(shown), each)]
    folded_too = says != tr(LAYERS)
    return found, trn("one bar for {n} line", "one bar for {n} blocks and layers in a row, with their sum", each) if folded_too else trn(
        "one bar for {n} layer", "one bar for {n} layers in a row, with their sum", each
    )


def _entry(some: list[Line], ids: Mapping[str, str]) -> Entry:
    nodes = [node for line in some for node in line.nodes]
    first, last = some[0].name, some[-1].name
    name = first if len(some) == 1 else tr("{first} to {last}", first=first, last=last)
    return Entry(name, ids[nodes[0].name] if nodes else "", len(nodes), tuple(line.figures for line in some))


def numbers(values: Iterable[Any]) -> bool:
    """Whether figures can be plotted: formulas of free sizes cannot."""
    return all(value is None or isinstance(value, int) for value in values)
