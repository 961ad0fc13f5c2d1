"""The syntax tree: what the text says, before any name is looked up."""

from __future__ import annotations

from typing import Any, NamedTuple

from archcalc.source import Span

# ---- expressions ------------------------------------------------------------------------------------------------


class Number(NamedTuple):
    value: Any  # an int, or a Fraction
    span: Span


class String(NamedTuple):
    value: str
    span: Span


class Name(NamedTuple):
    name: str
    span: Span


class InValue(NamedTuple):
    """`in`: what flowed into the innermost block, branch or loop pass."""

    span: Span


class Group(NamedTuple):
    """An expression in parentheses, which only group."""

    inner: Expr
    span: Span


class Sequence(NamedTuple):
    """`(a, b)`, `[a, b]`, or the size `a x b`: `kind` is "tuple", "list" or "size"."""

    kind: str
    items: tuple[Expr, ...]
    span: Span


class Unary(NamedTuple):
    op: str
    operand: Expr
    span: Span


class Binary(NamedTuple):
    op: str
    left: Expr
    right: Expr
    span: Span


class Logical(NamedTuple):
    op: str
    left: Expr
    right: Expr
    span: Span


class Compare(NamedTuple):
    """`a < b < c`: the first operand, then each operator with its right side."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]
    span: Span


class Conditional(NamedTuple):
    then: Expr
    condition: Expr
    otherwise: Expr
    span: Span


class Attribute(NamedTuple):
    of: Expr
    name: str
    span: Span


class Index(NamedTuple):
    """`a[i]`; `at` is None for `a[:]`."""

    of: Expr
    at: Expr | None
    span: Span


class Call(NamedTuple):
    function: Expr
    arguments: tuple[Expr, ...]
    span: Span


Expr = (
    Number | String | Name | InValue | Group | Sequence | Unary | Binary | Logical | Compare | Conditional | Attribute | Index | Call
)

# ---- statements -------------------------------------------------------------------------------------------------


class Argument(NamedTuple):
    """One argument: `keyword` is its name, "/" for a stride, None for a position."""

    value: Expr
    keyword: str | None
    keyword_span: Span | None
    span: Span


class Reference(NamedTuple):
    """What `from` names: a path of labels, each with an index ("all" for `[:]`) or None; or `in`, with an index."""

    path: tuple[tuple[str, Expr | str | None], ...]
    into: bool
    at: Expr | None
    span: Span


class Statement(NamedTuple):
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


class Let(NamedTuple):
    name: str
    name_span: Span
    value: Expr
    span: Span


class Expect(NamedTuple):
    condition: Expr
    span: Span


class For(NamedTuple):
    targets: tuple[Any, ...]  # names, and nested tuples of names
    values: Expr
    body: Body
    span: Span


class If(NamedTuple):
    condition: Expr
    then: Body
    otherwise: Body | None
    span: Span


class Broken(NamedTuple):
    """A line that could not be read: said once, and then no more is known of it than its label."""

    label: str | None
    span: Span


Item = Statement | Let | Expect | For | If | Broken


class Body(NamedTuple):
    items: tuple[Item, ...]
    span: Span


# ---- the top level ------------------------------------------------------------------------------------------------


class Parameter(NamedTuple):
    name: str
    default: Expr | None
    span: Span


class Use(NamedTuple):
    path: str
    span: Span


class Def(NamedTuple):
    name: str
    name_span: Span
    parameters: tuple[Parameter, ...]
    value: Expr
    span: Span


class TableDef(NamedTuple):
    name: str
    name_span: Span
    rows: tuple[tuple[str, Span], ...]
    span: Span


class Block(NamedTuple):
    name: str
    name_span: Span
    parameters: tuple[Parameter, ...]
    body: Body
    span: Span


class Network(NamedTuple):
    name: str
    name_span: Span
    parameters: tuple[Parameter, ...]
    body: Body
    span: Span


Top = Use | Let | Def | TableDef | Block | Network


class Program(NamedTuple):
    items: tuple[Top, ...]
    span: Span
