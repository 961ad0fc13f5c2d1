"""The command that compares two networks: diff."""

from __future__ import annotations

import sys

from archcalc.analysis import Analysis
from archcalc.checks import WARNINGS
from archcalc.cli.common import Stop, can_show, complain, one_analysis, show, stopping, style_for, write
from archcalc.cli.table import Values
from archcalc.report.text import Style

SIDES = ("A", "B")


@stopping
def diff(values: Values) -> int:
    """`archcalc diff A B`."""
    from archcalc.diff import Difference, NotComparable, compare

    columns = _columns(values)
    before, after = _both(values)
    wrong = [d for analysis in (before, after) for d in analysis.diagnostics if d.severity == "error"]
    show(wrong, values)
    try:
        found = compare(before, after, Difference)
    except NotComparable as error:
        complain(f"{error}: there is nothing to compare")
        return 1
    if values["format"] == "json":
        from archcalc.diff.document import as_json

        write(values, as_json(found))
    elif values["format"] == "markdown":
        from archcalc.diff.markdown import as_markdown

        write(values, as_markdown(found, columns, values["all"]))
    else:
        from archcalc.diff.text import as_text

        style = Style(False) if values["output"] else style_for(sys.stdout, values["color"])
        write(values, as_text(found, style, columns, values["all"], "─" if values["output"] or can_show("─") else "-"))
    return 1 if wrong or not found.same or (values["strict"] and found.renamed) else 0


def _columns(values: Values) -> tuple[str, ...]:
    """The figures that stand beside each layer."""
    from archcalc.diff.words import CHOICES, SHOWN
    from archcalc.figures import SHORT

    if values["columns"] is None:
        return SHOWN
    if values["format"] == "json":
        complain("--columns is not for --format json, which has every figure")
        raise Stop(2)
    names = [SHORT.get(word.strip(), word.strip()) for word in values["columns"].split(",")]
    for name in names:
        if name not in CHOICES:
            complain(f"--columns: there is no column called {name!r}; there is {', '.join(CHOICES)}")
            raise Stop(2)
    return tuple(dict.fromkeys(names))


def _both(values: Values) -> tuple[Analysis, Analysis]:
    """The two analyses. What is given for one side alone begins with its letter, `A:` or `B:`."""
    if values["A"] == values["B"] == "-":
        complain("- is standard input, which can be read once: for A or for B")
        raise Stop(2)
    if len(values["network"]) > 2:
        complain("--network: at most two, the first for A and the second for B")
        raise Stop(2)
    before, after = (one_analysis(_of(values, i)) for i in (0, 1))
    return before, after


def _of(values: Values, side: int) -> Values:
    """The values of one side's file, as other commands have them."""
    networks = values["network"]
    network = None if not networks else networks[side] if len(networks) == 2 else networks[0]
    chosen = {"FILE": values[SIDES[side]], "network": network}
    for option in ("param", "input"):
        chosen[option] = [text.removeprefix(SIDES[side] + ":") for text in values[option] if not text.startswith(f"{SIDES[1 - side]}:")]
    return {**values, **chosen, "ignore": sorted(WARNINGS)}  # they are not shown
