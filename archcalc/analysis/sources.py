"""Where each axis of a layer's output comes from: which axes of what flows in its formula reads.

As derivations, this is found by running the layer's own rule on traced integers; here each axis has a name that says which it is.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from archcalc.analysis.derive import Tracer
from archcalc.graph import Node, aligned, channels_first, channels_last
from archcalc.sizes import Shape, Size, Traced

OUT = -1  # what comes out, where an axis of it is meant and not one of an input

Axis = tuple[int, int]  # which input, or OUT; and which axis of its shape, as the network has it


class AxisSource(NamedTuple):
    """One axis of an output: its formula, with the numbers put in, and the axes that it reads.

    `same` says that it is one of these, as it came.
    """

    symbols: str
    numbers: str
    value: Size
    reads: tuple[Axis, ...]
    same: bool


def sources(node: Node) -> tuple[AxisSource, ...]:
    """For each axis of a node's output, in the network's layout. Its shape is known."""
    assert node.layer is not None
    tagged, plain = Tracer(node, naming=_tagged), Tracer(node)
    shapes = zip(tagged.layer.shape(*tagged.inputs), plain.layer.shape(*plain.inputs), strict=True)
    found = tuple(_source(node, one, other) for one, other in shapes)
    return channels_first(found, node.turned[1]) if node.turned else found


def reads(node: Node, figure: str) -> tuple[Axis, ...]:
    """The axes, of what flows in and of what comes out, that a count's formula reads."""
    size = Tracer(node, naming=_tagged).figure(figure)
    return _axes_in(node, size.symbols) if isinstance(size, Traced) else ()


# A name that no argument has: `_1_2_` is axis 2 of input 1, `_out_2_` of the output.
_TAG = re.compile(r"\b_(\d+|out)_(\d+)_\b")
_STEPS = re.compile(r"\bsteps\b")  # rules of sequences give the first axis of their input another name


def _tagged(shape: Shape, suffix: str, first: bool) -> Shape:
    tag = "out" if suffix == "_out" else suffix or "1"
    return tuple(Traced(n, f"_{tag}_{axis}_") for axis, n in enumerate(shape))


def _source(node: Node, tagged: Size, plain: Size) -> AxisSource:
    if not isinstance(tagged, Traced):
        return AxisSource(str(plain), str(plain), plain, (), same=False)
    same = _TAG.fullmatch(tagged.symbols) is not None
    return AxisSource(plain.symbols, plain.numbers, plain.value, _axes_in(node, tagged.symbols), same)


def _axes_in(node: Node, symbols: str) -> tuple[Axis, ...]:
    found = [(OUT if which == "out" else int(which) - 1, int(axis)) for which, axis in _TAG.findall(symbols)]
    if _STEPS.search(symbols):
        found.append((0, 0))
    return tuple(dict.fromkeys((which, _places(node, which)[axis]) for which, axis in found))


def _places(node: Node, which: int) -> tuple[int, ...]:
    """For each axis as the rule sees it, where it is in the network's layout."""
    shape = (node.shape if which == OUT else node.inputs[which].shape) or ()
    axes = tuple(range(len(shape)))
    if not node.turned:
        return axes
    return channels_last(axes, node.turned[1] if which == OUT else aligned(node.turned[0], shape, node.inputs[0].shape or ()))
