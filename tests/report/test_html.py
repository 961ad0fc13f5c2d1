"""The HTML report: its figures are the JSON's, what stands in the file stays text, and it asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from html_page import Element, read

import archcalc
from archcalc.analysis import Analysis
from archcalc.figures import BY_NAME, FIELD_NAMES
from archcalc.report.formats import as_json
from archcalc.report.page import as_html
from archcalc.report.page.cells import EVERY
from archcalc.report.page.compact import compact_html
from archcalc.report.terminal import memory
from archcalc.report.text import clean

ROOT = Path(__file__).resolve().parents[2]
LENET5 = archcalc.analyze(str(ROOT / "examples" / "lenet5.arch"))
RESNET = archcalc.analyze(
    text="""
block bottleneck(c, stride = 1) {
    add {
        branch {
            conv c, 1x1, nobias; bn; relu
            conv c, 3x3, stride=stride, pad=1, nobias; bn; relu
            conv 4*c, 1x1, nobias; bn
        }
        branch {
            if stride != 1 or in.c != 4*c { conv 4*c, 1x1, stride=stride, nobias; bn }
        }
    }
    relu
}
network ResNet(stages = [3, 4, 6, 3], classes = 1000) {
    input 224x224x3
    conv 64, 7x7, /2, pad=3, nobias; bn; relu
    maxpool 3x3, /2, pad=1
    for i, n in enumerate(stages) {
        bottleneck 64 * 2**i, stride = 1 if i == 0 else 2
        repeat n - 1 { bottleneck 64 * 2**i }
    }
    gap
    dense classes, softmax
}
"""
)
HOSTILE = """network Hostile(classes = 10, note = "<b onclick=alert(1)>&amp;") { # </title></style><script>alert(1)</script>
    input 33x33x1
    "</script><img src=x onerror=alert(1)>": conv 3, 3x3
    "{{7*7}}": conv 3, 3x3 # {% raw %} {{ 7*7 }} {# #} &lt;
    "' onclick=alert(1) x=": conv 3, 3x3, maps="<svg onload=alert(1)>"
    a_name_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on: conv 3, 3x3
\t\u540d\u524d: dense classes # \u65e5\u672c\u8a9e \u202e \x1b[31m \x07 \r bidi
    "<i>": nothing 3, 3x3
    expect "</td><script>" == "<img src=x>"
    expect C1.params == 3
}
"""
BROKEN = """network Broken {
    input 33x33x1
    C1: conv 6, 5x5 -> 28x28x6
    P: maxpool 2x2
    C2: convv 16, 5x5
    dense 10
    expect C1.params == 157
    expect total.params == 12
    expect C1.units > 3
}
"""


def analysis_of(name: str) -> Analysis:
    known = {"lenet5": LENET5, "resnet": RESNET}
    return known[name] if name in known else archcalc.analyze(text={"hostile": HOSTILE, "broken": BROKEN}[name])


@pytest.fixture(params=["lenet5", "resnet", "hostile", "broken"])
def analysis(request: pytest.FixtureRequest) -> Analysis:
    return analysis_of(request.param)


def test_every_figure_is_the_one_of_the_json(analysis):
    page, document = read(as_html(analysis)), json.loads(as_json(analysis))
    rows = layer_rows(page)
    assert len(rows) == len(document["layers"])
    opened = {e.attributes["id"]: e for e in page.all("div") if "popover" in e.attributes}
    for row, layer in zip(rows, document["layers"], strict=True):
        head, shape, *figures = row.cells
        assert (head.all("a") or head.all("b"))[0].text == clean(layer["name"])
        assert f"({layer['kind']})" in head.text
        said = "?" if layer["output_shape"] is None else "x".join(map(str, layer["output_shape"]))
        assert summary_of(shape) == said
        for cell, figure in zip(figures, EVERY, strict=True):
            if figure in FIELD_NAMES:
                continue
            assert_shows(cell, figure, layer[figure])
            if figure in layer["formulas"]:
                assert layer["formulas"][figure] in opened[cell.one("button").attributes["popovertarget"]].text
            else:
                assert layer[figure] in (0, None) or figure == "live_bytes"
        if "output_shape" in layer["formulas"]:
            assert layer["formulas"]["output_shape"] in opened[shape.one("button").attributes["popovertarget"]].text


def table_rows(page: Element, style: str) -> list[Element]:
    """Rows of the layer table: of the style `input`, `layer` or `block`."""
    return [tr for tr in table_of_layers(page).one("tbody").all("tr") if (tr.attributes["class"] or "").split()[0] == style]


def table_of_layers(page: Element) -> Element:
    return next(div for div in page.all("div") if "layers" in (div.attributes.get("class") or "").split()).one("table")


def layer_rows(page: Element) -> list[Element]:
    return table_rows(page, "layer")


def working_of(page: Element, cell: Element) -> Element:
    return page.one("div", id=cell.one("button").attributes["popovertarget"])


def test_receptive_fields_are_those_of_the_json():
    page, document = read(as_html(LENET5)), json.loads(as_json(LENET5))
    for row, layer in zip(layer_rows(page), document["layers"], strict=True):
        shown = [cell.text for cell in row.cells[-3:]]
        field = layer["receptive_field"]
        sides = ("size", "stride", "padding")
        assert shown == ["whole", "", ""] if field == "whole" else shown == ["x".join(map(str, field[side])) for side in sides]


def test_a_field_opens_to_how_it_grew():
    page = read(as_html(LENET5))
    lines = [p.text for p in working_of(page, layer_rows(page)[2].cells[-3]).all("code")]  # C3, after C1 (5x5) and S2 (2x2, /2)
    assert lines == ["6 + (5 - 1)*2 = 14", "2*1 = 2", "0 + 0*2 = 0"]


def test_what_is_alive_opens_to_a_sum_of_outputs():
    page = read(as_html(LENET5))
    alive = working_of(page, layer_rows(page)[1].cells[-4]).one("code").text  # while S2 runs: what it reads, and what it puts out
    assert alive == f"C1 {28 * 28 * 6 * 4} + S2 {14 * 14 * 6 * 4} = {28 * 28 * 6 * 4 + 14 * 14 * 6 * 4}"


def test_each_instance_has_a_row_with_the_sums_of_its_layers():
    page, document = read(as_html(RESNET)), json.loads(as_json(RESNET))
    blocks = table_rows(page, "block")
    assert [row.one("b").text for row in blocks] == [group["name"] for group in document["groups"]]
    for row, group in zip(blocks, document["groups"], strict=True):
        for cell, figure in zip(row.cells[2:], EVERY, strict=True):
            if figure in group:
                assert_shows(cell, figure, group[figure])
        inside = [r.all("b") + r.all("a") for r in layer_rows(page) if r.attributes.get("data-in") == row.attributes["id"]]
        assert [names[0].text for names in inside] == group["layers"]


def test_the_most_that_is_alive_in_a_block():
    page, document = read(as_html(RESNET)), json.loads(as_json(RESNET))
    live = {layer["name"]: layer["live_bytes"] for layer in document["layers"]}
    at = 2 + EVERY.index("live_bytes")
    for row, group in zip(table_rows(page, "block"), document["groups"], strict=True):
        assert row.cells[at].one("data").attributes["value"] == str(max(live[name] for name in group["layers"]))


def section(page: Element, name: str) -> Element:
    return next(s for s in page.all("section") if s.attributes.get("aria-labelledby") == name)


def summary_of(cell: Element) -> str:
    return (cell.all("summary") or [cell])[0].text


def assert_shows(cell: Element, figure: str, value: int | None) -> None:
    data = cell.one("data")
    assert data.attributes["value"] == ("" if value is None else str(value))
    assert data.text == ("?" if value is None else memory(value) if figure.endswith("bytes") else f"{value:,}")


def test_the_totals_are_those_of_the_json(analysis):
    page, totals = read(as_html(analysis)), json.loads(as_json(analysis))["totals"]
    for figure, value in totals.items():
        assert_shows(page.one("details", id=f"total-{figure}"), figure, value)
    foot = table_of_layers(page).one("tfoot").one("tr").cells[2:]
    for cell, figure in zip(foot, EVERY, strict=True):
        if figure in totals:
            assert_shows(cell, figure, totals[figure])
    assert ("? is unknown" in page.one("main").text) == (None in totals.values())


def test_a_card_opens_to_its_definition_and_the_sum():
    card = read(as_html(LENET5)).one("details", id="total-params")
    assert "values that the layer stores" in card.text
    assert card.one("code").text == "156 + 12 + 1516 + 32 + 48120 + 10164 + 840 = 60840"
    assert read(as_html(RESNET)).one("details", id="total-params").one("code").text == "the sum of 107 layers' figures = 25610152"


def test_c3_opens_to_the_sum_over_its_groups_of_maps():
    page = read(as_html(LENET5))
    cell = page.one("tr", id="n3").cells[2]
    assert cell.text == "1,516"
    working = working_of(page, cell)
    assert working.one("code").text == "(5*5*3 + 1)*6 + (5*5*4 + 1)*9 + (5*5*6 + 1)*1 = 1516"
    steps = ["".join(line.text.split()) for line in working.all("p", class_="step")]
    assert steps == [
        "(f\u22c5f\u22c53+1)\u22c56+(f\u22c5f\u22c54+1)\u22c59+(f\u22c5f\u22c56+1)\u22c51",
        "=(5\u22c55\u22c53+1)\u22c56+(5\u22c55\u22c54+1)\u22c59+(5\u22c55\u22c56+1)\u22c51",
        "=1,516",
    ]
    assert [th.text for th in working.one("table").one("thead").all("th")] == ["map", *map(str, range(16))]


def test_layers_of_the_same_sizes_share_their_workings():
    page = read(as_html(RESNET))
    targets = [button.attributes["popovertarget"] for row in layer_rows(page) for button in row.all("button")]
    works = [e.attributes["id"] for e in page.all("div") if "popover" in e.attributes and e.attributes["id"].startswith("e")]
    assert len(set(works)) == len(works)
    assert set(targets) == set(works)
    assert len(targets) > 2 * len(works)


def test_every_column_has_its_definition():
    page = read(as_html(LENET5))
    heads = table_of_layers(page).one("thead").all("th")
    assert len(heads) == 2 + len(EVERY)
    for head, figure in zip(heads[2:], EVERY, strict=True):
        button = head.one("button")
        assert button.attributes["aria-label"]
        assert BY_NAME[figure].means in page.one("div", id=button.attributes["popovertarget"]).text
        assert "title" not in head.attributes


def test_parameters_that_are_not_trained_are_told_apart():
    page = read(as_html(archcalc.analyze(text="network N { input 8; bn }")))
    working = working_of(page, page.one("tr", id="n1").cells[2])
    assert [p.text for p in working.all("p") if "trainable" in p.text] == ["trainable 16", "not trainable 16"]


def test_c3_s_table_is_drawn_as_table_i_of_lecun_1998():
    drawing = section(read(as_html(LENET5)), "connections").one("table")
    assert [th.text for th in drawing.one("thead").all("th")] == ["map", *map(str, range(16))]
    rows = drawing.one("tbody").all("tr")
    assert [row.cells[0].text for row in rows] == [str(i) for i in range(6)]
    drawn = ["".join(cell.text or "." for cell in row.cells[1:]) for row in rows]
    assert drawn == ["X...XXX..XXXX.XX", "XX...XXX..XXXX.X", "XXX...XXX..X.XXX", ".XXX..XXXX..X.XX", "..XXX..XXXX.XX.X", "...XXX..XXXX.XXX"]
    assert [td.text for td in drawing.one("tfoot").all("td")] == list("3333334444444446")
    assert {th.attributes["scope"] for th in drawing.all("th")} == {"col", "row"}


def test_a_table_too_large_to_draw_is_told_of():
    rows = "\n".join("X" * 200 for _ in range(200))
    text = f"table T {{\n{rows}\n}}\nnetwork N {{ input 4x4x200; conv 200, 3x3, maps=T }}"
    maps = section(read(as_html(archcalc.analyze(text=text))), "connections")
    assert not maps.all("table")
    assert "200 maps that read 200 each" in maps.text


def source_lines(page: Element) -> dict[str, Element]:
    return {tr.attributes["id"]: tr for tr in section(page, "source").one("tbody").all("tr") if "id" in tr.attributes}


def test_the_source_stands_there_with_each_line_s_shapes():
    lines = source_lines(read(as_html(LENET5)))
    text = (ROOT / "examples" / "lenet5.arch").read_text(encoding="utf-8").splitlines()
    assert [line.cells[2].text for line in lines.values()] == text
    for layer in json.loads(as_json(LENET5))["layers"]:
        assert lines[f"L{layer['line']}"].cells[1].text == "x".join(map(str, layer["output_shape"]))


def test_shapes_of_free_sizes_are_said_as_everywhere():
    lines = source_lines(read(as_html(archcalc.analyze(text="network N(H, W) {\ninput H x W x 3\nconv 6, 5x5\n}"))))
    assert lines["L3"].cells[1].text == "(H - 4) x (W - 4) x 6"


def test_a_line_run_several_times_lists_its_distinct_shapes():
    cell = source_lines(read(as_html(RESNET)))["L6"].cells[1]
    assert cell.one("summary").text == "56x56x64 and 3 more"
    assert [li.text for li in cell.all("li")] == ["56x56x64 9 layers", "28x28x128 12 layers", "14x14x256 18 layers", "7x7x512 9 layers"]


def test_diagnostics_stand_at_their_lines_and_in_a_list():
    analysis = analysis_of("broken")
    page = read(as_html(analysis))
    listed = [li.text for li in section(page, "diagnostics").one("ul").all("li")]
    assert len(listed) == len(analysis.diagnostics) == 4
    for finding, text in zip(analysis.diagnostics, listed, strict=True):
        assert finding.code in text
        assert finding.message in text
        assert all(fix in text for fix in finding.fixes)
    rows = section(page, "source").one("tbody").all("tr")
    after = {rows[i - 1].attributes["id"]: row.text for i, row in enumerate(rows) if "id" not in row.attributes}
    assert {line: re.findall(r"\[(\w+)\]", text) for line, text in after.items()} == {
        "L3": ["E308"],
        "L4": ["W101"],
        "L5": ["E101"],
        "L7": ["E401"],
    }
    assert [mark.text for mark in page.all("mark")] == ["28x28x6", "2x2", "convv", "C1.params == 157"]


def test_expectations_say_both_sides_and_how_they_fared():
    rows = section(read(as_html(analysis_of("broken"))), "expectations").one("tbody").all("tr")
    assert [[cell.text for cell in row.cells] for row in rows] == [
        ["7", "C1.params == 157", "156", "157", "does not hold"],
        ["8", "total.params == 12", "?", "?", "cannot be decided"],
        ["9", "C1.units > 3", "5046", "3", "holds"],
    ]


def test_the_symbols_in_the_formulas_are_explained():
    legend = section(read(as_html(LENET5)), "layers").one("dl")
    terms = {dt.text: dd.text for dt, dd in zip(legend.all("dt"), legend.all("dd"), strict=True)}
    assert {"n", "c", "f", "s", "p", "filters"} <= set(terms)
    assert all(terms.values())


def test_what_stands_in_a_file_stays_text(analysis):
    page = read(as_html(analysis))
    elements = page.all()
    assert not {e.tag for e in elements} & {"img", "foreignObject", "use", "iframe", "object", "embed", "form", "base", "video", "audio"}
    assert not [name for e in elements for name in e.attributes if name.startswith("on") or name in ("src", "srcset", "style", "action")]
    assert [e.attributes for e in elements if e.tag == "script"] == [{}]
    links = [e.attributes["href"] for e in elements if "href" in e.attributes]
    ids = [e.attributes["id"] for e in elements if "id" in e.attributes]
    assert len(set(ids)) == len(ids)
    assert all(link == "data:," or link.removeprefix("#") in ids for link in links)


def test_hostile_names_are_shown_as_they_are():
    html = as_html(analysis_of("hostile"))
    page = read(html)
    heads = [row.cells[0].text for row in layer_rows(page)]
    assert "</script><img src=x onerror=alert(1)> (conv)" in heads
    assert "{{7*7}} (conv)" in heads
    assert "49" not in "".join(heads)
    assert page.one("head").one("title").text == "Hostile \u00b7 archcalc"
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", html)
    assert "\\u202e \\x1b[31m \\x07 \\x0d bidi" in source_lines(page)["L7"].text


def test_nothing_is_fetched_and_nothing_runs(analysis):
    html = as_html(analysis)
    policy = read(html).one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"] or ""
    assert {"default-src 'none'", "style-src 'unsafe-inline'", "img-src data:"} <= set(policy.split("; "))
    script = page_script(html)
    assert script == (ROOT / "templates" / "report.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy.split("; ")
    assert not re.search(r"fetch|XMLHttp|import|eval|innerHTML|document\.write|localStorage|cookie", script)
    css = read(html).one("style").text
    assert not re.search(r"url\(|@import|https?:|//", css)
    if analysis.network != "Hostile":  # whose text has them, as text
        assert not re.search(r"https?://|src=|url\((?!#)", html)


def page_script(html: str) -> str:
    return read(html).one("script").text


def test_the_page_is_one_for_reading_aloud_and_by_keyboard():
    page = read(as_html(LENET5))
    html = page.one("html")
    assert html.attributes["lang"] == "en"
    assert page.one("head").one("title").text == "LeNet5 \u00b7 archcalc"
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert all(th.attributes.get("scope") in ("col", "row") for th in page.all("th"))
    scrollers = [e for e in page.all("div") if "scroll" in (e.attributes.get("class") or "").split()]
    assert scrollers
    assert all(e.attributes.get("tabindex") == "0" and e.attributes.get("role") == "region" for e in scrollers)


def test_text_has_contrast_in_light_and_dark():
    """WCAG AA: 4.5 to 1, for every colour of text on every colour that it stands on."""
    css = read(as_html(LENET5)).one("style").text
    schemes = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in re.findall(r":root \{(.*?)\}", css, re.S)[:2]]
    for colours in schemes:
        grounds = [("text", g) for g in ("back", "sheet", "raised", "tint")] + [("soft", g) for g in ("back", "sheet", "raised", "tint")]
        grounds += [("link", g) for g in ("back", "sheet", "raised", "tint")] + [(w, f"{w}-tint") for w in ("ok", "warn", "bad")]
        for ink, ground in [*grounds, ("bad", "sheet"), ("warn", "sheet")]:
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_size_and_repetition():
    assert len(as_html(LENET5).encode()) < 200_000
    assert as_html(LENET5) == as_html(LENET5)


def test_size_grows_with_the_layers():
    sizes = [
        len(as_html(archcalc.analyze(text=f"network N {{ input 8x8x4; repeat {n} {{ conv 4, 3x3, same }} }}"))) for n in (100, 200, 400)
    ]
    assert sizes[2] - sizes[1] < 2.2 * (sizes[1] - sizes[0])
    assert sizes[2] - sizes[1] < 200 * 2_500  # what does not grow, such as plots, is held elsewhere


def test_a_network_of_five_hundred_layers_fits():
    """ResNet-152: ResNet-50's file with the depths of He et al. (2016), Table 1."""
    text = (
        (ROOT / "examples" / "resnet50.arch").read_text(encoding="utf-8").replace("stage 4,", "stage 8,").replace("stage 6,", "stage 36,")
    )
    analysis = archcalc.analyze(text=text)
    assert analysis.totals.params == 60_419_944  # keras.applications.ResNet152
    assert len(as_html(analysis).encode()) < 2_000_000


