"""Generated programs, run as programs: they train on what their recipe names."""

from __future__ import annotations

from typing import Any

import pytest
from codegen.generated import program
from codegen.networks import Builder, lenet5

from archcalc.graph import Graph

# Keras's own, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def classifier(shape: tuple[int, ...] = (8, 8, 1), activation: str = "softmax", **recipe: Any) -> Graph:
    return Builder(shape).then("flatten").then("dense", units=10, activation=activation).trained(epochs=2, **recipe).graph


@pytest.mark.parametrize(
    "recipe",
    [
        {},
        {"loss": "categorical_crossentropy"},
        {"loss": "binary_crossentropy", "activation": "sigmoid"},
        {"loss": "mse", "activation": "tanh", "metrics": ("mae",), "validation": 0.2},
        {"loss": "sparse_categorical_crossentropy", "activation": "linear", "optimizer": "sgd", "learning_rate": 0.01},
    ],
    ids=str,
)
def test_random_numbers_suit_every_loss(keras: Any, recipe: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    program(classifier(data="random", **recipe)).main()
    assert "'loss': " in capsys.readouterr().out


def test_several_inputs_and_outputs_train(keras: Any, capsys: pytest.CaptureFixture[str]) -> None:
    builder = Builder((6,), (6,)).then("concat", inputs=("input", "input_2")).then("dense", "a", units=3, activation="softmax")
    builder.then("dense", "b", inputs=("concat_2",), units=1)
    builder.graph.outputs = [builder.nodes["a"], builder.nodes["b"]]
    program(builder.trained(epochs=1).graph).main()
    assert "'loss': " in capsys.readouterr().out


@pytest.mark.parametrize("shape", [(8, 8, 1), (32, 32, 3), (28, 28), (784,)])
def test_a_numpy_file_is_prepared_for_the_input(keras: Any, shape: tuple[int, ...], tmp_path: Any) -> None:
    np = pytest.importorskip("numpy", reason="NumPy is not installed")
    x, y = np.full((5, 14, 14), 255, np.uint8), np.arange(5)
    np.savez(tmp_path / "images.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    (images, labels), _ = program(classifier(shape, data=str(tmp_path / "images.npz"))).load_data()
    assert images.shape == (5, *shape)
    assert images.max() == images.min() == 1.0
    assert list(labels) == list(y)


@pytest.mark.parametrize("graph", [classifier(data="digits", loss="mse"), lenet5()], ids=["one-hot", "distances"])
def test_the_digits_are_learned(keras: Any, graph: Graph) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn, which has the digits, is not installed")
    graph.recipe = graph.recipe or Builder((1,)).trained(data="digits", epochs=3).graph.recipe
    module = program(graph)
    model = module.build_model()
    module.compile_model(model)
    (x, y), (x_test, y_test) = module.load_data()
    model.fit(x, y, batch_size=32, epochs=3, verbose=0)
    assert model.evaluate(x_test, y_test, verbose=0, return_dict=True).get("accuracy", 1) > 0.8
