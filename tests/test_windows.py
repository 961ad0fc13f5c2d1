"""One axis of a sliding window, against windows that are slid one step at a time."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unrolled import Padding, least_padding, slide

from archcalc.sizes import Refusal
from archcalc.windows import Spread, Window

KERNELS, STRIDES, DILATIONS = (1, 2, 3, 4, 5, 7), (1, 2, 3, 5), (1, 2, 3)
PADDINGS: tuple[Padding, ...] = ("valid", "same", "causal", 0, 1, 2, 5, (0, 1), (1, 0), (2, 1), (0, 3), (4, 0))


def output(window: Window, n: int) -> int | None:
    """The output length; None where the window is refused for want of room."""
    try:
        return int(window.output(n))
    except Refusal as refusal:
        assert refusal.code == "E301"
        return None


def counted(n: int, window: Window) -> int | None:
    axis = slide(n, *window)
    return None if axis is None else len(axis.starts)


@pytest.mark.parametrize("padding", PADDINGS)
def test_output_length_is_the_number_of_places_where_the_window_stands(padding: Padding) -> None:
    wrong = [
        (n, window)
        for n, k, s, d in itertools.product(range(1, 41), KERNELS, STRIDES, DILATIONS)
        for window in (Window(k, s, d, padding),)
        if output(window, n) != counted(n, window)
    ]
    assert wrong == []


@pytest.mark.parametrize("padding", ["valid", 0, 1, 2, (0, 1), (1, 0), (2, 1), (0, 3)])
def test_ceil_adds_the_window_that_hangs_over_the_end_unless_it_starts_there(padding: Padding) -> None:
    wrong = [
        (n, window)
        for n, k, s in itertools.product(range(1, 41), KERNELS, STRIDES)
        for window in (Window(k, s, 1, padding, ceil=True),)
        if output(window, n) != counted(n, window)
    ]
    assert wrong == []


def test_same_pads_as_little_as_it_can_and_puts_the_odd_pixel_after() -> None:
    wrong = [
        (n, k, s, d)
        for n, k, s, d in itertools.product(range(1, 41), KERNELS, STRIDES, DILATIONS)
        if Window(k, s, d, "same").pads(n) != least_padding(n, k, s, d)
    ]
    assert wrong == []


@pytest.mark.parametrize("padding", PADDINGS)
def test_unread_counts_the_positions_at_the_end_that_no_window_reads(padding: Padding) -> None:
    wrong = []
    for n, k, s in itertools.product(range(1, 41), KERNELS, STRIDES):
        axis = slide(n, k, s, 1, padding)
        if axis is not None and s <= k:
            last = max(axis.reads(n), default=-1)
            if (got := Window(k, s, 1, padding).unread(n)) != n - 1 - last:
                wrong.append((n, k, s, got, n - 1 - last))
    assert wrong == []


@pytest.mark.parametrize("padding", PADDINGS)
def test_unread_counts_what_lies_past_all_spans_where_windows_have_holes_or_gaps(padding: Padding) -> None:
    """What a dilated kernel or a stride beyond the kernel steps over on purpose is not counted; the tail is."""
    wrong = []
    for n, k, s, d in itertools.product(range(1, 41), KERNELS, STRIDES, DILATIONS):
        axis = slide(n, k, s, d, padding)
        if axis is not None:
            beyond = [i for i in range(n) if all(i > start + axis.taps[-1] for start in axis.starts)]
            if (got := Window(k, s, d, padding).unread(n)) != len(beyond):
                wrong.append((n, k, s, d, got, len(beyond)))
    assert wrong == []


@pytest.mark.parametrize("padding", ["valid", 1, (0, 1), (2, 1)])
def test_with_ceil_unread_counts_what_the_overhanging_window_still_leaves(padding: Padding) -> None:
    for n, k, s in itertools.product(range(1, 41), KERNELS, STRIDES):
        axis = slide(n, k, s, 1, padding, ceil=True)
        if axis is not None and s <= k:
            assert Window(k, s, 1, padding, ceil=True).unread(n) == n - 1 - max(axis.reads(n), default=-1), (n, k, s)


def test_three_rounding_rules_are_three_rules() -> None:
    """112 with a 3-window, stride 2: PyTorch's padding 1 floors to 56, Caffe's rounds up to 57; TensorFlow's same has 56."""
    assert Window(3, 2, padding=1).output(112) == 56
    assert Window(3, 2, padding=1, ceil=True).output(112) == 57
    assert Window(3, 2, padding="same").output(112) == 56
    assert Window(3, 2, padding="same").pads(112) == (0, 1)
    assert Window(3, 2, padding=1).pads(112) == (1, 1)


def test_same_reaches_past_what_half_a_kernel_of_numeric_padding_gives() -> None:
    """An even kernel: PyTorch's k//2 on both sides has one output more than TensorFlow's same, which pads only after."""
    assert Window(2, 1, padding=1).output(10) == 11
    assert Window(2, 1, padding="same").output(10) == 10
    assert Window(2, 1, padding="same").pads(10) == (0, 1)


