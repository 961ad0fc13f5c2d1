"""The child process of `soak`: draws networks, compares them, and reports in JSON lines.

Run as `python -m archcalc.testing.worker JOB`, where JOB is a JSON object: seed, first, last, ways.
"""

from __future__ import annotations

import faulthandler
import gc
import importlib
import json
import os
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from archcalc.api import Analysis, analyze
from archcalc.codegen import CodegenError
from archcalc.engine import EngineError
from archcalc.spec import Wrapper
from archcalc.testing.chance import Chance
from archcalc.testing.comparing import Compared, Difference, compared
from archcalc.testing.draft import NAME
from archcalc.testing.drawn_networks import draw_network, kinds_by_name
from archcalc.testing.keras_side import load_keras
from archcalc.testing.refusals import draw_case, judge
from archcalc.testing.shrinking import shrink
from archcalc.verify.devices import device_name
from archcalc.verify.errors import MissingBackendError

CLEARED = 50  # networks after which Keras forgets what it built
HANGS = 120  # seconds for one network, after which it is taken for hanging
SAID = 90  # characters of a message of Keras, by which it is known again
SHRUNK = 12  # differences that are made smaller, of one process; it takes seconds each

Report = Callable[..., None]


def main(job: dict[str, Any]) -> None:
    """Do the job."""
    report = _channel()
    warnings.simplefilter("ignore")
    keras = load_keras() if "keras" in job["ways"] else None
    report("versions", **_versions(keras))
    work = _Work(job, keras, report)
    for number in range(job["first"], job["last"]):
        faulthandler.dump_traceback_later(HANGS, exit=True)
        work.network(number)
        if keras is not None:
            work.refusal(number)
            if number % CLEARED == 0:
                keras.backend.clear_session()
                gc.collect()
    faulthandler.cancel_dump_traceback_later()


class _Work:
    """What the process does for each number."""

    def __init__(self, job: dict[str, Any], keras: Any, report: Report) -> None:
        self.seed, self.ways = job["seed"], job["ways"]
        self.keras, self.report = keras, report
        self.kinds = kinds_by_name()
        self.shrunk = 0

    def network(self, number: int) -> None:
        """Draw a network, and compare what several ways say of it."""
        program = draw_network(Chance.seeded(self.seed, number), self.kinds)
        self.report("started", number=number, program=program)
        analysis = analyze(text=program, network=NAME)
        found, without = self._compared(analysis, number)
        said = {"kinds": _kinds(analysis), "compared": dict(found.counts), "known": [k.name for k in found.known], "without_keras": without}
        differences = [list(d) for d in found.differences]
        smaller = self._smaller(program, found.differences, number) if differences else ""
        self.report("network", number=number, program=program, smaller=smaller, differences=differences, **said)

    def _compared(self, analysis: Analysis, number: int) -> tuple[Compared, str]:
        """What is found; and why there is nothing of Keras, if there is not."""
        try:
            return self._by(self.ways, analysis, number), ""
        except (CodegenError, MissingBackendError) as error:
            left = tuple(way for way in self.ways if way != "keras")
            found = self._by(left, analysis, number) if left else Compared([])
            return found, str(error).partition(": ")[2] or str(error)  # without the layer's name

    def _by(self, ways: Sequence[str], analysis: Analysis, number: int) -> Compared:
        try:
            return compared(analysis, ways, number)
        except (CodegenError, MissingBackendError):
            raise
        except Exception as error:  # noqa: BLE001  whatever is wrong is what is looked for
            name = "" if isinstance(error, EngineError) else f"{type(error).__name__}: "
            return Compared([Difference("", "archcalc" if name else "NumPy", f"cannot run it: {name}{error}")])

    def _smaller(self, program: str, differences: list[Difference], number: int) -> str:
        """A smaller program with the same difference."""
        if self.shrunk >= SHRUNK:
            return ""
        self.shrunk += 1

        def shows(candidate: str) -> bool:
            faulthandler.dump_traceback_later(HANGS, exit=True)
            analysis = analyze(text=candidate)
            if not analysis.ok or analysis.network != NAME or not analysis.graph.layers:
                return False
            found = self._compared(analysis, number)[0].differences
            return bool(found) and _same(found[0], differences[0])

        return shrink(program, shows)

    def refusal(self, number: int) -> None:
        """Draw a layer without regard to what fits, and ask archcalc and Keras."""
        case = draw_case(Chance.seeded(self.seed, number, 1), self.kinds)
        self.report("started", number=number, program=case.program)
        verdict = judge(self.keras, case)
        self.report("refusal", number=number, program=case.program, differs=verdict.differs, **verdict._asdict())


def _same(one: Difference, other: Difference) -> bool:
    """Of the same figure and of the same kind of layer; of what Keras says, the same beginning."""
    said = one.what != "Keras" or one.says[:SAID] == other.says[:SAID]
    return said and one.what == other.what and one.layer.partition(" (")[2] == other.layer.partition(" (")[2]


def _kinds(analysis: Analysis) -> dict[str, int]:
    """How many layers there are of each kind, those inside of wrappers too."""
    found: Counter[str] = Counter()
    waiting = [row.node.layer for row in analysis.rows]
    while waiting:
        layer = waiting.pop()
        if layer is not None:
            found[layer.kind] += 1
            waiting += layer.layers if isinstance(layer, Wrapper) else ()
    return dict(found)


def _versions(keras: Any) -> dict[str, str]:
    found = {"numpy": np.__version__}
    if keras is not None:
        backend = keras.backend.backend()
        found |= {"keras": keras.__version__, "backend": backend, "backend_version": importlib.import_module(backend).__version__}
        found["device"] = device_name(keras, "auto")
    return found


def _channel() -> Report:
    """Reports go to what was standard output; what anything else prints goes to standard error."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def report(event: str, **facts: Any) -> None:
        channel.write(json.dumps({"event": event, **facts}) + "\n")
        channel.flush()

    return report


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
