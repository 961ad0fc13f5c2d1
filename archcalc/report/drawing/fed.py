"""What one unit reads of maps some layers before it: declared fields, put one after another from the unit back."""

from __future__ import annotations

from archcalc.analysis.receptive import near_of
from archcalc.graph import Node
from archcalc.reading import Along
from archcalc.sizes import free_sizes

Box = tuple[tuple[int, int], ...]  # of each axis the first and the last position


def read_by(unit: tuple[int, ...], of: Node, source: Node, between: list[Node]) -> Box | None:
    """The part of the source's maps that one unit of a node reads; None where that is not known, or nothing.

    `between` are the nodes on the ways from the one to the other, in order, with both ends. Padding is left out.
    """
    if any(n.shape is None or free_sizes(n.shape) for n in (source, *between)):
        return None
    boxes: dict[int, Box] = {id(of): tuple((k, k) for k in unit)}
    inside = {id(n) for n in between}
    for node in reversed(between):
        box = boxes.get(id(node))
        if node is source or box is None or node.layer is None:
            continue
        for before, reads in zip(node.inputs, near_of(node), strict=True):
            if id(before) not in inside:
                continue
            near = []
            for read, n in zip(reads, before.shape or (), strict=True):
                if read is None:
                    return None
                first, last = (read.lo.at(box[read.axis][0]), read.hi.at(box[read.axis][1])) if isinstance(read, Along) else read[-2:]
                near.append((max(first, 0), min(last, n - 1)))
            if all(first <= last for first, last in near):
                boxes[id(before)] = _around(tuple(near), boxes.get(id(before)))
    return boxes.get(id(source))


def _around(one: Box, other: Box | None) -> Box:
    if other is None:
        return one
    return tuple((min(a, c), max(b, d)) for (a, b), (c, d) in zip(one, other, strict=True))
