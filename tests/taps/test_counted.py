"""Connections without taps on padding, against taps that are stood on an axis one by one (tests/unrolled.py)."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
import unrolled
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from test_edges import say, sliding

import archcalc
from archcalc.sizes import Refusal, judging
from archcalc.taps import Taps, below


def without_padding(shape: tuple[int, ...], line: str, head: str = "") -> Any:
    """The row of a layer `L` on an input of that shape; None where no window fits."""
    text = f"{head}\nnetwork N {{\n input {say(shape)}\n L: {line}\n}}\n"
    plain, real = archcalc.analyze(text=text), archcalc.analyze(text=text, real_taps=True)
    assert plain.diagnostics == real.diagnostics or [d.message for d in plain.diagnostics] == [d.message for d in real.diagnostics]
    if plain.layers["L"].output_shape is None:
        assert real.layers["L"].connections is real.totals.connections is None
        return None
    derivation = real.derivation("L", "connections")
    assert derivation is not None and derivation.result == str(real.layers["L"].connections)
    assert eval(derivation.numbers) == real.layers["L"].connections == real.totals.connections
    return real.layers["L"]


@settings(max_examples=150)
@given(sliding(("valid", "same", "causal"), True), st.integers(1, 3), st.sampled_from(["shared", "untied", "none"]), st.data())
def test_convolutions(window: Any, filters: int, bias: str, data: Any) -> None:
    shape, line, axes, _ = window
    how = data.draw(st.sampled_from(["plain", "groups", "maps"]))
    pairs, head, extra = shape[-1] * filters, "", ""  # of an input map and an output map that reads it
    if how == "groups":
        groups = data.draw(st.sampled_from([g for g in (1, 2, 3, 4) if shape[-1] % g == 0]))
        pairs, filters, extra = shape[-1] * filters, filters * groups, f", groups={groups}"
    elif how == "maps":
        rows = data.draw(st.lists(st.text("X.", min_size=filters, max_size=filters), min_size=shape[-1], max_size=shape[-1]))
        assume(all("X" in column for column in zip(*rows, strict=True)))
        pairs, extra = sum(row.count("X") for row in rows), ", maps=T"
        head = "table T {\n" + "\n".join(rows) + "\n}"
    row = without_padding(shape, f"conv {filters}, {line}, bias={bias}{extra}", head)
    assert (row is None) is (None in axes)
    if row is not None:
        biases = 0 if bias == "none" else math.prod(row.output_shape)
        assert row.connections == unrolled.on_values(shape, axes) * pairs + biases


@settings(max_examples=100)
@given(sliding(("valid", "same"), False), st.sampled_from(["maxpool", "avgpool"]))
def test_pooling_reads_what_is_there(window: Any, kind: str) -> None:
    shape, line, axes, ceil = window
    row = without_padding(shape, f"{kind} {line}{', ceil' if ceil else ''}")
    assert (row is None) is (None in axes)
    if row is not None:
        assert row.connections == unrolled.on_values(shape, axes) * shape[-1]


@settings(max_examples=60)
@given(sliding(("valid", "same"), True), st.booleans())
def test_depthwise_and_subsampling(window: Any, subsampling: bool) -> None:
    shape, line, axes, _ = window
    assume(not subsampling or "dilation" not in line)
    row = without_padding(shape, f"subsample {line}" if subsampling else f"depthwise {line}, multiplier=2")
    if row is not None:
        assert row.connections == unrolled.on_values(shape, axes) * row.output_shape[-1] + math.prod(row.output_shape)


@settings(max_examples=80)
@given(
    st.tuples(st.integers(1, 5), st.integers(1, 4)), st.integers(1, 4), st.integers(1, 3), st.integers(1, 3),
    st.sampled_from(["valid", "same", "1", "2", "((0, 1), (2, 0))"]), st.booleans(),
)  # fmt: skip
def test_transposed_kernels_that_are_cut_off(space: tuple[int, int], kernel: int, stride: int, dilation: int, pad: str, bias: bool) -> None:
    """What comes out of all input values is laid on a long axis; the output is a part of it, where TensorFlow and PyTorch have it."""
    stride = 1 if dilation > 1 else stride
    line = f"conv_transpose 2, {kernel}, /{stride}, pad={pad}, dilation={dilation}" + ("" if bias else ", nobias")
    row = without_padding((*space, 3), line)
    assume(row is not None)
    cuts = {"1": (1, 1), "2": (2, 2), "((0, 1), (2, 0))": (0, 2), "valid": (0, 0)}.get(pad)
    landed = 1
    for axis, n in enumerate(space):
        length = row.output_shape[axis]
        laid = [i * stride + t * dilation for i in range(n) for t in range(kernel)]
        # `same`: of what hangs over, the smaller half is before the output
        first = cuts[axis] if cuts else max(max(laid) + 1 - length, 0) // 2
        landed *= len([p for p in laid if first <= p < first + length])
    assert row.connections == landed * 3 * 2 + (math.prod(row.output_shape) if bias else 0)


numbers = st.integers(1, 12)


@settings(max_examples=300)
@given(st.integers(-8, 40), numbers, numbers, st.integers(1, 5), st.integers(1, 5))
@example(40, 12, 12, 4, 6)
def test_pairs_below_an_end(end: int, places: int, kernel: int, stride: int, dilation: int) -> None:
    pairs = itertools.product(range(places), range(kernel))
    assert below(end, places, kernel, stride, dilation) == len([1 for i, t in pairs if i * stride + t * dilation < end])


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(-8, 40), numbers, numbers, st.integers(1, 5), st.booleans()), min_size=1, max_size=20))
def test_pairs_below_an_end_on_columns(drawn: list[tuple[int, int, int, int, bool]]) -> None:
    """The formula of two series, which serves all sizes but integers: one of stride and dilation is 1."""
    columns = pytest.importorskip("archcalc.columns", reason="NumPy is not installed")
    designs = [(end, n, k, *((1, apart) if dilated else (apart, 1))) for end, n, k, apart, dilated in drawn]
    verdicts = columns.Verdicts(len(designs))
    with judging(verdicts.judge):
        found = below(*map(columns.Column, zip(*designs, strict=True)))
    assert verdicts.codes == [None] * len(designs)
    assert found.tolist() == [below(*design) for design in designs]


def test_both_a_stride_and_a_dilation_need_numbers() -> None:
    columns = pytest.importorskip("archcalc.columns", reason="NumPy is not installed")
    with pytest.raises(Refusal, match="E213"):
        below(columns.Column([3, 4]), 5, 3, 2, 2)  # which of the two are 1 is no column's matter here
    a = archcalc.analyze(text="network N(H) { input H x 3; D: depthwise 3, /2, same, dilation=2; relu }", real_taps=True)
    assert [d.code for d in a.diagnostics] == ["E213"] and a.layers["D"].connections is a.totals.connections is None
    assert a.layers["D"].params == 12 and a.derivations("D").keys() >= {"params", "macs"} and "connections" not in a.derivations("D")
    fixed = archcalc.analyze(text="network N(H) { input H x 3; depthwise 3, /2, same, dilation=2 }", params={"H": 9}, real_taps=True)
    assert fixed.ok and fixed.totals.connections == 3 * (5 * 3 - 2) + 15  # one tap at each end
    text = "network N(H) { input H x 3; depthwise 3, /2, dilation=2 }"  # where nothing is padded, there is nothing to count
    plain, unpadded = archcalc.analyze(text=text), archcalc.analyze(text=text, real_taps=True)
    assert unpadded.ok and str(unpadded.totals.connections) == str(plain.totals.connections)


LARGE = 2**40


@pytest.mark.parametrize(
    ("line", "taps"),
    [
        ("conv 1, 3, same, nobias", 3 * LARGE - 2),
        (f"conv 1, {LARGE + 1}, same, nobias", None),
        (f"conv 1, 3, pad={LARGE}, nobias", 3 * LARGE),
        (f"depthwise {LARGE}, /2, dilation=3, pad={2 * LARGE}, nobias", None),
        (f"maxpool 3, /2, pad={LARGE}", None),
        (f"conv 1, 2, same, dilation={LARGE - 1}, nobias", None),
    ],
)
def test_sizes_however_large(line: str, taps: int | None) -> None:
    """In no time; and as the same figures worked out from the other end: the taps of each position of the input."""
    a = archcalc.analyze(text=f"network N {{ input {LARGE} x 1; L: {line} }}", real_taps=True)
    assert a.ok
    if taps is not None:
        assert a.totals.connections == taps
    window = a.layers["L"].node.layer.windows((LARGE, 1))[0]
    axis = Taps(a.layers["L"].output_shape[0], window.kernel, window.stride, window.dilation, window.pads(LARGE)[0], LARGE)
    back = axis._replace(before=(axis.places - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1 - axis.before - LARGE)
    assert a.totals.connections == axis.real == back.real  # mirrored, before is after
    assert below(axis.before + LARGE, *axis[:4]) - below(axis.before, *axis[:4]) == axis.real
