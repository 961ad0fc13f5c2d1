"""Has real Keras build and train the example networks, and keeps what came out: the evidence in docs/evidence/.

`python bench/confirm.py -o docs/evidence/tutorials-tensorflow.json` (`--backend jax`, `--data PATH`, `--seed N`). Each network is
verified by the command that users have, `archcalc verify`; the file holds its results, the versions, the device and the seed.
With `--zoo`, it is the other examples, which are large, and so are built and not trained. Run it from the folder that holds `examples/`.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import archcalc

TUTORIALS = (
    "conv_7x7", "lenet5", "lenet_tutorial", "mnist_cnn", "mnist_deep", "mnist_mlp", "mnist_same", "mnist_small", "mnist_strided",
    "mnist_subclass", "pool_4x4",
)  # fmt: skip


def verify(path: Path, options: argparse.Namespace) -> dict[str, Any]:
    """The result of `archcalc verify` for one network; what it complains of, where there is none."""
    data = options.data if options.zoo or trains_on_images(path) else "random"
    words = ["verify", path.as_posix(), "--format", "json", "--backend", options.backend, "--seed", str(options.seed)]
    words += ["--build-only"] if options.zoo else ["--data", data]
    run = subprocess.run([sys.executable, "-m", "archcalc", *words], capture_output=True, text=True, encoding="utf-8", check=False)
    print(f"{path.name}: exit {run.returncode}", flush=True)
    found = json.loads(run.stdout) if run.stdout.startswith("{") else {"ok": False, "problems": run.stderr.strip().splitlines()[-1:]}
    return {"command": "archcalc " + " ".join(words), "exit": run.returncode, **found}


def trains_on_images(path: Path) -> bool:
    """Whether the network ends in ten classes; the two to work out by hand do not."""
    analysis = archcalc.analyze(str(path))
    return [n.shape for n in analysis.graph.outputs] == [(10,)]


def main() -> None:
    """Verify every example, and write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--backend", default="tensorflow")
    parser.add_argument("--data", default="digits")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--zoo", action="store_true", help="the larger examples, built and not trained")
    options = parser.parse_args()
    paths = [p for p in sorted(Path("examples").glob("*.arch")) if (p.stem not in TUTORIALS) is options.zoo]
    results = [verify(path, options) for path in paths]
    document = {
        "command": f"python bench/confirm.py -o {options.output} --backend {options.backend} --data {options.data} --seed {options.seed}"
        + " --zoo" * options.zoo,
        "archcalc": archcalc.__version__,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "confirmed": sum(r["ok"] for r in results),
        "networks": len(results),
        "results": results,
    }
    text = json.dumps(document, separators=(",", ":")) if options.zoo else json.dumps(document, indent=1)
    Path(options.output).write_text(text + "\n", encoding="utf-8")
    print(f"{document['confirmed']} of {document['networks']} confirmed: {options.output}")


if __name__ == "__main__":
    main()
