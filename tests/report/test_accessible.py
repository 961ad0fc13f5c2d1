"""axe-core finds nothing to complain of in a report: light and dark, wide and narrow, closed and opened."""

from __future__ import annotations

from typing import Any

import pytest
from test_html_in_chromium import PROGRAMS

import archcalc
from archcalc.report.page import as_html


@pytest.fixture(scope="module")
def axe() -> Any:
    module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    return module.Axe()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("accessible")
    for name, text in PROGRAMS.items():
        (folder / f"{name}.html").write_text(as_html(archcalc.analyze(text=text)), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in PROGRAMS}


def violations(axe: Any, page: Any) -> list[str]:
    """What axe finds: the rule, and the first places."""
    found = axe.run(page).response["violations"]
    return [f"{v['id']}: {[node['html'][:160] for node in v['nodes'][:3]]}" for v in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_axe_finds_no_violation(page, files, axe, name, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(files[name])
    assert violations(axe, page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nor_in_what_opens(page, files, axe, scheme, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.goto(files["lenet5"])
    page.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
    page.locator(".layers td button:visible").nth(9).click()
    assert page.locator(":popover-open").count() == 1
    assert violations(axe, page) == []
    page.keyboard.press("Escape")
    page.locator(".layers thead .what").nth(3).click()
    assert violations(axe, page) == []
