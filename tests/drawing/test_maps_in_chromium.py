"""Pictures of maps and windows in a browser: no text is cut off, or lies over another; no stack reaches into the next."""

from __future__ import annotations

from typing import Any

import pytest
from running import ROOT, one_of_each_file

import archcalc
from archcalc.report.drawing.maps import draw_maps
from archcalc.report.drawing.sliding import slides_of
from archcalc.report.drawing.svg import inline
from archcalc.report.drawing.windows import pictures
from archcalc.testing.chance import Chance
from archcalc.testing.drawn_networks import draw_network, kinds_by_name

CSS = "".join((ROOT / "templates" / name).read_text(encoding="utf-8") for name in ("report.css", "drawing.css"))
CONVOLUTION = "\u5377\u79ef"
ODD = {
    "three axes": "input 16x64x64x2; conv 8, 3x3x3; maxpool 2; conv 16, 3x3x3; gap; dense 5",
    "one axis": "input 8000x1; conv 64, 80, /4; maxpool 4; conv 64, 3; gap; dense 10",
    "long names": f'input 9x9x1; "{"wide " * 30}": conv 2, 3x3; "{"W" * 3000}": conv 2, 3x3; "{CONVOLUTION * 40}": conv 2, 3x3; dense 3',
    "many": "input 200x200x3; repeat 60 { conv 4, 3x3 }",
    "narrow": "input 4; dense 1; dense 2; dense 1; dense 3; dense 1; dense 2",
}
# Of each picture: pairs of texts that lie over each other, texts that reach out of it, pairs of bodies that do.
LOOK = """() => [...document.querySelectorAll('svg')].map(svg => {
  const box = e => e.getBoundingClientRect(), frame = box(svg), bad = [];
  const texts = [...svg.querySelectorAll('text')].map(e => [e.textContent.slice(0, 40), box(e)]);
  const apart = (a, b) => a.right <= b.left + .5 || b.right <= a.left + .5 || a.bottom <= b.top + 1.5 || b.bottom <= a.top + 1.5;
  texts.forEach(([name, a], i) => {
    if (a.left < frame.left || a.right > frame.right || a.top < frame.top || a.bottom > frame.bottom) bad.push(['cut', name]);
    for (const [other, b] of texts.slice(i + 1)) if (!apart(a, b)) bad.push(['over', name, other]);
  });
  for (const e of svg.querySelectorAll('rect')) {
    const a = box(e);
    if (a.left < frame.left - .5 || a.right > frame.right + .5 || a.bottom > frame.bottom + .5) bad.push(['cut', e.getAttribute('class')]);
    for (const [name, b] of texts) if (e.classList.contains('m-sheet') && !apart(a, b)) bad.push(['over', name, 'sheet']);
  }
  return bad;
})"""


def look(page: Any, drawn: list[str]) -> Any:
    page.set_content(f"<!doctype html><meta charset=utf-8><style>{CSS}</style>{''.join(drawn)}")
    return page.evaluate(LOOK)


def windows_of(analysis: archcalc.Analysis, name: str) -> list[str]:
    found = [step for slide in slides_of(analysis).slides[:40] for step in pictures(slide)]
    return [inline(step.svg(f"{name}{i}"), f"{name}{i}") for i, step in enumerate(found)]


def test_every_example(page: Any) -> None:
    for path in one_of_each_file():
        analysis = archcalc.analyze(str(path))
        for bad in look(page, [inline(draw_maps(analysis), "m"), *windows_of(analysis, "w")]):
            assert bad == [], path


@pytest.mark.parametrize("name", ODD)
def test_odd_networks(page: Any, name: str) -> None:
    body = "\n".join(ODD[name].split("; "))
    analysis = archcalc.analyze(text=f"network N {{\n{body}\n}}")
    for bad in look(page, [inline(draw_maps(analysis), "m"), *windows_of(analysis, "w")]):
        assert bad == []


def test_random_networks(page: Any) -> None:
    for number in range(60):
        analysis = archcalc.analyze(text=draw_network(Chance.seeded(63, number), kinds_by_name()), network="N")
        for bad in look(page, [inline(draw_maps(analysis), "m"), *windows_of(analysis, "w")]):
            assert bad == [], number


def test_stacks_stand_apart(page: Any) -> None:
    """The bodies of two stages: their sheets do not touch."""
    for name in ("lenet5", "resnet50", "inception_v3", "unet", "vgg16"):
        analysis = archcalc.analyze(str(ROOT / "examples" / f"{name}.arch"))
        page.set_content(f"<style>{CSS}</style>{inline(draw_maps(analysis), 'm')}")
        sheets = page.evaluate("[...document.querySelectorAll('.m-sheet')].map(e => [e.getBBox().x, e.getBBox().x + e.getBBox().width])")
        names = page.evaluate("document.querySelectorAll('.m-name').length")
        bodies = 1
        for (_, right), (left, _) in zip(sheets, sheets[1:], strict=False):
            bodies += left > right
        assert bodies == names, name
