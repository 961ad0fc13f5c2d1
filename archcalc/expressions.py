"""Evaluates expressions: exact arithmetic, comparisons, lists, and nothing else. Python's evaluator is never near.

Work is bounded before it is done: the bits of a number, the entries of a list, the depth of calls, the number of steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.names import suggestion
from archcalc.source import Span
from archcalc.syntax import tree
from archcalc.values import Dims, Table, Word, said, whole

MAX_BITS = 4096
MAX_ENTRIES = 1_000_000
MAX_DEPTH = 150
MAX_STEPS = 5_000_000


class Fail(Exception):
    """An expression has no value. `finding` says why; None if that was said already."""

    def __init__(self, finding: Diagnostic | None) -> None:
        super().__init__(finding)
        self.finding = finding


def fail(code: str, span: Span, fixes: tuple[str, ...] = (), **facts: Any) -> Fail:
    return Fail(Diagnostic(code, span, facts, fixes=fixes))


class Figures:
    """A value with named figures: a layer (`.shape`, `.c`), or the totals."""

    def figure(self, name: str, span: Span) -> Any:
        raise NotImplementedError


class Budget:
    """How much evaluation one program may cost, all its expressions together."""

    def __init__(self) -> None:
        self.steps = 0
        self.depth = 0


class Scope:
    """The names that an expression may use: values, functions of `def`, and what `in` stands for."""

    def __init__(self, outer: Scope | None = None, into: tuple[Any, ...] | None = None) -> None:
        self.outer = outer
        self.values: dict[str, Any] = {}
        self.used: set[str] = outer.used if outer else set()
        self.into: tuple[Any, ...] | None = into if into is not None or outer is None else outer.into
        self.budget: Budget = outer.budget if outer else Budget()

    def find(self, name: str) -> Any:
        """The value of a name, or None."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                self.used.add(name)
                return scope.values[name]
            scope = scope.outer
        return None

    def names(self) -> list[str]:
        return [*self.values, *(self.outer.names() if self.outer else [])]


class Function:
    """A function of `def`."""

    def __init__(self, definition: tree.Def, scope: Scope) -> None:
        self.definition = definition
        self.scope = scope


CONSTANTS: dict[str, Any] = {"true": True, "false": False, "none": Word("none")}


def evaluate(expr: tree.Expr, scope: Scope, words: bool = False) -> Any:
    """The value of an expression. With `words`, a bare name that nothing has is a word of that name.

    Raises:
        Fail: it has none.
    """
    budget = scope.budget
    budget.steps += 1
    if budget.depth >= MAX_DEPTH:
        raise fail("E208", expr.span)
    if budget.steps > MAX_STEPS:
        raise fail("E212", expr.span, limit=MAX_STEPS)
    budget.depth += 1
    try:
        return _EVALUATE[type(expr)](expr, scope, words)
    finally:
        budget.depth -= 1


def _name(expr: tree.Name, scope: Scope, words: bool) -> Any:
    value = scope.find(expr.name)
    if value is None:
        value = CONSTANTS.get(expr.name)
    if value is not None:
        return value
    if words:
        return Word(expr.name)
    raise undefined(expr, scope)


def undefined(expr: tree.Name, scope: Scope) -> Fail:
    """Nothing has that name: perhaps a size without spaces, perhaps a slip."""
    known = scope.names()
    parts = expr.name.split("x")
    if len(parts) > 1 and all(p in known or p.isdigit() for p in parts):
        return fail("E015", expr.span, name=f"`{expr.name}`", spaced=" x ".join(parts))
    return fail("E104", expr.span, suggestion(expr.name, known), name=f"`{expr.name}`")


def _in(expr: tree.InValue, scope: Scope, words: bool) -> Any:
    if not scope.into:
        raise fail("E104", expr.span, name="`in`")
    return scope.into[0]


def _sequence(expr: tree.Sequence, scope: Scope, words: bool) -> Any:
    if expr.kind == "size":
        return _size(expr, scope)
    items = (evaluate(item, scope, words) for item in expr.items)
    return tuple(items) if expr.kind == "tuple" else list(items)


def _size(expr: tree.Sequence, scope: Scope) -> Dims:
    entries: list[Any] = []
    for item in expr.items:
        if isinstance(item, tree.Binary) and item.op == "/":
            raise fail("E210", item.span, (f"{_text(item.left)}, /{_text(item.right)}", f"({_text(item.left)}//{_text(item.right)})"))
        value = evaluate(item, scope)
        for entry in value if isinstance(value, tuple) else (value,):
            if not isinstance(whole(entry), int) or isinstance(entry, bool):
                raise fail("E209", item.span, got=said(entry), wanted="a whole number")
            entries.append(whole(entry))
    return Dims(entries)


def _text(expr: tree.Expr) -> str:
    return expr.span.text


def _group(expr: tree.Group, scope: Scope, words: bool) -> Any:
    return evaluate(expr.inner, scope, words)


