"""A network of ours beside a model of Keras: walked together from the outputs to the inputs, layer by layer.

Nothing is matched by name or by position: two layers are the same one if they stand at the same place of the two graphs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import archcalc
from archcalc.codegen.construct import construction
from archcalc.codegen.literals import flat
from archcalc.graph import Node


class Pair(NamedTuple):
    """A layer of ours, and Keras's layer at the same place, with its call's options and what comes out."""

    node: Node
    layer: Any
    options: dict[str, Any]
    gives: Any


def model_of(keras: Any, build: Callable[[], Any]) -> Any:
    """The model that `build` builds. Its weights have their shapes, but no values: nothing here needs them, and VGG's take long."""
    with keras.StatelessScope(initialize_variables=False):
        return build()


def pairs(analysis: archcalc.Analysis, model: Any) -> list[Pair]:
    """Every layer of both, side by side, the last first. Fails where the graphs differ."""
    found: dict[int, Pair] = {}
    waiting = list(zip(analysis.graph.outputs, model.outputs, strict=True))
    while waiting:
        node, tensor = waiting.pop()
        layer, call, _ = tensor._keras_history
        called = layer._inbound_nodes[call]
        read = once(called.input_tensors) if len(node.inputs) < 2 else called.input_tensors
        if id(node) in found:
            assert found[id(node)].gives is tensor, f"{node.name} is {found[id(node)].layer.name} here and {layer.name} there"
            continue
        assert len(node.inputs) == len(read), f"{node.name} reads {len(node.inputs)}, {layer.name} {len(read)}"
        found[id(node)] = Pair(node, layer, called.arguments.kwargs, tensor)
        waiting += zip(node.inputs, read, strict=True)
    theirs = [id(p.gives) for p in found.values()]
    assert len(set(theirs)) == len(theirs), "one call of Keras's stands for two layers of ours"
    assert {id(p.layer) for p in found.values()} == {id(layer) for layer in model.layers}
    assert len(found) == len(analysis.graph.inputs) + len(analysis.graph.layers)
    return list(found.values())


def once(tensors: list[Any]) -> list[Any]:
    """Tensors without repetitions: self attention is called with one as its query and its value."""
    return list({id(t): t for t in tensors}.values())


def size(weights: list[Any]) -> int:
    """How many values weights hold."""
    return sum(math.prod(w.shape) for w in weights)


def figures(pair: Pair) -> tuple[Any, ...]:
    """What archcalc says of a layer: its shape, trainable and other parameters."""
    row = pair.node.row
    return pair.node.shape, row.trainable_params, row.non_trainable_params


def kerass(pair: Pair) -> tuple[Any, ...]:
    """The same of Keras. A layer that is called again has its weights at its first call."""
    shape = tuple(pair.gives.shape[1:])
    first = pair.layer._inbound_nodes[0].output_tensors[0] is pair.gives
    return (shape, size(pair.layer.trainable_weights), size(pair.layer.non_trainable_weights)) if first else (shape, 0, 0)


def macs(pair: Pair) -> int:
    """How often Keras's convolution or dense layer multiplies: each value of its kernel once at each position."""
    return math.prod(pair.gives.shape[1:-1]) * math.prod(pair.layer.kernel.shape)


def compare(keras: Any, analysis: archcalc.Analysis, model: Any, *, exactly: bool = True) -> None:
    """Fails unless every layer of both has the same shape, parameters and MACs, and `exactly`, the same class and arguments."""
    assert [d for d in analysis.diagnostics if d.severity == "error"] == []
    beside = pairs(analysis, model)
    assert [(p.node.name, *figures(p)) for p in beside] == [(p.node.name, *kerass(p)) for p in beside]
    multiplying = [p for p in beside if type(p.layer).__name__ in ("Conv2D", "DepthwiseConv2D", "Dense")]
    assert [(p.node.name, p.node.row.macs) for p in multiplying] == [(p.node.name, macs(p)) for p in multiplying]
    for pair in beside if exactly else ():
        rank = len(pair.gives.shape)
        assert getattr(pair.node.layer, "causal", False) == pair.options.get("use_causal_mask", False), pair.node.name
        assert arguments(built(keras, pair), rank) == arguments(pair.layer, rank), f"{pair.node.name} and {pair.layer.name}"
    assert analysis.totals.params == model.count_params()
    assert analysis.totals.trainable_params == size(model.trainable_weights)


def built(keras: Any, pair: Pair) -> Any:
    """Keras's layer as the code would make it that archcalc generates."""
    if pair.node.kind == "input":
        return pair.layer
    return eval(flat(construction((pair.node.shares or pair.node), "").expression), {"keras": keras})  # the examples are ours


# What neither shapes, counts nor the function that is computed depend on.
BESIDES = ("name", "dtype", "trainable", "initializer", "regularizer", "constraint", "seed", "renorm", "registered", "build")


def arguments(layer: Any, rank: int) -> dict[str, Any]:
    """A layer's class and arguments, with two ways of writing the same thing made one."""
    config = layer.get_config()
    if type(layer).__name__ == "ReLU" and config["max_value"] == 6:
        return {"class": "Activation", "activation": "relu6"}
    if type(layer).__name__ == "ReLU" and config["max_value"] is None and not config["negative_slope"] and not config["threshold"]:
        return {"class": "Activation", "activation": "relu"}
    if set(config.get("kernel_size", ())) == {1}:
        config["padding"] = "valid"  # a kernel of 1 pads nothing
    if config.get("activation") == "swish":
        config["activation"] = "silu"  # one function under two names
    config.pop("attention_axes", None)  # Keras fills it in when the layer is called
    if axis := config.get("axis"):
        config["axis"] = [n % rank for n in (axis if isinstance(axis, list | tuple) else [axis])]
    return {"class": type(layer).__name__, **plain(config)}


def plain(value: Any) -> Any:
    """A setting in one way of writing it: tuples as lists, and numbers as far as they are exact in both."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k == "class_name" or not any(word in k for word in BESIDES)}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return round(value, 12) if isinstance(value, float) else value
