"""The parser's tables: Lark makes them from grammar/arch.lark.

They are written into the package when it is built (`_tables.py`: plain numbers and strings, no pickle), so that a run
needs no Lark. Where they are missing or belong to another grammar, Lark makes them again in memory.
Run `python -m archcalc.syntax.tables` to write them by hand.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from archcalc.resources import resource

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_tables.py")


class Tables(NamedTuple):
    """Everything that the scanner and the parser run on.

    actions: for each state, terminal -> the state to shift to, or -(rule + 1) to reduce by.
    gotos: for each state, rule name -> state.
    rules: (rule name, length, node name, children); children lists which parts become the node's children: an index
        is kept, -(index + 1) is spliced in, None is an empty place. A node name of "" hands its children on as a list,
        "?" hands on its only child.
    """

    grammar: bytes  # the text that they were made from
    actions: tuple[dict[str, int], ...]
    gotos: tuple[dict[str, int], ...]
    rules: tuple[tuple[str, int, str, tuple[int | None, ...]], ...]
    first: tuple[tuple[str, str], ...]  # terminals tried first, where the parser can use them
    patterns: tuple[tuple[str, str], ...]  # all others that are no plain words
    keywords: dict[str, str]
    ignored: tuple[str, ...]
    end: int  # the state in which a whole program has been read


def load() -> Tables:
    """The tables for the grammar as it is now."""
    grammar = _grammar_text()
    try:
        from archcalc.syntax import _tables  # type: ignore[attr-defined, unused-ignore]

        stored = Tables(*_tables.TABLES)
        if stored.grammar == grammar:
            return stored
    except (ImportError, AttributeError, TypeError):
        pass
    return make(grammar)


def _grammar_text() -> bytes:
    with open(resource("grammar", "arch.lark"), "rb") as file:
        return file.read().replace(b"\r\n", b"\n")


def make(grammar: bytes) -> Tables:
    """Let Lark work the tables out."""
    from lark import Lark

    lark = Lark(grammar.decode(), parser="lalr", lexer="contextual")
    table = lark.parser.parser._parse_table  # noqa: SLF001  Lark has no public door to its tables
    rules = {rule: i for i, rule in enumerate(lark.rules)}
    actions: list[dict[str, int]] = [{} for _ in table.states]
    gotos: list[dict[str, int]] = [{} for _ in table.states]
    start = table.start_states["start"]
    number = {state: (0 if state == start else start if state == 0 else state) for state in table.states}
    for state, row in table.states.items():
        for key, (action, target) in row.items():
            symbol = str(key)
            if action.name == "Reduce":
                actions[number[state]][symbol] = -(rules[target] + 1)
            elif symbol.isupper() or symbol in ("$END", "_NL"):
                actions[number[state]][symbol] = number[target]
            else:
                gotos[number[state]][symbol] = number[target]
    words = {t.pattern.value: t.name for t in lark.terminals if _is_keyword(t)}
    first = sorted((t for t in lark.terminals if t.priority > 0), key=lambda t: -t.priority)
    others = [t for t in lark.terminals if t.priority <= 0 and not _is_keyword(t)]
    others.sort(key=lambda t: (type(t.pattern).__name__ != "PatternRE", -len(t.pattern.value)))
    return Tables(
        grammar,
        tuple(actions),
        tuple(gotos),
        tuple(_rule(rule) for rule in lark.rules),
        tuple((t.name, t.pattern.to_regexp()) for t in first),
        tuple((t.name, t.pattern.to_regexp()) for t in others),
        words,
        tuple(lark.ignore_tokens),
        number[table.end_states["start"]],
    )


def _is_keyword(terminal: Any) -> bool:
    return type(terminal.pattern).__name__ == "PatternStr" and terminal.pattern.value.isidentifier()


def _rule(rule: Any) -> tuple[str, int, str, tuple[int | None, ...]]:
    """Which children a rule's node gets, by Lark's rules for shaping trees."""
    name = str(rule.origin.name)
    places = rule.options.empty_indices or (False,) * len(rule.expansion)
    children: list[int | None] = []
    parts = enumerate(rule.expansion)
    for empty in places:
        if empty:
            children.append(None)
            continue
        i, symbol = next(parts)
        if symbol.is_term and symbol.filter_out:
            continue
        children.append(-(i + 1) if not symbol.is_term and symbol.name.startswith("_") else i)
    if name.startswith("_"):
        node = ""
    elif rule.options.expand1 and not rule.alias and len(rule.expansion) == 1:
        node = "?"
    else:
        node = str(rule.alias or name)
    return name, len(rule.expansion), node, tuple(children)


def write() -> None:
    """Write the tables as a module of the package."""
    tables = make(_grammar_text())
    text = '"""Made from grammar/arch.lark by archcalc/syntax/tables.py; not kept in version control."""\n\n'
    text += "from typing import Any\n\nTABLES: Any = (\n"
    text += "".join(f"    {value!r},\n" for value in tables) + ")\n"
    with open(_FILE, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    write()
