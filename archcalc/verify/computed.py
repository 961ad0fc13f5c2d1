"""Predicted against computed: the network run forward by the NumPy engine, whose kernels know nothing of the shape rules."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archcalc.graph import Graph
from archcalc.verify.errors import DataError, MissingBackendError, VerifyError
from archcalc.verify.memory import free_memory
from archcalc.verify.result import Row, compare, first_difference, problems

if TYPE_CHECKING:
    from archcalc.engine import Run
    from archcalc.engine.numbers import Numbers

SHARE = 0.8  # of the free memory, which the arrays may take
MOST_VALUES = 100_000  # of one output, in the result


def compute(graph: Graph, analysis_rows: list[Row], *, data: str | None = None, seed: int = 0) -> Row:
    """Compute the network in NumPy, in this process, and compare each layer with what was predicted.

    `analysis_rows` has a dict for each layer: name, kind, output_shape, trainable_params, non_trainable_params, macs. `data` is the path of
    a JSON file with numbers (archcalc/engine/numbers.py says how): of inputs, of weights, and of the outputs that should come out;
    what it does not give is drawn by the seed.

    The result is plain data: `ok`, `problems`, `first_difference`, `layers` (predicted, computed, ok), `outputs` (with data: `shape`,
    `values` and the `given` ones, None where there are none or too many), `numpy`, `data`, `seed`.

    Raises:
        MissingBackendError: NumPy is not installed.
        DataError: the numbers cannot be read, or do not fit the network.
        VerifyError: the network cannot be computed.
    """
    try:
        import numpy as np
    except ImportError as error:
        raise MissingBackendError(f"this needs NumPy ({error}): pip install numpy") from error
    numbers = None if data is None else _attempt(DataError, lambda: _read(data))
    found = _attempt(VerifyError if numbers is None else DataError, lambda: _run(graph, numbers, seed))
    computed = {name: {**layer._asdict(), "output_shape": list(layer.output_shape)} for name, layer in found.layers.items()}
    layers = compare(analysis_rows, computed=computed)
    result: Row = {
        "schema": "archcalc/verify/1",
        "network": graph.name,
        "source": graph.source,
        "engine": "numpy",
        "numpy": np.__version__,
        "data": data and os.path.basename(data),
        "seed": seed,
        "layers": layers,
        "first_difference": first_difference(layers, {"computed": "the engine"}),
        "outputs": None,
    }
    reasons = problems(result)
    if numbers is not None:
        reasons += _attempt(DataError, lambda: _differences(found, numbers))
        result["outputs"] = _outputs(graph, found, numbers)
    return {**result, "ok": not reasons, "problems": reasons}


def _attempt(error: type[VerifyError], work: Callable[[], Any]) -> Any:
    """Do something in which the engine may fail: as an error of this package."""
    from archcalc.engine import EngineError

    try:
        return work()
    except EngineError as failure:
        raise error(str(failure)) from failure
    except MemoryError as failure:
        raise VerifyError("there is not enough memory to compute the network") from failure


def _read(path: str) -> Numbers:
    from archcalc.engine.numbers import MAX_BYTES, parse

    name = os.path.basename(path) or path
    try:
        with open(path, "rb") as file:
            return parse(file.read(MAX_BYTES + 1), name)
    except OSError as error:
        raise DataError(f"{name} cannot be read: {error.strerror or error}") from error


def _run(graph: Graph, numbers: Numbers | None, seed: int) -> Run:
    from archcalc.engine import run
    from archcalc.engine.store import MEMORY

    free = free_memory()
    limit = MEMORY if free is None else int(free * SHARE)
    inputs, weights = (None, None) if numbers is None else (numbers.inputs, numbers.weights)
    return run(graph, inputs, weights, seed=seed, memory=limit)


def _differences(found: Run, numbers: Numbers) -> list[str]:
    from archcalc.engine.numbers import differences

    return [str(difference) for difference in differences(found, numbers.outputs)]


def _outputs(graph: Graph, found: Run, numbers: Numbers) -> dict[str, Row]:
    """What the network puts out, and what should come out of its layers: of one sample, or of a batch."""
    shown = {}
    for name in dict.fromkeys([*(n.name for n in graph.outputs), *numbers.outputs]):
        values, given = found.values[name], numbers.outputs.get(name)
        values = values[0] if len(values) == 1 else values
        few = values.size <= MOST_VALUES
        lists = [array.reshape(values.shape).tolist() if array is not None and few else None for array in (values, given)]
        shown[name] = {"shape": list(values.shape), "values": _finite(lists[0]), "given": lists[1]}
    return shown


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: null stands for both."""
    if isinstance(value, list):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and (value != value or abs(value) == float("inf")) else value  # noqa: PLR0124  NaN
