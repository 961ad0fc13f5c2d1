"""Times archcalc beside its peers, as ratios in one run: `python bench/run.py` (`--json` for a machine, `--rounds N`).

Commands are timed as whole processes, by the CPU time that the system accounts to them, in turn (A B C, A B C, ...), so that
a slow moment hits all of them; a ratio is that of the medians. What is not installed is said to be missing, not skipped
in silence. Nothing here is a test: a target is met or missed on this machine, now.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
# Users run compiled modules: a setting that keeps Python from storing them would time the compiler.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
LENET = ROOT / "examples" / "lenet5.arch"
KERAS = """
import keras
from keras import layers
model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(6, 5, padding="same", activation="tanh"),
    layers.AveragePooling2D(2), layers.Conv2D(16, 5, activation="tanh"), layers.AveragePooling2D(2), layers.Flatten(),
    layers.Dense(120, activation="tanh"), layers.Dense(84, activation="tanh"), layers.Dense(10, activation="softmax")])
model.summary()
"""


class Result(NamedTuple):
    """One comparison: the figure, what it should be at most, and whether it is."""

    what: str
    value: float | None
    unit: str
    target: float
    detail: str

    @property
    def verdict(self) -> str:
        return "not measured" if self.value is None else "met" if self.value <= self.target else "missed"


def cpu_seconds(command: list[str]) -> float:
    """User and system time of a command that succeeds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT, env=ENVIRONMENT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medians(commands: dict[str, list[str]], rounds: int) -> dict[str, float]:
    """The median CPU time of each command; the first round, which fills caches, does not count."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for i in range(rounds + 1):
        for name, command in commands.items():
            seconds = cpu_seconds(command)
            if i:
                times[name].append(seconds)
    return {name: statistics.median(found) for name, found in times.items()}


def installed(module: str) -> bool:
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


def archcalc_command() -> list[str]:
    """The installed command, as users start it; else the module."""
    script = Path(sys.executable).with_name("archcalc")
    return [str(script)] if script.exists() else [sys.executable, "-m", "archcalc"]


def start_up(rounds: int) -> list[Result]:
    """`archcalc analyze` against bare Python, against importing NumPy, against Keras building the same network."""
    analyze = [*archcalc_command(), "analyze", str(LENET), "--format", "json"]
    python = [sys.executable, "-c"]
    commands = {"analyze": analyze, "pass": [*python, "pass"]}
    if installed("numpy"):
        commands["numpy"] = [*python, "import numpy"]
    found = medians(commands, rounds)
    keras: dict[str, float] = {}
    if installed("keras"):
        keras = medians({"analyze": analyze, "keras": [*python, KERAS]}, max(2, rounds // 8))
    results = [_ratio("analyze lenet5 / python -c pass", found, "pass", 5), _ratio("analyze lenet5 / import numpy", found, "numpy", 1)]
    return [*results, _ratio("analyze lenet5 / Keras builds LeNet-5 and prints its summary", keras, "keras", 1 / 50)]


def _ratio(what: str, found: dict[str, float], peer: str, target: float) -> Result:
    if peer not in found:
        return Result(what, None, "x", target, f"{peer} is not installed")
    detail = f"{found['analyze'] * 1e3:.1f} ms / {found[peer] * 1e3:.1f} ms CPU"
    return Result(what, found["analyze"] / found[peer], "x", target, detail)


def chain(length: int) -> float:
    """Seconds to find the shapes and all figures of a chain of layers, from layers to totals."""
    from archcalc.analysis import Analysis, find_costs
    from archcalc.graph import Graph, Node
    from archcalc.registry import every_kind

    pattern = [
        every_kind()["conv"](filters=8, kernel=(3, 3), padding="same", activation="relu"),
        every_kind()["bn"](),
        every_kind()["relu"](),
        every_kind()["maxpool"](kernel=3, stride=1, padding=1),
        every_kind()["dense"](units=8),
    ]
    gc.collect()
    start = time.process_time()
    graph = Graph("chain")
    node = graph.add(Node("input", every_kind()["input"](size=(32, 32, 8)), (), None))
    for i in range(length):
        node = graph.add(Node(f"l{i}", pattern[i % len(pattern)], (node,), None))
    graph.outputs = [node]
    find_costs(Analysis(graph))
    return time.process_time() - start


def per_layer(rounds: int) -> list[Result]:
    """Time a layer for all figures, for chains of growing length."""
    import archcalc.layers  # noqa: F401  fills the registry

    chain(1000)
    lengths = (10, 100, 1000, 10_000)
    micros = {n: min(chain(n) for _ in range(max(3, rounds // (1 + n // 1000)))) / n * 1e6 for n in lengths}
    detail = ", ".join(f"{n}: {t:.1f}" for n, t in micros.items())
    growth = micros[10_000] / micros[1000]
    return [
        Result("time a layer, all figures, chain of 10,000", micros[10_000], "us", 20, detail),
        Result("time a layer, 10,000 / 1,000 layers (1 is linear)", growth, "x", 1.5, detail),
    ]


def parsing(rounds: int) -> list[Result]:
    """Archcalc's parse, tree and all, against Lark's own bare parse of the same lines with the same grammar."""
    if not installed("lark"):
        return [Result("parse / Lark's bare parse", None, "x", 2, "lark is not installed")]
    from lark import Lark

    from archcalc.resources import resource
    from archcalc.source import Source
    from archcalc.syntax.parser import parse

    text = "network N {\n    input 28x28x1\n" + "    conv 8, 3x3, same, relu\n" * 2000 + "}\n"
    lark = Lark(Path(resource("grammar", "arch.lark")).read_text(encoding="utf-8"), parser="lalr", lexer="contextual")
    ours, theirs = [], []
    for _ in range(max(3, rounds // 5)):
        start = time.process_time()
        parse(Source("bench", text))
        middle = time.process_time()
        lark.parse(text)
        ours.append(middle - start)
        theirs.append(time.process_time() - middle)
    detail = f"{min(ours) / 2000 * 1e6:.0f} us / {min(theirs) / 2000 * 1e6:.0f} us a line"
    return [Result("parse 2,000 lines / Lark's bare parse", min(ours) / min(theirs), "x", 2, detail)]


LARGE = """
block res(c) { conv c, 3x3, same; bn; relu; conv c, 3x3, same; bn; relu; conv c, 1x1; bn }
network Large { input 64x64x16; repeat 600 { res 16 } for i in range(100) { conv 16 + i, 3x3, same; relu } gap; dense 10 }
"""
OPENED = """
import sys
from pathlib import Path
from shutil import which
from statistics import median
from playwright.sync_api import sync_playwright
path = which("chromium") or which("chromium-browser") or which("google-chrome") or sys.exit(3)
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
    times = []
    for _ in range(int(sys.argv[2]) + 1):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(Path(sys.argv[1]).as_uri())
        times.append(page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive"))
        page.close()
print(median(times[1:]))
"""


def report(rounds: int) -> list[Result]:
    """The HTML reports of a small and of a large network: their sizes, how long one takes to make, and until it can be used."""
    import tempfile

    import archcalc

    # ResNet-152 is ResNet-50 with other depths: He et al. (2016), Table 1.
    text = LENET.with_name("resnet50.arch").read_text(encoding="utf-8").replace("stage 4,", "stage 8,").replace("stage 6,", "stage 36,")
    small = len(archcalc.analyze(str(LENET)).to_html().encode())
    seconds, page = [], ""
    for _ in range(max(2, rounds // 4)):
        start = time.perf_counter()
        analysis = archcalc.analyze(text=text)
        page = analysis.to_html()
        seconds.append(time.perf_counter() - start)
    detail = f"{len(analysis.rows)} layers"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.html"
        file.write_text(page, encoding="utf-8")
        opened = _opened(file, max(2, rounds // 4))
        file.write_text(archcalc.analyze(text=LARGE).to_html(), encoding="utf-8")
        large = _opened(file, max(2, rounds // 4))
    return [
        Result("report of 5,000 layers, until it can be used in Chromium", large, "s", 3, "" if large else "no Chromium, or no Playwright"),
        Result("report of LeNet-5, its size", small / 1e3, "kB", 200, ""),
        Result("report of ResNet-152, its size", len(page.encode()) / 1e6, "MB", 2, detail),
        Result("report of ResNet-152, from text to page", statistics.median(seconds), "s", 2, detail),
        Result(
            "report of ResNet-152, until it can be used in Chromium", opened, "s", 1, detail if opened else "no Chromium, or no Playwright"
        ),
    ]


def _opened(file: Path, rounds: int) -> float | None:
    """Seconds from the address to a page whose script has run; None where there is no browser."""
    done = subprocess.run([sys.executable, "-c", OPENED, str(file), str(rounds)], capture_output=True, text=True, check=False)
    return float(done.stdout) / 1e3 if done.returncode == 0 else None


RESNET = "import keras; print(keras.applications.ResNet50(weights=None).to_json())"


def models(rounds: int) -> list[Result]:
    """A Keras model's JSON to a program, text and tree, against `json.loads` of the same text."""
    what = "read ResNet-50's config / json.loads of it"
    if not installed("keras"):
        return [Result(what, None, "x", 10, "keras is not installed")]
    from archcalc.importers.reading import read_model

    made = subprocess.run([sys.executable, "-c", RESNET], capture_output=True, check=True, cwd=ROOT, env=ENVIRONMENT).stdout
    data = made[made.index(b"{") :].strip()
    ours, theirs = [], []
    for _ in range(max(5, rounds)):
        start = time.process_time()
        read_model("resnet50.json", data)
        middle = time.process_time()
        json.loads(data)
        ours.append(middle - start)
        theirs.append(time.process_time() - middle)
    detail = f"{min(ours) * 1e3:.1f} ms / {min(theirs) * 1e3:.2f} ms, {len(data) / 1e3:.0f} kB"
    return [Result(what, min(ours) / min(theirs), "x", 10, detail)]


def main() -> None:
    """Measure, and print a line for each comparison."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--json", action="store_true", help="print JSON")
    options.add_argument("--rounds", type=int, default=20, help="how often each command is run")
    chosen = options.parse_args()
    results = [*start_up(chosen.rounds), *per_layer(chosen.rounds), *parsing(chosen.rounds), *models(chosen.rounds), *report(chosen.rounds)]
    if chosen.json:
        command = f"python bench/run.py --json --rounds {chosen.rounds}"
        machine = {"command": command, "python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
        print(json.dumps({**machine, "results": [{**r._asdict(), "verdict": r.verdict} for r in results]}, indent=2))
        return
    for r in results:
        value = "-" if r.value is None else f"{r.value:.3g} {r.unit}"
        print(f"{r.what:<62} {value:>10}   target {r.target:g} {r.unit:<3} {r.verdict:<12} ({r.detail})")


if __name__ == "__main__":
    main()
