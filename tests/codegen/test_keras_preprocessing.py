"""Normalisation, augmentation and preprocessing as generated: what Keras lacks, or has in another way, against its definition."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from codegen.generated import predicted, program

import archcalc

np = pytest.importorskip("numpy", reason="NumPy is not installed")

# Keras's own, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def model_of(text: str) -> Any:
    analysis = archcalc.analyze(text=f"network N {{\n{text}\n}}\n")
    assert analysis.ok, analysis.diagnostics
    return program(analysis.graph).build_model()


def sample(*shape: int) -> Any:
    return np.random.default_rng(0).normal(size=(2, *shape)).astype("float32")


@pytest.mark.parametrize("size", [1, 3, 5, 9])
def test_local_response_normalisation_is_the_papers(keras: Any, size: int) -> None:
    """Krizhevsky et al. (2012), section 3.3: b[i] = a[i] / (k + alpha * sum of a[j]**2 for j from i - n/2 to i + n/2)**beta."""
    x = 10 * sample(3, 4, 7)
    found = np.array(model_of(f"input 3x4x7\n lrn {size}, alpha=0.01, k=1.5")(x))
    for n, r, c, i in itertools.product(*map(range, x.shape)):
        around = x[n, r, c, max(0, i - size // 2) : i + size // 2 + 1]
        assert found[n, r, c, i] == pytest.approx(x[n, r, c, i] / (1.5 + 0.01 * (around**2).sum()) ** 0.75, rel=1e-4)


def test_local_response_normalisation_follows_the_layout(keras: Any) -> None:
    x = 10 * sample(7, 3, 4)
    found = np.array(model_of("layout channels_first\n input 7x3x4\n lrn")(x))
    last = np.array(model_of("input 3x4x7\n lrn")(np.moveaxis(x, 1, -1)))
    np.testing.assert_allclose(found, np.moveaxis(last, -1, 1), rtol=1e-5)


@pytest.mark.parametrize("layout", ["channels_last", "channels_first"])
def test_instance_normalisation_leaves_mean_0_and_variance_1_in_each_channel(keras: Any, layout: str) -> None:
    first = layout == "channels_first"
    x = 3 * sample(*((4, 8, 9) if first else (8, 9, 4))) + 2
    found = np.array(model_of(f"layout {layout}\n input {'4x8x9' if first else '8x9x4'}\n instancenorm epsilon=0")(x))
    space = (2, 3) if first else (1, 2)
    np.testing.assert_allclose(found.mean(space), 0, atol=1e-5)
    np.testing.assert_allclose(found.var(space), 1, rtol=1e-4)


def test_a_list_of_factors_lies_along_the_channels_in_either_layout(keras: Any) -> None:
    x = sample(2, 3, 4)
    along = np.array([2.0, -1.0]).reshape(2, 1, 1), np.array([1.0, 5.0]).reshape(2, 1, 1)
    found = model_of("layout channels_first\n input 2x3x4\n rescale [2, -1], [1, 5]")(x)
    np.testing.assert_allclose(np.array(found), x * along[0] + along[1], rtol=1e-5)
    found = model_of("input 3x4x2\n rescale [2, -1], [1, 5]")(np.moveaxis(x, 1, -1))
    np.testing.assert_allclose(np.array(found), np.moveaxis(x * along[0] + along[1], 1, -1), rtol=1e-5)
    found = model_of("input 2x3x4\n rescale 3, [1, 5], axis=1")(x)
    np.testing.assert_allclose(np.array(found), 3 * x + along[1], rtol=1e-5)


@pytest.mark.parametrize("line", ["random_crop 4, 5", "random_crop 12, 3", "random_crop 9, 20"])
@pytest.mark.parametrize("training", [False, True])
def test_a_crop_has_its_size_in_training_and_after(keras: Any, line: str, training: bool) -> None:
    model = model_of(f"input 8x9x3\n {line}\n flatten\n dense 2")
    assert model(sample(8, 9, 3), training=training).shape == (2, 2)
    model = model_of(f"layout channels_first\n input 3x8x9\n {line}\n flatten\n dense 2")
    assert model(sample(3, 8, 9), training=training).shape == (2, 2)


def test_equalization_stands_anywhere_in_a_network(keras: Any) -> None:
    model = model_of("input 8x9x3\n conv 3, 1\n equalization value_range=(0, 1)\n conv 2, 3")
    assert model(sample(8, 9, 3)).shape == (2, 6, 7, 2)
    layer = model.layers[1]
    x = np.random.default_rng(0).uniform(0, 0.3, (2, 8, 9, 3)).astype("float32")
    assert np.array(layer(x, training=True)).max() > 0.9
    np.testing.assert_array_equal(np.array(layer(x, training=False)), x)


SAME = [
    "random_flip", "random_rotation 0.2", "random_translation 0.2, 0.1", "random_zoom 0.2", "random_shear 0.2", "random_perspective",
    "random_elastic_transform", "random_erasing", "rand_augment", "aug_mix", "random_brightness 0.2", "random_contrast 0.2",
    "random_color_degeneration 0.2", "random_saturation 0.2", "random_hue 0.2", "random_color_jitter 0.2", "random_grayscale",
    "random_invert", "random_posterization 4", "random_sharpness 0.2", "random_gaussian_blur", "solarization 0.2", "equalization",
]  # fmt: skip


@pytest.mark.parametrize("line", SAME)
def test_what_needs_no_memory_passes_images_on_as_they_are(keras: Any, line: str) -> None:
    x = np.random.default_rng(0).uniform(0, 255, (2, 8, 9, 3)).astype("float32")
    model = model_of(f"input 8x9x3\n {line}")
    np.testing.assert_array_equal(np.array(model(x, training=False)), x)
    assert model(x, training=True).shape == x.shape


@pytest.mark.parametrize("line", ["auto_contrast", "clahe tiles=2"])
def test_what_needs_memory_does_not(keras: Any, line: str) -> None:
    x = np.random.default_rng(0).uniform(50, 100, (2, 8, 9, 3)).astype("float32")
    assert not np.allclose(np.array(model_of(f"input 8x9x3\n {line}")(x, training=False)), x)


def test_a_vocabulary_of_a_length_has_the_whole_numbers_from_0(keras: Any) -> None:
    model = model_of("input 4\n integer_lookup 3, oov=2, one_hot")
    found = np.array(model(np.array([[0, 2, 7, 8]])))
    assert found.shape == (1, 4, 5)
    assert found[0, :2].argmax(-1).tolist() == [2, 4] and set(found[0, 2:].argmax(-1)) <= {0, 1}


def test_categories_are_crossed_and_the_same_pair_has_one_number(keras: Any) -> None:
    model = model_of("a: input 1\n b: input 1\n hashed_crossing 1000 from a, b")
    found = np.array(model([np.array([[1], [2], [1]]), np.array([[5], [5], [5]])]))
    assert found[0, 0] == found[2, 0] != found[1, 0]


@pytest.mark.parametrize("length", [511, 512, 1000])
def test_a_mel_spectrogram_declares_the_frames_that_it_puts_out(keras: Any, length: int) -> None:
    model = model_of(f"input {length}\n mel_spectrogram 64, 32, bins=8\n flatten\n dense 2")
    assert model(sample(length)).shape == (2, 2)


AROUND = [
    ("input 9x8x3", "conv 4, 3, pad=1"),
    ("input 9x8x3", "conv 4, 3, pad=((1, 2), (0, 1)), groups=1, /2"),
    ("input 9x3", "conv_transpose 4, 3, /2, pad=1"),
    ("input 9x8x3", "conv_transpose 4, 3, /2, same"),
    ("input 9x8x3", "depthwise 3, multiplier=2, pad=1"),
    ("input 5x6x7x2", "depthwise 3, multiplier=2"),
    ("input 5x6", 'einsum_dense "abc,cd->abd", (none, 4)'),
    ("input 6", "embedding 10, 4"),
    ("input 6", "reversible_embedding 10, 4"),
]


@pytest.mark.parametrize(("before", "line"), AROUND)
def test_spectral_normalisation_stands_around_whatever_has_a_kernel(keras: Any, before: str, line: str) -> None:
    analysis = archcalc.analyze(text=f"network N {{\n{before}\n spectral_norm {{ {line} }}\n}}\n")
    model = program(analysis.graph).build_model()
    _, trained, stored = predicted(analysis.graph.layers[0])
    counts = [sum(int(w.numpy().size) for w in ws) for ws in (model.trainable_weights, model.non_trainable_weights)]
    assert counts == [trained, stored]
    shape = (2, *model.inputs[0].shape[1:])
    before_training = np.array(model.trainable_weights[0])
    out = model(np.ones(shape, model.inputs[0].dtype), training=True)
    assert tuple(out.shape[1:]) == analysis.graph.layers[0].shape
    assert not np.allclose(np.array(model.trainable_weights[0]), before_training)


SAVED = ["lrn 3", "instancenorm", "rescale [1, 2, 3], axis=-1", "random_crop 4, 5", "equalization", "spectral_norm { conv 4, 3, pad=1 }"]


@pytest.mark.parametrize("line", SAVED)
def test_a_saved_model_is_the_same_model(keras: Any, line: str, tmp_path: Path) -> None:
    model = model_of(f"input 8x9x3\n {line}")
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    x = sample(8, 9, 3)
    np.testing.assert_array_equal(np.array(model(x, training=False)), np.array(again(x, training=False)))


def test_generated_files_of_these_kinds_have_nothing_for_a_linter(tmp_path: Path) -> None:
    import subprocess
    import sys

    from archcalc.codegen import generate

    pytest.importorskip("ruff", reason="ruff is not installed")
    lines = ["lrn", "random_crop 4, 5", "equalization", "rescale [1, 2, 3], axis=2", "instancenorm", "clahe tiles=2"]
    signals = ["mel_spectrogram 64, 5", "integer_lookup 30, tf_idf", "discretization [0, 1], one_hot"]
    texts = [*(f"input 8x3x9\n {line}" for line in lines), *(f"input 509\n {line}" for line in signals)]
    texts = [t.replace("8x3x9", "8x9x3") if "axis=2" not in t else t for t in texts]
    texts.append("a: input 1\n b: input 1\n hashed_crossing 10 from a, b")
    for i, text in enumerate(texts):
        graph = archcalc.analyze(text=f"network N {{\n{text}\n}}\n").graph
        (tmp_path / f"net_{i}.py").write_text(generate(graph, "test.arch"), encoding="utf-8")
    for command in (["check"], ["format", "--diff", "--line-length", "120"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
