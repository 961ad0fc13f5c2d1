"""An explanation for a paper or a worksheet, in LaTeX; it needs the packages amsmath and booktabs."""

from __future__ import annotations

from archcalc.languages import tr
from archcalc.report.explain.blocks import Block, Blocks, Equation, Heading, Prose, Quoted, Table
from archcalc.report.explain.typeset import typeset
from archcalc.report.text import latex


def write(blocks: Blocks) -> str:
    """The blocks, with workings as aligned equations."""
    return "\n".join("\n".join(_lines(block)) + "\n" for block in blocks)


def _lines(block: Block) -> list[str]:
    match block:
        case Heading(title, says):
            return [rf"\paragraph{{{latex(title)}}} {latex(tr('{sentence}.', sentence=says[:1].upper() + says[1:]))}"]
        case Prose(lines):
            return [latex(line) + r" \\" for line in lines[:-1]] + [latex(line) for line in lines[-1:]]
        case Quoted(place, text):
            return [rf"\texttt{{{latex(place)}}}: \texttt{{{latex(text)}}}"]
        case Equation():
            return _equation(block)
        case Table():
            return _table(block)


def _equation(working: Equation) -> list[str]:
    """The name, and a line for each `=`."""
    sides = [working.formula, *(side for step in working.steps for side in _sides(step))]
    first = rf"  \text{{{latex(working.name)}}} &= {typeset(sides[0])}"
    lines = [first, *(f"  &= {typeset(side)}" for side in sides[1:])]
    text = [r"\begin{align*}", *(line + r" \\" for line in lines[:-1]), lines[-1], r"\end{align*}"]
    if not working.legend:
        return text
    return [
        *text,
        r"\begin{description}",
        *(rf"  \item[${typeset(name)}$] {latex(says)}" for name, says in working.legend),
        r"\end{description}",
    ]


def _sides(step: str) -> list[str]:
    """The sides of one equation; several workings with `;` between stay together."""
    return [step] if "; " in step else step.split(" = ")


def _table(table: Table) -> list[str]:
    form = "".join("r" if column == "number" else "l" for column in table.columns)
    text = [latex(table.title[:1].upper() + table.title[1:]) + "\n"] if table.title else []
    text += [rf"\begin{{tabular}}{{{form}}}", r"\toprule"]
    if table.head:
        text += [" & ".join(map(latex, table.head)) + r" \\", r"\midrule"]
    text += [" & ".join(map(_cell, table.columns, row)) + r" \\" for row in table.rows]
    if table.total:
        text += [r"\midrule", " & ".join(map(latex, table.total)) + r" \\"]
    return [*text, r"\bottomrule", r"\end{tabular}"]


def _cell(column: str, text: str) -> str:
    if column == "math" and text:
        return f"${typeset(text)}$"
    if column == "bar":
        return rf"\rule{{{len(text)}mm}}{{1.5ex}}" if text else ""
    indent = r"\quad " * ((len(text) - len(text.lstrip(" "))) // 2) if column == "text" else ""
    return indent + latex(text)
