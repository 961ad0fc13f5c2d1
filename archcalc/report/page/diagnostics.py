"""What is wrong with the network, and what its code means."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.codes.pages import page as page_of_code
from archcalc.diagnostics import Diagnostic
from archcalc.languages import translated
from archcalc.report.page.place import Page, source_of
from archcalc.report.text import clean
from archcalc.source import Source


class Finding(NamedTuple):
    """A diagnostic. `line` is None where it stands outside of the listing."""

    code: str
    severity: str
    message: str
    page: str
    place: str
    line: int | None
    help: tuple[str, ...]
    related: tuple[tuple[int | None, str], ...]


def section(page: Page) -> list[Finding] | None:
    """All diagnostics; None where there are none."""
    source = source_of(page.analysis)
    return [finding(d, source) for d in page.analysis.diagnostics] or None


def finding(d: Diagnostic, source: Source | None) -> Finding:
    """One diagnostic, in the listing of a source."""
    line = d.span.line if d.span and d.span.source is source else None
    place = f"{d.span.source.name}:{d.span.line}:{d.span.column}" if d.span else ""
    related = tuple((span.line if span.source is source else None, clean(translated(word))) for span, word in d.related)
    prose = page_of_code(d.code).meaning()
    return Finding(
        d.code, d.severity, clean(d.message), prose, clean(place), line, tuple(clean(translated(fix)) for fix in d.fixes), related
    )
