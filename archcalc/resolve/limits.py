"""How many layers a body will have at least: counted before any of them is made, so that too many are refused at once."""

from __future__ import annotations

from typing import Any

from archcalc.resolve.expressions import evaluate
from archcalc.resolve.scope import Fail, Scope
from archcalc.syntax import tree

MAX_DEPTH = 60  # of bodies in bodies that are looked into
LOOP = "repeat"


def fewest(body: tree.Body, scope: Scope, callable: dict[str, Any], depth: int = 0) -> int:
    """At least so many layers come of one pass over a body. What depends on names that have no value yet counts as none."""
    if depth > MAX_DEPTH:
        return 0
    layers = 0
    for item in body.items:
        if isinstance(item, tree.For):
            layers += _length(item.values, scope) * fewest(item.body, scope, callable, depth + 1)
        elif isinstance(item, tree.Statement):
            layers += _of_statement(item, scope, callable, depth)
    return layers


def _of_statement(item: tree.Statement, scope: Scope, callable: dict[str, Any], depth: int) -> int:
    if item.kind == LOOP and item.body is not None:
        count = _number(item.arguments[0].value, scope) if item.arguments else 0
        return count * fewest(item.body, scope, callable, depth + 1) if count else 0
    if item.kind in callable:
        defined = callable[item.kind]
        plain = (inner for inner in defined.item.body.items if isinstance(inner, tree.Statement) and inner.body is None)
        return sum(1 for inner in plain if inner.label is None)  # labels may belong to its inputs
    return 1 if item.body is None else fewest(item.body, scope, callable, depth + 1)


def _number(expr: tree.Expr, scope: Scope) -> int:
    value = _value(expr, scope)
    return value if isinstance(value, int) and value > 0 else 0


def _length(expr: tree.Expr, scope: Scope) -> int:
    value = _value(expr, scope)
    return len(value) if isinstance(value, list | tuple) else 0


def _value(expr: tree.Expr, scope: Scope) -> Any:
    try:
        return evaluate(expr, scope)
    except Fail:
        return None
