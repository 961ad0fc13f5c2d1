"""The network as a graph: nothing overlaps, edges begin and end at their boxes and go round all others, texts fit."""

from __future__ import annotations

import time
from itertools import combinations
from pathlib import Path as File
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import one_of_each_file

import archcalc
from archcalc.report.drawing.folds import folded
from archcalc.report.drawing.graph import draw_graph
from archcalc.report.drawing.levels import laid_out
from archcalc.report.drawing.plan import Path, Placed, Plan
from archcalc.report.drawing.sheet import drawn
from archcalc.report.drawing.svg import inline
from archcalc.testing import networks

ROOT = File(__file__).resolve().parents[2]
EXAMPLES = one_of_each_file()
GOLDEN = ROOT / "tests" / "golden" / "drawings"


def plan_of(analysis: archcalc.Analysis, depth: int | None = None) -> Plan:
    shown = folded(analysis.graph, depth)
    return laid_out(shown.items, shown.shown)


def overlap(a: Placed, b: Placed) -> bool:
    wide = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    high = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    return wide > 0.01 and high > 0.01


def inside(a: Placed, b: Placed) -> bool:
    return a.x >= b.x - 0.01 and a.y >= b.y - 0.01 and a.x + a.width <= b.x + b.width + 0.01 and a.y + a.height <= b.y + b.height + 0.01


def points(path: Path) -> list[tuple[float, float]]:
    """Points along an edge, close to each other."""
    found = [(path.knots[0].x, path.knots[0].y)]
    for a, b in zip(path.knots, path.knots[1:]):
        for i in range(1, 33):
            t = i / 32
            side = 3 * t**2 - 2 * t**3 if b.how == "curve" else t
            # a curve's control points stand at half its height: y is 3/2 t(1-t)^2 + 3/2 t^2(1-t) + t^3 of it
            down = 1.5 * t * (1 - t) ** 2 + 1.5 * t**2 * (1 - t) + t**3 if b.how == "curve" else t
            found.append((a.x + (b.x - a.x) * side, a.y + (b.y - a.y) * down))
    return found


def at_border(x: float, y: float, placed: Placed) -> bool:
    return placed.x - 0.1 <= x <= placed.x + placed.width + 0.1 and min(abs(y - placed.y), abs(y - placed.y - placed.height)) < 0.1


def check(plan: Plan) -> None:
    for a, b in combinations(plan.boxes, 2):
        assert not overlap(a, b)
    for a, b in combinations(plan.frames, 2):
        assert not overlap(a, b) or inside(a, b) or inside(b, a)
    for frame in plan.frames:
        for box in plan.boxes:
            assert not overlap(frame, box) or inside(box, frame)
    for placed in (*plan.boxes, *plan.frames):
        assert placed.x >= -0.01 and placed.y >= -0.01
        assert placed.x + placed.width <= plan.width + 0.01 and placed.y + placed.height <= plan.height + 0.01
    for box in plan.boxes:
        texts = [*box.item.words, *(words for _, words in box.item.strips)]
        assert all(words.width <= box.width - 8 for words in texts)
    where = {id(placed.item): placed for placed in (*plan.boxes, *plan.frames)}
    for path in plan.paths:
        way = points(path)
        for item, (x, y) in ((path.source, way[0]), (path.target, way[-1])):
            met = [where[id(item)]] if item is not None else [*plan.frames]
            joins = item is None and any(
                abs(x - q.x) + abs(y - q.y) < 0.1 for other in plan.paths if other is not path for q in (other.knots[0], other.knots[-1])
            )
            assert joins or any(at_border(x, y, placed) for placed in met)
        for box in plan.boxes:
            within = [(x, y) for x, y in way if box.x + 0.5 < x < box.x + box.width - 0.5 and box.y + 0.5 < y < box.y + box.height - 0.5]
            assert not within, (box.item.head, path.value)


@pytest.mark.parametrize("depth", [None, 1, 2, 9])
@pytest.mark.parametrize("path", EXAMPLES)
def test_every_example_keeps_to_it(path: File, depth: int | None) -> None:
    check(plan_of(archcalc.analyze(str(path)), depth))


@settings(max_examples=60)
@given(networks(max_layers=14))
def test_random_networks_keep_to_it(program: str) -> None:
    check(plan_of(archcalc.analyze(text=program, network="N")))


STEPS = st.recursive(
    st.sampled_from(["conv 4, 3x3, same", "bn", "relu", "b", "c", "dropout 0.1"]),
    lambda steps: st.lists(st.lists(steps, max_size=4).map(lambda body: "branch { " + "; ".join(body) + " }"), min_size=2, max_size=4).map(
        lambda branches: "add { " + " ".join(branches) + " }"
    ),
    max_leaves=12,
)
BODIES = st.lists(STEPS, min_size=1, max_size=6)


