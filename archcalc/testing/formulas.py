"""Formulas and assumptions read back from their text, and worked out with numbers: what a user of the JSON would do."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

_CONGRUENCE = re.compile(r"(.+) = (\d+(?: or \d+)*) mod (\d+)")
_OPERATORS: dict[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_CALLS: dict[str, Callable[..., int]] = {"max": max, "min": min, "gcd": math.gcd}
_COMPARE: dict[str, Callable[[int, int], bool]] = {"=": operator.eq, "!=": operator.ne, ">=": operator.ge, "<=": operator.le}


def value(figure: int | str | None, sizes: Mapping[str, int]) -> int | None:
    """A figure of the JSON, where the free sizes have these values.

    Raises:
        ValueError: the text is no formula.
    """
    return _value(ast.parse(figure, mode="eval").body, sizes) if isinstance(figure, str) else figure


def _value(node: ast.expr, sizes: Mapping[str, int]) -> int:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.Name):
        return sizes[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, sizes)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left, sizes), _value(node.right, sizes))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        return _CALLS[node.func.id](*(_value(argument, sizes) for argument in node.args))
    raise ValueError(f"no formula: {ast.dump(node)}")


def holds(assumption: str, sizes: Mapping[str, int]) -> bool:
    """Whether an assumption of the JSON holds: "H = 0 mod 2", "H*W = 0 mod 2", "H >= 12", "2*(H//2) = W", "H = 1 or W = 1"."""
    found = _CONGRUENCE.fullmatch(assumption)
    if found:
        modulus = int(found[3])
        left = value(found[1], sizes)
        assert left is not None
        return left % modulus in {int(r) for r in found[2].split(" or ")}
    return any(_compared(way, sizes) for way in assumption.split(" or "))


def _compared(text: str, sizes: Mapping[str, int]) -> bool:
    first, *rest = re.split(r" (=|!=|>=|<=) ", text)
    left = value(first, sizes)
    for op, right in zip(rest[::2], rest[1::2], strict=True):
        other = value(right, sizes)
        assert left is not None
        assert other is not None
        if not _COMPARE[op](left, other):
            return False
        left = other
    return True
