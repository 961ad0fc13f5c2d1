"""Statements about the network as a whole: output, train, layout, dtype; and what is to be said once it is complete."""

from __future__ import annotations

from archcalc.diagnostics import Diagnostic, has_errors
from archcalc.graph import BYTES, LAYOUTS, Graph, Node
from archcalc.languages import phrase
from archcalc.names import suggestion
from archcalc.resolve.context import Context
from archcalc.resolve.labels import Frame
from archcalc.resolve.scope import TAKEN, Scope
from archcalc.source import Span
from archcalc.spec import Part
from archcalc.syntax import tree


def output(context: Context, item: tree.Statement, frame: Frame, scope: Scope) -> None:
    """`output from a, b`."""
    if item.body:
        context.report("E117", item.kind_span, kind="`output`")
    if item.arguments:
        fixes = (f"output from {', '.join(a.span.text for a in item.arguments)}",) if item.arguments else ()
        context.report("E113", item.span, fixes, kind="`output`", most=phrase("no arguments"))
    frame.outputs += context.entering(item, frame, scope)


SAID = {"label": phrase("a label"), "arguments": phrase("arguments"), "sources": "`from`", "body": phrase("a body"), "size": "`-> size`"}


def no_more_than(context: Context, item: tree.Statement, takes: tuple[str, ...]) -> None:
    """Report the parts of a statement that it has no use for, so that none is passed over in silence."""
    for part, said in SAID.items():
        if part not in takes and getattr(item, part) not in (None, ()):
            context.report("E139", item.kind_span, kind=f"`{item.kind}`", what=said)


def not_taken(context: Context, name: str, span: Span | None) -> None:
    """Report a name that the language has for itself."""
    if name in TAKEN:
        context.report("E131", span, name=f"`{name}`", what=TAKEN[name])


def train(context: Context, item: tree.Statement, frame: Frame, scope: Scope) -> None:
    """`train { ... }`, once."""
    from archcalc.resolve.recipe import read_recipe  # most networks have none

    if frame.group is not None:
        if frame.feeds is None:
            context.report("E120", item.kind_span, kind=phrase("`train` inside of a block"))
        return  # a network that is used as a layer is trained with what it is part of
    if context.graph.recipe is not None:
        context.report("E102", item.span, name="`train`")
    context.graph.recipe, findings = read_recipe(item, scope)
    context.graph.findings += findings


def layout(context: Context, item: tree.Statement, frame: Frame, scope: Scope) -> None:
    """`layout channels_first`: where shapes have the channels. It stands before the first layer, whose shape depends on it."""
    name = _one_of(context, item, LAYOUTS)
    if name and frame.group is not None:
        _same_as_outside(context, item, frame, name, context.graph.layout)
    elif name and name != context.graph.layout and (context.graph.inputs or context.graph.layers):
        context.report("E135", item.span, (phrase("put `{line}` before the input", line=item.span.text),), kind="`layout`")
    elif name:
        context.graph.layout = name


def dtype(context: Context, item: tree.Statement, frame: Frame, scope: Scope) -> None:
    """`dtype float16`: how many bytes a value takes."""
    name = _one_of(context, item, tuple(BYTES))
    if name and frame.group is not None:
        _same_as_outside(context, item, frame, name, context.graph.dtype)
    elif name:
        context.graph.dtype = name


def _same_as_outside(context: Context, item: tree.Statement, frame: Frame, name: str, outside: str) -> None:
    """A network that is used as a layer has the layout and the dtype of what it is part of."""
    if frame.feeds is None:
        context.report("E120", item.kind_span, kind=phrase("`{kind}` inside of a block", kind=item.kind))
    elif name != outside and frame.group is not None:
        facts = {"kind": frame.group.kind, "needs": f"`{item.span.text}`", "got": outside}
        related = ((item.span, phrase("declared here")),)
        context.graph.findings.append(Diagnostic("E136", frame.group.span, facts, related=related))


def _one_of(context: Context, item: tree.Statement, known: tuple[str, ...]) -> str | None:
    """The statement's one word; None if it is not one of those known, which is reported."""
    if len(item.arguments) != 1:
        prose = phrase("one of {names}", names=", ".join(known))
        context.report("E112", item.span, kind=f"`{item.kind}`", name=phrase("one name"), prose=prose)
        return None
    name = item.arguments[0].span.text
    if name not in known:
        facts = {"argument": f"`{item.kind}`", "word": f"`{name}`", "says": phrase("one of {names}", names=", ".join(known))}
        context.report("E122", item.arguments[0].span, suggestion(name, known), **facts)
        return None
    return name


def finish(context: Context, frame: Frame, network: tree.Network) -> None:
    """The outputs, where none are named; and which layers reach none."""
    graph = context.graph
    if not graph.layers and not graph.findings and not context.broken:
        context.report("E125", network.name_span, name=f"`{network.name}`")
    graph.outputs = list(dict.fromkeys(frame.outputs))
    if not graph.outputs:
        graph.outputs = [n for n in frame.flow or () if n.name]
    if context.broken or has_errors(graph.findings):
        return  # with a layer unknown, others may only seem to reach nothing
    reached = graph.reached()
    _inherit(graph, reached)
    if not any(id(n) in reached for n in graph.layers):
        context.report("E125", network.name_span, (phrase("what it puts out is an input"),), name=f"`{network.name}`")
        return
    lost = [n for n in (*graph.inputs, *graph.layers) if id(n) not in reached and not isinstance(n.layer, Part)]
    graph.findings += _left_out(lost)
    graph.inputs = [n for n in graph.inputs if id(n) in reached]
    graph.layers = [n for n in graph.layers if id(n) in reached]
    if graph.recipe is not None and graph.recipe.name_spans:
        from archcalc.resolve.recipe import fit_to_outputs

        graph.findings += fit_to_outputs(graph.recipe, graph, frame)


def _inherit(graph: Graph, reached: set[int]) -> None:
    """Where the first user of shared weights is left out, the next one owns them."""
    heirs: dict[int, Node] = {}
    for node in graph.layers:
        first = node.shares
        if first is not None and id(first) not in reached and id(node) in reached:
            heir = heirs.setdefault(id(first), node)
            node.shares = None if heir is node else heir


def _left_out(lost: list[Node]) -> list[Diagnostic]:
    """A warning for each layer that leads nowhere. What only leads to it is counted there, and not said by itself."""
    read = {id(source) for node in lost for source in node.inputs}
    ends = [node for node in lost if id(node) not in read]
    more: dict[int, int] = {}
    leads = {id(node): i for i, node in enumerate(ends)}  # every lost node, to the end that it is counted at
    for node in reversed(lost):
        end = leads.setdefault(id(node), 0)
        for source in node.inputs:
            leads.setdefault(id(source), end)
        if id(node) in read:
            more[end] = more.get(end, 0) + 1
    found = []
    for i, node in enumerate(ends):
        count = more.get(i, 0)
        said: str = phrase(", with {n} layers that lead only to it", n=count) if count else ""
        if count == 1:
            said = phrase(", with 1 layer that leads only to it")
        found.append(Diagnostic("W102", node.span, {"name": f"`{node.name}`", "more": said}, layer=node.name))
    return found