@st.composite
def nested(draw: st.DrawFn) -> str:
    """Networks of blocks and branches, with edges from anywhere to anywhere further below."""
    blocks = [
        f"block {name}() {{ {'; '.join(s for s in draw(BODIES) if name == 'c' or s not in 'bc' and ' c' not in s and ' b' not in s) or 'relu'} }}"
        for name in "b"
    ]
    blocks.append("block c() { b; b; conv 4, 1x1 }")
    lines = ["input 8x8x4", "l0: conv 4, 1x1"]
    for i, body in enumerate(draw(st.lists(BODIES, min_size=1, max_size=8)), 1):
        lines += [s for s in body if s[0] != "d"]
        other = draw(st.integers(0, i - 1))
        lines.append(f"x{i}: relu")
        lines.append(f"l{i}: add from x{i}, l{other}")
    if draw(st.booleans()):
        lines.append("conv 3, 3x3, same from l0")
        lines.append("e: relu from l1")
    return "\n".join([*blocks, "network N {", *lines, "}"])


@settings(max_examples=150)
@given(nested(), st.sampled_from([None, None, 1, 2, 9]))
def test_random_blocks_and_skips_keep_to_it(program: str, depth: int | None) -> None:
    analysis = archcalc.analyze(text=program)
    check(plan_of(analysis, depth))


def unet(levels: int, crop: bool, blocks: bool) -> str:
    """A U-Net, in blocks or not, whose crossing values go through a layer or not."""

    def pair(c: int) -> str:
        return f"double {c}" if blocks else f"conv {c}, 3x3, same, relu; conv {c}, 3x3, same, relu"

    lines = ["block double(c) { conv c, 3x3, same, relu; conv c, 3x3, same, relu }", "network N {", "input 64x64x3"]
    for i in range(levels):
        lines += [pair(4 << i), f"d{i}: bn", "maxpool"]
    lines.append(pair(4 << levels))
    for i in reversed(range(levels)):
        lines.append(f"u{i}: conv_transpose {4 << i}, 2x2, /2")
        lines += [f"c{i}: conv {4 << i}, 1x1 from d{i}"] if crop else []
        lines += [f"concat from u{i}, {'c' if crop else 'd'}{i}", pair(4 << i)]
    return "\n".join([*lines, "conv 2, 1x1, softmax", "}"])


@pytest.mark.parametrize("blocks", [False, True])
@pytest.mark.parametrize("crop", [False, True])
@pytest.mark.parametrize("levels", [2, 3, 5])
def test_a_unet_is_a_u(levels: int, crop: bool, blocks: bool) -> None:
    plan = plan_of(archcalc.analyze(text=unet(levels, crop, blocks)))
    check(plan)
    upright = {box.item.head.name: box.y for box in plan.boxes if box.item.head is not None}
    pools = [upright[f"maxpool_{i + 1}"] for i in range(levels)]
    joins = [upright[f"concat_{i + 1}"] for i in range(levels)]
    assert pools == sorted(pools) and joins == sorted(joins, reverse=True)
    right = min(box.x for box in plan.boxes if box.item.head is not None and box.item.head.kind == "concat")
    assert all(box.x + box.width < right for box in plan.boxes if box.item.head is not None and box.item.head.kind == "maxpool")


@pytest.mark.parametrize("name", ["lenet5", "siamese", "image_and_metadata"])
def test_small_ones_are_as_their_golden_files_have_them(name: str, update: bool) -> None:
    text = drawn(archcalc.analyze(str(ROOT / "examples" / f"{name}.arch")), "graph")
    path = GOLDEN / f"{name}.svg"
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    assert text == drawn(archcalc.analyze(str(ROOT / "examples" / f"{name}.arch")), "graph")


def test_the_picture_in_the_docs_is_what_is_drawn_now(update: bool) -> None:
    text = drawn(archcalc.analyze(str(ROOT / "examples" / "unet.arch")), "graph", depth=1)
    path = ROOT / "docs" / "pictures" / "unet.svg"
    if update:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def said_left_out(program: str, depth: int | None = None) -> str:
    analysis = archcalc.analyze(text=program)
    check(plan_of(analysis, depth))
    return draw_graph(analysis, depth).says


def test_what_is_too_much_is_left_out_and_said() -> None:
    growing = "network N { input 8x8x4; for i in range(3000) { conv 4 + i, 1x1 } }"
    assert "2,882 layers are left out" in said_left_out(growing)  # 119 boxes are left: the input, 118 layers, and one says it
    pairs = "network N { input 8x8x4; for i in range(500) { conv 4 + i, 1x1; conv 4 + i, 1x1; conv 4 + i, 1x1 } }"
    # the first three are alike, and two of each three that follow: 60 boxes above have 3 + 29*3 layers, 59 below have 2 + 29*3
    assert "1,321 layers are left out" in said_left_out(pairs)
    assert "left out" not in said_left_out("network N { input 8x8x4; repeat 5000 { conv 4, 1x1; maxpool 1x1 } }")


