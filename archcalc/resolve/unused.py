"""Names that are given and never used: parameters and `let`s, and, where asked for, labels.

A label also names its row in every table, so that one which nothing reads is often meant: labels are warned of on request.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator

from archcalc.diagnostics import Diagnostic
from archcalc.resolve.labels import labels_in
from archcalc.source import Span
from archcalc.syntax import tree


def unused(program: tree.Program, but: Collection[str] = (), *, labels: bool = False) -> Iterator[Diagnostic]:
    """A warning for each parameter, `let` and (with `labels`) label of a block or network that stands nowhere else in it.

    Definitions called as in `but` are left out.
    """
    for item in program.items:
        if isinstance(item, tree.Block | tree.Network) and item.name not in but:
            yield from _in_definition(item, labels)


def _in_definition(item: tree.Block | tree.Network, labels: bool) -> Iterator[Diagnostic]:
    given = [("parameter ", p.name, p.span, "W103") for p in item.parameters]
    text = item.span.text
    if "let" in text:
        given += [("", let.name, let.name_span, "W103") for let in _lets(item.body)]
    if labels:
        given += [("label ", name, span, "W104") for name, span in labels_in(item.body)]
    if not given:
        return
    words = Counter(re.findall(r"[^\W\d]\w*", re.sub(r"#[^\n]*", "", text)))
    declared = Counter(name for _, name, _, _ in given)
    for what, name, span, code in given:
        times = words[name] if name.isidentifier() else text.count(f'"{name}"')
        if times <= declared[name]:
            yield _warning(code, what, name, span, item)


def _warning(code: str, what: str, name: str, span: Span, item: tree.Block | tree.Network) -> Diagnostic:
    return Diagnostic(code, span, {"name": f"{what}`{name}`", "where": item.name})


def _lets(body: tree.Body) -> Iterator[tree.Let]:
    waiting = [body]
    while waiting:
        for item in waiting.pop().items:
            if isinstance(item, tree.Let):
                yield item
            elif isinstance(item, tree.If):
                waiting += [item.then, *([item.otherwise] if item.otherwise else [])]
            elif isinstance(item, tree.For | tree.Statement) and item.body is not None:
                waiting.append(item.body)
