"""What a target names: a figure of a layer, of a block instance, or of the whole network."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.analysis import Analysis
from archcalc.analysis.expectations import named
from archcalc.figures import FIGURES, SHAPE, SHORT
from archcalc.graph import Group, Node
from archcalc.names import nearest
from archcalc.report.explain.ways import OF_LAYER, OF_TOTAL


class NoTarget(Exception):
    """There is no such target; the message says what there is."""


class Target(NamedTuple):
    """A figure by its full name, of a layer or a block instance; of the total, if of neither."""

    figure: str
    node: Node | None = None
    group: Group | None = None


def find(analysis: Analysis, target: str) -> Target:
    """The layer or instance, and the figure, that a target such as `stage1.params` names.

    Raises:
        NoTarget: it names none.
    """
    name, dot, figure = target.rpartition(".")
    figure = {"shape": SHAPE, **SHORT}.get(figure, figure)
    every = [SHAPE, *FIGURES, *dict.fromkeys([*OF_LAYER, *OF_TOTAL])]
    if not dot or figure not in every:
        near = nearest(figure, [*every, "shape"]) if dot else []
        known = f"write LAYER.FIGURE, where FIGURE is one of shape, {', '.join(every[1:])}"
        raise NoTarget(f"{target} names no figure; {f'did you mean {name}.{near[0]}?' if near else known}")
    if name == "total":
        return _of_total(figure)
    labels = named(analysis.graph)
    if name not in labels:
        near = nearest(name, [*labels, "total"])
        hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(list(labels)[:12])}"
        raise NoTarget(f"there is no layer called {name}; {hint}")
    bearer = labels[name].latest
    if figure not in (*OF_LAYER, SHAPE, *FIGURES) or (bearer.group is not None and figure not in (SHAPE, *FIGURES)):
        raise NoTarget(f"{figure} is a figure of {'a layer' if figure in OF_LAYER else 'the whole network'}: " + _instead(name, figure))
    return Target(figure, None if bearer.group else bearer.node, bearer.group)


def _of_total(figure: str) -> Target:
    if figure == SHAPE:
        raise NoTarget("total has no shape")
    if figure in OF_LAYER and figure not in OF_TOTAL:
        raise NoTarget(f"total has no {figure}: it is a figure of each layer")
    return Target(figure)


def _instead(name: str, figure: str) -> str:
    return f"{name} is a block with several" if figure in OF_LAYER else f"write total.{figure}"
