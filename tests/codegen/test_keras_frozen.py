"""Frozen layers in real Keras: of every kind that has weights, no variable of the model is trained, and training changes none."""

from __future__ import annotations

from typing import Any

import pytest
from codegen.generated import program
from codegen.recorded import recorded
from contract.every import CLASSES, network

import archcalc
from archcalc.codegen import generate
from archcalc.codegen.errors import CodegenError
from archcalc.engine import run
from archcalc.registry import TRAINABLE
from archcalc.spec import Example, Layer

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

FREEZABLE = [cls for cls in CLASSES if TRAINABLE in cls.args]
CASES = [pytest.param(cls, example, id=example.line) for cls in FREEZABLE for example in cls.examples]


def frozen(line: str) -> str:
    """The line with the word: before the body, where it has one."""
    head, brace, body = line.partition("{")
    return f"{head.rstrip()}{',' if ' ' in head.strip() else ''} frozen {brace}{body}"


def analyzed(cls: type[Layer], line: str, example: Example) -> Any:
    analysis = archcalc.analyze(text=network(cls, example._replace(line=line)))
    assert [d.message for d in analysis.diagnostics if d.severity == "error"] == []
    return analysis


def sizes(weights: Any) -> int:
    return sum(int(w.numpy().size) for w in weights)


@pytest.mark.parametrize(("cls", "example"), CASES)
def test_no_variable_of_the_model_is_trained(keras: Any, cls: type[Layer], example: Example) -> None:
    """What a layer says of itself is not asked: of layers made of others, Keras's lists are empty while it trains them."""
    plain, analysis = analyzed(cls, example.line, example), analyzed(cls, frozen(example.line), example)
    assert analysis.totals.trainable_params == 0
    assert analysis.totals.non_trainable_params == analysis.totals.params == plain.totals.params
    same = ("connections", "units", "macs", "flops", "weight_bytes", "activation_bytes")
    assert [getattr(analysis.totals, figure) for figure in same] == [getattr(plain.totals, figure) for figure in same]
    if "ScoredAttention" in generate(plain.graph, "plain.arch"):
        with pytest.raises(CodegenError, match="no code for `frozen` with `scores`"):
            program(analysis.graph)
        return
    model = program(analysis.graph).build_model()
    assert model.trainable_weights == []
    assert sizes(model.weights) == analysis.totals.params


@pytest.mark.parametrize(("cls", "example"), CASES)
def test_numpy_counts_none_as_trained(cls: type[Layer], example: Example) -> None:
    analysis = analyzed(cls, frozen(example.line), example)
    found = run(analysis.graph).layers["L"]
    assert (found.trainable_params, found.non_trainable_params) == (0, analysis.layers["L"].params)


PARTS = [
    ("bidirectional { lstm 4, frozen }", (5, 3)),
    ("bidirectional frozen { stacked_rnn { lstm 4; gru 3 } }", (5, 3)),
    ("time_distributed { dense 4, trainable=false }", (5, 3)),
    ("time_distributed frozen { spectral_norm { dense 4 } }", (5, 3)),
    ("stacked_rnn { lstm 4, frozen; gru 3 }", (5, 3)),
    ("stacked_rnn { lstm 4; gru 3, frozen }", (5, 3)),
    ("stacked_rnn frozen { lstm 4 }", (5, 3)),
    ("spectral_norm { dense 4, notrainable }", (5, 3)),
    ("spectral_norm frozen { embedding 9, 4 }", (5,)),
    ("dense 4, lora_rank=2, frozen", (5, 3)),
    ("lstm 4, dropout=0.5, frozen", (5, 3)),
    ("conv 4, 3x3, untied, frozen", (7, 6, 2)),
    ("conv 4, 3x3, pad=1, frozen", (7, 6, 2)),
    ("subsample frozen", (8, 6, 2)),
    ("bn trainable=false, renorm", (8, 6, 2)),
    ("mha 2, 4, trainable=true", (5, 3)),
]


@pytest.mark.parametrize(("line", "shape"), PARTS, ids=[line for line, _ in PARTS])
def test_what_training_changes_is_what_is_said_to_be_trained(keras: Any, line: str, shape: tuple[int, ...]) -> None:
    """Keras takes a step with a gradient through a dense layer behind: the variables that it moves are as many as are counted."""
    size = "x".join(map(str, shape))
    analysis = archcalc.analyze(text=f"network N {{ input {size}; L: {line}; flatten; dense 2 }}")
    assert [d.message for d in analysis.diagnostics if d.severity == "error"] == []
    with recorded(keras) as calls:
        model = program(analysis.graph).build_model()
    layer, row = calls[0].layer, analysis.layers["L"]
    assert sizes(layer.weights) == row.params
    assert sizes(w for w in layer.weights if w.trainable) == row.trainable_params
    assert sizes(model.trainable_weights) == analysis.totals.trainable_params
    # Whether it is frozen or not, Keras divides the kernel by its norm in training.
    kept = [w for w in layer.weights if not w.trainable and "spectral" not in line]
    before = [w.numpy().copy() for w in kept]
    model.compile(keras.optimizers.SGD(0.1), "mse")
    integers = model.inputs[0].dtype.startswith("int")
    x = keras.ops.ones((4, *shape), "int32") if integers else keras.random.normal((4, *shape))
    model.fit(x, keras.random.normal((4, 2)), verbose=0)
    assert all((old == new.numpy()).all() for old, new in zip(before, kept, strict=True))
