"""Weights that are used again: what may share them, and why not."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.graph import Group, Node, say_shape
from archcalc.languages import phrase
from archcalc.resolve.context import Context
from archcalc.sizes import agreed, alike
from archcalc.spec import Layer, Part, Wrapper
from archcalc.syntax import tree


def share_all(context: Context, first: Group, again: Group, item: tree.Statement) -> None:
    """Let the layers of an instance share the weights of those of another, one by one."""
    ours, theirs = (_layers(group) for group in (again, first))
    if not context.takes(len(ours), item.span) or any(n.shape is None for n in (*ours, *theirs)):
        return  # a mistake was said, and what hangs on it may have become another
    if [n.kind for n in ours] != [n.kind for n in theirs]:
        pairs = zip_longest(*([n.kind for n in group] for group in (theirs, ours)), fillvalue=phrase("nothing"))
        there, here = next(pair for pair in pairs if pair[0] != pair[1])
        why = phrase("it has {there} where there would be {here} now, since a condition in it turns out otherwise", there=there, here=here)
        _refuse(context, first.name, item, why)
        return
    for one, other in zip(theirs, ours, strict=True):
        if not share(context, one, other, item):
            return


def _layers(group: Group) -> list[Node]:
    return [n for n in group.nodes if not isinstance(n.layer, Part)]


def share(context: Context, first: Node, again: Node, item: tree.Statement) -> bool:
    """Let a node share another's weights, which must be of its sizes."""
    again.shares = first.shares or first
    if first.layer is None or again.layer is None or first.seen is None or again.seen is None:
        return True  # the mistake was said
    if argument := _other_argument(first.layer, again.layer):
        _refuse(context, first.name, item, phrase("its {argument} would be another, since it depends on what flows in", argument=argument))
        return False
    theirs = first.layer.weights(first.seen, *first.input_shapes)
    ours = again.layer.weights(again.seen, *again.input_shapes)
    for one, other in zip(theirs, ours, strict=False):
        if not agreed(alike((*one.each, one.maps), (*other.each, other.maps))):
            sizes = [say_shape((*w.each, w.maps)) for w in (one, other)]
            reads = [", ".join(say_shape(x) for x in n.input_shapes) for n in (first, again)]
            why = phrase(
                "its {weight} is {size}, made for an input of {read}; an input of {other} needs {needs}",
                weight=one.name,
                size=sizes[0],
                read=reads[0],
                other=reads[1],
                needs=sizes[1],
            )
            _refuse(context, first.name, item, why)
            return False
    return True


def _other_argument(first: Layer, again: Layer) -> str:
    """The name of an argument in which two layers of a kind differ; "" if there is none."""
    for a in again.args:
        if not a.called and not agreed(alike(getattr(first, a.name), getattr(again, a.name))):
            return a.name
    if isinstance(first, Wrapper) and isinstance(again, Wrapper):
        return next(filter(None, map(_other_argument, first.layers, again.layers)), "")
    return ""


def _refuse(context: Context, name: str, item: tree.Statement, why: str) -> None:
    facts: dict[str, Any] = {"name": f"`{name}`", "why": why}
    context.graph.findings.append(Diagnostic("E137", item.span, facts))
