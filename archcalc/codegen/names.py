"""Names for Keras and for Python, made of the network's own.

A Keras layer's name is ASCII without slashes, brackets or spaces (TensorFlow's scopes allow no more) and without dots (PyTorch's
modules), so a label may need another spelling. The same graph always gets the same names.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Collection, Iterable

from archcalc.graph import Graph

_LONGEST = 80  # letters of a layer's name
_LONGEST_VARIABLE = 40
_TAKEN = {"keras", "np", "model", "x", "inputs", "outputs", *dir(builtins), *keyword.kwlist, *keyword.softkwlist}


def keras_names(graph: Graph) -> dict[str, str]:
    """Each input's and layer's name in Keras, by its name in the network; unique without regard to case."""
    return _unique([n.name for n in (*graph.inputs, *graph.layers)], keras_name, ())


def variables(names: Iterable[str], reserved: Iterable[str]) -> dict[str, str]:
    """A Python variable for each name."""
    return _unique(names, _identifier, {*_TAKEN, *reserved})


def keras_name(name: str) -> str:
    """A name that Keras takes with every backend."""
    pieces = (re.sub(r"[^A-Za-z0-9_-]+", "_", piece) for piece in name.split("."))
    text = "_".join(p.rstrip("_") or p for p in pieces)[:_LONGEST].strip("-")
    return text if re.match("[A-Za-z0-9]", text) else f"layer{text}"


def _identifier(name: str) -> str:
    text = re.sub(r"[^A-Za-z0-9]+", "_", name)[:_LONGEST_VARIABLE].strip("_") or "layer"
    return f"layer_{text}" if text[0].isdigit() else text


def _unique(names: Iterable[str], spell: Callable[[str], str], reserved: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    taken = {name.casefold() for name in reserved}
    for name in names:
        first = spelling = spell(name)
        number = 1
        while spelling.casefold() in taken:
            number += 1
            spelling = f"{first}_{number}"
        taken.add(spelling.casefold())
        found[name] = spelling
    return found


def free_name(text: str, taken: Collection[str]) -> str:
    """A Python variable called like this, or nearly so where that is taken."""
    first = spelling = _identifier(text)
    number = 1
    while spelling in taken or spelling in _TAKEN:
        number += 1
        spelling = f"{first}_{number}"
    return spelling
