"""The HTML report in a browser: it opens in silence, asks for nothing, opens by mouse and by key, and fits a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

import archcalc
from archcalc.report.page import as_html

ROOT = Path(__file__).resolve().parents[2]
C3_PARAMS = "#n3 td:nth-child(3) button"
WORKING = "(5*5*3 + 1)*6 + (5*5*4 + 1)*9 + (5*5*6 + 1)*1 = 1516"
PROGRAMS = {
    "lenet5": (ROOT / "examples" / "lenet5.arch").read_text(encoding="utf-8"),
    "broken": "network B {\n    input 33x33x1\n    C1: conv 6, 5x5 -> 28x28x6\n    maxpool 2x2\n    C2: convv 3\n    expect C1.params == 1\n}\n",
    "hostile": 'network H {\n    input 33x33x1\n    "</script><img src=x onerror=alert(1)>": conv 3, 3x3\n    "'
    + "long" * 60
    + '": conv 3, 3x3 # <script>alert(2)</script>\n    dense 10**60\n}\n',
    "free": "network F(H, W) { input H x W x 3; conv 6, 5x5, relu; maxpool 2; C3: conv 16, 5x5; gap; dense 10 }\n",
    "nested": "block inner(c) { conv c, 3x3, same; bn }\nblock outer(c) { inner c; inner 2*c; relu }\n"
    "network N { input 16x16x4; outer 8; maxpool 2; outer 16; gap; dense 10 }\n",
    "endless": "network E {\n    input 9x9x1\n" + "".join(f'    "{char * 10_000}": conv 3, 3x3\n' for char in "xW\u5b57") + "}\n",
    "deep": "network D { input 32x32x8; repeat 60 { conv 8, 3x3, same, relu; bn } }\n",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Each program's report as the address of a file."""
    folder = tmp_path_factory.mktemp("reports")
    for name, text in PROGRAMS.items():
        (folder / f"{name}.html").write_text(as_html(archcalc.analyze(text=text)), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in PROGRAMS}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_opens_in_silence_and_asks_for_nothing(page, files, name):
    messages, requests = [], []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("dialog", lambda dialog: (messages.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(files[name])
    page.wait_for_load_state("networkidle")
    assert messages == []
    assert [url for url in requests if url != "data:,"] == [files[name]]
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1


def test_a_click_on_1516_shows_where_it_comes_from(page, files):
    page.goto(files["lenet5"])
    assert page.locator(":popover-open").count() == 0
    assert page.inner_text(C3_PARAMS) == "1,516"
    page.click(C3_PARAMS)
    assert page.locator(":popover-open").get_by_text(WORKING).is_visible()


def test_opening_moves_no_column_and_stays_within_the_window(page, files):
    page.goto(files["lenet5"])
    heads = "[...document.querySelectorAll('.layers thead th')].map(th => th.getBoundingClientRect().x)"
    before = page.evaluate(heads)
    for column in range(2, 10):
        page.click(f"#n3 td:nth-child({column}) button")
        assert page.evaluate(heads) == before
        box = page.locator(":popover-open").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1280
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 900
        page.keyboard.press("Escape")


def test_a_key_opens_and_closes(page, files):
    page.goto(files["lenet5"])
    page.focus(C3_PARAMS)
    page.keyboard.press("Enter")
    assert page.locator(":popover-open").get_by_text(WORKING).is_visible()
    page.keyboard.press("Escape")
    assert page.locator(":popover-open").count() == 0
    assert page.evaluate("document.activeElement.innerText") == "1,516"
    page.keyboard.press("Space")
    assert page.locator(":popover-open").get_by_text(WORKING).is_visible()
    page.keyboard.press("Space")
    assert page.locator(":popover-open").count() == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.innerText") == "BUTTON 151,600"


def test_the_first_tab_stop_skips_to_the_layers(page, files):
    page.goto(files["lenet5"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#layers")


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_itself_never_scrolls_sideways(page, files, name, width):
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(files[name])
    page.evaluate("for (const node of [...document.querySelectorAll('details')].slice(0, 60)) node.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["lenet5", "nested", "deep"])
def test_the_columns_shown_at_first_fit_on_paper(page, files, name):
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 900})  # A4 within its margins of 12 mm
    page.goto(files[name])
    assert page.locator(".layers table").evaluate("table => table.getBoundingClientRect().right") <= 703


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_prints(page, files, name):
    page.goto(files[name])
    page.locator(".layers thead button.head").nth(2).click()
    paper = page.pdf(format="A4")
    assert paper.startswith(b"%PDF")
    page.emulate_media(media="print")
    for control in (".tools", ".what", ".fold"):
        assert page.locator(control).first.is_hidden() or not page.locator(control).count()
    assert page.evaluate("[...document.querySelectorAll('.scroll')].every(box => getComputedStyle(box).overflowX === 'visible')")


def test_windows_that_are_folded_are_open_on_paper(browser, tmp_path):
    file = tmp_path / "windows.html"
    file.write_text(as_html(archcalc.analyze(text="network W { input 400x8; repeat 12 { conv 8, 3 } }")), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    drawn = page.locator(".slide .w-window")
    assert [one.is_visible() for one in drawn.all()] == [True] * 6 + [False] * 6
    page.locator(".slide summary").nth(8).press("Enter")
    assert drawn.nth(8).is_visible()
    page.emulate_media(media="print")
    assert all(one.is_visible() for one in drawn.all())
    page.close()


@pytest.mark.parametrize("name", ["lenet5", "nested", "deep"])
def test_names_have_room_on_paper(page, files, name):
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 900})
    page.goto(files[name])
    assert page.locator(".layers tbody th").evaluate_all("cells => Math.min(...cells.map(cell => cell.offsetWidth))") >= 90
    assert page.locator(".layers thead button.head").first.evaluate("node => getComputedStyle(node).display") == "contents"
    assert page.locator(".picture > svg").evaluate("node => node.getBoundingClientRect().height") <= 910  # 240 mm


def test_tables_scroll_within_their_frame_at_360(page, files):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(files["lenet5"])
    frame = page.locator(".scroll.layers")
    assert frame.evaluate("node => node.scrollWidth > node.clientWidth")
    page.click(C3_PARAMS)
    box = page.locator(":popover-open").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360


def test_a_source_line_and_its_layer_lead_to_each_other(page, files):
    page.goto(files["lenet5"])
    line = page.locator(".source a", has_text="10x10x16")
    line.click()
    assert page.locator(":target th").inner_text() == "C3 (conv)"
    page.locator(":target th a").click()
    assert "maps=C3_MAPS" in page.locator(":target").inner_text()


def test_dark_and_light_and_paper_differ(page, files):
    page.goto(files["lenet5"])
    colours = []
    for media in ({"color_scheme": "light"}, {"color_scheme": "dark"}, {"media": "print", "color_scheme": "dark"}):
        page.emulate_media(**media)
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(set(colours)) == 3
    assert colours[2] == "rgb(255, 255, 255)"


def test_names_without_end_leave_the_rest_in_reach(page, files):
    page.goto(files["endless"])
    assert page.evaluate("document.documentElement.scrollHeight") < 8000  # 11,000 lines of a name would be 40,000 pixels


def test_formulas_look_as_if_they_open(page, files):
    page.goto(files["free"])
    page.click("#n1 td:nth-child(4) button")
    assert page.locator(":popover-open").get_by_text("params").first.is_visible()
    lines = "e => getComputedStyle(e).textDecorationLine"
    assert page.locator("tbody button .long").first.evaluate(lines) == "underline"


def test_pictures_stand_in_the_middle(page, files):
    page.goto(files["lenet5"])
    for name in ("#network", "#maps"):
        frame, picture = (page.locator(f"section:has({name}) {what}").first.bounding_box() for what in (".scroll", "svg.drawing"))
        assert abs(frame["x"] + frame["width"] / 2 - picture["x"] - picture["width"] / 2) < 1.5


def test_brackets_are_as_high_as_what_they_hold(page, files):
    """Where there is a font for mathematics, of those that the page names or the browser knows."""
    page.goto(files["lenet5"])
    bracket, fraction = (page.locator(f".rule math {what}").first.bounding_box()["height"] for what in ("mo", "mfrac"))
    if bracket < fraction * 0.8:
        pytest.skip("no font for mathematics is here")
    assert bracket >= fraction
