"""Names that are given and never used: parameters and `let`s, and, where asked for, labels and what stands at the top of a file.

A label also names its row in every table, so that one which nothing reads is often meant; what stands at the top may be another
file's. Both are warned of on request.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator

from archcalc.diagnostics import Diagnostic
from archcalc.languages import mark, phrase
from archcalc.resolve.labels import labels_in
from archcalc.source import Span
from archcalc.syntax import tree

# Comments and strings are no words, but a string that is a name may stand for a label. `a.name` and `name=` are no uses of a name.
_SKIPPED = re.compile(r'#[^\n]*|"(?!\w+")[^"\n]*"')
_WORDS = re.compile(r"[^\W\d]\w*")
_USES = re.compile(r"(?<![\w.])([^\W\d]\w*)(?!\w|\s*=(?!=))")


def unused(program: tree.Program, but: Collection[str] = (), on: Collection[str] = ("W103",)) -> Iterator[Diagnostic]:
    """A warning for each parameter and `let` (W103) and label (W104) of a block or network that stands nowhere else in it, and for
    what the file's top gives a name that stands nowhere else in the file (W105); of those that are `on`.

    Definitions called as in `but` are left out.
    """
    if "W103" in on or "W104" in on:
        for item in program.items:
            if isinstance(item, tree.Block | tree.Network) and item.name not in but:
                yield from _in_definition(item, on)
    if "W105" in on:
        yield from _at_the_top(program)


def _in_definition(item: tree.Block | tree.Network, on: Collection[str]) -> Iterator[Diagnostic]:
    text = item.span.text
    given = [(mark("parameter `{name}`"), p.name, p.span) for p in item.parameters] if "W103" in on else []
    if "let" in text and "W103" in on:
        given += [("`{name}`", let.name, let.name_span) for let in _lets(item.body)]
    labels = labels_in(item.body) if "W104" in on else []
    if not given and not labels:
        return
    bare = _SKIPPED.sub("", text)
    if given:
        yield from _values(item, given, bare)
    words = Counter(_WORDS.findall(bare)) if labels else {}
    declared = Counter(name for name, _ in labels)
    for name, span in labels:
        times = words[name] if name.isidentifier() else text.count(f'"{name}"')
        if times <= declared[name]:
            yield _warning("W104", mark("label `{name}`"), name, span, item)


def _values(item: tree.Block | tree.Network, given: list[tuple[str, str, Span]], bare: str) -> Iterator[Diagnostic]:
    """Parameters and `let`s. One without a default is declared by its bare name, which counts as a word of the text."""
    uses = Counter(_USES.findall(bare))
    bare_ones = Counter(p.name for p in item.parameters if p.default is None)
    for what, name, span in given:
        if uses[name] <= bare_ones[name]:
            yield _warning("W103", what, name, span, item)


def _at_the_top(program: tree.Program) -> Iterator[Diagnostic]:
    """Values, functions, tables and blocks. A name counts as used by what is not used itself."""
    given = [item for item in program.items if isinstance(item, tree.Let | tree.Def | tree.TableDef | tree.Block)]
    if not given:
        return
    words = Counter(_WORDS.findall(_SKIPPED.sub("", program.span.source.text)))
    for item in given:
        if words[item.name] <= 1:
            yield Diagnostic("W105", item.name_span, {"name": f"`{item.name}`"})


def _warning(code: str, what: str, name: str, span: Span, item: tree.Block | tree.Network) -> Diagnostic:
    return Diagnostic(code, span, {"name": phrase(what, name=name), "where": item.name})


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
