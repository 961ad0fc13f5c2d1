"""Graph to analysis: every layer's figures, the totals, the expectations, the warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from archcalc.analysis.costs import UNKNOWN, Row, Totals, costs, total
from archcalc.analysis.derive import Derivation, derive, derive_all
from archcalc.analysis.expectations import Layers, Outcome, decide, named
from archcalc.analysis.lints import lint
from archcalc.analysis.memory import NetworkTotals
from archcalc.checks import Checks
from archcalc.diagnostics import Diagnostic, has_errors, in_order
from archcalc.figures import FIGURES, SHAPE
from archcalc.graph import BYTES, Graph, Node

if TYPE_CHECKING:
    from archcalc.analysis.receptive import Receptive

__all__ = ["DERIVED", "FIGURES", "PASSES", "Analysis", "Derivation", "NetworkTotals", "Outcome", "Row", "Totals", "analyze_graph"]


DERIVED = (SHAPE, *FIGURES)  # the figures of a layer that have a formula


class Analysis:
    """What archcalc knows of one network.

    `layers` maps names to rows, in the order in which the layers run; `totals` are the sums of the rows, and what is no sum.
    Activations take memory for each sample of the `batch`; counts are those of one sample. With `real_taps`, connections are
    without the taps that fall on padding.
    """

    def __init__(self, graph: Graph, batch: int = 1) -> None:
        self.graph = graph
        self.batch = batch
        self.checks = Checks()
        self.real_taps = False
        self.rows: list[Row] = []
        self.layers: dict[str, Row] = {}
        self.totals: NetworkTotals
        self.expectations: list[Outcome] = []
        self.diagnostics: list[Diagnostic] = list(graph.findings)
        self._receptive: Receptive | None = None
        self.lossless: list[str] = []  # of free sizes: for which of them every window reads all pixels

    @property
    def network(self) -> str:
        return self.graph.name

    @property
    def receptive(self) -> Receptive:
        """The receptive fields of all layers, worked out when they are first asked for."""
        if self._receptive is None:
            from archcalc.analysis.receptive import Receptive

            self._receptive = Receptive(self.graph)
        return self._receptive

    @property
    def ok(self) -> bool:
        """No error was found, and every expectation holds."""
        return not has_errors(self.diagnostics)

    @property
    def left_open(self) -> str:
        """The first layer whose line leaves figures open, where that is why some are unknown; "" if nothing is, or for another reason."""
        if self.graph.partial or any(node.shape is None for node in self.graph.layers):
            return ""
        return next((node.name for node in self.graph.layers if node.untold), "")

    @property
    def assumptions(self) -> list[str]:
        """What is assumed of sizes that are free: "H = 0 mod 2", "H >= 12"."""
        if self.graph.book is None:
            return []
        from archcalc.analysis.free import stated

        return stated(self.graph)

    def derivation(self, name: str, figure: str) -> Derivation | None:
        """How a layer's figure came about; None where there is nothing to derive."""
        return derive(self.layers[name].node, figure, self.graph.dtype, self.batch, self.real_taps)

    def derivations(self, name: str) -> dict[str, Derivation]:
        """How each figure of a layer came about, of those that have something to derive."""
        return derive_all(self.layers[name].node, DERIVED, self.graph.dtype, self.batch, self.real_taps)


def find_costs(analysis: Analysis) -> None:
    """Every layer's figures, and their sums."""
    value_bytes, weight_bytes, input_bytes = BYTES[analysis.graph.dtype]
    count, add_up = (costs, total) if analysis.graph.book is None else _free(analysis)
    for node in analysis.graph.layers:
        node.row = count(node, value_bytes, analysis.batch, weight_bytes)
        analysis.rows.append(node.row)
    for node in analysis.graph.inputs:
        row = count(node, input_bytes, analysis.batch, weight_bytes)
        node.row = row if row.activation_bytes is None else row._replace(units=row.activation_bytes // (input_bytes * analysis.batch))
    analysis.layers = {row.node.name: row for row in analysis.rows}
    analysis.totals = NetworkTotals.of(analysis.graph, UNKNOWN if analysis.graph.partial else add_up(analysis.rows))
    for group in analysis.graph.groups:  # layers that reach no output have no row, and are not counted
        group.row = add_up([node.row for node in group.nodes if node.row is not None and node.kind != "input"])


def _free(analysis: Analysis) -> tuple[Callable[[Node, int, int, int], Row], Callable[[list[Row]], Totals]]:
    """How a layer is counted, and rows are added up, where sizes are free."""
    from archcalc.analysis.free import free_costs, free_total

    findings = analysis.diagnostics
    return partial(free_costs, findings=findings), partial(free_total, graph=analysis.graph, findings=findings)


def decide_expectations(analysis: Analysis) -> None:
    """Every `expect` line."""
    nodes = named(analysis.graph, lambda: analysis.receptive, analysis.totals) if analysis.graph.expectations else Layers()
    for expectation in analysis.graph.expectations:
        outcome, findings = decide(expectation, nodes, analysis.totals)
        analysis.expectations.append(outcome)
        analysis.diagnostics += findings


def find_warnings(analysis: Analysis) -> None:
    """Every lint, except about layers that have a mistake: that comes first."""
    wrong = {d.layer for d in analysis.diagnostics if d.severity == "error" and d.layer}
    sound = not has_errors(analysis.diagnostics)
    found = list(lint(analysis.graph, lambda: analysis.receptive, analysis.checks, sound))
    if analysis.graph.book is not None:
        from archcalc.analysis.free import losses

        analysis.lossless, more = losses(analysis.graph)
        found += more
    analysis.diagnostics += [d for d in found if d.layer not in wrong]


# In this order: an expectation needs the figures.
PASSES = (find_costs, decide_expectations, find_warnings)


A = TypeVar("A", bound=Analysis)


def analyze_graph(
    graph: Graph,
    findings: Iterable[Diagnostic] = (),
    make: type[A] = Analysis,  # type: ignore[assignment]
    batch: int = 1,
    checks: Checks = Checks(),
    real_taps: bool = False,
) -> A:
    """Run every pass over a graph. `findings` are those of earlier stages; `make` is the class of the result.

    Of the warnings those are found that are on. With `real_taps`, taps that fall on padding are no connections.
    """
    analysis = make(graph, batch)
    analysis.checks = checks
    analysis.diagnostics += findings
    if graph.findings:
        from archcalc.analysis.mending import advise  # only for mistakes

        advise(graph)
    for step in PASSES:
        step(analysis)
    if real_taps:
        from archcalc.analysis.taps import leave_out_padding  # seldom asked for

        analysis.real_taps = True
        leave_out_padding(analysis)
    analysis.diagnostics = in_order(analysis.diagnostics)
    return analysis
