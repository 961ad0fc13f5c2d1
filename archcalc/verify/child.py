"""The child process of `verify`: builds and trains the generated network, and reports in JSON lines.

Run as `python -m archcalc.verify.child FOLDER`, with network.py and job.json in that folder.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import math
import os
import shutil
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archcalc.verify.errors import MissingBackendError, VerifyError
from archcalc.verify.images import KERAS_SETS
from archcalc.verify.memory import why_untrained
from archcalc.verify.samples import load_samples

Report = Callable[..., None]
OLDEST = (3, 5)  # Keras whose classes the generated code is made of


def main(folder: Path) -> None:
    """Do the job in that folder. A failure is reported, not raised."""
    report = _channel()
    _end_with_parent(folder)
    _no_core_dumps()
    try:
        _work(folder, report)
    except VerifyError as error:
        report("error", message=str(error), kind=type(error).__name__)
    except MemoryError:
        report("error", message="there is not enough memory", kind="VerifyError")
    except Exception as error:  # noqa: BLE001  whatever Keras raises is reported
        traceback.print_exc()
        said = (str(error).strip() or "no message").splitlines()[0]
        report("error", message=f"Keras failed with {type(error).__name__}: {said}", kind="VerifyError")


def _work(folder: Path, report: Report) -> None:
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    early = job["data"] not in KERAS_SETS  # what cannot be read is said before Keras is loaded, if it does not take Keras to read it
    samples = load_samples(job) if early and not job["build_only"] else None
    report("progress", message="loading Keras")
    keras = _keras()
    from archcalc.verify.built import Built
    from archcalc.verify.devices import device_name, free_bytes
    from archcalc.verify.trainer import Trainer

    device = device_name(keras, job["device"])
    report("started", keras=keras.__version__, device=device, **_backend(keras))
    samples = load_samples(job) if not early and not job["build_only"] else samples
    keras.utils.set_random_seed(job["seed"])
    network = _module(folder / "network.py")
    report("progress", message="building")
    built = Built(keras, network, job)
    report("built", layers=built.figures(), applied=len(built.applied))
    report("progress", message="counting multiply-accumulates")
    report("counted", layers=built.counted())
    if samples is None or not built.model.trainable_weights:
        report("untrained", why="only building was asked for" if job["build_only"] else "there is nothing to train")
        return
    trainer = Trainer(keras, network, built, samples, job, report)
    if why := why_untrained(trainer.schedule["bytes"], free_bytes(keras, device)):
        report("untrained", why=why)
    else:
        report("trained", **trainer.train())


def _keras() -> Any:
    try:
        keras = importlib.import_module("keras")
    except MemoryError:
        raise
    except BaseException as error:
        traceback.print_exc()
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise MissingBackendError(f"Keras is installed, but cannot be imported: {said}") from error
    version = str(getattr(keras, "__version__", "of no version"))
    if not hasattr(keras, "ops") or _numbers(version) < OLDEST:
        needed = ".".join(map(str, OLDEST))
        raise MissingBackendError(f"this needs Keras {needed} or newer, installed is {version}: pip install 'keras>={needed}'")
    # What the user's own settings file says must not change the figures.
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    return keras


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(n) for n in version.split(".")[:2] if n.isdigit())


def _backend(keras: Any) -> dict[str, str]:
    name = keras.backend.backend()
    return {"backend": name, "backend_version": importlib.import_module(name).__version__}


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise VerifyError("the generated code is gone")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _channel() -> Report:
    """Reports go to what was standard output; what anything else prints goes to standard error."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def report(event: str, **facts: Any) -> None:
        channel.write(json.dumps({"event": event, **_finite(facts)}, allow_nan=False) + "\n")
        channel.flush()

    return report


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: null stands for both."""
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _end_with_parent(folder: Path) -> None:
    """End when standard input does: the parent held its other end, and can no longer remove the folder."""

    def wait() -> None:
        os.read(0, 1)
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _no_core_dumps() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
