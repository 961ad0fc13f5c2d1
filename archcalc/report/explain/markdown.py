"""An explanation in Markdown."""

from __future__ import annotations

from archcalc.languages import tr
from archcalc.report.explain.blocks import Block, Blocks, Equation, Heading, Prose, Quoted, Table
from archcalc.report.formats import markdown
from archcalc.report.text import clean


def write(blocks: Blocks) -> str:
    """The blocks, with workings as they are, in fences."""
    return "\n".join("\n".join(_lines(block)) + "\n" for block in blocks)


def _lines(block: Block) -> list[str]:
    match block:
        case Heading(title, says):
            return [f"## {markdown(title)}", "", markdown(tr("{sentence}.", sentence=says[:1].upper() + says[1:]))]
        case Prose(lines):
            return [f"- {markdown(line)}" for line in lines]
        case Quoted(place, text):
            return [f"{markdown(place)}:", "", *_fenced("arch", [text])]
        case Equation(_, formula, steps, legend):
            said = [f"- {_code(name)}: {markdown(says)}" for name, says in legend]
            return [
                *_fenced("text", [formula]),
                "",
                *said,
                *([""] if said else []),
                *(_fenced("text", [f"= {s}" for s in steps]) if steps else []),
            ]
        case Table():
            return _table(block)


def _fenced(language: str, lines: list[str]) -> list[str]:
    """In a fence that is longer than any within."""
    text = [clean(line) for line in lines]
    fence = "```"
    while any(fence in line for line in text):
        fence += "`"
    return [fence + language, *text, fence]


def _code(text: str) -> str:
    return f"`{clean(text)}`" if "`" not in text else markdown(text)


def _table(table: Table) -> list[str]:
    head = table.head or ("",) * len(table.columns)
    rule = ("---:" if column == "number" else "---" for column in table.columns)
    rows = [head, tuple(rule), *(tuple(map(_cell, table.columns, row)) for row in table.rows)]
    if table.total:
        rows.append(tuple(f"**{markdown(cell)}**" if cell else "" for cell in table.total))
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return [markdown(table.title[:1].upper() + table.title[1:]), "", *lines] if table.title else lines


def _cell(column: str, text: str) -> str:
    indent = "&emsp;" * ((len(text) - len(text.lstrip(" "))) // 2)
    return f"`{clean(text)}`" if column == "math" and text and "|" not in text and "`" not in text else indent + markdown(text)