def test_figures_larger_than_any_float():
    page = read(as_html(archcalc.analyze(text="network N { input 2**100 x 2**100 x 3; conv 2**200, 1x1; flatten }")))
    assert page.one("details", id="total-macs").one("data").attributes["value"] == str(3 * 2**400)


def test_an_analysis_without_a_text():
    analysis = archcalc.analyze(text="network N { input 4; dense 2 }")
    analysis.graph.span = None
    for node in (*analysis.graph.inputs, *analysis.graph.layers):
        node.span = None
    page = read(as_html(analysis))
    assert not [s for s in page.all("section") if s.attributes.get("aria-labelledby") == "source"]
    assert "dense_1" in page.text


def test_the_compact_table_has_the_figures_and_no_more(analysis):
    table = read(compact_html(analysis)).one("table")
    document = json.loads(as_json(analysis))
    rows = table.one("tbody").all("tr")[len(document["inputs"]) :]
    for row, layer in zip(rows, document["layers"], strict=True):
        assert row.cells[0].text == f"{clean(layer['name'])} ({layer['kind']})"
        said = ["?" if layer[f] is None else f"{layer[f]:,}" for f in ("params", "connections", "macs")]
        assert [cell.text for cell in row.cells[2:]] == said
    assert not table.all("details")
    assert not table.all("img")


