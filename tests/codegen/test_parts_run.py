"""What generated code could not run as it stands is refused, with what to write instead; what is not refused runs."""

from __future__ import annotations

from typing import Any

import pytest
from codegen.generated import program

import archcalc
from archcalc.codegen import CodegenError, generate

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras's own, with NumPy 2
    pytest.mark.filterwarnings("ignore:The model does not have any trainable weights"),
]


def graph_of(text: str) -> Any:
    analysis = archcalc.analyze(text=f"network N {{ train {{ data random; epochs 1 }}\n{text}\n}}\n")
    assert analysis.ok, analysis.diagnostics
    return analysis.graph


REFUSED = [
    ("input 5; L: discretization bins=4", "L: .*Discretization without boundaries .* `discretization \\[0, 0.5, 1\\]` for 4 bins"),
    ("input 5; L: discretization bins=1, one_hot", "L: .*Discretization without boundaries"),
    ("input 5; L: integer_lookup", "L: .*IntegerLookup without a vocabulary .* `integer_lookup 1000`"),
    ("input 5; L: integer_lookup max_tokens=9, pad_to_max_tokens, tf_idf", "L: .*IntegerLookup without a vocabulary"),
    ("input 1x5x3; L: random_perspective", "L: .*RandomPerspective fails on an image of 1x5: .* 2x2 is the smallest"),
    ("layout channels_first; input 3x5x1; L: random_perspective", "L: .*RandomPerspective fails on an image of 5x1"),
    ("input 2x5x1x3; L: time_distributed { random_perspective }", "^random_perspective: "),
    ("input 2x5; L: time_distributed { discretization bins=4 }", "^discretization: .*Discretization without boundaries"),
    ('input 2x5; L: time_distributed { custom "RoPE" }', '^custom: "RoPE" is a layer of your own'),
    ("input 2x5x4; L: time_distributed { mha 2, 2 }", "L: Keras's TimeDistributed calls .* not as layer\\(x, x\\)"),
    ("input 2x2x5x4; L: time_distributed { time_distributed { gqa 2, 2, 1 } }", "^time_distributed: Keras's TimeDistributed calls"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[text for text, _ in REFUSED])
def test_what_cannot_run_is_said(text: str, message: str) -> None:
    with pytest.raises(CodegenError, match=message):
        generate(graph_of(text), "x")


@pytest.mark.parametrize(
    "text",
    [
        "input 5; L: discretization [0, 0.5, 1]",
        "input 5; L: integer_lookup 1000, oov=0",
        "input 5; L: integer_lookup 30, max_tokens=50, pad_to_max_tokens, tf_idf",
        "input 5; L: integer_lookup 30, invert",
        "input 5x4; L: normalize",
        "input 5x4; L: normalize none, invert",
        "input 2x5x3; L: random_perspective",
        "a: input 3; b: input 4; L: rnn_cell 4, dropout=0.5 from a, b",
        "a: input 3; b: input 4; c: input 4; L: lstm_cell 4, recurrent_dropout=0.5 from a, b, c",
        "a: input 3; b: input 4; L: gru_cell 4, dropout=0.5, recurrent_dropout=0.5 from a, b",
        "input 5x6x3; L: conv_transpose 4, 4, /2, same, output_padding=0",
        "input 5x6x3; L: conv_transpose 4, 4x3, /2x3, same, output_padding=0x2",
        "layout channels_first; input 3x5; L: conv_transpose 4, 2, dilation=3, same, output_padding=0",
        "input 7x7x4; L: adaptive_avgpool 1x1",
        "input 1x9x4; L: adaptive_maxpool 2x3",
        "layout channels_first; input 4x7x1; L: adaptive_avgpool 3x1",
    ],
)
def test_the_program_runs_from_end_to_end(keras: Any, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    program(graph_of(text)).main()
    assert "'loss': " in capsys.readouterr().out


def test_without_statistics_values_pass_as_they_are(keras: Any) -> None:
    model = program(graph_of("input 5x4; L: normalize")).build_model()
    x = keras.random.normal((2, 5, 4))
    assert keras.ops.all(model(x) == x)
    layer = model.get_layer("L")
    layer.adapt(keras.ops.convert_to_numpy(2 + 3 * x))
    assert abs(float(keras.ops.mean(model(2 + 3 * x)))) < 1e-5


@pytest.mark.parametrize("line", ["embedding 10, 4", "reversible_embedding 10, 4"])
def test_a_normalized_embedding_gives_its_vectors_and_learns(keras: Any, line: str) -> None:
    """Keras's own gives them as integers, and so has no gradient."""
    module = program(graph_of(f"input 6; L: spectral_norm {{ {line} }}"))
    model = module.build_model()
    model.trainable_weights[0].assign(keras.random.normal((10, 4)))
    x = keras.ops.reshape(keras.ops.arange(6), (1, 6))
    out = model(x, training=True)
    table = keras.ops.convert_to_numpy(model.trainable_weights[0])
    assert keras.ops.all(out[0] == table[:6])
    module.compile_model(model)
    model.fit(keras.ops.convert_to_numpy(x), keras.ops.zeros((1, 6, 4)), verbose=0)
    assert (keras.ops.convert_to_numpy(model.trainable_weights[0]) != table).any()


def test_a_cell_by_itself_drops_other_values_each_time(keras: Any) -> None:
    model = program(graph_of("a: input 30; b: input 4; L: rnn_cell 4, dropout=0.5 from a, b")).build_model()
    x = [keras.ops.ones((2, 30)), keras.ops.zeros((2, 4))]
    one, other = (model(x, training=True) for _ in range(2))
    assert keras.ops.any(one != other)
    assert keras.ops.all(model(x, training=False) == model(x, training=False))


@pytest.mark.parametrize(("kernel", "stride"), [(4, 2), (2, 2), (6, 2), (4, 3), (2, 1)])
def test_same_without_output_padding_cuts_half_a_kernel_at_both_ends(keras: Any, kernel: int, stride: int) -> None:
    """TensorFlow takes no such `same` where the kernel is even; with JAX, Keras's own does this."""
    import numpy as np

    model = program(graph_of(f"input 5x1; L: conv_transpose 1, {kernel}, /{stride}, same, output_padding=0, nobias")).build_model()
    taps = np.arange(1, kernel + 1, dtype="float32")
    model.set_weights([taps.reshape(kernel, 1, 1)])
    x = np.random.default_rng(0).normal(size=5).astype("float32")
    whole = np.zeros(4 * stride + kernel, "float32")
    for i, value in enumerate(x):
        whole[i * stride : i * stride + kernel] += value * taps
    found = keras.ops.convert_to_numpy(model(x.reshape(1, 5, 1))).ravel()
    np.testing.assert_allclose(found, whole[kernel // 2 : -(kernel // 2)], rtol=1e-5)


LAST_ALONE = ["auto_contrast", "random_color_jitter 0.2, 0.1, 0.5, 0.1", "rand_augment", "aug_mix"]


@pytest.mark.parametrize("line", LAST_ALONE)
def test_with_channels_first_an_image_becomes_the_same(keras: Any, line: str) -> None:
    """Keras's own of these kinds take rows for channels then."""
    x = keras.random.uniform((3, 8, 9, 3), 0, 255, seed=0)
    out = []
    for text in ("input 8x9x3", "layout channels_first; input 3x8x9"):
        keras.utils.set_random_seed(0)
        model = program(graph_of(f"{text}; L: {line}")).build_model()
        first = text.startswith("layout")
        y = model(keras.ops.transpose(x, (0, 3, 1, 2)) if first else x, training=True)
        out.append(keras.ops.transpose(y, (0, 2, 3, 1)) if first else y)
    assert keras.ops.all(abs(out[0] - out[1]) < 1e-3)
    assert not keras.ops.all(out[0] == x)
