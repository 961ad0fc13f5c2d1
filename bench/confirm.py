"""Has something else build, train or compute the example networks, and keeps what came out: the evidence in docs/evidence/.

    python bench/confirm.py -o docs/evidence/tutorials-tensorflow.json                   the tutorials' networks, trained on the digits
    python bench/confirm.py -o docs/evidence/mnist-tensorflow.json --data FOLDER         those that take images, on MNIST's own files
    python bench/confirm.py -o docs/evidence/zoo-tensorflow.json --zoo                   the larger examples, built and not trained
    python bench/confirm.py -o docs/evidence/numpy.json --engine numpy                   all examples, computed in NumPy

`--backend jax`, `--seed N`, `--epochs N`, `--only mnist_cnn`. Each network is verified by the command that users have, `archcalc verify`;
the file holds its results, the versions, the device and the seed. Run it from the folder that holds `examples/`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import evidence

import archcalc

TUTORIALS = (
    "conv_7x7", "lenet5", "lenet_tutorial", "mnist_cnn", "mnist_deep", "mnist_mlp", "mnist_same", "mnist_small", "mnist_strided",
    "mnist_subclass", "pool_4x4",
)  # fmt: skip


def words_of(path: Path, options: argparse.Namespace) -> list[str]:
    """The words of `archcalc` that verify one network."""
    words = ["verify", path.as_posix(), "--format", "json", "--seed", str(options.seed)]
    if options.engine == "numpy":
        numbers = path.with_suffix(".json")
        return [*words, "--engine", "numpy", *(["--data", numbers.as_posix()] if numbers.exists() else [])]
    if options.zoo:
        return [*words, "--backend", options.backend, "--build-only"]
    epochs = ["--epochs", str(options.epochs)] if options.epochs else []
    return [*words, "--backend", options.backend, "--data", options.data if trains_on_images(path) else "random", *epochs]


def verify(path: Path, options: argparse.Namespace) -> dict[str, Any]:
    """The result of `archcalc verify` for one network; what it complains of, where there is none."""
    words = words_of(path, options)
    run = subprocess.run([sys.executable, "-m", "archcalc", *words], capture_output=True, text=True, encoding="utf-8", check=False)
    found: dict[str, Any] = (
        json.loads(run.stdout) if run.stdout.startswith("{") else {"ok": False, "problems": run.stderr.strip().splitlines()[-1:]}
    )
    training = found.get("training") or {}
    print(f"{path.name}: exit {run.returncode}", training.get("test_accuracy") or "", *found["problems"], flush=True)
    return {"command": "archcalc " + " ".join(map(evidence.named, words)), "exit": run.returncode, **found}


def trains_on_images(path: Path) -> bool:
    """Whether the network ends in ten classes; the two to work out by hand do not."""
    analysis = archcalc.analyze(str(path))
    return [n.shape for n in analysis.graph.outputs] == [(10,)]


def chosen(options: argparse.Namespace) -> list[Path]:
    """The examples that are meant. A family that shares a file is left to tests/zoo/, which hold each of it to its counterpart."""
    paths = [p for p in sorted(Path("examples").glob("*.arch")) if p.read_text(encoding="utf-8").count("\nnetwork ") == 1]
    if options.only:
        return [p for p in paths if p.stem in options.only]
    if options.engine == "numpy":
        return paths
    paths = [p for p in paths if (p.stem not in TUTORIALS) is options.zoo]
    return paths if options.zoo or options.data == "digits" else [p for p in paths if trains_on_images(p)]


def main() -> None:
    """Verify every example, and write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--engine", default="keras", choices=["keras", "numpy"])
    parser.add_argument("--backend", default="tensorflow")
    parser.add_argument("--data", default="digits")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, help="of the training; without it, as `verify` chooses")
    parser.add_argument("--zoo", action="store_true", help="the larger examples, built and not trained")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these examples alone")
    options = parser.parse_args()
    results = [verify(path, options) for path in chosen(options)]
    confirmed = sum(r["ok"] for r in results)
    evidence.write(options.output, ["bench/confirm.py", *sys.argv[1:]], {"confirmed": confirmed, "networks": len(results)}, results)
    print(f"{confirmed} of {len(results)} confirmed: {options.output}")


if __name__ == "__main__":
    main()
