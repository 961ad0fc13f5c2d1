"""A window as it is drawn, read back from the picture, and held to one that is slid over a list by hand."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from sliding_by_hand import PAD, Slid, slide

import archcalc
from archcalc.report.drawing.sliding import slides_of
from archcalc.report.drawing.svg import inline
from archcalc.report.drawing.windows import Step, pictures
from archcalc.testing.chance import Chance
from archcalc.testing.drawn_networks import draw_network, kinds_by_name

CELL = 13.0


def steps_of(text: str) -> list[Step]:
    """The pictures of the first window of a network."""
    analysis = archcalc.analyze(text=text)
    slides = slides_of(analysis).slides
    return pictures(slides[0]) if slides else []


def element(step: Step) -> ET.Element:
    return ET.fromstring(inline(step.svg("p"), "p"))


def rects(root: ET.Element, wanted: str | None, fill: bool = False) -> list[tuple[float, float, float, float]]:
    """The rectangles of a class (x, y, width, height); those of padding have none, but a pattern."""
    found = [r for r in root.iter("rect") if r.get("class") == wanted and (r.get("fill", "").startswith("url") if fill else True)]
    return [tuple(float(r.get(k, "0")) for k in ("x", "y", "width", "height")) for r in found]  # type: ignore[misc]


def places(found: list[tuple[float, float, float, float]], left: float, cell: float = CELL, axis: int = 0) -> set[int]:
    """The cells that rectangles take, counted from the left, or from the top."""
    return {i for r in found for i in range(round((r[axis] - left) / cell), round((r[axis] + r[axis + 2] - left) / cell))}


windows = st.tuples(
    st.integers(1, 32), st.integers(1, 7), st.integers(1, 6), st.integers(1, 3), st.sampled_from(["same", "causal", 0, 1, 2, 3])
)


def program(n: int, kernel: int, stride: int, dilation: int, padding: str | int) -> str:
    pad = padding if isinstance(padding, str) else f"pad={padding}"
    step = f", /{stride}" if stride > 1 else ""
    spread = f", dilation={dilation}" if dilation > 1 else ""
    return f"network N {{\n input {n}x1\n conv 1, {kernel}{step}, {pad}{spread}\n}}"


@given(windows)
@example((5, 2, 4, 1, 0))
@example((6, 3, 1, 3, "same"))
def test_a_strip_shows_what_sliding_gives(window: Any) -> None:
    n, kernel, stride, dilation, padding = window
    assume(stride == 1 or dilation == 1)
    by_hand = slide(*window)
    assume(by_hand.windows)
    steps = steps_of(program(*window))
    if not steps:
        assert (kernel, stride) == (1, 1)
        assert PAD not in by_hand.places
        return
    (step,) = steps
    root = element(step)
    assert n <= 44
    hold_strip(root, step, by_hand, n, dilation)


def hold_strip(root: ET.Element, step: Step, by_hand: Slid, n: int, dilation: int) -> None:
    """One axis that is drawn in full."""
    left = 10.0
    inputs = {i for i, p in enumerate(by_hand.places) if p != PAD}
    assert places(rects(root, "w-input"), left) == inputs
    assert places(rects(root, None, fill=True), left) == set(range(len(by_hand.places))) - inputs
    before = by_hand.places.index(0)
    assert {i - before for i in places(rects(root, "w-lost"), left)} == by_hand.unread
    first, unit = root.findall(".//g[@class='w-at']")
    move, out_move = float(first.get("data-x", "")), float(unit.get("data-x", ""))
    frame, cell = rects(first, "w-window")[0], rects(unit, "w-unit")[0]
    taps = taps_of(first, left)
    assert [k for shown in step.shown[0] for k in shown] == list(range(len(by_hand.windows)))
    for k, window in enumerate(by_hand.windows):
        assert round((frame[0] + k * move - left) / CELL) == window[0]
        assert round((frame[0] + frame[2] + k * move - left) / CELL) == window[-1] + 1
        assert [t + round(k * move / CELL) for t in taps] == window
        assert round((cell[0] + k * out_move - left) / CELL) == k
    assert places(rects(root, "w-output"), left) == set(range(len(by_hand.windows)))
    last = root.find(".//g[@class='w-last']")
    if len(by_hand.windows) == 1:
        assert last is None
    else:
        assert last is not None
        window, cell = rects(last, None)
        assert places([window], left) == set(range(by_hand.windows[-1][0], by_hand.windows[-1][-1] + 1))
        assert places([cell], left) == {len(by_hand.windows) - 1}


def taps_of(group: ET.Element, left: float) -> list[int]:
    """The cells of a dashed line: dashes are what the kernel reads."""
    (line,) = (p for p in group.iter("path") if p.get("class") == "w-taps")
    start, wide = map(float, re.fullmatch(r"M([\d.]+) [\d.]+h([\d.]+)", line.get("d", "")).groups())  # type: ignore[union-attr]
    dash, gap = map(float, (line.get("stroke-dasharray") or f"{wide} 0").split())
    found, at = [], 0.0
    while at < wide:
        found += range(round((start + at - left) / CELL), round((start + min(at + dash, wide) - left) / CELL))
        at += dash + gap
    return found


@given(st.integers(45, 300), st.integers(1, 9), st.integers(1, 5), st.sampled_from(["same", 0, 1, 4]))
@example(230, 7, 2, 0)
@example(1000, 4, 5, 0)
def test_of_a_long_axis_both_ends_are_as_sliding_gives_them(n: int, kernel: int, stride: int, padding: str | int) -> None:
    by_hand = slide(n, kernel, stride, 1, padding)
    steps = steps_of(program(n, kernel, stride, 1, padding))
    assume(steps)
    (step,) = steps
    root = element(step)
    first, unit = root.findall(".//g[@class='w-at']")
    turn = int(first.get("data-turn", "-1"))
    if turn < 0:
        return  # to scale
    head, tail = step.shown[0]
    assert turn == tail.start
    total = len(by_hand.places)
    edge = max(r[0] + r[2] for r in (*rects(root, "w-input"), *rects(root, None, fill=True)))
    ends = round(min(r[0] for r in rects(root, "w-input") if r[0] > 10 + 16 * CELL) - 10)

    def place(x: float) -> int:
        return round((x - 10) / CELL) if x - 10 < ends else total - round((edge - x) / CELL)

    for name, expected in (("w-lost", by_hand.unread),):
        before = by_hand.places.index(0)
        marked = {place(r[0]) - before + i for r in rects(root, name) for i in range(round(r[2] / CELL))}
        there = {place(r[0]) - before + i for r in rects(root, "w-input") for i in range(round(r[2] / CELL))}
        assert marked == expected & there
    frame, cell = rects(first, "w-window")[0], rects(unit, "w-unit")[0]
    for k in (*head, *tail):
        jump = float(first.get("data-jump", "")) if k >= turn else 0.0
        x = frame[0] + k * float(first.get("data-x", "")) + jump
        assert [place(x), place(x + frame[2] - CELL)] == [by_hand.windows[k][0], by_hand.windows[k][-1]]
        assert edge >= x + frame[2] - 0.1
        jump = float(unit.get("data-jump", "")) if k >= turn else 0.0
        at = cell[0] + k * float(unit.get("data-x", "")) + jump
        outputs = rects(root, "w-output")
        assert any(o[0] - 0.1 <= at and at + CELL <= o[0] + o[2] + 0.1 for o in outputs)
    assert tail[-1] == len(by_hand.windows) - 1


@given(st.integers(3, 36), st.integers(3, 36), st.integers(1, 5), st.integers(1, 4), st.integers(1, 4), st.sampled_from([0, 1, 2, "same"]))
@example(33, 33, 5, 2, 2, 0)
def test_a_grid_shows_what_sliding_gives_on_each_axis(n: int, m: int, kernel: int, other: int, stride: int, padding: str | int) -> None:
    down, across = slide(n, kernel, stride, 1, padding), slide(m, other, stride, 1, padding)
    assume(down.windows and across.windows)
    pad = padding if isinstance(padding, str) else f"pad={padding}"
    steps = steps_of(f"network N {{\n input {n}x{m}x1\n conv 1, {kernel}x{other}, /{stride}, {pad}\n}}")
    assume(steps)
    (step,) = steps
    root = element(step)
    (sheet,) = rects(root, "w-input")
    cell = sheet[2] / m
    ((left, top, wide, high),) = rects(root, None, fill=True)
    assert (round(wide / cell), round(high / cell)) == (len(across.places), len(down.places))
    assert (round((sheet[0] - left) / cell), round((sheet[1] - top) / cell)) == (across.places.index(0), down.places.index(0))
    group, unit = root.findall(".//g[@class='w-at']")
    frame = rects(group, "w-window")[0]
    for axis, by_hand in ((0, across), (1, down)):
        moves = float(group.get(("data-x", "data-y")[axis], ""))
        starts = [round((frame[axis] + k * moves - (left, top)[axis]) / cell) for k in range(len(by_hand.windows))]
        assert starts == [w[0] for w in by_hand.windows]
        assert round(frame[axis + 2] / cell) == by_hand.windows[0][-1] - by_hand.windows[0][0] + 1
    (output,) = rects(root, "w-output")
    assert (round(output[2] / cell), round(output[3] / cell)) == (len(across.windows), len(down.windows))
    assert lost_cells(root, sheet, cell) == {(r, c) for r in range(n) for c in range(m) if r in down.unread or c in across.unread}
    assert unit.get("data-x") == unit.get("data-y")


def lost_cells(root: ET.Element, sheet: tuple[float, float, float, float], cell: float) -> set[tuple[int, int]]:
    """The cells that are marked as read by no window."""
    found = set()
    for path in (p for p in root.iter("path") if p.get("class") == "w-lost"):
        for x, y, a, la, _b, lb in re.findall(r"M([\d.]+) ([\d.]+)([hv])([\d.]+)([hv])([\d.]+)", path.get("d", "")):
            wide, high = (float(la), float(lb)) if a == "h" else (float(lb), float(la))
            row, column = round((float(y) - sheet[1]) / cell), round((float(x) - sheet[0]) / cell)
            found |= {(row + i, column + j) for i in range(round(high / cell)) for j in range(round(wide / cell))}
    return found


def test_rounding_up_lets_the_last_window_reach_past_the_padding() -> None:
    (step,) = steps_of("network N {\n input 32x8\n maxpool 3, /2, ceil\n}")
    by_hand = slide(32, 3, 2, 1, 0, ceil=True)
    assert len(by_hand.windows) == 16
    hold_strip(element(step), step, by_hand, 32, 1)


def test_layers_with_the_same_window_share_a_picture() -> None:
    text = "network N {\n input 20x20x3\n a: conv 4, 3x3, same\n b: conv 8, 3x3, same\n c: conv 8, 3x3\n d: conv 2, 1x1\n}"
    found = slides_of(archcalc.analyze(text=text))
    assert [[n.name for n in slide.nodes] for slide in found.slides] == [["a", "b"], ["c"]]
    assert found.single == 1


@pytest.mark.parametrize("layer", ["conv 3, 3x5x1, /2x1x1", "maxpool 2", "conv 2, 3, same"])
def test_three_axes_are_strips_of_their_own(layer: str) -> None:
    steps = steps_of(f"network N {{\n input 9x10x11x2\n {layer}\n}}")
    assert sorted(i for step in steps for i in step.along) in ([0, 1], [0, 1, 2])
    assert all(ET.fromstring(inline(step.svg("p"), "p")) is not None for step in steps)


def test_a_window_as_large_as_can_be_is_drawn_in_no_time() -> None:
    steps_of(f"network N {{\n input {10**12}x1\n conv 1, 3000, /2000\n}}")
    found = slides_of(archcalc.analyze(text=f"network N {{\n input {10**40}x1\n conv 1, {10**30}\n}}"))
    assert (len(found.slides), found.undrawn) == (0, 1)


def test_sizes_that_are_free_are_not_drawn() -> None:
    found = slides_of(archcalc.analyze(text="network N(H) {\n input H x 8 x 1\n conv 2, 3x3\n}"))
    assert (len(found.slides), found.undrawn) == (0, 1)


@pytest.mark.parametrize("number", range(150))
def test_random_networks_are_drawn_and_the_same_twice(number: int) -> None:
    text = draw_network(Chance.seeded(61, number), kinds_by_name())
    drawn = []
    for _ in range(2):
        slides = slides_of(archcalc.analyze(text=text, network="N")).slides
        drawn.append([inline(step.svg("p"), "p") for slide in slides for step in pictures(slide)])
    assert drawn[0] == drawn[1]
    for picture in drawn[0]:
        assert len(picture) < 8000
        ET.fromstring(picture)
