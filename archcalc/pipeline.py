"""The whole way, stage by stage: file -> Source -> Program -> Graph -> Analysis. Each stage has one function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import archcalc.layers  # noqa: F401  fills the registry with the kinds that most networks use
from archcalc.analysis import Analysis, analyze_graph
from archcalc.checks import MARK, Checks
from archcalc.diagnostics import Diagnostic, has_errors, in_order
from archcalc.files import ZOO, UnreadableFile, read, source_of
from archcalc.graph import Graph
from archcalc.names import begin
from archcalc.resolve import Options, UsageError, choose, resolve
from archcalc.resolve.arithmetic import MAX_BITS
from archcalc.resolve.definitions import Definitions
from archcalc.resolve.unused import unused
from archcalc.source import Source, Span, opening
from archcalc.syntax.parser import parse
from archcalc.syntax.tree import Network

if TYPE_CHECKING:
    from archcalc.importers.reading import ModelRead

__all__ = [
    "Loaded",
    "Options",
    "UnreadableFile",
    "UsageError",
    "analyze_all",
    "load",
    "open_program",
    "outermost",
    "read",
    "source_of",
    "wrong_batch",
]


class Loaded:
    """A file after parsing: its definitions, and what is wrong so far."""

    def __init__(
        self,
        source: Source,
        findings: list[Diagnostic],
        include: tuple[str, ...] = (),
        model: ModelRead | None = None,
        main: str | None = None,
    ) -> None:
        self.source = source
        self.main = main or (model.main if model else "")  # the one network that is meant, of several
        self.model = model  # what the text and its tree were made from, if they were not written by hand
        self.program, more = (model.program, []) if model else parse(Source(source.name, "") if findings else source)
        self.definitions = Definitions(self.program, source, include=include)
        self.findings = [*findings, *more, *self.definitions.findings]
        if MARK in source.text:
            from archcalc.checks.comments import ignores

            self.findings += ignores(source)[1]
        if not self.definitions.networks and not has_errors(self.findings):
            self.findings.append(Diagnostic("E108", Span(source, 0, 0)))

    @property
    def files(self) -> list[str]:
        """The paths of all files that were read: its own, and those that it uses."""
        library = self.definitions.library
        return [path for path in (self.source.path, *(library.loaded if library is not None else ())) if path]

    @property
    def networks(self) -> list[str]:
        """The names of its networks; of a model, of the one that holds the others; of `zoo:NAME`, the one that is named."""
        return [self.main] if self.main else list(self.definitions.networks)


def outermost(loaded: Loaded) -> str | None:
    """The network that is meant where none is named: the only one, or the one of several that no other uses as a layer."""
    names = loaded.networks
    if len(names) > 1 and not has_errors(loaded.findings):
        graphs = [resolve(n, loaded.definitions) for n in choose(loaded.definitions, None)]
        used = _used(graphs)
        names = [name for name in names if name not in used]
    return names[0] if len(names) == 1 else None


def open_program(file: str, include: tuple[str, ...] = ()) -> Loaded:
    """Read and parse what a command's FILE names: a file, "-" for standard input, or `zoo:NAME`.

    Raises:
        UnreadableFile: with the reason, in words.
    """
    if file.startswith(ZOO):
        from archcalc.zoo import find

        entry = find(file)
        return load(ZOO + entry.name, read(entry.path), entry.path, include, entry.network)
    name, path = ("<stdin>", "") if file == "-" else (file, file)
    return load(name, read(file), path, include)


def load(name: str, data: bytes, path: str = "", include: tuple[str, ...] = (), main: str | None = None) -> Loaded:
    """Parse the text of a file called `name`, which lies at `path`. Folders to `include` may hold files that it uses.

    `main` is the network that is meant, where the file has several.
    """
    begin()
    if is_model(data):
        from archcalc.importers.reading import read_model  # a program needs none of it

        model = read_model(name, data, path)
        return Loaded(model.source, model.findings, include, model)
    return Loaded(*source_of(name, data, path), include, main=main)


def is_model(data: bytes) -> bool:
    """Whether it is the JSON of a model, which begins with a brace, as no program does."""
    return opening(data[:100]) == b"{"


def wrong_batch(batch: Any) -> str | None:
    """What is wrong with a number of samples in a batch; None if nothing is."""
    if not isinstance(batch, int) or isinstance(batch, bool) or batch < 1:
        return f"a batch has a whole number of samples from 1, not {batch!r}"
    return f"a batch has less than 2**{MAX_BITS} samples" if batch.bit_length() > MAX_BITS else None


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
        return [nothing(loaded, make, options)]  # it may be in what could not be read
    if network is None:
        network = loaded.main or None
    chosen = choose(loaded.definitions, network)
    if not chosen:
        return [nothing(loaded, make, options)]
    graphs = [resolve(n, loaded.definitions, options) for n in chosen]
    if loaded.model is not None and not options.inputs:
        from archcalc.importers.agreement import disagreements

        for graph in graphs:
            graph.findings += disagreements(graph, loaded.model)
    if network is None:
        graphs = _without_parts(graphs, chosen, options)
    found = [analyze_graph(graph, loaded.findings, make, options.batch, options.checks, options.real_taps) for graph in graphs]
    if not any(has_errors(a.diagnostics) for a in found):  # a name that is spelled wrong elsewhere is not unused
        others = loaded.definitions.networks.keys() - {n.name for n in chosen}
        more = list(unused(loaded.program, others, options.checks.on))
        for analysis in found:
            analysis.diagnostics = in_order([*analysis.diagnostics, *more])
    _silence(found, loaded, options.checks, everything=network is None)
    return found


def _silence(found: Sequence[Analysis], loaded: Loaded, checks: Checks, everything: bool) -> None:
    """Leave out the warnings that are off, or switched off by a comment; of `everything` in a file, report comments without use."""
    for analysis in found:
        analysis.diagnostics = [d for d in analysis.diagnostics if checks.wants(d)]
    sources = {id(d.span.source): d.span.source for a in found for d in a.diagnostics if d.span}
    idle = everything and "W116" in checks.on and MARK in loaded.source.text
    if not idle and not any(MARK in source.text for source in sources.values()):
        return
    from archcalc.checks.comments import Silence

    silence = Silence()
    for analysis in found:
        analysis.diagnostics = [d for d in analysis.diagnostics if not silence.over(d)]
    if idle and not any(has_errors(a.diagnostics) for a in found):
        more = [d for d in silence.unused(loaded.source, checks.on) if checks.wants(d) and not silence.over(d)]
        for analysis in found:
            analysis.diagnostics = in_order([*analysis.diagnostics, *more])


def _used(graphs: list[Graph]) -> set[str]:
    """The blocks and networks that these are made of, by name."""
    return {group.kind for graph in graphs for group in graph.groups}


def _without_parts(graphs: list[Graph], networks: list[Network], options: Options) -> list[Graph]:
    """Without networks whose sizes are free, and which others use as layers: there they have sizes, and are looked at."""
    free = {n.name for n in networks if any(p.default is None and p.name not in options.parameters for p in n.parameters)}
    parts = free & _used(graphs)
    return [graph for graph in graphs if graph.name not in parts]


def nothing(loaded: Loaded, make: type[A], options: Options = Options()) -> A:
    """The analysis of a file in which no network could be read: its findings, and unknown totals."""
    graph = Graph("", loaded.source.name)
    graph.partial = True
    analysis = analyze_graph(graph, loaded.findings, make, options.batch, real_taps=options.real_taps)
    _silence([analysis], loaded, options.checks, everything=False)
    return analysis
