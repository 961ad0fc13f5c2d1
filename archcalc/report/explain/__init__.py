"""One figure explained, as a teacher would write it down: what it means, where its sizes come from, the formula, the numbers.

`targets` finds what is meant, `layers` and `sums` say it in `blocks`, a module for each format writes them. A figure that is
no sum over a layer's declaration has a line in `ways`.
"""

from __future__ import annotations

import importlib

from archcalc.analysis import Analysis
from archcalc.report.explain.blocks import Blocks
from archcalc.report.explain.layers import of_layer
from archcalc.report.explain.sums import of_group, of_total
from archcalc.report.explain.targets import NoTarget, find

FORMS = ("text", "markdown", "latex")


def explanation(analysis: Analysis, target: str, form: str = "text") -> tuple[str, str | None]:
    """The text for a target such as `C3.params`, `flatten_1.shape`, `total.macs`; or what is wrong with the target."""
    try:
        blocks = explain(analysis, target)
    except NoTarget as wrong:
        return "", str(wrong)
    write = importlib.import_module(f"archcalc.report.explain.{form}").write
    text: str = write(blocks)
    return text, None


def explain(analysis: Analysis, target: str) -> Blocks:
    """The blocks that explain a target.

    Raises:
        NoTarget: it names no layer, or no figure; the message says what there is.
    """
    found = find(analysis, target)
    if found.group is not None:
        return of_group(analysis, found.group, found.figure)
    if found.node is not None:
        return of_layer(analysis, found.node, found.figure)
    return of_total(analysis, found.figure)
