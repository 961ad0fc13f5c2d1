"""The weights of one layer: those that were given, or random ones; and the memory that arrays may take."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from math import prod, sqrt
from typing import Any

import numpy as np

from archcalc.engine.errors import EngineError

Array = np.ndarray[Any, Any]
Given = Mapping[str, Any] | Sequence[Any]

MEMORY = 4 * 2**30  # bytes that a run's arrays may take, unless it is told another number
SPREAD = 100  # inputs that a bias's random start is scaled for: biases are small


class Room:
    """How much memory is taken, of how much there is."""

    def __init__(self, limit: int = MEMORY) -> None:
        self.limit = limit
        self.held = 0

    def check(self, owner: str, values: int, bytes_each: int, at_once: int = 1) -> None:
        """Refuse an array of so many values before it is made. `at_once` arrays of its size are there while it is.

        Raises:
            EngineError: it needs more memory than is left of the limit.
        """
        needed = values * bytes_each * at_once
        if self.held + needed > self.limit:
            left = f", and {_said(self.held)} is taken already" if self.held > self.limit // 100 else ""
            raise EngineError(f"{owner} needs about {_said(needed)}{left}; the limit is {_said(self.limit)}")


def _said(size: int) -> str:
    return f"{size / 2**30:,.1f} GiB" if size >= 2**29 else f"{size / 2**20:,.1f} MiB"


class Store:
    """The weights of one layer, by the names under which its kernel asked for them.

    The first time that a kernel asks, the weight is taken from those given (of a list, the next one), or drawn; later it
    is the same array, as for each step of a wrapper or for a layer that shares it.
    """

    def __init__(self, owner: str, given: Given | None, seed: int, dtype: str, room: Room) -> None:
        self.owner = owner
        self.made: dict[str, Array] = {}
        self.trainable: dict[str, bool] = {}
        self._given = given
        self._seed = seed
        self.dtype = dtype
        self._room = room

    def weight(self, path: str, shape: tuple[int, ...], trainable: bool, start: Any) -> Array:
        """The weight of that name and shape.

        Raises:
            EngineError: one of that name has another shape, is not given among others that are, or is too large.
        """
        if path in self.made:
            if self.made[path].shape != shape:
                raise EngineError(
                    f"{self.owner}: the shared weight `{path}` is {_shape(self.made[path].shape)}, and {_shape(shape)} is read"
                )
            return self.made[path]
        self._room.check(f"{self.owner}: `{path}` of {_shape(shape)}", prod(shape), np.dtype(self.dtype).itemsize)
        found = self._drawn(path, shape, start) if self._given is None else self._taken(path, shape)
        self._room.held += found.nbytes
        self.made[path] = found
        self.trainable[path] = trainable
        return found

    def params(self, trainable: bool) -> int:
        """How many values it holds, of those that are trained or those that are not."""
        return sum(array.size for path, array in self.made.items() if self.trainable[path] is trainable)

    def finish(self) -> None:
        """Refuse numbers that were given, and that no weight took.

        Raises:
            EngineError: there are any.
        """
        if isinstance(self._given, Mapping):
            if left := [str(name) for name in self._given if name not in self.made]:
                raise EngineError(f"{self.owner} has no weight `{left[0]}`; it has {self._known()}")
        elif self._given is not None and len(self._given) != len(self.made):
            raise EngineError(f"{self.owner} is given {len(self._given)} weights; it has {len(self.made)}: {self._known()}")

    def _known(self) -> str:
        return ", ".join(f"{path} {_shape(a.shape)}" for path, a in self.made.items()) or "none"

    def _taken(self, path: str, shape: tuple[int, ...]) -> Array:
        given = self._given
        if isinstance(given, Mapping):
            if path not in given:
                raise EngineError(f"{self.owner} needs the weight `{path}` of {_shape(shape)}; given are {', '.join(given) or 'none'}")
            value = given[path]
        else:
            assert given is not None
            if len(self.made) >= len(given):
                raise EngineError(f"{self.owner} is given {len(given)} weights; it needs `{path}` of {_shape(shape)} besides")
            value = given[len(self.made)]
        array = np.asarray(value)
        if without_ones(array.shape) != without_ones(shape):
            raise EngineError(f"{self.owner}: the weight `{path}` is {_shape(array.shape)}; it must be {_shape(shape)}")
        if array.dtype.kind not in "fiu":
            raise EngineError(f"{self.owner}: the weight `{path}` is no array of numbers")
        return array.astype(self.dtype).reshape(shape)

    def _drawn(self, path: str, shape: tuple[int, ...], start: Any) -> Array:
        """A fixed start, or uniform numbers of variance 2 over the values that are added up: a rectifier halves it. He et al. (2015)."""
        if start is not None:
            return np.broadcast_to(np.asarray(start, self.dtype), shape).copy()
        # Seeded by its name: a layer's numbers do not depend on the layers before it.
        rng = np.random.default_rng([self._seed, zlib.crc32(f"{self.owner}/{path}".encode())])
        limit = sqrt(6 / max(prod(shape[:-1]) if len(shape) > 1 else SPREAD, 1))
        drawn = rng.random(shape, np.float32)
        drawn *= 2 * limit  # in place: weights may be most of what there is
        drawn -= limit
        return drawn.astype(self.dtype, copy=False)


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "one number"


def without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape less its axes of length 1: they may be left out of numbers that are given, since no value moves."""
    return tuple(n for n in shape if n != 1)
