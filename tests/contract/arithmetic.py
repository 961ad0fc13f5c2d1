"""A tiny evaluator for the derivations that archcalc prints: whole numbers, + - * // % ( ), ceil(a/b), min, max, gcd."""

from __future__ import annotations

import ast
import math
from fractions import Fraction


def value(text: str) -> Fraction:
    """The value of a printed formula."""
    return _value(ast.parse(text.strip(), mode="eval").body)


def _value(node: ast.expr) -> Fraction:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return Fraction(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.BinOp):
        a, b = _value(node.left), _value(node.right)
        if isinstance(node.op, ast.Add):
            return a + b
        if isinstance(node.op, ast.Sub):
            return a - b
        if isinstance(node.op, ast.Mult):
            return a * b
        if isinstance(node.op, ast.FloorDiv):
            return Fraction(a // b)
        if isinstance(node.op, ast.Mod):
            return a % b
        if isinstance(node.op, ast.Div):
            return a / b
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        arguments = [_value(argument) for argument in node.args]
        if node.func.id in ("min", "max"):
            return {"min": min, "max": max}[node.func.id](arguments)
        if node.func.id == "gcd" and len(arguments) == 2:
            return Fraction(math.gcd(*map(int, arguments)))
        if node.func.id == "ceil" and len(arguments) == 1:
            return Fraction(math.ceil(arguments[0]))
    raise ValueError(f"no arithmetic: {ast.dump(node)}")


def steps(text: str) -> list[tuple[Fraction, Fraction]]:
    """Each printed `formula = result`, both sides evaluated; a lone number is its own result."""
    found = []
    for step in text.split(";"):
        left, _, right = step.rpartition(" = ")
        found.append((value(left or right), value(right)))
    return found
