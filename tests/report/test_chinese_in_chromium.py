"""A Chinese report in a browser: nothing English is left in it but code and names, no text is clipped, axe finds nothing."""

from __future__ import annotations

from typing import Any

import pytest
from test_html_in_chromium import PROGRAMS

import archcalc

# What a reader sees or hears, but for what is written in a program, formulas, names, and what says that it is English.
SAID = """() => {
  const apart = 'script, style, math, code, data, .code, [lang=en], .source td:nth-child(3), .facts, h1, .maps, title[data-name]';
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode())
    if (!walk.currentNode.parentElement.closest(apart)) found.push(walk.currentNode.data);
  for (const node of document.querySelectorAll('[aria-label], [placeholder], [title], [data-says]'))
    for (const name of ['aria-label', 'placeholder', 'title', 'data-says']) found.push(node.getAttribute(name) ?? '');
  return found.filter(text => /(?:^|[^\\w.])[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}/.test(text));
}"""
# Words that stand by themselves in the page's own texts, each of which would say that a text was forgotten.
CLIPPED = """() => [...document.querySelectorAll('h1, h2, h3, p, dt, dd, summary, th, button, label, li, figcaption, .chip')]
  .filter(node => node.checkVisibility() && !node.closest('.scroll') && node.scrollWidth > node.clientWidth + 1
    && getComputedStyle(node).display !== 'inline')
  .map(node => node.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("chinese")
    for name, text in PROGRAMS.items():
        (folder / f"{name}.html").write_text(archcalc.analyze(text=text).to_html(lang="zh"), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in PROGRAMS}


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_english_sentence_is_left(page: Any, files: dict[str, str], name: str) -> None:
    page.goto(files[name])
    assert page.evaluate(SAID) == []


def test_an_english_page_would_be_found(page: Any, tmp_path: Any) -> None:
    path = tmp_path / "english.html"
    path.write_text(archcalc.analyze(text=PROGRAMS["lenet5"]).to_html(), encoding="utf-8")
    page.goto(path.as_uri())
    assert len(page.evaluate(SAID)) > 10


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", PROGRAMS)
def test_no_text_is_clipped(page: Any, files: dict[str, str], name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(files[name])
    page.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["lenet5", "broken", "free"])
def test_axe_finds_no_violation(page: Any, files: dict[str, str], name: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed").Axe()
    page.emulate_media(color_scheme=scheme)
    page.goto(files[name])
    assert [v["id"] for v in axe.run(page).response["violations"]] == []


def test_windows_step_in_chinese(page: Any, files: dict[str, str]) -> None:
    page.goto(files["lenet5"])
    figure = page.locator("[data-slide]").first
    figure.locator("button").nth(1).click()
    assert figure.locator("output").inner_text() == "输出的第 0 行第 1 列读取输入的第 0 至 4 行、第 1 至 5 列。"
