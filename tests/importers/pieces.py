"""Pieces of a model's JSON, as Keras 3 writes them."""

from __future__ import annotations

from typing import Any


def tensor(name: str, *shape: int | None, output: int = 0) -> dict[str, Any]:
    """A value that flows, with its shape: an output of a layer's first call."""
    return {"class_name": "__keras_tensor__", "config": {"shape": [None, *shape], "keras_history": [name, 0, output]}}
