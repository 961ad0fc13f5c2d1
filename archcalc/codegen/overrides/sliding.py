"""Padding, strides and overhang of a sliding window, as generated code writes them."""

from __future__ import annotations

from archcalc.codegen.calls import layer_of
from archcalc.codegen.literals import Expression, literal
from archcalc.graph import Node
from archcalc.windows import Window

Pairs = tuple[tuple[int, int], ...]


def windows_of(node: Node) -> list[tuple[Window, int]]:
    """Each spatial axis's window, and the length that it slides over."""
    shape = node.input_shapes[0]
    return list(zip(layer_of(node).windows(*node.input_shapes), shape[:-1], strict=True))


def pads_of(node: Node) -> Pairs:
    """How much padding stands before and after each axis: with `ceil`, no more than the last window reads."""
    pads = ((w.pads(n), w.ceil, reached(w, n)) for w, n in windows_of(node))
    return tuple((before, max(min(after, reached), 0) if ceil else after) for (before, after), ceil, reached in pads)


def overhang_of(node: Node) -> tuple[int, ...]:
    """How far each axis's last window reaches past the padded input: only with `ceil`, never otherwise."""
    return tuple(max(reached(w, n) - w.pads(n)[1], 0) for w, n in windows_of(node))


def reached(window: Window, length: int) -> int:
    """How far the last window reaches past the end of the input."""
    last = (window.output(length) - 1) * window.stride - window.pads(length)[0]
    return int(last + window.reach) - length


def pads_option(node: Node) -> dict[str, Expression]:
    """The padding as an option of a part, where there is any."""
    pads = pads_of(node)
    return {"pads": literal(pads)} if any(map(any, pads)) else {}
