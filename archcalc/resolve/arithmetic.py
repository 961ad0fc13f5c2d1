"""Exact arithmetic and comparisons, with Python's meaning. The size of a result is bounded before it is worked out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archcalc.languages import phrase
from archcalc.resolve.scope import Figures, fail
from archcalc.sizes import Refusal
from archcalc.source import Span
from archcalc.syntax import tree
from archcalc.values import Dims, is_number, said, whole

MAX_BITS = 512  # of a number that is written or computed; figures, which are products of several, may be larger
MAX_ENTRIES = 200_000


def apply(node: tree.Binary, left: Any, right: Any) -> Any:
    """The value of a binary operator. Fails with E201, E202, E203, E211 or E213."""
    if (hasattr(left, "free") or hasattr(right, "free")) and is_number(left) and is_number(right):
        return _with_free_sizes(node, left, right)
    if is_number(left) and is_number(right):
        return whole(_arithmetic(node, left, right))
    if isinstance(left, list) and node.op == "+" and isinstance(right, list):
        return _limited(node.span, entries_in(left) + entries_in(right), lambda: left + right)
    if isinstance(left, list) and node.op == "*" and isinstance(right, int):
        return _limited(node.span, entries_in(left) * max(right, 0), lambda: left * right if left else [])  # Python has no index so large
    raise fail("E201", node.span, op=f"`{node.op}`", left=said(left), right=said(right))


def _limited(span: Span, count: int, make: Callable[[], Any]) -> Any:
    if count > MAX_ENTRIES:
        raise fail("E211", span, name=phrase("the list"), count=count, limit=MAX_ENTRIES)
    return make()


def entries_in(values: list[Any] | tuple[Any, ...]) -> int:
    """How many entries there are, those of lists in lists counted too."""
    count, waiting = 0, [values]
    while waiting:
        entries = waiting.pop()
        count += len(entries)
        waiting += [v for v in entries if isinstance(v, list | tuple)]
        if count > MAX_ENTRIES * 10:  # lists of lists may double with every line
            break
    return count


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


def _with_free_sizes(node: tree.Binary, left: Any, right: Any) -> Any:
    """An operator on sizes that are free: whole numbers give whole numbers."""
    from archcalc.resolve.free import operate

    return operate(node, left, right)


def _power(node: tree.Binary, base: Any, exponent: Any) -> Any:
    if not isinstance(exponent, int):
        raise fail("E201", node.span, op="`**`", left=said(base), right=said(exponent))
    if exponent < 0 and base == 0:
        raise fail("E202", node.span)
    if (abs(exponent) > MAX_BITS and base not in (0, 1, -1)) or (_bits(base) * abs(exponent) > 2 * MAX_BITS and base not in (0, 1, -1)):
        raise fail("E203", node.span, limit=MAX_BITS)
    if exponent < 0:
        from fractions import Fraction

        return Fraction(base) ** exponent
    return base**exponent


def _bits(value: Any) -> int:
    numerator: int = getattr(value, "numerator", value)
    denominator: int = getattr(value, "denominator", 1)
    return max(numerator.bit_length(), denominator.bit_length())


def truth(value: Any, span: Span) -> bool:
    """A yes or no. Numbers and lists are none: a condition compares."""
    if isinstance(value, bool):
        return value
    raise fail("E209", span, got=said(value), wanted=phrase("true or false"))


def _alone(value: Any, other: Any) -> Any:
    """A size of one axis is as good as its number, beside a number: `flatten_1.shape == 400`."""
    return value[0] if isinstance(value, Dims) and len(value) == 1 and is_number(other) else value


def compare(op: str, left: Any, right: Any, span: Span) -> bool:
    """One comparison, by Python's meaning. Fails with E213 where it depends on sizes that are free."""
    try:
        return _compared(op, left, right, span)
    except Refusal as refusal:
        raise fail(refusal.code, span, refusal.facts.pop("fixes", ()), **refusal.facts) from None


def _compared(op: str, left: Any, right: Any, span: Span) -> bool:
    if op in ("in", "not in"):
        if not isinstance(right, list | tuple):
            raise fail("E201", span, op=f"`{op}`", left=said(left), right=said(right))
        return (left in right) is (op == "in")
    if isinstance(left, Figures) is not isinstance(right, Figures):  # a layer is no number: one of its figures is
        raise fail("E201", span, (phrase("name a figure: `.params`, `.shape`"),), op=f"`{op}`", left=said(left), right=said(right))
    if op in ("==", "!="):
        left, right = _alone(left, right), _alone(right, left)
        same = list(left) == list(right) if isinstance(left, list | tuple) and isinstance(right, list | tuple) else bool(left == right)
        return same is (op == "==")
    if not (is_number(left) and is_number(right)):
        raise fail("E201", span, op=f"`{op}`", left=said(left), right=said(right))
    return bool({"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op])
