"""Which warnings are given: those that are on by default, and what the user chooses. Errors are always said."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NamedTuple

from archcalc.diagnostics import CODES, Diagnostic
from archcalc.languages import phrase
from archcalc.names import suggestion

BY_DEFAULT = frozenset({"W101", "W102", "W103", "W106", "W108", "W109", "W110", "W111", "W115", "W120", "W130", "W131", "W132"})
# Off unless they are asked for: published networks do these things, or another file may.
ON_REQUEST = frozenset({"W104", "W105", "W107", "W112", "W113", "W114", "W116"})
WARNINGS = BY_DEFAULT | ON_REQUEST

MARK = "archcalc:"  # what a comment begins with that switches a warning off

# What a warning takes for much, by its code: archcalc.toml may have other numbers.
THRESHOLDS: dict[str, dict[str, float]] = {"W113": {"share": 0.75, "params": 1_000_000}}
SHARES = ("share",)  # those of them that are parts of a whole


class Checks(NamedTuple):
    """The warnings that are on; numbers besides THRESHOLDS; and codes that files of some patterns, relative to `root`, do not give."""

    on: frozenset[str] = BY_DEFAULT
    thresholds: dict[str, dict[str, float]] = {}
    per_file: tuple[tuple[str, frozenset[str]], ...] = ()
    root: str = ""

    def threshold(self, code: str, name: str) -> float:
        """A number that a warning goes by."""
        return self.thresholds.get(code, {}).get(name, THRESHOLDS[code][name])

    def changed(self, *, strict: bool = False, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Checks:
        """The same with all warnings on, or some more, and then some off."""
        return self._replace(on=((WARNINGS if strict else self.on) | frozenset(select)) - frozenset(ignore))

    def wants(self, finding: Diagnostic) -> bool:
        """Whether a finding is to be said, its comments aside."""
        code = finding.code
        if finding.severity == "error":
            return True
        return code in self.on and not (self.per_file and finding.span and code in self.ignored_in(finding.span.source.path))

    def ignored_in(self, path: str) -> frozenset[str]:
        """The codes that a file does not give. A pattern is matched with its path from the root, and with its name alone."""
        if not path:
            return frozenset()
        from fnmatch import fnmatchcase

        whole = os.path.relpath(os.path.realpath(path), self.root or ".").replace(os.sep, "/")
        names = whole, whole.rpartition("/")[2]
        return frozenset().union(*(codes for pattern, codes in self.per_file if any(fnmatchcase(n, pattern) for n in names)))


def not_a_warning(code: str) -> tuple[str, tuple[str, ...]]:
    """Why a code cannot be switched on or off, and what may be meant; ("", ()) if it can."""
    if code in WARNINGS:
        return "", ()
    if code in CODES:
        return phrase("{code} is an error, and errors cannot be switched off", code=code), ()
    return phrase("there is no warning called {code}", code=code), suggestion(code, sorted(WARNINGS))
