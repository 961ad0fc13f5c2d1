"""What to write instead: arguments near those given with which a declared size would come out. Found by trying."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archcalc.graph import Node
from archcalc.languages import phrase, together
from archcalc.sizes import Refusal, Shape, free_sizes


def to_reach(node: Node, wanted: Shape) -> tuple[str, ...]:
    """Changes of one argument that would make the node's output the wanted shape; the simplest few."""
    layer = node.layer
    if layer is None or free_sizes(node.shape) or free_sizes(wanted):
        return ()  # to try is to ask whether it fits, which would be assumed
    found: list[str] = []
    changed: set[str] = set()  # of each argument, the first value that does is enough
    for change, said in _changes(layer, wanted):
        if changed >= change.keys():
            continue
        try:
            shape = type(layer)(**{**vars(layer), **change}).shape(*node.input_shapes)
        except Refusal:
            continue
        if shape == wanted:
            found.append(said)
            changed |= change.keys()
    return (phrase("{ways} would give it", ways=together(" or ", found)),) if found else ()


def _changes(layer: Any, wanted: Shape) -> Iterator[tuple[dict[str, Any], str]]:
    names = {a.name for a in layer.args}
    for name in ("filters", "units"):
        if name in names and wanted:
            yield {name: wanted[-1]}, phrase("`{n}` outputs", n=wanted[-1]) if name == "units" else phrase("`{n}` filters", n=wanted[-1])
    if "padding" in names:
        yield {"padding": "same"}, "`same`"
        yield {"padding": "valid"}, "`valid`"
        for pad in range(1, 12):
            yield {"padding": pad}, f"`pad={pad}`"
    if "stride" in names:
        for stride in range(1, 9):
            yield {"stride": stride}, f"`/{stride}`"
    if "kernel" in names:
        for kernel in range(1, 16):
            yield {"kernel": kernel}, phrase("a kernel of {kernel}", kernel=kernel)
