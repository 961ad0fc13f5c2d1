"""What comes out, read back by other means: pages by Python's HTML parser, tables by their cells, code by Python's compiler."""

from __future__ import annotations

import ast
import csv
import importlib.abc
import io
import json
import math
import re
import unicodedata
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from archcalc.diagnostics import CODES, Diagnostic
from archcalc.figures import FIGURES
from archcalc.report.explain.mathml import ATTRIBUTES, ELEMENTS
from archcalc.resources import resource
from archcalc.source import Source, Span
from archcalc.syntax.parser import parse
from archcalc.testing.fuzz.wild import INJECTED

BARE = ("popover", "hidden", "checked", "open")  # attributes without a value
# What drawings are made of: nothing here fetches or runs anything.
DRAWN = ("svg", "g", "a", "title", "desc", "text", "tspan", "rect", "line", "path", "polygon", "polyline", "circle", "pattern", "defs")
DRAWN_WITH = re.findall(
    r"\S+",
    "id role aria-labelledby aria-label class href width height viewbox x y x1 x2 y1 y2 cx cy r rx ry d points transform fill stroke "
    "stroke-width stroke-dasharray font-family font-size text-anchor patterntransform patternunits data-x data-y data-jump data-turn",
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
STEERS = ("Cc", "Cf", "Cs", "Zl", "Zp")  # categories of characters that a terminal may obey, or that turn text round
MANY = 1_000  # layers that are held to the schema, which takes a fifth of a millisecond each
LONGEST = 2_000  # characters of a message
VOID = {"meta", "link", "br", "wbr", "hr", "img", "input"}


class Wrong(Exception):
    """What came out is not what it may be. `what` is the sort of mistake, one for all of a sort."""

    def __init__(self, what: str, says: str = "") -> None:
        super().__init__(what, says)
        self.what, self.says = what, says[:500]


def demand(condition: bool, what: str, says: str = "") -> None:
    """Wrong where it does not hold."""
    if not condition:
        raise Wrong(what, says)


def read_text(text: str) -> None:
    """A text for a terminal: nothing in it steers the terminal, colours apart."""
    for char in COLOUR.sub("", text):
        demand(char == "\n" or unicodedata.category(char) not in STEERS, "a control character in a text", repr(char))


def read_program(text: str) -> None:
    """The text that was made of a model: the language's own, and nothing in it steers a terminal."""
    read_text(text)
    _, findings = parse(Source("<model>", text))
    demand(not findings, "a model's text that is not read back", repr(findings[:1]))


def read_finding(finding: Diagnostic) -> None:
    """A diagnostic: its code is of the table, its message of a bounded length, its places inside of their files."""
    demand(finding.code in CODES, "a code that is not in the table", finding.code)
    for text in (finding.message, *finding.fixes):
        demand(bool(text.strip()) and len(text) <= LONGEST, f"{finding.code}: a message without text, or without end", text)
    for span in (finding.span, *(span for span, _ in finding.related)):
        if span is not None:
            _read_span(span, finding.code)


def _read_span(span: Span, code: str) -> None:
    text = span.source.text
    demand(0 <= span.start <= span.end <= len(text), f"{code}: a place outside of the file", f"{span.start} to {span.end} of {len(text)}")
    lines = text.split("\n")
    says = f"{span.line}:{span.column} to {span.end_column}"
    demand(1 <= span.line <= len(lines), f"{code}: a line outside of the file", says)
    demand(1 <= span.column <= len(lines[span.line - 1]) + 1, f"{code}: a column outside of its line", says)
    demand(
        span.column < span.end_column <= max(len(lines[span.line - 1]) + 1, span.column + 1), f"{code}: an end outside of its line", says
    )


def read_json(text: str, schema: Any) -> None:
    """JSON: it fits the schema, if there is one to ask; each total is the sum of its layers, or unknown where one of these is."""
    document = json.loads(text, parse_constant=_no_number)
    some = {**document, "layers": document["layers"][:MANY]}
    for problem in schema.iter_errors(some) if schema is not None else ():
        raise Wrong("JSON that the schema refuses", f"{'/'.join(map(str, problem.absolute_path))}: {problem.message}")
    names = [x["name"] for x in (*document["inputs"], *document["layers"])]
    demand(len(names) == len(set(names)), "a name twice in JSON", str(names))
    for figure in FIGURES:
        terms, total = [row[figure] for row in document["layers"]], document["totals"][figure]
        if any(isinstance(n, str) for n in (*terms, total)):
            continue  # with letters in it
        if None in terms:
            demand(total is None, "a total that leaves something out", figure)
        elif total is not None:
            demand(total == sum(terms), "a total that is not the sum", f"{figure}: {total} of {terms}")


def _no_number(text: str) -> float:
    raise Wrong("JSON with a number that is none", text)


def read_csv(text: str) -> None:
    """CSV: as many cells in each line, and none that a spreadsheet would run."""
    rows = list(csv.reader(io.StringIO(text)))
    demand(len({len(row) for row in rows}) == 1, "CSV whose lines differ in length", text)
    for cell in (cell for row in rows for cell in row):
        demand(cell[:1] not in ("=", "+", "@", "\t") and not (cell[:1] == "-" and not cell[1:].isdigit()), "a formula in CSV", cell)
    read_text(text)


def read_markdown(text: str) -> None:
    """Markdown: a table with as many cells in each line, and notes below it."""
    counts = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in text.partition("\n\n")[0].splitlines()}
    demand(len(counts) == 1, "Markdown whose lines differ in length", text)
    demand("<fuzz" not in text.replace("\\<", ""), "a tag in Markdown", text)


