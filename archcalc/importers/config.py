"""The models that a config describes, as Keras 3 and Keras 2 write it: layers with their settings, and who reads whom."""

from __future__ import annotations

import json
from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.importers.nodes import Call, Misread, Tensor, read_calls, references, shape_in
from archcalc.languages import phrase
from archcalc.resolve.context import MAX_LAYERS
from archcalc.source import Source, Span

MAX_DEPTH = 20  # models inside of models


class LayerConfig:
    """A layer as the file has it. `model` is what it holds, where it is a model itself."""

    __slots__ = ("built", "calls", "class_name", "config", "model", "module", "name", "old", "registered")

    def __init__(self, name: str, class_name: str, module: str, registered: str, config: dict[str, Any]) -> None:
        self.name = name
        self.class_name = class_name
        self.module = module
        self.registered = registered  # "package>name" of a class that is not Keras's own
        self.config = config
        self.calls: list[Call] = []
        self.old = False  # its calls are written as Keras 2 writes them
        self.built: Any = None  # the shape, or shapes, on which it was built
        self.model: ModelConfig | None = None

    @property
    def is_input(self) -> bool:
        return self.class_name == "InputLayer"


class ModelConfig:
    """A model: its layers in the file's order, and its inputs and outputs."""

    __slots__ = ("graph", "inputs", "layers", "name", "outputs", "shape")

    def __init__(self, name: str, graph: bool) -> None:
        self.name = name
        self.graph = graph  # and not a chain
        self.layers: dict[str, LayerConfig] = {}
        self.inputs: list[Tensor] = []
        self.outputs: list[Tensor] = []
        self.shape: tuple[int | None, ...] | None = None  # on which a chain without an input layer was built


