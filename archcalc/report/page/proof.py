"""What verify confirmed, where its findings are given."""

from __future__ import annotations

from archcalc.report.page.place import Page


def section(page: Page) -> None:
    """Nothing yet."""
