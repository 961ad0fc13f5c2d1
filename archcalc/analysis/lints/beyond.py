"""W114: receptive fields that are larger than the input."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis.receptive import Extent, Receptive
from archcalc.diagnostics import Diagnostic
from archcalc.graph import say_shape


def beyond(receptive: Receptive) -> Iterator[Diagnostic]:
    """A warning for each input, at the first window whose field is larger along an axis: later ones only grow."""
    told: set[str] = set()
    graph = receptive.graph
    for node in graph.layers:
        if len(told) == len(graph.inputs):
            return
        if node.layer is None or node.shape is None or not node.layer.windows(*node.input_shapes):
            continue
        for name, extent in (receptive.of(node) or {}).items():
            if name not in told and isinstance(extent, Extent) and any(extent.larger):
                told.add(name)
                facts = {"field": say_shape(extent.size), "input": name, "size": say_shape(extent.lengths)}
                needed = [max(r, n) if isinstance(r, int) else n for r, n in zip(extent.size, extent.lengths, strict=True)]
                fixes = (f"fewer or smaller windows before it, or an input of {say_shape(needed)} or more",)
                yield Diagnostic("W114", node.spans.get("kernel", node.span), facts, fixes=fixes, layer=node.name)