def _unary(expr: tree.Unary, scope: Scope, words: bool) -> Any:
    value = evaluate(expr.operand, scope)
    if expr.op == "not":
        return not truth(value, expr.operand.span)
    if not is_number(value):
        raise fail("E209", expr.operand.span, got=said(value), wanted="a number")
    return -value if expr.op == "-" else value


def _binary(expr: tree.Binary, scope: Scope, words: bool) -> Any:
    # `a + b + c + ...` leans to the left as far as it is long: walked in a loop.
    chain = [expr]
    while isinstance(chain[-1].left, tree.Binary):
        chain.append(chain[-1].left)
    scope.budget.steps += len(chain)
    value = evaluate(chain[-1].left, scope)
    for node in reversed(chain):
        value = _apply(node, value, evaluate(node.right, scope))
    return value


def _apply(node: tree.Binary, left: Any, right: Any) -> Any:
    if is_number(left) and is_number(right):
        return whole(_arithmetic(node, left, right))
    if isinstance(left, list) and node.op == "+" and isinstance(right, list):
        return _limited(node.span, "the list", len(left) + len(right), lambda: left + right)
    if isinstance(left, list) and node.op == "*" and isinstance(right, int):
        return _limited(node.span, "the list", len(left) * max(right, 0), lambda: left * right)
    raise fail("E201", node.span, op=f"`{node.op}`", left=said(left), right=said(right))


def _limited(span: Span, name: str, count: int, make: Callable[[], Any]) -> Any:
    if count > MAX_ENTRIES:
        raise fail("E211", span, name=name, count=count, limit=MAX_ENTRIES)
    return make()


def _arithmetic(node: tree.Binary, left: Any, right: Any) -> Any:
    op = node.op
    if op in ("/", "//", "%") and right == 0:
        raise fail("E202", node.right.span)
    if op == "**":
        return _power(node, left, right)
    if op == "*" and _bits(left) + _bits(right) > MAX_BITS:
        raise fail("E203", node.span, limit=MAX_BITS)
    value: Any
    if op == "+":
        value = left + right
    elif op == "-":
        value = left - right
    elif op == "*":
        value = left * right
    elif op == "/":
        from fractions import Fraction

        value = Fraction(left) / right
    else:
        value = left // right if op == "//" else left % right
    if _bits(value) > MAX_BITS:
        raise fail("E203", node.span, limit=MAX_BITS)
    return value


def _power(node: tree.Binary, base: Any, exponent: Any) -> Any:
    if not isinstance(exponent, int):
        raise fail("E201", node.span, op="`**`", left=said(base), right=said(exponent))
    if exponent < 0 and base == 0:
        raise fail("E202", node.span)
    if abs(exponent) > MAX_BITS and base not in (0, 1, -1) or _bits(base) * abs(exponent) > 2 * MAX_BITS and base not in (0, 1, -1):
        raise fail("E203", node.span, limit=MAX_BITS)
    if exponent < 0:
        from fractions import Fraction

        return Fraction(base) ** exponent
    return base**exponent


def _bits(value: Any) -> int:
    numerator: int = getattr(value, "numerator", value)
    denominator: int = getattr(value, "denominator", 1)
    return max(numerator.bit_length(), denominator.bit_length())


def is_number(value: Any) -> bool:
    return hasattr(value, "denominator")


def truth(value: Any, span: Span) -> bool:
    """A yes or no. Numbers and lists are none: a condition compares."""
    if isinstance(value, bool):
        return value
    raise fail("E209", span, got=said(value), wanted="true or false")


def _logical(expr: tree.Logical, scope: Scope, words: bool) -> Any:
    left = truth(evaluate(expr.left, scope), expr.left.span)
    if left is (expr.op == "or"):
        return left
    return truth(evaluate(expr.right, scope), expr.right.span)


def _compare(expr: tree.Compare, scope: Scope, words: bool) -> Any:
    left = evaluate(expr.first, scope, words=True)
    for op, operand in expr.rest:
        right = evaluate(operand, scope, words=True)
        _no_stray_words(((expr.first, left, right), (operand, right, left)), scope)
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


def compare(op: str, left: Any, right: Any, span: Span) -> bool:
    """One comparison, by Python's meaning."""
    if op in ("in", "not in"):
        if not isinstance(right, list | tuple):
            raise fail("E201", span, op=f"`{op}`", left=said(left), right=said(right))
        return (left in right) is (op == "in")
    if op in ("==", "!="):
        same = list(left) == list(right) if isinstance(left, list | tuple) and isinstance(right, list | tuple) else bool(left == right)
        return same is (op == "==")
    if not (is_number(left) and is_number(right)):
        raise fail("E201", span, op=f"`{op}`", left=said(left), right=said(right))
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]


def _conditional(expr: tree.Conditional, scope: Scope, words: bool) -> Any:
    holds = truth(evaluate(expr.condition, scope), expr.condition.span)
    return evaluate(expr.then if holds else expr.otherwise, scope, words)


