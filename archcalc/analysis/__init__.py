"""Graph to analysis: every layer's figures, the totals, the expectations, the warnings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from archcalc.analysis.costs import UNKNOWN, Row, Totals, costs, total
from archcalc.analysis.derive import Derivation, derive, derive_all
from archcalc.analysis.expectations import Layers, Outcome, decide, named
from archcalc.analysis.lints import lint
from archcalc.analysis.memory import NetworkTotals
from archcalc.checks import Checks
from archcalc.diagnostics import Diagnostic, has_errors, in_order
from archcalc.figures import FIGURES
from archcalc.graph import BYTES, Graph, Node

if TYPE_CHECKING:
    from archcalc.analysis.receptive import Receptive

__all__ = ["FIGURES", "PASSES", "Analysis", "Derivation", "NetworkTotals", "Outcome", "Row", "Totals", "analyze_graph"]


class Analysis:
    """What archcalc knows of one network.

    `layers` maps names to rows, in the order in which the layers run; `totals` are the sums of the rows, and what is no sum.
    Activations take memory for each sample of the `batch`; counts are those of one sample.
    """

    def __init__(self, graph: Graph, batch: int = 1) -> None:
        self.graph = graph
        self.batch = batch
        self.checks = Checks()
        self.rows: list[Row] = []
        self.layers: dict[str, Row] = {}
        self.totals: NetworkTotals
        self.expectations: list[Outcome] = []
        self.diagnostics: list[Diagnostic] = list(graph.findings)
        self._receptive: Receptive | None = None

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

    def derivation(self, name: str, figure: str) -> Derivation | None:
        """How a layer's figure came about; None where there is nothing to derive."""
        return derive(self.layers[name].node, figure, self.graph.dtype, self.batch)

    def derivations(self, name: str) -> dict[str, Derivation]:
        """How each figure of a layer came about, of those that have something to derive."""
        return derive_all(self.layers[name].node, ("output_shape", *FIGURES), self.graph.dtype, self.batch)


def find_costs(analysis: Analysis) -> None:
    """Every layer's figures, and their sums."""
    value_bytes = BYTES[analysis.graph.dtype]
    for node in analysis.graph.layers:
        node.row = costs(node, value_bytes, analysis.batch)
        analysis.rows.append(node.row)
    for node in analysis.graph.inputs:
        node.row = _input_row(node, value_bytes, analysis.batch)
    analysis.layers = {row.node.name: row for row in analysis.rows}
    analysis.totals = NetworkTotals.of(analysis.graph, UNKNOWN if analysis.graph.partial else total(analysis.rows))
    for group in analysis.graph.groups:  # layers that reach no output have no row, and are not counted
        group.row = total([node.row for node in group.nodes if node.row is not None and node.kind != "input"])


def _input_row(node: Node, value_bytes: int, batch: int) -> Row:
    row = costs(node, value_bytes, batch)
    return row if row.activation_bytes is None else row._replace(units=row.activation_bytes // (value_bytes * batch))


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
    analysis.diagnostics += [d for d in lint(analysis.graph, lambda: analysis.receptive, analysis.checks, sound) if d.layer not in wrong]


# In this order: an expectation needs the figures.
PASSES = (find_costs, decide_expectations, find_warnings)


A = TypeVar("A", bound=Analysis)


def analyze_graph(
    graph: Graph,
    findings: Iterable[Diagnostic] = (),
    make: type[A] = Analysis,  # type: ignore[assignment]
    batch: int = 1,
    checks: Checks = Checks(),
) -> A:
    """Run every pass over a graph. `findings` are those of earlier stages; `make` is the class of the result.

    Of the warnings those are found that are on.
    """
    analysis = make(graph, batch)
    analysis.checks = checks
    analysis.diagnostics += findings
    for step in PASSES:
        step(analysis)
    analysis.diagnostics = in_order(analysis.diagnostics)
    return analysis
