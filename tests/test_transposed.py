"""Transposed, depthwise and separable convolutions and adaptive pooling, unrolled edge by edge: no formula is known here."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
import unrolled
from hypothesis import given, settings
from hypothesis import strategies as st
from unrolled import Axis, Counts, slide

import archcalc


def row(shape: tuple[int, ...], line: str) -> Any:
    """The figures of a layer on an input of that shape; None where it is refused."""
    said = "x".join(map(str, shape))
    analysis = archcalc.analyze(text=f"network N {{ input {said}; L: {line} }}")
    found = analysis.layers["L"]
    if found.output_shape is None:
        assert [d.code for d in analysis.diagnostics] in (["E301"], ["E311"])
        return None
    return found


def agree(found: Any, counts: Counts) -> None:
    assert found.output_shape == counts.shape
    assert (found.params, found.connections, found.macs) == (counts.params, counts.connections, counts.macs)
    assert found.units == math.prod(counts.shape)


def say(size: tuple[int, ...]) -> str:
    return "x".join(map(str, size))


# ---- transposed


def scatter(shape: tuple[int, ...], filters: int, taps: list[list[int]], stride: tuple[int, ...], bias: bool) -> Counts:
    """Every input unit sends an edge to every tap of every map; the output has the places that are reached."""
    *space, channels = shape
    weights: set[tuple[object, ...]] = set()
    places: set[tuple[int, ...]] = set()
    edges = 0
    for at in itertools.product(*map(range, space)):
        for tap in itertools.product(*taps):
            places.add(tuple(a * s + t for a, s, t in zip(at, stride, tap, strict=True)))
            for i, j in itertools.product(range(channels), range(filters)):
                weights.add((tap, i, j))
                edges += 1
    out = tuple(1 + max(place[axis] for place in places) for axis in range(len(space)))
    multiplied = edges
    if bias:
        for _ in itertools.product(*map(range, out)):
            for j in range(filters):
                weights.add(("bias", j))
                edges += 1
    return Counts((*out, filters), len(weights), edges, multiplied)


@st.composite
def spreading(draw: Any) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """A small shape, and a kernel, stride and dilation for it."""
    rank = draw(st.integers(1, 3))
    each = st.tuples(*[st.integers(1, {1: 7, 2: 4, 3: 3}[rank])] * rank)
    kernel = draw(st.tuples(*[st.integers(1, 4)] * rank))
    steps = draw(st.tuples(*[st.integers(1, 3)] * rank))
    ones = (1,) * rank
    stride, dilation = (steps, ones) if draw(st.booleans()) else (ones, steps)
    return (*draw(each), draw(st.integers(1, 3))), kernel, stride, dilation


@settings(max_examples=120)
@given(spreading(), st.integers(1, 3), st.booleans())
def test_a_transposed_convolution_spreads_every_input_value(drawn: Any, filters: int, bias: bool) -> None:
    shape, kernel, stride, dilation = drawn
    taps = [[t * d for t in range(k)] for k, d in zip(kernel, dilation, strict=True)]
    line = f"conv_transpose {filters}, {say(kernel)}, /{say(stride)}, pad=0, dilation={say(dilation)}{'' if bias else ', nobias'}"
    agree(row(shape, line), scatter(shape, filters, taps, stride, bias))


@settings(max_examples=80)
@given(spreading(), st.integers(1, 3), st.sampled_from(["valid", "same"]))
def test_edges_do_not_depend_on_what_is_cut_off_but_biases_do(drawn: Any, filters: int, padding: str) -> None:
    shape, kernel, stride, dilation = drawn
    taps = [[t * d for t in range(k)] for k, d in zip(kernel, dilation, strict=True)]
    found = row(shape, f"conv_transpose {filters}, {say(kernel)}, /{say(stride)}, {padding}, dilation={say(dilation)}")
    bare = scatter(shape, filters, taps, stride, bias=False)
    assert found.macs == bare.macs
    assert found.connections == bare.connections + len(list(itertools.product(*map(range, found.output_shape))))
    assert found.params == bare.params + filters


@settings(max_examples=80)
@given(spreading(), st.integers(1, 3))
def test_a_transposed_convolution_has_the_edges_of_the_convolution_that_it_turns_round(drawn: Any, filters: int) -> None:
    """From n to m maps one way, from m to n the other: the same pairs of units, and the same weights."""
    shape, kernel, stride, dilation = drawn
    line = f"{say(kernel)}, /{say(stride)}, pad=0, dilation={say(dilation)}, nobias"
    up = row(shape, f"conv_transpose {filters}, {line}")
    down = row(up.output_shape, f"conv {shape[-1]}, {line}")
    assert down.output_shape == shape
    assert (up.params, up.connections, up.macs) == (down.params, down.connections, down.macs)


# Output lengths that PyTorch's documentation of ConvTranspose2d gives by its formula, and published generators.
PUBLISHED = [
    ((1, 1, 100), "conv_transpose 512, 4, nobias", (4, 4, 512)),  # DCGAN, Radford, Metz & Chintala (2015)
    ((4, 4, 512), "conv_transpose 256, 4, /2, pad=1, nobias", (8, 8, 256)),
    ((32, 32, 64), "conv_transpose 3, 4, /2, pad=1, nobias, tanh", (64, 64, 3)),
    ((56, 56, 512), "conv_transpose 256, 2, /2", (112, 112, 256)),  # U-Net, Ronneberger, Fischer & Brox (2015)
    ((6, 6, 16), "conv_transpose 16, 3, /2, pad=1, output_padding=1", (12, 12, 16)),  # PyTorch's example: 12, halved and back
]


@pytest.mark.parametrize(("shape", "line", "output"), PUBLISHED)
def test_published_layers_have_their_shapes(shape: tuple[int, ...], line: str, output: tuple[int, ...]) -> None:
    assert row(shape, line).output_shape == output


# ---- depthwise and separable


def sliding(shape: tuple[int, ...], kernel: Any, stride: Any, dilation: Any, padding: Any) -> list[Axis] | None:
    found = [slide(n, k, s, d, padding) for n, k, s, d in zip(shape, kernel, stride, dilation, strict=False)]
    axes = [axis for axis in found if axis is not None]
    return axes if len(axes) == len(found) else None


def depthwise(shape: tuple[int, ...], axes: list[Axis], multiplier: int, bias: bool) -> Counts:
    """Each output unit reads the taps of one input map."""
    weights: set[tuple[object, ...]] = set()
    edges = multiplied = 0
    for _ in itertools.product(*(axis.starts for axis in axes)):
        for i, m in itertools.product(range(shape[-1]), range(multiplier)):
            for tap in itertools.product(*(axis.taps for axis in axes)):
                weights.add((tap, i, m))
                edges += 1
                multiplied += 1
            if bias:
                weights.add(("bias", i, m))
                edges += 1
    maps = len([None for _ in itertools.product(range(shape[-1]), range(multiplier))])
    return Counts((*(len(axis.starts) for axis in axes), maps), len(weights), edges, multiplied)


WINDOW = (spreading(), st.sampled_from(["valid", "same", 0, 1]), st.integers(1, 3), st.booleans())


@settings(max_examples=120)
@given(*WINDOW)
def test_a_depthwise_convolution_reads_one_map_for_each_unit(drawn: Any, padding: Any, multiplier: int, bias: bool) -> None:
    shape, kernel, stride, dilation = drawn
    axes = sliding(shape, kernel, stride, dilation, padding)
    line = f"depthwise {say(kernel)}, /{say(stride)}, pad={padding}, dilation={say(dilation)}, multiplier={multiplier}"
    found = row(shape, line if bias else line + ", nobias")
    if axes is None:
        assert found is None
    else:
        agree(found, depthwise(shape, axes, multiplier, bias))


@settings(max_examples=120)
@given(*WINDOW, st.integers(1, 4))
def test_a_separable_convolution_is_its_two_halves(drawn: Any, padding: Any, multiplier: int, bias: bool, filters: int) -> None:
    shape, kernel, stride, dilation = drawn
    axes = sliding(shape, kernel, stride, dilation, padding)
    line = f"separable {filters}, {say(kernel)}, /{say(stride)}, pad={padding}, dilation={say(dilation)}, multiplier={multiplier}"
    found = row(shape, line if bias else line + ", nobias")
    if axes is None:
        assert found is None
        return
    first = depthwise(shape, axes, multiplier, bias=False)
    places = [slide(n, 1) for n in first.shape[:-1]]
    second = unrolled.conv(first.shape, filters, [p for p in places if p], bias="shared" if bias else "none")
    sums = [a + b for a, b in zip(first[1:4], second[1:4], strict=True)]
    agree(found, Counts(second.shape, *sums))


# ---- adaptive pooling


def bins(n: int, m: int) -> list[list[int]]:
    """The positions that lie, even in part, in each m-th of a line of n: compared as whole numbers, n m a position."""
    return [[at for at in range(n) if (at + 1) * m > i * n and at * m < (i + 1) * n] for i in range(m)]


@settings(max_examples=100)
@given(
    st.integers(1, 3).flatmap(lambda r: st.lists(st.tuples(*[st.integers(1, 6 if r > 1 else 20)] * 2), min_size=r, max_size=r)),
    st.integers(1, 3),
)
def test_adaptive_pooling_reads_every_position_of_its_bins(axes: list[tuple[int, int]], channels: int) -> None:
    shape, size = (*(n for n, _ in axes), channels), tuple(m for _, m in axes)
    edges = steps = 0
    for window in itertools.product(*(bins(n, m) for n, m in axes)):
        for _ in range(channels):
            edges += len(list(itertools.product(*window)))
            steps += len(list(itertools.product(*window))) - 1
    mean, largest = row(shape, f"adaptive_avgpool ({say(size)})"), row(shape, f"adaptive_maxpool ({say(size)})")
    agree(mean, Counts((*size, channels), 0, edges, 0))
    agree(largest, Counts((*size, channels), 0, edges, 0))
    assert mean.flops == steps + math.prod((*size, channels))  # the additions, and a division each
    assert largest.flops == steps


def test_where_bins_are_alike_adaptive_pooling_is_pooling() -> None:
    for kind in ("avgpool", "maxpool"):
        one, other = row((12, 8, 3), f"adaptive_{kind} 4x2"), row((12, 8, 3), f"{kind} 3x4")
        assert tuple(one)[1:] == tuple(other)[1:]


def test_at_each_step_the_bins_are_counted_anew() -> None:
    once, thrice = row((5, 7, 2), "adaptive_maxpool 3"), row((3, 5, 7, 2), "time_distributed { adaptive_maxpool 3 }")
    assert (thrice.connections, thrice.flops) == (once.connections * 3, once.flops * 3)
