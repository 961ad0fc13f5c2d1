"""The texts of reports and explanations, and their translations: extracts, updates, checks.

    python scripts/translations.py extract      list every text
    python scripts/translations.py update       put new texts into locale/*/LC_MESSAGES/archcalc.po, take unused ones out
    python scripts/translations.py check        say what is not translated, or translated wrongly; exits with 1 if anything is

What is wrong: no translation, a fuzzy one, one of a text that there is no more, and one whose placeholders or tags are others
than the text's.
"""  # noqa: INP001  a script

from __future__ import annotations

import argparse
import ast
import importlib
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from archcalc.languages import LANGUAGES  # noqa: E402

Text = str | tuple[str, str]  # a text; or one and many
KEYWORDS = {"tr": 1, "trn": 2, "mark": 1, "phrase": 1, "together": 1, "Uncounted": 1}  # and how many of a call's arguments are texts
PLACEHOLDER = re.compile(r"\{(\w+)\}|%\((\w+)\)s")
UNSAID = tuple(
    f'"{name}: '
    for name in (
        "Report-Msgid-Bugs-To",
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Project-Id-Version",
        "Generated-By",
    )
)
TAG = re.compile(r"</?\w+[^>]*>|`[^`]*`")


def texts() -> dict[Text, list[str]]:
    """Every text, with the files in which it stands."""
    found: dict[Text, list[str]] = {}
    for place, text in (*_of_modules(), *_of_templates(), *_of_tables()):
        places = found.setdefault(text, [])
        if place not in places:
            places.append(place)
    return found


def _of_modules() -> Iterator[tuple[str, Text]]:
    for path in sorted((ROOT / "archcalc").rglob("*.py")):
        if path.name == "_tables.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS):
                continue
            said = [_said(a, constants) for a in node.args[: KEYWORDS[node.func.id]]]
            if node.func.id == "Uncounted" and "conventions" not in path.parts:
                continue
            if node.func.id == "trn" and not all(said):
                raise ValueError(f"{path}:{node.lineno}: both texts of trn have to be written out there")
            if all(said):  # else a name, whose text stands in a table or in a mark
                yield str(path.relative_to(ROOT)), said[0] if len(said) == 1 else (said[0], said[1])


def _said(node: ast.expr, constants: dict[str, str]) -> str:
    """A text that is written out, or stands under a name of the module."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return constants.get(node.id, "") if isinstance(node, ast.Name) else ""


def _of_templates() -> Iterator[tuple[str, Text]]:
    env = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"])
    env.policies["ext.i18n.trimmed"] = True
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for _, _, said in env.extract_translations(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(ROOT)), said if isinstance(said, str) else said[0] if said[1] is None else (said[0], said[1])


def _of_tables() -> Iterator[tuple[str, Text]]:
    """What stands in declarations, and is translated where it is shown."""
    from archcalc import conventions, figures
    from archcalc.codes import CODES
    from archcalc.codes.pages import page
    from archcalc.registry import every_kind
    from archcalc.report import symbols

    for figure in figures.BY_NAME.values():
        for text in filter(None, (figure.head, figure.title, figure.means, figure.narrow)):
            yield "archcalc/figures.py", text
    yield "archcalc/figures.py", figures.SHAPE_MEANS
    yield "archcalc/figures.py", figures.WITHOUT
    for table in (symbols.AXES, symbols.KNOWN, symbols.USUAL, symbols.FUNCTIONS):
        for text in table.values():
            yield "archcalc/report/symbols.py", text
    for name in conventions.NAMES:
        module = importlib.import_module(f"archcalc.conventions.{name}")
        yield f"archcalc/conventions/{name}.py", module.CONVENTION.says
    for code in CODES:
        for text in (CODES[code], *page(code).paragraphs()):
            yield f"archcalc/codes/{code}.md", text
    for kind in every_kind().values():
        for argument in kind.args:
            yield str(Path(sys.modules[kind.__module__].__file__ or "").relative_to(ROOT)), argument.prose


def po_of(language: str) -> Path:
    """A language's file."""
    return ROOT / "locale" / language / "LC_MESSAGES" / "archcalc.po"


def read(language: str) -> Catalog:
    """A language's catalogue; an empty one where there is none yet."""
    path = po_of(language)
    if not path.exists():
        return Catalog(locale=language, project="archcalc")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> None:
    """Bring a catalogue to the texts that there are now; translations are kept."""
    catalog, template = read(language), Catalog()
    for text, places in texts().items():
        template.add(text, locations=[(place, None) for place in places])
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False, keep_user_comments=True)
    catalog.obsolete.clear()
    write(language, catalog)


def write(language: str, catalog: Catalog) -> None:
    """A language's file: the same bytes from the same texts, so without dates in its head."""
    out = BytesIO()
    write_po(out, catalog, width=0, sort_by_file=True, include_lineno=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    path = po_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line for line in lines if not line.startswith(UNSAID)), encoding="utf-8")


def problems(language: str) -> list[str]:
    """What is wrong with a catalogue."""
    catalog, wanted = read(language), texts()
    found = []
    for text in wanted:
        one = text if isinstance(text, str) else text[0]
        message = catalog.get(one)
        if message is None:
            found.append(f"not in the catalogue: {one!r}; run scripts/translations.py update")
            continue
        spoken = [message.string] if isinstance(message.string, str) else list(message.string)
        if not all(spoken):
            found.append(f"not translated: {one!r}")
        elif message.fuzzy:
            found.append(f"fuzzy: {one!r}")
        else:
            found += [f"{kind} differ: {text!r}: {says!r}" for says in spoken for kind in _differences(text, says)]
    ids = {text if isinstance(text, str) else text[0] for text in wanted}
    for message in catalog:
        one = message.id if isinstance(message.id, str) else message.id[0]
        if one and one not in ids:
            found.append(f"not used: {one!r}")
    return found


def _differences(text: Text, spoken: str) -> list[str]:
    """Which of placeholders and tags a translation does not have as its text has them; of several forms, as the last."""
    last = text if isinstance(text, str) else text[-1]
    found = []
    if _names(last) != _names(spoken):
        found.append("placeholders")
    if sorted(TAG.findall(last)) != sorted(TAG.findall(spoken)):
        found.append("tags")
    return found


def _names(text: str) -> set[str]:
    return {a or b for a, b in PLACEHOLDER.findall(text)}


def main() -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("extract", "update", "check"))
    what = parser.parse_args().what
    if what == "extract":
        for text, places in texts().items():
            print(f"{', '.join(places)}: {text!r}")
    wrong = 0
    for language in LANGUAGES[1:]:
        if what == "update":
            update(language)
        if what == "check":
            for problem in problems(language):
                wrong = 1
                print(f"{language}: {problem}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
