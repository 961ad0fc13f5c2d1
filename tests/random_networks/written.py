"""Programs as trees that tests build: expressions and statements, written out as text of the language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
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


# ---- statements ---------------------------------------------------------------------------------------------------


@dataclass
class Arg:
    """An argument: what it is called, its value, and how it is written: "" by position, "/", a bare word, or a name and `=`."""

    name: str
    value: Tree
    form: str = ""
    bare: str = ""

    def text(self) -> str:
        if self.bare:
            return self.bare
        if self.form == "/":
            return "/" + write(self.value, SIZE)
        return f"{self.form}={write(self.value)}" if self.form else write(self.value)


@dataclass
class Ref:
    """What `from` names: a path of names with an index (None, "all", or an expression); or `in`, if there is no path."""

    path: tuple[tuple[str, Any], ...] = ()
    at: Tree = None
    quoted: bool = False

    def text(self) -> str:
        if not self.path:
            return write(In(self.at))
        return ".".join(quote(name, self.quoted) + _index(at) for name, at in self.path)

    def expression(self) -> Tree:
        """The same layer in an expression; None where there is no way to write it."""
        if not self.path:
            return In(self.at)
        (name, at), *rest = self.path
        found: Tree = Name(name) if is_name(name) and not self.quoted else Quoted(name)
        if not all(is_name(n) for n, _ in rest) or (at is not None and isinstance(found, Quoted)):
            return None
        found = found if at is None else At(found, at)
        for name, at in rest:
            found = Attr(found, name) if at is None else At(Attr(found, name), at)
        return found


def _index(at: Any) -> str:
    return "" if at is None else "[:]" if at == "all" else f"[{write(at)}]"


def is_name(text: str) -> bool:
    return re.fullmatch(r"[^\W\d]\w*", text) is not None


def quote(name: str, always: bool = False) -> str:
    return f'"{name}"' if always or not is_name(name) else name


@dataclass(eq=False)
class Statement:
    """`[label:] kind [args] [from refs] [{ ... }] [-> size]`. `role` says what the kind is: a layer, a call of a block, ..."""

    kind: str
    arguments: list[Arg] = field(default_factory=list)
    label: str | None = None
    sources: list[Ref] = field(default_factory=list)
    body: list[Any] | None = None
    size: Tree = None
    role: str = "layer"
    means: str = ""  # the kind's own name, where another is written
    quoted: bool = False

    def head(self) -> str:
        label = "" if self.label is None else quote(self.label, self.quoted) + ": "
        sources = " from " + ", ".join(ref.text() for ref in self.sources) if self.sources else ""
        arguments = " " + ", ".join(a.text() for a in self.arguments) if self.arguments else ""
        return label + self.kind + arguments + sources

    def tail(self) -> str:
        return "" if self.size is None else " -> " + write(self.size, SIZE)


@dataclass(eq=False)
class For:
    targets: Any  # a name, or a tuple of targets
    values: Tree
    body: list[Any]


@dataclass(eq=False)
class If:
    condition: Tree
    then: list[Any]
    otherwise: list[Any] | None = None
    chained: bool = False  # `else if`


@dataclass(eq=False)
class Let:
    name: str
    value: Tree


@dataclass(eq=False)
class Line:
    """Text that changes no figure: `train { ... }`, a comment."""

    text: str


def targets(names: Any, outer: bool = True) -> str:
    if isinstance(names, str):
        return names
    text = ", ".join(targets(n, False) for n in names)
    return text if outer else f"({text})"


@dataclass(eq=False)
class Definition:
    """A block or a network."""

    what: str
    name: str
    parameters: list[tuple[str, Tree]]  # with defaults, None where there is none
    body: list[Any]

    def head(self) -> str:
        given = ", ".join(name if default is None else f"{name} = {write(default)}" for name, default in self.parameters)
        return f"{self.what} {self.name}" + (f"({given})" if given else "")


class Writer:
    """Writes statements one a line, and remembers on which line each stands."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.where: dict[int, int] = {}

    def line(self, text: str, depth: int = 0) -> None:
        self.lines.append("    " * depth + text)

    def definition(self, item: Definition) -> None:
        self.line(item.head() + " {")
        self.body(item.body, 1)
        self.line("}")

    def body(self, items: list[Any], depth: int) -> None:
        for item in items:
            self.where[id(item)] = len(self.lines) + 1
            self.item(item, depth)

    def item(self, item: Any, depth: int) -> None:
        match item:
            case Let(name, value):
                self.line(f"let {name} = {write(value)}", depth)
            case Line(text):
                self.line(text, depth)
            case For(names, values, body):
                self.block(f"for {targets(names)} in {write(values)}", body, depth)
            case If():
                self.condition(item, depth)
            case Statement(body=None):
                self.line(item.head() + item.tail(), depth)
            case Statement():
                self.block(item.head(), item.body or [], depth, item.tail())
            case _:
                raise TypeError(item)

    def condition(self, item: If, depth: int, before: str = "") -> None:
        self.line(f"{before}if {write(item.condition)} {{", depth)
        self.body(item.then, depth + 1)
        if item.chained and item.otherwise:
            self.condition(item.otherwise[0], depth, "} else ")
            return
        if item.otherwise is not None:
            self.line("} else {", depth)
            self.body(item.otherwise, depth + 1)
        self.line("}", depth)

    def block(self, head: str, body: list[Any], depth: int, tail: str = "") -> None:
        self.line(head + " {", depth)
        self.body(body, depth + 1)
        self.line("}" + tail, depth)

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"
