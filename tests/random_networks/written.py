"""Statements as trees that tests build, written out as text of the language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from terms import SIZE, At, Attr, In, Name, Quoted, Tree, write


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
                for line in text.split("\n"):
                    self.line(line, depth)
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
