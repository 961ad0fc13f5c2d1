"""Tests of networks: `holds` asserts that predictions hold, and strategies draw networks of the language for hypothesis.

    from archcalc.testing import holds, networks

`archcalc.testing.plugin` is a pytest plugin, and `python -m archcalc.testing soak` compares random networks by the thousand.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archcalc.testing.holding import Differs, holds
    from archcalc.testing.strategies import lines, networks, values

__all__ = ["Differs", "holds", "lines", "networks", "values"]

# Where each name is: pytest loads this package in every run, which must cost nothing and need neither hypothesis nor NumPy.
_HOMES = {"Differs": "holding", "holds": "holding", "lines": "strategies", "networks": "strategies", "values": "strategies"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
