"""Children that die, hang, or lose their parent: one message each, and nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from archcalc.verify.errors import VerifyError
from archcalc.verify.process import follow

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")


def run(code: str, folder: Path, timeout: float = 20) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    follow([sys.executable, "-c", code], folder, dict(os.environ), timeout, found.append)
    return found


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if Path("/proc").is_dir() else True


def test_reports_arrive_in_order(tmp_path: Path) -> None:
    assert run("print('{\"n\": 1}'); print('{\"n\": 2}')", tmp_path) == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import os; os._exit(3)", "died with exit status 3"),
        ("raise ValueError('no such thing')", "died with exit status 1: ValueError: no such thing"),
        ("import os; os.kill(os.getpid(), 9)", r"was killed by SIGKILL \(out of memory\?\)"),
        ("import os; os.kill(os.getpid(), 11)", "was killed by SIGSEGV"),
    ],
)
def test_a_death_is_told_with_its_cause(tmp_path: Path, code: str, message: str) -> None:
    with pytest.raises(VerifyError, match=message):
        run(code, tmp_path)


def test_what_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, pathlib, os, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'while True: pass'])\n"
        "pathlib.Path('pids').write_text(f'{os.getpid()} {child.pid}')\n"
        "while True: pass\n"
    )
    begin = time.monotonic()
    with pytest.raises(VerifyError, match=r"did not end within 1\.5 seconds, and was stopped"):
        run(code, tmp_path, timeout=1.5)
    assert time.monotonic() - begin < 10
    time.sleep(0.1)
    assert not any(is_alive(int(pid)) for pid in (tmp_path / "pids").read_text().split())


def test_an_interruption_kills_the_child(tmp_path: Path) -> None:
    def interrupt(report: dict[str, Any]) -> None:
        pids.append(report["pid"])
        raise KeyboardInterrupt

    pids: list[int] = []
    code = "import os, time, json; print(json.dumps({'pid': os.getpid()}), flush=True); time.sleep(60)"
    with pytest.raises(KeyboardInterrupt):
        follow([sys.executable, "-c", code], tmp_path, dict(os.environ), 20, interrupt)
    assert pids and not is_alive(pids[0])


def test_a_child_ends_with_its_parent_and_clears_up(tmp_path: Path) -> None:
    """Even with a parent that is killed, and can do nothing about it."""
    folder = tmp_path / "job"
    folder.mkdir()
    code = (
        "import pathlib, sys; from archcalc.verify.child import _end_with_parent\n"
        "_end_with_parent(pathlib.Path(sys.argv[1])); print('ready', flush=True)\n"
        "while True: pass\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin and child.stdout
    assert child.stdout.readline() == b"ready\n"
    child.stdin.close()
    assert child.wait(timeout=10) == 1
    child.stdout.close()
    assert not folder.exists()
