"""Expressions as trees that tests build, written out as text of the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Tree = Any


@dataclass(frozen=True)
class Num:
    value: Any
    text: str = ""  # as it is written, where that is not how Python would: 1/2, 1e1


@dataclass(frozen=True)
class Name:
    name: str


@dataclass(frozen=True)
class Quoted:
    name: str


@dataclass(frozen=True)
class In:
    """`in`, or `in[at]`."""

    at: Tree = None


@dataclass(frozen=True)
class Attr:
    of: Tree
    name: str


@dataclass(frozen=True)
class At:
    """`of[at]`"""

    of: Tree
    at: Tree


@dataclass(frozen=True)
class Slice:
    """`of[first:last]`"""

    of: Tree
    first: Tree = None
    last: Tree = None


@dataclass(frozen=True)
class Op:
    op: str
    left: Tree
    right: Tree


@dataclass(frozen=True)
class Neg:
    of: Tree


@dataclass(frozen=True)
class Not:
    of: Tree


@dataclass(frozen=True)
class Compare:
    first: Tree
    rest: tuple[tuple[str, Tree], ...]


@dataclass(frozen=True)
class Logic:
    op: str
    left: Tree
    right: Tree


@dataclass(frozen=True)
class Choose:
    then: Tree
    condition: Tree
    otherwise: Tree


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True)
class Seq:
    """`kind` is list, tuple or size."""

    kind: str
    items: tuple[Tree, ...]


@dataclass(frozen=True)
class Group:
    """Brackets that need not be there."""

    of: Tree


# How tightly each binds; its operands' places ask for at least so much.
SUM, TERM, UNARY, POWER, POSTFIX, ATOM, SIZE = 6, 7, 8, 9, 10, 11, 5


def level(e: Tree) -> int:
    if isinstance(e, Op):
        return SUM if e.op in "+-" else POWER if e.op == "**" else TERM
    if isinstance(e, Logic):
        return 1 if e.op == "or" else 2
    if isinstance(e, Num):
        return TERM if "/" in e.text else ATOM
    if isinstance(e, Seq) and e.kind == "size":
        return SIZE
    return {Choose: 0, Not: 3, Compare: 4, Neg: UNARY, Attr: POSTFIX, At: POSTFIX, Slice: POSTFIX, Call: POSTFIX}.get(type(e), ATOM)


def write(e: Tree, least: int = 0) -> str:
    """The expression as text, in brackets where the place binds tighter than it."""
    text = _write(e)
    return f"({text})" if level(e) < least else text


def _write(e: Tree) -> str:
    match e:
        case Num(value, text):
            return text or str(value)
        case Name(name):
            return name
        case Quoted(name):
            return f'"{name}"'
        case In(at):
            return "in" if at is None else f"in[{write(at)}]"
        case Attr(of, name):
            return f"{write(of, POSTFIX)}.{name}"
        case At(of, at):
            return f"{write(of, POSTFIX)}[{write(at)}]"
        case Slice(of, first, last):
            return f"{write(of, POSTFIX)}[{'' if first is None else write(first)}:{'' if last is None else write(last)}]"
        case Op("**", left, right):
            return f"{write(left, POSTFIX)}**{write(right, UNARY)}"
        case Op(op, left, right):
            own = level(e)
            return f"{write(left, own)} {op} {write(right, own + 1)}"
        case Neg(of):
            return f"-{write(of, UNARY)}"
        case Not(of):
            return f"not {write(of, 3)}"
        case Compare(first, rest):
            return " ".join([write(first, SIZE), *(f"{op} {write(x, SIZE)}" for op, x in rest)])
        case Logic(op, left, right):
            own = level(e)
            return f"{write(left, own)} {op} {write(right, own + 1)}"
        case Choose(then, condition, otherwise):
            return f"{write(then, 1)} if {write(condition, 1)} else {write(otherwise, 0)}"
        case Call(function, arguments):
            return f"{function}({', '.join(map(write, arguments))})"
        case Seq("size", items):
            parts = [write(item, SUM) for item in items]
            return ("x" if all(p.isdigit() for p in parts) else " x ").join(parts)
        case Seq("tuple", items):
            return f"({', '.join(map(write, items))}{',' if len(items) == 1 else ''})"
        case Seq(_, items):
            return f"[{', '.join(map(write, items))}]"
        case Group(of):
            return f"({write(of)})"
    raise TypeError(e)
