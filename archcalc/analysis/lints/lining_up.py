"""What would make branches line up: each way is tried, and offered where nothing is apart afterwards that was not before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from archcalc.analysis.lints.around import whole
from archcalc.analysis.receptive import Apart, Receptive
from archcalc.analysis.trying import innermost, standing_in, with_argument
from archcalc.graph import Node
from archcalc.languages import phrase, together
from archcalc.sizes import Refusal
from archcalc.spec import Layer
from archcalc.windows import Window

FARTHEST = 60  # layers before a merge that are looked at
MOST = 8  # of them, those that are tried
MAX_WORK = 40_000  # layers that are gone through again, over all tries of a network


class Tries:
    """The ways that were tried for one network. `apart` are the nodes where branches do not line up as it is."""

    def __init__(self, receptive: Receptive, apart: frozenset[int], counts: Callable[[Apart], bool]) -> None:
        self.receptive = receptive
        self.apart = apart
        self.counts = counts
        self._left: dict[Any, frozenset[int]] = {}
        self._work = 0

    def fixes(self, node: Node) -> tuple[str, ...]:
        """The nearest way that mends a merge: a padding that is alike at both ends, in one layer or in all; another kernel."""
        slides = list(_sliding(node))
        uneven = [(before, pads) for before, windows in slides if (pads := _uneven(before, windows)) is not None]
        for before, pads in uneven[:MOST]:
            if self._mends(node, (before,), "padding", pads[1]):
                said = phrase("`same` pads {name} by {before} before and {after} after", name=before.name, before=pads[0], after=pads[1])
                return (phrase("{said}; with `pad={pad}`, both ends alike, the fields line up", said=said, pad=pads[1]),)
        alike = {pads[1] for _, pads in uneven}
        if 1 < len(uneven) <= MOST and len(alike) == 1 and self._mends(node, tuple(n for n, _ in uneven), "padding", *alike):
            return (
                phrase(
                    "`same` pads {names} unevenly; with `pad={pad}` in all of them, the fields line up",
                    names=_listed([n for n, _ in uneven]),
                    pad=alike.pop(),
                ),
            )
        for before, windows in slides[:MOST]:
            reach = {w.kernel for w in windows}
            for kernel in (max(reach) + 1, max(reach) - 1) if len(reach) == 1 and min(reach) > 1 else ():
                if self._mends(node, (before,), "kernel", kernel):
                    return (phrase("with a kernel of {kernel} in {name}, the fields line up", kernel=kernel, name=before.name),)
        return ()

    def _mends(self, node: Node, changed: tuple[Node, ...], argument: str, value: int) -> bool:
        """Whether fields line up at a node, and everywhere that they did, with another argument in the statements of others."""
        key = (frozenset(n.span for n in changed), argument, value)
        if key not in self._left:
            nodes = [n for n in self.receptive.graph.layers if n.span is not None and n.span in key[0]]
            layers = [_as_large(n, argument, value) for n in nodes]
            self._work += len(self.receptive.graph.layers)
            if self._work > MAX_WORK or not nodes or None in layers:
                self._left[key] = self.apart
            else:
                found = self.receptive.apart_with({id(n): layer for n, layer in zip(nodes, layers, strict=True) if layer is not None})
                self._left[key] = frozenset(id(apart.node) for apart in found if self.counts(apart))
        return id(node) not in self._left[key] and self._left[key] <= self.apart


def _as_large(node: Node, argument: str, value: int) -> Layer | None:
    """A node's layer with another argument; None where that is not allowed, or gives another shape."""
    taken = next((a for a in innermost(node.layer).args if a.name == argument), None) if node.layer is not None else None
    if node.layer is None or taken is None:
        return None
    other = standing_in(node, with_argument(node.layer, argument, value))
    assert other.layer is not None
    try:
        taken.type.read(value)
        return other.layer if other.layer.shape(*other.input_shapes) == node.seen else None
    except Refusal:
        return None


def _sliding(node: Node) -> Iterator[tuple[Node, tuple[Window, ...]]]:
    """The nodes before a merge that have windows, the nearest first."""
    waiting, seen = list(node.inputs), {id(node)}
    while waiting and len(seen) < FARTHEST:
        before = waiting.pop(0)
        if id(before) in seen or before.layer is None or before.shape is None or not before.inputs:
            continue
        seen.add(id(before))
        waiting += before.inputs
        windows = before.layer.windows(*before.input_shapes)
        if windows and whole(before.shape, before.inputs[0].shape):
            yield before, windows


def _uneven(node: Node, windows: tuple[Window, ...]) -> tuple[int, int] | None:
    """How much `same` adds before and after, where that is not alike: where what is missing is odd, as it is under a stride."""
    for window, n in zip(windows, node.input_shapes[0], strict=False):
        before, after = window.pads(n)
        if window.word == "same" and before != after:
            return int(before), int(after)
    return None


def _listed(nodes: list[Node]) -> str:
    names = [n.name for n in nodes]
    return together(" and ", (", ".join(names[:-1]), names[-1]))
