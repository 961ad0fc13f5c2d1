"""What stands in a drawing: names, kinds with their main arguments, sizes; each shortened to the room that there is."""

from __future__ import annotations

import re
from typing import Any

from archcalc.arguments import Arg
from archcalc.graph import Group, Node
from archcalc.report.drawing.svg import text_width
from archcalc.report.text import clean
from archcalc.spec import Layer, Wrapper
from archcalc.values import Table, said

TIMES = "\u00d7"
DOTS = "..."  # three characters of known width, which every font has
BOLD = 1.1  # how much wider bold letters are, at most


def shape_text(node: Node) -> str:
    """The shape that comes out of a node, 28x28x6 with crosses; "?" where it is unknown."""
    if node.shape is None:
        return "?"
    return clean(sizes(tuple(node.shape))) if node.shape else "1"


def sizes(values: tuple[Any, ...]) -> str:
    """Sizes with a cross between; formulas have spaces around it."""
    if not any(hasattr(n, "free") for n in values):
        return TIMES.join(map(str, values))
    return f" {TIMES} ".join(f"({n})" if getattr(n, "op", "") in ("+", "-") else str(n) for n in values)


def local_name(name: str, outer: Group | None) -> str:
    """A name without that of the block instance around it."""
    before = f"{outer.name}." if outer is not None else ""
    return name.removeprefix(before)


def given_name(node: Node) -> str:
    """The label of a layer; "" where it has none, and was named by counting."""
    return clean(local_name(node.name, node.group)) if node.named or (not node.inputs and node.name != node.kind) else ""


def group_name(group: Group) -> str:
    """The label of a block instance; "" where it was named by counting."""
    name = local_name(group.name, group.outer)
    return "" if re.fullmatch(re.escape(group.kind) + r"(_\d+)?", name) else clean(name)


def kind_text(layer: Layer | None, kind: str) -> str:
    """A kind with its main arguments, nearly as the language writes it: `conv 6, 5x5, /2, tanh`."""
    if layer is None:
        return clean(kind)
    words = [text for i, a in enumerate(layer.args) if a.name in vars(layer) and (text := _argument(a, vars(layer)[a.name], i == 0))]
    if isinstance(layer, Wrapper):
        words += [kind_text(inner, inner.kind) for inner in layer.layers[:3]]
    return clean(f"{layer.kind} {', '.join(words)}".strip())


def _argument(a: Arg, value: Any, first: bool) -> str:
    """An argument, if it says what the layer does: sizes, words, tables, and all that has to be given."""
    if not a.required and type(value) is type(a.default) and value == a.default:
        return ""
    if isinstance(value, bool) or value is None:
        return a.name if value is True and a.required else ""
    text = _value(value)
    if a.slash:
        return f"/{text}"
    if isinstance(value, str):
        return "" if value == getattr(a.type, "off", None) else text
    if first or a.required:
        return text
    return f"{min(a.names, key=len)}={text}" if a.type.sizes or isinstance(value, Table) else ""


def _value(value: Any) -> str:
    flat = isinstance(value, tuple) and value and not any(isinstance(v, tuple | list) for v in value)
    if flat and all(hasattr(v, "free") or (isinstance(v, int) and not isinstance(v, bool) and v >= 0) for v in value):
        return sizes(value)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else said(value)


def shortened(text: str, size: float, room: float, weight: float = 1) -> str:
    """The text, or its beginning and its end with dots between, so that it takes no more than `room` pixels."""
    text = text[:400] if len(text) <= 400 else f"{text[:200]}{text[-200:]}"
    if text_width(text, size) * weight <= room:
        return text
    left = room - text_width(DOTS, size) * weight
    head = _fitting(text, size * weight, left * 0.65)
    tail = _fitting(text[::-1], size * weight, left - text_width(head, size) * weight)[::-1]
    return f"{head.rstrip()}{DOTS}{tail.lstrip()}"


def _fitting(text: str, size: float, room: float) -> str:
    taken = 0.0
    for i, char in enumerate(text):
        taken += text_width(char, size)
        if taken > room:
            return text[:i]
    return text
