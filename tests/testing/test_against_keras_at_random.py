"""Random networks by three ways, random layers that may not fit, and Keras's own mistakes, which are still there."""

from __future__ import annotations

from typing import Any

import pytest

import archcalc
from archcalc.codegen import CodegenError
from archcalc.testing import Differs, holds
from archcalc.testing.chance import Chance
from archcalc.testing.comparing import compared
from archcalc.testing.drawn_networks import draw_network, kinds_by_name
from archcalc.testing.known import KNOWN
from archcalc.testing.refusals import draw_case, judge

pytestmark = pytest.mark.filterwarnings("ignore")
BOTH = ("numpy", "keras")


@pytest.fixture(scope="module")
def keras() -> Any:
    """Keras; a test that asks for it is skipped where it is not installed."""
    keras = pytest.importorskip("keras", reason="Keras is not installed")
    keras.backend.clear_session()
    return keras


@pytest.mark.parametrize("number", range(90))
def test_archcalc_numpy_and_keras_agree(keras: Any, number: int) -> None:
    text = draw_network(Chance.seeded(31, number), kinds_by_name())
    try:
        holds(text, BOTH, name="N", seed=number)
    except CodegenError as error:
        assert "stateful" in str(error) or "adapt" in str(error) or "Keras" in str(error), error


@pytest.mark.parametrize("number", range(120))
def test_what_keras_refuses_archcalc_refuses_and_the_reverse(keras: Any, number: int) -> None:
    case = draw_case(Chance.seeded(31, number), kinds_by_name())
    verdict = judge(keras, case)
    assert not verdict.differs, f"{verdict}\n{case.program}"


# Programs whose values in Keras are wrong, each by one of the mistakes that are known.
WRONG = {
    "sparsemax": "input 1x3; sparsemax",
    "add": "layout channels_first; input 2x1x2; depthwise 1x1",
    "lora_alpha": "input 3; dense 2, lora_rank=1, lora_alpha=4",
    "integer_lookup": "input 3; integer_lookup vocabulary=2, mode=count; unitnorm",
    "hashing": "input 1x1; hashing 2, mode=one_hot",
    "scores": "input 3x1; a: mha 2, 1, sliding_window=1, scores; attention from a.scores",
    "psd": "input 5x1; stft_spectrogram psd, frame_length=1, frame_step=1",
    "mha_mask": "input 3x2; reversible_embedding 4, 3, mask_zero; mha 2, 1",
    "attention_mask": "input 2x3; reversible_embedding 4, 3, mask_zero; attention",
    "conv_lstm": "input 4x6x2; masking; conv_lstm 2, 3",
    "softmax": "input 2x3; masking; softmax (1, 2)",
    "softmax_axes": "input 1x1x2; rescale 1000; upsample; mha 2, 2",
    "softmax_rank": "input 2x1x2x1x2; softmax",
    "spectral_norm": "input 3; embedding 4, 3, mask_zero; maximum { branch { spectral_norm { dense 5 } } branch { spectral_norm { dense 5 } } }",
}


@pytest.mark.parametrize("known", [k for k in KNOWN if k.name in WRONG], ids=lambda k: k.name)
def test_a_known_mistake_is_still_there_and_is_what_the_difference_is_put_down_to(keras: Any, known: Any) -> None:
    """Where Keras has mended it, it is no longer to be known."""
    analysis = archcalc.analyze(text=f"network N {{ {WRONG[known.name]} }}")
    found = compared(analysis, BOTH)
    assert (found.differences, [k.name for k in found.known]) == ([], [known.name])


def test_every_known_mistake_has_a_program() -> None:
    assert {k.name for k in KNOWN} == set(WRONG)


