"""Small random layers in one to three dimensions, against edges and weights counted one by one (tests/unrolled.py)."""

from __future__ import annotations

import math
from typing import Any

import unrolled
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import archcalc


def say(shape: Any) -> str:
    """A size as the language writes it; a single entry as a number."""
    return "x".join(map(str, shape))


def one_layer(shape: tuple[int, ...], line: str, head: str = "") -> Any:
    """The row of a layer `L` on an input of that shape."""
    analysis = archcalc.analyze(text=f"{head}\nnetwork N {{\n input {say(shape)}\n L: {line}\n}}\n")
    return analysis, analysis.layers["L"]


def agree(row: Any, counts: unrolled.Counts) -> None:
    assert row.output_shape == counts.shape
    assert (row.params, row.connections, row.macs) == (counts.params, counts.connections, counts.macs)
    assert (row.trainable_params, row.non_trainable_params) == (counts.params - counts.fixed, counts.fixed)
    assert row.units == math.prod(counts.shape)


def refused(analysis: Any, row: Any) -> None:
    assert [d.code for d in analysis.diagnostics if d.severity == "error"] == ["E301"]
    assert row.output_shape is None and row.params is None and analysis.totals.connections is None


@st.composite
def sliding(draw: Any, words: tuple[str, ...], dilations: bool) -> tuple[tuple[int, ...], str, list[unrolled.Axis | None], bool]:
    """A shape, the arguments of a window over it, and where its windows stand on each axis."""
    rank = draw(st.integers(1, 3))
    most = {1: 12, 2: 8, 3: 5}[rank]
    space = draw(st.tuples(*[st.integers(1, most)] * rank))
    channels = draw(st.integers(1, 4))
    kernel = draw(st.tuples(*[st.integers(1, 4)] * rank))
    stride = draw(st.tuples(*[st.integers(1, 3)] * rank))
    dilation = (1,) * rank
    if dilations and draw(st.booleans()):
        stride, dilation = (1,) * rank, draw(st.tuples(*[st.integers(1, 3)] * rank))
    pads = st.integers(0, 2)
    padding: Any = draw(
        st.sampled_from([w for w in words if w != "causal" or rank == 1])
        | pads
        | (st.tuples(*[pads] * rank) if rank > 1 else pads)
        | st.tuples(*[st.tuples(pads, pads)] * rank)
    )
    each = [padding] * rank if isinstance(padding, str | int) else list(padding)
    ceil = not dilations and padding not in ("same",) and draw(st.booleans())
    if ceil:
        kernel = tuple(max(k, 2) for k in kernel)
    axes = [unrolled.slide(n, k, s, d, p, ceil) for n, k, s, d, p in zip(space, kernel, stride, dilation, each, strict=True)]
    if isinstance(padding, tuple):
        said = "(" + ", ".join(str(p) for p in padding) + ("," if rank == 1 else "") + ")"
    else:
        said = str(padding)
    line = f"{say(kernel)}, /{say(stride)}, pad={said}"
    if dilation != (1,) * rank:
        line = f"{say(kernel)}, pad={said}, dilation={say(dilation)}"
    return (*space, channels), line, axes, ceil


@settings(max_examples=150)
@given(sliding(("valid", "same", "causal"), True), st.integers(1, 4), st.sampled_from(["shared", "untied", "none"]), st.data())
def test_convolutions(window: Any, filters: int, bias: str, data: Any) -> None:
    shape, line, axes, _ = window
    groups, table, head, extra = 1, (), "", ""
    how = data.draw(st.sampled_from(["plain", "groups", "maps"]))
    if how == "groups":
        groups = data.draw(st.sampled_from([g for g in (1, 2, 3, 4) if shape[-1] % g == 0]))
        filters *= groups
        extra = f", groups={groups}"
    elif how == "maps":
        rows = data.draw(st.lists(st.text("X.", min_size=filters, max_size=filters), min_size=shape[-1], max_size=shape[-1]))
        assume(all("X" in column for column in zip(*rows, strict=True)))
        table, extra = tuple(rows), ", maps=T"
        head = "table T {\n" + "\n".join(rows) + "\n}"
    analysis, row = one_layer(shape, f"conv {filters}, {line}, bias={bias}{extra}", head)
    if None in axes:
        refused(analysis, row)
    else:
        agree(row, unrolled.conv(shape, filters, axes, groups=groups, table=table, bias=bias))


@settings(max_examples=100)
@given(sliding(("valid", "same"), False), st.sampled_from(["maxpool", "avgpool"]))
def test_pooling_reads_its_whole_window_and_learns_nothing(window: Any, kind: str) -> None:
    shape, line, axes, ceil = window
    analysis, row = one_layer(shape, f"{kind} {line}{', ceil' if ceil else ''}")
    if None in axes:
        refused(analysis, row)
    else:
        agree(row, unrolled.pool(shape, axes))


