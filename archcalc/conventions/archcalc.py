"""archcalc's own convention: two for each multiply-accumulate, one for each other operation (docs/counting.md)."""

from __future__ import annotations

from archcalc.conventions import Convention
from archcalc.graph import Node
from archcalc.sizes import Size


def count(node: Node) -> Size:
    """The layer's FLOPs, as in every table."""
    return node.row.flops


CONVENTION = Convention(
    "archcalc",
    "archcalc",
    "FLOPs",
    "2 for each MAC, 1 for each bias and every other operation",
    count,
    (("every operation", "as docs/counting.md has it"),),
    "docs/counting.md",
)