def test_a_prediction_that_keras_contradicts_is_named(keras: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from archcalc.layers.dense import Dense

    plain = Dense.weights
    monkeypatch.setattr(Dense, "weights", lambda self, out, *inputs: plain(self, out, *inputs)[:1])
    with pytest.raises(Differs, match=r"D \(dense\): trainable parameters 6 by archcalc, 8 by Keras"):
        holds("network N {\n input 3\n D: dense 2\n}\n", by="keras")


def test_what_keras_refuses_is_a_difference(keras: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from archcalc.layers.reshaping import Reshape

    monkeypatch.setattr(Reshape, "shape", lambda self, *inputs: self.size)
    with pytest.raises(Differs, match="the network: Keras cannot build it: ValueError: "):
        holds("network N {\n input 3\n reshape 2x2\n}\n", by="keras")


def test_values_that_differ_are_named_with_the_place(keras: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from archcalc.engine.kernels import find_kernel
    from archcalc.engine.kernels.activation import EACH

    find_kernel("softplus")
    monkeypatch.setitem(EACH, "softplus", lambda x: x)
    with pytest.raises(Differs, match=r"softplus_1 \(softplus\): values in 33 of 33 places, first at \(0, 0\): "):
        holds("network N {\n input 3\n softplus\n relu\n}\n", BOTH)


# What a soak once found, each mended where the fault was.
ONCE_DIFFERENT = {
    "a table with one column that is full": "table T {\nXX.XX\n.X.XX\nX.XX.\n}\nnetwork N { input 2x1x3; conv 5, 1x1, maps=T }",
    "a window of length 1": "network N { input 5; mel_spectrogram fft_length=4, sequence_length=1 }",
    "axes from the front and the back": "network N { input 3x5x4; rmsnorm axis=(2, -1) }",
    "axes from the front and the back, within": "network N { input 2x3x5x4; time_distributed { rmsnorm axis=(-1, 2) } }",
    "a stack of one LSTM": "network N { input 4x3; stacked_rnn unroll { lstm_cell 1 } }",
    "a stack of one, with states": "network N {\ni: input 4x3; h: input 1; c: input 1\n"
    "s: stacked_rnn states, unroll from i, h, c { lstm_cell 1 }\na: relu from s.state_c_1\noutput from s, a\n}",
    "a stack of one, both ways": "network N {\ni: input 4x3\ns: bidirectional { stacked_rnn states, unroll { lstm_cell 2 } }\n"
    "a: relu from s.backward_state_c_1\noutput from s, a\n}",
    "an even kernel, and nothing added": "network N { input 3x4x1; conv_transpose 2, 2x3, /2, same, output_padding=(0, 1) }",
    "even kernels, and nothing added": "network N { layout channels_first; input 2x3x4; conv_transpose 3, (2, 4), same, output_padding=0 }",
    "a kernel of one, with more added": "network N { input 4x3; conv_transpose 2, 2, /3, same, output_padding=0 }",
    "statistics inside of a wrapper": "network N { input 3x2x4; time_distributed { normalize } }",
}


@pytest.mark.parametrize("program", ONCE_DIFFERENT.values(), ids=ONCE_DIFFERENT)
def test_what_differed_once_does_so_no_more(keras: Any, program: str) -> None:
    holds(program, BOTH)


def test_what_is_read_otherwise_from_keras_file_is_a_difference(keras: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from archcalc.importers import kinds

    plain = kinds.arguments_of
    monkeypatch.setattr(kinds, "arguments_of", lambda cls, config, place: plain(cls, {**config, "use_bias": False}, place))
    with pytest.raises(Differs, match=r"D \(dense\): trainable parameters 8 by archcalc, 6 by reading"):
        holds("network N {\n input 3\n D: dense 2\n}\n", by="keras")


def test_values_that_are_read_from_others_are_a_difference(keras: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from archcalc.importers import lines

    plain = lines.inputs_of

    def turned(*given: Any) -> Any:
        tensors, *rest = plain(*given)
        return [tensors[::-1], *rest]

    monkeypatch.setattr(lines, "inputs_of", turned)
    with pytest.raises(Differs, match=r"S \(sub\): reads a, b by archcalc, b, a by reading"):
        holds("network N {\n a: input 3\n b: input 3\n S: sub from a, b\n}\n", by="keras")
