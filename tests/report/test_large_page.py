"""Reports of thousands of layers: what stands in the page, what it says of the rest, and that a browser opens it with ease."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from html_page import read

import archcalc
from archcalc.report.page import as_html, layers, place, stretches, workings

BLOCKS = """
block inner(c) { conv c, 3x3, same; bn; relu }
block res(c) { inner c; inner c; conv c, 1x1; bn }
network Large { input 64x64x16; repeat 600 { res 16 } for i in range(100) { conv 16 + i, 3x3, same; relu } gap; dense 10 }
"""
PLAIN = "network P { input 8x8x4; repeat 1_500 { conv 4, 3x3, same } }"
ROWS = "[...document.querySelectorAll('.layers tbody tr')].filter(row => row.checkVisibility()).length"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("large") / "report.html"
    file.write_text(as_html(archcalc.analyze(text=BLOCKS)), encoding="utf-8")
    return file.as_uri()


def comes_to_show(cell: Any, text: str | re.Pattern[str]) -> None:
    """Wait for a text to be seen: what the browser lays out only where it is seen has none until its next frame."""
    from playwright.sync_api import expect  # absent where the test is skipped

    expect(cell).to_have_text(text, use_inner_text=True, timeout=60_000)


def test_5000_layers_open_in_silence_and_filter_sort_and_fold(page, large):
    messages = []
    page.set_default_timeout(60_000)
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    start = time.monotonic()
    page.goto(large, timeout=60_000)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert time.monotonic() - start < 30  # one second where nothing else runs
    assert page.locator(".count").inner_text() == "6,803 rows"
    page.fill(".filter", "res_577.inner_2")
    assert page.locator(".count").inner_text() == "4 of 6,803 rows"
    assert page.evaluate(ROWS) == 4
    assert page.locator(".layers").evaluate("node => node.scrollHeight") < 400, "stretches without a row take no room"
    page.fill(".filter", "")
    assert page.evaluate(ROWS) == 6803
    head = page.locator(".layers thead button.head").nth(2)
    head.click()
    comes_to_show(page.locator(".layers tbody tr:not([hidden]) td:nth-child(3)").first, f"{(9 * 114 + 1) * 115:,}")
    head.click()
    head.click()
    page.click(".fold-all")
    assert page.locator(".count").inner_text() == "803 of 6,803 rows"
    assert messages == []


def test_its_columns_stand_under_their_heads_and_figures_open(page, large):
    page.set_default_timeout(60_000)
    page.goto(large, timeout=60_000)
    edges = "row => [...row.cells].filter(cell => cell.offsetWidth).map(cell => Math.round(cell.getBoundingClientRect().right))"
    heads = page.locator(".layers thead tr").evaluate(edges)
    for row in ("#n1", "#n3000", "#n5000"):
        page.evaluate(f"location.hash = '{row}'")
        assert page.locator(row).evaluate(edges) == heads
        cells = page.locator(f"{row} > *:visible")
        assert cells.evaluate_all("cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth + 1).length") == 0
    assert page.locator(".layers tfoot tr").evaluate(edges) == heads
    page.locator("#n5000 td:nth-child(2) button").click()
    assert page.locator(":popover-open").count() == 1


def test_it_is_whole_on_paper_and_without_scripts(browser, large):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(large, timeout=60_000)
    assert page.locator(".layers tbody tr").count() == 6803
    page.emulate_media(media="print")
    assert page.locator(".layers table").evaluate("node => getComputedStyle(node).display") == "table"
    assert page.locator(".layers tbody").last.evaluate("node => getComputedStyle(node).contentVisibility") == "visible"
    context.close()


def test_a_network_beyond_the_limit_has_a_page_that_says_what_it_leaves_out(monkeypatch):
    for module in (place, layers):
        monkeypatch.setattr(module, "MOST_LAYERS", 1_200)
    page = read(as_html(archcalc.analyze(text=PLAIN)))
    table = page.one("table", class_="large")
    rows = [tr for tbody in table.all("tbody") for tr in tbody.all("tr")]
    assert len(rows) == 1 + 1_200
    assert len(table.all("tbody")) == -(-1_201 // stretches.EACH)
    assert "the first 1,200 of 1,500 layers" in page.text
    assert "analyze FILE --format csv" in page.text
    ids = {element.attributes["id"] for element in page.all() if "id" in element.attributes}
    links = {a.attributes["href"] for a in page.all("a")}
    assert {link[1:] for link in links if link.startswith("#")} <= ids


def test_what_opens_no_more_has_its_command(monkeypatch):
    monkeypatch.setattr(workings, "MOST", 4)
    page = read(as_html(archcalc.analyze(text="network W { input 9x9x4; A: conv 4, 3x3; B: conv 5, 3x3 }")))
    assert len([one for one in page.all("div", role="group") if one.attributes["id"].startswith("e")]) == 4
    assert "The page has 4 workings" in page.text
    assert "archcalc explain FILE A.macs" in page.text or "archcalc explain FILE A.flops" in page.text


def test_workings_beyond_the_typeset_ones_are_plain(monkeypatch):
    monkeypatch.setattr(workings, "MOST_TYPESET", 0)
    page = read(as_html(archcalc.analyze(text="network W { input 9x9x4; A: conv 4, 3x3 }")))
    assert not page.one(id="e1").all("math")
    assert "(3*3*4 + 1)*4 = 148" in page.one(id="e1").text


def test_figures_of_a_large_table_are_those_of_the_analysis():
    analysis = archcalc.analyze(text=PLAIN)
    rows = {
        tr.attributes["id"]: tr for tbody in read(as_html(analysis)).one("table", class_="large").all("tbody") for tr in tbody.all("tr")
    }
    for i in (1, 700, 1_500):
        row = analysis.rows[i - 1]
        assert [cell.text for cell in rows[f"n{i}"].cells[2:6]] == [f"{n:,}" for n in (row.params, row.connections, row.units, row.macs)]


def test_a_long_source_is_laid_out_where_it_is_seen(page, tmp_path):
    body = "".join(f"    c{i}: conv 4, 3x3, same" + "  # long" * (i % 9) + "\n" for i in range(1_200))
    file = tmp_path / "long.html"
    file.write_text(as_html(archcalc.analyze(text=f"network L {{\n    input 8x8x4\n{body}}}\n")), encoding="utf-8")
    page.set_default_timeout(60_000)
    page.goto(file.as_uri() + "#L1190")
    line = page.locator("#L1190")
    comes_to_show(line.locator("td").nth(1), re.compile(r"\s*c1187: conv 4"))
    edges = "row => [...row.cells].map(cell => Math.round(cell.getBoundingClientRect().left))"
    assert line.evaluate(edges) == page.locator(".source thead tr").evaluate(edges)
    assert line.evaluate("row => [...row.cells].every(cell => cell.scrollWidth <= cell.clientWidth + 1)")
    assert page.locator("div.source").evaluate("node => node.clientHeight") < 900
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_listing_of_a_longer_source_ends_and_says_so(monkeypatch):
    monkeypatch.setattr(place, "MOST_LINES", 3)
    shown = read(as_html(archcalc.analyze(text="network L {\n    input 8\n    dense 3\n    dense 4\n}\n"))).one(
        "section", **{"aria-labelledby": "source"}
    )
    assert len(shown.all("tr")) == 1 + 3
    assert "2 more lines of the file are not listed." in shown.text
