"""How a frame of a signal fades in and out: window functions, and the cosines and sines that they cut out.

The functions are those of Harris (1978), "On the use of windows for harmonic analysis", and of Nuttall (1981), symmetric.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from archcalc.engine.store import Array

# Sums of cosines, with alternating signs.
COSINES = {
    "boxcar": (1.0,),
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.5, 0.08),
    "nuttall": (0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "flattop": (0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
}


def fading(name: str, length: int, periodic: bool) -> Array:
    """A window function at so many places; one that is periodic is one place longer, less that place."""
    if length == 1:
        return np.ones(1)
    n = length + periodic
    found = _cosines(COSINES[name], n) if name in COSINES else _OTHERS[name](n)
    return np.asarray(found[:length])


def _cosines(factors: tuple[float, ...], n: int) -> Array:
    phase = 2 * np.pi * np.arange(n) / (n - 1)
    return np.asarray(sum((-1) ** k * factor * np.cos(k * phase) for k, factor in enumerate(factors)))


def _places(n: int) -> Array:
    """From -1 to 1."""
    return np.linspace(-1, 1, n)


def _bohman(n: int) -> Array:
    x = abs(_places(n))
    found = (1 - x) * np.cos(np.pi * x) + np.sin(np.pi * x) / np.pi
    found[[0, -1]] = 0
    return np.asarray(found)


def _parzen(n: int) -> Array:
    x = abs(np.arange(n) - (n - 1) / 2) / (n / 2)
    return np.where(x <= (n - 1) / 4 / (n / 2), 1 - 6 * x**2 + 6 * x**3, 2 * (1 - x) ** 3)


def _tukey(n: int) -> Array:
    """Half of it fades, as a cosine."""
    x = np.arange(n)
    edge = np.minimum(x, n - 1 - x)
    width = 0.5 * (n - 1) / 2
    return np.where(edge < width, 0.5 * (1 + np.cos(np.pi * (edge / width - 1))), 1.0)


_OTHERS: dict[str, Any] = {
    "bartlett": lambda n: 1 - abs(_places(n)),
    "cosine": lambda n: np.sin(np.pi * (np.arange(n) + 0.5) / n),
    "bohman": _bohman,
    "parzen": _parzen,
    "tukey": _tukey,
}


def faded_waves(layer: Any, side: str, length: int, bins: int) -> Array:
    """The kernel that a spectrogram's layer begins with: a wave of each frequency, fading in and out, and scaled."""
    fades = fading(layer.window, length, layer.periodic)
    power = {"density": np.sqrt((fades**2).sum()), "spectrum": abs(fades).sum()}.get(layer.scaling, 1.0)
    phase = -2 * np.pi * np.arange(length)[:, None] * np.arange(bins) / (2 * (bins - 1) or 1)
    waves = np.cos(phase) if side == "real" else np.sin(phase)
    return np.asarray((waves * fades[:, None] / power)[:, None])
