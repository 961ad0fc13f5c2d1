"""What the symbols in a derivation stand for, from the declarations of the layers that use them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archcalc.graph import Node
from archcalc.spec import Layer, Wrapper

AXES = {
    "n": "size of a side, or of a vector",
    "d": "depth",
    "h": "height",
    "w": "width",
    "c": "channels",
    "steps": "of the sequence",
    "bytes": "that one value takes",
    "batch": "number of samples",
}


def legend(formulas: Iterable[str], nodes: Iterable[Node]) -> list[tuple[str, str]]:
    """Each symbol of the formulas with its meaning, in order. `n_out` is what `n` is, of the output."""
    used = {re.sub(r"(_out|_?\d+)$", "", word) for formula in formulas for word in re.findall(r"[^\W\d]\w*", formula)}
    found: dict[str, dict[str, None]] = {name: {says: None} for name, says in AXES.items() if name in used}
    layers = [layer for node in nodes for layer in _all_of(node.layer)]
    for layer in {type(layer): layer for layer in layers}.values():
        for a in layer.args:
            if a.type.sizes and a.symbol in used:
                found.setdefault(str(a.symbol), {})[a.prose] = None
    return [(name, "; or ".join(says)) for name, says in sorted(found.items())]


def _all_of(layer: Layer | None) -> Iterator[Layer]:
    """A layer, and what stands inside of it."""
    if layer is not None:
        yield layer
        for inner in layer.layers if isinstance(layer, Wrapper) else ():
            yield from _all_of(inner)
