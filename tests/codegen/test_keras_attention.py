"""Generated attention, equations and embeddings in real Keras: how they are called, and what comes out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from codegen.generated import program

import archcalc
from archcalc.codegen import CodegenError, generate

np = pytest.importorskip("numpy", reason="NumPy is not installed")
# Keras's own, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def graph_of(body: str) -> Any:
    analysis = archcalc.analyze(text=f"network N {{\n{body}\n}}\n")
    assert [d.message for d in analysis.diagnostics if d.severity == "error"] == []
    return analysis.graph


def source_of(body: str) -> str:
    return generate(graph_of(body), "n.arch", runnable=False)


def values(model: Any, *shapes: tuple[int, ...]) -> Any:
    rng = np.random.default_rng(0)
    samples = [rng.random((2, *shape), np.float32) for shape in shapes]
    return samples, model(samples if len(samples) > 1 else samples[0])


@pytest.mark.parametrize(
    ("body", "call"),
    [
        ("input 5x4; L: mha 2, 3", '(2, 3, name="L")(inputs, inputs)'),
        ("a: input 5x4; b: input 7x6; L: mha 2, 3, causal from a, b", '(2, 3, name="L")(a, b, use_causal_mask=True)'),
        ("a: input 5x4; b: input 7x4; c: input 7x6; L: gqa 3, 2, 1 from a, b, c", '(3, 2, 1, name="L")(a, b, c)'),
        ("input 5x4; L: attention", '(name="L")([inputs, inputs])'),
        ("a: input 5x4; b: input 7x4; L: additive_attention noscale from a, b", '(use_scale=False, name="L")([a, b])'),
        ("input 5x4; L: attention scores; relu", '= keras.layers.Attention(name="L")([inputs, inputs], return_attention_scores=True)'),
        ("input 5x4; L: reversible_embedding 9, 4, reverse", '(9, 4, name="L")(inputs, reverse=True)'),
    ],
)
def test_inputs_are_passed_as_keras_takes_them(body: str, call: str) -> None:
    assert call in source_of(body)


def test_scores_are_a_value_of_their_own_and_unread_ones_have_no_name() -> None:
    read = source_of("input 5x4; L: gqa 3, 2, 1, scores; S: relu from L.scores; output from L, S")
    assert re.search(r"L, L_scores = .*return_attention_scores=True\)", read) and "(L_scores)" in read
    assert re.search(r"x, _ = .*return_attention_scores=True\)", source_of("input 5x4; L: attention scores; relu"))


@pytest.mark.parametrize(
    ("line", "shapes", "scores"),
    [
        ("mha 2, 3, scores", ((5, 4), (7, 6)), (2, 5, 7)),
        ("mha 2, 3, scores, attention_axes=2", ((5, 6, 4), (5, 3, 4)), (5, 2, 6, 3)),
        ("mha 2, 3, scores, attention_axes=(-2, 1)", ((5, 6, 4), (2, 3, 4)), (2, 6, 5, 3, 2)),
        ("mha 2, 3, scores", ((5, 6, 4),), (2, 5, 6, 5, 6)),
        ("mha 2, 3, scores", ((5, 4),), (2, 5, 5)),
        ("gqa 3, 4, 2, scores", ((5, 4), (7, 4)), (4, 5, 7)),
        ("attention scores", ((2, 5, 4), (2, 7, 4)), (2, 5, 7)),
        ("additive_attention scores, noscale", ((5, 4), (7, 3), (7, 4)), (5, 7)),
    ],
)
def test_scores_are_announced_and_put_out_as_predicted(
    keras: Any, tmp_path: Path, line: str, shapes: tuple[tuple[int, ...], ...], scores: tuple[int, ...]
) -> None:
    names = "abc"[: len(shapes)]
    inputs = "\n".join(f" {name}: input {'x'.join(map(str, shape))}" for name, shape in zip(names, shapes, strict=True))
    graph = graph_of(f"{inputs}\n L: {line} from {', '.join(names)}\n S: relu from L.scores\n output from L, S")
    model = program(graph).build_model()
    samples, (out, weights) = values(model, *shapes)
    assert graph.outputs[1].shape == scores == tuple(weights.shape[1:]) == tuple(model.outputs[1].shape[1:])
    assert tuple(out.shape[1:]) == graph.outputs[0].shape
    sums = keras.ops.sum(weights, axis=tuple(range(-(len(scores) // 2), 0)) if len(scores) == 5 else -1)
    np.testing.assert_allclose(sums, np.ones_like(sums), atol=1e-5)  # the softmax is over the key's steps
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")(samples if len(samples) > 1 else samples[0])
    np.testing.assert_allclose(again[1], weights, atol=1e-6)


def test_dots_that_keras_would_turn_round_are_written_out(keras: Any) -> None:
    body = 'input 3x4x5; L: einsum_dense "...x,xy->...y", 6, bias_axes="y"; einsum_dense "...ab,bc->...ac", (none, 2)'
    source = source_of(body)
    assert 'EinsumDense("abcx,xy->abcy", (3, 4, 6), bias_axes="y"' in source
    assert 'EinsumDense("...ab,bc->...ac", (4, 2)' in source
    model = program(graph_of(body)).build_model()
    (x,), y = values(model, (3, 4, 5))
    first, bias, second = (np.array(w) for w in model.weights)
    np.testing.assert_allclose(y, (x @ first + bias) @ second, rtol=1e-4)


TEXT = "words: input 12; places: input 12; a: embedding 50, 8 from words; b: embedding 12, 8 from places; add from a, b; gap; dense 3"


def test_inputs_of_embeddings_are_whole_numbers_of_their_tables(keras: Any) -> None:
    graph = graph_of(TEXT)
    source = generate(graph, "n.arch")
    assert source.count('dtype="int32", name=') == 2
    module = program(graph)
    (x, _), _ = module.load_data()
    assert [(a.dtype.name, int(a.min()) >= 0, int(a.max())) for a in x] == [("int32", True, 49), ("int32", True, 11)]
    model = module.build_model()
    module.compile_model(model)
    model.fit(*module.load_data()[0], epochs=1, verbose=0)


def test_indices_are_found_behind_a_reshape_and_no_images_are_fed_to_them() -> None:
    source = generate(graph_of("input 784; reshape 28x28; time_distributed { embedding 5, 2 }; flatten; dense 10, softmax"), "n.arch")
    assert 'keras.Input((784,), dtype="int32"' in source and 'rng.integers(5, size=(256, 784), dtype="int32")' in source
    assert "mnist" not in source


def test_a_wrapper_holds_nothing_that_needs_more_than_one_value() -> None:
    for line in ("mha 2, 3", "reversible_embedding 9, 4, reverse"):
        with pytest.raises(CodegenError, match="TimeDistributed calls what it holds with one value"):
            source_of(f"input 6x5x4; time_distributed {{ {line} }}")
