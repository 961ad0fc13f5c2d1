"""What flows into a network from outside: another's layers, where it is used as a layer, and sizes that give free ones theirs."""

from __future__ import annotations

from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.graph import Node, say_shape
from archcalc.languages import phrase
from archcalc.registry import find_kind
from archcalc.resolve.context import Context, unknown
from archcalc.resolve.labels import Frame
from archcalc.resolve.scope import FREE, UNKNOWN, Scope
from archcalc.sizes import agreed, alike
from archcalc.syntax import tree


def feed(context: Context, item: tree.Statement, frame: Frame, scope: Scope) -> None:
    """`input SIZE` of a network that is used as a layer: what flows in must be of that size, and gives free sizes theirs."""
    assert frame.feeds is not None
    assert frame.group is not None
    if not frame.feeds:
        facts = {"kind": frame.group.kind, "needs": phrase("one more input"), "got": len(frame.entered)}
        related = ((item.span, phrase("this input has nothing to read")),)
        context.graph.findings.append(Diagnostic("E118", frame.group.span, facts, related=related))
        node = unknown(item.span)
    else:
        node = frame.feeds.pop(0)
    if len(item.arguments) == 1 and node.shape is not None:
        wanted = _misfit(context, item.arguments[0].value, scope, node)
        if wanted:
            facts = {"kind": frame.group.kind, "needs": phrase("an input of {wanted}", wanted=wanted), "got": say_shape(node.shape)}
            related = ((item.span, phrase("declared here")),)
            context.graph.findings.append(Diagnostic("E136", frame.group.span, facts, related=related))
            node = unknown(item.span)  # what follows was written for another size
    elif item.arguments:
        _leave_unknown(item.arguments[0].value, scope)
    frame.flow = (node,)
    if item.label is not None or "input" not in frame.labels:  # of several without a label, the first is `input`
        frame.put(item.label or "input", node)


def _misfit(context: Context, written: tree.Expr, scope: Scope, node: Node) -> str:
    """The size that is declared, if what flows in has another; "" if it fits."""
    bind_free(written, node.shape or (), scope)
    if any(scope.find(entry.name) is FREE for entry in _names(written)):  # it has another number of axes
        _leave_unknown(written, scope)
        return written.span.text
    size = context.value(written, scope)
    wanted = tuple(size) if isinstance(size, tuple | list) else (size,)
    return "" if size is None or agreed(alike(wanted, node.shape)) else say_shape(wanted)


def bind_free(written: tree.Expr, shape: tuple[Any, ...], scope: Scope) -> dict[str, Any]:
    """Give names of a size that have no value yet theirs, from a shape with as many axes. Those are returned."""
    entries = _entries(written)
    found: dict[str, Any] = {}
    if len(entries) == len(shape):
        for entry, n in zip(entries, shape, strict=True):
            if isinstance(entry, tree.Name) and scope.find(entry.name) is FREE:
                scope.owner(entry.name).values[entry.name] = found[entry.name] = n
    return found


def names_of_inputs(body: tree.Body, labels: set[str | None]) -> set[str]:
    """The names in the sizes of these inputs, by their labels; `input` and None stand for those without one, too."""
    found: set[str] = set()
    for item in body.items:
        if isinstance(item, tree.If):
            for side in filter(None, (item.then, item.otherwise)):
                found |= names_of_inputs(side, labels)
        elif isinstance(item, tree.For | tree.Statement) and item.body is not None:
            found |= names_of_inputs(item.body, labels)
        elif isinstance(item, tree.Statement) and (kind := find_kind(item.kind)) and kind[0].inputs == (0, 0):
            if None in labels or (item.label or "input") in labels:
                found |= {entry.name for a in item.arguments for entry in _names(a.value)}
    return found


def _entries(written: tree.Expr) -> tuple[tree.Expr, ...]:
    return written.items if isinstance(written, tree.Sequence) else (written,)


def _names(written: tree.Expr) -> list[tree.Name]:
    return [entry for entry in _entries(written) if isinstance(entry, tree.Name)]


def _leave_unknown(written: tree.Expr, scope: Scope) -> None:
    """What flows in has a mistake, which was said: the free sizes that it would have given are not to be asked for."""
    for entry in _names(written):
        if scope.find(entry.name) is FREE:
            scope.owner(entry.name).values[entry.name] = UNKNOWN
