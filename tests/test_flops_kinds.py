"""FLOPs of the remaining kinds, by arithmetic that is done and counted; and that no kind which does any is left out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import reduce

import pytest
import test_flops
import test_flops_normalization
import test_recurrent
from contract.every import CLASSES, analyzed
from running import ROOT
from tallied import Number, Tally, counted, grid, multiply_accumulate, total

from archcalc.layers.activation import FUNCTIONS
from archcalc.spec import Layer

Work = Callable[[Tally], None]


def dense(tally: Tally, read: int, units: int, bias: bool = True) -> list[Number]:
    found = [multiply_accumulate(tally, read) for _ in range(units)]
    return [y + Number(tally) for y in found] if bias else found


def einsum(tally: Tally) -> None:
    """abc,cd->abd with a bias for each d: 5 positions of 6 values, 3 units, relu."""
    for _ in range(5):
        for y in dense(tally, 6, 3):
            y.apply()


def rbf(tally: Tally) -> None:
    """The difference from a centre counts as a part of its square: one multiply-accumulate for each value."""
    for _ in range(3):
        differences = [Number(tally) for _ in range(6)]
        total(tally, (d * d for d in differences))


def capped(tally: Tally) -> None:
    """Scores of 7 words, bent by tanh to stay below a cap."""
    for _, cap in itertools.product(range(5), [Number(tally, 30.0)]):
        for y in dense(tally, 6, 7, bias=False):
            (y / cap).apply(math.tanh) * cap


def cosines(tally: Tally) -> None:
    """Products of all pairs of vectors whose length was made 1."""
    for _ in range(5 + 4):
        vector = [Number(tally) for _ in range(6)]
        squares = reduce(Number.__add__, [x * x for x in vector])
        root = squares.apply(math.sqrt)
        vector = [x / root for x in vector]
    for _ in range(5 * 4):
        multiply_accumulate(tally, 6)


def merged(merge: Callable[[Number, Number], Number], inputs: int = 3) -> Work:
    """30 values of each input."""

    def work(tally: Tally) -> None:
        for _ in range(30):
            reduce(merge, (Number(tally) for _ in range(inputs)))

    return work


def rnn_cell(tally: Tally) -> None:
    test_recurrent.rnn(tally, 6, 4)


def lstm_cell(tally: Tally) -> None:
    test_recurrent.lstm(tally, 6, 4)


def gru_cell(tally: Tally) -> None:
    test_recurrent.gru(tally, 6, 4)


def each_step(tally: Tally) -> None:
    """Five steps, each of 3 units and a tanh."""
    for _ in range(5):
        for y in dense(tally, 6, 3):
            y.apply(math.tanh)


def adaptive_maxpool(tally: Tally) -> None:
    for rows, columns in itertools.product((2, 2, 2, 2), (2, 3, 2)):  # 6 in 4 bins, 5 in 3
        for _ in range(2):
            reduce(Number.larger, grid(tally, rows, columns).values())


def frequencies(last: Callable[[Number, Number], Number] | None, kernels: int = 2) -> Work:
    """15 frames of 16 samples, 8 apart, in one channel: cosines and sines at 9 frequencies."""

    def work(tally: Tally) -> None:
        for _ in range(15 * 9):
            parts = [multiply_accumulate(tally, 16) for _ in range(kernels)]
            if last is not None:
                last(parts[0], parts[1])

    return work


def power(real: Number, imaginary: Number) -> Number:
    return real * real + imaginary * imaginary


def doubled(real: Number, imaginary: Number) -> Number:
    return power(real, imaginary) * Number(real.tally, 2.0)


def magnitude(real: Number, imaginary: Number) -> Number:
    return power(real, imaginary).apply(math.sqrt)


def log_magnitude(real: Number, imaginary: Number) -> Number:
    return magnitude(real, imaginary).apply(math.log)


def angle(real: Number, imaginary: Number) -> Number:
    return real.apply(lambda value: math.atan2(imaginary.value, value))


def nothing(tally: Tally) -> None:
    pass


SIGNAL = "128x1"
CASES: list[tuple[str, Work, tuple[str, ...]]] = [
    ('einsum_dense "abc,cd->abd", (none, 3), bias_axes="d", relu', einsum, ("5x6",)),
    ("rbf 3", rbf, ("6",)),
    ("reversible_embedding 7, 6, reverse, logit_soft_cap=30", capped, ("5x6",)),
    ("dot 2, normalize", cosines, ("5x6", "4x6")),
    ("sub", merged(Number.__sub__, 2), ("5x6", "6")),
    ("mul", merged(Number.__mul__), ("5x6", "5x6", "6")),
    ("maximum", merged(Number.larger), ("5x6", "5x6", "6")),
    ("minimum", merged(Number.smaller), ("5x6", "5x6", "6")),
    ("rnn_cell 4", rnn_cell, ("6", "4")),
    ("lstm_cell 4", lstm_cell, ("6", "4", "4")),
    ("gru_cell 4", gru_cell, ("6", "4")),
    ("time_distributed { dense 3, tanh }", each_step, ("5x6",)),
    ("spectral_norm { dense 3, tanh }", each_step, ("5x6",)),
    ("adaptive_maxpool 4x3", adaptive_maxpool, ("6x5x2",)),
    ("stft_spectrogram log, 16", frequencies(log_magnitude), (SIGNAL,)),
    ("stft_spectrogram magnitude, 16", frequencies(magnitude), (SIGNAL,)),
    ("stft_spectrogram psd, 16", frequencies(doubled), (SIGNAL,)),
    ("stft_spectrogram angle, 16", frequencies(angle), (SIGNAL,)),
    ("stft_spectrogram stft, 16", frequencies(None), (SIGNAL,)),
    ("stft_spectrogram real, 16", frequencies(None, kernels=1), (SIGNAL,)),
    ('custom "own", shape=4, flops=77', lambda tally: setattr(tally, "count", 77), ("6",)),
]


@pytest.mark.parametrize(("line", "work", "inputs"), CASES, ids=[line for line, *_ in CASES])
def test_flops_are_the_operations_that_are_done(line: str, work: Work, inputs: tuple[str, ...]) -> None:
    predicted, done = counted(line, work, *inputs)
    assert predicted == done


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f != "linear"])
def test_a_function_is_one_operation_whatever_it_is(function: str) -> None:
    def work(tally: Tally) -> None:
        for x in grid(tally, 5, 6).values():
            x.apply()

    for line in (function, f"activation {function}"):
        predicted, done = counted(line, work, "5x6")
        assert predicted == done


@pytest.mark.parametrize("line", ["relu 6, 0.1", "elu 0.5", "softmax 1", "leaky_relu 0.2", "prelu", "prelu 1"])
def test_its_arguments_change_nothing(line: str) -> None:
    assert counted(line, nothing, "5x6")[0] == 30


# In tests/test_attention.py, one by one as well.
ATTENTION = {"mha", "gqa", "attention", "additive_attention"}


def test_every_kind_that_does_arithmetic_is_counted() -> None:
    lines = [line for line, *_ in (*CASES, *test_flops.CASES, *test_flops_normalization.CASES, *test_recurrent.FLOPS)]
    lines += ["dense", "prelu", "upsample", "resize", "clahe", "conv_lstm", "stacked_rnn"]  # in functions of their own
    done = {line.split()[0].rstrip(",") for line in lines} | ATTENTION | set(FUNCTIONS)
    assert {cls.kind for cls in CLASSES if works(cls)} - done == set()


def works(cls: type[Layer]) -> bool:
    """Whether any of its examples has FLOPs."""
    return any(row.flops for example in cls.examples for row in analyzed(cls, example).rows if row.kind == cls.kind)


@pytest.mark.parametrize("kind", ["rbf", "auto_contrast", "clahe", "masking", "mel_spectrogram", "random_crop", "center_crop", "hashing"])
def test_what_is_left_out_is_named_in_the_docs(kind: str) -> None:
    """Keras computes more for these than the table counts."""
    text = (ROOT / "docs" / "counting.md").read_text(encoding="utf-8")
    assert f"`{kind}`" in text.partition("## FLOPs")[2].partition("\n## ")[0]
