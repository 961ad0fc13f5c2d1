"""Activations that are a word as long as they have no arguments, and slopes shared along axes."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, layer_of, options_of
from archcalc.codegen.literals import call, literal
from archcalc.graph import Node


def _with_arguments(node: Node) -> Construction | None:
    """Keras's class; without arguments, the declaration's word says the same."""
    options = options_of(node)
    return Construction(call(f"keras.layers.{layer_of(node).keras}", **options)) if options else None


def _prelu(node: Node) -> Construction:
    layer: Any = layer_of(node)
    # Keras takes a negative axis for the one before it, so all are counted from the front, after the batch.
    places = [axis + 1 for axis in sorted(layer.places(node.input_shapes[0]))]
    shared = {"shared_axes": literal(places)} if places else {}
    return Construction(call("keras.layers.PReLU", **shared, **options_of(node, without=("shared",))))


OVERRIDES = {"relu": _with_arguments, "elu": _with_arguments, "softmax": _with_arguments, "prelu": _prelu}
