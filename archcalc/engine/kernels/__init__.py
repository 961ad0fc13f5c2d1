"""The kernels: how each kind is computed. A module a family, of the same name as in `archcalc/layers`, imported when needed.

They are written apart from the declarations' rules, from what a layer does to numbers, so that they can contradict them.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any, TypeVar

from archcalc.engine.errors import EngineError
from archcalc.registry import find_kind

Kernel = Callable[..., Any]
K = TypeVar("K", bound=Kernel)

KERNELS: dict[str, Kernel] = {}


def kernel(*kinds: str) -> Callable[[K], K]:
    """Decorator: this function computes these kinds. It is called with a Call, and the arrays that flow in."""

    def known(function: K) -> K:
        for kind in kinds:
            assert kind not in KERNELS, f"two kernels for {kind}"
            KERNELS[kind] = function
        return function

    return known


def find_kernel(kind: str) -> Kernel:
    """The kernel of a kind, its family imported.

    Raises:
        EngineError: there is none.
    """
    if kind not in KERNELS:
        found = find_kind(kind)
        family = found[0].__module__.rpartition(".")[2] if found else ""
        if family and importlib.util.find_spec(f"{__name__}.{family}"):
            importlib.import_module(f"{__name__}.{family}")
    if kind not in KERNELS:
        raise EngineError(f"the NumPy engine cannot compute `{kind}`")
    return KERNELS[kind]
