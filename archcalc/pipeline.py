"""The whole way, stage by stage: file -> Source -> Program -> Graph -> Analysis. Each stage has one function."""

from __future__ import annotations

from typing import Any, TypeVar

import archcalc.layers  # noqa: F401  fills the registry with the kinds that most networks use
from archcalc.analysis import Analysis, analyze_graph
from archcalc.analysis.costs import UNKNOWN
from archcalc.diagnostics import Diagnostic, has_errors, in_order
from archcalc.files import UnreadableFile, read, source_of
from archcalc.graph import Graph
from archcalc.resolve import Options, UsageError, choose, resolve
from archcalc.resolve.arithmetic import MAX_BITS
from archcalc.resolve.definitions import Definitions
from archcalc.resolve.unused import unused
from archcalc.source import Source, Span
from archcalc.syntax.parser import parse
from archcalc.syntax.tree import Network

__all__ = ["Loaded", "Options", "UnreadableFile", "UsageError", "analyze_all", "load", "read", "source_of", "wrong_batch"]


class Loaded:
    """A file after parsing: its definitions, and what is wrong so far."""

    def __init__(self, source: Source, findings: list[Diagnostic], include: tuple[str, ...] = ()) -> None:
        self.source = source
        self.program, more = parse(Source(source.name, "") if findings else source)
        self.definitions = Definitions(self.program, source, include=include)
        self.findings = [*findings, *more, *self.definitions.findings]
        if not self.definitions.networks and not has_errors(self.findings):
            self.findings.append(Diagnostic("E108", Span(source, 0, 0)))

    def unused_labels(self) -> list[Diagnostic]:
        """A warning for each label that nothing reads."""
        return [d for d in unused(self.program, labels=True) if d.code == "W104"]

    @property
    def networks(self) -> list[str]:
        return list(self.definitions.networks)


def load(name: str, data: bytes, path: str = "", include: tuple[str, ...] = ()) -> Loaded:
    """Parse the text of a file called `name`, which lies at `path`. Folders to `include` may hold files that it uses."""
    return Loaded(*source_of(name, data, path), include)


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
        return [nothing(loaded, make, options.batch)]  # it may be in what could not be read
    chosen = choose(loaded.definitions, network)
    if not chosen:
        return [nothing(loaded, make, options.batch)]
    graphs = [resolve(n, loaded.definitions, options) for n in chosen]
    if network is None:
        graphs = _without_parts(graphs, chosen, options)
    found = [analyze_graph(graph, loaded.findings, make, options.batch) for graph in graphs]
    if not any(has_errors(a.diagnostics) for a in found):  # a name that is spelled wrong elsewhere is not unused
        others = loaded.definitions.networks.keys() - {n.name for n in chosen}
        for analysis in found:
            analysis.diagnostics = in_order([*analysis.diagnostics, *unused(loaded.program, others)])
    return found


def _without_parts(graphs: list[Graph], networks: list[Network], options: Options) -> list[Graph]:
    """Without networks whose sizes are free, and which others use as layers: there they have sizes, and are looked at."""
    used = {group.kind for graph in graphs for group in graph.groups}
    free = {n.name for n in networks if any(p.default is None and p.name not in options.parameters for p in n.parameters)}
    return [graph for graph in graphs if graph.name not in free & used]


def nothing(loaded: Loaded, make: type[A], batch: int = 1) -> A:
    """The analysis of a file in which no network could be read: its findings, and unknown totals."""
    analysis = analyze_graph(Graph("", loaded.source.name), loaded.findings, make, batch)
    analysis.totals = UNKNOWN
    return analysis
