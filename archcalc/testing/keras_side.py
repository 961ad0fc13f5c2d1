"""A network's figures and values as Keras finds them: generated code, built and run in this process."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
from typing import Any, NamedTuple

import numpy as np

from archcalc import codegen
from archcalc.codegen.application import is_part, parts_of
from archcalc.graph import Graph, Node
from archcalc.testing.sides import Array, Figures, Side
from archcalc.verify.errors import MissingBackendError
from archcalc.verify.recording import Application, build_recorded

SPREAD = 0.5  # of weights that are drawn
POSITIVE = ("variance", "stddev")  # weights whose root is taken


class KerasFails(Exception):
    """Keras refuses the generated program, or cannot run it; the message has Keras's own."""

    def __init__(self, does: str, error: Exception) -> None:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()] or ["no message"]
        super().__init__(f"cannot {does} it: {type(error).__name__}: {' '.join(lines)[:400]}")


class Built(NamedTuple):
    """A network built in Keras: its model, each layer's application and symbolic output by the layer's name, and all calls."""

    model: Any
    applied: dict[str, Application]
    outputs: dict[str, Any]
    parts: frozenset[str]  # further outputs of layers
    calls: int


def load_keras() -> Any:
    """Keras, if it is installed.

    Raises:
        MissingBackendError: it is not, or it has no backend.
    """
    try:
        return importlib.import_module("keras")
    except ImportError as error:
        raise MissingBackendError(f"this needs Keras: pip install keras tensorflow ({error})") from None


def build(keras: Any, graph: Graph) -> Built:
    """Build the generated code. Layers are found by the order in which they are applied.

    Raises:
        CodegenError: there is no code for it.
        MissingBackendError: a layer needs what is not installed.
        KerasFails: Keras refuses the code.
    """
    source = codegen.generate(graph, graph.source or graph.name, runnable=False)
    try:
        model, applications = build_recorded(keras, load_program(source).build_model)
    except ImportError as error:  # some layers need TensorFlow, whatever the backend
        raise MissingBackendError(str(error)) from error
    except Exception as error:  # whatever Keras raises
        raise KerasFails("build", error) from error
    nodes = [n for n in graph.layers if not is_part(n)]
    applied = {n.name: a for n, a in zip(nodes, applications, strict=False)}
    outputs: dict[str, Any] = {}
    for node in graph.layers:
        whole, i = _output_of(node)
        if whole in applied and i < len(applied[whole].outputs):
            outputs[node.name] = applied[whole].outputs[i]
    return Built(model, applied, outputs, frozenset(n.name for n in graph.layers if is_part(n)), len(applications))


def _output_of(node: Node) -> tuple[str, int]:
    """The layer that puts a node out, and which of its outputs it is."""
    if not is_part(node):
        return node.name, 0
    (whole,) = node.inputs
    return whole.name, 1 + parts_of(whole).index(node.name)


class _Loader(importlib.abc.InspectLoader):
    """Loads a module from its source, which lies in no file."""

    def __init__(self, source: str) -> None:
        self.source = source

    def get_source(self, fullname: str) -> str:
        return self.source


def load_program(source: str) -> Any:
    """The module of a generated program, in this process."""
    spec = importlib.util.spec_from_loader("archcalc_generated", _Loader(source))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def built_figures(built: Built) -> Figures:
    """What Keras built: shapes, and parameters where a layer is applied first."""
    found: Figures = {}
    owned: set[int] = set()
    for name, output in built.outputs.items():
        layer = built.applied[name].layer if name in built.applied else None
        trainable, stored = (0, 0) if layer is None or id(layer) in owned else _sizes(layer)
        owned.add(id(layer))
        found[name] = {"output_shape": tuple(output.shape[1:]), "trainable_params": trainable, "non_trainable_params": stored}
    return found


def _sizes(layer: Any) -> tuple[int, int]:
    lists = ([w for w in layer.weights if w.trainable is trained] for trained in (True, False))
    one, other = (sum(int(np.prod(w.shape, dtype=np.int64)) for w in ws) for ws in lists)
    return one, other


def draw_weights(built: Built, seed: int) -> None:
    """Give every weight of the model random numbers, so that none is as it starts."""
    rng = np.random.default_rng(seed)
    for weight in built.model.weights:
        if "float" in str(weight.dtype):
            numbers = rng.uniform(-SPREAD, SPREAD, weight.shape)
            positive = any(word in weight.path.rpartition("/")[2] for word in POSITIVE)
            weight.assign((np.abs(numbers) + SPREAD if positive else numbers).astype("float32"))
    for layer in built.model._flatten_layers():  # noqa: SLF001  those inside of wrappers, too
        if hasattr(layer, "adapt_mean"):  # these weights serve by what is made of them
            layer.finalize_state()


def weights_of(keras: Any, graph: Graph, built: Built) -> dict[str, list[Array]]:
    """Each layer's weights as they are, in Keras's order."""
    owners = [n for n in graph.layers if n.shares is None and n.name in built.applied]
    return {n.name: [keras.ops.convert_to_numpy(w) for w in built.applied[n.name].layer.weights] for n in owners}


def run_keras(keras: Any, graph: Graph, built: Built, inputs: dict[str, Array]) -> Side:
    """What Keras built, and the values that each layer gives for these inputs.

    Raises:
        KerasFails: Keras cannot run what it built.
    """
    try:
        probe = keras.Model(built.model.inputs, list(built.outputs.values()))
        values = probe([inputs[n.name] for n in graph.inputs], training=False)
        arrays = [keras.ops.convert_to_numpy(value) for value in (values if isinstance(values, list | tuple) else [values])]
    except Exception as error:  # whatever Keras raises
        raise KerasFails("run", error) from error
    return Side("Keras", built_figures(built), dict(zip(built.outputs, arrays, strict=True)))
