"""Shapes, resampling and masks in real Keras, in both layouts: the values, against NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from codegen.generated import predicted, program

import archcalc

np = pytest.importorskip("numpy", reason="NumPy is not installed")

# Keras's own, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def model_of(shape: tuple[int, ...], line: str, first: bool) -> Any:
    """The generated model of one layer, whose shape and parameters are as predicted."""
    layout = "layout channels_first\n" if first else ""
    analysis = archcalc.analyze(text=f"network N {{\n{layout}input {'x'.join(map(str, shape))}\nL: {line}\n}}\n")
    assert analysis.diagnostics == []
    node = analysis.layers["L"].node
    model = program(analysis.graph).build_model()
    assert tuple(model.output_shape[1:]) == node.shape
    assert model.count_params() == sum(predicted(node)[1:])
    return model


def ramp(*shape: int) -> Any:
    """Numbers that all differ, two samples of them."""
    return np.arange(2 * np.prod(shape), dtype="float32").reshape(2, *shape) + 1


def first(x: Any) -> Any:
    return np.moveaxis(x, -1, 1)


def padded(x: Any, *pads: tuple[int, int]) -> Any:
    return np.pad(x, ((0, 0), *pads, (0, 0)))


CASES = [
    ((5, 4), "zero_pad (1, 2)", lambda x: padded(x, (1, 2))),
    ((5, 4), "zero_pad (2,)", lambda x: padded(x, (2, 2))),
    ((5, 6, 4), "zero_pad 1x2", lambda x: padded(x, (1, 1), (2, 2))),
    ((5, 6, 7, 2), "zero_pad (1, (0, 2), 3)", lambda x: padded(x, (1, 1), (0, 2), (3, 3))),
    ((5, 4), "crop (1, 2)", lambda x: x[:, 1:3]),
    ((5, 4), "crop 1", lambda x: x[:, 1:4]),
    ((5, 6, 4), "crop 1x2", lambda x: x[:, 1:4, 2:4]),
    ((5, 6, 7, 2), "crop (1, (0, 2), 3)", lambda x: x[:, 1:4, :4, 3:4]),
    ((5, 4), "upsample 3", lambda x: np.repeat(x, 3, axis=1)),
    ((5, 4), "upsample (3,)", lambda x: np.repeat(x, 3, axis=1)),
    ((5, 6, 4), "upsample 1x2", lambda x: np.repeat(x, 2, axis=2)),
    ((4, 6, 3), "center_crop 2x4", lambda x: x[:, 1:3, 1:5]),
    ((4, 6, 3), "resize 2x3, nearest", lambda x: x[:, 1::2, 1::2]),
    ((2, 2, 1), "resize 1, 1", lambda x: x.mean((1, 2), keepdims=True)),
    ((5, 6, 4), "spatial_dropout 0.5", lambda x: x),
    ((5, 4), "spatial_dropout 0.5", lambda x: x),
    ((5, 6, 4), "layer_scale 0.5", lambda x: x / 2),
]


@pytest.mark.parametrize(("shape", "line", "wanted"), CASES, ids=[f"{line} of {len(shape)}" for shape, line, _ in CASES])
def test_channels_first_is_channels_last_with_the_axes_exchanged(keras: Any, shape: tuple[int, ...], line: str, wanted: Any) -> None:
    x = ramp(*shape)
    np.testing.assert_allclose(np.array(model_of(shape, line, False)(x)), wanted(x), rtol=1e-6)
    found = np.array(model_of((shape[-1], *shape[:-1]), line, True)(first(x)))
    np.testing.assert_allclose(found, first(wanted(x)), rtol=1e-6)


@pytest.mark.parametrize("line", ["crop 1", "upsample 3", "layer_scale 0.5"])
def test_a_saved_model_is_the_same_model(keras: Any, line: str, tmp_path: Path) -> None:
    model = model_of((4, 5), line, True)
    for weight in model.trainable_weights:
        weight.assign(keras.random.normal(weight.shape))
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert keras.ops.all(model(ramp(4, 5)) == again(ramp(4, 5)))


@pytest.mark.parametrize("line", ["crop (1, 2)", "upsample 2", "layer_scale", "spatial_dropout 0.1", "flatten", "prelu 2", "zero_pad"])
@pytest.mark.parametrize("turned", [False, True])
def test_each_step_by_itself(keras: Any, line: str, turned: bool) -> None:
    model_of((4, 6, 5), f"time_distributed {{ {line} }}", turned)


def test_channels_vary_fastest_in_what_is_flattened(keras: Any) -> None:
    x = ramp(5, 6, 4)
    np.testing.assert_array_equal(np.array(model_of((5, 6, 4), "flatten", False)(x)), x.reshape(2, -1))
    np.testing.assert_array_equal(np.array(model_of((4, 5, 6), "flatten", True)(first(x))), x.reshape(2, -1))


def test_axes_of_a_permutation_count_from_one(keras: Any) -> None:
    x = ramp(5, 6, 4)
    np.testing.assert_array_equal(np.array(model_of((5, 6, 4), "permute (3, 1, 2)", False)(x)), x.transpose(0, 3, 1, 2))


def test_steps_of_a_repeated_vector_are_the_vector(keras: Any) -> None:
    x = ramp(4)
    np.testing.assert_array_equal(np.array(model_of((4,), "repeat_vector 3", False)(x)), np.stack([x] * 3, axis=1))


@pytest.mark.parametrize(("line", "axes"), [("prelu (1, 2)", (1, 2)), ("prelu -1", (3,)), ("prelu (1, -1)", (1, 3)), ("prelu", ())])
def test_a_slope_is_shared_along_the_axes_that_are_named(keras: Any, line: str, axes: tuple[int, ...]) -> None:
    model = model_of((5, 6, 4), line, False)
    (alpha,) = model.trainable_weights
    slopes = np.random.default_rng(0).random(tuple(alpha.shape)).astype("float32")
    alpha.assign(slopes)
    x = -ramp(5, 6, 4)
    assert slopes.shape == tuple(1 if i in axes else n for i, n in enumerate((5, 6, 4), 1))
    np.testing.assert_allclose(np.array(model(x)), x * slopes, rtol=1e-6)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("relu 3", lambda x: np.clip(x, 0, 3)),
        ("relu 3, 0.5, 1", lambda x: np.where(x < 1, 0.5 * (x - 1), np.minimum(x, 3))),
        ("elu 0.5", lambda x: np.where(x < 0, 0.5 * (np.exp(x) - 1), x)),
        ("softmax 1", lambda x: np.exp(x) / np.exp(x).sum(1, keepdims=True)),
        ("softmax (1, 2)", lambda x: np.exp(x) / np.exp(x).sum((1, 2), keepdims=True)),
    ],
)
def test_arguments_of_an_activation(keras: Any, line: str, wanted: Any) -> None:
    x = np.linspace(-4, 4, 40, dtype="float32").reshape(2, 5, 4)
    np.testing.assert_allclose(np.array(model_of((5, 4), line, False)(x)), wanted(x), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("line", "together"),
    [
        ("dropout 0.5, noise_shape=1x4", (1,)),
        ("dropout 0.5, noise_shape=6x1", (2,)),
        ("spatial_dropout 0.5", (1,)),
        ("stochastic_depth 0.5", (1, 2)),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_values_that_share_their_fate_in_training(keras: Any, line: str, together: tuple[int, ...], turned: bool) -> None:
    """What is kept is doubled, so that the mean stays; along some axes all is kept or all is dropped."""
    if turned and line.startswith("spatial"):
        together = (2,)  # the steps are the last axis
    x = np.ones((400, 6, 4), "float32")
    y = np.array(model_of((6, 4), line, turned)(x, training=True))
    assert set(np.unique(y)) == {0.0, 2.0}
    assert (y.min(together) == y.max(together)).all()
    apart = tuple({1, 2} - set(together))
    assert not apart or (y.min(apart) < y.max(apart)).any()
    assert y.mean() == pytest.approx(1, abs=0.25)
