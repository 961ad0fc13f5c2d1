"""Pooling that pads or rounds as Keras does not, bins over axes of length 1, and subsampling."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, declared, layer_of, options_of
from archcalc.codegen.literals import Expression, Group, call, literal
from archcalc.codegen.overrides.sliding import overhang_of, pads_of, pads_option, windows_of
from archcalc.codegen.parts import Part
from archcalc.graph import Node


def _max_pool(node: Node) -> Construction:
    if _is_native(node):
        return Construction(declared(node, without=("ceil",)))
    pads = tuple((before, after + over) for (before, after), over in zip(pads_of(node), overhang_of(node), strict=True))
    return Construction(_pooling(f"PaddedMaxPooling{len(pads)}D", node, pads=literal(pads)), (Part("padded_max_pooling", len(pads)),))


def _average_pool(node: Node) -> Construction:
    if _is_native(node):
        return Construction(declared(node, without=("ceil",)))
    pads = pads_of(node)
    options: dict[str, Expression] = {"pads": literal(pads)}
    if any(overhang_of(node)):
        options["overhang"] = literal(overhang_of(node))
    made = _pooling(f"PaddedAveragePooling{len(pads)}D", node, **options)
    return Construction(made, (Part("padded_average_pooling", len(pads)),))


def _subsample(node: Node) -> Construction:
    return Construction(_pooling("Subsampling", node, **pads_option(node)), (Part("subsampling"),))


def _pooling(name: str, node: Node, **options: Expression) -> Group:
    windows = windows_of(node)
    options |= options_of(node, without=("kernel", "stride", "padding", "ceil"))
    return call(name, literal(tuple(w.kernel for w, _ in windows)), literal(tuple(w.stride for w, _ in windows)), **options)


def _adaptive_pool(node: Node) -> Construction | None:
    """None, but for an axis of length 1: there Keras's own reads past the end, and TensorFlow stops."""
    out, shape = node.seen or (), node.input_shapes[0]
    if 1 not in (*out[:-1], *shape[:-1]):
        return None
    mean = {"mode": literal("mean")} if node.kind == "adaptive_avgpool" else {}
    return Construction(call("BinPooling", literal(tuple(out[:-1])), **mean, **options_of(node)), (Part("bin_pooling"),))


def _is_native(node: Node) -> bool:
    """Whether Keras's own pooling pads and rounds like this; `same` rounds up by itself."""
    layer: Any = layer_of(node)
    return layer.padding == "same" or (layer.padding == "valid" and not layer.ceil)


OVERRIDES = {
    "maxpool": _max_pool,
    "avgpool": _average_pool,
    "subsample": _subsample,
    "adaptive_maxpool": _adaptive_pool,
    "adaptive_avgpool": _adaptive_pool,
}
