"""The parameters of a block instance: its arguments bind by position, then by keyword."""

from __future__ import annotations

from typing import Any

from archcalc.binding import arguments
from archcalc.diagnostics import Diagnostic
from archcalc.languages import phrase
from archcalc.names import suggestion
from archcalc.resolve.context import Context
from archcalc.resolve.definitions import Defined
from archcalc.resolve.expressions import evaluate
from archcalc.resolve.scope import FREE, UNKNOWN, Deferred, Fail, Scope
from archcalc.spec import FROZEN
from archcalc.syntax import tree


def bind_parameters(context: Context, defined: Defined, item: tree.Statement, scope: Scope, entering: tuple[Any, ...]) -> Scope | None:
    """A scope with the parameters of a block or a network; None where the arguments do not fit, which is reported."""
    block = defined.item
    inner = Scope(defined.home.scope, entering)
    before = len(context.graph.findings)
    _arguments(context, block, item, scope, inner)
    if len(context.graph.findings) == before:
        _defaults(context, block, item, inner)
    return inner if len(context.graph.findings) == before else None


def _defined_here(block: tree.Block | tree.Network) -> str:
    return phrase("the network is defined here") if isinstance(block, tree.Network) else phrase("the block is defined here")


def _arguments(context: Context, block: tree.Block | tree.Network, item: tree.Statement, scope: Scope, inner: Scope) -> None:
    names = [p.name for p in block.parameters]
    place = ((block.name_span, _defined_here(block)),)
    positions = iter(names)
    for a in item.arguments:
        name = next(positions, None) if a.keyword is None else a.keyword
        if name is not None and name in names and name not in inner.values:
            value = context.value(a.value, scope, words=True)
            inner.values[name] = UNKNOWN if value is None else value
            continue
        code = "E113" if name is None else "E111" if name in names else "E110"
        facts = {"kind": block.name, "name": f"`{name}`", "most": arguments(len(names))}
        fixes = suggestion(name, names) if name and name not in names else ()
        if a.span.text.startswith((FROZEN, "trainable")) and not fixes:
            fixes = (phrase("`{frozen}` is a word of layers: write it there, or let a parameter say it, `trainable=tuned`", frozen=FROZEN),)
        context.graph.findings.append(Diagnostic(code, a.span, facts, related=place, fixes=fixes))


def _defaults(context: Context, block: tree.Block | tree.Network, item: tree.Statement, inner: Scope) -> None:
    for p in block.parameters:
        if p.name in inner.values:
            continue
        if p.default is None:
            facts = {"kind": block.name, "name": f"`{p.name}`", "prose": phrase("it has no default")}
            if isinstance(block, tree.Network):
                inner.values[p.name] = FREE
                continue
            place = ((block.name_span, _defined_here(block)),)
            context.graph.findings.append(Diagnostic("E112", item.kind_span, facts, related=place))
            inner.values[p.name] = UNKNOWN  # defaults that are made of it are not to be missed as well
            continue
        inner.values[p.name] = default_of(p.default, inner, context.graph.findings)


def default_of(default: tree.Expr, scope: Scope, findings: list[Diagnostic]) -> Any:
    """The value of a parameter's default; of one that is made of a free size, once that size is known."""
    try:
        return evaluate(default, scope, words=True)
    except Fail as failure:
        if failure.finding is not None and failure.finding.code == "E109":
            return Deferred(default)
        findings += failure.findings
        return UNKNOWN
