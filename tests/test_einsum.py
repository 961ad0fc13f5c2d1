"""Equations, dot products, embeddings and declared layers, against sums over every value of every letter."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import archcalc
from archcalc.layers.einsum import Equation


def say(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def row_of(line: str, *shapes: tuple[int, ...]) -> Any:
    inputs = "\n".join(f" {name}: input {say(shape)}" for name, shape in zip("xyz", shapes, strict=False))
    analysis = archcalc.analyze(text=f"network N {{\n{inputs}\n L: {line} from {', '.join('xyz'[: len(shapes)])}\n}}\n")
    assert [d.message for d in analysis.diagnostics] == []
    return analysis.layers["L"]


@settings(max_examples=200)
@given(st.data())
def test_an_equation_multiplies_once_for_each_value_of_all_its_letters(data: Any) -> None:
    letters = "bcdefg"
    sizes = {c: data.draw(st.integers(1, 3)) for c in letters}
    read = data.draw(st.permutations(letters[:4]))[: data.draw(st.integers(1, 3))]
    kernel = data.draw(st.permutations(letters))[: data.draw(st.integers(1, 4))]
    out = [c for c in data.draw(st.permutations(sorted({*read, *kernel}))) if data.draw(st.booleans())]
    assume(out and set(kernel) <= {*read, *out})
    dots = data.draw(st.sampled_from(["", "left", "right"]))
    beside = data.draw(st.lists(st.integers(1, 3), max_size=2)) if dots else []
    biased = [c for c in out if data.draw(st.booleans())]
    parts = ["".join(p) for p in (read, kernel, out)]
    if dots == "left":
        text = "...{},{}->...{}".format(*parts)
    else:
        text = "a{0}{3},{1}->a{2}{3}".format(*parts, "..." if dots else "")
    given_sizes = ", ".join("none" if c in read and data.draw(st.booleans()) else str(sizes[c]) for c in out)
    places = list(itertools.product(*(range(sizes[c]) for c in dict.fromkeys((*read, *kernel))), *map(range, beside)))
    order = list(dict.fromkeys((*read, *kernel)))
    weights = {tuple(place[order.index(c)] for c in kernel) for place in places}
    outputs = {(*(place[order.index(c)] for c in out), place[len(order) :]) for place in places}
    biases = {tuple(o[out.index(c)] for c in biased) for o in outputs} if biased else set()
    options = f', bias_axes="{"".join(biased)}"' if biased else ""
    shape = (*beside, *(sizes[c] for c in read)) if dots == "left" else (*(sizes[c] for c in read), *beside)
    row = row_of(f'einsum_dense "{text}", ({given_sizes},){options}', shape)
    whole = tuple(sizes[c] for c in out)
    assert row.output_shape == ((*beside, *whole) if dots == "left" else (*whole, *beside))
    assert row.params == len(weights) + len(biases)
    assert row.macs == len(places)
    assert row.connections == len(places) + (len(outputs) if biased else 0)
    assert row.units == len(outputs)
    assert row.flops == 2 * row.macs + (len(outputs) if biased else 0)


@pytest.mark.parametrize(
    "text", ["", "a", "ab", "ab,bc", "ab->ab", "ab,bc->", ",bc->ac", "ab;bc->ac", "...ab,bc->ac", "ab,bc->ac\n", "a...b,bc->ac"]
)
def test_what_is_no_equation(text: str) -> None:
    assert Equation.of(text) is None


@settings(max_examples=80)
@given(st.lists(st.integers(1, 3), max_size=2), st.lists(st.integers(1, 3), max_size=2), st.integers(1, 4), st.booleans(), st.data())
def test_dot_products_read_two_values_each_time(a: list[int], b: list[int], n: int, normalize: bool, data: Any) -> None:
    i, j = data.draw(st.integers(0, len(a))), data.draw(st.integers(0, len(b)))
    one, other = (*a[:i], n, *a[i:]), (*b[:j], n, *b[j:])
    macs = edges = 0
    for _ in itertools.product(*map(range, (*a, *b))):
        for _ in range(n):
            macs += 1
            edges += 2
    operations = 0
    for _ in (*itertools.product(*map(range, a)), *itertools.product(*map(range, b))) if normalize else ():
        for k in range(n):
            operations += 2 + (k > 0)  # squared, added to those before, and divided in the end
        operations += 1  # the root
    row = row_of(f"dot ({i + 1}, {j + 1}){', normalize' if normalize else ''}", one, other)
    assert row.output_shape == ((*a, *b) or (1,))
    assert (row.params, row.macs, row.connections, row.units) == (0, macs, edges, math.prod((*a, *b)))
    assert row.flops == 2 * macs + operations
    if len(one) == len(other) and i == j:
        assert row_of(f"dot {i - len(one)}", one, other).macs == macs


@pytest.mark.parametrize("kind", ["maximum", "minimum"])
def test_the_largest_and_the_smallest_compare_each_input_with_the_one_before(kind: str) -> None:
    row = row_of(kind, (4, 5), (5,), (4, 1))
    assert (row.output_shape, row.connections, row.flops) == ((4, 5), 4 * 5 * 3, 4 * 5 * 2)


def test_an_embedding_has_a_vector_for_each_word_and_computes_nothing() -> None:
    row = row_of("embedding 50, 8", (3, 7))
    assert (row.output_shape, row.params) == ((3, 7, 8), len([(word, k) for word in range(50) for k in range(8)]))
    assert (row.units, row.connections, row.macs, row.flops) == (0, 0, 0, 0)
    back = row_of("reversible_embedding 50, 8, reverse, notie_weights", (7, 8))
    assert (back.output_shape, back.params, back.macs, back.connections, back.units) == ((7, 50), 800, 2800, 2800, 350)
    capped = row_of("reversible_embedding 50, 8, reverse, logit_soft_cap=30", (7, 8))
    assert capped.flops == back.flops + 3 * 350


def test_a_low_rank_adaptation_freezes_the_kernel_and_costs_nothing() -> None:
    """Hu et al. (2022): r*(d + k) trained instead of d*k."""
    for line, plain in (("dense 6", "dense 6"), ('einsum_dense "abc,cd->abd", (none, 6)', "dense 6, nobias")):
        row, before = row_of(f"{line}, lora_rank=2", (3, 4)), row_of(plain, (3, 4))
        assert row.non_trainable_params == 4 * 6
        assert row.trainable_params == before.params - 4 * 6 + 2 * (4 + 6)
        assert (row.macs, row.connections, row.flops) == (before.macs, before.connections, before.flops)


def test_a_declared_layer_has_the_figures_that_it_declares() -> None:
    row = row_of('custom "mixer", params=100, trainable=80, shape=5x4, macs=2000, flops=5000, connections=7', (5, 8), (3,))
    assert (row.output_shape, row.params, row.trainable_params, row.non_trainable_params) == ((5, 4), 100, 80, 20)
    assert (row.macs, row.flops, row.connections, row.units) == (2000, 5000, 7, 20)
    bare = row_of('custom "RoPE"', (5, 8))
    assert (bare.output_shape, bare.params, bare.macs, bare.flops, bare.connections, bare.units) == ((5, 8), 0, 0, 0, 0, 0)
    counted = row_of('custom "half", macs=10', (6,))
    assert (counted.macs, counted.flops, counted.connections, counted.units) == (10, 20, 10, 6)


def test_nobody_has_code_for_a_declared_layer() -> None:
    from archcalc.codegen import CodegenError, generate

    graph = archcalc.analyze(text='network N { input 3; L: custom "RoPE"; dense 2 }').graph
    with pytest.raises(CodegenError, match="RoPE"):
        generate(graph, "n.arch")
