"""The whole way, stage by stage: file -> Source -> Program -> Graph -> Analysis. Each stage has one function."""

from __future__ import annotations

import os
import sys
from typing import TypeVar

import archcalc.layers  # noqa: F401  fills the registry with the kinds that most networks use
from archcalc.analysis import Analysis, analyze_graph
from archcalc.analysis.costs import UNKNOWN
from archcalc.diagnostics import Diagnostic, has_errors
from archcalc.graph import Graph
from archcalc.resolve import Definitions, Options, UsageError, choose, resolve
from archcalc.source import Source, Span
from archcalc.syntax.parser import MAX_CHARACTERS, parse

__all__ = ["Loaded", "Options", "UnreadableFile", "UsageError", "analyze_all", "load", "read", "source_of"]


class UnreadableFile(Exception):
    """The file cannot be opened or read at all; the text says why."""


def read(path: str) -> bytes:
    """The bytes of a file, or of standard input for "-". No more of them than can be a program.

    Raises:
        UnreadableFile: with the reason, in words.
    """
    try:
        if path == "-":
            return sys.stdin.buffer.read(4 * MAX_CHARACTERS + 1)
        if os.path.isdir(path):
            raise UnreadableFile(f"{path} is a folder, not a file")
        with open(path, "rb") as file:
            return file.read(4 * MAX_CHARACTERS + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(f"{path} cannot be read: {reason}") from None


def source_of(name: str, data: bytes) -> tuple[Source, list[Diagnostic]]:
    """The text of a file, or why it is none."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "; it looks like UTF-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        source = Source(name, data[: error.start].decode("utf-8-sig"))
        where = Span(source, len(source.text), len(source.text))
        return source, [Diagnostic("E001", where, {"byte": f"0x{data[error.start]:02x}", "offset": error.start, "hint": hint})]
    if not text.isascii():
        import unicodedata

        # The same word typed in two ways is one name.
        text = unicodedata.normalize("NFC", text)
    source = Source(name, text)
    at = text.find("\0")
    if at >= 0:
        return source, [Diagnostic("E002", Span(source, at, at + 1))]
    if not text.strip():
        return source, [Diagnostic("E003", Span(source, 0, 0))]
    return source, []


class Loaded:
    """A file after parsing: its definitions, and what is wrong so far."""

    def __init__(self, source: Source, findings: list[Diagnostic]) -> None:
        self.source = source
        self.findings = findings
        program, more = parse(Source(source.name, "") if findings else source)
        self.definitions = Definitions(program)
        self.findings = [*findings, *more, *self.definitions.findings]
        if not self.definitions.networks and not has_errors(self.findings):
            self.findings.append(Diagnostic("E108", Span(source, 0, 0)))

    @property
    def networks(self) -> list[str]:
        return list(self.definitions.networks)


def load(name: str, data: bytes) -> Loaded:
    """Parse the text of a file called `name`."""
    return Loaded(*source_of(name, data))


A = TypeVar("A", bound=Analysis)


def analyze_all(
    loaded: Loaded,
    network: str | None = None,
    options: Options = Options(),
    make: type[A] = Analysis,  # type: ignore[assignment]
) -> list[A]:
    """Analyze the network of that name, or every network of the file. `make` is the class of the results.

    Raises:
        UsageError: there is no such network, or `options` do not fit it.
    """
    if network is not None and has_errors(loaded.findings) and network not in loaded.definitions.networks:
        return [nothing(loaded, make)]  # it may be in what could not be read
    chosen = choose(loaded.definitions, network)
    if not chosen:
        return [nothing(loaded, make)]
    return [analyze_graph(resolve(n, loaded.definitions, options), loaded.findings, make) for n in chosen]


def nothing(loaded: Loaded, make: type[A]) -> A:
    """The analysis of a file in which no network could be read: its findings, and unknown totals."""
    analysis = analyze_graph(Graph("", loaded.source.name), loaded.findings, make)
    analysis.totals = UNKNOWN
    return analysis
