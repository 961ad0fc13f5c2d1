"""What a program means, worked out the plain way: expressions by Python's arithmetic, names looked up in dictionaries."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from terms import At, Attr, Call, Choose, Compare, Group, In, Logic, Name, Neg, Not, Num, Op, Quoted, Seq, Slice

Shape = tuple[int, ...]


class Word(str):
    """A bare name that is no variable."""

    __slots__ = ()


class Size(tuple):
    """Written with `x`."""

    __slots__ = ()


@dataclass(eq=False)
class Node:
    """A layer at its place. Shapes have the channels last; `parts` are what it puts out besides."""

    name: str
    kind: str
    shape: Shape
    inputs: tuple[Node, ...] = ()
    line: str = ""  # as it stands in the flat program
    shares: Node | None = None
    remake: Any = None  # to apply it again
    parts: dict[str, Node] = field(default_factory=dict)
    of: tuple[str, str] | None = None  # of a part: the layer's name, and its own

    @property
    def ref(self) -> str:
        return f'"{self.name}"' if self.of is None else f'"{self.of[0]}".{self.of[1]}'


@dataclass(eq=False)
class Bearer:
    """What bore a label once: a layer, or an instance and all that it puts out."""

    nodes: tuple[Node, ...]
    inner: dict[str, Label]
    made: Any = None  # of an instance: what it was made from

    @property
    def node(self) -> Node:
        return self.nodes[-1]


@dataclass(eq=False)
class Label:
    bearers: list[Bearer]

    @property
    def latest(self) -> Bearer:
        return self.bearers[-1]


@dataclass(eq=False)
class Function:
    parameters: tuple[tuple[str, Any], ...]
    value: Any


class Env:
    """Names in sight. `into` is what `in` stands for."""

    def __init__(self, outer: Env | None = None, into: tuple[Node, ...] | None = None, first: bool = False) -> None:
        self.outer = outer
        self.values: dict[str, Any] = {}
        self.into = into if into is not None or outer is None else outer.into
        self.first: bool = outer.first if outer else first  # channels first

    def find(self, name: str) -> Any:
        env: Env | None = self
        while env is not None:
            if name in env.values:
                return env.values[name]
            env = env.outer
        return None


ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "%": operator.mod, "**": operator.pow}
COMPARE = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "in": lambda a, b: a in b, "not in": lambda a, b: a not in b,
}  # fmt: skip
FUNCTIONS: dict[str, Any] = {
    "min": min, "max": max, "abs": abs, "len": len, "sum": sum, "round": round,
    "range": lambda *a: list(range(*a)), "enumerate": lambda a: list(enumerate(a)), "zip": lambda *a: list(zip(*a, strict=False)),
    "ceil": lambda n: -(-n // 1), "floor": lambda n: n // 1,
}  # fmt: skip
CONSTANTS = {"true": True, "false": False, "none": Word("none")}


def seen(shape: Shape, first: bool) -> Size:
    """A shape as the network has it, whose channels may come first."""
    return Size((shape[-1], *shape[:-1]) if first else shape)


def value_of(e: Any, env: Env) -> Any:
    match e:
        case Num(value, _):
            return value
        case Name(name):
            found = env.find(name)
            return CONSTANTS.get(name, Word(name)) if found is None else found
        case Quoted(name):
            return env.find(name)
        case In(at):
            assert env.into
            return Label([Bearer((env.into[0 if at is None else value_of(at, env)],), {})])
        case Attr(of, name):
            return _figure(value_of(of, env), name, env)
        case At(of, at):
            return _entries(of, env)[value_of(at, env)]
        case Slice(of, first, last):
            return _entries(of, env)[slice(*(None if bound is None else value_of(bound, env) for bound in (first, last)))]
        case Op("/", left, right):
            return Fraction(value_of(left, env)) / value_of(right, env)
        case Op(op, left, right):
            return ARITHMETIC[op](value_of(left, env), value_of(right, env))
        case Neg(of):
            return -value_of(of, env)
        case Not(of):
            return not value_of(of, env)
        case Compare(first, rest):
            left = value_of(first, env)
            for op, right in ((op, value_of(x, env)) for op, x in rest):
                if not COMPARE[op](left, right):
                    return False
                left = right
            return True
        case Logic("or", left, right):
            return value_of(left, env) or value_of(right, env)
        case Logic(_, left, right):
            return value_of(left, env) and value_of(right, env)
        case Choose(then, condition, otherwise):
            return value_of(then if value_of(condition, env) else otherwise, env)
        case Call(function, arguments):
            return _call(function, [value_of(a, env) for a in arguments], env)
        case Seq("size", items):
            return Size(value_of(i, env) for i in items)
        case Seq("tuple", items):
            return tuple(value_of(i, env) for i in items)
        case Seq(_, items):
            return [value_of(i, env) for i in items]
        case Group(of):
            return value_of(of, env)
    raise TypeError(e)


def _figure(label: Label, name: str, env: Env) -> Any:
    bearer = label.latest
    if name in bearer.inner:
        return bearer.inner[name]
    shape = bearer.node.shape
    if name == "shape":
        return seen(shape, env.first)
    return shape[{"c": -1, "w": -2, "h": -3}[name]]


def _entries(of: Any, env: Env) -> Any:
    found = value_of(of, env)
    return [Label([b]) for b in found.bearers] if isinstance(found, Label) else found


def _call(name: str, arguments: list[Any], env: Env) -> Any:
    function = env.find(name)
    if function is None:
        return FUNCTIONS[name](*arguments)
    top = env
    while top.outer is not None:
        top = top.outer
    inner = Env(top)
    for i, (parameter, default) in enumerate(function.parameters):
        inner.values[parameter] = arguments[i] if i < len(arguments) else value_of(default, inner)
    return value_of(function.value, inner)
