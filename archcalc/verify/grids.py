"""Arrays of numbers as plain text: rows and columns, a channel at a time."""

from __future__ import annotations

from typing import Any

from archcalc.verify.result import Row, said_of

MOST = 400  # numbers of one output, in a text


def grids(outputs: dict[str, Row]) -> list[str]:
    """What came out of each layer, and beside it what should have."""
    lines: list[str] = []
    for name, output in outputs.items():
        size = f"{name}: {said_of(output['shape'])}"
        if output["values"] is None or _count(output["values"]) > MOST:
            lines += [f"{size}, too many values to show" + "; --format json has them" * (output["values"] is not None), ""]
            continue
        both = [_channels(output[key], len(output["shape"])) for key in ("values", "given") if output[key] is not None]
        for i, pair in enumerate(zip(*both, strict=True)):
            heads = ["computed", "given"][: len(pair)] if len(pair) > 1 else []
            lines += [f"{size}" + f", channel {i}" * (len(both[0]) > 1), *_side_by_side([_grid(rows) for rows in pair], heads), ""]
    return lines


def _count(values: Any) -> int:
    return sum(map(_count, values)) if isinstance(values, list) else 1


def _channels(values: Any, axes: int) -> list[list[list[Any]]]:
    """Rows of columns, for each entry of the last axis of three; more axes are rows below each other."""
    if axes == 0:
        return [[[values]]]
    if axes == 1:
        return [[values]]
    while axes > 3:
        values, axes = [row for block in values for row in block], axes - 1
    if axes == 2:
        return [values]
    return [[[column[c] for column in row] for row in values] for c in range(len(values[0][0]))]


def _grid(rows: list[list[Any]]) -> list[str]:
    cells = [["nan" if v is None else f"{v:g}" for v in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]


def _side_by_side(blocks: list[list[str]], heads: list[str]) -> list[str]:
    columns = [[*([head] if heads else []), *block] for head, block in zip(heads or [""], blocks, strict=True)]
    widths = [max(map(len, column)) for column in columns]
    return [
        "  " + "   ".join(line.ljust(width) for line, width in zip(row, widths, strict=True)).rstrip() for row in zip(*columns, strict=True)
    ]
