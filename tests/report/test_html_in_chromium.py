"""The HTML report in a browser: it opens in silence, asks for nothing, opens by mouse and by key, and fits a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import archcalc
from archcalc.report.page import as_html

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
C3_PARAMS = "#n3 td:nth-child(3) summary"
WORKING = "(5*5*3 + 1)*6 + (5*5*4 + 1)*9 + (5*5*6 + 1)*1 = 1516"
PROGRAMS = {
    "lenet5": (ROOT / "examples" / "lenet5.arch").read_text(encoding="utf-8"),
    "broken": "network B {\n    input 33x33x1\n    C1: conv 6, 5x5 -> 28x28x6\n    maxpool 2x2\n    C2: convv 3\n    expect C1.params == 1\n}\n",
    "hostile": 'network H {\n    input 33x33x1\n    "</script><img src=x onerror=alert(1)>": conv 3, 3x3\n    "'
    + "long" * 60
    + '": conv 3, 3x3 # <script>alert(2)</script>\n    dense 10**60\n}\n',
    "deep": "network D { input 32x32x8; repeat 60 { conv 8, 3x3, same, relu; bn } }\n",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Each program's report as the address of a file."""
    folder = tmp_path_factory.mktemp("reports")
    for name, text in PROGRAMS.items():
        (folder / f"{name}.html").write_text(as_html(archcalc.analyze(text=text)), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in PROGRAMS}


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


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
    assert page.locator("script, img").count() == 0


def test_a_click_on_1516_shows_where_it_comes_from(page, files):
    page.goto(files["lenet5"])
    assert not page.get_by_text(WORKING).is_visible()
    assert page.inner_text(C3_PARAMS) == "1,516"
    page.click(C3_PARAMS)
    assert page.get_by_text(WORKING).is_visible()


def test_opening_moves_no_column_and_stays_within_the_table(page, files):
    page.goto(files["lenet5"])
    heads = "[...document.querySelectorAll('.layers thead th')].map(th => th.getBoundingClientRect().x)"
    before = page.evaluate(heads)
    for column in range(2, 10):
        page.click(f"#n3 td:nth-child({column}) summary")
        assert page.evaluate(heads) == before
        working = page.locator(f"#n3 td:nth-child({column}) details > div").bounding_box()
        table = page.locator(".layers table").bounding_box()
        assert table["x"] <= working["x"]
        assert working["x"] + working["width"] <= table["x"] + table["width"] + 1


def test_a_key_opens_and_closes(page, files):
    page.goto(files["lenet5"])
    page.focus(C3_PARAMS)
    page.keyboard.press("Enter")
    assert page.get_by_text(WORKING).is_visible()
    page.keyboard.press("Space")
    assert not page.get_by_text(WORKING).is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.innerText") == "SUMMARY 151,600"


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


def test_tables_scroll_within_their_frame_at_360(page, files):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(files["lenet5"])
    frame = page.locator(".scroll.layers")
    assert frame.evaluate("node => node.scrollWidth > node.clientWidth")
    page.click(C3_PARAMS)
    box = page.locator("#n3 td:nth-child(3) details > div").bounding_box()
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
