"""Spectral normalisation: at inference the layer inside as it is, and a stored vector that only training reads."""

from __future__ import annotations

from typing import Any

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.store import Array


class WithVector(Call):
    """The call of the layer inside: Keras has the vector right after its kernel, the first weight that it asks for."""

    def __init__(self, inside: Call) -> None:
        vars(self).update(vars(inside))

    def weight(self, name: str, shape: tuple[int, ...], trainable: bool = True, *, start: Any = None) -> Array:
        found = super().weight(name, shape, trainable, start=start)
        super().weight("vector_u", (1, self._last or shape[-1]), trainable=False)
        self._last = self._last or shape[-1]
        return found

    _last = 0  # how long the kernel's last axis is, once it is known


@kernel("spectral_norm")
def spectral_norm(call: Call, x: Array) -> Any:
    """What the layer inside makes of it."""
    return WithVector(call.inside(call.layer.inner)).compute(x)
