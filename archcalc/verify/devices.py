"""What a backend computes on, inside the child process."""

from __future__ import annotations

import importlib
from typing import Any

from archcalc.verify.errors import VerifyError
from archcalc.verify.memory import free_memory


def device_name(keras: Any, wanted: str) -> str:
    """The device that the backend computes on: "CPU", or "GPU" with its name.

    Raises:
        VerifyError: a GPU is wanted, and the backend sees none.
    """
    backend = keras.backend.backend()
    name: str | None = {"tensorflow": _tensorflow_gpu, "jax": _jax_gpu, "torch": _torch_gpu}[backend]()
    if wanted == "gpu" and name is None:
        raise VerifyError(f"{backend} sees no GPU on this machine; `--device cpu` or `auto` do without")
    return "CPU" if name is None else f"GPU ({name})"


def free_bytes(keras: Any, device: str) -> int | None:
    """Memory that training may take on that device; None where the backend does not say."""
    if device == "CPU":
        return free_memory()
    backend = keras.backend.backend()
    if backend == "torch":
        return int(importlib.import_module("torch").cuda.mem_get_info()[0])
    if backend == "jax":
        found = importlib.import_module("jax").devices()[0].memory_stats() or {}
        return int(found["bytes_limit"] - found["bytes_in_use"]) if "bytes_limit" in found else None
    return None


def _tensorflow_gpu() -> str | None:
    tf = importlib.import_module("tensorflow")
    found = tf.config.list_physical_devices("GPU")
    return str(tf.config.experimental.get_device_details(found[0]).get("device_name", "GPU")) if found else None


def _jax_gpu() -> str | None:
    device = importlib.import_module("jax").devices()[0]
    return str(device.device_kind) if device.platform == "gpu" else None


def _torch_gpu() -> str | None:
    if importlib.import_module("keras.src.backend.torch.core").get_device() != "cuda":
        return None
    return str(importlib.import_module("torch").cuda.get_device_name())
