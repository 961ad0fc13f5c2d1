"""The columns of a table: what `--columns` may name, their heads, and what stands in them."""

from __future__ import annotations

from typing import Any

from archcalc.analysis import Analysis
from archcalc.figures import CONVENTIONS, COUNTS, FIELD_NAMES, FIELDS, FIGURES, LIVE, SHORT
from archcalc.graph import Node
from archcalc.names import nearest
from archcalc.report.folding import Line
from archcalc.report.model import kind_of
from archcalc.report.text import clean, number

# By their names in the JSON output. Those of memory say their unit, since a plain number would look like a count.
HEADS = {
    **{figure.name: figure.head for figure in (*COUNTS, LIVE, *FIELDS)},
    "kind": "Kind",
    "inputs": "Inputs",
    "shares": "Shares",
    "file": "File",
    "line": "Line",
}
TEXTS = ("kind", "inputs", "shares", "file", *FIELD_NAMES)  # these stand to the left, numbers to the right
OTHERS = CONVENTIONS[1:]  # tools whose count may be a column
NUMBERS = (*FIGURES, LIVE.name, *OTHERS)
ALWAYS = ("name", "output_shape")
SHOWN = ("params", "connections", "macs")  # where nothing else is asked for


def chosen(text: str) -> tuple[tuple[str, ...], str | None]:
    """The columns that a list such as `trainable,flops` names; or what is wrong with it."""
    found: list[str] = []
    for word in text.split(","):
        name = SHORT.get(word.strip(), word.strip())
        if name not in HEADS and name not in OTHERS:
            return (), _no_column(name)
        found.append(name)
    return tuple(dict.fromkeys(found)), None


def _no_column(name: str) -> str:
    if name in ALWAYS:
        return f"--columns takes what is shown after the name and the output shape, so without {name}"
    near = nearest(name, [*HEADS, *OTHERS, *SHORT])
    known = f"there is {', '.join([*HEADS, *OTHERS])}"
    return f"--columns: there is no column called {name!r}; {f'did you mean {near[0]}?' if near else known}"


def as_counted_by(tool: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns with a tool's count in place of MACs and FLOPs."""
    return columns if tool not in OTHERS else tuple(dict.fromkeys(tool if c in ("macs", "flops") else c for c in columns))


def heads(columns: tuple[str, ...], first: str) -> list[str]:
    """The head of each column; `first` is that of the name's."""
    return [first, "Output shape", *(_head(c) for c in columns)]


def _head(column: str) -> str:
    if column not in OTHERS:
        return HEADS[column]
    from archcalc.conventions import convention

    return f"{convention(column).figure} ({column})"


def to_the_right(columns: tuple[str, ...]) -> list[bool]:
    """Of each column, the name's and the shape's included, whether it stands to the right."""
    return [False, False, *(c not in TEXTS for c in columns)]


def cells(line: Line, columns: tuple[str, ...]) -> list[str]:
    """A line's cells as text. Why a layer that shares its weights has no parameters stands beside its name."""
    first = line.name if "kind" in columns else f"{line.name} ({line.kind})" if line.layer is None else kind_of(line.figures)
    lenders = () if "shares" in columns else line.lenders
    first += f", weights of {', '.join(lenders)}" if lenders else ""
    return [clean(text) for text in (first, line.shape, *(cell(line, c) for c in columns))]


def input_cells(node: Node, columns: tuple[str, ...]) -> list[str]:
    """The cells of a network's input, which is no layer and has no figures."""
    line = Line(node, None)
    kind = "" if "kind" in columns else f" ({line.kind})"
    return [clean(text) for text in (line.name + kind, line.shape, *("" if c in NUMBERS else cell(line, c) for c in columns))]


def cell(line: Line, column: str) -> str:
    """A value as it is shown."""
    value = plain(line, column)
    return number(value) if column in NUMBERS and not isinstance(value, str) else "" if value is None else str(value)


def plain(line: Line, column: str) -> Any:
    """A value as it is; names are one text."""
    if column in FIGURES:
        return getattr(line.figures, column)
    if column == LIVE.name:
        return line.live_bytes
    if column in FIELD_NAMES:
        return line.field(column)
    if column in OTHERS:
        return _counted(line.nodes, column)
    if column == "line":
        return line.span.line if line.span else None
    if column == "file":
        return line.span.source.name if line.span else None
    if column in ("inputs", "shares"):
        return ", ".join(line.reads if column == "inputs" else line.shares)
    return {"name": line.name, "kind": line.kind, "output_shape": line.shape}[column]


def foot(analysis: Analysis, columns: tuple[str, ...]) -> list[str]:
    """The cells of the totals."""
    return ["total", "", *(number(sum_of(analysis, c)) if c in NUMBERS else "" for c in columns)]


def sum_of(analysis: Analysis, column: str) -> int | None:
    """What stands under a column: its sum; of what is alive at each layer, the most. None where it is unknown, or there is none."""
    if column == LIVE.name:
        return analysis.totals.peak_activation_bytes
    if column in OTHERS:
        return _counted([row.node for row in analysis.rows], column)
    total: int | None = getattr(analysis.totals, column, None)
    return total


def _counted(nodes: list[Node], tool: str) -> int | None:
    from archcalc.conventions import total_of  # seldom asked for

    return total_of(nodes, tool)
