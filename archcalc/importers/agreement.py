"""What the file says of shapes, held to what comes out here: a check that costs nothing, and that finds a mistake of either."""

from __future__ import annotations

from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.graph import Graph, Node, say_shape
from archcalc.importers.reading import ModelRead
from archcalc.spec import Part

MOST_SAID = 20


def disagreements(graph: Graph, model: ModelRead) -> list[Diagnostic]:
    """A finding for each layer out of which, here, something else comes than the file says flows into the next.

    What only follows from another's is not said: a layer is named where all that it reads agrees.
    """
    said = _said(graph, model)
    wrong = {id(node) for node, shape in said.values() if node.shape is not None and not _agree(node.shape, shape)}
    found = []
    for node, shape in said.values():
        follows = any(id(source) in wrong for source in node.inputs)
        if id(node) in wrong and not follows and not _is_known(node, shape):
            facts = {
                "name": f"`{node.name}`",
                "here": say_shape(node.shape),
                "file": say_shape(tuple("?" if n is None else n for n in shape)),
            }
            found.append(Diagnostic("E608", node.span, facts, layer=node.name))
    return found[:MOST_SAID]


def _said(graph: Graph, model: ModelRead) -> dict[int, tuple[Node, Any]]:
    """Each node, and the shape that the file has for what comes out of it, without the batch."""
    found: dict[int, tuple[Node, Any]] = {}
    for name, shapes in model.shapes.items():
        node = graph.names.get(name)
        for source, claims in zip(node.inputs if node is not None else (), shapes, strict=False):
            for shape in claims:
                first = found.setdefault(id(source), (source, shape[1:]))
                if source.shape is not None and _agree(source.shape, first[1]):  # one that does not agree is what is said
                    found[id(source)] = source, shape[1:]
    return found


def _is_known(node: Node, shape: Any) -> bool:
    """Whether it is what Keras announces of a further output, although another shape comes out."""
    of = node.inputs[0] if isinstance(node.layer, Part) else None
    if of is None or of.layer is None:
        return False
    announced = of.layer.announced(*of.input_shapes).get(node.name.removeprefix(f"{of.name}."))
    return announced is not None and _agree(announced, shape)


def _agree(here: Any, there: Any) -> bool:
    """Whether two shapes are the same, as far as they are numbers."""
    return len(here) == len(there) and all(n == m for n, m in zip(here, there, strict=True) if isinstance(n, int) and isinstance(m, int))
