"""What an argument is at each place, and how that goes along with what another is there."""

from __future__ import annotations

import ast
import re

Column = tuple[str | None, ...]  # an argument's text at each place; None where its step is not taken


def holds(name: str, text: str | None, *, wanted: bool = True) -> str:
    """The condition that a parameter has a value, or that it has not."""
    if text in ("True", "False"):
        return name if (text == "True") == wanted else f"not {name}"
    return f"{name} {'==' if wanted else '!='} {text}"


def negated(condition: str) -> str:
    """The condition that holds where this one does not."""
    for one, other in ((" == ", " != "), (" != ", " == ")):
        if one in condition:
            return condition.replace(one, other, 1)
    return condition.removeprefix("not ") if condition.startswith("not ") else f"not {condition}"


def is_literal(text: str) -> bool:
    """Whether it is a constant, not made of variables."""
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return False
    return True


def agree(one: Column, other: Column) -> bool:
    """Whether the other can stand for the one: it is the same wherever that is needed."""
    return all(a is None or a == b for a, b in zip(one, other, strict=True))


def joined(one: Column, other: Column) -> Column | None:
    """Two columns as one, where they agree and at least one place needs both."""
    both = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    if not both or any(a != b for a, b in both):
        return None
    return tuple(b if a is None else a for a, b in zip(one, other, strict=True))


def pairs(column: Column) -> tuple[int, Column] | None:
    """Of texts that are all tuples of one number repeated: how often, and the numbers."""
    found = [re.fullmatch(r"\((\d+)((?:, \1)+)\)", t) if t is not None else None for t in column]
    if any(m is None and t is not None for m, t in zip(found, column, strict=True)):
        return None
    sizes = {m[0].count(",") + 1 for m in found if m}
    return (sizes.pop(), tuple(m[1] if m else None for m in found)) if len(sizes) == 1 else None


def linear(column: Column, other: Column, *, counts: bool = False) -> str | None:
    """One column of whole numbers in terms of another, `_`: a multiple of it, or a little more; how often, also one less."""
    both = [(a, b) for a, b in zip(column, other, strict=True) if a is not None]
    if not all(a.isdigit() and b is not None and b.isdigit() for a, b in both):
        return None
    numbers = [(int(a), int(str(b))) for a, b in both]
    factors = {a // b if b and a % b == 0 else 0 for a, b in numbers}
    if len(factors) == 1 and (factor := factors.pop()) > 1:
        return f"{factor} * _"
    parts = {b // a if a and b % a == 0 else 0 for a, b in numbers}
    if len(parts) == 1 and (part := parts.pop()) > 1:
        return f"_ // {part}"
    more = {a - b for a, b in numbers}
    near = {1: "_ + 1", 2: "_ + 2"} | ({-1: "_ - 1"} if counts else {})
    return near.get(more.pop()) if len(more) == 1 else None
