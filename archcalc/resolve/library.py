"""`use "path.arch"`: the files that a program builds on. Each is read once, and none outside of the project's folder.

A path is relative to the file that it stands in; where there is no such file, to the folders that were given with `-I`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from archcalc.diagnostics import Diagnostic
from archcalc.files import UnreadableFile, is_inside, project_of, read_regular, source_of
from archcalc.languages import phrase
from archcalc.resolve.scope import Budget
from archcalc.source import Source
from archcalc.syntax import tree
from archcalc.syntax.parser import parse

if TYPE_CHECKING:
    from archcalc.resolve.definitions import Definitions

Define = Callable[[tree.Program, Source, "Library"], "Definitions"]
MAX_FILES = 200
MAX_OPEN = 20  # files that use each other in a chain


class Library:
    """The files used so far, by their real paths, and those that are being read, outermost first."""

    def __init__(
        self, main: Source, include: tuple[str, ...], define: Callable[[tree.Program, Source, Library], Definitions], budget: Budget
    ) -> None:
        self.define = define
        self.budget = budget
        folder = os.path.dirname(os.path.realpath(main.path)) if main.path else os.getcwd()
        self.include = include
        self.roots = (project_of(folder), *include)
        self.loaded: dict[str, Definitions] = {}
        self.open: list[tuple[str, str]] = [(os.path.realpath(main.path) if main.path else "", main.name)]
        self.findings: list[Diagnostic] = []

    def use(self, item: tree.Use, source: Source) -> Definitions | None:
        """What the used file defines; None where it cannot be used, which is reported."""
        if not item.path.strip() or "\0" in item.path:
            return self._refuse("E140", item, why=phrase("it names no file"))
        found = self._find(item.path, source)
        if found is None:
            return self._refuse("E141", item)
        path, name = found
        if path in self.loaded:
            return self.loaded[path]
        if any(path == other for other, _ in self.open):
            ring = [n for _, n in self.open[next(i for i, (p, _) in enumerate(self.open) if p == path) :]]
            return self._refuse("E142", item, ring=" -> ".join([*ring, name]))
        if len(self.loaded) >= MAX_FILES:
            return self._refuse("E140", item, why=phrase("more than {n} files are used", n=MAX_FILES))
        if len(self.open) >= MAX_OPEN:
            return self._refuse("E140", item, why=phrase("files use each other more than {n} deep", n=MAX_OPEN))
        try:
            data = read_regular(path)
        except UnreadableFile as error:
            return self._refuse("E140", item, why=error.args[0])
        return self._define(path, name, data, item)

    def _refuse(self, code: str, item: tree.Use, **facts: str) -> Definitions | None:
        fixes = (phrase("`-I FOLDER` allows another folder"),) if code == "E141" else ()
        self.findings.append(Diagnostic(code, item.span, {"path": f"`{item.path}`", **facts}, fixes=fixes))
        return None

    def take_findings(self) -> list[Diagnostic]:
        """What was found since this was asked last."""
        found, self.findings = self.findings, []
        return found

    def _find(self, written: str, source: Source) -> tuple[str, str] | None:
        """The real path, and the name to show; None where it lies outside of all folders that are allowed."""
        here = os.path.dirname(source.path or "")
        shown = os.path.dirname(source.name) if source.path else ""
        tried = [(os.path.join(here, written), os.path.join(shown, written))]
        tried += [(os.path.join(folder, written), os.path.join(folder, written)) for folder in self.include]
        inside = [(real, name) for path, name in tried if any(is_inside(real := os.path.realpath(path), root) for root in self.roots)]
        there = (pair for pair in inside if os.path.exists(pair[0]))
        found = next(there, inside[0] if inside else None)
        return None if found is None else (found[0], os.path.normpath(found[1]))

    def _define(self, path: str, name: str, data: bytes, item: tree.Use) -> Definitions:
        source, findings = source_of(name, data, path)
        program, more = parse(Source(name, "", path) if findings else source)
        self.findings += [d if d.span else Diagnostic(d.code, item.span, d.facts) for d in (*findings, *more)]
        self.open.append((path, name))
        self.loaded[path] = definitions = self.define(program, source, self)
        self.findings += definitions.findings
        self.open.pop()
        return definitions
