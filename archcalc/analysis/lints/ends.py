"""Lints of what values come out of: activations in a row, a function of one value, a loss that wants others."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, floor

from archcalc.activations import Function
from archcalc.analysis.lints.around import Around, backwards, passed_on, whole
from archcalc.diagnostics import Diagnostic
from archcalc.graph import Graph, Node
from archcalc.languages import phrase
from archcalc.recipes import BINARY, CLASSES, OF_IMAGES, WANTS, Recipe
from archcalc.sizes import Shape
from archcalc.spec import Layer


def twice(node: Node, around: Around) -> Iterator[Diagnostic]:
    """W109: an activation, and the same one again."""
    before = passed_on(node.inputs[0])
    layer, source = node.layer, before.layer
    assert layer is not None
    assert source is not None
    function = layer.applied()
    if function is None or function.name == "linear" or source.applied() != function or not _alike(node, layer, source):
        return
    facts = {"function": function.name, "effect": _effect(function, layer, node)}
    related = ((before.span, phrase("here")),) if before.span and before.span != node.span else ()
    yield Diagnostic("W109", node.span, facts, related=related, fixes=(phrase("one of the two is enough"),), layer=node.name)


def _alike(node: Node, layer: Layer, source: Layer) -> bool:
    """Whether functions of values along an axis go along the same one."""
    return node.shape is not None and _axes(layer, node) == _axes(source, node)


def _axes(layer: Layer, node: Node) -> tuple[object, ...]:
    return layer.along(tuple(range(len(node.shape or ()))))


def _effect(function: Function, layer: Layer, node: Node) -> str:
    if function.settled:
        return phrase(", and the second changes nothing")
    if function.alone == 1 and node.shape is not None and whole(along := layer.along(node.shape)):
        n = 1
        for length in along:
            n *= length
        if 1 < n < 10**9:  # the largest that the second gives: the first gave 1 to one value and 0 to the others
            return phrase(", and the second leaves none of {n} values above {most}", n=n, most=_rounded_up(exp(1) / (exp(1) + n - 1)))
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
        fixes = (phrase("`sigmoid` is for one yes or no; for classes, as many values as there are classes"),)
        yield Diagnostic("W110", span, facts, fixes=fixes, layer=node.name)


def misfit(graph: Graph, recipe: Recipe) -> Iterator[Diagnostic]:
    """W111: a loss of the recipe that wants other values than the output has, or more of them."""
    for node in graph.outputs:
        loss = recipe.losses.get(node.name, recipe.loss)
        if loss not in WANTS or node.shape is None:
            continue
        end = next((n for n in backwards(node) if n.layer is None or not n.layer.view), node)
        function = end.layer.applied() if end.layer is not None else None
        found = _too_few(loss, node.shape, function, recipe) or _other_values(loss, function)
        if found is not None:
            wants, has, fix = found
            facts = {"loss": loss, "wants": wants, "name": node.name, "has": has}
            related = ((end.span, phrase("the end")),) if end.span else ()
            yield Diagnostic("W111", recipe.spans.get("loss"), facts, related=related, fixes=(fix,), layer=node.name)


def _too_few(loss: str, shape: Shape, function: Function | None, recipe: Recipe) -> tuple[str, str, str] | None:
    """What it wants, what there is, and the fix, where classes have no value each."""
    values = shape[-1] if WANTS[loss].classes and shape else None
    if type(values) is not int:
        return None
    if recipe.data in OF_IMAGES and values < CLASSES:
        has = phrase("has one value") if values == 1 else phrase("has {values} values", values=values)
        return (
            phrase("wants a value for each class, and {data} has {classes}", data=recipe.data, classes=CLASSES),
            has,
            phrase("{classes} values, one for each class", classes=CLASSES),
        )
    if values == 1:
        one = WANTS[BINARY]
        after = "" if function is None or one.fits(function) else phrase(", after `sigmoid`")
        fix = phrase(
            "`loss {loss}` is for one yes or no{after}; for classes, as many values as there are classes", loss=BINARY, after=after
        )
        return phrase("wants a value for each class, two or more"), phrase("has one value"), fix
    return None


def _other_values(loss: str, function: Function | None) -> tuple[str, str, str] | None:
    if function is None or WANTS[loss].fits(function):
        return None
    said: str = phrase("no activation") if function.name == "linear" else function.name
    return WANTS[loss].says, phrase("ends with {function}, whose values are {range}", function=said, range=function.range), WANTS[loss].fix
