"""The table for a terminal. No cell is cut: a column is as wide as what stands in it."""

from __future__ import annotations

from typing import Any

from archcalc.analysis import Analysis
from archcalc.figures import BY_NAME, FIELD, FIELD_NAMES
from archcalc.graph import BYTES, Node
from archcalc.languages import mark
from archcalc.report.columns import ALWAYS, OTHERS, SHOWN, cells, foot, heads, input_cells, to_the_right
from archcalc.report.folding import lines
from archcalc.report.text import BOLD, CYAN, DIM, Style, clean, number, pad, width

IN_FOOTER = ("params", "trainable_params", "non_trainable_params", "units", "flops")  # are said below the table anyway
REAL_TAPS = mark("Connections are without taps that fall on padding; MACs, FLOPs and expectations count them")
LONG = 32  # characters of a total that stand in a table whatever else does


def table(
    analysis: Analysis,
    style: Style,
    explain: bool = False,
    rule: str = "─",
    depth: int | None = None,
    columns: tuple[str, ...] = SHOWN,
) -> str:
    """The layers, their figures and the totals, as text."""
    head, total = heads(columns, "Layer" if "kind" in columns else "Layer (kind)"), foot(analysis, columns)
    shown = lines(analysis, depth)
    body: list[tuple[list[str], Node | None]] = [(input_cells(node, columns), None) for node in analysis.graph.inputs]
    body += [(cells(line, columns), line.layer) for line in shown]
    total, sums = _apart(analysis, columns, total, [head, *(row for row, _ in body)])
    widths = [max(map(width, column)) for column in zip(head, total, *(row for row, _ in body), strict=True)]
    right = to_the_right(columns)
    rule = style(rule * (sum(widths) + 3 * len(widths) - 1), DIM)

    def write(row: list[str]) -> str:
        return (" " + "   ".join(map(pad, row, widths, right))).rstrip()

    text = [style(clean(analysis.network), BOLD) + _parameters(analysis), rule, style(write(head), BOLD), rule]
    for row, layer in body:
        text.append(write(row))
        if explain and layer is not None:
            text += [style(step, CYAN) for step in _derivations(analysis, layer)]
    notes = [note for column in columns if column in OTHERS for note in _counted_by(analysis, column)]
    notes += _unknown_fields(columns, body)
    return "\n".join([*text, rule, style(write(total), BOLD), rule, *sums, *footer(analysis), *notes]) + "\n"


def _unknown_fields(columns: tuple[str, ...], body: list[tuple[list[str], Node | None]]) -> list[str]:
    """Where it is said why a receptive field is not known; nothing where all are."""
    places = [len(ALWAYS) + i for i, column in enumerate(columns) if column in FIELD_NAMES]
    first = next((node for cells, node in body if node is not None and any("?" in cells[i] for i in places)), None)
    return [] if first is None else [f" ? of a field: `explain FILE {clean(first.name)}.{FIELD}` says why it is not known"]


def _apart(analysis: Analysis, columns: tuple[str, ...], total: list[str], rows: list[list[str]]) -> tuple[list[str], list[str]]:
    """The totals, and lines for those that are formulas much longer than all in their column: a table as wide is not read."""
    shown, sums = list(total), []
    for i, column in enumerate(zip(*rows, strict=True)):
        if width(total[i]) > max(LONG, *map(width, column)):
            shown[i] = "below"
            name = columns[i - 2]
            sums += [] if name in IN_FOOTER else [f" {BY_NAME[name].title if name in BY_NAME else rows[0][i]}: {total[i]}"]
    return shown, sums


def _counted_by(analysis: Analysis, tool: str) -> list[str]:
    """What a column of another tool's counts means, and why it has none of some layers."""
    from archcalc.conventions import counts
    from archcalc.report.explain.tools import reasons

    found = counts(analysis, tool)
    return [clean(f" {line}") for line in (f"{found.convention.figure} ({tool}): {found.convention.says}", *reasons(found))]


def _parameters(analysis: Analysis) -> str:
    from archcalc.values import said

    given = [*analysis.graph.free, *(f"{name} = {said(value)}" for name, value in analysis.graph.parameters.items())]
    return clean(f"({', '.join(given)})") if given else ""


def footer(analysis: Analysis) -> list[str]:
    """Keras's closing lines, and what else the totals say."""
    t = analysis.totals
    per_value = BYTES[analysis.graph.dtype].weights
    text = [
        f" {label}: {number(n)}{'' if n is None else f' ({memory(n * per_value)})'}"
        for label, n in (
            ("Total params", t.params),
            ("Trainable params", t.trainable_params),
            ("Non-trainable params", t.non_trainable_params),
        )
    ]
    batch = f" (batch {analysis.batch:,})" if analysis.batch != 1 else ""
    text += _side_by_side(f"Units: {number(t.units)}", f"FLOPs: {number(t.flops)}", f"Activations: {_memory(t.activation_bytes)}{batch}")
    at = t.liveness.at_layer if t.liveness else None
    peak = f"{_memory(t.peak_activation_bytes)}{f' at {clean(at)}' if at else ''}"
    text += _side_by_side(f"Peak activations: {peak}", f"Training: {_memory(t.training_bytes)}")
    if None in (*t, t.peak_activation_bytes):
        text.append(f" ? is unknown: {_why_unknown(analysis)}")
    return text + [f" {clean(note)}" for note in notes(analysis)]


def _why_unknown(analysis: Analysis) -> str:
    if analysis.left_open:
        return clean(f"the line of {analysis.left_open} leaves it open")
    # Where no layer has a mistake, it is the sizes.
    return "it depends on sizes that are free" if analysis.graph.free and analysis.ok else "a layer that it needs has a mistake"


def _side_by_side(*parts: str) -> list[str]:
    """In one line; below each other where one of them is a long formula."""
    return [f" {part}" for part in parts] if any(width(part) > 2 * LONG for part in parts) else [" " + "   ".join(parts)]


def notes(analysis: Analysis) -> list[str]:
    """What counts otherwise than usual; what is assumed of sizes that are free, and for which of them every pixel is read."""
    assumed, lossless = analysis.assumptions, analysis.lossless
    found = [f"Assumed: {', '.join(assumed)}"] if assumed else []
    found = [REAL_TAPS, *found] if analysis.real_taps else found
    return found + ([f"No pixel is lost where {', '.join(lossless)}"] if lossless else [])


def _memory(count: Any) -> str:
    return "?" if count is None else memory(count)


def memory(count: Any) -> str:
    """A number of bytes in the largest unit that fits; a formula in bytes."""
    if hasattr(count, "free"):
        return f"{count} B"
    size = float(count) if count < 2**1000 else 0.0
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024:
            return f"{count} B" if unit == "B" else f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} TB" if count < 2**1000 else f"2**{count.bit_length() - 1} B"


def _derivations(analysis: Analysis, node: Node) -> list[str]:
    text = []
    for figure, derivation in analysis.derivations(node.name).items():
        if figure in ("trainable_params", "non_trainable_params") and node.row.params == getattr(node.row, figure):
            continue
        name = figure.replace("_", " ")
        text.append(f"     {name:<20} {clean(derivation.symbols)}")
        if derivation.text != derivation.symbols:
            text.append(f"     {'':<18} = {clean(derivation.text)}")
    return text
