"""Arguments to their places: by position, by name, by word, and `/2`.

A word belongs to the argument whose vocabulary has it, so `conv 32, 3x3, same, relu` needs no names at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple

from archcalc.argtypes import Flag, Name
from archcalc.arguments import Arg
from archcalc.diagnostics import Diagnostic
from archcalc.languages import phrase
from archcalc.names import suggestion
from archcalc.sizes import Refusal
from archcalc.source import Span
from archcalc.spec import FROZEN, Layer
from archcalc.values import Word


def arguments(n: int) -> str:
    """How many arguments, in words."""
    return phrase("1 argument") if n == 1 else phrase("{n} arguments", n=n)


class Given(NamedTuple):
    """One argument as written: `keyword` is its name, "/" for a stride, or None for a position."""

    value: Any
    span: Span
    keyword: str | None = None
    keyword_span: Span | None = None


class Bound(NamedTuple):
    """The arguments in their places, where each was written, and what was wrong."""

    values: dict[str, Any]
    spans: dict[str, Span]
    findings: list[Diagnostic]


def bind(cls: type[Layer], given: list[Given], statement: Span, kind: str = "", variables: Iterable[str] = ()) -> Bound:
    """Find each argument's place in a kind's declaration, and read its value. Every mistake is reported.

    `variables` are names that a word may have been a slip of.
    """
    return _Binder(cls, kind or cls.kind, statement, variables).bind(given)


# `HxWx3`: a size whose names have run together.
_SIZE = r"(?:[A-Z]\w*?|\d+)(?:x(?:[A-Z]\w*?|\d+))+"


class _Binder:
    def __init__(self, cls: type[Layer], kind: str, statement: Span, variables: Iterable[str]) -> None:
        self.variables = variables
        self.strays = False  # a word that no argument knows: it may have been meant for one that is missing
        self.cls = cls
        self.kind = kind
        self.statement = statement
        self.bound = Bound({}, {}, [])

    def bind(self, given: list[Given]) -> Bound:
        places = [a for a in self.cls.args if a.positional and a.type.by_position]
        used = 0
        for g in given:
            if g.keyword is None and not isinstance(g.value, Word):
                if used < len(places):
                    self._put(places[used], g.value, g.span)
                else:
                    most = arguments(len(places))
                    self._report("E113", g.span, kind=self.kind, most=most)
                used += 1
            else:
                before = self.strays
                self._bind_named(g)
                used += g.keyword is None and self.strays and not before  # it may have been meant for this place
        for a in self.cls.args:
            if a.required and a.name not in self.bound.spans and not self.strays:
                self._report("E112", self.statement, kind=self.kind, name=f"`{a.name}`", prose=phrase(a.prose))
        return self.bound

    def _bind_named(self, g: Given) -> None:
        if g.keyword == "/":
            stride = next((a for a in self.cls.args if a.slash), None)
            if stride is None:
                self._report("E116", g.span, kind=self.kind)
            else:
                self._put(stride, g.value, g.span)
        elif g.keyword is None:
            self._bind_word(g)
        elif (a := self._by_name(g.keyword)) is not None:
            self._put(a, g.value, g.span)
        else:
            known = [n for a in self.cls.args for n in a.names]
            near = suggestion(g.keyword, known)
            self.strays |= bool(near)
            fixes = near or (self._takes(),)
            self._report("E110", g.keyword_span or g.span, fixes, kind=self.kind, name=f"`{g.keyword}`")

    def _bind_word(self, g: Given) -> None:
        word = str(g.value)
        for a in self.cls.args:
            if word in a.type.words:
                return self._put(a, g.value, g.span)
            if isinstance(a.type, Flag) and word in (a.name, "no" + a.name):
                return self._put(a, word == a.name, g.span)
            if (off := getattr(a.type, "off", None)) and word == "no" + a.name:
                return self._put(a, Word(off), g.span)
        self.strays = True
        words = chain((w for a in self.cls.args for w in a.type.words), self.variables)
        if re.fullmatch(_SIZE, word):
            return self._report("E015", g.span, name=f"`{word}`", spaced=" x ".join(word.split("x")))
        argument = self._by_name(word)
        fixes = (
            (phrase("write `{name}=...`", name=argument.name),)
            if argument
            else self._quoted(word) or suggestion(word, words) or self._words_taken(word)
        )
        if g.span.goes_on:
            fixes = (phrase("the line above ends with a comma, so this line belongs to it: is the comma one too many?"),)
        self._report("E114", g.span, fixes, kind=self.kind, word=f"`{word}`")
        return None

    def _put(self, a: Arg, value: Any, span: Span) -> None:
        if a.name in self.bound.spans:
            where = ((self.bound.spans[a.name], phrase("given first here")),)
            self.bound.findings.append(Diagnostic("E111", span, {"name": f"`{a.name}`"}, related=where))
            return
        self.bound.spans[a.name] = span
        try:
            self.bound.values[a.name] = a.type.read(value)
        except Refusal as refusal:
            fixes = suggestion(refusal.facts.get("word", ""), refusal.facts.get("words", ()))
            if str(value) in ("True", "False", "None"):
                fixes = (phrase("write `{text}`", text=str(value).lower()),)
            facts = {**refusal.facts, "argument": phrase("`{name}` of {kind}", name=a.name, kind=self.kind)}
            if "word" in facts:
                facts["word"] = f"`{facts['word']}`"
            self.bound.findings.append(Diagnostic(refusal.code, span, facts, fixes=fixes))

    def _by_name(self, name: str) -> Arg | None:
        return next((a for a in self.cls.args if name in a.names), None)

    def _takes(self) -> str:
        names = ", ".join(a.name for a in self.cls.args)
        return phrase("{kind} takes {names}", kind=self.kind, names=names) if names else phrase("{kind} takes no arguments", kind=self.kind)

    def _quoted(self, word: str) -> tuple[str, ...]:
        """What to write where a name is missing, and this may be it without its quotes."""
        missing = (a for a in self.cls.args if a.required and isinstance(a.type, Name) and a.name not in self.bound.spans)
        return (phrase('write `"{word}"`, in quotes', word=word),) if any(missing) else ()

    def _words_taken(self, word: str) -> tuple[str, ...]:
        if word == FROZEN:
            return (phrase("{kind} has no weights, so there is nothing to freeze", kind=self.kind),)
        words = [w for a in self.cls.args for w in a.type.words]
        flags = [a.name for a in self.cls.args if isinstance(a.type, Flag)]
        shown = words[:6] + flags
        if not shown:
            return (phrase("{kind} knows no words", kind=self.kind),)
        return (phrase("{kind} knows {names}", kind=self.kind, names=", ".join(shown + ["..."] * (len(words) > 6))),)

    def _report(self, code: str, span: Span, fixes: tuple[str, ...] = (), **facts: Any) -> None:
        self.bound.findings.append(Diagnostic(code, span, facts, fixes=fixes))
