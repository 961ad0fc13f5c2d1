"""The commands that need Keras, or write code for it: codegen, verify."""

from __future__ import annotations

import sys
from typing import Any

from archcalc.analysis import Analysis
from archcalc.cli.common import complain, exit_code, one_analysis, show, stopping, write
from archcalc.cli.table import Values
from archcalc.codegen import CodegenError, generate
from archcalc.report.formats import dump
from archcalc.report.model import layer


@stopping
def codegen(values: Values) -> int:
    """`archcalc codegen --keras FILE`."""
    analysis = one_analysis(values)
    show(analysis.diagnostics, values)
    if not analysis.ok:
        return exit_code(analysis.diagnostics)
    try:
        code = generate(analysis.graph, analysis.graph.source, analysis.totals._asdict())
    except CodegenError as error:
        complain(str(error))
        return 1
    write(values, code)
    return 0


@stopping
def verify(values: Values) -> int:
    """`archcalc verify FILE`."""
    from archcalc import verify as engine

    analysis = one_analysis(values)
    show(analysis.diagnostics, values)
    if not analysis.ok:
        return exit_code(analysis.diagnostics)
    options = {key: values[key] for key in ("backend", "device", "data", "epochs", "seed", "build_only", "timeout")}
    try:
        result = engine.run(analysis.graph, predictions(analysis), progress=_progress, **options)
    except (engine.MissingBackendError, engine.DataError) as error:
        complain(str(error))
        return 2
    except (CodegenError, engine.VerifyError) as error:
        complain(str(error))
        return 1
    write(values, dump(result) + "\n" if values["format"] == "json" else engine.table(result))
    for problem in result["problems"]:
        complain(problem)
    return 0 if result["ok"] else 1


def predictions(analysis: Analysis) -> list[dict[str, Any]]:
    """What Keras is held to: each layer's shape and parameters."""
    return [layer(analysis, row) for row in analysis.rows]


def _progress(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
