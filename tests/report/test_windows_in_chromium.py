"""Stepping a window through its positions in a browser: what is drawn, and what is said, is what sliding by hand gives."""

from __future__ import annotations

import re
from typing import Any

from sliding_by_hand import slide

import archcalc
from archcalc.report.page import as_html

PROGRAM = """network N {
    input 12x9x1
    conv 2, 3x2, /2, pad=1
}
network Long {
    input 230x1
    conv 2, 7, /2
}
network One {
    input 5x5x1
    conv 2, 5x5
}
"""


def opened(browser: Any, tmp_path: Any, network: str, scripts: bool = True) -> Any:
    path = tmp_path / f"{network}.html"
    path.write_text(as_html(archcalc.analyze(text=PROGRAM, network=network)), encoding="utf-8")
    page = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=scripts).new_page()
    page.goto(path.as_uri())
    return page


def left_of(page: Any, selector: str) -> float:
    return float(page.locator(selector).bounding_box()["x"])


def test_next_goes_through_all_positions_and_stops(browser: Any, tmp_path: Any) -> None:
    down, across = slide(12, 3, 2, 1, 1), slide(9, 2, 2, 1, 1)
    page = opened(browser, tmp_path, "N")
    following, back = page.get_by_role("button", name="Next"), page.get_by_role("button", name="Previous")
    seen = []
    for i in range(len(down.windows) * len(across.windows)):
        if i:
            following.click()
        numbers = [int(n) for n in re.findall(r"-?\d+", page.inner_text(".slide output"))]
        box = page.locator(".w-window").bounding_box()
        seen.append((numbers, round(box["x"]), round(box["y"])))
    expected = [
        [r, c, rows[0] - 1, rows[-1] - 1, columns[0] - 1, columns[-1] - 1]
        for r, rows in enumerate(down.windows)
        for c, columns in enumerate(across.windows)
    ]
    assert [numbers for numbers, _, _ in seen] == expected
    assert len({(x, y) for _, x, y in seen}) == len(seen)
    assert following.get_attribute("aria-disabled") == "true"
    assert page.inner_text(".slide output").startswith(f"Output row {len(down.windows) - 1}, column {len(across.windows) - 1} ")
    last, window = page.locator(".w-last rect").first.bounding_box(), page.locator(".w-window").bounding_box()
    assert abs(last["x"] - window["x"]) < 1
    assert abs(last["y"] - window["y"]) < 1
    back.click()
    assert page.inner_text(".slide output").startswith(f"Output row {len(down.windows) - 1}, column {len(across.windows) - 2} ")


def test_arrow_keys_step_while_a_button_has_the_focus(browser: Any, tmp_path: Any) -> None:
    page = opened(browser, tmp_path, "N")
    page.get_by_role("button", name="Next").focus()
    for key, says in (
        ("ArrowRight", "row 0, column 1 "),
        ("ArrowDown", "row 1, column 1 "),
        ("ArrowUp", "row 0, column 1 "),
        ("ArrowUp", "row 0, column 1 "),
    ):
        page.keyboard.press(key)
        assert page.inner_text(".slide output").startswith(f"Output {says}")
    page.keyboard.press("End")
    assert page.get_by_role("button", name="Next").get_attribute("aria-disabled") == "true"
    page.keyboard.press("Home")
    assert page.inner_text(".slide output").startswith("Output row 0, column 0 ")


def test_a_long_axis_steps_over_its_break(browser: Any, tmp_path: Any) -> None:
    by_hand = slide(230, 7, 2, 1, 0)
    page = opened(browser, tmp_path, "Long")
    seen, places = [], []
    while True:
        k, first, last = (int(n) for n in re.findall(r"\d+", page.inner_text(".slide output")))
        assert [first, last] == [by_hand.windows[k][0], by_hand.windows[k][-1]]
        seen.append(k)
        places.append(left_of(page, ".w-window"))
        if page.get_by_role("button", name="Next").get_attribute("aria-disabled") == "true":
            break
        page.get_by_role("button", name="Next").click()
    assert seen[0] == 0
    assert seen[-1] == len(by_hand.windows) - 1
    assert seen == sorted(seen)
    assert places == sorted(places)
    assert abs(places[-1] - left_of(page, ".w-last rect >> nth=0")) < 1


def test_without_scripts_the_first_and_the_last_are_there(browser: Any, tmp_path: Any) -> None:
    page = opened(browser, tmp_path, "N", scripts=False)
    assert page.locator(".w-window").is_visible()
    assert page.locator(".w-last").is_visible()
    assert page.locator(".steps").is_hidden()
    assert page.inner_text(".slide output").startswith("Output row 0, column 0 ")


def test_one_position_has_nothing_to_step(browser: Any, tmp_path: Any) -> None:
    assert opened(browser, tmp_path, "One").locator(".steps").is_hidden()
