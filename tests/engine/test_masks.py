"""Padding that a layer marks: who leaves it out, and who hands it on, as in Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from codegen.generated import program
from engine.harness import agree, graph_of

from archcalc.codegen import CodegenError
from archcalc.engine import run
from archcalc.registry import every_kind
from archcalc.spec import Example, Layer
from archcalc.verify.recording import build_recorded

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask attached to it"),
]

# Padding at the end, at the beginning, and in the middle; and all of it.
WORDS = np.array([[3, 1, 4, 0, 0, 0], [0, 0, 2, 5, 1, 3], [4, 0, 0, 2, 0, 1], [0, 0, 0, 0, 0, 0]])
FRAMES = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")
FRAMES[0, 3:] = FRAMES[1, [0, 2]] = 0

AFTER_WORDS = [
    "rnn 4",
    "rnn 4, backwards, sequences, states",
    "lstm 4, states",
    "lstm 4, sequences; lstm 3, backwards; dense 2",
    "lstm 4, unroll, sequences",
    "gru 4, sequences; gru 3, states",
    "gru 4, noreset_after, sequences",
    "bidirectional { lstm 4 }",
    "bidirectional sum { gru 4, sequences, states }; lstm 2",
    "bidirectional { stacked_rnn { lstm 4; gru 3 } }",
    "stacked_rnn sequences { gru 4; lstm 3 }; rnn 2",
    "gap",
    "gap keepdims",
    "gmp",
    "attention",
    "attention scale, causal, scores",
    "attention concat; rnn 3",
    "additive_attention; gap",
    "mha 2, 3; gap",
    "mha 2, 3, scores, causal",
    "mha 2, 3, dropout=0.1, gate; rnn 3",
    "gqa 3, 4, 2; gap",
    "gqa 3, 4, 2, scores, sliding_window=2",
    "dense 5, relu; dropout 0.1; layernorm; rnn 3",
    "bn; gaussian_noise 0.1; leaky_relu; tanh; unitnorm; groupnorm 5; rnn 3",
    "activation relu; prelu; rescale 2; identity; spatial_dropout 0.1; alpha_dropout 0.1; activity_regularization; rnn 3",
    "normalize; gaussian_dropout 0.1; elu; relu slope=0.1; gap",
    "conv 3, 2, same; rnn 3",
    "rmsnorm; rnn 3",
    "reshape 6x5; rnn 3",
    "time_distributed { dense 3 }; rnn 3",
    'einsum_dense "abc,cd->abd", (none, 4); rnn 3',
]


@pytest.mark.parametrize("text", AFTER_WORDS)
def test_padding_is_left_out(keras: Any, text: str) -> None:
    agree(keras, f"network N {{\n input 6\n embedding 7, 5, mask_zero\n {text}\n}}\n", inputs={"input": WORDS})


# Of e and f, whose padding is marked, and r, whose padding is not; and of a state h.
NETWORKS = [
    "L: rnn 4 from e, h",
    "L: lstm 4, sequences, states from e, h, h",
    "L: bidirectional from e, h, h { gru 4, sequences }",
    "L: add from e, r; M: rnn 3 from L",
    "L: add from e, f; M: rnn 3 from L",
    "L: concat from e, f; M: rnn 3 from L",
    "L: concat from e, r; M: rnn 3 from L",
    "L: concat axis=1 from e, f; M: gap from L",
    "L: concat axis=1 from r, e; M: rnn 3 from L",
    "L: mha 2, 3 from f, e; M: gap from L",
    "L: mha 2, 3 from e, r, f; M: gap from L",
    "L: mha 2, 3, scores from r, e",
    "L: gqa 3, 4, 2 from f, e, r; M: gap from L",
    "L: attention from f, e; M: rnn 3 from L",
    "L: attention from r, e, f; M: rnn 3 from L",
    "L: additive_attention causal from e, r; M: rnn 3 from L",
    "L: maximum from f, e; M: gap from L",
    "L: maximum from r, e; M: gap from L",
    "L: minimum from e, f, r",
    "L: minimum from e, f; M: rnn 3 from L",
    "L: mul from e, f; M: gap from L",
    "L: mul from r, f, e; M: rnn 3 from L",
    "L: sub from e, f; M: rnn 3 from L",
    "L: avg from f, e; M: rnn 3 from L",
    "L: stacked_rnn sequences from e, h { gru 4 }; M: rnn 3 from L",
    "L: dot 2 from e, f; M: rnn 3 from L",
]


@pytest.mark.parametrize("text", NETWORKS)
def test_masks_of_several_inputs(keras: Any, text: str) -> None:
    network = f"""network N {{
        a: input 6; b: input 6; c: input 6; h: input 4
        e: embedding 7, 4, mask_zero from a
        f: embedding 7, 4, mask_zero from b
        r: embedding 7, 4 from c
        all: add from e, f, r
        state: dense 4 from h
        {text}
        output from all, state, {"M" if "M:" in text else "L"}
    }}"""
    arrays = {"a": WORDS, "b": WORDS[::-1], "c": np.roll(WORDS, 1, 1), "h": np.ones((4, 4), "float32")}
    agree(keras, network, inputs=arrays)


@pytest.mark.parametrize(
    "text", ["rnn 4", "lstm 4, sequences", "conv 3, 2; gap", "gap", "time_distributed { dense 2 }; bidirectional { gru 3 }"]
)
def test_steps_without_data_are_masked(keras: Any, text: str) -> None:
    agree(keras, f"network N {{\n input 5x4\n masking\n {text}\n}}\n", inputs={"input": FRAMES})


def test_words_of_sentences_are_masked_sentence_by_sentence(keras: Any) -> None:
    text = "network N {\n input 2x6\n embedding 7, 5, mask_zero\n time_distributed { gru 4 }\n}\n"
    agree(keras, text, inputs={"input": np.stack([WORDS, WORDS[::-1]], 1)})


def test_maps_over_steps_are_masked_where_a_mask_comes_with_them(keras: Any) -> None:
    """A whole step of a film has no mask of its own; one of words, made to maps, has lost it."""
    text = "network N {\n input 6\n embedding 7, 4, mask_zero\n reshape 6x2x2\n conv_lstm 3, 1\n}\n"
    agree(keras, text, inputs={"input": WORDS})


def test_a_mask_goes_through_a_whole_network(keras: Any) -> None:
    text = """network N {
        embedded: embedding 7, 8, mask_zero
        attends: mha 4, 4, causal from embedded
        sums: add from embedded, attends
        normal: layernorm from sums
        wide: dense 16, gelu from normal
        narrow: dense 8 from wide
        again: add from normal, narrow
        both: bidirectional from again { lstm 5, sequences }
        gap from both
    }"""
    agree(keras, text.replace("{\n", "{\n input 6\n", 1), inputs={"input": WORDS})


OF_KERAS = [cls for cls in every_kind().values() if cls.keras is not None and cls.kind != "masking"]
CASES = [(cls, example) for cls in OF_KERAS for example in cls.examples if example.inputs and len(example.inputs[0]) > 1]


@pytest.mark.parametrize(("cls", "example"), CASES, ids=lambda case: getattr(case, "line", ""))
def test_who_hands_on_a_mask_is_whose_class_in_keras_does(keras: Any, cls: type[Layer], example: Example) -> None:
    """Every kind, after a layer that marks steps. Some kinds of Keras cannot be built behind a mask."""
    inputs = "".join(f" i{n}: input {'x'.join(map(str, x))}\n" for n, x in enumerate(example.inputs))
    marked = "".join(f" m{n}: masking from i{n}\n" for n, x in enumerate(example.inputs) if len(x) > 1)
    names = ", ".join(f"{'m' if len(x) > 1 else 'i'}{n}" for n, x in enumerate(example.inputs))
    line, brace, body = example.line.partition("{")
    graph = graph_of(f"network N {{\n{inputs}{marked} L: {line} from {names} {brace}{body}\n output from L\n}}\n")
    layer = graph.names["L"].layer
    if layer is None or layer.indices() is not None:
        pytest.skip(f"{cls.kind} reads no mask")
    try:
        _, applied = build_recorded(keras, program(graph).build_model)
    except CodegenError as error:
        pytest.skip(f"no code: {error}")
    except Exception as error:  # noqa: BLE001  whatever Keras raises
        assert "mask" in str(error) or "broadcast" in str(error), error
        pytest.skip("Keras cannot build it behind a mask")
    theirs = keras.src.backend.get_keras_mask(applied[-1].outputs[0])
    ours = run(graph, batch=3).masks.get("L")
    assert (ours is None) == (theirs is None)
    if ours is not None and theirs is not None:
        assert ours.shape[1:] == tuple(theirs.shape)[1:]
