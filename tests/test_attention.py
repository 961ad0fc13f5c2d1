"""Attention against loops that do every multiplication and count it; and the parameters of published transformers."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import archcalc

Shape = tuple[int, ...]


class Count:
    """What was done, and the weights that it was done with, each once."""

    def __init__(self) -> None:
        self.weights: set[Any] = set()
        self.multiplied = 0  # and accumulated
        self.biases = 0
        self.other = 0

    def dense(self, name: str, shape: Shape, units: int, bias: bool) -> None:
        """Every unit reads all features, at each position."""
        for _ in places(shape[:-1]):
            for unit in range(units):
                for feature in range(shape[-1]):
                    self.weights.add((name, feature, unit))
                    self.multiplied += 1
                if bias:
                    self.weights.add((name, "bias", unit))
                    self.biases += 1

    def agrees(self, row: Any) -> None:
        assert row.params == row.trainable_params == len(self.weights)
        assert row.macs == self.multiplied
        assert row.connections == self.multiplied + self.biases
        assert row.flops == 2 * self.multiplied + self.biases + self.other
        assert row.units == math.prod(row.output_shape)


def places(shape: Shape) -> list[Shape]:
    return list(itertools.product(*map(range, shape)))


def say(shape: Shape) -> str:
    return "x".join(map(str, shape))


def layer(line: str, *shapes: Shape) -> tuple[Any, Any]:
    """The row of a layer that reads inputs of these shapes, and the shape of its scores."""
    names = "qvk"[: len(shapes)]
    inputs = "\n".join(f" {name}: input {say(shape)}" for name, shape in zip(names, shapes, strict=True))
    text = f"network N {{\n{inputs}\n L: {line}, scores from {', '.join(names)}\n S: relu from L.scores\n output from L, S\n}}\n"
    analysis = archcalc.analyze(text=text)
    assert [d.message for d in analysis.diagnostics] == []
    return analysis.layers["L"], analysis.layers["S"].output_shape


small = st.integers(1, 3)


@st.composite
def roles(draw: Any, rank: int, alike: bool = False) -> tuple[Shape, ...]:
    """Query, value and key; fewer of them where they are the same."""
    steps = st.tuples(*[small] * rank)
    query = (*draw(steps), draw(small))
    others = draw(steps)
    value, key = (*others, draw(small)), (*others, query[-1] if alike else draw(small))
    return draw(st.sampled_from([(query,), (query, (*others, query[-1])), (query, value, key)]))


@settings(max_examples=80)
@given(st.integers(1, 2).flatmap(roles), small, small, small | st.none(), st.booleans(), st.booleans(), st.none() | st.integers(1, 4))
def test_multi_head_attention(
    shapes: tuple[Shape, ...], heads: int, key_dim: int, value_dim: int | None, bias: bool, gate: bool, output: int | None
) -> None:
    query, value, key = (*shapes, *shapes[-1:] * 2)[:3]
    depth = value_dim or key_dim
    options = ["nobias"] * (not bias) + ["gate"] * gate + [f"output_shape={output}"] * (output is not None)
    dims = [heads, key_dim, *([] if value_dim is None else [value_dim])]
    count = Count()
    count.dense("query", query, heads * key_dim, bias)
    count.dense("key", key, heads * key_dim, bias)
    count.dense("value", value, heads * depth, bias)
    if gate:
        count.dense("gate", query, heads * depth, bias)
    scores = set()
    for head in range(heads):
        for asking in places(query[:-1]):
            for asked in places(key[:-1]):
                scores.add((head, *asking, *asked))
                for _ in range(key_dim):
                    count.multiplied += 1
                count.other += 2  # scaled, and through the softmax
                for _ in range(depth):
                    count.multiplied += 1
            if gate:
                for _ in range(depth):
                    count.other += 2  # the gate's sigmoid, and its multiplication
    count.dense("output", (*query[:-1], heads * depth), output or query[-1], bias)
    row, announced = layer(", ".join([f"mha {', '.join(map(str, dims))}", *options]), *shapes)
    count.agrees(row)
    assert row.output_shape == (*query[:-1], output or query[-1])
    assert set(places(announced)) == scores


@settings(max_examples=40)
@given(st.lists(small, min_size=3, max_size=4).map(tuple), st.data())
def test_attention_over_some_axes_only(query: Shape, data: Any) -> None:
    """Along the other axes, each position attends by itself."""
    axes = data.draw(st.permutations(range(len(query) - 1)))[: data.draw(st.integers(1, len(query) - 1))]
    value = tuple(data.draw(small) if i in axes else n for i, n in enumerate(query))
    count = Count()
    for name, shape in (("query", query), ("key", value), ("value", value)):
        count.dense(name, shape, 2 * 3, True)
    scores = set()
    for head, asking, asked in itertools.product(range(2), places(query[:-1]), places(value[:-1])):
        beside = [n for i, n in enumerate(asking) if i not in axes]
        if beside == [n for i, n in enumerate(asked) if i not in axes]:
            scores.add((*beside, head, *(asking[i] for i in axes), *(asked[i] for i in axes)))
            count.other += 2
            for _ in range(3):
                count.multiplied += 2
    count.dense("output", (*query[:-1], 6), query[-1], True)
    row, announced = layer(f"mha 2, 3, attention_axes=({', '.join(str(axis + 1) for axis in axes)},)", query, value)
    count.agrees(row)
    assert set(places(announced)) == scores


@settings(max_examples=60)
@given(roles(1), small, small, small, st.booleans(), st.booleans())
def test_grouped_query_attention(shapes: tuple[Shape, ...], dim: int, groups: int, repeats: int, bias: bool, gate: bool) -> None:
    query, value, key = (*shapes, *shapes[-1:] * 2)[:3]
    value = (value[0], query[1])
    shapes = (query, value, key)[: len(shapes)]
    key = key if len(shapes) == 3 else value
    heads = groups * repeats
    count = Count()
    count.dense("query", query, heads * dim, bias)
    count.dense("key", key, groups * dim, bias)
    count.dense("value", value, groups * dim, bias)
    if gate:
        count.dense("gate", query, heads * dim, bias)
    for _ in places((groups, repeats, query[0], key[0])):
        count.other += 2
        for _ in range(dim):
            count.multiplied += 2
    for _ in places((heads, query[0], dim) if gate else (0,)):
        count.other += 2
    count.dense("output", (query[0], heads * dim), query[1], bias)
    options = "".join([", nobias"] * (not bias) + [", gate"] * gate)
    row, announced = layer(f"gqa {dim}, {heads}, {groups}{options}", *shapes)
    count.agrees(row)
    assert row.output_shape == query and announced == (heads, query[0], key[0])


@settings(max_examples=80)
@given(st.integers(1, 2).flatmap(lambda rank: roles(rank, alike=True)), st.booleans(), st.sampled_from(["dot", "concat", "additive"]))
def test_attention_without_projections(shapes: tuple[Shape, ...], scale: bool, mode: str) -> None:
    shapes = tuple((*shapes[0][:-2], *shape[-2:]) for shape in shapes)  # what stands before the steps goes along
    query, value, key = (*shapes, *shapes[-1:] * 2)[:3]
    count = Count()
    summed = 0  # edges of a sum without weights
    for _ in places((*query[:-1], key[-2])):
        count.other += 1  # the softmax
        for feature in range(query[-1]):
            if mode == "dot":
                count.multiplied += 1
            elif mode == "additive":
                count.other += 2  # the addition and its tanh
                if scale:
                    count.weights.add(feature)
                    count.multiplied += 1
                else:
                    summed += 1
                    count.other += feature > 0  # added to the ones before
            else:
                count.other += 2 + scale + (feature > 0)
                summed += 1
        if mode == "dot":
            count.other += scale
        elif mode == "concat":
            count.other += 1  # the sum, multiplied
        for _ in range(value[-1]):
            count.multiplied += 1
    if mode != "additive":
        count.weights = {"scale"} if scale else set()
        count.weights |= {"of the sum"} if mode == "concat" else set()
    kind = "additive_attention" if mode == "additive" else f"attention {mode},"
    row, announced = layer(f"{kind} {'' if scale else 'no'}scale", *shapes)
    assert row.connections == count.multiplied + summed
    assert (row.params, row.macs) == (len(count.weights), count.multiplied)
    assert row.flops == 2 * count.multiplied + count.other
    assert row.output_shape == (*query[:-1], value[-1]) and announced == (*query[:-1], key[-2])


BERT = """
block encoder(heads, width) {
    add { branch { mha heads, in.c // heads } branch { } }
    layernorm
    add { branch { dense width, gelu; dense in.c } branch { } }
    layernorm
}

network BERT(layers = 12, heads = 12, size = 768, width = 3072, steps = 512) {
    words: input steps
    segments: input steps
    positions: input steps
    a: embedding 30522, size from words
    b: embedding 2, size from segments
    c: embedding 512, size from positions
    add from a, b, c
    layernorm
    repeat layers { encoder heads, width }
    slice_first: custom "the first step", shape=size
    dense size, tanh
}
"""

GPT2 = """
block decoder(heads) {
    add { branch { layernorm; mha heads, in.c // heads, causal } branch { } }
    add { branch { layernorm; dense 4 * in.c, gelu; dense in.c } branch { } }
}

network GPT2(layers = 12, heads = 12, size = 768) {
    words: input 1024
    positions: input 1024
    a: embedding 50257, size from words
    b: embedding 1024, size from positions
    add from a, b
    repeat layers { decoder heads }
    layernorm
}
"""


@pytest.mark.parametrize(
    ("text", "params", "published"),
    [
        (BERT, {}, 109_482_240),  # Devlin et al. (2019) say 110M; bert-base-uncased has these
        (BERT, {"layers": 24, "heads": 16, "size": 1024, "width": 4096}, 335_141_888),  # 340M; bert-large-uncased
        (GPT2, {}, 124_439_808),  # Radford et al. (2019) say 117M; the released model has these
        (GPT2, {"layers": 48, "heads": 25, "size": 1600}, 1_557_611_200),  # 1542M; the released gpt2-xl has these
    ],
)
def test_published_transformers_have_their_parameters(text: str, params: dict[str, int], published: int) -> None:
    analysis = archcalc.analyze(text=text, params=params)
    assert [d.message for d in analysis.diagnostics if d.severity == "error"] == []
    assert analysis.totals.params == published


def test_the_products_are_as_many_as_the_paper_says() -> None:
    """Vaswani et al. (2017), Table 1: n*n*d for self-attention, twice; and 4*n*d*d for the projections."""
    n, d = 50, 512
    row, _ = layer(f"mha 8, {d // 8}, nobias", (n, d))
    assert row.macs == 2 * n * n * d + 4 * n * d * d
