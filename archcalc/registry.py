"""Every layer kind by its name and aliases.

The families that most networks use are imported at the start (archcalc/layers/__init__.py). The others are imported when
a name is not among these, so that a start does not pay for what it does not need.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from typing import TypeVar

from archcalc.argtypes import Choice
from archcalc.arguments import Arg
from archcalc.spec import FROZEN, Layer

KINDS: dict[str, type[Layer]] = {}
ALIASES: dict[str, tuple[type[Layer], int | None]] = {}
FAMILIES = "archcalc.layers"

L = TypeVar("L", bound=type[Layer])

# Of every kind that has weights. `trainable=false` of Keras is another way to say the word.
TRAINABLE = Arg(
    Choice("trained", FROZEN, off=FROZEN),
    "`frozen`: its weights get no gradient, and count as non-trainable",
    None,
    positional=False,
)
TRAINABLE.__set_name__(Layer, "trainable")


def declare(cls: L) -> L:
    """Take a declaration apart: collect its `arg(...)` attributes, inherited ones first, and leave their defaults."""
    own = {name: a for name, a in vars(cls).items() if isinstance(a, Arg)}
    bases = {a.name: a for base in reversed(cls.__mro__[1:]) for a in (*getattr(base, "args", ()), *_undeclared(base))}
    args = {**bases, **own}
    if cls.weights is not Layer.weights and args.setdefault(TRAINABLE.name, TRAINABLE) is TRAINABLE:
        args[TRAINABLE.name] = args.pop(TRAINABLE.name)  # after those of its own
    cls.args = tuple(args.values())
    for a in cls.args:
        setattr(cls, a.name, None if a.required else a.default)
    return cls


def _undeclared(base: type) -> list[Arg]:
    return [a for a in vars(base).values() if isinstance(a, Arg)]


def register(cls: L) -> L:
    """Class decorator: make a kind known under its name and its aliases."""
    declare(cls)
    module = cls.__module__
    # A family may take several modules: those that few networks use are apart, and say whose they are.
    cls.family = getattr(sys.modules.get(module), "FAMILY", module.rpartition(".")[2])
    if cls.kind in KINDS:
        raise ValueError(f"two kinds are called {cls.kind}")
    KINDS[cls.kind] = cls
    for alias, rank in _aliases(cls):
        ALIASES[alias] = (cls, rank)
    return cls


def _aliases(cls: type[Layer]) -> Iterator[tuple[str, int | None]]:
    for name in (*cls.aliases, *((cls.keras,) if cls.keras else ())):
        if "{rank}" in name:
            yield from ((name.format(rank=rank), rank) for rank in cls.ranks)
        else:
            yield name, None


def find_kind(name: str) -> tuple[type[Layer], int | None] | None:
    """The kind of that name or alias, with the rank that the alias pins; None if there is none."""
    if name not in KINDS and name not in ALIASES and not _complete:
        _import_who_says(name)
    return (KINDS[name], None) if name in KINDS else ALIASES.get(name)


def _import_who_says(name: str) -> None:
    """Import the family that has the name in its text; every family, if it is made up there from parts."""
    package = importlib.import_module(FAMILIES)
    for folder in package.__path__:
        for file in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            module, _, ending = file.partition(".")
            if ending == "py" and f"{FAMILIES}.{module}" not in sys.modules:
                with open(os.path.join(folder, file), encoding="utf-8") as text:
                    if f'"{name}"' in text.read():
                        importlib.import_module(f"{FAMILIES}.{module}")
                        if name in KINDS or name in ALIASES:
                            return
    every_kind()


def every_kind() -> dict[str, type[Layer]]:
    """All kinds by name, those of every module in archcalc/layers/."""
    if not _complete:
        import pkgutil  # slow to import, and seldom needed

        package = importlib.import_module(FAMILIES)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{FAMILIES}.{module.name}")
        in_order = sorted(KINDS.items(), key=lambda kind: kind[1].__module__)  # however they came to be imported
        KINDS.clear()
        KINDS.update(in_order)
        _complete.append(True)
    return KINDS


_complete: list[bool] = []


def refused(name: str) -> str:
    """Why a class of Keras is no kind here; "" for any other name."""
    reasons: dict[str, str] = importlib.import_module(f"{FAMILIES}.refused").REFUSED
    return reasons.get(name, "")


def known_elsewhere(name: str) -> str | None:
    """The kind that other libraries call so, where one is."""
    return next((kind for kind, cls in every_kind().items() if name.lower() in cls.elsewhere), None)


def every_name() -> list[str]:
    """All names that a kind goes by."""
    return [*every_kind(), *ALIASES]
