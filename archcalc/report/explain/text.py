"""An explanation for a terminal."""

from __future__ import annotations

from archcalc.report.explain.blocks import Block, Blocks, Equation, Heading, Prose, Quoted, Table
from archcalc.report.text import clean, pad, width


def write(blocks: Blocks) -> str:
    """The blocks as one text that cannot steer a terminal."""
    lines: list[str] = []
    before: Block | None = None
    for block in blocks:
        # The layer's line and what it reads belong together.
        if before is not None and not (isinstance(before, Quoted) and isinstance(block, Prose)):
            lines.append("")
        lines += _lines(block)
        before = block
    return "\n".join(clean(line) for line in lines) + "\n"


def _lines(block: Block) -> list[str]:
    match block:
        case Heading(title, says):
            return [f"{title}: {says}"]
        case Prose(lines):
            return [f"  {line}" for line in lines]
        case Quoted(place, text):
            return [f"  {place}   {text}"]
        case Equation(_, formula, steps, legend):
            return [f"  {formula}", *(f"      {name}: {says}" for name, says in legend), *(f"  = {step}" for step in steps)]
        case Table():
            return _table(block)


def _table(table: Table) -> list[str]:
    rows = [*([table.head] if table.head else []), *table.rows, *([table.total] if table.total else [])]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    right = [column == "number" for column in table.columns]
    lines = [("  " + "   ".join(map(pad, row, widths, right))).rstrip() for row in rows]
    rule = "  " + "-" * (sum(widths) + 3 * len(widths) - 3)
    if table.total:
        lines.insert(-1, rule)
    if table.head:
        lines.insert(1, rule)
    return [f"  {table.title}", *(f"  {line}" for line in lines)] if table.title else lines
