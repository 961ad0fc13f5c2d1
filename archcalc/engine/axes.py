"""Axes of a layer's arguments, which count a sample's, as axes of an array, which has the batch first."""

from __future__ import annotations

from typing import Any

from archcalc.engine.store import Array


def with_batch(axes: Any, rank: int) -> tuple[int, ...]:
    """One axis of a sample, or several, as axes of an array of that many axes, in order, counted from the front."""
    several = axes if isinstance(axes, tuple) else (axes,)
    return tuple(sorted(axis + 1 if axis >= 0 else axis + rank for axis in several))


def along(values: Array, axes: tuple[int, ...], rank: int) -> Array:
    """Values that lie along those axes, with axes of length 1 in all the other places, so that they fit an array of that rank."""
    lengths = iter(values.shape)
    return values.reshape(tuple(next(lengths) if i in axes else 1 for i in range(rank)))