@settings(max_examples=60)
@given(sliding(("valid", "same"), True))
def test_subsampling_shares_one_coefficient_and_one_bias_for_each_map(window: Any) -> None:
    shape, line, axes, _ = window
    assume("dilation" not in line)
    analysis, row = one_layer(shape, f"subsample {line}")
    if None in axes:
        refused(analysis, row)
    else:
        agree(row, unrolled.subsample(shape, axes))


@settings(max_examples=50)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple), st.integers(1, 6), st.booleans())
def test_dense_reads_the_last_axis_at_every_position(shape: tuple[int, ...], units: int, bias: bool) -> None:
    agree(one_layer(shape, f"dense {units}{'' if bias else ', nobias'}")[1], unrolled.dense(shape, units, bias=bias))
    agree(one_layer(shape, f"rbf {units}, random")[1], unrolled.dense(shape, units, bias=False, fixed=True))


@settings(max_examples=50)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=4).map(tuple), st.booleans())
def test_global_pooling_reads_each_map_whole(shape: tuple[int, ...], keepdims: bool) -> None:
    row = one_layer(shape, "gap keepdims" if keepdims else "gap")[1]
    whole = unrolled.pool(shape, [unrolled.Axis([0], list(range(n))) for n in shape[:-1]])
    agree(row, whole._replace(shape=whole.shape if keepdims else whole.shape[-1:]))


def merge(kind: str, shapes: list[tuple[int, ...]]) -> Any:
    inputs = "\n".join(f" i{n}: input {say(shape) if shape else 1}" for n, shape in enumerate(shapes))
    names = ", ".join(f"i{n}" for n in range(len(shapes)))
    analysis = archcalc.analyze(text=f"network N {{\n{inputs}\n L: {kind} from {names}\n}}\n")
    return analysis, analysis.layers["L"]


shapes_to_merge = st.integers(1, 4).flatmap(
    lambda rank: st.tuples(*[st.integers(1, 4)] * rank).flatmap(
        lambda base: st.lists(st.tuples(*[st.sampled_from((1, n)) for n in base]), min_size=2, max_size=4)
    )
)


@settings(max_examples=60)
@given(shapes_to_merge, st.sampled_from(["add", "mul", "avg"]))
def test_merges_read_one_value_of_each_input(shapes: list[tuple[int, ...]], kind: str) -> None:
    counts = unrolled.broadcast(shapes)
    assert counts is not None
    agree(merge(kind, shapes)[1], counts)


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple), min_size=2, max_size=3), st.sampled_from(["add", "mul", "avg"])
)
def test_merges_refuse_exactly_what_does_not_broadcast(shapes: list[tuple[int, ...]], kind: str) -> None:
    analysis, row = merge(kind, shapes)
    counts = unrolled.broadcast(shapes)
    if counts is None:
        assert [d.code for d in analysis.diagnostics] == ["E307"] and row.output_shape is None
    else:
        agree(row, counts)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.lists(st.integers(1, 5), min_size=2, max_size=4), st.data())
def test_concat_has_the_sum_along_its_axis_and_no_edges(base: list[int], lengths: list[int], data: Any) -> None:
    axis = data.draw(st.integers(-len(base), len(base) - 1))
    shapes = []
    for n in lengths:
        shape = list(base)
        shape[axis] = n
        shapes.append(tuple(shape))
    names = ", ".join(f"i{n}" for n in range(len(shapes)))
    inputs = "\n".join(f" i{n}: input {say(shape)}" for n, shape in enumerate(shapes))
    analysis = archcalc.analyze(text=f"network N {{\n{inputs}\n L: concat axis={axis + (axis >= 0)} from {names}\n}}\n")
    row = analysis.layers["L"]
    expected = list(base)
    expected[axis] = len([None for n in lengths for _ in range(n)])
    assert row.output_shape == tuple(expected)
    assert (row.params, row.connections, row.units, row.macs) == (0, 0, 0, 0)


@settings(max_examples=30)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple))
def test_normalisation_and_activations_pass_on(shape: tuple[int, ...]) -> None:
    for line in ("relu", "softmax", "dropout 0.5", "leaky_relu"):
        row = one_layer(shape, line)[1]
        assert (row.output_shape, row.params, row.connections, row.units, row.macs) == (shape, 0, 0, 0, 0), line
    row = one_layer(shape, "bn")[1]
    per_channel = {(name, c) for name in ("gamma", "beta", "mean", "variance") for c in range(shape[-1])}
    trained = {w for w in per_channel if w[0] in ("gamma", "beta")}
    assert (row.params, row.trainable_params) == (len(per_channel), len(trained))
    assert (row.connections, row.units, row.macs) == (0, 0, 0)