def _attribute(expr: tree.Attribute, scope: Scope, words: bool) -> Any:
    value = evaluate(expr.of, scope)
    if isinstance(value, Figures):
        return value.figure(expr.name, expr.span)
    raise fail("E207", expr.span, name=f"`{expr.name}`", what=said(value))


def _index(expr: tree.Index, scope: Scope, words: bool) -> Any:
    if isinstance(expr.of, tree.InValue) and expr.index is not None:
        entries: Any = scope.into or ()
    else:
        entries = evaluate(expr.of, scope)
    if expr.index is None:
        return list(entries) if isinstance(entries, list | tuple) else [entries]
    index = evaluate(expr.index, scope)
    if not isinstance(entries, list | tuple) or not isinstance(index, int):
        raise fail("E201", expr.span, op="`[ ]`", left=said(entries), right=said(index))
    if not -len(entries) <= index < len(entries):
        if isinstance(expr.of, tree.InValue):
            raise fail("E124", expr.span, index=index, count=len(entries))
        raise fail("E206", expr.span, index=index, count=len(entries))
    return entries[index]


def _call(expr: tree.Call, scope: Scope, words: bool) -> Any:
    if not isinstance(expr.function, tree.Name):
        raise fail("E204", expr.function.span, name=f"`{_text(expr.function)}`", known=", ".join(sorted(FUNCTIONS)))
    name = expr.function.name
    function = scope.find(name)
    arguments = [evaluate(a, scope, words=isinstance(function, Function)) for a in expr.arguments]
    if isinstance(function, Function):
        return _call_def(expr, function, arguments)
    if name not in FUNCTIONS:
        known = [*FUNCTIONS, *(n for n in scope.names() if isinstance(scope.find(n), Function))]
        raise fail("E204", expr.function.span, suggestion(name, known), name=f"`{name}`", known=", ".join(sorted(known)))
    try:
        return FUNCTIONS[name](*arguments)
    except _Misused as misuse:
        raise fail("E205", expr.span, name=f"`{name}`", problem=str(misuse)) from None
    except (TypeError, ValueError):
        raise fail("E205", expr.span, name=f"`{name}`", problem="it does not take these values") from None


def _call_def(expr: tree.Call, function: Function, arguments: list[Any]) -> Any:
    definition = function.definition
    scope = Scope(function.scope)
    if len(arguments) > len(definition.parameters):
        problem = f"it takes {len(definition.parameters)} arguments, not {len(arguments)}"
        raise fail("E205", expr.span, name=f"`{definition.name}`", problem=problem)
    for i, parameter in enumerate(definition.parameters):
        if i < len(arguments):
            scope.values[parameter.name] = arguments[i]
        elif parameter.default is not None:
            scope.values[parameter.name] = evaluate(parameter.default, scope)
        else:
            raise fail("E205", expr.span, name=f"`{definition.name}`", problem=f"`{parameter.name}` is missing")
    return evaluate(definition.value, scope)


# ---- functions --------------------------------------------------------------------------------------------------


class _Misused(Exception):
    """A function was given what it does not take; the text says what."""


def _entries(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise _Misused(f"{said(value)} is no list")
    return value


def _numbers(values: Any) -> Any:
    for value in values:
        if not is_number(value):
            raise _Misused(f"{said(value)} is no number")
    return values


def _extreme(pick: Callable[[Any], Any]) -> Callable[..., Any]:
    def choose(*values: Any) -> Any:
        entries = _numbers(_entries(values[0]) if len(values) == 1 else values)
        if not entries:
            raise _Misused("there is nothing to choose from")
        return pick(entries)

    return choose


def _range(*bounds: Any) -> list[int]:
    if not 1 <= len(bounds) <= 3 or not all(isinstance(b, int) for b in bounds):
        raise _Misused("it takes one to three whole numbers")
    if len(bounds) == 3 and bounds[2] == 0:
        raise _Misused("the step is 0")
    numbers = range(*bounds)
    first, last = bounds[0] if len(bounds) > 1 else 0, bounds[min(1, len(bounds) - 1)]
    if abs(last - first) > MAX_ENTRIES * abs(bounds[2] if len(bounds) == 3 else 1):
        raise _Misused(f"more than {MAX_ENTRIES} entries")
    return list(numbers)


def _sum(values: Any) -> Any:
    return whole(sum(_numbers(_entries(values))))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": _extreme(min),
    "max": _extreme(max),
    "abs": lambda n: abs(_numbers([n])[0]),
    "round": lambda n, digits=None: whole(round(_numbers([n])[0], *([] if digits is None else [digits]))),
    "ceil": lambda n: -(-_numbers([n])[0] // 1),
    "floor": lambda n: _numbers([n])[0] // 1,
    "sum": _sum,
    "len": lambda values: len(_entries(values)),
    "range": _range,
    "enumerate": lambda values: list(enumerate(_entries(values))),
    "zip": lambda *lists: list(zip(*map(_entries, lists), strict=False)),
}

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
    tree.Call: _call,
}

__all__ = ["Dims", "Fail", "Figures", "Function", "Scope", "Table", "compare", "evaluate", "fail", "is_number", "truth", "undefined"]
