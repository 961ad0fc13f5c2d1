"""A difference that writes itself, for the Python interface."""

from __future__ import annotations

from archcalc.diff.difference import Difference


class Diff(Difference):
    """What changed from one network to another, and every form of it: `to_json()`, `to_markdown()`, and `str()` as a terminal has it."""

    def to_json(self) -> str:
        """The difference as `archcalc diff --format json` prints it."""
        from archcalc.diff.document import as_json

        return as_json(self)

    def to_markdown(self) -> str:
        """For a pull request, as `archcalc diff --format markdown` prints it."""
        from archcalc.diff.markdown import as_markdown

        return as_markdown(self)

    def __str__(self) -> str:
        from archcalc.diff.text import as_text
        from archcalc.report.text import Style

        return as_text(self, Style(False), every=True)
