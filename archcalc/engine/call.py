"""What a kernel is called with: its layer's arguments, its weights, and products that are counted."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from archcalc.engine.errors import EngineError
from archcalc.engine.store import Array, Room, Store
from archcalc.spec import Layer

MOST = 10**12  # multiply-accumulates that a run may take, unless it is told another number: some minutes


class Tally:
    """A layer's multiply-accumulates, of all samples together. `left` may come, of all that the run may take."""

    def __init__(self, left: int = MOST, limit: int = MOST) -> None:
        self.macs = 0
        self.left = left
        self.limit = limit

    def add(self, macs: int) -> None:
        """Count these, before they are done.

        Raises:
            EngineError: that would take too long.
        """
        self.macs += macs
        if self.macs > self.left:
            raise EngineError(f"up to here, the network takes more than {self.limit:,} multiply-accumulates: the limit")


class Call:
    """One layer at its place. A kernel gets this, and the arrays that flow in, batch first and channels last.

    `layer` is the declaration's instance, with its arguments; `batch` is how many samples the run has. `last` is the axis
    that the network has last: along it goes a softmax that is a layer's activation. `masks` says of each input which steps
    hold data (batch, steps); None: all of them.
    """

    def __init__(
        self,
        layer: Any,
        name: str,
        store: Store,
        batch: int,
        tally: Tally,
        room: Room,
        *,
        path: str = "",
        last: int = -1,
        frozen: bool = False,
    ) -> None:
        self.layer = layer
        self.name = name
        self.batch = batch
        self.last = last
        self.masks: tuple[Array | None, ...] = ()
        self._store = store
        self._tally = tally
        self._room = room
        self._path = path
        self._frozen = frozen or getattr(layer, "frozen", False)

    def weight(self, name: str, shape: tuple[int, ...], trainable: bool = True, *, start: Any = None) -> Array:
        """The weight of that name and shape, by Keras's name and in Keras's order: given, or random.

        `start` is what it holds if it is not given: a number, or an array of its shape; None: small random numbers.

        Raises:
            EngineError: what is given does not fit.
        """
        return self._store.weight(self._path + name, tuple(int(n) for n in shape), trainable and not self._frozen, start)

    def product(self, a: Array, b: Array) -> Array:
        """The matrix product (..., n, k) @ (..., k, m), its n*k*m multiply-accumulates counted."""
        leading = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        n, k, m = a.shape[-2], a.shape[-1], b.shape[-1]
        self.room((*leading, n, m), a)
        self._tally.add(prod(leading) * n * k * m)
        return np.asarray(np.matmul(a, b))

    def einsum(self, equation: str, a: Array, b: Array) -> Array:
        """Einstein's sum of two arrays. Its multiply-accumulates are counted: the product of all the indices' lengths."""
        left, _, result = equation.replace(" ", "").partition("->")
        lengths: dict[str, int] = {}
        for labels, array in zip(_spelled(left.split(","), (a, b)), (a, b), strict=True):
            for label, n in zip(labels, array.shape, strict=True):
                lengths[label] = max(lengths.get(label, 1), n)
        free = [n for label, n in lengths.items() if label in result or (label.isdigit() and "..." in result)]
        self.room(tuple(free), a)
        self._tally.add(prod(lengths.values()))
        return np.asarray(np.einsum(equation, a, b, optimize=True))

    def room(self, shape: tuple[int, ...], like: Array) -> None:
        """Refuse an array of that shape, of values as `like` has them, before it is made; with it goes what it is made from.

        Raises:
            EngineError: it needs more memory than the run may take.
        """
        self._room.check(f"{self.name} ({self.layer.kind})", prod(shape), like.dtype.itemsize, at_once=2)

    def inside(self, layer: Layer, name: str = "") -> Call:
        """The call of a layer that stands inside this one. Its weights are named `name/...`; without a name, as its own."""
        path = f"{self._path}{name}/" if name else self._path
        return Call(layer, self.name, self._store, self.batch, self._tally, self._room, path=path, last=self.last, frozen=self._frozen)

    def compute(self, *inputs: Array) -> Any:
        """What the kernel of its layer gives: an array, or a tuple of the output and further ones."""
        from archcalc.engine.kernels import find_kernel  # kernels are written against this module

        return find_kernel(self.layer.kind)(self, *inputs)

    def refuse(self, why: str) -> EngineError:
        """The error of a layer that cannot be computed: to be raised."""
        return EngineError(f"{self.name}: {why}")


def _spelled(terms: list[str], arrays: tuple[Array, ...]) -> list[list[str]]:
    """The labels of each array's axes, one a label; an ellipsis's axes are numbered from the last."""
    found = []
    for term, array in zip(terms, arrays, strict=True):
        before, dots, after = term.partition("...")
        more = array.ndim - len(before) - len(after) if dots else 0
        found.append([*before, *(str(i) for i in range(more, 0, -1)), *after])
    return found
