"""`holds`: an assertion that what archcalc predicts of a network is what other ways of finding it give."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from archcalc.analysis import Analysis
from archcalc.api import analyze
from archcalc.testing.comparing import Difference, compared

WAYS = ("numpy", "keras")


class Differs(AssertionError):
    """A network has a mistake, or predictions of it that do not hold: `differences` are those."""

    def __init__(self, analysis: Analysis, what: str, lines: Iterable[object], found: Iterable[Difference] = ()) -> None:
        self.differences = list(found)
        span = analysis.graph.span or next((d.span for d in analysis.diagnostics if d.span), None)
        program = span.source.text.rstrip() if span else ""
        super().__init__("\n".join([f"{analysis.network or 'the program'} {what}", *(f"  {line}" for line in lines), "", program]))


def holds(
    network: Analysis | os.PathLike[str] | str,
    by: str | Iterable[str] = "numpy",
    *,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    inputs: dict[str, str] | str | None = None,
    seed: int = 0,
) -> Analysis:
    """Assert that a network has no mistake, and that its predictions hold; its analysis is returned.

    By `numpy`, the network is run by archcalc's engine: every layer's shape, parameters and multiply-accumulates are those
    predicted, and so are its connections, edge by edge. By `keras`, generated code is built in this process: every layer's
    shape and parameters are those predicted. By both, every layer's values are the same besides, with the same weights; mistakes
    of Keras that are known (`archcalc.testing.known`) are not held against the network.

    Args:
        network: a program's text, an .arch file (a Path), or an analysis.
        by: "numpy", "keras", or both: ("numpy", "keras").
        name: which network, where there are several.
        params: values of its parameters.
        inputs: an input size such as "64x64x3", or sizes by the inputs' names.
        seed: of samples and weights.

    Raises:
        Differs: the program has a mistake, or a prediction does not hold: an AssertionError that names the layer, both
            figures and the program.
        ArchError: the file cannot be read, or there is no such network or parameter.
        EngineError: the engine cannot run a layer.
        CodegenError: a layer has no Keras code.
        MissingBackendError: Keras is not installed.
    """
    ways = (by,) if isinstance(by, str) else tuple(by)
    if not ways or any(way not in WAYS for way in ways):
        raise ValueError(f"predictions are held to {' or '.join(map(repr, WAYS))}, or both; not to {by!r}")
    analysis = _analysis(network, name, params, inputs)
    if problem := analysis.graph.needs_numbers():
        raise Differs(analysis, "cannot be run:", [problem])
    if not analysis.ok:
        mistakes = [d for d in analysis.diagnostics if d.severity == "error"]
        raise Differs(analysis, "has a mistake:", (f"line {d.span.line}: {d}" if d.span else d for d in mistakes))
    if found := compared(analysis, ways, seed).differences:
        raise Differs(analysis, f"is not as predicted, in {len(found)} {'place' if len(found) == 1 else 'places'}:", found, found)
    return analysis


def _analysis(
    network: Analysis | os.PathLike[str] | str, name: str | None, params: dict[str, Any] | None, inputs: dict[str, str] | str | None
) -> Analysis:
    if isinstance(network, Analysis):
        if name is not None or params or inputs:
            raise TypeError("an analysis is of one network, whose parameters have their values: give them to `analyze`")
        return network
    if isinstance(network, str):
        return analyze(text=network, network=name, params=params, inputs=inputs)
    return analyze(os.fspath(network), network=name, params=params, inputs=inputs)
