"""A difference for a pull request: a summary, edits, totals; what follows is folded away. What stands in a program is never Markdown."""

from __future__ import annotations

from archcalc.diff.cause import Cause
from archcalc.diff.changes import Changed
from archcalc.diff.difference import Difference
from archcalc.diff.words import SHOWN, headline, line_of, names, notes, only, plural, since, summary, totals, visible, where
from archcalc.figures import BY_NAME, FIELD
from archcalc.report.formats import markdown

MOST_LINES = 200  # of a table: comments have at most 65,536 characters

GIST = tuple(BY_NAME[name].title for name in ("params", "macs", "peak_activation_bytes", "training_bytes"))


def as_markdown(found: Difference, columns: tuple[str, ...] = SHOWN, every: bool = False) -> str:
    """The difference as Markdown, as GitHub and GitLab show it."""
    most = 10**9 if every else MOST_LINES
    before, after = map(quoted, names(found))
    parts = [f"### {before} → {after}\n", f"**{quoted(summary(found))}**\n"]
    if not found.same:
        parts += [_gist(found), *_causes(found, columns, most)]
        if found.consequences:
            parts += _consequences(found, columns, most)
        parts.append(_totals(found))
    parts += [f"- {quoted(note)}" for note in notes(found)]
    return "\n".join(parts).rstrip("\n") + "\n"


def quoted(text: str) -> str:
    """A text as it is; an @ calls nobody. (A comment in HTML keeps it from what follows, and is not shown.)"""
    return markdown(text.replace(" -> ", " → ")).replace("@", "@<!-- -->").replace("://", ":<!-- -->//")


def _gist(found: Difference) -> str:
    """The totals that changed, in a sentence."""
    parts = [
        f"{title} {before} → {after}{f' ({share})' if share else ''}"
        for title, before, after, gap, share in totals(found)
        if gap != "=" and title in GIST
    ]
    return quoted(", ".join(parts)) + ".\n" if parts else ""


def _heads(columns: tuple[str, ...], *more: str) -> list[str]:
    heads = ["", "Layer", "Output shape", *(BY_NAME[c].head.replace("Params", "Parameters") for c in columns), *more]
    rule = ["---", "---", "---", *("---" if c == FIELD else "---:" for c in columns), *("---" for _ in more)]
    return [_row(heads), _row(rule)]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cells(one: Changed, columns: tuple[str, ...]) -> list[str]:
    line = line_of(one, columns)
    return [_minus(line.sign), *map(quoted, line.cells[:-1])]


def _causes(found: Difference, columns: tuple[str, ...], most: int) -> list[str]:
    text = [*_heads(columns, "Edit")]
    left = most
    for cause in found.causes:
        rows = cause.layers[: max(left, 1)]
        left -= max(len(rows), 1)
        text += [_row([*_cells(one, columns), _edit(cause, found) if one is rows[0] else ""]) for one in rows]
        if not rows:
            text.append(_row(["~", *("" for _ in columns), "", "", _edit(cause, found)]))
        if len(rows) < len(cause.layers):
            text.append(_row(["", f"and {plural(len(cause.layers) - len(rows), 'more layer')}", *("" for _ in columns), "", ""]))
    return [*text, ""]


def _edit(cause: Cause, found: Difference) -> str:
    place = where(cause, found)
    return quoted(f"{cause.id}. {headline(cause)}{f' ({place})' if place else ''}")


def _consequences(found: Difference, columns: tuple[str, ...], most: int) -> list[str]:
    shown = [one for one in found.consequences if visible(one, columns)]
    hidden = [one for one in found.consequences if not visible(one, columns)]
    text = [f"<details><summary>{plural(len(found.consequences), 'layer')} changed with this</summary>\n"]
    if shown:
        text += _heads(columns, "Follows")
        for one in shown[:most]:
            led = line_of(one, columns).cells[-1]
            text.append(_row([*_cells(one, columns), quoted(since(one.follows) + (f"; {led}" if led else ""))]))
        text.append("")
    if len(shown) > most:
        text.append(f"and {plural(len(shown) - most, 'more layer')}\n")
    return [*text, *(f"- {quoted(line)}" for line in only(hidden)), *([""] if hidden else []), "</details>\n"]


def _totals(found: Difference) -> str:
    rows = [_row(["Total", "Before", "After", "Difference", ""]), _row(["---", "---:", "---:", "---:", "---:"])]
    for title, before, after, gap, share in totals(found):
        rows.append(_row([quoted(title), quoted(before), quoted(after), _minus(gap), _minus(share)]))
    return "\n".join(rows) + "\n"


def _minus(text: str) -> str:
    """With a minus sign: a hyphen alone would begin a list, or a rule."""
    return text.replace("-", "\N{MINUS SIGN}")
