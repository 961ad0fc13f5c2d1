"""Recipes of several outputs, and recipes that do not fit their network: by name, by position, and as the generated code has them."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from running import archcalc

import archcalc as package
from archcalc.codegen import CodegenError, generate
from archcalc.codegen.recipe import plan

HEAD = """network N {
    photo: input 28x28x1
    seen: gap
    which: dense 10, softmax
    also: dense 12 from seen
    age: dense 1, softplus from seen
    output from which, also, age
    train { RECIPE }
}
"""


def analyzed(recipe: str, text: str = HEAD) -> Any:
    analysis = package.analyze(text=text.replace("RECIPE", recipe))
    assert analysis.ok, analysis.diagnostics
    return analysis.graph


def code(recipe: str, text: str = HEAD) -> str:
    source = generate(analyzed(recipe, text), "net.arch")
    ast.parse(source)
    return source


def compiled(source: str) -> str:
    """What stands in the brackets of `model.compile(...)`, on one line."""
    body = source.split("model.compile(")[1].split("\ndef ")[0]
    return re.sub(r"\s+", " ", body).replace("( ", "(").replace(", )", ")").strip().removesuffix(")").strip().removesuffix(",")


@pytest.mark.parametrize(
    ("recipe", "losses"),
    [
        ("", ["sparse_categorical_crossentropy", "sparse_categorical_crossentropy", "mse"]),
        ("loss mae", ["mae", "mae", "mae"]),
        ("loss mae, which=kl_divergence", ["kl_divergence", "mae", "mae"]),
        ("loss age=huber, which=mse", ["mse", "sparse_categorical_crossentropy", "huber"]),
    ],
)
def test_a_loss_is_for_all_outputs_or_for_one(recipe: str, losses: list[str]) -> None:
    assert [t.loss for t in plan(analyzed(recipe)).targets] == losses


def test_each_output_has_its_loss_weight_and_metrics_in_order() -> None:
    source = code(
        "loss which=categorical_crossentropy, age=mae; loss_weights also=0.3, age=2; metrics which=accuracy, age=(mae, mse); optimizer sgd"
    )
    assert compiled(source) == (
        "optimizer=keras.optimizers.SGD(), "
        'loss=["categorical_crossentropy", keras.losses.SparseCategoricalCrossentropy(from_logits=True), "mae"], '
        "loss_weights=[1.0, 0.3, 2.0], "
        'metrics=[["accuracy"], ["accuracy"], ["mae", "mse"]]'
    )


def test_metrics_are_for_every_output_unless_one_is_named() -> None:
    targets = plan(analyzed("metrics mae, mse; batch_size 8; validation_split 0.1")).targets
    assert [t.metrics for t in targets] == [("mae", "mse")] * 3
    assert [t.metrics for t in plan(analyzed("metrics mae, which=accuracy")).targets] == [("accuracy",), ("mae",), ("mae",)]
    read = plan(analyzed("batch_size 8; validation_split 0.1"))
    assert (read.batch, read.validation) == (8, 0.1)


def test_random_data_has_something_for_every_output() -> None:
    source = code("loss which=categorical_crossentropy")
    assert "keras.utils.to_categorical(rng.integers(10, size=(256,)), 10)" in source
    assert "rng.integers(12, size=(256,))" in source and "rng.random((256, 1), np.float32)" in source


IMAGES = HEAD.replace("age: dense 1, softplus", "age: dense 11, tanh")


def test_one_image_has_its_label_for_every_output() -> None:
    source = code("data mnist", IMAGES)
    assert "return (x_train, [y_train, y_train, to_targets(y_train)]), (x_test, [y_test, y_test, to_targets(y_test)])" in source
    assert "keras.utils.to_categorical(labels, 11)" in source
    source = code("data digits; loss which=mse, age=mse", IMAGES)
    assert "[to_targets(y_train, 10), y_train, to_targets(y_train, 11)]" in source and "def to_targets(labels, classes):" in source


def test_names_are_those_of_labels_blocks_and_parts() -> None:
    text = """block head(n) { dense 8, relu; dense n }
    network Enc { input 4; a: dense 3; b: dense 2 from a; output from a, b }
    network N {
        input 4
        one: head 3
        two: head 1 from input
        repeat 2 { e: dense 2 from input }
        enc: Enc from input
        output from one, two, e[:], enc
        train { loss one=mae, two=huber, e=poisson, enc=hinge }
    }"""
    targets = package.analyze(text=text, network="N")
    assert targets.ok, targets.diagnostics
    assert [t.loss for t in plan(targets.graph).targets] == ["mae", "huber", "poisson", "poisson", "hinge", "hinge"]


END = "network N {\n    input 8x8x1; flatten\n    END\n    train { data digits; loss LOSS }\n}\n"
UNFIT = [
    (
        "dense 1, sigmoid",
        "sparse_categorical_crossentropy",
        "needs a value for each class, 2 or more; `dense_1` puts out 1 (binary_crossentropy",
    ),
    ("dense 1, sigmoid", "categorical_crossentropy", "needs a value for each class, 2 or more; `dense_1` puts out 1"),
    (
        "dense 10, softmax",
        "binary_crossentropy",
        "judges each value by itself; `dense_1` puts out 10 values of a softmax, which add up to 1",
    ),
    ("reshape 4x16; time_distributed { dense 5, softmax }", "binary_crossentropy", "`time_distributed_1` puts out 4x5 values of a softmax"),
    ("rbf 10", "sparse_categorical_crossentropy", "is for probabilities; `rbf_1` puts out 10 distances"),
]


@pytest.mark.parametrize(("end", "loss", "message"), UNFIT, ids=[f"{end}-{loss}" for end, loss, _ in UNFIT])
def test_a_loss_that_does_not_fit_is_told_with_its_line(end: str, loss: str, message: str, tmp_path: Any) -> None:
    path = tmp_path / "net.arch"
    path.write_text(END.replace("END", end).replace("LOSS", loss))
    ran = archcalc("codegen", "--keras", "net.arch", cwd=tmp_path)
    assert ran.code == 1 and not ran.out
    (line,) = ran.err.strip().splitlines()
    assert line.startswith(f"archcalc: net.arch:4: loss {loss} ") and message in line
    assert package.analyze(str(path)).ok  # sizes and counts have nothing to do with it


@pytest.mark.parametrize(
    ("end", "loss"),
    [
        ("dense 1, sigmoid", "binary_crossentropy"), ("dense 10, sigmoid", "binary_crossentropy"), ("dense 10", "binary_crossentropy"),
        ("dense 1, sigmoid", "mse"), ("dense 2, softmax", "sparse_categorical_crossentropy"), ("rbf 3", "mse"), ("conv_1: reshape 8x8", "mse"),
        ("reshape 8x8; dense 3, softmax", "sparse_categorical_crossentropy"), ("dense 10, sigmoid", "categorical_crossentropy"),
    ],
)  # fmt: skip
def test_a_loss_that_fits_is_taken(end: str, loss: str) -> None:
    (target,) = plan(analyzed("", END.replace("END", end).replace("LOSS", loss))).targets
    assert target.loss == loss


@pytest.mark.parametrize(
    ("end", "logits"),
    [
        ("dense 10", True), ("dense 10, softmax", False), ("dense 10; softmax", False), ("dense 10; softmax; reshape 10", False),
        ("dense 10, sigmoid", False), ("reshape 4x16; time_distributed { dense 5, softmax }", False), ("dense 10; relu", True),
    ],
)  # fmt: skip
def test_logits_are_what_no_softmax_came_after(end: str, logits: bool) -> None:
    (target,) = plan(analyzed("", END.replace("END", end).replace("LOSS", "sparse_categorical_crossentropy"))).targets
    assert target.logits is logits


def test_yes_or_no_from_a_logit_counts_from_zero() -> None:
    source = code("", END.replace("END", "dense 1").replace("data digits; loss LOSS", "loss binary_crossentropy"))
    assert 'metrics=[keras.metrics.BinaryAccuracy(name="accuracy", threshold=0)]' in compiled(source)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("input 28x28x1; flatten; dense 5, softmax", "N takes 28x28x1 and puts out 5"),
        ("input 5x5x5x2; flatten; dense 10, softmax", "N takes 5x5x5x2 and puts out 10"),
        ("a: input 28x28x1; b: input 28x28x1; add from a, b; flatten; dense 10", "N takes 28x28x1 and 28x28x1 and puts out 10"),
    ],
)
def test_data_that_do_not_fit_are_told_in_sizes(text: str, said: str) -> None:
    with pytest.raises(CodegenError, match=f"the data set mnist has images of ten classes; {said}"):
        code("", f"network N {{ {text}\n train {{ data mnist }} }}")
