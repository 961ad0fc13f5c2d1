"""The analysis for other programs and for papers: JSON, CSV, Markdown, LaTeX."""

from __future__ import annotations

from typing import Any

from archcalc.analysis import FIGURES, Analysis
from archcalc.report.model import document, kind_of, shape_of
from archcalc.report.text import clean, number

HEADS = ("Layer", "Output shape", "Parameters", "Connections", "MACs")
SHOWN = ("params", "connections", "macs")


def as_json(analysis: Analysis) -> str:
    """The whole analysis; the same input gives the same bytes."""
    return dump(document(analysis)) + "\n"


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


def as_csv(analysis: Analysis) -> str:
    """A line for each layer, with every figure. Cells that a spreadsheet would run as a formula are quoted from it."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "kind", "output_shape", *FIGURES])
    for row in analysis.rows:
        figures = ["" if (v := getattr(row, f)) is None else v for f in FIGURES]
        writer.writerow([_inert(row.name), _inert(row.kind), shape_of(row), *figures])
    totals = ["" if (v := getattr(analysis.totals, f)) is None else v for f in FIGURES]
    writer.writerow(["total", "", "", *totals])
    return out.getvalue()


def _inert(cell: str) -> str:
    cell = clean(cell)
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _body(analysis: Analysis) -> list[list[str]]:
    return [[clean(kind_of(r)), shape_of(r), *(number(getattr(r, f)) for f in SHOWN)] for r in analysis.rows]


def _foot(analysis: Analysis) -> list[str]:
    return ["total", "", *(number(getattr(analysis.totals, f)) for f in SHOWN)]


def as_markdown(analysis: Analysis) -> str:
    """A table for a README or a pull request."""
    rows = [[_markdown(cell) for cell in cells] for cells in (HEADS, *_body(analysis))]
    rows.append([f"**{_markdown(cell)}**" if cell else "" for cell in _foot(analysis)])
    rows.insert(1, ["---", "---", "---:", "---:", "---:"])
    return "".join("| " + " | ".join(cells) + " |\n" for cells in rows)


def _markdown(text: str) -> str:
    for char in "\\`*_[]<>|#~$":
        text = text.replace(char, "\\" + char)
    return " ".join(text.replace("&", "&amp;").split())


def as_latex(analysis: Analysis) -> str:
    """A `tabular` for a paper; it needs the package booktabs."""
    lines = [r"\begin{tabular}{llrrr}", r"\toprule", " & ".join(HEADS) + r" \\", r"\midrule"]
    for cells in _body(analysis):
        name, shape, *figures = cells
        size = "?" if shape == "?" else "$" + shape.replace("x", r" \times ") + "$"
        lines.append(" & ".join([_latex(name), size, *figures]) + r" \\")
    lines += [r"\midrule", " & ".join(_foot(analysis)) + r" \\", r"\bottomrule", r"\end{tabular}"]
    return "\n".join(lines) + "\n"


_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip


def _latex(text: str) -> str:
    return " ".join("".join(_LATEX.get(char, char) for char in text).split())
