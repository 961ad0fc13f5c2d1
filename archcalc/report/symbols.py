"""What the symbols in a derivation stand for, from the declarations of the layers that use them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archcalc.graph import Node

AXES = {"n": "size of a side, or of a vector", "d": "depth", "h": "height", "w": "width", "c": "channels", "bytes": "that one value takes"}


def legend(formulas: Iterable[str], nodes: Iterable[Node]) -> list[tuple[str, str]]:
    """Each symbol of the formulas with its meaning, in order. `n_out` is what `n` is, of the output."""
    used = {re.sub(r"(_out|_?\d+)$", "", word) for formula in formulas for word in re.findall(r"[^\W\d]\w*", formula)}
    found: dict[str, dict[str, None]] = {name: {says: None} for name, says in AXES.items() if name in used}
    for layer in {type(node.layer): node.layer for node in nodes if node.layer is not None}.values():
        for a in layer.args:
            if a.type.sizes and a.symbol in used:
                found.setdefault(str(a.symbol), {})[a.prose] = None
    return [(name, "; or ".join(says)) for name, says in sorted(found.items())]
