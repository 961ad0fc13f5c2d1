"""Programs made from grammar/arch.lark itself: every rule and every terminal, with values that no network has.

Lark reads the grammar; what it makes of it is walked at random. So a new rule is in the programs without a line here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from lark import Lark

from archcalc.resources import resource
from archcalc.testing.chance import Chance
from archcalc.testing.fuzz.wild import FUNCTIONS, NAMES, NUMBERS, TEXTS, kinds, words

DEEP = 24  # derivation steps from the start, below which what ends soonest is chosen
PIECES = 1500  # tokens, after which everything ends as soon as it can
LONGER = 70  # per cent of lists that go on
PLAIN = 85  # per cent of expressions without the operator that they could have: there are twelve, one inside of the other


class Rule(NamedTuple):
    """One way to write a nonterminal: names of terminals and of nonterminals, and how many steps it takes at least."""

    parts: tuple[str, ...]
    steps: int


@cache
def rules() -> dict[str, tuple[Rule, ...]]:
    """All rules of the grammar by their names; lists and options are taken apart by Lark."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for rule in _lark().rules:
        found.setdefault(str(rule.origin.name), []).append(tuple(str(part.name) for part in rule.expansion))
    steps: dict[str, int] = {}
    while len(steps) < len(found):  # each round ends those that need one step more
        known = {
            name: 1 + min(m for parts in ways if (m := _steps(parts, found, steps)) is not None)
            for name, ways in found.items()
            if name not in steps and any(_steps(parts, found, steps) is not None for parts in ways)
        }
        steps |= known
    return {name: tuple(Rule(parts, _steps(parts, found, steps) or 0) for parts in ways) for name, ways in found.items()}


def _steps(parts: tuple[str, ...], found: dict[str, Any], steps: dict[str, int]) -> int | None:
    inner = [steps.get(part) for part in parts if part in found]
    return None if None in inner else max((n for n in inner if n is not None), default=0)


@cache
def _lark() -> Lark:
    return Lark(Path(resource("grammar", "arch.lark")).read_text(encoding="utf-8"), parser="lalr")


@cache
def _fixed() -> dict[str, str]:
    """The terminals that are always the same text."""
    return {t.name: t.pattern.value for t in _lark().terminals if type(t.pattern).__name__ == "PatternStr"}


class Writer:
    """Writes one program. `written` are its tokens."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.written: list[str] = []

    def write(self, start: str) -> str:
        """What a rule derives."""
        self._write(start, 0)
        return "".join(self.written)

    def _write(self, start: str, deep: int) -> None:
        waiting = [(start, deep)]
        while waiting:
            name, deep = waiting.pop()
            if name in rules():
                waiting += [(part, deep + (not name.startswith("__"))) for part in reversed(self._chosen(name, deep).parts)]
            else:
                self.written.append(self._terminal(name))

    def _chosen(self, name: str, deep: int) -> Rule:
        ways = rules()[name]
        if deep > DEEP or len(self.written) > PIECES:
            least = min(way.steps for way in ways)
            return self.chance.one([way for way in ways if way.steps == least and name not in way.parts] or ways)
        if name.startswith("__"):  # a list that Lark took apart
            longer = [way for way in ways if name in way.parts]
            return self.chance.one(longer if longer and self.chance.percent(LONGER) else [way for way in ways if way not in longer])
        if name == "start":
            return max(ways, key=lambda way: len(way.parts))
        plain = [way for way in ways if len(way.parts) == 1 and way.parts[0] in rules()]
        if len(plain) == 1 and self.chance.percent(PLAIN):
            return plain[0]
        return self.chance.one(ways)

    def _terminal(self, name: str) -> str:
        chance = self.chance
        if name in _fixed():
            text = _fixed()[name]
            return f" {text} " if text.isalpha() else text
        if name == "NUMBER":
            return f" {chance.one([n for n in NUMBERS if n[0].isdigit() and n.isalnum() and len(n) < 150])}"
        if name == "NAME":
            return f" {self._name()}"
        if name == "STRING":
            return f' "{chance.one(TEXTS)}"'.replace("\r", "")
        if name == "LABEL":
            return f"\n{chance.one(NAMES)}"
        if name == "ROW":
            return chance.one(("X", ".", "X.", "X.X", "x x", "." * 20))
        return {"X": " x ", "ELSE": " else ", "_NL": "\n"}[name]

    def _name(self) -> str:
        before = "".join(self.written[-2:]).rstrip(" ")
        if before.endswith(("{", ";", "\n", ":", "}")):
            return self.chance.one(kinds())
        pool = self.chance.number(0, 9)
        return self.chance.one(NAMES if pool < 6 else FUNCTIONS if pool < 7 else words() if pool < 9 else kinds())


def grammar_program(chance: Chance) -> bytes:
    """A program of the grammar's; half of them are the body of a network with an input, so that more than names is looked at."""
    if chance.percent(50):
        text = Writer(chance).write("start")
    else:
        size = chance.one(("8x8x4", "16", "9x4", "4x4x4x2", "1", "2x3x5x7x11"))
        text = f"network N {{\n input {size}\n" + Writer(chance).write("body").removeprefix("{")
    return text.encode("utf-8", "replace")
