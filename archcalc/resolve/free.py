"""Sizes that are free, in expressions: what operators and functions make of them, and where a number is needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.graph import Graph
from archcalc.languages import phrase
from archcalc.resolve.scope import Fail, fail
from archcalc.sizes import Refusal, free_sizes, maximum, minimum, total
from archcalc.source import Span
from archcalc.syntax import tree
from archcalc.values import is_number, said

MAX_EXPONENT = 16


def free_size(graph: Graph, name: str) -> Any:
    """A parameter without a default, as a size that stays symbolic."""
    from archcalc.symbolic import formula
    from archcalc.symbolic.book import Book

    graph.book = graph.book or Book()
    return formula.free_size(graph.book, name)


def operate(node: tree.Binary, left: Any, right: Any) -> Any:
    """A binary operator on whole numbers, one of which depends on free sizes. Fails with E202 or E213."""
    try:
        return _operated(node, left, right)
    except ZeroDivisionError:
        raise fail("E202", node.right.span) from None
    except Refusal as refusal:
        span = node.right.span if refusal.code == "E202" else node.span
        raise fail(refusal.code, span, refusal.facts.pop("fixes", ()), **refusal.facts) from None


def _operated(node: tree.Binary, left: Any, right: Any) -> Any:
    op = node.op
    if not all(isinstance(side, int) or hasattr(side, "free") for side in (left, right)):
        raise _needs_number(node, left, right)  # a fraction of a size
    if op == "**":
        if not isinstance(right, int) or not 0 <= right <= MAX_EXPONENT:
            raise _needs_number(node, left, right)
        return left.power(right)
    if op == "/":
        if (left % right == 0) is not True:
            raise _needs_number(
                node,
                left,
                right,
                phrase("write `{left} // {right}`: a size is whole", left=node.left.span.text, right=node.right.span.text),
            )
        return left // right
    if op in ("//", "%"):
        return left // right if op == "//" else left % right
    return left + right if op == "+" else left - right if op == "-" else left * right


def _needs_number(node: tree.Binary, left: Any, right: Any, *fixes: str) -> Fail:
    return needs_number(node.span, f"`{said(left)} {node.op} {said(right)}`", (left, right), *fixes)


def needs_number(span: Span, what: str, value: Any, *fixes: str) -> Fail:
    """Where a number is needed, and the value depends on free sizes."""
    return Fail(no_number(span, what, value, *fixes))


def no_number(span: Span, what: str, value: Any, *fixes: str) -> Diagnostic:
    """The same, as a finding: E213."""
    names = free_sizes(value)
    facts = {"what": what, "names": ", ".join(f"`{name}`" for name in names)}
    return Diagnostic("E213", span, facts, fixes=(*fixes, *given(names)))


def given(names: tuple[str, ...]) -> tuple[str, ...]:
    """What gives free sizes their values."""
    values = " ".join(f"-p {name}=64" for name in names)
    return (phrase("give it a value: {values}", values=values) if len(names) == 1 else phrase("give them values: {values}", values=values),)


def call(expr: tree.Call, name: str, arguments: list[Any], function: Callable[..., Any]) -> Any:
    """A function of sizes that are free. Fails with E213 where it needs numbers."""
    if name in ("len", "enumerate", "zip"):
        return function(*arguments)
    values = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], list | tuple) else arguments
    if all(map(is_number, values)):
        if name in ("min", "max"):
            return reduce(minimum if name == "min" else maximum, values)
        if name == "sum":
            return total(values)
        if name == "abs" and len(values) == 1:
            return maximum(values[0], -values[0])
        if name in ("round", "ceil", "floor") and len(values) == 1:
            return values[0]
    raise needs_number(expr.span, f"`{expr.span.text}`", arguments)
