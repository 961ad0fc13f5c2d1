"""A picture as a file of its own: with its style, and colours for paper."""

from __future__ import annotations

import importlib
import re
from typing import Any

from archcalc.analysis import Analysis
from archcalc.report.drawing import STYLES
from archcalc.report.drawing.svg import Svg, alone
from archcalc.resources import resource

# The report's colours in light. They are written out, since what places pictures in papers seldom knows properties.
PAPER = {
    "back": "#ffffff", "sheet": "#ffffff", "raised": "#f1f3f5", "text": "#1b1f24", "soft": "#59626d", "line": "#dfe3e7", "firm": "#b9c0c8",
    "link": "#1f55a5", "tint": "#e8f0fb", "ok": "#17683a", "ok-tint": "#e3f4ea", "warn": "#7d4b00", "warn-tint": "#fdf1dc",
    "bad": "#a9261e", "bad-tint": "#fdebe9",
}  # fmt: skip


def drawn(analysis: Analysis, style: str, **options: Any) -> str:
    """A network in one of STYLES, as the text of an SVG file. Options are those that the style takes."""
    module, _, function = STYLES[style][0].partition(":")
    picture: Svg = getattr(importlib.import_module(module), function)(analysis, **options)
    return alone(picture, paper_style())


def paper_style() -> str:
    """The style of drawings with the colours written out."""
    with open(resource("templates", "drawing.css"), encoding="utf-8") as file:
        rules = re.sub(r"/\*.*?\*/\s*", "", file.read(), flags=re.DOTALL)
    rules = re.sub(r"var\(--([a-z-]+)\)", lambda found: PAPER.get(found[1], "inherit"), rules)
    return f"\nsvg.drawing {{ background: {PAPER['back']}; }}\n{rules}"
