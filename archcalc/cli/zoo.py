"""`archcalc zoo`: the networks that ship with archcalc, and the text of one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from archcalc.analysis import Analysis
from archcalc.cli.common import Stop, complain, stopping, style_for, write
from archcalc.cli.table import Values
from archcalc.files import ZOO, UnreadableFile
from archcalc.graph import say_shape
from archcalc.pipeline import Options, analyze_all, open_program
from archcalc.report.model import shape
from archcalc.report.text import BOLD, pad
from archcalc.zoo import Entry, entries, find, text_of, title

HEADS = {True: "Published networks", False: "Tutorials and exercises"}
COLUMNS = ("name", "source", "input", "params", "macs")
WIDTHS = (23, 20, 11, 15)  # of the name, the input, the parameters and the MACs: lines are shown as they are found


class Line(NamedTuple):
    """A network, and what is known of it."""

    entry: Entry
    title: str
    inputs: list[tuple[Any, ...]]
    params: Any
    macs: Any

    @property
    def size(self) -> str:
        """Its inputs, as one writes them."""
        return ", ".join(say_shape(sizes) for sizes in self.inputs)


@stopping
def zoo(values: Values) -> int:
    """`archcalc zoo [NAME]`."""
    if values["NAME"] is None:
        form = {"table": _table, "json": _json, "markdown": _markdown, "csv": _csv}[values["format"]]
        write(values, form(_lines(), values))
        return 0
    if values["format"] != "table":
        complain(
            f"--format {values['format']} is for the list; of one network there is its text, and `archcalc analyze zoo:NAME` has formats"
        )
        raise Stop(2)
    try:
        write(values, text_of(find(values["NAME"])))
    except UnreadableFile as error:
        complain(str(error))
        raise Stop(2) from None
    return 0


def _lines() -> Iterator[Line]:
    for entry in entries():
        analysis: Analysis = analyze_all(open_program(ZOO + entry.name), options=Options())[0]
        sizes = [node.shape for node in analysis.graph.inputs if node.shape]
        yield Line(entry, title(entry), sizes, analysis.totals.params, analysis.totals.macs)


def _table(lines: Iterator[Line], values: Values) -> Iterator[str]:
    style = style_for(sys.stdout, "never" if values["output"] else values["color"])
    published = None
    for line in lines:
        if line.entry.published != published:
            head = _row(HEADS[line.entry.published], "Input", "Params", "MACs", "Source")
            yield ("" if published is None else "\n") + style(head, BOLD) + "\n"
            published = line.entry.published
        yield _row(line.entry.name, line.size, f"{line.params:,}", f"{line.macs:,}", line.title) + "\n"
    yield "\n`archcalc analyze zoo:NAME` for one of them; `archcalc zoo NAME` for its text.\n"


def _row(name: str, size: str, params: str, macs: str, source: str) -> str:
    cells = [pad(text, width, i > 1) for i, (text, width) in enumerate(zip((name, size, params, macs), WIDTHS, strict=True))]
    return "  ".join([*cells, source])


def _json(lines: Iterator[Line], values: Values) -> str:
    from archcalc.report.formats import dump

    networks = [
        {
            "name": line.entry.name, "network": line.entry.network, "file": f"{line.entry.stem}.arch", "published": line.entry.published,
            "source": line.title, "inputs": [shape(sizes) for sizes in line.inputs], "params": line.params, "macs": line.macs,
        }
        for line in lines
    ]  # fmt: skip
    return dump({"schema": "archcalc/zoo/1", "networks": networks}) + "\n"


def _markdown(lines: Iterator[Line], values: Values) -> Iterator[str]:
    from archcalc.report.formats import markdown

    published = None
    for line in lines:
        if line.entry.published != published:
            gap = "" if published is None else "\n"
            yield f"{gap}| {HEADS[line.entry.published]} | Input | Parameters | MACs | Source |\n| --- | --- | ---: | ---: | --- |\n"
            published = line.entry.published
        yield f"| {markdown(line.entry.name)} | {line.size} | {line.params:,} | {line.macs:,} | {markdown(line.title)} |\n"


def _csv(lines: Iterator[Line], values: Values) -> Iterator[str]:
    import csv
    import io

    text = io.StringIO()
    add: Callable[[Any], Any] = csv.writer(text, lineterminator="\n").writerow
    add(COLUMNS)
    for line in lines:
        add((line.entry.name, line.title, line.size, line.params, line.macs))
    yield text.getvalue()
