"""Stacked feature maps: what stands in the picture is what the analysis says, whatever the network."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from running import ROOT, one_of_each_file
from sliding_by_hand import slide

import archcalc
from archcalc.report.drawing.fed import read_by
from archcalc.report.drawing.maps import draw_maps
from archcalc.report.drawing.solids import MOST_SHEETS
from archcalc.report.drawing.svg import alone, inline
from archcalc.report.drawing.trunk import MOST_STAGES, trunk_of
from archcalc.testing.chance import Chance
from archcalc.testing.drawn_networks import draw_network, kinds_by_name

GOLDEN = ROOT / "tests" / "golden" / "lenet5-maps.svg"
EXAMPLES = one_of_each_file()


def drawn(text: str, network: str | None = "N", **sizes: int) -> ET.Element:
    analysis = archcalc.analyze(text=text, network=network, params=sizes)
    return ET.fromstring(inline(draw_maps(analysis), "p"))


def texts(root: ET.Element, class_: str) -> list[str]:
    return ["".join(t.itertext()) for t in root.iter() if t.get("class") == class_ and t.tag in ("text", "tspan")]


def sizes_of(root: ET.Element) -> list[str]:
    """What stands below the names."""
    return [t for t in texts(root, "m-size") if re.fullmatch(r"[\d@x]+", t)]


def test_lenet5_is_the_figure_of_the_paper(request: pytest.FixtureRequest) -> None:
    """LeCun et al. (1998), figure 2: sizes, and what lies between them. Its output is joined by Gaussians there."""
    analysis = archcalc.analyze(str(ROOT / "examples" / "lenet5.arch"))
    root = ET.fromstring(inline(draw_maps(analysis), "p"))
    assert texts(root, "m-name") == ["input", "C1", "S2", "C3", "S4", "C5", "F6", "OUT"]
    assert sizes_of(root) == ["1@32x32", "6@28x28", "6@14x14", "16@10x10", "16@5x5", "120@1x1", "84", "10"]
    between = ["Convolutions", "Subsampling", "Convolutions", "Subsampling", "Full connection", "Full connection", "Full connection"]
    assert texts(root, "m-word") == between
    found = alone(draw_maps(analysis), "")
    if request.config.getoption("--update"):
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")


def test_as_many_sheets_as_maps_up_to_a_limit() -> None:
    root = drawn("network N {\n input 20x20x1\n conv 5, 3x3\n conv 300, 3x3\n}")
    assert len([r for r in root.iter("rect") if r.get("class") == "m-sheet"]) == 1 + 5 + MOST_SHEETS
    assert "300@16x16" in sizes_of(root)


def test_layers_that_pass_on_are_not_drawn() -> None:
    root = drawn(
        "network N {\n input 20x20x3\n a: conv 5, 3x3\n bn\n relu\n dropout 0.5\n zero_pad\n b: conv 4, 3x3\n flatten\n c: dense 2\n softmax\n}"
    )
    assert texts(root, "m-name") == ["input", "a", "b", "c"]


@pytest.mark.parametrize(
    ("layer", "word"),
    [
        ("conv 4, 3x3", "Convolutions"),
        ("conv 4, 8x9", "Full connection"),
        ("depthwise 3x3", "Depthwise convolutions"),
        ("conv_transpose 4, 3x3, /2", "Transposed convolutions"),
        ("maxpool 2", "Subsampling"),
        ("maxpool 3, /1", "Pooling"),
        ("gap", "Global pooling"),
        ("dense 7", "Full connection at each position"),
        ("spectral_norm { conv 4, 3x3 }", "Convolutions"),
        ("upsample 2", "upsample"),
    ],
)
def test_what_lies_between_is_said_by_traits(layer: str, word: str) -> None:
    assert texts(drawn(f"network N {{\n input 8x9x6\n {layer}\n}}"), "m-word") == [word]


def test_a_picture_without_channels_is_one_map() -> None:
    root = drawn("network N {\n input 28x30\n flatten\n dense 10\n}")
    assert sizes_of(root) == ["1@28x30", "10"]
    assert texts(root, "m-word") == ["Full connection"]


def test_a_block_is_one_stage_and_stages_of_one_shape_are_joined() -> None:
    root = ET.fromstring(inline(draw_maps(archcalc.analyze(str(ROOT / "examples" / "resnet50.arch"))), "p"))
    assert sizes_of(root) == ["3@224x224", "64@112x112", "64@56x56", "256@56x56", "512@28x28", "1024@14x14", "2048@7x7", "2048", "1000"]
    assert texts(root, "m-word")[2:6] == ["bottleneck \u00d7 3", "bottleneck \u00d7 4", "bottleneck \u00d7 6", "bottleneck \u00d7 3"]


def test_a_branch_across_the_network_leaves_the_trunk_to_be_drawn() -> None:
    root = ET.fromstring(inline(draw_maps(archcalc.analyze(str(ROOT / "examples" / "unet.arch"))), "p"))
    assert len(sizes_of(root)) == MOST_STAGES
    assert "1024@28x28" in sizes_of(root)
    assert any("4 layers on other branches" in t for t in texts(root, "m-note"))


@pytest.mark.parametrize("path", EXAMPLES)
def test_every_size_is_that_of_a_layer(path: Path) -> None:
    analysis = archcalc.analyze(str(path))
    trunk = trunk_of(analysis)
    assert trunk is not None
    assert len(trunk.stages) <= MOST_STAGES
    root = ET.fromstring(inline(draw_maps(analysis), "p"))
    shapes = [stage.node.shape for stage in trunk.stages]
    shapes = [(*s, 1) if path == "zoo:mnist_mlp" and len(s or ()) == 2 else s for s in shapes]  # a picture without channels
    assert sizes_of(root) == [str(*s) if len(s) == 1 else f"{s[-1]}@{'x'.join(map(str, s[:-1]))}" for s in shapes if s]


def test_channels_first_is_the_same_picture() -> None:
    body = "conv 4, 3x3, relu\n maxpool\n conv 8, 3x3\n gap\n dense 3\n}"
    last = draw_maps(archcalc.analyze(text=f"network N {{\n input 20x30x3\n {body}"))
    first = draw_maps(archcalc.analyze(text=f"network N {{\n layout channels_first\n input 3x20x30\n {body}"))
    assert last == first


def test_free_sizes_are_written_as_formulas() -> None:
    root = drawn("network N(H, W) {\n input H x W x 3\n conv 4, 5x5\n maxpool\n gap\n dense 3\n}")
    assert "4@(H - 4) x (W - 4)" in texts(root, "m-size")
    assert texts(root, "m-word") == ["Convolutions", "Subsampling", "Global pooling", "Full connection"]


@pytest.mark.parametrize("text", ["network N { }", "network N { input 8x8x1 }", "network N { input 8x8x1; conv 2, 9x9 }"])
def test_nothing_to_draw_is_said(text: str) -> None:
    assert "nothing to draw" in "".join(drawn(text).itertext())


def test_what_comes_after_a_mistake_is_not_drawn_and_that_is_said() -> None:
    root = drawn("network N {\n input 8x8x1\n conv 2, 3x3\n conv 2, 9x9\n conv 2, 3x3\n}")
    assert sizes_of(root) == ["1@8x8", "2@6x6"]
    assert "2 layers have no known shape, and are not drawn." in " ".join(texts(root, "m-note"))


def test_many_stages_are_left_out_in_the_middle() -> None:
    root = drawn("network N {\n input 200x200x3\n repeat 60 { conv 4, 3x3 }\n}")
    assert len(sizes_of(root)) == MOST_STAGES
    assert "46 stages in the middle are left out" in "".join(root.itertext())
    assert sizes_of(root)[-1] == "4@80x80"


def test_hostile_and_endless_names_stay_short_text() -> None:
    hostile = "</svg><script>alert(1)</script>{{7*7}}"
    root = drawn(f'network N {{\n input 9x9x1\n "{hostile}": conv 2, 3x3\n "{"long" * 2500}": conv 2, 3x3\n}}')
    assert not [e for e in root.iter() if e.tag == "script"]
    assert hostile in "".join(root.itertext())
    assert all(len(t) < 60 for t in texts(root, "m-name"))


def test_a_window_is_what_sliding_by_hand_reads() -> None:
    analysis = archcalc.analyze(text="network N {\n input 33x33x1\n conv 4, 5x5, /2, pad=1\n zero_pad 1\n maxpool 3x3, /2\n}")
    source, *layers = analysis.graph.inputs + analysis.graph.layers
    first, last = slide(33, 5, 2, 1, 1), slide(18, 3, 2, 1, 0)
    for k in range(len(last.windows)):
        box = read_by((k, 0, 2), layers[-1], source, [source, *layers])
        between = {j - 1 for j in last.windows[k]} & set(range(16))  # zero_pad puts one before and one after
        read = {first.places[i] for j in between for i in first.windows[j]} - {"pad"}
        assert box is not None
        assert box[0] == (min(map(int, read)), max(map(int, read)))
        assert box[2] == (0, 0)


@pytest.mark.parametrize("number", range(200))
def test_random_networks_are_drawn_and_the_same_twice(number: int) -> None:
    text = draw_network(Chance.seeded(62, number), kinds_by_name())
    pictures = [inline(draw_maps(archcalc.analyze(text=text, network="N")), "p") for _ in range(2)]
    assert pictures[0] == pictures[1]
    ET.fromstring(pictures[0])


def shares(root: ET.Element) -> list[float]:
    """Of each window, which part of the bar or map it lies on it takes, from top to bottom, and where its middle is on it."""
    places = [(r.get("class"), *(float(r.get(k, "0")) for k in ("x", "y", "height"))) for r in root.iter("rect")]
    sheets = [p[1:] for p in places if p[0] == "m-sheet"]
    found = []
    for _, x, y, high in (p for p in places if p[0] == "m-window"):
        top, of = next((t, h) for sx, t, h in sheets if abs(sx - x) < 0.1 and t - 0.1 <= y <= t + h)
        found += [high / of, (y + high / 2 - top) / of]
    return found


def test_a_word_that_is_looked_up_is_one_of_all() -> None:
    looked_up, middle = shares(drawn("network N {\n input 40\n embedding 1000, 16\n}"))
    assert looked_up == pytest.approx(1 / 40, abs=0.01)
    assert 0.2 < middle < 0.4


def test_vectors_are_read_whole_by_dense_layers() -> None:
    assert shares(drawn("network N {\n input 40\n dense 7\n dense 3\n}")) == pytest.approx([1.0, 0.5] * 2)


def test_each_of_many_single_values_has_its_own() -> None:
    root = drawn("network N {\n input 8x8x3\n conv 20, 8x8\n depthwise 1x1\n flatten\n dense 4\n}")
    assert shares(root)[2] == pytest.approx(1 / 20, abs=0.01)
    assert shares(root)[3] == pytest.approx(12.5 / 20, abs=0.02)  # beside the unit, which is the thirteenth


def test_a_part_of_a_bar_that_stands_for_many_axes_is_not_drawn() -> None:
    root = drawn("network N {\n input 2x3x4x5x6\n dense 3\n}")
    assert not shares(root)
    assert [p.get("d") for p in root.iter("path") if p.get("class") == "m-line"]


LAYER = """block layer(d) {
    a: mha 2, 4 from in, in
    s: add from in, a
    n: layernorm
    f: dense 4*d, gelu
    g: dense d
    add from g, n
}
"""


def said_of(repeats: int) -> list[str]:
    root = drawn(f"{LAYER}network N {{ input 16\n embedding 100, 8\n repeat {repeats} {{ e: layer 8 }}\n gap; dense 2 }}")
    return texts(root, "m-name") + texts(root, "m-word")


def test_a_stage_is_called_by_its_block_where_all_of_it_has_run() -> None:
    """A layer of a Transformer is cut in its middle, after attention: there it is not yet what its block puts out."""
    found = said_of(1)
    assert found[:5] == ["input", "embedding_1", "e[0].s", "e[0].add_1", "gap_1"] and "layer" not in found
    many = said_of(6)
    assert many[:3] == ["input", "embedding_1", "e[0] to e[5]"]
    assert "layer \u00d7 6" in many
