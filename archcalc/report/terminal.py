"""The table for a terminal. No cell is cut: a column is as wide as what stands in it."""

from __future__ import annotations

from archcalc.analysis import Analysis
from archcalc.analysis.costs import Row
from archcalc.graph import BYTES, say_shape
from archcalc.report.model import kind_of, shape_of
from archcalc.report.text import BOLD, CYAN, DIM, Style, clean, number, pad, width

HEADS = ("Layer (kind)", "Output shape", "Params", "Connections", "MACs")


def table(analysis: Analysis, style: Style, explain: bool = False, rule: str = "─") -> str:
    """The layers, their figures and the totals, as text."""
    body = [[clean(cell) for cell in cells] for cells in _cells(analysis)]
    foot = ["total", "", *(number(getattr(analysis.totals, f)) for f in ("params", "connections", "macs"))]
    widths = [max(width(cells[i]) for cells in (HEADS, foot, *body)) for i in range(len(HEADS))]
    line = style(rule * (sum(widths) + 3 * len(widths) - 1), DIM)

    def write(cells: list[str] | tuple[str, ...]) -> str:
        return (" " + "   ".join(pad(c, w, right=i >= 2) for i, (c, w) in enumerate(zip(cells, widths, strict=True)))).rstrip()

    lines = [style(clean(analysis.network), BOLD) + _parameters(analysis), line, style(write(HEADS), BOLD), line]
    inputs = len(analysis.graph.inputs)
    for i, cells in enumerate(body):
        lines.append(write(cells))
        if explain and i >= inputs:
            lines += [style(text, CYAN) for text in _derivations(analysis, analysis.rows[i - inputs])]
    return "\n".join([*lines, line, style(write(foot), BOLD), line, *footer(analysis)]) + "\n"


def _cells(analysis: Analysis) -> list[list[str]]:
    inputs = [[f"{n.name} (input)", say_shape(n.shape) if n.shape else "?", "", "", ""] for n in analysis.graph.inputs]
    figures = ("params", "connections", "macs")
    return inputs + [[kind_of(r), shape_of(r), *(number(getattr(r, f)) for f in figures)] for r in analysis.rows]


def _parameters(analysis: Analysis) -> str:
    from archcalc.values import said

    given = ", ".join(f"{name} = {said(value)}" for name, value in analysis.graph.parameters.items())
    return clean(f"({given})") if given else ""


def footer(analysis: Analysis) -> list[str]:
    """Keras's closing lines, and what else the totals say."""
    t = analysis.totals
    per_value = BYTES[analysis.graph.dtype]
    lines = [
        f" {label}: {number(n)}{'' if n is None else f' ({memory(n * per_value)})'}"
        for label, n in (
            ("Total params", t.params),
            ("Trainable params", t.trainable_params),
            ("Non-trainable params", t.non_trainable_params),
        )
    ]
    activations = "?" if t.activation_bytes is None else memory(t.activation_bytes)
    lines.append(f" Units: {number(t.units)}   FLOPs: {number(t.flops)}   Activations: {activations}")
    if any(value is None for value in t):
        lines.append(" ? is unknown: a layer that it needs has a mistake")
    return lines


def memory(count: int) -> str:
    """A number of bytes in the largest unit that fits."""
    size = float(count) if count < 2**1000 else 0.0
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024:
            return f"{count} B" if unit == "B" else f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} TB" if count < 2**1000 else f"2**{count.bit_length() - 1} B"


def _derivations(analysis: Analysis, row: Row) -> list[str]:
    lines = []
    for figure, derivation in analysis.derivations(row.name).items():
        if figure == "trainable_params" and row.params == row.trainable_params:
            continue
        if figure == "non_trainable_params" and row.params == row.non_trainable_params:
            continue
        name = figure.replace("_", " ")
        lines.append(f"     {name:<20} {clean(derivation.symbols)}")
        if derivation.text != derivation.symbols:
            lines.append(f"     {'':<18} = {clean(derivation.text)}")
    return lines
