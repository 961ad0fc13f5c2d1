"""Every kind in real Keras: shapes and parameters are the declaration's, and a saved model is the same model."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from codegen.configs import CONFIGS, Config, title
from codegen.generated import predicted, program
from codegen.networks import Builder, lenet5
from codegen.recorded import Applied, recorded
from contract.every import EXAMPLES, analyzed

from archcalc.graph import Graph
from archcalc.registry import every_kind
from archcalc.spec import Example, Layer

# Keras's own, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def calls_of(keras: Any, graph: Graph) -> tuple[Any, list[Applied]]:
    """The model, and what was applied in it: a call for each layer of the graph, in its order."""
    module = program(graph)
    with recorded(keras) as calls:
        model = module.build_model()
    assert len(calls) == len(graph.layers)
    return model, calls


def built(calls: list[Applied]) -> list[Any]:
    """What Keras has for each layer of the graph."""
    counts = [[sum(int(w.numpy().size) for w in ws) for ws in (c.layer.trainable_weights, c.layer.non_trainable_weights)] for c in calls]
    return [(tuple(c.gives[0].shape[1:]), *count) for c, count in zip(calls, counts, strict=True)]


def ran(keras: Any, model: Any, calls: list[Applied]) -> list[tuple[int, ...]]:
    """The shape of each layer's output for a sample of random numbers: what Keras computes, not what it says it would."""
    probe = keras.Model(model.inputs, [c.gives[0] for c in calls])
    samples = [_sample(keras, i) for i in model.inputs]
    out = probe(samples if len(samples) > 1 else samples[0])
    return [tuple(o.shape[1:]) for o in (out if isinstance(out, list) else [out])]


def _sample(keras: Any, tensor: Any) -> Any:
    """Random values for an input; zeros for one that takes whole numbers, which any table has an entry for."""
    shape = (1, *tensor.shape[1:])
    return keras.random.normal(shape) if tensor.dtype == "float32" else keras.ops.zeros(shape, tensor.dtype)


def network(config: Config) -> Graph:
    kind, arguments, shapes = config
    builder = Builder(*shapes)
    read = tuple(n.name for n in builder.graph.inputs)
    return builder.then(kind, "layer", inputs=read, **arguments).graph


def agrees(keras: Any, graph: Graph) -> None:
    model, calls = calls_of(keras, graph)
    assert built(calls) == [predicted(n) for n in graph.layers]
    assert ran(keras, model, calls) == [n.shape for n in graph.layers]


BARE = [
    ("maxpool", (7, 6, 2)),
    ("avgpool", (7, 6, 2)),
    ("subsample", (7, 6, 2)),
    ("gap", (7, 6, 2)),
    ("flatten", (7, 6, 2)),
    ("bn", (7, 6, 2)),
]


@pytest.mark.parametrize(("kind", "shape"), [(k, s[i:]) for k, s in BARE for i in (0, 1)] + [(k, (5, *s)) for k, s in BARE])
def test_a_kind_without_arguments_builds_in_every_rank(keras: Any, kind: str, shape: tuple[int, ...]) -> None:
    agrees(keras, network((kind, {}, (shape,))))


@pytest.mark.parametrize("config", CONFIGS, ids=title)
def test_keras_agrees_with_the_declaration(keras: Any, config: Config) -> None:
    agrees(keras, network(config))


NO_CODE = {"input", "custom"}  # no layer; a layer that archcalc does not know


@pytest.mark.parametrize(("cls", "example"), [e for e in EXAMPLES if e.values[0].kind not in NO_CODE])
def test_every_example_of_every_kind_builds(keras: Any, cls: type[Layer], example: Example) -> None:
    agrees(keras, analyzed(cls, example).graph)


OWN = [c for c in CONFIGS if c[0] in ("conv", "maxpool", "avgpool", "subsample", "rbf")]


@pytest.mark.parametrize("config", OWN, ids=title)
def test_a_saved_model_is_the_same_model(keras: Any, config: Config, tmp_path: Path) -> None:
    model = program(network(config)).build_model()
    for weight in model.trainable_weights:
        weight.assign(keras.random.normal(weight.shape))
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    x = keras.random.normal((2, *config[2][0]))
    assert keras.ops.all(model(x) == again(x))


def test_lenet5_has_the_papers_parameters(keras: Any) -> None:
    model = program(lenet5()).build_model()
    assert [layer.count_params() for layer in model.layers] == [156, 12, 1516, 32, 48120, 0, 10164, 840]
    assert sum(w.numpy().size for w in model.trainable_weights) == 60_000


def test_branches_merge_and_a_shared_layer_has_one_set_of_weights(keras: Any) -> None:
    graph = (
        Builder((8, 8, 3), (8, 8, 3))
        .then("conv", "a", inputs=("input",), filters=4, kernel=3, padding=1)
        .then("conv", "b", inputs=("input_2",), shares="a")
        .then("add", "sum", inputs=("a", "b"))
        .then("flatten")
        .then("dense", "end", units=2)
        .graph
    )
    model = program(graph).build_model()
    assert model.count_params() == sum(sum(predicted(n)[1:]) for n in graph.layers)
    one, two = keras.random.normal((2, 8, 8, 3)), keras.random.normal((2, 8, 8, 3))
    assert keras.ops.all(keras.ops.isclose(model([one, two]), model([two, one]), atol=1e-5))


@pytest.mark.parametrize("kind", [k for k, cls in every_kind().items() if cls.keras and any(a.required for a in cls.args)])
def test_required_arguments_stand_first_in_kerass_signature(keras: Any, kind: str) -> None:
    cls = every_kind()[kind]
    assert cls.keras is not None
    owner = keras if kind == "input" else keras.layers
    names = [p for p in inspect.signature(getattr(owner, cls.keras.format(rank=2))).parameters if p != "self"]
    required = [a.keras for a in cls.args if a.required]
    assert names[: len(required)] == required
