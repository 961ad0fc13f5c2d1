"""Spectrograms: frames of a signal by cosines and sines, and on the mel scale."""

from __future__ import annotations

from math import ceil, log2
from typing import Any

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.fading import faded_waves
from archcalc.engine.kernels.windows import padding_of, starts
from archcalc.engine.store import Array

EPSILON = 1e-7  # Keras's: what is smaller counts as this before a logarithm


def _lengths(layer: Any) -> tuple[int, int, int]:
    """Samples in a frame and from one to the next, and how many frequencies there are."""
    length = layer.frame_length
    return length, layer.frame_step or length // 2, (layer.fft_length or 2 ** ceil(log2(length))) // 2 + 1


def frames_of(layer: Any, samples: int) -> tuple[int, int, int]:
    """Samples in a frame, how many frames a signal has, and how many frequencies."""
    length, step, bins = _lengths(layer)
    (margins,) = padding_of(layer.padding, (samples,), (length,), (step,))
    return length, len(starts(samples + sum(margins), length, step)), bins


def _frames(call: Call, x: Array, length: int, step: int) -> Array:
    """The last axis cut into frames: (..., frames, length)."""
    begin = starts(x.shape[-1], length, step)
    call.room((*x.shape[:-1], len(begin), length), x)
    return np.stack([x[..., i : i + length] for i in begin], -2)


@kernel("stft_spectrogram")
def stft_spectrogram(call: Call, x: Array) -> Array:
    """Each frame of each channel by two kernels, whose starts are cosines and sines that fade in and out."""
    layer = call.layer
    length, step, bins = _lengths(layer)
    (margins,) = padding_of(layer.padding, x.shape[1:2], (length,), (step,))
    channels = np.pad(x.swapaxes(1, 2), ((0, 0), (0, 0), margins))
    frames = _frames(call, channels, length, step)  # batch, channels, frames, samples
    parts = []
    for side in ("real", "imag"):
        if layer.mode in (side, *_OF_BOTH):
            kernel_of_side = call.weight(f"{side}_kernel", (length, 1, bins), start=faded_waves(layer, side, length, bins))
            parts.append(call.product(frames, kernel_of_side[:, 0]))
    found = _shown(layer.mode, parts)
    if layer.expand_dims:
        return np.moveaxis(found, 1, -1)
    return np.moveaxis(found, 1, 2).reshape(len(x), frames.shape[2], -1)


_OF_BOTH = ("log", "magnitude", "psd", "angle", "stft")


def _shown(mode: str, parts: list[Array]) -> Array:
    """What a mode puts out, of the real and the imaginary part."""
    if mode in ("real", "imag"):
        return parts[0]
    real, imaginary = parts
    if mode == "angle":
        return np.asarray(np.arctan2(imaginary, real))
    if mode == "stft":
        return np.concatenate(parts, -1)
    power: Array = real**2 + imaginary**2
    if mode == "psd":  # all frequencies but the first and the last stand for two
        power[..., 1:-1] *= 2
        return power
    magnitude: Array = np.sqrt(np.maximum(power, power.dtype.type(EPSILON)))
    return magnitude if mode == "magnitude" else np.log(np.maximum(magnitude, magnitude.dtype.type(EPSILON)))


@kernel("mel_spectrogram")
def mel_spectrogram(call: Call, x: Array) -> Array:
    """The Fourier transform of each frame of the mirrored signal, its power in each mel bin, as decibels."""
    layer = call.layer
    fft = layer.fft_length
    length = layer.sequence_length or fft
    half = fft // 2
    mirrored = np.pad(x, ((0, 0), (half, half)), mode="reflect")
    before = (fft - length) // 2
    period = length - length % 2 or 1  # TensorFlow's windows are periodic where their length is even, and else symmetric
    phase = 2 * np.pi * np.arange(length) / period
    fading = 0.5 - 0.5 * np.cos(phase) if layer.window == "hann" else 0.54 - 0.46 * np.cos(phase)
    fading = fading if length > 1 else np.ones(1)
    fading = np.pad(fading, (before, fft - length - before)).astype(x.dtype)
    waves = np.fft.rfft(_frames(call, mirrored, fft, layer.sequence_stride) * fading)
    power = np.abs(waves).astype(x.dtype) ** float(layer.mag_exp) @ _mel_bins(layer, fft // 2 + 1, x.dtype)
    found = _decibels(layer, power) if layer.power_to_db else power
    return found.swapaxes(1, 2).astype(x.dtype)


def _mel(hertz: Any) -> Any:
    """The mel scale, as the Hidden Markov Model Toolkit has it."""
    return 1127 * np.log(1 + hertz / 700)


def _mel_bins(layer: Any, frequencies: int, dtype: Any) -> Array:
    """How much each frequency adds to each bin: triangles on the mel scale, and nothing of the constant part.

    In this precision: frequencies near 0 are rounded to a step of the mel scale, which the triangles show.
    """
    rate = float(layer.sampling_rate)
    highest = int(rate / 2) if layer.max_freq is None or layer.max_freq == 0 else float(layer.max_freq)
    edges = np.linspace(_mel(dtype.type(layer.min_freq)), _mel(dtype.type(highest)), layer.num_mel_bins + 2, dtype=dtype)
    at = _mel(np.linspace(0, rate / 2, frequencies, dtype=dtype))[1:, None]
    lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (at - lower) / (centre - lower), (upper - at) / (upper - centre)
    return np.pad(np.maximum(0, np.minimum(rising, falling)), ((1, 0), (0, 0)))


def _decibels(layer: Any, power: Array) -> Array:
    """Powers as decibels, none too far below the loudest of the whole batch."""
    least = float(layer.min_power)
    found = 10 * np.log10(np.maximum(power, least)) - 10 * np.log10(max(abs(float(layer.ref_power)), least))
    return np.asarray(np.maximum(found, found.max() - float(layer.top_db)))
