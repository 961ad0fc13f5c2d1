"""What a block instance's figure opens to: the sum over what it is made of, its layers and the instances in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archcalc.figures import BY_NAME, FIGURES
from archcalc.graph import Group, Node
from archcalc.languages import tr, trn
from archcalc.report.folding import counted, instances
from archcalc.report.page.workings import Term, Workings
from archcalc.report.text import clean, number

MOST = 48  # terms that are written out


def summed(group: Group, workings: Workings) -> dict[str, str]:
    """The places of the sums of an instance's figures; of none where a figure is unknown, or 0."""
    parts = parts_of(counted(group), len(instances(group)))
    found = {}
    for figure in FIGURES:
        value = getattr(group.row, figure)
        if value is not None and (value == 0) is not True:
            target = clean(f"{group.name}.{figure}")
            found[figure] = workings.sum(tr(BY_NAME[figure].title), terms(parts, figure, value, f"{group.name}."), target)
    return found


def parts_of(nodes: Iterable[Node], depth: int) -> list[Node | Group]:
    """Of layers that stand in so many instances: those in no further one, and the further ones, in the order in which they run."""
    found: dict[int, Node | Group] = {}
    for node in nodes:
        inner = instances(node.group)[depth:]
        one = inner[0] if inner else node
        found.setdefault(id(one), one)
    return list(found.values())


def terms(parts: list[Node | Group], figure: str, total: Any, path: str = "") -> tuple[Term, ...]:
    """A line for each part that adds something; its name without the path, so that instances that are alike share one working."""
    values = [(one, getattr(one.row, figure)) for one in parts]
    adding = [(one, value) for one, value in values if (value == 0) is not True]
    found = [(clean(one.name.removeprefix(path)), _kind(one), number(value)) for one, value in adding[:MOST]]
    if (left := len(adding) - MOST) > 0:
        found.append((trn("{n} more part", "{n} more parts", left), "", number(sum(value for _, value in adding[MOST:]))))
    return (*found, (tr("total"), "", number(total)))


def _kind(one: Node | Group) -> str:
    return clean(one.layer.title if isinstance(one, Node) and one.layer else one.kind)
