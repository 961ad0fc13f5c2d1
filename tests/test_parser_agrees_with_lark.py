"""The parser that runs the tables, against Lark's own LALR parser on the same grammar: the same programs, the same statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import lark
import pytest
from hypothesis import given, settings
from running import PROGRAMS, ROOT
from soup import damaged, programs, token_soup

from archcalc.source import Source
from archcalc.syntax import tables, tree
from archcalc.syntax.parser import parse


class Lines:
    """Drops newlines inside ( ) and [ ], and after a comma, as the language has it; Lark's contextual lexer does not."""

    always_accept = ("_NL",)

    def process(self, stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        open_brackets: list[str] = []
        before = ""
        for token in stream:
            if token.type in ("LPAR", "LSQB", "LBRACE"):
                open_brackets.append(token.type)
            elif token.type in ("RPAR", "RSQB", "RBRACE") and open_brackets and open_brackets[-1][1:] == token.type[1:]:
                open_brackets.pop()
            inside = bool(open_brackets) and open_brackets[-1] != "LBRACE"
            if token.type == "_NL" and (inside or before == "COMMA"):
                continue
            before = token.type
            yield token


def whole_words(grammar: str) -> str:
    """The grammar with keywords that end where words end: Lark by itself would read `leta` as `let a`."""
    grammar = re.sub(r'^([A-Z]+): "([a-z]+)"$', r"\1.1: /\2(?!\\w)/", grammar, flags=re.M)
    words = sorted(set(re.findall(r'"([a-z]+)"', grammar)))
    grammar = re.sub(r'"([a-z]+)"', lambda found: f"_{found[1].upper()}", grammar)
    return grammar + "".join(f"_{word.upper()}.1: /{word}(?!\\w)/\n" for word in words)


@lru_cache(maxsize=1)
def reference() -> lark.Lark:
    grammar = (ROOT / "grammar" / "arch.lark").read_text(encoding="utf-8")
    return lark.Lark(whole_words(grammar), parser="lalr", lexer="contextual", postlex=Lines())


def theirs(text: str) -> Any:
    try:
        return reference().parse(text)
    except (lark.exceptions.UnexpectedInput, lark.exceptions.LexError):
        return None


# What is checked while the tree is built, and is no matter of grammar.
AFTER_PARSING = {"E016", "E017", "E018"}


def ours(text: str) -> tree.Program | None:
    program, findings = parse(Source("t", text))
    return None if [f for f in findings if f.code not in AFTER_PARSING] else program


def counted(program: tree.Program) -> dict[str, int]:
    """How many statements of each form, at any depth."""
    found: dict[str, int] = {}

    def count(item: Any) -> None:
        if isinstance(item, tree.Use | tree.Let | tree.Def | tree.TableDef | tree.Block | tree.Network | tree.Expect | tree.For | tree.If):
            name = {"TableDef": "table"}.get(type(item).__name__, type(item).__name__.lower())
            found[name] = found.get(name, 0) + 1
        if isinstance(item, tree.Statement):
            name = "layer" if item.body is None else "nested"
            found[name] = found.get(name, 0) + 1
        if isinstance(item, tree.Program | tree.Body):
            for inner in item.items:
                count(inner)
        for part in ("body", "then", "otherwise"):
            if getattr(item, part, None) is not None:
                count(getattr(item, part))

    count(program)
    return found


FORMS = ("use", "let", "def", "table", "block", "network", "expect", "for", "if", "layer", "nested")


def agree(text: str) -> None:
    reference_tree, program = theirs(text), ours(text)
    assert (reference_tree is None) == (program is None), text
    if reference_tree is not None and program is not None:
        expected = {form: n for form in FORMS if (n := sum(1 for _ in reference_tree.find_data(form)))}
        assert counted(program) == expected, text


@settings(max_examples=300)
@given(programs)
def test_programs_of_the_grammars_shape(text: str) -> None:
    agree(text)


@settings(max_examples=400)
@given(damaged())
def test_programs_with_one_piece_damaged(text: str) -> None:
    agree(text)


@settings(max_examples=200)
@given(token_soup)
def test_token_soup(text: str) -> None:
    agree(text)


@pytest.mark.parametrize("path", sorted(PROGRAMS.glob("*.arch")), ids=lambda p: p.stem)
def test_golden_programs(path: Any) -> None:
    text = path.read_text()
    assert theirs(text) is not None
    agree(text)
    for cut in range(0, len(text), 7):  # and each of its beginnings
        agree(text[:cut])


def test_the_grammar_is_lalr_without_a_conflict() -> None:
    lark.Lark((ROOT / "grammar" / "arch.lark").read_text(), parser="lalr", lexer="contextual", strict=False)


def test_the_tables_that_are_stored_are_those_of_the_grammar() -> None:
    """Stored or made in memory, a table is the same."""
    grammar = (ROOT / "grammar" / "arch.lark").read_bytes()
    made = tables.make(grammar)
    assert tables.load().rules == made.rules
    assert len(tables.load().actions) == len(made.actions)
    assert made.keywords.keys() >= {"network", "block", "table", "for", "if", "from", "in", "not"}
