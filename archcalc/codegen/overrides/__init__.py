"""Calls that do not follow from a declaration: meanings that Keras lacks, or says in another way. A module a family.

Each module has a table `OVERRIDES`: kind -> a function that gives the construction, or None where the declaration will do.
It may have a table `CALLS` as well: kind -> a function that writes the inputs of its call, where one alone or a list of
them will not do; and a table `RESULTS`: kind -> a function that writes what several outputs are assigned to, where those
are not a plain list.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import lru_cache

from archcalc.codegen.calls import Construction
from archcalc.graph import Node

Override = Callable[[Node], Construction | None]
Call = Callable[[Node, list[str]], str]  # of the node, and the names of the values that it reads, or puts out


def find_override(kind: str) -> Override | None:
    """The function for a kind; None where the declaration says it all."""
    return _all()[0].get(kind)


def find_call(kind: str) -> Call | None:
    """The function that writes the inputs of a kind's call; None where they are one value, or a list."""
    return _all()[1].get(kind)


def find_result(kind: str) -> Call | None:
    """The function that writes what a kind's outputs are assigned to; None where they are one value, or a plain list."""
    return _all()[2].get(kind)


@lru_cache(maxsize=1)
def _all() -> tuple[dict[str, Override], dict[str, Call], dict[str, Call]]:
    overrides: dict[str, Override] = {}
    calls: dict[str, Call] = {}
    results: dict[str, Call] = {}
    for found in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{found.name}")
        overrides |= getattr(module, "OVERRIDES", {})
        calls |= getattr(module, "CALLS", {})
        results |= getattr(module, "RESULTS", {})
    return overrides, calls, results
