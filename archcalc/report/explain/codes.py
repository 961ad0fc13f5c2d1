"""What a diagnostic's code means: its page, as text, Markdown or LaTeX."""

from __future__ import annotations

import re

from archcalc.codes.pages import Page, Program, page
from archcalc.languages import LANGUAGES, language, tr
from archcalc.report.text import clean

_PLACE = re.compile(r"(?<!\{)\{\w+\}(?!\})")


def of_code(code: str, form: str = "text") -> str | None:
    """The page of a code; None if there is no such code."""
    try:
        found = page(code)
    except KeyError:
        return None
    if form == "markdown":
        return _markdown(found)
    return _latex(found) if form == "latex" else _text(found)


def _message(found: Page) -> str:
    """What it says of the wrong program, as the page has it in English; in other languages, with dots for that program's facts."""
    if language() != LANGUAGES[0]:
        return _PLACE.sub("…", tr(found.message)).replace("{{", "{").replace("}}", "}")
    marked = (line.partition(f"[{found.code}]: ")[2] for line in found.said.splitlines())
    return next(filter(None, marked), found.message.replace("{{", "{").replace("}}", "}"))


def _markdown(found: Page) -> str:
    """The page as it is, with its prose and its headings in the language that is spoken."""
    if language() == LANGUAGES[0]:
        return found.text
    programs = found.text[found.text.index("\n## Wrong\n") :]
    programs = programs.replace("\n## Wrong\n", f"\n## {tr('Wrong')}\n", 1).replace("\n## Right\n", f"\n## {tr('Right')}\n", 1)
    return f"# {found.code}: {tr(found.message)}\n\n{found.meaning()}\n{programs}"


def _text(found: Page) -> str:
    parts = [tr("{name}: {figure}", name=found.code, figure=_message(found)), found.meaning()]
    parts += [tr("This is wrong:"), *map(_shown, found.wrong), tr("archcalc says of it:"), _indented(found.said), tr("This is right:")]
    return "\n\n".join([*parts, *map(_shown, found.right)]) + "\n"


def _shown(program: Program) -> str:
    """A program with what belongs to it: its command line, its name, what it stands for."""
    notes = [f"$ archcalc {'check' if '--strict' in program.options else 'analyze'} {program.name} {' '.join(program.options)}"]
    notes = notes if program.options else []
    notes += [f"{program.name}:"] if program.name != Program("").name else []
    notes += [tr("(this line, a million times over)")] if program.times > 1 else []
    notes += [tr("(with \\ before what stands for a single byte)")] if program.escaped else []
    return _indented("".join(f"{note}\n" for note in notes) + (program.text or tr("(an empty file)")))


def _indented(text: str) -> str:
    return "\n".join(f"    {clean(line)}".rstrip() for line in text.rstrip("\n").split("\n"))


def _latex(found: Page) -> str:
    from archcalc.report.text import latex

    def verbatim(text: str) -> str:
        return "\\begin{verbatim}\n" + text.rstrip("\n").replace("\\end{verbatim}", "\\end {verbatim}") + "\n\\end{verbatim}"

    parts = [rf"\paragraph{{{found.code}}} {latex(_message(found))}", latex(found.meaning()), tr("This is wrong:")]
    parts += [
        *(verbatim(_shown(p)) for p in found.wrong),
        tr("archcalc says of it:"),
        verbatim(_indented(found.said)),
        tr("This is right:"),
    ]
    return "\n\n".join([*parts, *(verbatim(_shown(p)) for p in found.right)]) + "\n"
