"""Statements about the network as a whole: output, train, layout, dtype; and what is to be said once it is complete."""

from __future__ import annotations

from archcalc.diagnostics import Diagnostic, has_errors
from archcalc.graph import BYTES
from archcalc.names import suggestion
from archcalc.resolve.context import Context
from archcalc.resolve.labels import Frame
from archcalc.resolve.scope import Scope
from archcalc.syntax import tree


def output(context: Context, item: tree.Statement, frame: Frame, scope: Scope) -> None:
    """`output from a, b`."""
    if item.arguments or item.body:
        fixes = (f"output from {', '.join(a.span.text for a in item.arguments)}",) if item.arguments else ()
        context.report("E113", item.span, fixes, kind="`output`", most="no arguments")
    context.graph.outputs += context.entering(item, frame, scope)


def train(context: Context, item: tree.Statement, frame: Frame, scope: Scope) -> None:
    """`train { ... }`, once."""
    from archcalc.resolve.recipe import read_recipe  # most networks have none

    if context.graph.recipe is not None:
        context.report("E102", item.span, name="`train`")
    context.graph.recipe, findings = read_recipe(item, scope)
    context.graph.findings += findings


def layout(context: Context, item: tree.Statement, frame: Frame, scope: Scope) -> None:
    """`layout channels_last`, which is the default."""
    name = _word(item)
    if name != "channels_last":
        context.report("E119", item.span, what=f"`layout {name}`")


def dtype(context: Context, item: tree.Statement, frame: Frame, scope: Scope) -> None:
    """`dtype float16`: how many bytes a value takes."""
    name = _word(item)
    if not item.arguments:
        context.report("E112", item.span, kind="`dtype`", name="a name", prose=f"one of {', '.join(BYTES)}")
    elif name in BYTES:
        context.graph.dtype = name
    else:
        facts = {"argument": "`dtype`", "word": f"`{name}`", "says": f"one of {', '.join(BYTES)}"}
        context.report("E122", item.span, suggestion(name, BYTES), **facts)


def _word(item: tree.Statement) -> str:
    return item.arguments[0].span.text if item.arguments else ""


def finish(context: Context, frame: Frame, network: tree.Network) -> None:
    """The outputs, where none are named; and which layers reach none."""
    graph = context.graph
    if not graph.layers and not graph.findings and not context.broken:
        context.report("E125", network.name_span, name=f"`{network.name}`")
    if not graph.outputs:
        graph.outputs = [n for n in frame.flow or () if n.name]
    if context.broken or has_errors(graph.findings):
        return  # with a layer unknown, others may only seem to reach nothing
    reached = graph.reached()
    for node in (*graph.inputs, *graph.layers):
        if id(node) not in reached:
            graph.findings.append(Diagnostic("W102", node.span, {"name": f"`{node.name}`"}, layer=node.name))
    graph.inputs = [n for n in graph.inputs if id(n) in reached]
    graph.layers = [n for n in graph.layers if id(n) in reached]
