"""The layer table in a browser: sorted, filtered, folded, its columns chosen, by mouse and by key; whole without scripts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import archcalc
from archcalc.report.formats import as_json
from archcalc.report.page import as_html
from archcalc.report.page.cells import COLUMNS, EVERY

ROOT = Path(__file__).resolve().parents[2]
NESTED = """
block inner(c) { conv c, 3x3, same; bn }
block outer(c) { inner c; inner 2*c; relu }
network N { input 16x16x4; outer 8; maxpool 2; outer 16; gap; dense 10 }
"""
PROGRAMS = {
    "lenet5": (ROOT / "examples" / "lenet5.arch").read_text(encoding="utf-8"),
    "nested": NESTED,
    "large": "network L { input 2**70 x 3; dense 2**70 + 1; dense 2**70; dense 2**70 + 2; dense 7 }",
    "broken": "network B { input 33x33x1; A: conv 6, 5x5; maxpool 2; B: conv 0; C: dense 3 }",
    "free": "network F(H, W) { input H x W x 3; C1: conv 6, 5x5; gap; F1: dense 10; F2: dense 2 }",
}
ROWS = "[...document.querySelectorAll('.layers tbody tr')].filter(row => !row.hidden).map(row => row.querySelector('a, b').textContent)"


@pytest.fixture(scope="module")
def analyses() -> dict[str, Any]:
    return {name: archcalc.analyze(text=text) for name, text in PROGRAMS.items()}


@pytest.fixture(scope="module")
def files(analyses: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("tables")
    for name, analysis in analyses.items():
        (folder / f"{name}.html").write_text(as_html(analysis), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in PROGRAMS}


def rows(page: Any) -> list[str]:
    found: list[str] = page.evaluate(ROWS)
    return found


def head(page: Any, figure: str) -> Any:
    at = {"name": 0, "output_shape": 1}.get(figure, EVERY.index(figure) + 2 if figure in EVERY else 0)
    return page.locator(".layers thead th").nth(at)


def sort(page: Any, figure: str) -> None:
    head(page, figure).locator(".head").click()


def sorted_by(analysis: Any, figure: str, down: bool) -> list[str]:
    """As Python sorts the figures of the JSON: stable, exact, what is unknown or no number last."""
    document = json.loads(as_json(analysis))
    entries = [(node["name"], None) for node in document["inputs"]] + [(layer["name"], layer[figure]) for layer in document["layers"]]
    known = [e for e in entries if isinstance(e[1], int)]
    known.sort(key=lambda entry: -entry[1] if down else entry[1])
    return [name for name, _ in known] + [name for name, value in entries if not isinstance(value, int)]


@pytest.mark.parametrize("figure", COLUMNS)
@pytest.mark.parametrize("name", ["lenet5", "large", "broken", "free"])
def test_a_click_sorts_another_turns_round_a_third_goes_back(page, files, analyses, name, figure):
    page.goto(files[name])
    written = rows(page)
    for word, expected in (
        ("descending", sorted_by(analyses[name], figure, down=True)),
        ("ascending", sorted_by(analyses[name], figure, down=False)),
        ("none", written),
    ):
        sort(page, figure)
        values = [n for n in (getattr(row, figure) for row in analyses[name].rows) if isinstance(n, int)]
        if values or word == "none":
            assert head(page, figure).get_attribute("aria-sort") == word
            assert rows(page) == expected
    assert page.locator("[aria-sort]:not([aria-sort=none])").count() == 0


def test_names_and_shapes_sort_as_people_do(page, files):
    page.goto(files["lenet5"])
    sort(page, "name")
    assert rows(page) == ["C1", "C3", "C5", "F6", "flatten_1", "input", "OUT", "S2", "S4"]
    sort(page, "output_shape")
    assert rows(page)[:2] == ["C5", "S4"]  # 1x1x120, 5x5x16
    assert head(page, "name").get_attribute("aria-sort") == "none"


def test_a_filter_finds_names_and_kinds_and_counts(page, files):
    page.goto(files["lenet5"])
    count = page.locator(".count")
    assert count.inner_text() == "9 rows"
    page.fill(".filter", "c3")
    assert rows(page) == ["C3"]
    page.fill(".filter", "  SUBSAMPLE ")
    assert rows(page) == ["S2", "S4"]
    assert count.inner_text() == "2 of 9 rows"
    page.fill(".filter", "<nothing>")
    assert rows(page) == []
    page.fill(".filter", "")
    assert len(rows(page)) == 9


def test_blocks_fold_one_by_one_and_all(page, files):
    page.goto(files["nested"])
    whole = rows(page)
    assert whole[1:5] == ["outer_1", "outer_1.inner_1", "outer_1.inner_1.conv_1", "outer_1.inner_1.bn_1"]
    inner = page.get_by_role("button", name="Layers of outer_1.inner_1")
    assert inner.get_attribute("aria-expanded") == "true"
    inner.click()
    assert inner.get_attribute("aria-expanded") == "false"
    assert rows(page) == [name for name in whole if not name.startswith("outer_1.inner_1.")]
    page.get_by_role("button", name="Layers of outer_1", exact=True).click()
    assert rows(page) == [name for name in whole if not name.startswith("outer_1.")]
    page.get_by_role("button", name="Layers of outer_1", exact=True).click()
    assert rows(page) == [name for name in whole if not name.startswith("outer_1.inner_1.")]  # is still folded
    page.get_by_role("button", name="Fold all", exact=True).click()
    assert rows(page) == ["input", "outer_1", "maxpool_1", "outer_2", "gap_1", "dense_1"]
    page.get_by_role("button", name="Unfold all").click()
    assert rows(page) == whole


def test_sorted_and_folded(page, files, analyses):
    """Folded blocks stand among the layers with their sums; of unfolded ones only the layers do."""
    page.goto(files["nested"])
    sort(page, "params")
    assert rows(page) == sorted_by(analyses["nested"], "params", down=True)
    page.get_by_role("button", name="Fold all", exact=True).click()
    assert rows(page) == ["outer_2", "outer_1", "dense_1", "maxpool_1", "gap_1", "input"]
    page.get_by_role("button", name="Layers of outer_1", exact=True).click()
    shown = rows(page)
    assert shown[0] == "outer_2"
    assert "outer_1" not in shown
    assert {"outer_1.inner_1", "outer_1.inner_2", "outer_1.relu_1"} <= set(shown)  # which are folded in turn
    sort(page, "params")
    sort(page, "params")
    assert rows(page)[:5] == ["input", "outer_1", "outer_1.inner_1", "outer_1.inner_2", "outer_1.relu_1"]


def test_a_filter_looks_into_folded_blocks(page, files):
    page.goto(files["nested"])
    page.get_by_role("button", name="Fold all", exact=True).click()
    page.fill(".filter", "(bn)")
    assert rows(page) == [f"outer_{i}.inner_{j}.bn_1" for i in (1, 2) for j in (1, 2)]
    page.fill(".filter", "")
    assert rows(page) == ["input", "outer_1", "maxpool_1", "outer_2", "gap_1", "dense_1"]


def test_a_link_to_a_row_that_is_folded_away_brings_it_back(page, files):
    page.goto(files["nested"])
    page.get_by_role("button", name="Fold all", exact=True).click()
    page.locator(".source summary").first.click()
    page.locator(".source a[href^='#n']").first.click()
    page.locator("tr:target").wait_for(state="visible", timeout=10_000)


def test_columns_are_chosen(page, files):
    page.goto(files["lenet5"])
    visible = (
        "[...document.querySelectorAll('.layers thead th')].filter(th => th.offsetWidth).map(th => th.querySelector('.head').textContent)"
    )
    first = page.evaluate(visible)
    assert len(first) == 2 + len(COLUMNS)
    page.click(".choose summary")
    page.get_by_role("checkbox", name="Receptive field").check()
    page.get_by_role("checkbox", name="Units").uncheck()
    assert page.evaluate(visible) == [name for name in first if name != "Units"] + ["Receptive field"]
    row = page.locator("#n3 td:visible")
    assert row.last.inner_text() == "14x14"
    page.get_by_role("checkbox", name="Live memory").check()
    assert "Live memory" in page.evaluate(visible)
    page.reload()
    assert page.evaluate(visible) == first


def test_each_definition_is_one_click_away(page, files):
    page.goto(files["lenet5"])
    for button in page.locator(".layers thead .what:visible").all():
        button.click()
        text = page.locator(":popover-open").inner_text()
        assert len(text) > 20
        page.keyboard.press("Escape")
        assert page.locator(":popover-open").count() == 0
        assert button.evaluate("node => node === document.activeElement")


def test_all_of_it_by_keyboard(page, files):
    """Every control can be reached by Tab, and shows that it is."""
    page.goto(files["nested"])
    wanted = page.evaluate("document.querySelectorAll('.table :is(button, input, summary, a):not([hidden] *)').length")
    seen = []
    for _ in range(600):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(node => node === document.body ? null : [!!node.closest('.table'), getComputedStyle(node).outlineStyle])(document.activeElement)"
        )
        if found is None:
            break
        seen.append(found)
    assert sum(inside for inside, _ in seen) >= page.evaluate(
        "[...document.querySelectorAll('.table :is(button, input, summary, a)')].filter(node => node.checkVisibility()).length"
    )
    assert wanted
    assert {outline for _, outline in seen} <= {"solid", "auto"}


def test_keys_sort_and_fold_and_keep_their_place(page, files):
    page.goto(files["nested"])
    head(page, "params").locator(".head").focus()
    page.keyboard.press("Enter")
    assert head(page, "params").get_attribute("aria-sort") == "descending"
    assert page.evaluate("document.activeElement.textContent") == "Parameters"
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    fold = page.get_by_role("button", name="Layers of outer_1", exact=True)
    fold.focus()
    page.keyboard.press("Space")
    assert fold.get_attribute("aria-expanded") == "false"
    assert fold.evaluate("node => node === document.activeElement")


def test_escape_closes_a_total_too(page, files):
    page.goto(files["lenet5"])
    page.locator("#total-params summary").press("Enter")
    assert page.locator("#total-params code").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#total-params code").is_visible()


@pytest.mark.parametrize("name", PROGRAMS)
def test_without_scripts_the_table_is_whole(browser, files, analyses, name):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    page.goto(files[name])
    assert page.locator(".layers tbody tr:visible").count() == page.locator(".layers tbody tr").count()
    assert page.locator(".layers thead th:visible").count() == 2 + len(EVERY)
    for control in (".scripted", ".count", ".fold", "button.head"):
        assert page.locator(f"{control}:visible").count() == 0
    page.locator(".layers td button").first.click()
    assert page.locator("[popover]:visible").count() == 1
    context.close()


@pytest.mark.parametrize("name", PROGRAMS)
def test_figures_on_the_page_are_those_of_the_json(page, files, analyses, name):
    page.goto(files[name])
    document = json.loads(as_json(analyses[name]))
    found = page.evaluate(
        "[...document.querySelectorAll('.layers tbody tr.layer')].map(row => [...row.cells].slice(2).map(cell => cell.querySelector('data')?.value))"
    )
    for cells, layer in zip(found, document["layers"], strict=True):
        for figure, value in zip(EVERY, cells, strict=True):
            if not figure.startswith(("receptive", "field")):
                assert value == ("" if layer[figure] is None else str(layer[figure]))
