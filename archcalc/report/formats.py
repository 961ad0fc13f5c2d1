"""The analysis for other programs and for papers: JSON, CSV, Markdown, LaTeX."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archcalc.analysis import FIGURES, Analysis
from archcalc.figures import CONNECTIONS
from archcalc.report.columns import SHOWN, cells, foot, heads, plain, sum_of, to_the_right
from archcalc.report.folding import lines
from archcalc.report.model import outline
from archcalc.report.terminal import notes
from archcalc.report.text import clean, latex

REAL = f"real_{CONNECTIONS}"  # the head of a column that leaves out taps on padding: there is no other place to say so


def as_json(analysis: Analysis, depth: int | None = None) -> str:
    """The whole analysis; the same input gives the same bytes."""
    return "".join(json_pieces(analysis, depth))


def json_pieces(analysis: Analysis, depth: int | None = None, count: str | None = None) -> Iterator[str]:
    """The same text in pieces, a layer each: what writes them need not hold them all."""
    before = "{"
    for key, value in outline(analysis, depth, count).items():
        yield f"{before}\n  {dump(key)}: "
        before = ","
        if not isinstance(value, Iterator):
            yield dump(value).replace("\n", "\n  ")
            continue
        opening = "["
        for entry in value:
            yield f"{opening}\n    " + dump(entry).replace("\n", "\n    ")
            opening = ","
        yield "[]" if opening == "[" else "\n  ]"
    yield "\n}\n"


def dump(data: Any) -> str:
    """JSON text. Figures are exact, however large."""
    import json
    import sys

    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)  # figures are bounded by the language, not by Python's guard
    try:
        return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    finally:
        sys.set_int_max_str_digits(limit)


def as_csv(analysis: Analysis, depth: int | None = None, columns: tuple[str, ...] = FIGURES) -> str:
    """A line for each layer, with every figure. Cells that a spreadsheet would run as a formula are quoted from it."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    first = ("name", "output_shape") if "kind" in columns else ("name", "kind", "output_shape")
    writer.writerow([*first, *(REAL if analysis.real_taps and c == CONNECTIONS else c for c in columns)])
    for line in lines(analysis, depth):
        writer.writerow([_raw(plain(line, c)) for c in (*first, *columns)])
    writer.writerow(["total", *("" for _ in first[1:]), *(_raw(sum_of(analysis, c)) for c in columns)])
    return out.getvalue()


def _raw(value: Any) -> int | str:
    return "" if value is None else value if isinstance(value, int) else _inert(str(value))


def _inert(cell: str) -> str:
    cell = clean(cell)
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def as_markdown(analysis: Analysis, depth: int | None = None, columns: tuple[str, ...] = SHOWN) -> str:
    """A table for a README or a pull request."""
    rows = [[markdown(cell) for cell in row] for row in _rows(analysis, depth, columns)]
    rows.append([f"**{markdown(cell)}**" if cell else "" for cell in foot(analysis, columns)])
    rows.insert(1, ["---:" if right else "---" for right in to_the_right(columns)])
    text = "".join("| " + " | ".join(row) + " |\n" for row in rows)
    return text + "".join(f"\n{markdown(note)}\n" for note in notes(analysis))


def _rows(analysis: Analysis, depth: int | None, columns: tuple[str, ...]) -> list[list[str]]:
    """The heads, and a row for each line."""
    head = ["Parameters" if word == "Params" else word for word in heads(columns, "Layer")]
    return [head, *(cells(line, columns) for line in lines(analysis, depth))]


def markdown(text: str) -> str:
    """The text as it is, in Markdown. It may be read in a terminal as well: control characters are spelled out."""
    text = clean(" ".join(text.split()))
    for char in "\\`*_[]<>|#~$":
        text = text.replace(char, "\\" + char)
    return text.replace("&", "&amp;")


def as_latex(analysis: Analysis, depth: int | None = None, columns: tuple[str, ...] = SHOWN) -> str:
    """A `tabular` for a paper; it needs the package booktabs."""
    form = "".join("r" if right else "l" for right in to_the_right(columns))
    head, *rows = _rows(analysis, depth, columns)
    text = [rf"\begin{{tabular}}{{{form}}}", r"\toprule", " & ".join(head) + r" \\", r"\midrule"]
    names = ("name", "output_shape", *columns)
    text += [" & ".join(map(_latex_cell, names, row)) + r" \\" for row in rows]
    total = map(_latex_cell, names, foot(analysis, columns))
    text += [r"\midrule", " & ".join(total) + r" \\", r"\bottomrule", r"\end{tabular}"]
    return "\n".join(text) + "\n" + "".join(f"\n{latex(note)}\n" for note in notes(analysis))


def _latex_cell(column: str, text: str) -> str:
    """A cell; shapes, and figures of free sizes, are mathematics."""
    import re

    from archcalc.report.explain.typeset import typeset

    if text in ("", "?") or column not in ("output_shape", *FIGURES) or (column in FIGURES and text.replace(",", "").isdigit()):
        return latex(text)
    shapes = re.split(r", (?![^(]*\))", text) if column == "output_shape" else [text]
    plain_sizes = all(shape.replace("x", "").isdecimal() for shape in shapes)
    return ", ".join(f"${shape.replace('x', _TIMES) if plain_sizes else typeset(shape)}$" for shape in shapes)


_TIMES = r" \times "
