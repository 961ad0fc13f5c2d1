"""How a layer is applied: the values that it is called with, and the values that come out."""

from __future__ import annotations

from archcalc.codegen.calls import call_options
from archcalc.codegen.literals import flat, prefixed
from archcalc.codegen.overrides import find_call, find_result
from archcalc.graph import Node
from archcalc.spec import Part


def is_part(node: Node) -> bool:
    """Whether it is no layer of its own, but a further output of the one that it reads."""
    return isinstance(node.layer, Part)


def arguments_of(node: Node, read: list[str]) -> str:
    """What stands between the brackets of the call: the values that it reads, by their names, and the call's own options."""
    special = find_call(node.kind)
    several = node.layer is not None and node.layer.inputs[1] != 1
    inputs = special(node, read) if special else "[" + ", ".join(read) + "]" if several else read[0]
    options = [flat(prefixed(f"{name}=", value)) for name, value in call_options(node).items()]
    return ", ".join([inputs, *options])


def targets_of(node: Node, names: list[str]) -> str:
    """What the call's result is assigned to: a name for the output, and one for each part that comes with it."""
    special = find_result(node.kind)
    return special(node, names) if special else ", ".join(names)


def is_plain(node: Node) -> bool:
    """Whether it takes one value and gives one, and nothing else is said to it: then it can stand in a Sequential model."""
    return not parts_of(node) and arguments_of(node, ["x"] * len(node.inputs)) == "x"


def parts_of(node: Node) -> list[str]:
    """The names of the nodes that its parts are, or would be if anything read them."""
    if node.layer is None or node.seen is None:
        return []
    return [f"{node.name}.{part}" for part in node.layer.parts(node.seen, *node.input_shapes)]