def test_the_compact_table_says_what_is_wrong_and_what_is_assumed():
    wrong = read(compact_html(analysis_of("broken"))).one("caption").text
    assert "3 errors, 1 warning" in wrong
    assert "error[E308]: the output is 29x29x6, not 28x28x6" in wrong
    free = read(compact_html(archcalc.analyze(text="network F(H, W) { input H x W x 3; conv 6, 5x5; maxpool 2 }")))
    assert "Assumed: H >= 6, W >= 6" in free.one("caption").text
    assert "(H - 4) x (W - 4) x 6" in [td.text for td in free.all("td")]


def test_a_notebook_is_not_flooded():
    table = read(compact_html(archcalc.analyze(text="network N { input 8; repeat 700 { dense 8 } }"))).one("tbody")
    assert len(table.all("tr")) == 1 + 500 + 1
    assert table.all("tr")[-1].text == "and 200 more layers"


def test_templates_are_read_only_for_html():
    """The table and the JSON start without jinja2."""
    code = "import sys; from archcalc.cli import main; main(sys.argv[1:]); sys.exit('jinja2' in sys.modules)"
    for form in ("table", "json"):
        done = subprocess.run(
            [sys.executable, "-c", code, "analyze", "examples/lenet5.arch", "--format", form], cwd=ROOT, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
