"""The catalogue of layer kinds, from their declarations."""

from __future__ import annotations

import inspect

from archcalc.arguments import Arg
from archcalc.graph import say_shape
from archcalc.registry import every_kind, find_kind
from archcalc.spec import Layer
from archcalc.values import said


def catalogue() -> str:
    """Every kind with its first line of prose, family by family."""
    lines: list[str] = []
    families: dict[str, list[type[Layer]]] = {}
    for cls in every_kind().values():
        families.setdefault(cls.family, []).append(cls)
    columns = max(len(kind) for kind in every_kind())
    for family, kinds in families.items():
        lines += [family, *(f"  {cls.kind:<{columns}}  {cls.summary()}" for cls in kinds), ""]
    return "\n".join([*lines, "archcalc layers KIND tells a kind's arguments."]) + "\n"


def describe(name: str) -> str | None:
    """All about a kind, by its name or an alias of it; None if there is none."""
    found = find_kind(name)
    if found is None:
        return None
    cls, _ = found
    lines = [cls.kind, "", *inspect.cleandoc(cls.__doc__ or "").splitlines(), ""]
    if cls.keras:
        lines += [f"In Keras: {cls.keras.format(rank='1D, 2D, 3')}", ""]
    if cls.args:
        lines += ["Arguments:", *(line for a in cls.args for line in _argument(a)), ""]
    if cls.examples:
        lines += ["Examples:"]
        for example in cls.examples:
            inputs = ", ".join(say_shape(x) for x in example.inputs)
            lines.append(f"  {example.line:<36} {inputs + ' -> ' if inputs else ''}{say_shape(example.output)}")
    return "\n".join(lines).rstrip() + "\n"


def _argument(a: Arg) -> list[str]:
    default = "required" if a.required else "optional" if a.default is None else f"default {said(a.default)}"
    names = ", ".join(a.names)
    return [f"  {names:<28} {a.prose} ({default})", f"  {'':<28} {a.type.says}"]