def test_what_repeats_is_drawn_once() -> None:
    block = "block b(c) { add { branch { } branch { conv c, 3x3, same, relu; conv c, 3x3, same } } }"
    program = f"{block}\nnetwork N {{ input 8x8x4; repeat 30 {{ b 4 }}; conv 8, 1x1; repeat 20 {{ b 8 }} }}"
    shown = folded(archcalc.analyze(text=program).graph, None)
    assert [item.times for item in shown.items] == [1, 30, 1, 20, 1]
    inner = "block b() { conv 4, 1x1; conv 4, 1x1; conv 4, 1x1 }\nblock c() { b; b; b; add { branch { } branch { maxpool 1x1 } } }"
    check(plan_of(archcalc.analyze(text=f"{inner}\nnetwork N {{ input 8x8x4; repeat 9 {{ c }}; l: relu; c; add from l, c_10 }}")))
    skip = program.replace("repeat 30 { b 4 }", "repeat 15 { b 4 }; k: relu; repeat 15 { b 4 }").replace(
        "conv 8, 1x1;", "add from b_30, k; conv 8, 1x1;"
    )
    times = [item.times for item in folded(archcalc.analyze(text=skip).graph, None).items]
    assert 30 not in times and 15 in times


def test_branches_that_are_alike_are_drawn_once() -> None:
    """As Xie et al. (2017), figure 1, draw a block of ResNeXt: three of 32 paths, and the number."""
    path = "branch { conv 4, 1x1, nobias; relu; conv 4, 3x3, same; conv 64, 1x1 }"
    block = f"block b() {{ add {{ branch {{ }} branch {{ add {{ for i in range(32) {{ {path} }} }} }} }} }}"
    shown = folded(archcalc.analyze(text=f"{block}\nnetwork N {{ input 8x8x64; b; maxpool; b; flatten; dense 10 }}").graph, None)
    frames = [item for item in shown.items if item.inside]
    assert [[(i.times, i.beside, len(i.inside)) for i in f.inside if i.times > 1] for f in frames] == [[(32, True, 3)]] * 2
    assert not any("one after the other" in note for note in shown.notes)
    assert [words.text for f in frames for i in f.inside for words in i.words if words.style == "times"] == ["\u00d732 side by side"] * 2


@pytest.mark.parametrize("other", [
    "branch { conv 4, 3x3, same }", "branch { l: conv 4, 1x1, same }", "branch { } branch { maxpool 3x3, /1, same }"])  # fmt: skip
def test_what_is_not_alike_is_not_counted_with_it(other: str) -> None:
    same = "branch { conv 4, 1x1 }"
    program = f"network N {{ input 8x8x4; add {{ repeat 30 {{ {same} }} {other} repeat 30 {{ {same} }} }}; gap; dense 4 }}"
    program = program.replace("gap;", "add from l, in; gap;") if "l:" in other else program
    analysis = archcalc.analyze(text=program)
    times = [item.times for item in folded(analysis.graph, None).items if item.beside]
    assert times == [30, 30]
    check(plan_of(analysis))


def test_outputs_that_are_alike_are_drawn_each_by_itself() -> None:
    many = "; ".join(f"o{i}: dense 3 from d" for i in range(60))
    shown = folded(
        archcalc.analyze(text=f"network N {{ input 8; d: dense 4; {many}; output from {', '.join(f'o{i}' for i in range(60))} }}").graph,
        None,
    )
    assert not any(item.beside for item in shown.items)


def test_three_thousand_branches_take_no_time() -> None:
    branches = "".join(f"branch {{ conv {4 + i % 2}, 1x1; conv 4, 1x1 }}\n" for i in range(3000))
    analysis = archcalc.analyze(text=f"network N {{ input 8x8x4; add {{\n{branches} }}; gap; dense 10 }}")
    begun = time.perf_counter()
    shown = folded(analysis.graph, None)
    assert time.perf_counter() - begun < 4  # 0.3 s where nothing else runs
    assert [item.times for item in shown.items if item.beside] == [1500]


def test_hostile_names_stay_text() -> None:
    name = "</text><script>alert(1)</script>"
    program = f'network N {{\n    input 8x8x1\n    "{name}": conv 3, 3x3\n    "{{{{7*7}}}}": conv 3, 3x3\n    "{"long" * 2500}": relu\n}}\n'
    text = inline(draw_graph(archcalc.analyze(text=program)), "net")
    root = ET.fromstring(text)
    assert not list(root.iter("script"))
    assert "{{7*7}}" in [e.text for e in root.iter("text")]
    assert len(text) < 10_000


@pytest.mark.parametrize(
    "program",
    [
        "network N { input 4 }",
        "network N { input 4; convv 3; dense 2 }",
        "network N { input 33x33x1; conv 6, 99x99; dense 5 }",
        "network N(H, W) { input H x W x 3; conv 6, 5x5; maxpool 2x2; gap; dense 3 }",
        "network N { input 8x4; lstm 3, return_sequences; dense 2 }",
        "network N { layout channels_first; input 3x32x32; conv 6, 5x5; flatten; dense 4 }",
        "network N { input 9x8x7x4; conv 12, 3x3x3; gap; dense 2 }",
        "network N { a: input 4; b: input 4; x: dense 3 from a; y: dense 2 from b; output from x, y }",
    ],
)
def test_what_is_unusual_is_drawn(program: str) -> None:
    analysis = archcalc.analyze(text=program)
    check(plan_of(analysis))
    ET.fromstring(drawn(analysis, "graph"))
