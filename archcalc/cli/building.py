"""The commands that need Keras, or write code for it: codegen, verify."""

from __future__ import annotations

import math
import os
import sys
from typing import Any

from archcalc.analysis import Analysis
from archcalc.cli.common import Stop, complain, exit_code, one_analysis, show, spare, stopping, write
from archcalc.cli.table import Values
from archcalc.codegen import CodegenError, generate
from archcalc.recipes import DATA_SETS
from archcalc.report.formats import dump
from archcalc.report.model import layer

MAX_SEED = 2**32 - 1  # NumPy's


@stopping
def codegen(values: Values) -> int:
    """`archcalc codegen --keras FILE`."""
    analysis = one_analysis(values)
    if not analysis.ok:
        show(analysis.diagnostics, values)
        return exit_code(analysis.diagnostics)
    _with_numbers(analysis)
    try:
        code = generate(analysis.graph, analysis.graph.source, analysis.totals._asdict())
    except CodegenError as error:
        complain(str(error))
        return 1
    show(analysis.diagnostics, values)  # not before: it may warn of what cannot be written, too
    write(values, code)
    return 0


@stopping
def verify(values: Values) -> int:
    """`archcalc verify FILE`."""
    _check_options(values)
    _check_place(values)
    if values["data"] is not None:
        spare(values, values["data"])
    analysis = one_analysis(values)
    show(analysis.diagnostics, values)
    if not analysis.ok:
        return exit_code(analysis.diagnostics)
    _with_numbers(analysis)
    from archcalc import verify as engine  # which takes its time, and is for sound networks

    try:
        if values["engine"] == "numpy":
            result = engine.compute(analysis.graph, predictions(analysis), data=values["data"], seed=values["seed"])
        else:
            options = {key: values[key] for key in ("data", "epochs", "seed", "build_only")}
            chosen = {key: values[key] for key in ("backend", "device", "timeout") if values[key] is not None}
            result = engine.run(analysis.graph, predictions(analysis), progress=_progress, **options, **chosen)
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


def _with_numbers(analysis: Analysis) -> None:
    """Sizes that are free end the command with 2: code, and a run, are of one size."""
    if problem := analysis.graph.needs_numbers():
        complain(problem)
        raise Stop(2)


def _check_options(values: Values) -> None:
    """Options that the engine has no use for end the command with 2: they would be passed over in silence."""
    data = values["data"]
    if data == "":
        complain("--data is empty: name a data set or a file")
        raise Stop(2)
    if values["seed"] > MAX_SEED:
        complain(f"--seed {values['seed']}: at most {MAX_SEED}")
        raise Stop(2)
    if values["timeout"] is not None and math.isnan(values["timeout"]):
        complain("--timeout nan: it takes a number of seconds")
        raise Stop(2)
    if values["engine"] == "keras":
        if data is not None and data.endswith(".json"):
            complain(f"{data}: numbers in JSON are for --engine numpy")
            raise Stop(2)
        return
    given = [f"--{key.replace('_', '-')}" for key in ("backend", "device", "epochs", "build_only", "timeout") if values[key]]
    if given:
        complain(f"{', '.join(given)}: only for --engine keras; numpy computes the network once, in this process")
        raise Stop(2)
    if data in DATA_SETS:
        complain(f"--data {data}: with --engine numpy it is a JSON file with numbers; without it they are random")
        raise Stop(2)


def _check_place(values: Values) -> None:
    """An output that has no place ends the command with 2, before the work and not after it."""
    path = values["output"]
    if path is None or path == "-":
        return
    folder = os.path.dirname(path) or "."
    if os.path.isdir(path) or not os.path.isdir(folder):
        complain(f"{path} cannot be written: " + ("it is a folder" if os.path.isdir(path) else f"there is no folder {folder}"))
        raise Stop(2)


def predictions(analysis: Analysis) -> list[dict[str, Any]]:
    """What Keras is held to: each layer's shape and parameters."""
    return [layer(analysis, row) for row in analysis.rows]


def _progress(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
