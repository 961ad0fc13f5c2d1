"""How a figure is shown on the page."""

from __future__ import annotations

from typing import Any

from archcalc.report.terminal import memory
from archcalc.report.text import number


def shown(figure: str, value: Any) -> tuple[str, str]:
    """A figure's exact value ("" where it is unknown), and how it is shown."""
    if value is None:
        return "", "?"
    return str(value), memory(value) if figure.endswith("bytes") else number(value)
