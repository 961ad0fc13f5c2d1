"""Predicted against real: the generated code is built and trained in a child process, and its figures compared."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from archcalc import codegen
from archcalc.graph import Graph
from archcalc.recipes import CLASSES
from archcalc.verify.errors import DataError, MissingBackendError, VerifyError
from archcalc.verify.images import KNOWN_SETS
from archcalc.verify.job import make_job
from archcalc.verify.memory import check_building
from archcalc.verify.process import follow
from archcalc.verify.result import WHAT, compare, first_difference, problems
from archcalc.verify.samples import check_fit

BACKENDS = {"tensorflow": "tensorflow", "jax": "jax", "torch": "torch"}  # and the module that each needs
DEVICES = ("auto", "cpu", "gpu")

Progress = Callable[[str], object]


def run(
    graph: Graph,
    analysis_rows: list[dict[str, Any]],
    *,
    backend: str = "tensorflow",
    device: str = "auto",
    data: str | None = None,
    epochs: int | None = None,
    seed: int = 0,
    build_only: bool = False,
    timeout: float = 1800,
    progress: Progress = str,
) -> dict[str, Any]:
    """Build the network in Keras, train it, and compare each layer with what was predicted.

    `analysis_rows` has a dict for each layer: name, kind, output_shape, trainable_params, non_trainable_params. `data` is digits,
    mnist, fashion_mnist, random, or a path; None is the recipe's, else digits for a network that can take them, else random.
    `timeout` is in seconds. `progress` is called with lines of text; by default they go nowhere.

    The result is plain data: `ok`, `problems`, `first_difference`, `applied` (how many layers, predicted and built), `layers`
    (predicted, built, trained, ok; `macs` as the backend counts them, None where it does not and `uncounted` says why), `training` (None if
    nothing was trained, and `untrained` says why; a loss that is not a number is None), `keras`, `backend`, `backend_version`,
    `device`, `data`, `seed`.

    Raises:
        MissingBackendError: Keras or the backend is not installed.
        DataError: the data cannot be read, or do not fit the network.
        CodegenError: the network has no Keras code.
        VerifyError: there is no such backend or device, or the training process failed.
    """
    _check_choices(backend, device, timeout, analysis_rows)
    check_building(analysis_rows)
    job = make_job(graph, analysis_rows, data=data, epochs=epochs, seed=seed, device=device, build_only=build_only)
    if job["data"] in KNOWN_SETS and not build_only:
        check_fit(job, CLASSES)  # before it is downloaded, and anything is built
    code = codegen.generate(graph, graph.source or graph.name, runnable=False)
    reports = _Reports(progress)
    with _folder(code, job) as folder:
        command = [sys.executable, "-P", "-m", "archcalc.verify.child", str(folder)]
        try:
            follow(command, folder, _environment(backend, device), timeout, reports.take)
        except (DataError, MissingBackendError):
            raise
        except VerifyError as error:
            if not reports.has_built():
                raise
            reports.failed = str(error)  # what was built can be told all the same
    return _result(graph, analysis_rows, job, reports)


@contextmanager
def _folder(code: str, job: dict[str, Any]) -> Iterator[Path]:
    """A folder for the child, with its program and its job; removed in the end."""
    try:
        place = tempfile.TemporaryDirectory(prefix="archcalc-", ignore_cleanup_errors=True)
    except OSError as error:
        raise VerifyError(f"there is no place for temporary files: {error.strerror or error}") from error
    with place as name:
        folder = Path(name)
        try:
            (folder / "network.py").write_text(code, encoding="utf-8")
            (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        except OSError as error:
            raise VerifyError(f"temporary files cannot be written: {error.strerror or error}") from error
        yield folder


def _check_choices(backend: str, device: str, timeout: float, rows: list[dict[str, Any]]) -> None:
    if backend not in BACKENDS:
        raise VerifyError(f"there is no backend {backend!r}; known are {', '.join(BACKENDS)}")
    if device not in DEVICES:
        raise VerifyError(f"there is no device {device!r}; known are {', '.join(DEVICES)}")
    if not timeout > 0:
        raise VerifyError(f"{timeout} is no number of seconds to wait")
    if importlib.util.find_spec("keras") is None:
        raise MissingBackendError("this needs Keras: pip install keras tensorflow")
    if importlib.util.find_spec(BACKENDS[backend]) is None:
        raise MissingBackendError(f"this needs {backend}: pip install {backend}")
    for row in rows:
        figures = (*(row["output_shape"] or (None,)), row["trainable_params"], row["non_trainable_params"])
        if None in figures[-2:] and row["output_shape"]:
            raise VerifyError(f"{row['name']} has figures that its line leaves open; there is no code for such a layer")
        if not all(hasattr(n, "__index__") for n in figures):
            raise VerifyError(f"{row['name']} has figures that are not numbers; sizes that are free need values")


def _environment(backend: str, device: str) -> dict[str, str]:
    """The child's: the backend, the device, and where this package is found."""
    home = str(Path(codegen.__file__).parents[2])
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    chosen = {
        "KERAS_BACKEND": backend,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONIOENCODING": "utf-8",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # Take as much of the GPU's memory as is needed, not all of it.
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }
    if device == "cpu":
        chosen |= {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu", "KERAS_TORCH_DEVICE": "cpu"}
    return {**os.environ, **chosen}


_ERRORS = {error.__name__: error for error in (VerifyError, DataError, MissingBackendError)}


class _Reports:
    """What the child said: the last report of each event."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.last: dict[str, dict[str, Any]] = {}
        self.failed = ""  # why training did not end well

    def has_built(self) -> bool:
        """Whether the network was built, and everything is known of that."""
        return {"started", "built", "counted"} <= set(self.last)

    def take(self, report: dict[str, Any]) -> None:
        self.last[report["event"]] = report
        if report["event"] == "error":
            raise _ERRORS[report["kind"]](report["message"])
        if report["event"] == "progress":
            self.progress(report["message"])


def _result(graph: Graph, rows: list[dict[str, Any]], job: dict[str, Any], reports: _Reports) -> dict[str, Any]:
    if not reports.has_built() or not (reports.failed or {"trained", "untrained"} & set(reports.last)):
        raise VerifyError("the training process ended without a result")
    counted = reports.last["counted"]["layers"]
    built = {name: {**figures, **counted[name]} for name, figures in reports.last["built"]["layers"].items()}
    trained = reports.last.get("trained", {})
    expected = {entry["name"]: {key: entry[key] for key in WHAT if key in entry} for entry in job["layers"]}
    layers = compare([{**row, **expected[row["name"]]} for row in rows], built=built, trained=trained.get("layers"))
    training = trained.get("training")
    result: dict[str, Any] = {
        "schema": "archcalc/verify/1",
        "network": graph.name,
        "source": graph.source,
        "engine": "keras",
        **{key: reports.last["started"][key] for key in ("keras", "backend", "backend_version", "device")},
        "data": job["data_name"] if training else None,
        "seed": job["seed"],
        "layers": layers,
        "applied": {"predicted": sum(not entry["output"] for entry in job["layers"]), "built": reports.last["built"]["applied"]},
        "first_difference": first_difference(layers, {"built": "Keras", "trained": "Keras"} if trained else {"built": "Keras"}),
        "training": training,
        "untrained": None if training else reports.failed or reports.last["untrained"]["why"],
    }
    found = problems(result) + [reports.failed] * bool(reports.failed)
    return {**result, "ok": not found, "problems": found}
