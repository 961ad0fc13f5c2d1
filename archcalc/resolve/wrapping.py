"""Wrappers: statements whose body holds the layers that they stand around, such as `bidirectional { lstm 64 }`.

A wrapper stands around each layer of its body by itself, unless its kind says that one holds them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archcalc.languages import phrase
from archcalc.resolve.context import Context
from archcalc.spec import Layer, Wrapper
from archcalc.syntax import tree


class Wrapping:
    """A wrapper whose body is being expanded; `given` are its arguments, None if they had a mistake."""

    __slots__ = ("broken", "cls", "given", "held")

    def __init__(self, cls: type[Wrapper], given: dict[str, Any] | None) -> None:
        self.cls = cls
        self.given = given
        self.held: list[Layer] = []  # where one wrapper holds them all
        self.broken = given is None

    def around(self, *layers: Layer) -> Layer | None:
        """The wrapper around these layers; None where its arguments had a mistake."""
        return None if self.given is None else self.cls(layers=layers, **self.given)


def wrapped(context: Context, layer: Layer | None, item: tree.Statement) -> tuple[Layer | None, bool]:
    """The layer with the wrappers around it, innermost first; and whether one took it that will hold others too."""
    for wrapping in reversed(context.wrappings):
        reason = wrapping.cls.refusal(layer) if layer is not None else ""
        if reason:
            context.report("E134", item.kind_span, wrapper=f"`{wrapping.cls.kind}`", layer=f"`{item.kind}`", why=reason)
            layer = None
        if not wrapping.cls.single:
            own = phrase("a label") if item.label is not None else "`from`" if item.sources else "`->`" if item.size is not None else ""
            if own and not reason:
                why = phrase("{own} is for the whole, which is one layer", own=own)
                context.report("E134", item.kind_span, wrapper=f"`{wrapping.cls.kind}`", layer=f"`{item.kind}`", why=why)
                layer = None
            wrapping.broken |= layer is None
            wrapping.held += [layer] if layer is not None else []
            return None, True
        layer = wrapping.around(layer) if layer is not None else None
    return layer, False


def expand_wrapper(
    context: Context, cls: type[Wrapper], item: tree.Statement, given: dict[str, Any] | None, expand: Callable[[tree.Body], None]
) -> Wrapping:
    """Expand a wrapper's body. Its label goes to what stands inside, if that is one layer."""
    assert item.body is not None
    wrapping = Wrapping(cls, given)
    context.wrappings.append(wrapping)
    expand(_labelled(item) if cls.single else item.body)
    context.wrappings.pop()
    return wrapping


def takes_label(item: tree.Statement) -> bool:
    """Whether the wrapper's body is one layer without a label, which then bears the wrapper's."""
    items = item.body.items if item.body else ()
    return len(items) == 1 and isinstance(items[0], tree.Statement) and items[0].label is None


def _labelled(item: tree.Statement) -> tree.Body:
    assert item.body is not None
    if item.label is None or not takes_label(item):
        return item.body
    only: Any = item.body.items[0]
    inner = tree.Statement(
        item.label, item.label_span, only.kind, only.kind_span, only.arguments, only.sources, only.body, only.size, only.span
    )
    return tree.Body((inner,), item.body.span)
