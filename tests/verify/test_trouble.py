"""Trouble around the training process: one message, the right exit code, no traceback, and nothing left behind.

A keras and a tensorflow of this file's own making stand in for the real ones, so that trouble comes at once, and anywhere.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from running import ROOT, environment

pytest.importorskip("numpy", reason="NumPy is not installed")

LENET = str(ROOT / "examples" / "lenet5.arch")


def start(folder: Path, keras: str, *words: str, file: str = LENET, limit: int = 0) -> subprocess.Popen[bytes]:
    """`archcalc verify` with a keras of that source, and a folder for temporary files that the test looks into."""
    (folder / "modules").mkdir()
    (folder / "temporary").mkdir()
    (folder / "modules" / "keras.py").write_text(keras)
    (folder / "modules" / "tensorflow.py").write_text("__version__ = '0'")
    command = [sys.executable, "-m", "archcalc", "verify", file, *words]
    variables = environment(PYTHONPATH=f"{folder / 'modules'}:{ROOT}", TMPDIR=str(folder / "temporary"))
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=variables,
        preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit))) if limit else None,
    )  # fmt: skip


def ended(process: subprocess.Popen[bytes], folder: Path) -> tuple[int, str]:
    """The exit code and the last line that was said; there is no output, no traceback, no file, no process."""
    out, err = process.communicate(timeout=60)
    said = err.decode()
    assert not out and "Traceback" not in said, said
    assert not list((folder / "temporary").iterdir())
    return process.returncode, said.strip().splitlines()[-1]


TROUBLE = {
    "broken": ("raise ImportError('libcuda.so.1: cannot open shared object file')", 2, "cannot be imported: libcuda.so.1: cannot open"),
    "several lines": ("raise RuntimeError('first\\nsecond')", 2, "cannot be imported: first"),
    "old": ("__version__ = '2.15.0'", 2, "this needs Keras 3.5 or newer, installed is 2.15.0: pip install 'keras>=3.5'"),
    "nothing": ("", 2, "this needs Keras 3.5 or newer, installed is of no version"),
    "killed": ("import os; os.kill(os.getpid(), 9)", 1, "the training process was killed by SIGKILL (out of memory?)"),
    "crashes": ("import os; os.abort()", 1, "the training process was killed by SIGABRT"),
    "leaves": ("import os; os._exit(0)", 1, "the training process ended without a result"),
    "no words": ("import os; os._exit(5)", 1, "the training process died with exit status 5"),
    "bad_alloc": (
        "import os, sys; sys.stderr.write('terminate called\\n  what():  std::bad_alloc\\n'); sys.stderr.flush(); os.abort()",
        1, "the training process was killed by SIGABRT (out of memory?): what():  std::bad_alloc",
    ),
    "prints": ("print('{\"event\": \"built\"}', flush=True); raise ImportError('said after it')", 2, "cannot be imported: said after it"),
}  # fmt: skip


@pytest.mark.parametrize(("keras", "code", "message"), TROUBLE.values(), ids=TROUBLE)
def test_trouble_with_keras_is_one_message(tmp_path: Path, keras: str, code: int, message: str) -> None:
    found, last = ended(start(tmp_path, keras, "--device", "cpu"), tmp_path)
    assert found == code and last.startswith("archcalc: ") and message in last


def test_memory_that_runs_out_is_told(tmp_path: Path) -> None:
    found, last = ended(start(tmp_path, "x = bytearray(10**10)", limit=1_500_000_000), tmp_path)
    assert (found, last) == (1, "archcalc: there is not enough memory")


def test_what_takes_too_long_is_stopped(tmp_path: Path) -> None:
    found, last = ended(start(tmp_path, "import time; time.sleep(60)", "--timeout", "1.5"), tmp_path)
    assert (found, last) == (1, "archcalc: training did not end within 1.5 seconds, and was stopped")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interruption_leaves_nothing(tmp_path: Path, number: int) -> None:
    """Even where the parent is killed: then it is the child that clears up."""
    mark = tmp_path / "pid"
    keras = f"import os, pathlib, time; pathlib.Path({str(mark)!r}).write_text(str(os.getpid())); time.sleep(60)"
    process = start(tmp_path, keras)
    while not (mark.exists() and mark.read_text()):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == (130 if number == signal.SIGINT else -9)
    until = time.monotonic() + 10
    while (list((tmp_path / "temporary").iterdir()) or alive(int(mark.read_text()))) and time.monotonic() < until:
        time.sleep(0.05)
    assert not list((tmp_path / "temporary").iterdir()) and not alive(int(mark.read_text()))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if Path("/proc").is_dir() else True


DATA = {"nothing.npz": b"", "text.npz": b"hello", "zip.npz": b"PK\3\4 and no more", "x-images-idx3-ubyte": b"\0\0\x08\x03" + b"\xff" * 12}


@pytest.mark.parametrize(("name", "data"), DATA.items(), ids=DATA)
def test_data_that_cannot_be_read_are_told_before_keras_is_loaded(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    found, last = ended(start(tmp_path, "import os; os._exit(9)", "--data", str(tmp_path / name)), tmp_path)
    assert found == 2 and last.startswith(f"archcalc: {name} ")


UNFIT = {
    "too few outputs": ("input 28x28x1; flatten; dense 5, softmax", "data mnist", 2, "mnist has 10 classes; the network's output is 5"),
    "no image": ("input 30; dense 10", "data digits", 2, "digits has one image a sample; the network takes 30"),
    "one of two": (
        "input 28x28x1; flatten\n a: dense 10\n b: dense 3 from a\n output from a, b", "data fashion_mnist", 2,
        "fashion_mnist has 10 classes; the network's output `b` is 3",
    ),
    "a loss": (
        "input 28x28x1; flatten; dense 1, sigmoid", "loss sparse_categorical_crossentropy", 1,
        "loss sparse_categorical_crossentropy needs a value for each class, 2 or more; `dense_1` puts out 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("network", "recipe", "code", "message"), UNFIT.values(), ids=UNFIT)
def test_a_recipe_that_does_not_fit_is_told_before_anything_is_built(
    tmp_path: Path, network: str, recipe: str, code: int, message: str
) -> None:
    (tmp_path / "n.arch").write_text(f"network N {{ {network}\n train {{ {recipe} }} }}\n")
    found, last = ended(start(tmp_path, "import os; os._exit(9)", file=str(tmp_path / "n.arch")), tmp_path)
    assert found == code and message in last


@pytest.mark.parametrize("missing", ["keras", "tensorflow"])
def test_what_is_missing_is_told_with_its_pip_line(tmp_path: Path, missing: str) -> None:
    code = (
        "import importlib.util, sys; from archcalc.cli import main; real = importlib.util.find_spec\n"
        f"importlib.util.find_spec = lambda name, *more: None if name == {missing!r} else object() if name == 'keras' else real(name, *more)\n"
        "sys.exit(main())\n"
    )
    words = [sys.executable, "-c", code, "verify", LENET]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment(), timeout=60)
    assert done.returncode == 2 and not done.stdout
    assert (
        done.stderr.strip()
        == f"archcalc: this needs {missing if missing != 'keras' else 'Keras'}: pip install {'keras ' * (missing == 'keras')}tensorflow"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full on this system")
def test_a_full_disk_is_told() -> None:
    words = [sys.executable, "-m", "archcalc", "verify", LENET, "--engine", "numpy", "-o", "/dev/full"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment(), timeout=60)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (2, "", "archcalc: /dev/full cannot be written: No space left on device")


def test_an_output_is_written_whole(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    words = [sys.executable, "-m", "archcalc", "verify", LENET, "--engine", "numpy", "--format", "json", "-o", str(out)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment(), timeout=60)
    found: dict[str, Any] = json.loads(out.read_text())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "") and found["ok"]
    assert [p.name for p in tmp_path.iterdir()] == ["out.json"]
