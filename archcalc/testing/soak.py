"""Thousands of random networks, each by several ways: what is compared, and every difference, as plain data.

The same seed draws the same networks. They run in a child process, which is started anew when it dies: that is a difference too.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import archcalc
from archcalc.testing.known import KNOWN
from archcalc.verify.check import BACKENDS
from archcalc.verify.errors import MissingBackendError, VerifyError
from archcalc.verify.process import follow

CHUNK = 500  # networks of one process
LINE = 300  # characters of a difference, while it runs
SECONDS = 5.0  # that a network may take on average, with the start

Progress = Callable[[str], object]


class Soak:
    """A run, and what it has found so far. `run` goes on until all networks are compared; `result` is plain data."""

    def __init__(self, count: int, seed: int = 0, ways: Sequence[str] = ("numpy", "keras"), backend: str = "tensorflow") -> None:
        self.count, self.seed, self.ways, self.backend = count, seed, tuple(ways), backend
        self.done = 0
        self.seconds = 0.0
        self.versions: dict[str, str] = {}
        self.kinds: Counter[str] = Counter()
        self.comparisons: Counter[str] = Counter()
        self.known: Counter[str] = Counter()
        self.without_keras: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.refusals_known: Counter[str] = Counter()
        self.not_compared: Counter[str] = Counter()
        self.differences: list[dict[str, Any]] = []
        self._started: dict[str, Any] = {}
        self._say: Progress = str

    def run(self, progress: Progress = str) -> None:
        """Compare all networks.

        Raises:
            MissingBackendError: Keras or the backend is not installed.
            VerifyError: the child process cannot start.
        """
        self._check()
        self._say = progress
        begun = time.monotonic()
        said = 0.0
        with tempfile.TemporaryDirectory(prefix="archcalc-", ignore_cleanup_errors=True) as folder:

            def each(report: dict[str, Any]) -> None:
                nonlocal said
                self._take(report)
                self.seconds = time.monotonic() - begun
                if self.seconds - said > SECONDS:
                    said = self.seconds
                    progress(self.summary())

            while self.done < self.count:
                self._chunk(Path(folder), each)
        self.seconds = time.monotonic() - begun

    def _check(self) -> None:
        if "keras" in self.ways:
            for module in ("keras", BACKENDS[self.backend]):
                if importlib.util.find_spec(module) is None:
                    raise MissingBackendError(f"this needs {module}: pip install keras {self.backend}; `--by numpy` does without")

    def _chunk(self, folder: Path, each: Callable[[dict[str, Any]], None]) -> None:
        """The next networks, in a process of their own; until it ends, or dies."""
        first, last = self.done, min(self.done + CHUNK, self.count)
        job = {"seed": self.seed, "first": first, "last": last, "ways": self.ways}
        command = [sys.executable, "-P", "-m", "archcalc.testing.worker", json.dumps(job)]
        self._started = {}
        try:
            follow(command, folder, environment(self.backend), 60 + SECONDS * (last - first), each)
            self.done = last
        except VerifyError as error:
            if not self._started:
                raise
            says = str(error).removeprefix("the training process ").removeprefix("training ")
            self._differs(self._started, [["", "process", says]])
            self.done = self._started["number"] + 1

    def _take(self, report: dict[str, Any]) -> None:
        """What the child says."""
        event = report.pop("event")
        if event == "versions":
            self.versions = report
        elif event == "started":
            self._started = report
        elif event == "network":
            self._network(report)
        elif event == "refusal":
            self._refusal(report)

    def _network(self, report: dict[str, Any]) -> None:
        self.done = report["number"] + 1
        self.kinds.update(report["kinds"])
        self.comparisons.update(report["compared"])
        self.known.update(report["known"])
        self.without_keras.update([report["without_keras"]] if report["without_keras"] else [])
        if report["differences"]:
            self._differs(report, report["differences"])

    def _refusal(self, report: dict[str, Any]) -> None:
        if report["skipped"]:
            self.not_compared[report["skipped"]] += 1
        elif report["known"]:
            self.refusals_known[report["known"]] += 1
        elif report["differs"]:
            says = f"{report['archcalc'] or 'accepted'} by archcalc, {report['keras'] or 'accepted'} by Keras"
            self._differs(report, [["L", "refusal", says]])
        else:
            self.refusals["both refuse" if report["archcalc"] else "both accept"] += 1

    def _differs(self, report: dict[str, Any], found: list[list[str]]) -> None:
        program = {"number": report["number"], "program": report["program"], "smaller": report.get("smaller") or None}
        self.differences.append({**program, "found": [dict(zip(("layer", "what", "says"), d, strict=True)) for d in found]})
        layer, what, says = found[0]
        self._say(f"network {report['number']}: {layer or 'the network'}: {what} {says}"[:LINE])

    def summary(self) -> str:
        """How far it is."""
        several = "" if len(self.differences) == 1 else "s"
        return f"{self.done:,} of {self.count:,} networks, {len(self.differences)} difference{several}, {self.seconds:.0f} s"

    def result(self, command: str) -> dict[str, Any]:
        """All that was found, as plain data."""
        return {
            "schema": "archcalc/soak/1",
            "command": command,
            "complete": self.done >= self.count,
            "archcalc": archcalc.__version__,
            "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.machine()}",
            **self.versions,
            "seed": self.seed,
            "ways": ["archcalc", *self.ways],
            "networks": self.done,
            "layers": sum(self.kinds.values()),
            "kinds": dict(sorted(self.kinds.items())),
            "comparisons": dict(sorted(self.comparisons.items())),
            "without_keras": dict(self.without_keras.most_common()),
            "known": {k.name: {"networks": self.known[k.name], "why": k.why} for k in KNOWN if self.known[k.name]},
            "refusals": {
                **dict(sorted(self.refusals.items())),
                "known": dict(self.refusals_known.most_common()),
                "not_compared": dict(self.not_compared.most_common()),
            },
            "differences": self.differences,
            "seconds": round(self.seconds, 1),
        }


def environment(backend: str = "numpy") -> dict[str, str]:
    """A child process's: the backend, one core, and where this package is found."""
    paths = [str(Path(archcalc.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    threads = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")  # small networks are faster so
    return {
        **os.environ,
        "KERAS_BACKEND": backend,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONIOENCODING": "utf-8",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        **dict.fromkeys(threads, "1"),
    }
