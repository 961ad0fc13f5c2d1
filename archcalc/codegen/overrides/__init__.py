"""Calls that do not follow from a declaration: meanings that Keras lacks, or says in another way. A module a family.

Each module has a table `OVERRIDES`: kind -> a function that gives the construction, or None where the declaration will do.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import lru_cache

from archcalc.codegen.calls import Construction
from archcalc.graph import Node

Override = Callable[[Node], Construction | None]


def find_override(kind: str) -> Override | None:
    """The function for a kind; None where the declaration says it all."""
    return _all().get(kind)


@lru_cache(maxsize=1)
def _all() -> dict[str, Override]:
    found: dict[str, Override] = {}
    for module in pkgutil.iter_modules(__path__):
        found |= getattr(importlib.import_module(f"{__name__}.{module.name}"), "OVERRIDES", {})
    return found
