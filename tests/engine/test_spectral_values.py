"""Spectrograms: NumPy's values are Keras's, with its weights and with NumPy's own, and archcalc's figures are NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engine.families import Line, cases, checked_figures, checked_values, more
from engine.harness import graph_of, network

from archcalc.engine import run
from archcalc.layers.spectrogram import WINDOW

pytestmark = pytest.mark.filterwarnings("ignore:`fft_length` is recommended to be a power of two")

FAMILY = cases("spectrogram")
MORE = more(
    ("stft_spectrogram magnitude, 20, 7, 50, same", (100, 2)),
    ("stft_spectrogram angle, 15, 4, same, expand_dims", (100, 3)),
    ("mel_spectrogram 64, 10, sequence_length=33, bins=12, hamming, mag_exp=1, ref_power=0.5, top_db=20", (200,)),
    ("mel_spectrogram 31, 7, bins=5, min_freq=300, max_freq=2000, sampling_rate=8000", (100,)),
)
ALL = [*FAMILY, *MORE]


@pytest.mark.parametrize("line", ALL)
def test_figures_are_those_of_archcalc(line: Line) -> None:
    checked_figures(line)


@pytest.mark.parametrize("line", ALL)
def test_values_are_those_of_keras(keras: Any, line: Line) -> None:
    checked_values(keras, line, atol=3e-3)  # of up to 80 decibels


@pytest.mark.parametrize("scaling", ["density", "spectrum", "unscaled"])
@pytest.mark.parametrize("window", WINDOW)
def test_it_begins_as_a_spectrogram(keras: Any, window: str, scaling: str) -> None:
    """Without weights given, the kernels are Keras's own: cosines and sines that fade in and out."""
    pytest.importorskip("scipy", reason="Keras takes its window functions from SciPy")
    # One sample has one frequency, which is none: Keras divides zero by zero there.
    for length, periodic in ((2, True), (3, False), (15, False), (16, True), (17, True), (32, False)):
        step = max(length // 2, 1)
        words = f"{length}, {step}, window={window}, scaling={scaling}{', periodic' * periodic}"
        found = run(graph_of(network(f"stft_spectrogram stft, {words}", (64, 1)))).weights["L"]
        scaled = None if scaling == "unscaled" else scaling
        layer = keras.layers.STFTSpectrogram("stft", length, step, window=window, scaling=scaled, periodic=periodic)
        layer.build((None, 64, 1))
        for name, weight in zip(found, layer.weights, strict=True):
            np.testing.assert_allclose(found[name], weight.numpy(), atol=1e-5, err_msg=f"{window} {length} {periodic} {name}")
