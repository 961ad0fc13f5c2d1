"""Feature maps, connection tables and windows in the report: what stands there, and what is left out."""

from __future__ import annotations

import pytest
from html_page import Element, read
from running import ROOT

import archcalc
from archcalc.report.page import as_html
from archcalc.report.page.windows import OPEN, floored
from archcalc.values import Table

LENET5 = (ROOT / "examples" / "lenet5.arch").read_text(encoding="utf-8")


def section(text: str, name: str, network: str | None = None) -> Element:
    page = read(as_html(archcalc.analyze(text=text, network=network)))
    return page.one("section", **{"aria-labelledby": name})


def has(element: Element, class_: str) -> bool:
    return class_ in (element.attributes.get("class") or "").split()


def test_1516_stands_by_its_groups_of_maps() -> None:
    """LeCun et al. (1998), section II.B: six maps of three, nine of four, one of six."""
    found = section(LENET5, "connections")
    terms = [" ".join(li.text.split()) for li in next(ul for ul in found.all("ul") if has(ul, "terms")).all("li")]
    assert terms == [
        "6 maps that read 3 each (5*5*3 + 1)*6 = 456",
        "9 maps that read 4 each (5*5*4 + 1)*9 = 909",
        "1 map that reads 6 (5*5*6 + 1)*1 = 151",
    ]
    assert "Parameters of C3: 456 + 909 + 151 = 1516" in found.text
    assert "a map of C3 (column) reads a map of S2 (row)" in found.text


def test_a_column_has_the_colour_of_its_term() -> None:
    found = section(LENET5, "connections")
    head = [th.attributes.get("class") for th in found.one("thead").all("th")[1:]]
    assert head == ["f0"] * 6 + ["f1"] * 9 + ["f2"]
    terms = next(ul for ul in found.all("ul") if has(ul, "terms"))
    assert [span.attributes["class"] for span in terms.all("span")] == ["f0", "f1", "f2"]
    for row in found.one("tbody").all("tr"):
        for cell, column in zip(row.cells[1:], head, strict=True):
            assert (cell.text == "X") == has(cell, column or "")


@pytest.mark.parametrize(("rows", "terms"), [(["XX", "XX"], 1), (["X.", ".X"], 1), (["X.X", "XXX"], 2)])
def test_the_terms_of_any_table_add_up(rows: list[str], terms: int) -> None:
    body = "\n".join(rows)
    text = f"table T {{\n{body}\n}}\nnetwork N {{ input 9x9x{len(rows)}; c: conv {len(rows[0])}, 3x3, maps=T }}"
    found = section(text, "connections")
    shown = [int(li.text.rsplit("= ", 1)[1]) for li in found.all("li")]
    assert len(shown) == terms == len(set(Table("T", tuple(rows)).fan_ins()))
    assert sum(shown) == sum((3 * 3 * rows_.count("X") + 1) for rows_ in map("".join, zip(*rows, strict=True)))


def test_no_bias_and_a_mistake() -> None:
    found = section("table T {\nX.\nXX\n}\nnetwork N { input 9x9x2; c: conv 2, 3x3, nobias, maps=T }", "connections")
    assert "Parameters of c: 9 + 18 = 27" in found.text
    found = section("table T {\nX.\nXX\n}\nnetwork N { input 9x9x2; c: conv 2, 33x33, maps=T }", "connections")
    assert "Parameters of" not in found.text


def test_a_window_stands_with_its_formula() -> None:
    found = section(LENET5, "windows")
    folds = found.all("details")
    assert [a.one("h3").text for a in folds][:2] == ["A window of 5x5 on an input of 32x32", "A window of 2x2 on an input of 28x28"]
    assert "stride 1, output 28x28" in folds[0].text
    assert "Output row 0, column 0 reads rows 0 to 4 and columns 0 to 4." in folds[0].text
    assert all(len(a.all("svg")) == 1 for a in folds)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(n + 2*p - f)//s + 1", "floor((n + 2*p - f)/s) + 1"),
        ("(32 + 2*0 - 5)//1 + 1 = 28", "floor((32 + 2*0 - 5)/1) + 1 = 28"),
        ("n//2; (a//3)//b_1", "floor(n/2); floor((floor(a/3))/b_1)"),
        ("2*n", "2*n"),
    ],
)
def test_floors_are_written_out(text: str, said: str) -> None:
    assert floored(text) == said


def test_lost_pixels_are_told_of_once_for_axes_that_are_alike() -> None:
    found = section("network N {\n input 230x230x3\n conv 4, 7x7, /2\n conv 4, 1x1\n}", "windows")
    assert found.text.count("No window reads 1 position of 230 along the rows, along the columns.") == 1
    assert "1 layer reads each position by itself" in found.text


def test_there_is_no_section_without_something_to_show() -> None:
    page = read(as_html(archcalc.analyze(text="network N { input 8; dense 3 }")))
    assert not page.all("section", **{"aria-labelledby": "windows"})
    assert not page.all("section", **{"aria-labelledby": "connections"})
    assert page.all("section", **{"aria-labelledby": "maps"})


def test_free_sizes_and_mistakes_are_told_of() -> None:
    found = section("network N(H) {\n input H x 9 x 1\n conv 2, 3x3\n}", "windows")
    assert "The window of 1 layer is not drawn: its sizes are free, or too large." in found.text
    page = read(as_html(archcalc.analyze(text="network N { input 8x8x1; conv 2, 9x9 }")))
    assert not page.all("section", **{"aria-labelledby": "maps"})


def test_many_windows_are_limited() -> None:
    found = section("network N {\n input 400x8\n repeat 120 { conv 8, 3 }\n}", "windows")
    assert len(found.all("details")) == 80
    assert "40 more windows are not drawn." in found.text


def test_all_but_the_first_windows_are_folded_with_their_layers_beside() -> None:
    found = section("network N {\n input 400x8\n repeat 20 { conv 8, 3 }\n}", "windows")
    folds = found.all("details", class_="slide")
    assert ["open" in fold.attributes for fold in folds] == [True] * OPEN + [False] * (20 - OPEN)
    assert [fold.one("summary").one("span").text for fold in folds] == [f"conv_{i}" for i in range(1, 21)]
