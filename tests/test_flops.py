"""FLOPs against arithmetic that is really done: numbers that count what is done to them, in loops written out."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import reduce

import pytest
from tallied import Number, Tally, grid, multiply_accumulate

import archcalc


def conv(tally: Tally) -> None:
    for _ in grid(tally, 4, 3, 5):  # 6x5x2 by 3x3, five maps, tanh
        (multiply_accumulate(tally, len(grid(tally, 3, 3, 2))) + Number(tally)).apply()


def conv_bare(tally: Tally) -> None:
    for _ in grid(tally, 6, 5, 4):  # groups of 1 channel, padding counts, no bias
        multiply_accumulate(tally, len(grid(tally, 3, 3, 1)))


def depthwise(tally: Tally) -> None:
    for _ in grid(tally, 4, 3, 4):  # two kernels for each of two maps
        (multiply_accumulate(tally, len(grid(tally, 3, 3))) + Number(tally)).apply()


def separable(tally: Tally) -> None:
    for _ in grid(tally, 4, 3, 4):
        multiply_accumulate(tally, len(grid(tally, 3, 3)))
    for _ in grid(tally, 4, 3, 5):
        multiply_accumulate(tally, 4) + Number(tally)


def conv_transpose(tally: Tally) -> None:
    for _ in grid(tally, 6, 5, 2, 3, 3, 4):  # each input value, tap and map
        multiply_accumulate(tally, 1)
    for x in grid(tally, 12, 10, 4).values():
        (x + Number(tally)).apply()


def dense(tally: Tally) -> None:
    for _ in range(7):
        (multiply_accumulate(tally, 60) + Number(tally)).apply()


def maxpool(tally: Tally) -> None:
    for _ in grid(tally, 3, 2, 2):
        reduce(Number.larger, grid(tally, 2, 2).values())


def avgpool(tally: Tally) -> None:
    for _ in grid(tally, 3, 2, 2):
        reduce(Number.__add__, grid(tally, 2, 2).values()) / Number(tally)


def gap(tally: Tally) -> None:
    for _ in range(2):
        reduce(Number.__add__, grid(tally, 6, 5).values()) / Number(tally)


def gmp(tally: Tally) -> None:
    for _ in range(2):
        reduce(Number.larger, grid(tally, 6, 5).values())


def adaptive_avgpool(tally: Tally) -> None:
    for rows, columns in itertools.product((2, 2, 2, 2), (2, 3, 2)):  # 6 in 4 bins, 5 in 3
        for _ in range(2):
            reduce(Number.__add__, grid(tally, rows, columns).values()) / Number(tally)


def subsample(tally: Tally) -> None:
    for _ in grid(tally, 3, 2, 2):
        (reduce(Number.__add__, grid(tally, 2, 2).values()) * Number(tally) + Number(tally)).apply()


def bn(tally: Tally) -> None:
    for x in grid(tally, 6, 5, 2).values():
        ((x - Number(tally)) / Number(tally)) * Number(tally) + Number(tally)


def bn_bare(tally: Tally) -> None:
    for x in grid(tally, 6, 5, 2).values():
        (x - Number(tally)) / Number(tally)


def relu(tally: Tally) -> None:
    for x in grid(tally, 6, 5, 2).values():
        x.apply()


def add(tally: Tally) -> None:
    for _ in grid(tally, 6, 5, 2):
        reduce(Number.__add__, grid(tally, 3).values())


def avg(tally: Tally) -> None:
    for _ in grid(tally, 6, 5, 2):
        reduce(Number.__add__, grid(tally, 3).values()) / Number(tally)


def nothing(tally: Tally) -> None:
    pass


CASES: list[tuple[str, Callable[[Tally], None]]] = [
    ("conv 5, 3x3, tanh", conv),
    ("conv 4, 3x3, same, groups=2, nobias", conv_bare),
    ("depthwise 3x3, multiplier=2, relu", depthwise),
    ("separable 5, 3x3, multiplier=2", separable),
    ("conv_transpose 4, 3x3, /2, same, relu", conv_transpose),
    ("maxpool 2x2", maxpool),
    ("avgpool 2x2", avgpool),
    ("gap", gap),
    ("gmp", gmp),
    ("adaptive_avgpool 4x3", adaptive_avgpool),
    ("subsample 2x2, tanh", subsample),
    ("bn", bn),
    ("bn noscale, nocenter", bn_bare),
    ("relu", relu),
    ("add from input, input, input", add),
    ("avg from input, input, input", avg),
    ("flatten", nothing),
    ("dropout 0.5", nothing),
    ("activation linear", nothing),
    ("concat from input, input", nothing),
]


@pytest.mark.parametrize(("line", "work"), CASES, ids=[line for line, _ in CASES])
def test_flops_are_the_operations_that_are_done(line: str, work: Callable[[Tally], None]) -> None:
    tally = Tally()
    work(tally)
    assert archcalc.analyze(text=f"network N {{ input 6x5x2; L: {line} }}").layers["L"].flops == tally.count


def test_a_dense_layers_flops_too() -> None:
    tally = Tally()
    dense(tally)
    assert archcalc.analyze(text="network N { input 60; L: dense 7, relu }").layers["L"].flops == tally.count
