"""The names that expressions may use, how an expression fails, and how much evaluation may cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.languages import phrase
from archcalc.names import suggestion
from archcalc.source import Span
from archcalc.syntax import tree
from archcalc.values import Word


class Fail(Exception):
    """An expression has no value. `finding` says why; None if that was said already."""

    def __init__(self, finding: Diagnostic | None) -> None:
        super().__init__(finding)
        self.finding = finding

    @property
    def findings(self) -> list[Diagnostic]:
        """What is to be reported: the finding, unless it was said before."""
        return [] if self.finding is None else [self.finding]


def fail(code: str, span: Span, fixes: tuple[str, ...] = (), **facts: Any) -> Fail:
    """A failure with a finding."""
    return Fail(Diagnostic(code, span, facts, fixes=fixes))


class Figures:
    """A value with named figures: a layer (`.shape`, `.c`), or the totals."""

    def figure(self, name: str, span: Span) -> Any:
        """The figure of that name. Fails with E207 where there is none."""
        raise NotImplementedError

    def entries(self) -> list[Any]:
        """What `[:]` chooses from: one entry for each layer of a loop that bore the label."""
        return [self.entry(i) for i in range(len(self))]

    def __len__(self) -> int:
        return 1

    def entry(self, index: int) -> Any:
        """What `[i]` chooses."""
        return self


class Budget:
    """How much evaluation one program may cost, all its expressions together."""

    def __init__(self) -> None:
        self.steps = 0
        self.depth = 0
        self.calls: list[str] = []  # the functions that are being evaluated, outermost first


class Scope:
    """The names that an expression may use: values, functions of `def`, and what `in` stands for."""

    def __init__(self, outer: Scope | None = None, into: tuple[Any, ...] | None = None) -> None:
        self.outer = outer
        self.values: dict[str, Any] = {}
        self.into: tuple[Any, ...] | None = into if into is not None or outer is None else outer.into
        self.budget: Budget = outer.budget if outer else Budget()

    def find(self, name: str) -> Any:
        """The value of a name, or None."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.outer
        return None

    def owner(self, name: str) -> Scope:
        """The scope in which a name has its value; this one, if it has none."""
        scope: Scope | None = self
        while scope is not None and name not in scope.values:
            scope = scope.outer
        return scope or self

    def names(self) -> Names:
        return Names(self)


class Names:
    """All names of a scope, put together only when someone goes through them: most layers have no slip to look up."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __iter__(self) -> Iterator[str]:
        scope: Scope | None = self.scope
        while scope is not None:
            yield from scope.values
            scope = scope.outer


class Function:
    """A function of `def`."""

    def __init__(self, definition: tree.Def, scope: Scope) -> None:
        self.definition = definition
        self.scope = scope

    def __str__(self) -> str:
        return phrase("the function `{name}`", name=self.definition.name)


class Unknown:
    """The value of a name whose own definition has a mistake: using it causes no further message."""


class Free:
    """The value of a network's parameter without a default, until a size that flows in gives it one."""


class Deferred:
    """The value of a parameter whose default is made of a free size: worked out where it is used, once that has its own."""

    def __init__(self, default: tree.Expr) -> None:
        self.default = default


UNKNOWN = Unknown()
FREE = Free()
CONSTANTS: dict[str, Any] = {"true": True, "false": False, "none": Word("none")}
# Names that the language has for itself, and what each stands for.
TAKEN = {
    "total": phrase("the sums over all layers"),
    "in": phrase("what flows into a block, a branch or a pass"),
    **dict.fromkeys(CONSTANTS, phrase("a value of the language")),
}


def undefined(expr: tree.Name, scope: Scope) -> Fail:
    """Nothing has that name: perhaps a size without spaces, perhaps a slip."""
    known = scope.names()
    if runs_together(expr.name, scope):
        return fail("E015", expr.span, name=f"`{expr.name}`", spaced=" x ".join(expr.name.split("x")))
    return fail("E104", expr.span, suggestion(expr.name, known), name=f"`{expr.name}`")


def runs_together(name: str, scope: Scope) -> bool:
    """Whether a name is a size without its spaces: `HxW`, where H and W have values."""
    parts = name.split("x")
    return len(parts) > 1 and all(part.isdigit() or scope.find(part) is not None for part in parts)
