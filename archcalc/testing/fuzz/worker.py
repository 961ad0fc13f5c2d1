"""The child process of `fuzz`: makes inputs, examines them, and reports in JSON lines.

Run as `python -m archcalc.testing.fuzz.worker JOB`, where JOB is a JSON object: seed, first, last, until (seconds from now), corpus
(a file, of JSON lines); or again (a file, of inputs that are only examined). What is being examined lies in the file `current`.
"""

from __future__ import annotations

import base64
import importlib.metadata
import json
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archcalc.codes import CODES
from archcalc.testing.chance import Chance
from archcalc.testing.drawn_networks import draw_network, kinds_by_name
from archcalc.testing.fuzz.examining import Examiner, Finding, Seen, schema
from archcalc.testing.fuzz.grammar import grammar_program
from archcalc.testing.fuzz.mutating import mutated
from archcalc.testing.shrinking import shrink, shrink_bytes

MEMORY = 2_000_000_000  # bytes of addresses
SHRINKING = 90.0  # seconds that are spent on making one input smaller
CURRENT = "current"

Report = Callable[..., None]


def main(job: dict[str, Any]) -> None:
    """Do the job."""
    report = _channel()
    warnings.simplefilter("error")
    sys.set_int_max_str_digits(0)
    examiner = Examiner(schema())
    _limit_memory()
    if "again" in job:
        for line in Path(job["again"]).read_text(encoding="ascii").splitlines():
            number, data = json.loads(line)
            report("again", number=number, digest=_examined(examiner, base64.b64decode(data), number).digest)
        return
    report("versions", jsonschema=_version("jsonschema"))
    work = _Work(job, examiner, report)
    until = time.monotonic() + job["until"]
    for number in range(job["first"], job["last"]):
        if time.monotonic() > until:
            break
        work.one(number)


class _Work:
    """What the process does for each number."""

    def __init__(self, job: dict[str, Any], examiner: Examiner, report: Report) -> None:
        self.seed, self.examiner, self.report = job["seed"], examiner, report
        lines = Path(job["corpus"]).read_text(encoding="ascii").splitlines()
        self.corpus = [base64.b64decode(json.loads(line)[0]) for line in lines]
        self.seen = {feature for line in lines for feature in json.loads(line)[1]}
        self.known = {tuple(key) for key in job["known"]}
        self.kinds = kinds_by_name()

    def one(self, number: int) -> None:
        """Make an input, and examine it."""
        way, data = self._made(Chance.seeded(self.seed, number))
        found = _examined(self.examiner, data, number)
        new = sorted(found.features - self.seen)
        self.seen.update(new)
        if new:
            self.corpus.append(data)
        for finding in found.findings:
            self._report(finding, data, number)
        facts = {"way": way, "ways": dict(found.ways), "digest": found.digest, "codes": sorted(found.features & CODES.keys())}
        self.report("done", number=number, data=_text(data), new=new, **facts)

    def _made(self, chance: Chance) -> tuple[str, bytes]:
        """An input, and how it was made."""
        way = chance.number(0, 99)
        if way < 14:
            return "grammar", grammar_program(chance)
        if way < 17:
            return "bytes", bytes(chance.number(0, 255) for _ in range(chance.number(0, 60)))
        if way < 22:
            return "drawn", draw_network(chance, self.kinds).encode()
        start = grammar_program(chance) if way < 27 else draw_network(chance, self.kinds).encode() if way < 33 else chance.one(self.corpus)
        return "mutated", mutated(start, chance, self.corpus)

    def _report(self, finding: Finding, data: bytes, number: int) -> None:
        new = finding.key not in self.known
        self.known.add(finding.key)
        smaller = self._smaller(finding, data, number) if new else b""
        self.report("finding", number=number, data=_text(data), smaller=_text(smaller), finding=finding._asdict(), new=new)

    def _smaller(self, finding: Finding, data: bytes, number: int) -> bytes:
        """A smaller input with the same finding, whatever the options: they are drawn for it anew by the same number."""
        end = time.monotonic() + SHRINKING

        def shows(candidate: bytes) -> bool:
            if time.monotonic() > end:
                return False
            return any(f.key == finding.key for f in _examined(self.examiner, candidate, number).findings)

        data = shrink_bytes(data, shows)
        try:
            return shrink(data.decode(), lambda text: shows(text.encode())).encode()
        except UnicodeDecodeError:
            return data


def _examined(examiner: Examiner, data: bytes, number: int) -> Seen:
    Path(CURRENT).write_bytes(data)
    return examiner(data, number)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


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
