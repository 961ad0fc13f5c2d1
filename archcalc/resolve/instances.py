"""Instances: a block, or a network used as a layer, expanded at its place; and `reuse`, which does so again with its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcalc.binding import Given, bind
from archcalc.diagnostics import Diagnostic
from archcalc.graph import Group, Node
from archcalc.languages import mark, phrase
from archcalc.resolve.blocks import bind_parameters
from archcalc.resolve.context import Context
from archcalc.resolve.labels import SEVERAL, Frame, Label, as_labels, missing_label
from archcalc.resolve.place import check_size, label_once, node_name, put
from archcalc.resolve.scope import Scope
from archcalc.resolve.sharing import share, share_all
from archcalc.source import Span
from archcalc.spec import Layer, Part
from archcalc.syntax import tree
from archcalc.values import Word, said

if TYPE_CHECKING:
    from archcalc.resolve.definitions import Defined
    from archcalc.resolve.expand import Expander


class Made:
    """What an instance was made from: enough to make it again."""

    __slots__ = ("defined", "values")

    def __init__(self, defined: Defined, values: dict[str, Any]) -> None:
        self.defined = defined
        self.values = values


def expand_instance(expander: Expander, defined: Defined, item: tree.Statement, frame: Frame, scope: Scope) -> None:
    """A block or a network, called like a layer."""
    context = expander.context
    entering = context.entering(item, frame, scope)
    name = node_name(context, item, frame, item.kind)
    inner = None
    if item.body is not None:
        context.report("E117", item.kind_span, kind=f"`{item.kind}`")
    elif any(defined.item is other for other in expander.active):
        what = mark("network `{name}`") if isinstance(defined.item, tree.Network) else mark("block `{name}`")
        context.report("E126", item.kind_span, name=phrase(what, name=defined.item.name))
    else:
        inner = bind_parameters(context, defined, item, scope, as_labels(entering))
    if inner is None:
        _fail(context, item, frame, scope, name)
    else:
        _make(expander, Made(defined, dict(inner.values)), item, frame, scope, name, entering)


def _fail(context: Context, item: tree.Statement, frame: Frame, scope: Scope, name: str) -> None:
    """What cannot be expanded stands as a layer of which nothing is known, so that no sum leaves it out."""
    put(context, Node(name, None, (), item.span, kind=item.kind), item, frame, scope)


def _make(expander: Expander, made: Made, item: tree.Statement, frame: Frame, outer: Scope, name: str, entering: tuple[Node, ...]) -> Group:
    context, defined = expander.context, made.defined
    scope = Scope(defined.home.scope, as_labels(entering))
    scope.values |= made.values
    group = Group(name, defined.item.name, frame.group, item.span)
    group.made = made
    context.graph.groups.append(group)
    inner = Frame(scope, name + ".", defined.item.body, entering, home=defined.home, group=group)
    if isinstance(defined.item, tree.Network):
        inner.feeds, inner.flow = list(entering), None
    expander.active.append(defined.item)
    loops, context.loops = context.loops, 0
    wrappings, context.wrappings = context.wrappings, []
    if wrappings:
        context.report(
            "E134", item.kind_span, wrapper=f"`{wrappings[-1].cls.kind}`", layer=f"`{item.kind}`", why=phrase("it is no single layer")
        )
    expander.expand(defined.item.body, inner, scope)
    context.loops, context.wrappings = loops, wrappings
    expander.active.pop()
    if inner.feeds and not context.full:
        _too_many(context, item, len(entering), len(entering) - len(inner.feeds), defined)
    frame.flow = tuple(inner.outputs) or inner.flow
    group.outputs = frame.flow or ()
    if frame.flow:
        if item.label is not None:
            label_once(context, item, frame)
            frame.put(item.label, frame.flow[-1], group, inner.labels)
        check_size(context, frame.flow[-1], item, outer)
    return group


def _too_many(context: Context, item: tree.Statement, got: int, takes: int, defined: Defined) -> None:
    related = ((defined.item.name_span, phrase("the network is defined here")),)
    facts = {"kind": item.kind, "needs": phrase("1 input") if takes == 1 else phrase("{n} inputs", n=takes), "got": got}
    context.graph.findings.append(Diagnostic("E118", item.span, facts, related=related))


# ---- reuse ------------------------------------------------------------------------------------------------------


def reuse(expander: Expander, item: tree.Statement, frame: Frame, scope: Scope) -> None:
    """`tb: reuse ta from b`: the layer or the instance `ta` once more, with its weights."""
    context = expander.context
    entering = context.entering(item, frame, scope)
    label = _reused(context, item, frame, scope)
    if context.wrappings and label is not None:
        wrapper = f"`{context.wrappings[-1].cls.kind}`"
        context.report("E134", item.kind_span, wrapper=wrapper, layer="`reuse`", why=phrase("what is used again stands where it stands"))
        label = None
    if label is None:
        _fail(context, item, frame, scope, node_name(context, item, frame, item.kind))
        return
    bearer = label.latest
    if bearer.group is None:
        _again(context, bearer.node, item, frame, scope, entering)
        return
    name = node_name(context, item, frame, bearer.group.kind)
    before = len(context.graph.findings)
    group = _make(expander, bearer.group.made, item, frame, scope, name, entering)
    if len(context.graph.findings) == before:
        share_all(context, bearer.group, group, item)
    else:
        context.graph.partial = True  # what is shared is not known


def _again(context: Context, first: Node, item: tree.Statement, frame: Frame, scope: Scope, entering: tuple[Node, ...]) -> None:
    name = node_name(context, item, frame, first.kind)
    layer, spans = first.layer, first.spans
    if len(item.arguments) > 1 and layer is not None:
        layer, spans = _called_otherwise(context, layer, item, scope)
    node = Node(name, layer, entering, item.span, spans, named=item.label is not None, kind=first.kind)
    put(context, node, item, frame, scope)
    share(context, first, node, item)


def _called_otherwise(context: Context, layer: Layer, item: tree.Statement, scope: Scope) -> tuple[Layer | None, dict[str, Span]]:
    """The same layer with other values of the arguments that belong to a call, not to the layer: `reuse tokens, reverse`."""
    given = [Given(context.value(a.value, scope, words=True), a.value.span, a.keyword, a.keyword_span) for a in item.arguments[1:]]
    if any(g.value is None for g in given):
        return None, {}
    call = type("Call", (Layer,), {"kind": layer.kind, "args": tuple(a for a in layer.args if a.called)})
    bound = bind(call, given, item.kind_span, phrase("`reuse` of {kind}", kind=layer.kind), scope.names())
    context.graph.findings += bound.findings
    return (None if bound.findings else type(layer)(**{**vars(layer), **bound.values})), bound.spans


def _reused(context: Context, item: tree.Statement, frame: Frame, scope: Scope) -> Label | None:
    """What `reuse` names; None where it names nothing, which is reported."""
    if not item.arguments or item.arguments[0].keyword is not None or item.body is not None:
        context.report(
            "E112", item.span, ("tb: reuse ta from b",), kind="`reuse`", name=phrase("one label"), prose=phrase("of the layer to use again")
        )
        return None
    argument = item.arguments[0].value
    if isinstance(argument, tree.String):
        found: Any = frame.labels.get(argument.value, Word(argument.value))
    else:
        found = context.value(argument, scope, words=True)
    if isinstance(found, Label):
        if found.latest.node.layer is None and found.latest.group is None:
            return None  # its own mistake was said
        if found.latest.several:
            context.report("E137", argument.span, (SEVERAL,), name=f"`{argument.span.text}`", why=phrase("it stands for several layers"))
            return None
        if isinstance(found.latest.node.layer, Part):
            context.report("E120", argument.span, kind=phrase("a part of a layer, which has no weights of its own,"))
            return None
        if found.latest.group is not None and len(item.arguments) > 1:
            context.report("E113", item.arguments[1].span, kind=phrase("`reuse` of a block or a network"), most=phrase("its label alone"))
            return None
        if found.latest.node in context.graph.inputs and found.latest.group is None:
            context.report("E120", argument.span, kind=phrase("an input, which has nothing to use again,"))
            return None
        return found
    if isinstance(found, Word):
        failure = missing_label(str(found), argument.span, frame)
        context.graph.findings += failure.findings
    elif found is not None:
        context.report("E209", argument.span, ("tb: reuse ta from b",), got=said(found), wanted=phrase("the label of a layer"))
    return None
