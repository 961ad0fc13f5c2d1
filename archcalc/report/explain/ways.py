"""Figures that are not sums over a declaration, and so have a way of their own to be explained: `"module:function"` by name.

A function takes the analysis (and the node, where the figure is a layer's), and gives the blocks that come after the heading,
whose last is the working. What the figure means stands in figures.py. Nothing else needs to be touched.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from archcalc.figures import FIELD_NAMES, LIVE

# (analysis, node) -> blocks
OF_LAYER: dict[str, str] = {
    LIVE.name: "archcalc.report.explain.memory:live",
    **dict.fromkeys(FIELD_NAMES, "archcalc.report.explain.fields:blocks"),
}
# (analysis) -> blocks
OF_TOTAL: dict[str, str] = {
    "peak_activation_bytes": "archcalc.report.explain.memory:peak",
    "training_bytes": "archcalc.report.explain.memory:training",
}


def find(way: str) -> Callable[..., Any]:
    """The function that a way names."""
    module, _, function = way.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found
