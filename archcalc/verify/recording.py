"""Which layers a generated program applies, in which order: recorded while it builds its model.

Layers are found by that order, which is the order of the network's text, and not by their names: a program names only those
that have a label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple


class Application(NamedTuple):
    """One call of a layer: what it was called with, and the symbolic values that came out, as one flat list."""

    layer: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    outputs: list[Any]


def build_recorded(keras: Any, build_model: Callable[[], Any]) -> tuple[Any, list[Application]]:
    """The model that `build_model` returns, and the applications of its layers in their order.

    What a layer calls inside of itself is no application of its own.
    """
    with _recording(keras) as found:
        model = build_model()
    if isinstance(model, keras.Sequential):
        found = [Application(layer, (layer.input,), {}, keras.tree.flatten(layer.output)) for layer in model.layers]
    return model, found


@contextmanager
def _recording(keras: Any) -> Iterator[list[Application]]:
    found: list[Application] = []
    plain = keras.layers.Layer.__call__
    depth = 0

    def record(layer: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal depth
        depth += 1
        try:
            out = plain(layer, *args, **kwargs)
        finally:
            depth -= 1
        outputs = keras.tree.flatten(out)
        if not depth and any(isinstance(value, keras.KerasTensor) for value in outputs):
            found.append(Application(layer, args, kwargs, outputs))
        return out

    keras.layers.Layer.__call__ = record
    try:
        yield found
    finally:
        keras.layers.Layer.__call__ = plain
