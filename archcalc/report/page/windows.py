"""A layer's window, drawn on its input."""

from __future__ import annotations

from archcalc.report.page.place import Page


def section(page: Page) -> None:
    """Nothing yet."""