def read_latex(text: str) -> None:
    """LaTeX: braces that close, and as many cells in each line of the table."""
    plain = re.sub(r"\\[\\{}$&#%_]", "", text.replace("\\\\\n", "\n"))
    demand(plain.count("{") == plain.count("}") and plain.count("$") % 2 == 0, "LaTeX with a brace or a dollar too many", text)
    rows = [line.count("&") for line in plain.splitlines() if "&" in line]
    demand(len(set(rows)) <= 1, "LaTeX whose lines differ in length", text)


def read_prose(text: str) -> None:
    """An explanation in Markdown or LaTeX: its own signs close, nothing of the program is a tag or a control character."""
    outside = re.sub(r"^(`{3,}).*?^\1$|(`+)[^`\n]+\2", "", text, flags=re.DOTALL | re.MULTILINE)  # code is shown as it is
    demand("<fuzz" not in outside.replace("\\<", "").replace("\\textless{}", ""), "a tag in an explanation", text)
    plain = re.sub(r"\\[\\{}$&#%_`]", "", text)
    if "\\begin{" in text:
        demand(plain.count("{") == plain.count("}"), "LaTeX with a brace too many", text)
        demand(
            sorted(re.findall(r"\\begin\{(.*?)\}", text)) == sorted(re.findall(r"\\end\{(.*?)\}", text)), "LaTeX that is not ended", text
        )
    demand(not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text), "a control character in an explanation", repr(text))


class _Page(HTMLParser):
    """Every tag and attribute is one of the templates', and every tag is closed by its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tags, names = templates()
        demand(tag in tags, "a tag that no template has", tag)
        for name, value in attrs:
            demand(name in names, "an attribute that no template has", f"{tag} {name}")
            demand(name != "href" or (value or "").startswith(("#", "data:,")), "a link that leaves the page", str(value))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        demand(bool(self.open) and self.open.pop() == tag, "a tag that closes another", tag)

    def handle_comment(self, data: str) -> None:
        raise Wrong("a comment in a page", data)


@cache
def templates() -> tuple[frozenset[str], frozenset[str]]:
    """The tags and the attributes of all templates, of formulas and of drawings."""
    text = "".join(path.read_text(encoding="utf-8") for path in Path(resource("templates")).rglob("*.html"))
    tags, names = re.findall(r"<([a-z]\w*)", text), re.findall(r"[\s}]([a-z-]+)=\"", text)
    return frozenset((*tags, *ELEMENTS, *DRAWN)), frozenset((*names, *ATTRIBUTES, *BARE, *DRAWN_WITH))


def read_page(text: str) -> None:
    """HTML: see `_Page`; nothing of the program is anything but text."""
    page = _Page()
    page.feed(text)
    page.close()
    demand(not page.open, "a tag that is not closed", str(page.open))
    demand(not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text), "a control character in a page")


def read_code(source: str) -> None:
    """Generated code: Python compiles it, and no text of the program has become code."""
    try:
        importlib.abc.InspectLoader.source_to_code(source.encode(), "<generated>")
    except (SyntaxError, ValueError) as error:
        raise Wrong("generated code that does not compile", str(error)) from None
    for node in ast.walk(ast.parse(source)):
        demand(not (isinstance(node, ast.Name) and node.id == INJECTED), "a text that became code", ast.unparse(node))
        demand(not (isinstance(node, ast.Constant) and isinstance(node.value, float) and math.isnan(node.value)), "code with a NaN")