class Reader:
    """Reads one file. What is wrong is in `findings`, each at the layer's name in the text."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.findings: list[Diagnostic] = []
        self.count = 0
        self.old = False  # Keras 2 wrote it, as the file says

    # ---- what is wrong ------------------------------------------------------------------------------------------

    def report(self, code: str, layer: str | None = None, **facts: Any) -> None:
        """A finding at the place where a layer is named first."""
        at, end = 0, 0
        if layer is not None:
            quoted = json.dumps(layer)
            at = self.source.text.find(f'"name": {quoted}')
            at = at + len('"name": ') if at >= 0 else max(self.source.text.find(quoted), 0)
            end = at + len(quoted) if at else 0
        self.findings.append(Diagnostic(code, Span(self.source, at, end), facts, layer=layer))

    def wrong(self, where: str, wanted: str, got: Any, layer: str | None = None) -> None:
        self.report("E602", layer, where=where, wanted=wanted, got=f"`{shown(got)}`")

    # ---- models -------------------------------------------------------------------------------------------------

    def top(self, data: Any) -> ModelConfig | None:
        """The model of a whole file."""
        if not isinstance(data, dict) or "class_name" not in data or "config" not in data:
            self.wrong(phrase("the file"), phrase('what `model.to_json()` writes, `{"class_name": ..., "config": ...}`'), data)
            return None
        self.old = str(data.get("keras_version", "3")).startswith(("1.", "2."))
        config = data["config"]
        if isinstance(config, list):  # a chain, as the first versions wrote it
            config = {"name": "sequential", "layers": config}
        if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
            self.report("E603", name=str(data["class_name"]))
            return None
        return self.model(config, "config", 0)

    def model(self, config: dict[str, Any], where: str, depth: int) -> ModelConfig | None:
        """A model by its config: a graph, or a chain if it names no inputs."""
        if depth > MAX_DEPTH:
            self.report("E602", where=where, wanted=phrase("no model, since {n} are around it", n=MAX_DEPTH), got=phrase("one"))
            return None
        layers = config["layers"]
        self.count += len(layers)
        if self.count > MAX_LAYERS:
            self.report("E602", where=f"{where}.layers", wanted=phrase("at most {n} layers", n=f"{MAX_LAYERS:,}"), got=f"{len(layers):,}")
            return None
        found = ModelConfig(_text(config.get("name"), "model"), "input_layers" in config)
        before = len(self.findings)
        for i, data in enumerate(layers):
            layer = self.layer(data, f"{where}.layers[{i}]", depth)
            if layer is None:
                continue
            if layer.name in found.layers:
                self.wrong(f"{where}.layers[{i}].name", phrase("a name that no other layer of the model has"), layer.name, layer.name)
            found.layers[layer.name] = layer
        if len(self.findings) > before:
            return None
        if config.get("trainable") is False and (depth == 0 or self.old):
            _freeze(found)
        self.graph(found, config, where) if found.graph else self.chain(found, config)
        return found if len(self.findings) == before else None

    def chain(self, found: ModelConfig, config: dict[str, Any]) -> None:
        """Layers that each read the one before."""
        found.shape = shape_in(config.get("build_input_shape"))
        before: Tensor | None = None
        for layer in found.layers.values():
            first = before is None
            if first and not layer.is_input:
                found.shape = _own_shape(layer.config) or found.shape or shape_in(layer.built)
            if before is not None:
                layer.calls = [Call((before,), {})]
            elif not layer.is_input:
                layer.calls = [Call((), {})]
            before = Tensor(layer.name, 0, 0)
            if first:
                found.inputs = [before]
        if before is not None:
            found.outputs = [before]

    def graph(self, found: ModelConfig, config: dict[str, Any], where: str) -> None:
        for key, into in (("input_layers", found.inputs), ("output_layers", found.outputs)):
            try:
                into += [Tensor(*reference) for reference in references(config.get(key))]
            except Misread as misread:
                self.wrong(f"{where}.{key}", misread.args[0], config.get(key))
        if any(layer.old for layer in found.layers.values()):
            counted = {name for name, layer in found.layers.items() if layer.model is not None}
            for layer in found.layers.values():
                layer.calls = [_from_zero(call, counted) for call in layer.calls]
        else:
            counted = {name for name, layer in found.layers.items() if layer.model is not None and layer.model.graph}
        found.outputs = _from_zero(Call((found.outputs,), {}), counted).tensors
        for layer in found.layers.values():
            for call in layer.calls:
                for tensor in call.tensors:
                    self.known(found, tensor, layer.name)
        for tensor in (*found.inputs, *found.outputs):
            self.known(found, tensor, None)

    def known(self, found: ModelConfig, tensor: Tensor, reader: str | None) -> None:
        """Report a tensor that nothing in the model puts out."""
        layer = found.layers.get(tensor.layer)
        if layer is None:
            what = phrase("`{name}`, and there is no layer of that name", name=tensor.layer)
        elif not 0 <= tensor.call < max(len(layer.calls), layer.is_input):
            what = phrase("call {call} of `{name}`, which is called {n} times", call=tensor.call, name=tensor.layer, n=len(layer.calls))
        elif not 0 <= tensor.output < 1000:
            what = phrase("output {output} of `{name}`", output=tensor.output, name=tensor.layer)
        else:
            return
        self.report("E604", reader, name=f"`{reader}`" if reader is not None else phrase("the model"), what=what)

    # ---- layers -------------------------------------------------------------------------------------------------

    def layer(self, data: Any, where: str, depth: int) -> LayerConfig | None:
        """One layer, and the model that it is, if it is one."""
        if not isinstance(data, dict) or not isinstance(data.get("class_name"), str) or not isinstance(data.get("config"), dict | list):
            self.wrong(where, phrase('a layer, `{"class_name": ..., "config": {...}, ...}`'), data)
            return None
        config = data["config"] if isinstance(data["config"], dict) else {"name": data.get("name"), "layers": data["config"]}
        name = data.get("name", config.get("name"))
        if not isinstance(name, str):
            self.wrong(f"{where}.name", phrase("a text"), name)
            return None
        layer = LayerConfig(name, data["class_name"], _text(data.get("module")), _text(data.get("registered_name")), config)
        built = data.get("build_config")
        layer.built = built.get("input_shape", built.get("shapes_dict")) if isinstance(built, dict) else None
        try:
            nodes = data.get("inbound_nodes") or []
            layer.calls = read_calls(nodes)
            layer.old = self.old or any(isinstance(node, list) for node in nodes)
        except Misread as misread:
            self.wrong(f"{where}.inbound_nodes", misread.args[0], data["inbound_nodes"], name)
            return None
        if isinstance(config.get("layers"), list):
            layer.model = self.model(config, f"{where}.config", depth + 1)
        return layer


def _from_zero(call: Call, counted: set[str]) -> Call:
    """A call, where calls of these layers are counted from 1: a model's own making is taken for its first.

    Keras 2 counts all models among the layers so; Keras 3 only graphs, and only where it names the outputs.
    """

    def change(value: Any) -> Any:
        if isinstance(value, Tensor):
            return value._replace(call=value.call - 1) if value.layer in counted else value
        if isinstance(value, list | tuple):
            return type(value)(map(change, value))
        return {k: change(v) for k, v in value.items()} if isinstance(value, dict) else value

    return Call(change(call.arguments), change(call.keywords)) if counted else call


def _freeze(model: ModelConfig) -> None:
    """A model is not trained, whatever what it holds says of itself. Of a model in another, Keras 3 goes by what that holds."""
    for layer in model.layers.values():
        layer.config = {**layer.config, "trainable": False}
        if layer.model is not None:
            _freeze(layer.model)


def _own_shape(config: dict[str, Any]) -> tuple[int | None, ...] | None:
    """The shape, with the batch, that a layer's own config says flows in."""
    return shape_in(config.get("batch_input_shape")) or shape_in(config.get("batch_shape"))


def input_shape(layer: LayerConfig) -> tuple[int | None, ...] | None:
    """The shape of an input layer, with the batch."""
    found = _own_shape(layer.config)
    if found is None and (alone := shape_in(layer.config.get("shape"))) is not None:
        found = (None, *alone)
    return found


def _text(value: Any, otherwise: str = "") -> str:
    return value if isinstance(value, str) else otherwise


def shown(value: Any) -> str:
    """A piece of the file as a message has room for it."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        text = str(type(value).__name__)
    return text if len(text) <= 60 else f"{text[:40]} ... {text[-10:]}"
