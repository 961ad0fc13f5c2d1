"""Runs the command line in a process of its own, with limits on its time and memory."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
PROGRAMS = TESTS / "programs"
GOLDEN = TESTS / "golden"
EXAMPLES = ROOT / "examples"
SECONDS = 60
MEMORY = 1_500_000_000


def alone() -> list[Path]:
    """The files of examples/ that have one network."""
    return [path for path in sorted(EXAMPLES.glob("*.arch")) if len(_networks(path)) == 1]


def one_of_each_file() -> list[str]:
    """A network of every file of examples/, as `zoo:NAME`: the first where a family shares a file."""
    return [f"zoo:{_networks(path)[0] if len(_networks(path)) > 1 else path.stem}" for path in sorted(EXAMPLES.glob("*.arch"))]


def _networks(path: Path) -> list[str]:
    return re.findall(r"^network (\w+)", path.read_text(encoding="utf-8"), re.M)


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def environment(**more: str) -> dict[str, str]:
    """This process's environment, without what would colour or slow the output, and with the package in sight."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "PYTHONWARNINGS", "TERM")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TERM": "xterm", **more}


def archcalc(*words: str, stdin: bytes = b"", cwd: Path | None = None, **env: str) -> Ran:
    """`archcalc WORDS...`: the exit code and both outputs. A hang or a traceback fails the test at once."""
    done = subprocess.run(
        [sys.executable, "-m", "archcalc", *words],
        input=stdin, capture_output=True, timeout=SECONDS, env=environment(**env), cwd=cwd, preexec_fn=_limit, check=False,
    )  # fmt: skip
    ran = Ran(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
    assert "Traceback" not in ran.err, ran.err[-3000:]
    return ran


def analyze_text(text: str | bytes, *words: str, **env: str) -> Ran:
    """`archcalc analyze - WORDS...` of a text on standard input."""
    return archcalc("analyze", "-", *words, stdin=text if isinstance(text, bytes) else text.encode(), **env)
