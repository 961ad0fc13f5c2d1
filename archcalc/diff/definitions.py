"""What names stand for in the text of a program: `let`, `def` and `for`. A name that is defined more than once stands for nothing here."""

from __future__ import annotations

import re
from functools import lru_cache

from archcalc.source import Source

_DEFINED = re.compile(
    r"\blet\s+(?P<let>\w+)\s*=\s*(?P<value>[^\n;#}]*)"
    r"|\bdef\s+(?P<function>\w+)\s*(?P<body>\([^)\n]*\)\s*=\s*[^\n;#}]*)"
    r"|\bfor\s+(?P<names>\w[\w, ]{0,200}?)\s{1,9}in\s+(?P<list>[^\n{#]*)"
)
_COMMENT = re.compile(r"#[^\n]*")
_WORD = re.compile(r"[^\W\d]\w*")
_FLOWS = re.compile(r"\bin\b|[\w\])]\s*\.\s*[^\W\d]")  # `in.c`, `stem.h`, `e[0].c`
MOST_NAMES = 1_000


def words(text: str) -> set[str]:
    """The names in an expression."""
    return set(_WORD.findall(text))


@lru_cache(maxsize=8)
def _definitions(text: str) -> dict[str, str]:
    """What each name that is defined once is defined as."""
    found: dict[str, str] = {}
    again: set[str] = set()
    for match in _DEFINED.finditer(_COMMENT.sub("", text)):
        names = (match["let"] or match["function"] or match["names"]).split(",")
        for name in map(str.strip, names):
            if name in found:
                again.add(name)
            found[name] = (match["value"] or match["body"] or match["list"]).strip()
    return {name: value for name, value in found.items() if name not in again}


def edited(before: Source, after: Source, names: set[str]) -> tuple[str, str, str] | None:
    """The first definition that differs, of those that these names go back to: its name, and both texts."""
    one, two = _definitions(before.text), _definitions(after.text)
    waiting, seen = sorted(names), set(names)
    while waiting and len(seen) < MOST_NAMES:
        name = waiting.pop(0)
        if name not in one or name not in two:
            continue
        if one[name] != two[name]:
            return name, one[name], two[name]
        more = sorted(words(one[name]) - seen)
        seen.update(more)
        waiting += more
    return None


def may_flow(source: Source, text: str) -> bool:
    """Whether an expression may depend on what flows in: it asks for a size of it, or a name in it goes back to one."""
    found = _definitions(source.text)
    waiting = [text]
    seen: set[str] = set()
    while waiting and len(seen) < MOST_NAMES:
        one = waiting.pop()
        if _FLOWS.search(one):
            return True
        more = words(one) - seen
        seen |= more
        waiting += [found[name] for name in more if name in found]
    return False
