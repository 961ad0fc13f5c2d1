"""How Keras builds a layer: by its declaration, by its family's override, or around what stands inside."""

from __future__ import annotations

from archcalc.codegen.application import arguments_of
from archcalc.codegen.calls import Construction, bare, declared, options_of
from archcalc.codegen.errors import CodegenError
from archcalc.codegen.literals import Group, call, literal
from archcalc.codegen.overrides import find_override
from archcalc.graph import Node
from archcalc.spec import Wrapper


def construction(node: Node, keras_name: str) -> Construction:
    """How Keras builds this node's layer, under that name.

    Raises:
        CodegenError: neither its declaration nor this module knows how.
    """
    override = find_override(node.kind)
    found = (override(node) if override else None) or _wrapper(node) or Construction(declared(node))
    name = call("", name=literal(keras_name)).items if keras_name else []
    return found._replace(expression=found.expression._replace(items=[*found.expression.items, *name]))


def _wrapper(node: Node) -> Construction | None:
    """A wrapper's first argument is what stands inside; None for any other layer."""
    layer = node.layer
    if not isinstance(layer, Wrapper):
        return None
    inside = [bare(inner, *map(layer.inside, node.input_shapes), first=node.first) for inner in layer.layers]
    built = [construction(n, "") for n in inside]  # what has no code at all is said first
    for n in inside:
        if layer.single and len(n.inputs) == 1 and (called := arguments_of(n, ["x"])) != "x":
            why = f"Keras's {layer.keras} calls what it holds with one value alone, not as layer({called})"
            raise CodegenError(f"{node.name or layer.kind}: {why}")
    arguments = [b.expression for b in built]
    group = call(f"keras.layers.{layer.keras}", *(arguments if layer.single else [Group("[", arguments, "]")]), **options_of(node))
    return Construction(group, tuple(part for b in built for part in b.parts))
