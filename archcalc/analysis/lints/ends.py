"""Lints of what values come out of: activations in a row, a function of one value, a loss that wants others."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, floor

from archcalc.activations import Function
from archcalc.analysis.lints.around import Around, backwards, passed_on, whole
from archcalc.diagnostics import Diagnostic
from archcalc.graph import Graph, Node
from archcalc.recipes import WANTS, Recipe
from archcalc.spec import Layer


def twice(node: Node, around: Around) -> Iterator[Diagnostic]:
    """W109: an activation, and the same one again."""
    before = passed_on(node.inputs[0])
    layer, source = node.layer, before.layer
    if layer is None or source is None:
        return
    function = layer.applied()
    if function is None or function.name == "linear" or source.applied() != function or not _alike(node, layer, source):
        return
    facts = {"function": function.name, "effect": _effect(function, layer, node)}
    related = ((before.span, "here"),) if before.span and before.span != node.span else ()
    yield Diagnostic("W109", node.span, facts, related=related, fixes=("one of the two is enough",), layer=node.name)


def _alike(node: Node, layer: Layer, source: Layer) -> bool:
    """Whether functions of values along an axis go along the same one."""
    return node.shape is not None and _axes(layer, node) == _axes(source, node)


def _axes(layer: Layer, node: Node) -> tuple[object, ...]:
    return layer.along(tuple(range(len(node.shape or ()))))


def _effect(function: Function, layer: Layer, node: Node) -> str:
    if function.settled:
        return ", and the second changes nothing"
    if function.alone == 1 and node.shape is not None and whole(along := layer.along(node.shape)):
        n = 1
        for length in along:
            n *= length
        if 1 < n < 10**9:  # the largest that the second gives: the first gave 1 to one value and 0 to the others
            return f", and the second leaves none of {n} values above {_rounded_up(exp(1) / (exp(1) + n - 1))}"
    return ""


def _rounded_up(x: float) -> float:
    return (floor(x * 1000) + 1) / 1000


def alone(node: Node) -> Iterator[Diagnostic]:
    """W110: what makes values add up to 1, of a single value."""
    layer = node.layer
    function = layer.applied() if layer is not None else None
    if layer is None or node.shape is None or function is None or function.alone is None:
        return
    if all(type(n) is int and n == 1 for n in layer.along(node.shape)):
        facts = {"function": function.name, "alone": function.alone}
        span = node.spans.get("activation", node.span)
        fixes = ("`sigmoid` is for one yes or no; for classes, as many values as there are classes",)
        yield Diagnostic("W110", span, facts, fixes=fixes, layer=node.name)


def misfit(graph: Graph, recipe: Recipe) -> Iterator[Diagnostic]:
    """W111: a loss of the recipe that wants other values than the output has."""
    for node in graph.outputs:
        loss = recipe.losses.get(node.name, recipe.loss)
        end = next((n for n in backwards(node) if n.layer is None or not n.layer.view), node)
        function = end.layer.applied() if end.layer is not None else None
        if loss not in WANTS or function is None or WANTS[loss].fits(function):
            continue
        function_said = "no activation" if function.name == "linear" else function.name
        facts = {"loss": loss, "wants": WANTS[loss].says, "name": node.name, "function": function_said, "range": function.range}
        related = ((end.span, "the end"),) if end.span else ()
        yield Diagnostic("W111", recipe.spans.get("loss"), facts, related=related, fixes=(WANTS[loss].fix,), layer=node.name)
