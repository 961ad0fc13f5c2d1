"""The commands that need Keras, or write code for it: codegen, verify."""

from __future__ import annotations

from archcalc.cli.common import exit_code, one_analysis, show, stopping, write
from archcalc.cli.table import Values


@stopping
def codegen(values: Values) -> int:
    """`archcalc codegen --keras FILE`."""
    from archcalc.codegen.keras import generate

    analysis = one_analysis(values)
    show(analysis.diagnostics, values)
    if not analysis.ok:
        return exit_code(analysis.diagnostics)
    write(values, generate(analysis.graph, analysis.graph.source, analysis.totals._asdict()))
    return 0


@stopping
def verify(values: Values) -> int:
    """`archcalc verify FILE`."""
    raise NotImplementedError
