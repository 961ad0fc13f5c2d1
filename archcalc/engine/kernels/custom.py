"""Layers that archcalc does not know cannot be computed."""

from __future__ import annotations

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.store import Array


@kernel("custom")
def custom(call: Call, *inputs: Array) -> Array:
    """Refused: the figures that the file declares for it do not say what it computes, nor does a size."""
    why = f'"{call.layer.name}" is a layer of your own: its figures are declared, and nothing says what it computes'
    raise call.refuse(f"{why}. For numbers, write it in other kinds")
