"""The syntax tree: what the text says, before any name is looked up."""

from __future__ import annotations

from typing import Any, dataclass_transform

from archcalc.source import Span


class _Slots(type):
    """Makes a class's annotations its slots."""

    __slots__: tuple[str, ...]

    def __new__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> _Slots:
        return super().__new__(cls, name, bases, {**members, "__slots__": tuple(members.get("__annotations__", ()))})


@dataclass_transform()
class Node(metaclass=_Slots):
    """Base of the tree's nodes: plain records, made in a tenth of the time that dataclasses or named tuples take to define."""

    def __init__(self, *values: Any) -> None:
        for name, value in zip(type(self).__slots__, values, strict=True):
            setattr(self, name, value)


# ---- expressions ------------------------------------------------------------------------------------------------


class Number(Node):
    value: Any  # an int, or a Fraction
    span: Span


class String(Node):
    value: str
    span: Span


class Name(Node):
    name: str
    span: Span


class InValue(Node):
    """`in`: what flowed into the innermost block, branch or loop pass."""

    span: Span


class Group(Node):
    """An expression in parentheses, which only group."""

    inner: Expr
    span: Span


class Sequence(Node):
    """`(a, b)`, `[a, b]`, or the size `a x b`: `kind` is "tuple", "list" or "size"."""

    kind: str
    items: tuple[Expr, ...]
    span: Span


class Unary(Node):
    op: str
    operand: Expr
    span: Span


class Binary(Node):
    op: str
    left: Expr
    right: Expr
    span: Span


class Logical(Node):
    op: str
    left: Expr
    right: Expr
    span: Span


class Compare(Node):
    """`a < b < c`: the first operand, then each operator with its right side."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]
    span: Span


class Conditional(Node):
    then: Expr
    condition: Expr
    otherwise: Expr
    span: Span


class Attribute(Node):
    of: Expr
    name: str
    span: Span


class Index(Node):
    """`a[i]`."""

    of: Expr
    at: Expr
    span: Span


class Slice(Node):
    """`a[first:last]`; either may be missing."""

    of: Expr
    first: Expr | None
    last: Expr | None
    span: Span


class Call(Node):
    function: Expr
    arguments: tuple[Expr, ...]
    span: Span


Expr = (
    Number
    | String
    | Name
    | InValue
    | Group
    | Sequence
    | Unary
    | Binary
    | Logical
    | Compare
    | Conditional
    | Attribute
    | Index
    | Slice
    | Call
)

# ---- statements -------------------------------------------------------------------------------------------------


class Argument(Node):
    """One argument: `keyword` is its name, "/" for a stride, None for a position."""

    value: Expr
    keyword: str | None
    keyword_span: Span | None
    span: Span


class Reference(Node):
    """What `from` names: a path of labels, each with an index ("all" for `[:]`) or None; or `in`, with an index."""

    path: tuple[tuple[str, Expr | str | None], ...]
    into: bool
    at: Expr | None
    span: Span


class Statement(Node):
    """The one shape of all statements. `body` is None without braces."""

    label: str | None
    label_span: Span | None
    kind: str
    kind_span: Span
    arguments: tuple[Argument, ...]
    sources: tuple[Reference, ...]
    body: Body | None
    size: Expr | None
    span: Span


class Let(Node):
    name: str
    name_span: Span
    value: Expr
    span: Span


class Expect(Node):
    condition: Expr
    span: Span


class For(Node):
    targets: tuple[Any, ...]  # names, and nested tuples of names
    values: Expr
    body: Body
    span: Span


class If(Node):
    condition: Expr
    then: Body
    otherwise: Body | None
    span: Span


class Broken(Node):
    """What could not be read: said once, and then no more is known of it than the name it gives, and its first keyword."""

    label: str | None
    word: str
    span: Span


Item = Statement | Let | Expect | For | If | Broken


class Body(Node):
    items: tuple[Item, ...]
    span: Span


# ---- the top level ------------------------------------------------------------------------------------------------


class Parameter(Node):
    name: str
    default: Expr | None
    span: Span


class Use(Node):
    path: str
    span: Span


class Def(Node):
    name: str
    name_span: Span
    parameters: tuple[Parameter, ...]
    value: Expr
    span: Span


class TableDef(Node):
    name: str
    name_span: Span
    rows: tuple[tuple[str, Span], ...]
    span: Span


class Block(Node):
    name: str
    name_span: Span
    parameters: tuple[Parameter, ...]
    body: Body
    span: Span


class Network(Node):
    name: str
    name_span: Span
    parameters: tuple[Parameter, ...]
    body: Body
    span: Span


Top = Use | Let | Def | TableDef | Block | Network | Broken


class Program(Node):
    items: tuple[Top, ...]
    span: Span
