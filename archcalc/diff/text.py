"""A difference as text for a terminal: edits with the layers that they are about, then what follows, totals, notes. No cell is cut."""

from __future__ import annotations

from itertools import groupby

from archcalc.diff.difference import Difference
from archcalc.diff.words import SHOWN, Line, headline, line_of, names, notes, only, since, summary, totals, visible, where
from archcalc.figures import BY_NAME
from archcalc.report.text import BOLD, CYAN, DIM, GREEN, RED, YELLOW, Style, clean, pad, width

COLOURS = {"+": GREEN, "-": RED, "~": YELLOW}
MOST_LINES = 60  # of an edit, or of what follows, unless all are asked for


def as_text(found: Difference, style: Style, columns: tuple[str, ...] = SHOWN, every: bool = False, rule: str = "─") -> str:
    """The difference as text. Without `every`, of long lists the first lines, and how many more there are."""
    most = 10**9 if every else MOST_LINES
    before, after = names(found)
    text = [style(clean(f"{before} -> {after}"), BOLD), f" {summary(found)}"]
    text += [style(f" {clean(note)}", DIM) for note in notes(found)]
    if found.same:
        return "\n".join(text) + "\n"
    body = _body(found, columns, most)
    heads = ("", "Layer (kind)", "Output shape", *(BY_NAME[c].head for c in columns), "Arguments")
    rows = [(line.sign, *map(clean, line.cells)) for line in body if isinstance(line, Line)]
    if not any(row[-1] for row in rows):
        heads, rows = (*heads[:-1], ""), [(*row[:-1], "") for row in rows]
    widths = [max(map(width, column)) for column in zip(heads, *rows, strict=True)]
    right = [False, False, False, *(c in BY_NAME and c != "receptive_field" for c in columns), False]
    bar = style(rule * max(sum(widths[:-1]) + 2 * len(widths) - 2, 40), DIM)

    def write(row: tuple[str, ...]) -> str:
        return (" " + "  ".join(map(pad, row, widths, right))).rstrip()

    text += [bar, style(write(heads), BOLD), bar]
    made = iter(rows)
    for line in body:
        if isinstance(line, Line):
            row = next(made)
            text.append(style(write(row), COLOURS[line.sign]))
        else:
            text.append(_between(line, style))
    text += [bar, *_totals(found, style)]
    return "\n".join(text) + "\n"


def _between(line: str, style: Style) -> str:
    """A line that is no row: a headline, or what is said of rows that are not there."""
    mark, _, rest = line.partition("\t")
    return style(clean(f" {rest}"), *{"edit": (BOLD,), "after": (CYAN,)}.get(mark, (DIM,)))


def _body(found: Difference, columns: tuple[str, ...], most: int) -> list[Line | str]:
    """Rows, and the lines between them: what these are, a tab, and their text."""
    body: list[Line | str] = []
    for cause in found.causes:
        place = where(cause, found)
        body.append(f"edit\t{cause.id}. {headline(cause)}{f'  ({place})' if place else ''}")
        body += [line_of(one, columns) for one in cause.layers[:most]]
        if len(cause.layers) > most:
            body.append(f"more\t  and {len(cause.layers) - most:,} more; --all lists them")
    shown = [one for one in found.consequences if visible(one, columns)]
    for follows, group in groupby(shown[:most], key=lambda one: one.follows):
        body.append(f"after\t{since(follows)}")
        body += [line_of(one, columns) for one in group]
    if len(shown) > most:
        body.append(f"more\t  and {len(shown) - most:,} more layers changed with this; --all lists them")
    hidden = [one for one in found.consequences if not visible(one, columns)]
    return body + [f"more\t{line}" for line in only(hidden)]


def _totals(found: Difference, style: Style) -> list[str]:
    heads = ("", "before", "after", "difference", "")
    rows = [tuple(map(clean, row)) for row in totals(found)]
    widths = [max(map(width, column)) for column in zip(heads, *rows, strict=True)]
    text = []
    for row in (heads, *rows):
        line = " " + "   ".join(pad(cell, n, right=i > 0) for i, (cell, n) in enumerate(zip(row, widths, strict=True))).rstrip()
        text.append(style(line, BOLD) if row is heads else style(line, DIM) if row[3] == "=" else line)
    return text