def test_caffe_drops_a_window_that_would_start_in_the_padding_after_the_input() -> None:
    """7 with a 2-window, stride 2, padding 1 on both sides: rounding up alone would say 5, the fifth starting at 7."""
    assert Window(2, 2, padding=1, ceil=True).output(7) == 4
    assert Window(2, 2, padding=1, ceil=True).output(8) == 5


def test_strides_beyond_the_kernel_leave_gaps_but_the_tail_is_counted_alone() -> None:
    assert Window(1, 3).output(9) == 3
    assert Window(1, 3).unread(9) == 2
    assert Window(1, 3).unread(10) == 0


def test_a_window_without_room_is_refused_with_what_would_fit() -> None:
    with pytest.raises(Refusal) as caught:
        Window(5, 1, 2, 1).output(6)
    assert caught.value.code == "E301"
    assert (caught.value.facts["reach"], caught.value.facts["padding"]) == (9, 2)
    fixes = " ".join(caught.value.facts["fixes"]())
    for number in (2, 7, 4):  # pad=2, an input of 7, a kernel of 4 are the nearest that fit: tried here
        assert str(number) in fixes
    assert slide(6, 5, 1, 2, 2) and not slide(6, 5, 1, 2, 1)
    assert slide(7, 5, 1, 2, 1)
    assert slide(6, 4, 1, 2, 1) and not slide(6, 5, 1, 2, 1)


sizes = st.integers(1, 10**40)


@given(n=sizes, k=sizes, s=sizes, before=st.integers(0, 10**40), after=st.integers(0, 10**40))
def test_at_any_size_the_last_window_fits_and_another_would_not(n: int, k: int, s: int, before: int, after: int) -> None:
    out = output(Window(k, s, 1, (before, after)), n)
    if out is None:
        assert n + before + after < k
    else:
        assert (out - 1) * s + k <= n + before + after < out * s + k


@given(n=sizes, k=sizes, s=sizes)
def test_at_any_size_same_has_a_window_for_each_stride_begun(n: int, k: int, s: int) -> None:
    out = output(Window(k, s, 1, "same"), n)
    before, after = Window(k, s, 1, "same").pads(n)
    assert out is not None and (out - 1) * s < n <= out * s
    assert 0 <= after - before <= 1
    assert before == after == 0 or (out - 1) * s + k == n + before + after


@given(n=sizes, k=st.integers(1, 10**6), s=sizes, p=st.integers(0, 10**6))
def test_at_any_size_ceil_reads_everything_or_starts_no_window_outside(n: int, k: int, s: int, p: int) -> None:
    p = min(p, k - 1)
    out = output(Window(k, s, 1, p, ceil=True), n)
    if out is not None:
        assert (out - 1) * s - p < n  # the last window starts inside
        nothing_left = (out - 1) * s + k >= n + 2 * p
        assert nothing_left or out * s - p >= n


MORE = (None, 0, 1, 2)


def covered(n: int, kernel: int, stride: int, dilation: int) -> int:
    """How far the copies of a kernel reach, one laid down for each of n positions."""
    return 1 + max(at * stride + tap * dilation for at in range(n) for tap in range(kernel))


@pytest.mark.parametrize("padding", [0, 1, 2, 5, (0, 1), (1, 0), (2, 1)])
def test_a_transposed_kernel_covers_what_its_copies_reach_less_the_padding(padding: Padding) -> None:
    cut = 2 * padding if isinstance(padding, int) else sum(map(int, padding))
    wrong = [
        (n, k, s, d, more)
        for n, k, s, d, more in itertools.product(range(1, 20), KERNELS, STRIDES, DILATIONS, MORE)
        if Spread(k, s, d, padding, more).output(n) != covered(n, k, s, d) - cut + (more or 0)
    ]
    assert wrong == []


def test_transposed_valid_reaches_what_the_copies_reach_and_a_stride_for_each() -> None:
    for n, k, s, d in itertools.product(range(1, 20), KERNELS, STRIDES, DILATIONS):
        assert Spread(k, s, d).output(n) == max(covered(n, k, s, d), n * s)
        for more in range(s):
            assert Spread(k, s, d, "valid", more).output(n) == covered(n, k, s, d) + more


def test_a_transposed_window_gives_back_a_length_that_the_window_shrinks_to_its_input() -> None:
    """Each length that `more` can reach is one that the convolution takes back to n, and together they are all of them."""
    for n, k, s, d in itertools.product(range(1, 20), KERNELS, STRIDES, DILATIONS):
        shrinks = {m for m in range(1, n * s + k * d + 5) if output(Window(k, s, d), m) == n}
        assert {Spread(k, s, d, "valid", more).output(n) for more in range(s)} == shrinks
        assert output(Window(k, s, d, "same"), Spread(k, s, d, "same").output(n)) == n


def test_transposed_same_with_more_counts_from_the_middle_tap() -> None:
    """Keras: (n - 1)s and what is added, and one for an odd kernel."""
    for n, k, s, d in itertools.product(range(1, 20), KERNELS, STRIDES, DILATIONS):
        spans = len(range((k - 1) * d + 1))
        for more in range(s):
            found = Spread(k, s, d, "same", more).output(n)
            assert found == (n - 1) * s + more + (1 if spans % 2 else 0)
            if spans % 2:  # then it is a length that `same` shrinks to n
                assert output(Window(k, s, d, "same"), found) == n
