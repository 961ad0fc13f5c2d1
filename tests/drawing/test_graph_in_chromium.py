"""Drawings of networks in a browser: what is really drawn there does not overlap, and no text is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from running import ROOT

import archcalc
from archcalc.report.drawing.sheet import drawn
from archcalc.report.page import as_html

NAMES = ("lenet5", "resnet50", "inception_v3", "unet", "densenet121", "transformer", "googlenet", "siamese")
LOOK = """() => {
  const box = e => e.getBoundingClientRect(), bad = [];
  const over = (a, b, by) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > by && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > by;
  const boxes = [...document.querySelectorAll('.g-box')].filter(g => g.querySelector('text')).map(g => [g, box(g.querySelector('rect'))]);
  const sheet = box(document.querySelector('svg.drawing'));
  boxes.forEach(([g, a], i) => {
    for (const [h, b] of boxes.slice(i + 1)) if (over(a, b, .1)) bad.push(['boxes', g.textContent, h.textContent]);
    for (const t of g.querySelectorAll('text')) {
      const b = box(t);
      if (b.left < a.left + 1 || b.right > a.right - 1 || b.top < a.top - 1 || b.bottom > a.bottom + 1.5) bad.push(['text', t.textContent]);
    }
  });
  const labels = [...document.querySelectorAll('.g-size, .g-frame text')].map(t => [t, box(t)]);
  labels.forEach(([t, a], i) => {
    for (const [g, b] of boxes) if (over(a, b, 1.5)) bad.push(['size over box', t.textContent, g.textContent]);
    for (const [u, b] of labels.slice(i + 1)) if (over(a, b, 2)) bad.push(['sizes', t.textContent, u.textContent]);
  });
  for (const e of document.querySelectorAll('svg.drawing text, svg.drawing path, svg.drawing rect')) {
    const a = box(e);
    if (a.left < sheet.left - .5 || a.right > sheet.right + .5 || a.top < sheet.top - .5 || a.bottom > sheet.bottom + .5) bad.push(['cut', e.outerHTML.slice(0, 99)]);
  }
  return bad;
}"""


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


@pytest.mark.parametrize("depth", [None, 1])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_overlaps_and_no_text_is_cut_off(page: Any, name: str, depth: int | None) -> None:
    text = drawn(archcalc.analyze(str(ROOT / "examples" / f"{name}.arch")), "graph", depth=depth)
    page.set_content(f"<!doctype html><meta charset=utf-8><body style='margin: 0'>{text.partition('?>')[2]}")
    assert page.evaluate(LOOK) == []


def test_a_box_of_the_report_leads_to_its_row_and_has_the_colours_of_the_page(page: Any, tmp_path: Any) -> None:
    path = tmp_path / "report.html"
    path.write_text(as_html(archcalc.analyze(str(ROOT / "examples" / "lenet5.arch"))), encoding="utf-8")
    page.goto(path.as_uri())
    page.locator("#network-picture a", has_text="C3").focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#n3")
    fills = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        fills.add(page.evaluate("getComputedStyle(document.querySelector('#network-picture .learns rect')).fill"))
    assert len(fills) == 2
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
