"""Augmentation of colours at inference: most pass an image on, and two change it to a rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from archcalc.engine.call import Call
from archcalc.engine.kernels import kernel
from archcalc.engine.kernels.augmentation import as_it_is
from archcalc.engine.kernels.windows import on_each
from archcalc.engine.store import Array

LEVELS = 256

kernel(
    "random_brightness", "random_contrast", "random_color_degeneration", "random_saturation", "random_hue",
    "random_color_jitter", "random_grayscale", "random_invert", "random_posterization", "random_sharpness",
    "random_gaussian_blur", "solarization", "equalization",
)(as_it_is)  # fmt: skip


def _rescaled(x: Array, before: Any, after: Any) -> Array:
    """Values between two numbers as values between two others."""
    (a, b), (c, d) = (tuple(map(float, pair)) for pair in (before, after))
    return x if (a, b) == (c, d) else (x - x.dtype.type(a)) / x.dtype.type(b - a) * x.dtype.type(d - c) + x.dtype.type(c)


@kernel("auto_contrast")
def auto_contrast(call: Call, x: Array) -> Array:
    """Each channel's values stretched over the whole range. A channel of one value stays as it is."""
    values = sorted(call.layer.value_range)
    scaled = _rescaled(x, values, (0, 255))
    least, most = scaled.min((1, 2), keepdims=True), scaled.max((1, 2), keepdims=True)
    factor = 255 / (most - least)
    found = _rescaled(np.clip(scaled * factor - least * factor, 0, 255), (0, 255), values)
    return np.where(np.isnan(found), x, found)


@kernel("clahe")
def clahe(call: Call, x: Array) -> Array:
    """Each value by the tables of the four tiles around it, mixed by how near they are."""
    layer = call.layer
    tiles = on_each(layer.tiles, 2)
    scaled = _rescaled(x, layer.value_range, (0, 255)).astype(np.float32)
    sizes = [-(-n // t) for n, t in zip(x.shape[1:3], tiles, strict=True)]
    margins = [(0, s * t - n) for n, t, s in zip(x.shape[1:3], tiles, sizes, strict=True)]
    filled = np.pad(scaled, ((0, 0), *margins, (0, 0)), mode="symmetric")
    pixels = np.clip(filled, 0, 255).astype(np.int32)
    tables = _tables(pixels, tiles, sizes, layer)
    (up, down, by_row), (left, right, by_column) = (_neighbours(size, count) for size, count in zip(sizes, tiles, strict=True))
    by_row, by_column = by_row[:, None, None], by_column[:, None]

    def looked_up(across: Array, along: Array) -> Array:
        samples, channels = np.arange(len(x))[:, None, None, None], np.arange(x.shape[-1])
        return np.asarray(tables[samples, across[:, None, None], along[:, None], channels, pixels])

    above = looked_up(up, left) * (1 - by_column) + looked_up(up, right) * by_column
    below = looked_up(down, left) * (1 - by_column) + looked_up(down, right) * by_column
    mixed = (above * (1 - by_row) + below * by_row)[:, : x.shape[1], : x.shape[2]]
    return _rescaled(mixed.astype(np.float32), (0, 255), layer.value_range).astype(x.dtype)


def _tables(pixels: Array, tiles: tuple[int, ...], sizes: list[int], layer: Any) -> Array:
    """The tables of all tiles: batch, rows of tiles, columns of tiles, channels, levels."""
    bands = [pixels[:, i * sizes[0] :][:, : sizes[0]] for i in range(tiles[0])]
    found = [[_table(band[:, :, j * sizes[1] :][:, :, : sizes[1]], layer) for j in range(tiles[1])] for band in bands]
    return np.moveaxis(np.array(found), 2, 0)


def _table(tile: Array, layer: Any) -> Array:
    """What each level becomes in a tile, channel by channel: the share of values up to it, none counted beyond the limit."""
    samples, _, _, channels = tile.shape
    size = tile.shape[1] * tile.shape[2]
    counts = np.stack([[np.bincount(tile[i, ..., c].ravel(), minlength=LEVELS) for c in range(channels)] for i in range(samples)])
    counts = counts.astype(np.float32)
    if layer.clip_limit > 0:
        kept = np.minimum(counts, np.float32(float(layer.clip_limit) * size / LEVELS))
        counts = kept + (counts - kept).sum(-1, keepdims=True) / LEVELS
    sums = counts.cumsum(-1, dtype=np.float32)
    least = sums.min(-1, keepdims=True)
    rest = size - least
    return np.asarray(np.clip((sums - least) * 255 / np.where(rest == 0, 1, rest), 0, 255))


def _neighbours(size: int, count: int) -> tuple[Array, Array, Array]:
    """For each place of an axis the tiles whose centres are before and after it, and how near the one after is."""
    at = ((np.arange(size * count) - size / 2) / size).astype(np.float32)
    before = np.floor(at)
    places = [np.clip(before + i, 0, count - 1).astype(int) for i in (0, 1)]
    return places[0], places[1], (at - before).astype(np.float32)
