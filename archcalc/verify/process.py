"""A child process that reports in JSON lines, and is gone when this module is done with it, whatever happens."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from archcalc.verify.errors import VerifyError

_GRACE = 60.0  # seconds to exit in after the last line: of a large network on a busy machine, TensorFlow takes long to let go
_NO_MEMORY = ("bad_alloc", "MemoryError", "Cannot allocate memory")  # what a process says last that gets none
_TAIL = 4000  # bytes of stderr that a message may be made of


def follow(command: list[str], folder: Path, environment: dict[str, str], timeout: float, each: Callable[[dict[str, Any]], None]) -> None:
    """Run a command in a folder and call `each` with every line that it reports, until it ends.

    The child reads its standard input until that ends, which tells it that its parent is gone.

    Raises:
        VerifyError: it died, was killed, or took more than `timeout` seconds.
    """
    log = folder / "stderr"
    process = _start(command, folder, environment, log)
    stdin, stdout = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    lines: queue.Queue[bytes | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(stdout, lines), daemon=True)
    reader.start()
    try:
        deadline = time.monotonic() + timeout
        while (line := _next(lines, deadline, timeout)) is not None:
            each(json.loads(line))
        status = process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        raise VerifyError(f"the training process did not end after its work{_last_line(log)}") from None
    finally:
        _end(process)
        reader.join(_GRACE)
        stdout.close()
        with contextlib.suppress(OSError):
            stdin.close()
    if status:
        last = _last_line(log)
        why = " (out of memory?)" if status == -signal.SIGKILL or any(words in last for words in _NO_MEMORY) else ""
        raise VerifyError(f"the training process {_said(status)}{why}{last}")


def _start(command: list[str], folder: Path, environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    try:
        with log.open("wb") as errors:
            return subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # a group of its own: killed as one, and not reached by the terminal's Ctrl-C
            )
    except OSError as error:
        raise VerifyError(f"the training process cannot be started: {error.strerror or error}") from error


def _read(stream: IO[bytes], lines: queue.Queue[bytes | None]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def _next(lines: queue.Queue[bytes | None], deadline: float, timeout: float) -> bytes | None:
    left = max(deadline - time.monotonic(), 0)
    try:
        return lines.get(timeout=min(left, threading.TIMEOUT_MAX))
    except queue.Empty:
        raise VerifyError(f"training did not end within {timeout:g} seconds, and was stopped") from None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill what still runs, children included."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()


def _said(status: int) -> str:
    if status > 0:
        return f"died with exit status {status}"
    return f"was killed by {signal.Signals(-status).name}"


def _last_line(log: Path) -> str:
    """What it wrote last, which mostly says why."""
    with log.open("rb") as file:
        file.seek(max(log.stat().st_size - _TAIL, 0))
        written = file.read().decode("utf-8", "replace").strip().splitlines()
    return f": {written[-1].strip()}" if written else ""
