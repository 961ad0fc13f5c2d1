"""SVG as it is written: numbers, escaping, sizes of text."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from archcalc.report.drawing.svg import Canvas, alone, inline, short, text_width


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (-0.01, "0"), (1.25, "1.2"), (-3.0, "-3"), (1e6, "1000000")])
def test_numbers_are_short(value: float, text: str) -> None:
    assert short(value) == text


def test_texts_and_attributes_stay_texts() -> None:
    hostile = '</text><script>alert(1)</script>" onload="x\x00&{{7*7}}'
    canvas = Canvas()
    canvas.add("text", hostile, x=1.0, class_="name", data_name=hostile)
    for text in (alone(canvas.svg(10, 20, hostile, hostile), ""), inline(canvas.svg(10, 20, hostile), "net")):
        root = ET.fromstring(text)
        (element,) = (e for e in root.iter() if e.tag.endswith("text"))
        assert element.text == hostile.replace("\x00", "\\x00") == element.get("data-name")
        assert not [e for e in root.iter() if e.tag.endswith("script") or "onload" in e.attrib]


def test_width_of_text() -> None:
    assert text_width("conv 5x5", 10) == pytest.approx(10 * (500 + 556 + 556 + 500 + 278 + 556 + 500 + 556) / 1000)
    assert text_width("卷积", 12) == 24
