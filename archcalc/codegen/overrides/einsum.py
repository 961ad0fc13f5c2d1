"""Dense layers by an equation: all sizes are written out, and the dots where Keras would mistake their order."""

from __future__ import annotations

import string
from typing import Any

from archcalc.codegen.calls import Construction, layer_of, options_of
from archcalc.codegen.literals import call, literal
from archcalc.graph import Node
from archcalc.layers.einsum import DOTS


def _einsum_dense(node: Node) -> Construction | None:
    layer: Any = layer_of(node)
    (x,) = node.input_shapes
    axes = layer.axes(x)
    equation, sizes = layer.equation, tuple(axes.sizes[c] for c in axes.out if isinstance(c, str))
    dots = len(axes.out) - len(sizes)
    if equation.startswith(DOTS) and dots > 1:
        # Of two axes or more on the left, Keras announces the sizes in reverse.
        equation, sizes = _written_out(equation, dots + 1), tuple(node.seen or ())
    arguments = literal(equation), literal(sizes)
    return Construction(call("keras.layers.EinsumDense", *arguments, **options_of(node)))


def _written_out(equation: str, dots: int) -> str:
    """The equation with a letter for each axis that the dots stand for, the batch among them."""
    free = "".join(c for c in string.ascii_letters if c not in equation)
    return equation.replace(DOTS, free[:dots])


OVERRIDES = {"einsum_dense": _einsum_dense}
