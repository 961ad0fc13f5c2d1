"""Keras's mixed precision: what layers put out takes two bytes, what they store four, and what flows into a network four."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from codegen.generated import program
from codegen.recorded import recorded
from contract.every import CLASSES, network

import archcalc
from archcalc.spec import Example, Layer
from archcalc.verify import run as verify

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

NO_CODE = {"input", "custom"}
FLOATS = {"hashing", "integer_lookup"}  # what they look up has a type of its own in Keras, whatever the policy
EXAMPLES = [pytest.param(cls, example, id=example.line) for cls in CLASSES for example in cls.examples if cls.kind not in NO_CODE | FLOATS]
POLICIES = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}
WIDTHS = {"float16": 2, "bfloat16": 2, "float32": 4}

DEEP = """network Deep {
    dtype mixed_float16
    input 8x8x1
    C1: conv 8, 3x3, relu
    B1: bn
    flatten
    F1: dense 32, relu
    dense 10, softmax
}"""


@pytest.fixture(autouse=True)
def _as_it_was(keras: Any) -> Iterator[None]:
    """Generated code sets the policy for all that follows, other tests as well."""
    before = keras.config.dtype_policy()
    yield
    keras.config.set_dtype_policy(before)


def of_example(cls: type[Layer], example: Example, dtype: str) -> Any:
    analysis = archcalc.analyze(text=network(cls, example).replace("{", f"{{\n dtype {dtype}", 1))
    assert [d.message for d in analysis.diagnostics if d.severity == "error"] == []
    return analysis


def width(value: Any) -> int | None:
    """The bytes of one of its values; None of integers and truths, whose type depends on what they count."""
    return WIDTHS.get(str(value.dtype))


@pytest.mark.parametrize(("cls", "example"), EXAMPLES)
def test_each_value_and_each_weight_takes_what_keras_takes(keras: Any, cls: type[Layer], example: Example) -> None:
    analysis = of_example(cls, example, "mixed_float16")
    with recorded(keras) as calls:
        model = program(analysis.graph).build_model()
    (call,) = [c for c in calls if c.layer.name == "L"] or calls[:1]
    row = analysis.layers["L"]
    assert all(width(value) in (4, None) for value in model.inputs)
    weights = [w for w in call.layer.weights if width(w) is not None]
    if len(weights) == len(call.layer.weights):
        assert sum(width(w) * int(w.numpy().size) for w in weights) == row.weight_bytes
    if width(call.gives[0]) is not None:
        values = 1
        for n in call.gives[0].shape[1:]:
            values *= n
        assert width(call.gives[0]) * values == row.activation_bytes


@pytest.mark.parametrize("policy", POLICIES)
def test_generated_code_sets_the_policy(keras: Any, policy: str) -> None:
    analysis = archcalc.analyze(text=DEEP.replace("mixed_float16", policy))
    model = program(analysis.graph).build_model()
    assert {layer.dtype_policy.name for layer in model.layers[1:]} == {policy}
    assert {str(w.dtype) for w in model.weights} == {"float32"}
    assert str(model.outputs[0].dtype) == POLICIES[policy]
    stored = sum(int(w.numpy().size) * w.numpy().itemsize for w in model.weights)
    assert stored == analysis.totals.weight_bytes == 4 * analysis.totals.params
    assert analysis.totals.activation_bytes == 2 * (2 * 6 * 6 * 8 + 288 + 32 + 10)


def test_training_keeps_gradients_and_the_optimizers_values_in_four_bytes(keras: Any) -> None:
    analysis = archcalc.analyze(text=DEEP)
    model = program(analysis.graph).build_model()
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    slots = [v for v in optimizer.variables if tuple(v.shape) in {tuple(w.shape) for w in model.trainable_variables}]
    kept = sum(int(v.numpy().size) * v.numpy().itemsize for v in slots)
    trained = analysis.totals.trainable_params
    assert kept == 2 * 4 * trained
    totals = analysis.totals
    assert totals.training_bytes == 4 * totals.params + 4 * trained + kept + totals.activation_bytes


def test_an_input_takes_four_bytes_at_the_peak_and_what_looks_at_it_is_a_copy_of_two() -> None:
    totals = archcalc.analyze(text="network N { dtype mixed_float16; input 10x10x1; flatten; dense 1 }").totals
    assert totals.peak_activation_bytes == 4 * 100 + 2 * 100
    assert archcalc.analyze(text="network N { dtype float16; input 10x10x1; flatten; dense 1 }").totals.peak_activation_bytes == 2 * 101


def test_verify_confirms_the_policy() -> None:
    analysis = archcalc.analyze(text=DEEP)
    rows = [
        {"name": r.name, "kind": r.kind, **{f: getattr(r, f) for f in ("trainable_params", "non_trainable_params")}} for r in analysis.rows
    ]
    rows = [{**row, "output_shape": list(analysis.layers[row["name"]].output_shape)} for row in rows]
    result = verify(analysis.graph, rows, device="cpu", data="random")
    assert result["ok"], result["problems"]
    assert {row["built"]["policy"] for row in result["layers"]} == {"mixed_float16"}
    assert {row["predicted"]["policy"] for row in result["layers"]} == {"mixed_float16"}
