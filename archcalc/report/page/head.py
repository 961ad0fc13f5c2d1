"""The head of the page: what the network is, and in a few words what is well with it and what is not."""

from __future__ import annotations

from archcalc.analysis import Analysis
from archcalc.graph import Node
from archcalc.languages import mark, tr, trn
from archcalc.report.findings import summary
from archcalc.report.page.expectations import verdict
from archcalc.report.page.place import said_shape
from archcalc.report.terminal import REAL_TAPS
from archcalc.report.text import clean
from archcalc.values import said

LAYOUTS = {"channels_last": mark("channels last"), "channels_first": mark("channels first")}


def given(analysis: Analysis) -> list[str]:
    """The sizes that are free, and the parameters with their values."""
    graph = analysis.graph
    return [*map(clean, graph.free), *(clean(f"{name} = {said(value)}") for name, value in graph.parameters.items())]


def facts(analysis: Analysis) -> list[tuple[str, str]]:
    """What is known besides the figures, each with its name."""
    graph = analysis.graph
    found = [(tr("File"), graph.source), (tr("Input"), _flow(graph.inputs)), (tr("Output"), _flow(graph.outputs))]
    found += [(tr("Layers"), f"{len(graph.layers):,}"), (tr("Values"), graph.dtype), (tr("Layout"), tr(LAYOUTS[graph.layout]))]
    found += [(tr("Batch"), f"{analysis.batch:,}")] if analysis.batch != 1 else []
    found += [(tr("Counted"), tr(REAL_TAPS))] if analysis.real_taps else []
    found += [(tr("Assumed"), ", ".join(analysis.assumptions)), (tr("No pixel lost where"), ", ".join(analysis.lossless))]
    return [(name, clean(text)) for name, text in found if text]


def _flow(nodes: list[Node]) -> str:
    return ", ".join(said_shape(n) if n.name == n.kind else f"{n.name} {said_shape(n)}" for n in nodes)


def chips(analysis: Analysis) -> list[tuple[str, str, str]]:
    """What is well and what is not, in a few words: (style, words, place in the page)."""
    found = []
    verdicts = [verdict(outcome) for outcome in analysis.expectations]
    if verdicts:
        held = sum(v.style == "ok" for v in verdicts)
        if len(verdicts) == 1:
            words = tr("the expectation {verdict}", verdict=verdicts[0].word)
        elif held == len(verdicts):
            words = trn("the expectation holds", "all {n} expectations hold", held)
        else:
            words = trn("{held} of {n} expectations hold", "{held} of {n} expectations hold", len(verdicts), held=held)
        found.append(("ok" if held == len(verdicts) else "error", words, "expectations"))
    if analysis.diagnostics:
        found.append(("warning" if analysis.ok else "error", summary(analysis.diagnostics), "diagnostics"))
    return found
