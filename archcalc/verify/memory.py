"""How much memory building and training take, and how much there is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from archcalc.analysis.memory import training
from archcalc.graph import BYTES
from archcalc.sizes import prod
from archcalc.verify.errors import VerifyError

FLOAT32 = BYTES["float32"]  # weights are stored so, also where the dtype is mixed
GIB = 2**30
# A container's limit, in bytes or as a word: of the second and of the first version of Linux's control groups.
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def building_bytes(rows: list[dict[str, Any]]) -> int:
    """What the weights take."""
    return FLOAT32.weights * sum(int(row["trainable_params"] + row["non_trainable_params"]) for row in rows)


def training_bytes(rows: list[dict[str, Any]], optimizer: str, batch: int, dtype: str = "float32") -> int:
    """What training takes: weights, gradients, the optimizer's values, and every layer's output for a batch."""
    trainable = sum(int(row["trainable_params"]) for row in rows)
    outputs = sum(int(prod(row["output_shape"])) for row in rows)
    params = building_bytes(rows) // FLOAT32.weights
    return int(training(params, trainable, outputs * batch, optimizer=optimizer, dtype=dtype).bytes)


def check_building(rows: list[dict[str, Any]]) -> None:
    """Refuse what does not fit into this machine, before the machine finds out.

    Raises:
        VerifyError: the weights alone need more memory than is free.
    """
    needed, free = building_bytes(rows), free_memory()
    if free is not None and needed > free:
        raise VerifyError(f"building would need about {said(needed)}, this machine has {said(free)} free")


def why_untrained(needed: int, free: int | None) -> str:
    """Why training has to be left out; "" if it fits, or if nothing is known of the memory."""
    if free is None or needed <= free:
        return ""
    return f"training would need about {said(needed)}, this machine has {said(free)} free"


def free_memory() -> int | None:
    """Bytes that a process may still take; None where the system does not say."""
    known = [_available(), *(_limit(path) for path in _LIMITS), _own_limit()]
    return min((n for n in known if n is not None), default=None)


def said(size: int) -> str:
    """A size in GiB, or in MiB if it is small."""
    return f"{size / GIB:,.1f} GiB" if size >= GIB / 10 else f"{size / 2**20:,.1f} MiB"


def _available() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # not on Windows
        return None


def _limit(path: str) -> int | None:
    try:
        return int(Path(path).read_text(encoding="ascii"))
    except (OSError, ValueError):  # there is none, or it is "max"
        return None


def _own_limit() -> int | None:
    """What `ulimit -v` leaves, if it is set."""
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft
