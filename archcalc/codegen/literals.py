"""Python source as a formatter leaves it: literals, and calls that break over lines where they are too long.

Text from an .arch file gets into generated code through `literal` alone, so that it can only ever be a value.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

WIDTH = 120


def literal(value: Any) -> str:
    """A value as a Python literal on one line.

    Raises:
        TypeError: it is no number, text, None, or tuple or list of such.
    """
    if isinstance(value, str):
        return _quoted(str(value))
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, Fraction | float):
        return repr(float(value))
    if isinstance(value, tuple):
        return "(" + ", ".join(map(literal, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if hasattr(value, "__index__"):
        return repr(value.__index__())
    raise TypeError(f"{type(value).__name__} has no literal")


def _quoted(text: str) -> str:
    """In double quotes, unless single ones save a backslash."""
    written = repr(text)
    if written[0] == "'" and text.count('"') <= text.count("'"):
        written = '"' + written[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
    if ast.literal_eval(written) != text:
        raise AssertionError(f"{written} does not read back")
    return written


class Group(NamedTuple):
    """Items between brackets: `head` ends in the opening bracket, `tail` is the closing one and what follows it."""

    head: str
    items: Sequence[Expression]
    tail: str

    @property
    def is_call(self) -> bool:
        return self.head.endswith("(")


Expression = str | Group


def call(function: str, *arguments: Expression, **keywords: Expression) -> Group:
    """The expression `function(arguments, key=word)`."""
    return Group(f"{function}(", [*arguments, *(prefixed(f"{name}=", value) for name, value in keywords.items())], ")")


def prefixed(prefix: str, expression: Expression) -> Expression:
    """The expression with text before it: `name=` or `x = `."""
    return prefix + expression if isinstance(expression, str) else expression._replace(head=prefix + expression.head)


def flat(expression: Expression) -> str:
    """On one line, however long."""
    if isinstance(expression, str):
        return expression
    return expression.head + ", ".join(map(flat, expression.items)) + expression.tail


def layout(expression: Expression, indent: int = 0, after: str = "") -> str:
    """Over as many lines as it takes, each indented; `after` follows the last bracket."""
    margin = " " * indent
    line = margin + flat(expression) + after
    if isinstance(expression, str) or len(line) <= WIDTH or not expression.items:
        return line
    inner = " " * (indent + 4) + ", ".join(map(flat, expression.items))
    fits = expression.is_call and len(inner) <= WIDTH
    body = inner if fits else "\n".join(layout(item, indent + 4, ",") for item in expression.items)
    return f"{margin}{expression.head}\n{body}\n{margin}{expression.tail}{after}"
