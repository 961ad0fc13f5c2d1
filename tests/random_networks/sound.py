"""What holds of every analysis, however wrong the program: codes that are known, places that are there, texts that can be shown."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import archcalc
from archcalc.diagnostics import CODES
from archcalc.report.findings import render
from archcalc.report.terminal import table
from archcalc.report.text import Style

SECONDS = 10  # of the processor, for one analysis: far more than any takes


def analyzed(text: str, given: dict[str, Any]) -> Any:
    """The analysis, made in time; None where there is no such network or parameter any more."""
    start = time.process_time()
    try:
        return archcalc.analyze(text=text, network="N", params=given)
    except archcalc.ArchError as error:
        assert any(words in str(error) for words in ("there is no network", "has no parameter"))
        return None
    finally:
        assert time.process_time() - start < SECONDS


def placed(analysis: Any) -> None:
    """Every diagnostic has a code, and points into the text."""
    for finding in analysis.diagnostics:
        assert finding.code in CODES
        assert finding.message
        for span in (*([finding.span] if finding.span else []), *(span for span, _ in finding.related)):
            assert 0 <= span.start <= span.end <= len(span.source.text), finding
            assert 1 <= span.line <= span.source.text.count("\n") + 1, finding
            assert 1 <= span.column <= len(span.source.line(span.line)) + 1, finding
            assert span.column < span.end_column, finding


def shown(analysis: Any, valid: Callable[[Any], None] | None) -> None:
    """It can be shown in every way; the JSON document is checked by `valid`, if given."""
    for finding in analysis.diagnostics:
        assert render(finding, Style(True)).strip()
    document = json.loads(analysis.to_json())
    if valid is not None:
        valid(document)
        assert table(analysis, Style(False), explain=True)
        assert analysis.to_html()
