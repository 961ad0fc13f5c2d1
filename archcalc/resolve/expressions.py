"""Evaluates expressions: exact arithmetic, comparisons, lists, and nothing else. Python's evaluator is never near.

Work is bounded before it is done: the bits of a number, the entries of a list, the depth of calls, the number of steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archcalc.languages import phrase
from archcalc.names import suggestion
from archcalc.resolve.arithmetic import MAX_ENTRIES, apply, compare, entries_in, truth
from archcalc.resolve.functions import FUNCTIONS, Misused
from archcalc.resolve.scope import (
    CONSTANTS,
    FREE,
    UNKNOWN,
    Budget,
    Deferred,
    Fail,
    Figures,
    Function,
    Scope,
    fail,
    runs_together,
    undefined,
)
from archcalc.sizes import free_sizes
from archcalc.source import Span
from archcalc.syntax import tree
from archcalc.values import Dims, Word, is_integer, is_number, said, whole

__all__ = ["Fail", "Scope", "evaluate", "fail"]

MAX_DEPTH = 110
MAX_STEPS = 5_000_000


def evaluate(expr: tree.Expr, scope: Scope, words: bool = False) -> Any:
    """The value of an expression. With `words`, a bare name that nothing has is a word of that name.

    Raises:
        Fail: it has none.
    """
    budget = scope.budget
    budget.steps += 1
    if budget.depth >= MAX_DEPTH:
        raise _too_deep(expr, budget)
    if budget.steps > MAX_STEPS:
        spend(scope, expr.span, 0)
    budget.depth += 1
    try:
        return _EVALUATE[type(expr)](expr, scope, words)
    finally:
        budget.depth -= 1


def spend(scope: Scope, span: Span, steps: int) -> None:
    """Count work that is to be done. Fails with E212 where that is too much."""
    scope.budget.steps += steps
    if scope.budget.steps > MAX_STEPS:
        raise fail("E212", span, limit=MAX_STEPS)


def _too_deep(expr: tree.Expr, budget: Budget) -> Fail:
    again = next((name for name in budget.calls if budget.calls.count(name) > 1), None)
    if again is None:
        return fail("E208", expr.span)
    ends = phrase("a function may call itself a few times, if a condition ends it")
    return fail("E126", expr.span, (ends,), name=phrase("function `{name}`", name=again))


def _name(expr: tree.Name, scope: Scope, words: bool) -> Any:
    value = scope.find(expr.name)
    if value is None:
        value = CONSTANTS.get(expr.name)
    if value is UNKNOWN:
        raise Fail(None)
    if isinstance(value, Deferred):
        return evaluate(value.default, scope.owner(expr.name), words=True)
    if value is FREE:
        raise fail("E109", expr.span, name=f"`{expr.name}`")
    if value is not None:
        return value
    if words and not runs_together(expr.name, scope):
        return Word(expr.name)
    raise undefined(expr, scope)


def _in(expr: tree.InValue, scope: Scope, words: bool) -> Any:
    if not scope.into:
        raise fail("E104", expr.span, name="`in`")
    return scope.into[0]


def _sequence(expr: tree.Sequence, scope: Scope, words: bool) -> Any:
    if expr.kind == "size":
        return _size(expr, scope)
    items = [evaluate(item, scope, words) for item in expr.items]
    # Lists of lists may double with every line: what counts is how many entries there are in all.
    count = entries_in(items)
    scope.budget.steps += count
    if count > MAX_ENTRIES:
        raise fail("E211", expr.span, name=phrase("the list"), count=count, limit=MAX_ENTRIES)
    return tuple(items) if expr.kind == "tuple" else items


def _size(expr: tree.Sequence, scope: Scope) -> Dims:
    entries: list[Any] = []
    for item in expr.items:
        if isinstance(item, tree.Binary) and item.op == "/":
            raise fail("E210", item.span, _without_slash(expr, item))
        value = evaluate(item, scope)
        for entry in value if isinstance(value, tuple) else (value,):
            if not is_integer(whole(entry)):
                raise fail("E209", item.span, got=said(entry), wanted=phrase("a whole number"))
            entries.append(whole(entry))
    return Dims(entries)


def _without_slash(size: tree.Sequence, item: tree.Binary) -> tuple[str, ...]:
    """What `4x4 /2` may have meant: a size and a stride, or a whole division."""
    whole_text, left, right = size.span.text, item.left.span.text, item.right.span.text
    head = whole_text[: item.span.start - size.span.start]
    tail = whole_text[item.span.end - size.span.start :]
    divided = f"{head}({left}//{right}){tail}"
    return (divided,) if tail else (f"{head}{left}, /{right}", divided)


def _group(expr: tree.Group, scope: Scope, words: bool) -> Any:
    return evaluate(expr.inner, scope, words)


def _unary(expr: tree.Unary, scope: Scope, words: bool) -> Any:
    value = evaluate(expr.operand, scope)
    if expr.op == "not":
        return not truth(value, expr.operand.span)
    if not is_number(value):
        raise fail("E209", expr.operand.span, got=said(value), wanted=phrase("a number"))
    return -value if expr.op == "-" else value


def _binary(expr: tree.Binary, scope: Scope, words: bool) -> Any:
    # `a + b + c + ...` leans to the left as far as it is long: walked in a loop.
    chain = [expr]
    while isinstance(chain[-1].left, tree.Binary):
        chain.append(chain[-1].left)
    scope.budget.steps += len(chain)
    value = evaluate(chain[-1].left, scope)
    for node in reversed(chain):
        value = apply(node, value, evaluate(node.right, scope))
        if isinstance(value, list):
            scope.budget.steps += len(value)
    return value


def _logical(expr: tree.Logical, scope: Scope, words: bool) -> Any:
    left = truth(evaluate(expr.left, scope), expr.left.span)
    return left if left is (expr.op == "or") else truth(evaluate(expr.right, scope), expr.right.span)


def _compare(expr: tree.Compare, scope: Scope, words: bool) -> Any:
    left = evaluate(expr.first, scope, words=True)
    for op, operand in expr.rest:
        right = evaluate(operand, scope, words=True)
        _no_stray_words(((expr.first, left, right), (operand, right, left)), scope)
        spend(scope, expr.span, sum(entries_in(side) for side in (left, right) if isinstance(side, list | tuple)))
        if not compare(op, left, right, expr.span):
            return False
        left = right
    return True


def _no_stray_words(sides: tuple[tuple[tree.Expr, Any, Any], ...], scope: Scope) -> None:
    """A bare name is a word only beside another word: `padding == same`. Beside a number it is a slip."""
    for expr, value, other in sides:
        if isinstance(expr, tree.Name) and isinstance(value, Word) and scope.find(expr.name) is None:
            if expr.name not in CONSTANTS and not isinstance(other, Word | str | list | tuple):
                raise undefined(expr, scope)


def _conditional(expr: tree.Conditional, scope: Scope, words: bool) -> Any:
    holds = truth(evaluate(expr.condition, scope), expr.condition.span)
    return evaluate(expr.then if holds else expr.otherwise, scope, words)


def _attribute(expr: tree.Attribute, scope: Scope, words: bool) -> Any:
    value = _label_or_value(expr.of, scope)
    if isinstance(value, Figures):
        return value.figure(expr.name, expr.span)
    raise fail("E207", expr.span, name=f"`{expr.name}`", what=said(value))


def _label_or_value(of: tree.Expr, scope: Scope) -> Any:
    """What stands before a `.` or a `[`: a label may be quoted."""
    label = scope.find(of.value) if isinstance(of, tree.String) else None
    return evaluate(of, scope) if label is None else label


def _index(expr: tree.Index, scope: Scope, words: bool) -> Any:
    entries = list(scope.into or ()) if isinstance(expr.of, tree.InValue) else _label_or_value(expr.of, scope)
    index = evaluate(expr.at, scope)
    if not isinstance(entries, list | tuple | Figures) or not isinstance(index, int):
        if free_sizes(index):
            from archcalc.resolve.free import needs_number

            raise needs_number(expr.at.span, phrase("the index `{index}`", index=index), index)
        raise fail("E201", expr.span, op="`[ ]`", left=said(entries), right=said(index))
    if not -len(entries) <= index < len(entries):
        if isinstance(expr.of, tree.InValue):
            raise fail("E124", expr.span, wanted=f"in[{index}]", count=len(entries))
        raise fail("E206", expr.span, index=index, count=len(entries))
    return entries.entry(index) if isinstance(entries, Figures) else entries[index]


def _slice(expr: tree.Slice, scope: Scope, words: bool) -> Any:
    entries = _entries(expr.of, scope)
    bounds = [None if bound is None else evaluate(bound, scope) for bound in (expr.first, expr.last)]
    wrong = [bound for bound in bounds if bound is not None and (not isinstance(bound, int) or isinstance(bound, bool))]
    if not isinstance(entries, list | tuple) or wrong:
        raise fail("E201", expr.span, op="`[ : ]`", left=said(entries), right=said(wrong[0]) if wrong else phrase("a slice"))
    found = entries[slice(*bounds)]
    scope.budget.steps += len(found)
    return Dims(found) if isinstance(entries, Dims) else found


def _entries(of: tree.Expr, scope: Scope) -> Any:
    """What `[ ]` chooses from: a list's entries, all that bore a label, all that flowed in."""
    if isinstance(of, tree.InValue):
        return list(scope.into or ())
    value = _label_or_value(of, scope)
    if isinstance(value, Figures):
        spend(scope, of.span, len(value))
    return value.entries() if isinstance(value, Figures) else value


