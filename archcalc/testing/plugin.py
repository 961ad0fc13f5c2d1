"""A pytest plugin: .arch files as tests. Each network is one, that it has no mistake, and so is each of its `expect` lines.

It collects nothing unless it is asked to: by `pytest --archcalc`, or by `archcalc_files = *.arch` in the settings of pytest.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # pytest loads this module in every run: nothing is imported before a file is collected
    from archcalc.analysis import Analysis
    from archcalc.diagnostics import Diagnostic
    from archcalc.graph import Expectation

NO_NETWORK = "E108"  # the code of a file without a network


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option and the settings."""
    parser.getgroup("archcalc").addoption("--archcalc", action="store_true", help="collect .arch files: networks and their `expect` lines")
    parser.addini("archcalc_files", "which files hold networks, such as *.arch; none unless --archcalc is given", type="args", default=[])
    parser.addini("archcalc_include", "folders in which files may lie that networks use", type="paths", default=[])


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ArchFile | None:
    """A file of networks, if those are wanted."""
    wanted = parent.config.getini("archcalc_files") or (["*.arch"] if parent.config.getoption("--archcalc") else [])
    if not any(file_path.match(pattern) for pattern in wanted):
        return None
    made: ArchFile = ArchFile.from_parent(parent, path=file_path)
    return made


class ArchFile(pytest.File):
    """An .arch file: a test for all of it if it cannot be read as such, else its networks."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        from archcalc.diagnostics import has_errors
        from archcalc.pipeline import UnreadableFile, analyze_all, load, read

        include = tuple(map(str, self.config.getini("archcalc_include")))
        name = self._shown()
        try:
            loaded = load(name, read(str(self.path)), str(self.path), include)
        except UnreadableFile as error:
            yield ArchItem.made(self, "readable", 1, problems=[str(error)])
            return
        findings = [d for d in loaded.findings if d.code != NO_NETWORK]
        if has_errors(findings) or not loaded.networks:
            empty = not (loaded.program.items or findings)  # nothing is defined for others, either
            yield ArchItem.made(self, "definitions", 1, findings=loaded.findings if empty else findings)
            return
        found: list[Analysis] = analyze_all(loaded)
        for analysis in found:
            made: ArchNetwork = ArchNetwork.from_parent(self, name=analysis.network, analysis=analysis)
            yield made

    def _shown(self) -> str:
        """The path as messages have it: from where pytest was started, if it lies below."""
        start = self.config.invocation_params.dir
        return self.path.relative_to(start).as_posix() if self.path.is_relative_to(start) else str(self.path)


class ArchNetwork(pytest.Collector):
    """A network: a test that it has no mistake, and one for each `expect` line."""

    def __init__(self, *, analysis: Analysis, **given: Any) -> None:
        super().__init__(**given)
        self.analysis = analysis

    def collect(self) -> Iterator[pytest.Item]:
        analysis, graph = self.analysis, self.analysis.graph
        errors = [d for d in analysis.diagnostics if d.severity == "error"]
        inside = [_within(e, errors) for e in graph.expectations]
        told = {id(d) for found in inside for d in found}
        line = graph.span.line if graph.span else 1
        yield ArchItem.made(self, "no mistake", line, findings=[d for d in errors if id(d) not in told])
        for outcome, found in zip(analysis.expectations, inside, strict=True):
            unknown = "a figure that it needs is not known" if outcome.holds is None and not found else ""
            yield ArchItem.made(self, f"expect {outcome.text} (line {outcome.line})", outcome.line, findings=found, skip=unknown)


def _within(expectation: Expectation, errors: list[Diagnostic]) -> list[Diagnostic]:
    """What is wrong with an `expect` line: that it does not hold, or that it cannot be decided."""
    span = expectation.span
    return [d for d in errors if d.span and d.span.source is span.source and span.start <= d.span.start and d.span.end <= span.end]


class ArchItem(pytest.Item):
    """One test. It fails with problems in words, or with findings, which are shown as `archcalc check` shows them."""

    def __init__(self, *, line: int, findings: list[Diagnostic], problems: list[str], skip: str, **given: Any) -> None:
        super().__init__(**given)
        self.line = line
        self.findings = findings
        self.problems = problems
        self.skipped = skip

    @classmethod
    def made(cls, parent: Any, name: str, line: int, *, findings: Any = (), problems: Any = (), skip: str = "") -> ArchItem:
        """A test of that name, at a line of the file."""
        item: ArchItem = cls.from_parent(parent, name=name, line=line, findings=[*findings], problems=[*problems], skip=skip)
        return item

    def runtest(self) -> None:
        if self.findings or self.problems:
            raise Wrong(self)
        if self.skipped:
            pytest.skip(self.skipped)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **given: Any) -> Any:
        return str(excinfo.value) if isinstance(excinfo.value, Wrong) else super().repr_failure(excinfo, *args, **given)

    def reportinfo(self) -> tuple[Path, int, str]:
        names = [node.name for node in self.listchain() if isinstance(node, ArchNetwork)]
        return self.path, self.line - 1, ": ".join([*names, self.name])


class Wrong(Exception):
    """What is wrong, as text."""

    def __init__(self, item: ArchItem) -> None:
        from archcalc.report.findings import render
        from archcalc.report.text import Style

        super().__init__("\n".join([*item.problems, *(render(d, Style(on=False)) for d in item.findings)]).rstrip())
