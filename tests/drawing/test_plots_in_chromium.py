"""Plots in a browser: no text is cut off, none stands over another, in narrow pages too."""

from __future__ import annotations

from typing import Any

import pytest
from running import ROOT

import archcalc
from archcalc.report.page import as_html

NAMES = ("lenet5", "resnet50", "inception_v3", "unet", "transformer", "densenet121")
LOOK = """() => {
  const bad = [], box = e => e.getBoundingClientRect();
  for (const svg of document.querySelectorAll('.plots svg')) {
    const sheet = box(svg), scale = sheet.width / svg.viewBox.baseVal.width;
    const texts = [...svg.querySelectorAll('text')].map(t => [t, box(t)]);
    texts.forEach(([t, a], i) => {
      if (a.left < sheet.left - 1 || a.right > sheet.right + 1 || a.top < sheet.top - 1.5 || a.bottom > sheet.bottom + 1.5) bad.push(['cut', svg.id, t.textContent]);
      for (const [u, b] of texts.slice(i + 1)) {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left), down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > .5 * scale && down > 1.5 * scale) bad.push(['over', svg.id, t.textContent, u.textContent]);
      }
    });
    for (const e of svg.querySelectorAll('path, rect, circle')) {
      const a = box(e);
      if (a.left < sheet.left - 1 || a.right > sheet.right + 1 || a.top < sheet.top - 1 || a.bottom > sheet.bottom + 1) bad.push(['cut', svg.id, e.outerHTML.slice(0, 120)]);
    }
  }
  return bad;
}"""


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", NAMES)
def test_texts_keep_clear_and_within(browser: Any, name: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_content(as_html(archcalc.analyze(str(ROOT / "examples" / f"{name}.arch"))))
    assert page.evaluate(LOOK) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_a_click_on_a_bar_leads_to_its_row(browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_content(as_html(archcalc.analyze(str(ROOT / "examples" / "lenet5.arch"))))
    page.click("#plot-params a:nth-of-type(3) .bar", force=True)
    assert page.locator(":target").get_attribute("id") == "n3"
    page.close()