def _call(expr: tree.Call, scope: Scope, words: bool) -> Any:
    if not isinstance(expr.function, tree.Name):
        raise fail("E204", expr.function.span, name=f"`{expr.function.span.text}`", known=", ".join(sorted(FUNCTIONS)))
    name = expr.function.name
    function = scope.find(name)
    arguments = [evaluate(a, scope, words=isinstance(function, Function)) for a in expr.arguments]
    if isinstance(function, Function):
        return _call_def(expr, function, arguments)
    if name not in FUNCTIONS:
        known = [*FUNCTIONS, *(n for n in scope.names() if isinstance(scope.find(n), Function))]
        raise fail("E204", expr.function.span, suggestion(name, known), name=f"`{name}`", known=", ".join(sorted(known)))
    scope.budget.steps += entries_in(arguments)
    try:
        if free_sizes(arguments):
            from archcalc.resolve.free import call  # most networks have none

            return call(expr, name, arguments, FUNCTIONS[name])
        value = FUNCTIONS[name](*arguments)
        scope.budget.steps += len(value) if isinstance(value, list) else 0
        return value
    except (Misused, TypeError, ValueError) as error:
        problem = error.args[0] if isinstance(error, Misused) else phrase("it does not take these values")
        raise fail("E205", expr.span, name=f"`{name}`", problem=problem) from None


