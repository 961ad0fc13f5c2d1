"""What sums open to on the page: those of block instances, and the totals."""

from __future__ import annotations

import json
from pathlib import Path

from html_page import Element, read

import archcalc
from archcalc.report.formats import as_json
from archcalc.report.page import as_html
from archcalc.report.page.cells import EVERY

NESTED = """
block inner(c) { conv c, 3x3, same; bn }
block outer(c) { inner c; inner 2*c; relu }
network N { input 16x16x4; outer 8; maxpool 2; outer 16; gap; dense 10 }
"""


def lines(table: Element) -> list[tuple[str, str]]:
    return [(row.cells[0].text, row.cells[1].text) for row in table.all("tr")]


def amount(text: str) -> int:
    return int(text.replace(",", ""))


def test_a_block_opens_to_the_sum_over_what_stands_in_it() -> None:
    analysis = archcalc.analyze(text=NESTED)
    page = read(as_html(analysis))
    rows = {row.one("b").text: row for row in page.all("tr") if (row.attributes.get("class") or "").startswith("block")}
    cell = rows["outer_1"].cells[2 + EVERY.index("params")].one("button")
    opened = page.one(id=cell.attributes["popovertarget"] or "")
    inner = {group["name"]: group["params"] for group in json.loads(as_json(analysis))["groups"]}
    assert lines(opened.one("table")) == [
        ("inner_1 (inner)", f"{inner['outer_1.inner_1']:,}"),
        ("inner_2 (inner)", f"{inner['outer_1.inner_2']:,}"),
        ("total", f"{inner['outer_1']:,}"),
    ]


def test_every_sum_of_a_block_adds_up() -> None:
    analysis = archcalc.analyze(text=NESTED)
    page = read(as_html(analysis))
    opened = [one for one in page.all("div", role="group") if one.all("table", class_="sum")]
    assert opened
    for one in opened:
        *parts, (_, total) = lines(one.one("table"))
        assert sum(amount(value) for _, value in parts) == amount(total)
    for group in json.loads(as_json(analysis))["groups"]:
        wanted = {(figure, group[figure]) for figure in ("params", "connections", "macs", "flops") if group[figure]}
        shown = {(one.one("p", class_="of").text, amount(lines(one.one("table"))[-1][1])) for one in opened}
        titles = {"params": "Parameters", "connections": "Connections", "macs": "MACs", "flops": "FLOPs"}
        assert {(titles[figure], value) for figure, value in wanted} <= shown


def test_instances_that_are_alike_share_a_sum() -> None:
    page = read(as_html(archcalc.analyze(text="block b { conv 4, 3x3, same; bn }\nnetwork N { input 8x8x4; repeat 9 { b } }")))
    rows = [row for row in page.all("tr") if (row.attributes.get("class") or "") == "block"]
    at = 2 + EVERY.index("params")
    assert len(rows) == 9
    assert len({row.cells[at].one("button").attributes["popovertarget"] for row in rows}) == 1


def test_a_total_opens_to_the_layers_that_it_is_the_sum_of() -> None:
    analysis = archcalc.analyze(str(Path(__file__).resolve().parents[2] / "examples" / "lenet5.arch"))
    card = read(as_html(analysis)).one("details", id="total-params")
    assert lines(card.one("table")) == [
        ("C1 (conv)", "156"), ("S2 (subsample)", "12"), ("C3 (conv)", "1,516"), ("S4 (subsample)", "32"), ("C5 (conv)", "48,120"),
        ("F6 (dense)", "10,164"), ("OUT (rbf)", "840"), ("total", "60,840"),
    ]  # fmt: skip
    assert card.one("code").text == "156 + 12 + 1516 + 32 + 48120 + 10164 + 840 = 60840"


def test_a_total_of_many_blocks_is_no_long_list() -> None:
    card = read(as_html(archcalc.analyze(text="network N { input 9; repeat 400 { dense 9 } }"))).one("details", id="total-params")
    assert not card.all("table")
    assert "400 layers" in card.text


def test_a_block_with_many_layers_says_how_many_more_there_are() -> None:
    page = read(as_html(archcalc.analyze(text="block b { repeat 100 { dense 9 } }\nnetwork N { input 9; b }")))
    table = next(iter(page.all("table", class_="sum")))
    every = [one for one in page.all("table", class_="sum") if len(one.all("tr")) == 50]
    assert every and table
    for one in every:
        *parts, (_, total) = lines(one)
        assert parts[-1][0] == "52 more parts"
        assert sum(amount(value) for _, value in parts) == amount(total)
