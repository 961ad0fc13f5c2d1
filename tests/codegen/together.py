"""Many layers side by side in one network, each with inputs of its own: one model is built, run, trained and saved for all."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from codegen.generated import predicted, program

import archcalc
from archcalc.codegen.application import is_part
from archcalc.codegen.names import keras_names
from archcalc.graph import Graph, aligned, channels_first
from archcalc.sizes import Shape

Line = tuple[str, tuple[Shape, ...]]


def say(shape: Shape) -> str:
    return "x".join(map(str, shape))


def network(lines: list[Line], first: bool = False, head: str = "") -> str:
    """The text of a network with a layer for each line, called L0, L1, ... All that they put out is its output."""
    text = ["train { data random }", *(["layout channels_first"] if first else [])]
    for i, (line, shapes) in enumerate(lines):
        names = [f"i{i}_{n}" for n in range(len(shapes))]
        start, brace, body = line.partition("{")
        text += [f"{name}: input {say(shape)}" for name, shape in zip(names, shapes, strict=True)]
        text.append(f"L{i}: {start} from {', '.join(names)} {brace}{body}")
    return head + "\nnetwork N {\n" + "\n".join([*text, "output from " + ", ".join(f"L{i}" for i in range(len(lines)))]) + "\n}\n"


def graph_of(lines: list[Line], first: bool = False, head: str = "") -> Graph:
    """The network of these lines, whose shapes have the channels last."""
    lines = [(line, turned(line, shapes, head)) for line, shapes in lines] if first else lines
    analysis = archcalc.analyze(text=network(lines, first, head))
    assert [d.message for d in analysis.diagnostics if d.severity == "error"] == []
    return analysis.graph


def turned(line: str, shapes: tuple[Shape, ...], head: str = "") -> tuple[Shape, ...]:
    """The shapes as a channels-first network has them."""
    node = archcalc.analyze(text=network([(line, shapes)], head=head)).layers["L0"].node
    axes = node.layer.channel_axes() if node.layer else None
    return tuple(channels_first(x, aligned(axes[0], x, shapes[0])) for x in shapes) if axes else shapes


def error_of(line: str, shapes: tuple[Shape, ...], first: bool = False, head: str = "") -> str:
    """What archcalc says of a line that it refuses; "" otherwise."""
    shapes = turned(line, shapes, head) if first else shapes
    analysis = archcalc.analyze(text=network([(line, shapes)], first, head))
    return next((d.message for d in analysis.diagnostics if d.severity == "error"), "")


def built(keras: Any, graph: Graph) -> tuple[ModuleType, Any]:
    """The generated module and its model, whose layers have the shapes and parameters that are predicted."""
    keras.utils.set_random_seed(0)
    module = program(graph)
    model = module.build_model()
    names = keras_names(graph)
    for node in (n for n in graph.layers if not is_part(n)):
        layer = model.get_layer(names[node.name])
        out = layer.output[0] if isinstance(layer.output, list | tuple) else layer.output
        counts = [sum(int(w.numpy().size) for w in ws) for ws in (layer.trainable_weights, layer.non_trainable_weights)]
        assert (tuple(out.shape[1:]), *counts) == predicted(node), node
    return module, model


def arrays(keras: Any, values: Any) -> list[Any]:
    return [keras.ops.convert_to_numpy(v) for v in keras.tree.flatten(values)]


def alike(keras: Any, one: Any, other: Any, tolerance: float = 0) -> None:
    for i, (x, y) in enumerate(zip(arrays(keras, one), arrays(keras, other), strict=True)):
        assert x.shape == y.shape, i
        assert x.dtype == y.dtype, i
        assert ((x == y) | (abs(x - y) <= tolerance) | ((x != x) & (y != y))).all(), i


def trains(keras: Any, module: ModuleType, model: Any, eagerly: bool = False) -> Any:
    """One step of training on the module's own data. Returns the data that flow in."""
    module.compile_model(model)
    # Keras would compile the step for the processor, which takes longer than all the rest.
    model.jit_compile, model.run_eagerly = False, eagerly
    (x, y), _ = module.load_data()
    model.fit(x, y, batch_size=2, epochs=1, verbose=0)
    return x


def loads_again(keras: Any, model: Any, x: Any, path: Path) -> None:
    """The same values come out of the model after it was saved and loaded."""
    model.save(path, include_optimizer=False)
    again = keras.models.load_model(path)
    alike(keras, model(x, training=False), again(x, training=False))


def proven(keras: Any, graph: Graph, path: Path, in_graph: bool = True) -> None:
    """It is as predicted, trains, loads again, and runs in a graph of TensorFlow as without one: that takes the longest."""
    module, model = built(keras, graph)
    x = trains(keras, module, model, eagerly=True)
    model.run_eagerly = False
    out = model(x, training=False)
    for node, y in zip(graph.outputs, keras.tree.flatten(out), strict=True):
        assert tuple(y.shape[1:]) == node.shape, node
    if in_graph:
        alike(keras, model.predict(x, verbose=0), out, 1e-4)
    loads_again(keras, model, x, path)
