"""Plots: scales against brute force, bars and columns read back from the picture, texts that keep out of each other's way."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import archcalc
from archcalc.analysis import Analysis
from archcalc.figures import BY_NAME
from archcalc.report.drawing.plots import fields, memory, nested, scales
from archcalc.report.drawing.plots.bars import LEAST, Bars, bars
from archcalc.report.drawing.plots.curves import Curve, curve
from archcalc.report.drawing.plots.entries import MOST, NAMED, entries
from archcalc.report.drawing.plots.texts import DOWN, SIZE, UP, Box, fitting, wide
from archcalc.report.drawing.svg import Svg, alone
from archcalc.report.formats import as_json
from archcalc.report.page.place import page_of
from archcalc.report.page.plots import FIGURES, section
from archcalc.testing import networks

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</script><img src=x onerror=alert(1)>"


def example(name: str) -> Analysis:
    return archcalc.analyze(str(ROOT / "examples" / f"{name}.arch"))


LENET5 = example("lenet5")


def ids(analysis: Analysis) -> dict[str, str]:
    return page_of(analysis).ids


def drawn(analysis: Analysis, figure: str) -> Svg:
    found, _ = entries(analysis, ids(analysis))
    return bars(Bars(BY_NAME[figure], found, [entry.sum(figure) for entry in found], getattr(analysis.totals, figure)))


def pictures(analysis: Analysis) -> list[Svg]:
    """Every plot that the network has."""
    found = [drawn(analysis, figure) for figure in FIGURES if isinstance(getattr(analysis.totals, figure), int)]
    live = analysis.totals.liveness
    if live is not None and isinstance(live.peak, int) and live.at is not None:
        found += [memory.over_time(live, ids(analysis)), memory.at_peak(live, ids(analysis))]
    grown = fields.growth(analysis)
    if grown is not None:
        found.append(fields.lines(grown, ids(analysis)))
        if len(grown.lengths) == 2 and nested.squares(grown):
            found.append(nested.nested(grown))
    return found


def tree(picture: Svg) -> ET.Element:
    return ET.fromstring(alone(picture, ""))


# ---- scales


def ticks_by_search(most: int, count: int) -> int:
    """The step of whole numbers that has the fewest ticks beyond, by trying every round one."""
    steps = sorted(m * 10**p for m in (1, 2, 5) for p in range(25))
    return next(step for step in steps if step * count >= most)


@given(st.integers(1, 10**20), st.integers(1, 8))
def test_a_step_is_the_least_round_one_that_reaches(most: int, count: int) -> None:
    scale = scales.upwards(most, 100.0, scales.counted, count)
    steps = {b - a for a, b in zip(scale.ticks, scale.ticks[1:], strict=False)}
    assert steps == {ticks_by_search(most, count)}
    assert scale.low == 0 and scale.ticks[-2] < most <= scale.high
    assert scale.at(most) == pytest.approx(100 * most / float(scale.high))


@given(st.integers(1, 2**49))
def test_ticks_of_memory_are_round_in_the_unit_of_the_table(most: int) -> None:
    scale = scales.upwards(most, 100.0, scales.in_bytes)
    for tick, text in zip(scale.ticks[1:], scale.texts[1:], strict=True):
        number, unit = text.split()
        power = ("B", "KB", "MB", "GB", "TB").index(unit)
        assert float(number) * 1024**power == pytest.approx(float(tick))
        assert len(number.replace(".", "").strip("0")) <= 3
    assert scale.high >= most


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_a_scale_between_measured_values_holds_both(low: float, span: float) -> None:
    scale = scales.between(low, low + span, 100.0)
    assert scale.low <= Fraction(low) and Fraction(low + span) <= scale.high
    assert 2 <= len(scale.ticks) <= 8


@given(st.one_of(st.integers(0, 10**30), st.fractions(0, 10**6)))
def test_a_short_number_is_near_to_the_long_one(value: int | Fraction) -> None:
    text = scales.compact(Fraction(value))
    short = float(re.sub("[kMGT]", lambda m: {"k": "e3", "M": "e6", "G": "e9", "T": "e12"}[m[0]], text))
    assert short == pytest.approx(float(value), rel=0.0051, abs=1e-7)
    assert len(text) <= 12


def test_a_figure_larger_than_any_float() -> None:
    scale = scales.upwards(7 * 10**5000, 100.0, scales.counted)
    assert scale.at(7 * 10**5000) == pytest.approx(87.5) and scale.texts[-1] == "8e5000"


# ---- bars


@pytest.mark.parametrize("name", ["lenet5", "unet", "inception_v3"])
@pytest.mark.parametrize("figure", FIGURES)
def test_bars_are_as_long_as_the_figures_of_the_json(name: str, figure: str) -> None:
    analysis = example(name)
    document = json.loads(as_json(analysis))
    wanted: dict[str, int] = {}
    folded = len(document["layers"]) > NAMED
    for layer in document["layers"]:
        key = layer["name"].partition(".")[0] if folded else layer["name"]
        wanted[key] = wanted.get(key, 0) + layer[figure]
    links = tree(drawn(analysis, figure)).findall(f"{SVG}a")
    found = {}
    for link in links:
        title = link.findtext(f"{SVG}title") or ""
        rect = link.find(f"{SVG}rect")
        found[title.partition(":")[0]] = 0.0 if rect is None else float(rect.attrib["width"])
    assert list(found) == list(wanted)
    largest = max(wanted, key=wanted.__getitem__)
    for key, value in wanted.items():
        length = found[largest] * value / wanted[largest]
        assert found[key] == pytest.approx(max(length, LEAST) if value else 0, abs=0.11)


def test_standing_bars_are_as_tall_as_the_figures() -> None:
    analysis = archcalc.analyze(text="network N { input 64x64x1; for i in range(80) { conv i + 1, 3x3, same } }")
    paths = tree(drawn(analysis, "params")).iter(f"{SVG}path")
    tall = [float(re.findall(r"v(-?[\d.]+)", p.attrib["d"])[0]) for p in paths if p.attrib["class"] == "bar"]
    wanted = [row.params for row in analysis.rows]
    assert len(tall) == len(wanted) == 80
    for height, value in zip(tall, wanted, strict=True):
        assert -height == pytest.approx(max(-max(tall, key=abs) * value / max(wanted), LEAST), abs=0.11)


@pytest.mark.parametrize("down", [False, True])
def test_a_name_over_a_bar_stands_on_no_taller_neighbour(down: bool) -> None:
    width = "80 - i" if down else "i + 1"
    analysis = archcalc.analyze(text=f"network N {{ input 64x64x1; for i in range(80) {{ conv {width}, 3x3, same }} }}")
    picture = tree(drawn(analysis, "params"))
    corners = [
        re.match(r"M([\d.]+) ([\d.]+)v-([\d.]+)h([\d.]+)", p.attrib["d"]) for p in picture.iter(f"{SVG}path") if p.attrib["class"] == "bar"
    ]
    boxes = []
    for found in corners:
        assert found is not None
        x, y, tall, thick = map(float, found.groups())
        boxes.append(Box(x, y - tall, x + thick, y))
    names = [text for text in picture.iter(f"{SVG}text") if text.attrib.get("class") == "value"]
    assert names
    for text in names:
        x, y, half = float(text.attrib["x"]), float(text.attrib["y"]), wide(text.text or "") / 2
        assert not any(Box(x - half, y - UP * SIZE, x + half, y + DOWN * SIZE).meets(box) for box in boxes)


def test_stretches_of_many_layers_add_up() -> None:
    analysis = archcalc.analyze(text="network N { input 8x8x1; for i in range(1_003) { conv 1 + i % 7, 1x1 } }")
    found, says = entries(analysis, ids(analysis))
    assert len(found) <= MOST and "11 layers in a row" in says
    assert sum(entry.sum("params") for entry in found) == analysis.totals.params
    assert sum(entry.layers for entry in found) == 1_003


def test_a_bar_leads_to_its_row() -> None:
    links = [link.attrib["href"] for link in tree(drawn(LENET5, "macs")).findall(f"{SVG}a")]
    assert links == [f"#n{i}" for i in range(1, 9)]


# ---- memory


@pytest.mark.parametrize("name", ["lenet5", "unet", "googlenet"])
def test_columns_are_the_live_bytes_of_the_json(name: str) -> None:
    analysis = example(name)
    layers = json.loads(as_json(analysis))["layers"]
    live = analysis.totals.liveness
    assert live is not None
    paths = [p for p in tree(memory.over_time(live, ids(analysis))).iter(f"{SVG}path") if p.attrib["class"].startswith("bar")]
    assert len(paths) == len(layers)
    most = max(layer["live_bytes"] for layer in layers)
    tallest = max(float(re.findall(r"v-([\d.]+)", p.attrib["d"])[0]) for p in paths)
    for path, layer in zip(paths, layers, strict=True):
        assert float(re.findall(r"v-?([\d.]+)", path.attrib["d"])[0]) == pytest.approx(tallest * layer["live_bytes"] / most, abs=0.11)
        assert ("peak" in path.attrib["class"]) == (layer["live_bytes"] == most)


def test_the_parts_of_the_peak_add_up() -> None:
    for name in ("lenet5", "unet", "densenet121"):
        analysis = example(name)
        live = analysis.totals.liveness
        assert live is not None
        assert sum(part.bytes for part in memory.parts(live, ids(analysis))) == analysis.totals.peak_activation_bytes


def test_columns_of_many_steps_are_the_most_of_each() -> None:
    analysis = archcalc.analyze(text="network N { input 8x8x1; for i in range(1_000) { conv 1 + i % 7, 1x1 } }")
    live = analysis.totals.liveness
    assert live is not None
    shown = memory.columns(live)
    assert len(shown) <= memory.MOST and max(c.bytes for c in shown) == live.peak and sum(c.steps for c in shown) == 1_000


# ---- fields


def test_sizes_along_the_trunk_are_those_of_the_json() -> None:
    found = fields.growth(LENET5)
    assert found is not None
    layers = {layer["name"]: layer["receptive_field"] for layer in json.loads(as_json(LENET5))["layers"]}
    for field in found.fields:
        wanted = layers[field.node.name]
        size = [32, 32] if wanted == "whole" else wanted["size"]
        assert [found.size(field, axis) for axis in (0, 1)] == size
    assert [(s.rows, s.name) for s in nested.squares(found)] == [(5, "C1"), (6, "S2"), (14, "C3"), (16, "S4"), (32, "C5")]


def test_nested_squares_are_to_scale() -> None:
    found = fields.growth(LENET5)
    assert found is not None
    rects = {r.attrib["class"]: r for r in tree(nested.nested(found)).iter(f"{SVG}rect")}
    all_fields = [float(r.attrib["width"]) for r in tree(nested.nested(found)).iter(f"{SVG}rect") if r.attrib["class"] == "field"]
    whole = float(rects["plane"].attrib["width"])
    assert [round(w / whole * 32) for w in all_fields] == [32, 16, 14, 6, 5]


def test_axes_that_differ_have_a_line_each() -> None:
    analysis = archcalc.analyze(text="network N { input 40x20x1; conv 2, 7x3; conv 2, 7x3 }")
    found = fields.growth(analysis)
    assert found is not None and [s.name for s in fields.series(found)] == ["rows", "columns"]
    assert len([p for p in tree(fields.lines(found, ids(analysis))).iter(f"{SVG}path") if "course" in p.attrib["class"]]) == 2


# ---- all of them


PROGRAMS = {
    "deep": "network N { input 8x8x4; repeat 400 { conv 4, 3x3, same } }",
    "one": "network N { input 4; dense 2 }",
    "sequence": "network N { input 100x8; conv1d 4, 5; lstm 8; dense 2 }",
    "solid": "network N { input 9x8x7x2; conv3d 4, 3x3x3; flatten; dense 2 }",
    "huge": "network N { input 2**100 x 2**100 x 3; conv 2**200, 1x1; flatten }",
    "hostile": f'network N {{ input 33x33x1; "{HOSTILE}": conv 3, 3x3; "{{{{7*7}}}}": conv 3, 3x3; {"long" * 3000}: conv 3, 3x3; dense 10 }}',
    "views": "network N { input 4x4x1; flatten }",
}


def analysis_of(name: str) -> Analysis:
    return archcalc.analyze(text=PROGRAMS[name]) if name in PROGRAMS else example(name)


def text_boxes(picture: Svg) -> list[tuple[str, Box]]:
    """Where each text stands, by its attributes."""
    found = []
    for text in tree(picture).iter(f"{SVG}text"):
        x, y, width = float(text.attrib["x"]), float(text.attrib["y"]), wide(text.text or "")
        if "transform" in text.attrib:
            box = Box(x - UP * SIZE, y, x + DOWN * SIZE, y + width)
        else:
            left = x - {"middle": width / 2, "end": width}.get(text.attrib.get("text-anchor", ""), 0)
            box = Box(left, y - UP * SIZE, left + width, y + DOWN * SIZE)
        found.append((text.text or "", box))
    return found


def assert_clear(picture: Svg) -> None:
    """Texts stand within the picture and not over each other."""
    boxes = text_boxes(picture)
    for i, (text, box) in enumerate(boxes):
        assert -0.6 <= box.left and box.right <= picture.width + 0.6, (text, box)
        assert -0.6 <= box.top and box.bottom <= picture.height + 0.6, (text, box, picture.height)
        for other, there in boxes[i + 1 :]:
            near = Box(there.left + 0.2, there.top + 0.6, there.right - 0.2, there.bottom - 0.6)
            assert not box.meets(near), (text, other)


@pytest.mark.parametrize("name", ["lenet5", "resnet50", "inception_v3", "unet", "transformer", "bilstm_classifier", "siamese", *PROGRAMS])
def test_texts_keep_clear(name: str) -> None:
    for picture in pictures(analysis_of(name)):
        assert_clear(picture)


@given(networks())
@settings(max_examples=60, deadline=None)
def test_any_network_is_plotted(text: str) -> None:
    analysis = archcalc.analyze(text=text, network="N")
    for picture in pictures(analysis):
        assert_clear(picture)
    section(page_of(analysis))


@given(st.lists(st.none() | st.floats(-10, 1e6), max_size=70), st.lists(st.floats(0, 1e4), min_size=1, max_size=3))
@settings(max_examples=80, deadline=None)
def test_any_course_of_training_is_plotted(values: list[float | None], measured: list[float]) -> None:
    apart = tuple((word, len(values) * (word != "before"), v) for word, v in zip(("before", "after", "test"), measured, strict=False))
    picture = curve(Curve("loss", tuple(values), apart))
    assert_clear(picture)
    assert "nan" not in picture.body


def test_names_stay_text() -> None:
    for picture in pictures(analysis_of("hostile")):
        assert "<img" not in picture.body
        tree(picture)


def test_a_long_name_is_cut() -> None:
    assert fitting("W" * 10_000, 50.0) == "W" * 3 + "…"
    assert fitting("block.inner.conv_1", 50.0) == "….conv_1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("network N(H) { input H x 8 x 1; conv 2, 3x3 }", "-p H=64"),
        ("network N { input 8x8x1; conv 2, 3x3; conv 3, 99x99; dense 2 }", "unknown"),
        ("network N { input 8x8x1; oops 2 }", "mistake"),
    ],
)
def test_what_cannot_be_plotted_is_said(text: str, words: str) -> None:
    shown = section(page_of(archcalc.analyze(text=text)))
    assert shown is not None
    assert any(words in plot.svg + " ".join(plot.notes) for plot in shown.plots)
    assert all(plot.svg or plot.notes for plot in shown.plots)


def test_no_layer_no_plot() -> None:
    assert section(page_of(archcalc.analyze(text="network N { input 4 }"))) is None


@pytest.mark.parametrize(("name", "most"), [("lenet5", 40_000), ("densenet121", 150_000), ("deep", 150_000)])
def test_plots_are_small(name: str, most: int) -> None:
    shown = section(page_of(analysis_of(name)))
    assert shown is not None and sum(len(plot.svg.encode()) for plot in shown.plots) < most


def test_plots_are_small_however_many_layers() -> None:
    shown = section(page_of(archcalc.analyze(text="network N { input 8x8x4; repeat 20_000 { conv 4, 3x3, same } }")))
    assert shown is not None and sum(len(plot.svg.encode()) for plot in shown.plots) < 150_000