def _call_def(expr: tree.Call, function: Function, arguments: list[Any]) -> Any:
    definition = function.definition
    scope = Scope(function.scope)
    if len(arguments) > len(definition.parameters):
        problem = phrase("it takes {n} arguments, not {given}", n=len(definition.parameters), given=len(arguments))
        raise fail("E205", expr.span, name=f"`{definition.name}`", problem=problem)
    for i, parameter in enumerate(definition.parameters):
        if i < len(arguments):
            scope.values[parameter.name] = arguments[i]
        elif parameter.default is not None:
            scope.values[parameter.name] = evaluate(parameter.default, scope)
        else:
            raise fail("E205", expr.span, name=f"`{definition.name}`", problem=phrase("`{name}` is missing", name=parameter.name))
    scope.budget.calls.append(definition.name)
    try:
        return evaluate(definition.value, scope)
    finally:
        scope.budget.calls.pop()


_EVALUATE: dict[type, Callable[[Any, Scope, bool], Any]] = {
    tree.Number: lambda expr, scope, words: expr.value,
    tree.String: lambda expr, scope, words: expr.value,
    tree.Name: _name,
    tree.InValue: _in,
    tree.Group: _group,
    tree.Sequence: _sequence,
    tree.Unary: _unary,
    tree.Binary: _binary,
    tree.Logical: _logical,
    tree.Compare: _compare,
    tree.Conditional: _conditional,
    tree.Attribute: _attribute,
    tree.Index: _index,
    tree.Slice: _slice,
    tree.Call: _call,
}
