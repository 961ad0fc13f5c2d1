"""Layers that archcalc does not know: there is no code for them."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, layer_of
from archcalc.codegen.errors import CodegenError
from archcalc.graph import Node


def _custom(node: Node) -> Construction | None:
    layer: Any = layer_of(node)
    raise CodegenError(
        f'{node.name or layer.kind}: "{layer.name}" is a layer of your own. archcalc knows the figures that the file declares for it, '
        "not what it computes, so there is no code for it. For code, write it in other kinds"
    )


OVERRIDES = {"custom": _custom}
