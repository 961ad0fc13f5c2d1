"""FLOPs of normalisation, scaling and interpolation: the arithmetic is done, gives what NumPy gives, and is counted.

Two conventions of docs/counting.md are in `tallied`: a sum starts from 0, and what is done once for a whole vector, map or
sample is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import pytest
from tallied import Grid, Number, Tally, counted, grid, total

np = pytest.importorskip("numpy", reason="NumPy is not installed")

ROWS, COLUMNS, CHANNELS = SHAPE = (6, 5, 4)
AXES = (0, 1, 2)
EPSILON = 0.001


def spread(tally: Tally, group: Grid, scale: bool, center: bool) -> Grid:
    """Values minus their mean and over their deviation; then times a factor, plus a shift."""
    n = len(group)
    summed = total(tally, group.values())
    with tally.aside():
        mean = summed / Number(tally, n)
    left = {at: x - mean for at, x in group.items()}
    squares = total(tally, (x * x for x in left.values()))
    with tally.aside():
        deviation = Number(tally, math.sqrt(squares.value / n + EPSILON))
    out = {at: x / deviation for at, x in left.items()}
    out = {at: x * Number(tally, 2.0) for at, x in out.items()} if scale else out
    return {at: x + Number(tally, 3.0) for at, x in out.items()} if center else out


def spread_wanted(x: Any, axes: tuple[int, ...], scale: bool, center: bool) -> Any:
    y = (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + EPSILON)
    return y * (2 if scale else 1) + (3 if center else 0)


def grouped(image: Grid, key: Callable[[tuple[int, ...]], Any]) -> list[Grid]:
    """The values that are normalised together."""
    groups: dict[Any, Grid] = {}
    for at, x in image.items():
        groups.setdefault(key(at), {})[at] = x
    return list(groups.values())


def together(key: Callable[[tuple[int, ...]], Any], scale: bool = True, center: bool = True) -> Any:
    """The normalisation of such groups."""

    def work(tally: Tally, image: Grid) -> Grid:
        return {at: y for group in grouped(image, key) for at, y in spread(tally, group, scale, center).items()}

    return work


def in_groups(x: Any) -> Any:
    """Two groups of two channels."""
    split = x.reshape(ROWS, COLUMNS, 2, 2)
    return spread_wanted(split, (0, 1, 3), True, True).reshape(SHAPE)


def rmsnorm(tally: Tally, image: Grid) -> Grid:
    out = {}
    for group in grouped(image, lambda at: at[:2]):
        squares = total(tally, (x * x for x in group.values()))
        with tally.aside():
            root = Number(tally, math.sqrt(squares.value / len(group)))
        out |= {at: x / root * Number(tally, 2.0) for at, x in group.items()}
    return out


def unitnorm(tally: Tally, image: Grid) -> Grid:
    out = {}
    for group in grouped(image, lambda at: at[2:]):
        squares = total(tally, (x * x for x in group.values()))
        with tally.aside():
            root = Number(tally, math.sqrt(squares.value))
        out |= {at: x / root for at, x in group.items()}
    return out


def local_response(tally: Tally, image: Grid) -> Grid:
    """Three channels around each; beyond the ends there are zeros, which are added all the same."""
    squares = {at: x * x for at, x in image.items()}
    out = {}
    for at, x in image.items():
        around = [squares.get((*at[:2], at[2] + step), Number(tally, 0.0)) for step in (-1, 0, 1)]
        summed = reduce(Number.__add__, around)
        base = Number(tally, 1.5) + Number(tally, 0.1) * summed
        out[at] = x / base.apply(lambda value: value**0.75)
    return out


def local_response_wanted(x: Any) -> Any:
    padded = np.pad(x**2, ((0, 0), (0, 0), (1, 1)))
    return x / (1.5 + 0.1 * sum(padded[..., i : i + CHANNELS] for i in range(3))) ** 0.75


def batchnorm(tally: Tally, image: Grid) -> Grid:
    mean, deviation, factor, shift = (Number(tally, v) for v in (0.5, 1.5, 2.0, 3.0))
    return {at: (x - mean) / deviation * factor + shift for at, x in image.items()}


def rescale(tally: Tally, image: Grid) -> Grid:
    return {at: x * Number(tally, 2.0) + Number(tally, 3.0) for at, x in image.items()}


def scaled(tally: Tally, image: Grid) -> Grid:
    return {at: x * Number(tally, 2.0) for at, x in image.items()}


def normalize(tally: Tally, image: Grid) -> Grid:
    return {at: (x - Number(tally, 2.0)) / Number(tally, 3.0) for at, x in image.items()}


def denormalize(tally: Tally, image: Grid) -> Grid:
    return {at: x * Number(tally, 3.0) + Number(tally, 2.0) for at, x in image.items()}


def masking(tally: Tally, image: Grid) -> Grid:
    """A comparison for each; to leave out what is masked is no arithmetic."""
    return {at: x if x.apply(lambda value: value != 0).value else x for at, x in image.items()}


def auto_contrast(tally: Tally, image: Grid) -> Grid:
    """From the least and the largest value of a channel, to 0 and 255; then what lies beyond is cut off."""
    low, high = Number(tally, 0.0), Number(tally, 255.0)
    out = {}
    for group in grouped(image, lambda at: at[2]):
        least = reduce(Number.smaller, group.values(), Number(tally, math.inf))
        most = reduce(Number.larger, group.values(), Number(tally, -math.inf))
        with tally.aside():
            factor = high / (most - least)
            shift = low - least * factor
        out |= {at: (x * factor + shift).larger(low).smaller(high) for at, x in group.items()}
    return out


CASES: list[tuple[str, Callable[[Tally, Grid], Grid], Callable[[Any], Any]]] = [
    ("layernorm", together(lambda at: at[:2]), lambda x: spread_wanted(x, (2,), True, True)),
    ("layernorm (2, 3), nocenter", together(lambda at: at[0], center=False), lambda x: spread_wanted(x, (1, 2), True, False)),
    ("groupnorm 2", together(lambda at: at[2] // 2), in_groups),
    ("instancenorm", together(lambda at: at[2]), lambda x: spread_wanted(x, (0, 1), True, True)),
    ("instancenorm noscale, nocenter", together(lambda at: at[2], False, False), lambda x: spread_wanted(x, (0, 1), False, False)),
    ("rmsnorm", rmsnorm, lambda x: 2 * x / np.sqrt((x**2).mean(2, keepdims=True))),
    ("unitnorm (1, 2)", unitnorm, lambda x: x / np.sqrt((x**2).sum((0, 1), keepdims=True))),
    ("lrn 3, alpha=0.1, k=1.5", local_response, local_response_wanted),
    ("bn", batchnorm, lambda x: (x - 0.5) / 1.5 * 2 + 3),
    ("bn renorm", batchnorm, lambda x: (x - 0.5) / 1.5 * 2 + 3),
    ("rescale 2, 3", rescale, lambda x: x * 2 + 3),
    ("rescale [2, 2, 2, 2]", scaled, lambda x: x * 2),
    ("layer_scale", scaled, lambda x: x * 2),
    ("normalize", normalize, lambda x: (x - 2) / 3),
    ("normalize none, mean=2, variance=9", normalize, lambda x: (x - 2) / 3),
    ("normalize invert", denormalize, lambda x: x * 3 + 2),
    ("masking", masking, lambda x: x),
    ("auto_contrast", auto_contrast, lambda x: (x - x.min((0, 1))) / (x.max((0, 1)) - x.min((0, 1))) * 255),
]


def array(values: Grid) -> Any:
    return np.array([values[at].value for at in sorted(values)]).reshape([n + 1 for n in max(values)])


@pytest.mark.parametrize(("line", "work", "wanted"), CASES, ids=[line for line, *_ in CASES])
def test_flops_are_the_operations_that_are_done(line: str, work: Callable[[Tally, Grid], Grid], wanted: Callable[[Any], Any]) -> None:
    def done(tally: Tally) -> None:
        image = grid(tally, *SHAPE)
        np.testing.assert_allclose(array(work(tally, image)), wanted(array(image)), rtol=1e-9)

    predicted, found = counted(line, done, "x".join(map(str, SHAPE)))
    assert predicted == found


def taps(position: float, kernel: Callable[[float], float], reach: int, length: int) -> list[tuple[int, float]]:
    """The places around a position, those beyond the ends at the ends, and their weights."""
    first = math.floor(position) - reach + 1
    return [(min(max(i, 0), length - 1), kernel(position - i)) for i in range(first, first + 2 * reach)]


def lanczos(reach: int) -> Callable[[float], float]:
    return lambda x: float(np.sinc(x) * np.sinc(x / reach))


def cubic(x: float) -> float:
    x = abs(x)
    return 1.5 * x**3 - 2.5 * x**2 + 1 if x < 1 else -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2


KERNELS = [("bilinear", 1, lambda x: 1 - abs(x)), ("bicubic", 2, cubic), ("lanczos3", 3, lanczos(3)), ("lanczos5", 5, lanczos(5))]


@pytest.mark.parametrize(("name", "reach", "kernel"), KERNELS, ids=[name for name, *_ in KERNELS])
@pytest.mark.parametrize("line", ["upsample 2x3, ", "resize 12x15, "])
def test_an_interpolated_value_is_a_weighted_sum(line: str, name: str, reach: int, kernel: Callable[[float], float]) -> None:
    """All weights are there, one for each of k·k values around: their products with the values, added up."""

    def done(tally: Tally) -> None:
        image = grid(tally, *SHAPE)
        x = array(image)
        for r, c, channel in np.ndindex(12, 15, CHANNELS):
            down = taps((r + 0.5) / 2 - 0.5, kernel, reach, ROWS)
            along = taps((c + 0.5) / 3 - 0.5, kernel, reach, COLUMNS)
            products = [image[i, j, channel] * Number(tally, p * q) for i, p in down for j, q in along]
            found = reduce(Number.__add__, products).value
            assert found == pytest.approx(sum(p * sum(q * x[i, j, channel] for j, q in along) for i, p in down))

    predicted, found = counted(line + name, done, "x".join(map(str, SHAPE)))
    assert predicted == found


@pytest.mark.parametrize("line", ["upsample 2", "resize 12x15, nearest", "center_crop 2, 2"])
def test_the_nearest_value_is_taken_as_it_is(line: str) -> None:
    assert counted(line, lambda tally: None, "6x5x4") == (0, 0)


def test_tiles_of_an_equalized_image_are_mixed() -> None:
    """Between the centres of four tiles: a + (b - a)·t along the columns of both, and then along the rows."""

    def mixed(a: Number, b: Number, t: Number) -> Number:
        return a + (b - a) * t

    def done(tally: Tally) -> None:
        for _ in grid(tally, 6, 5, 3):
            a, b, c, d, down, along = (Number(tally) for _ in range(6))  # found in tables, which are no arithmetic
            value = mixed(mixed(a, b, along), mixed(c, d, along), down).value
            p, q = down.value, along.value
            assert value == pytest.approx((1 - p) * ((1 - q) * a.value + q * b.value) + p * ((1 - q) * c.value + q * d.value))

    predicted, found = counted("clahe tiles=2", done, "6x5x3")
    assert predicted == found
