"""Diagnostics for people: the place, the line with a caret under the right words, what else belongs to it, what to write."""

from __future__ import annotations

from archcalc.diagnostics import Diagnostic
from archcalc.languages import tr, translated, trn
from archcalc.report.text import BLUE, BOLD, CYAN, RED, YELLOW, Style, clean, width
from archcalc.source import Span

LONGEST = 120  # columns of a source line that are shown; of a longer one, the part around the caret


def render(finding: Diagnostic, style: Style) -> str:
    """One finding, as several lines of text."""
    colour = RED if finding.severity == "error" else YELLOW
    lines = [style(f"{finding.severity}[{finding.code}]", BOLD, colour) + style(f": {clean(finding.message)}", BOLD)]
    if finding.span is not None:
        lines += _excerpt(finding.span, "^", colour, "", style)
    for span, word in finding.related:
        lines += _excerpt(span, "-", BLUE, translated(word), style)
    indent = " " * (len(str(finding.span.line)) if finding.span else 0)
    for fix in finding.fixes:
        lines.append(f"{indent} {style('=', BLUE)} {style('help', CYAN)}: {clean(translated(fix))}")
    return "\n".join(lines) + "\n"


def _excerpt(span: Span, mark: str, colour: int, word: str, style: Style) -> list[str]:
    line, column = span.source.position(span.start)
    text = span.source.line(line)
    before, marked, after = text[: column - 1], text[column - 1 : span.end_column - 1], text[span.end_column - 1 :]
    before, marked, after = _window(before, marked, after)
    before, marked, after = (clean(part.replace("\t", "    ")) for part in (before, marked, after))
    gutter = len(str(line))
    under = " " * width(before) + style(mark * max(1, width(marked)) + (f" {clean(word)}" if word else ""), colour)
    bar = style("|", BLUE)
    return [
        f"{' ' * gutter}{style('-->', BLUE)} {clean(span.source.name)}:{line}:{column}",
        f"{' ' * gutter} {bar}",
        f"{style(str(line), BLUE)} {bar} {before}{marked}{after}".rstrip(),
        f"{' ' * gutter} {bar} {under}",
    ]


def _window(before: str, marked: str, after: str) -> tuple[str, str, str]:
    """A long line cut down to what is around the mark."""
    if len(before) + len(marked) + len(after) <= LONGEST:
        return before, marked, after
    marked = marked if len(marked) <= LONGEST // 2 else marked[: LONGEST // 2 - 3] + "..."
    room = LONGEST - len(marked)
    left = max(room // 2, room - len(after))  # what one side does not need is the other's
    before = before if len(before) <= left else "..." + before[-left + 3 :]
    left = room - len(before)
    after = after if len(after) <= left else after[: left - 3] + "..."
    return before, marked, after


def summary(findings: list[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    errors = sum(1 for f in findings if f.severity == "error")
    warnings = len(findings) - errors
    parts = [trn("{n} error", "{n} errors", errors)] if errors else []
    parts += [trn("{n} warning", "{n} warnings", warnings)] if warnings else []
    return tr(", ").join(parts)
