"""What a diagnostic's code means: its page, as text, Markdown or LaTeX."""

from __future__ import annotations

from archcalc.codes.pages import Page, Program, page
from archcalc.report.text import clean


def of_code(code: str, form: str = "text") -> str | None:
    """The page of a code; None if there is no such code."""
    try:
        found = page(code)
    except KeyError:
        return None
    if form == "markdown":
        return found.text
    return _latex(found) if form == "latex" else _text(found)


def _message(found: Page) -> str:
    """What it says of the wrong program: of all programs, there are only places for facts."""
    marked = (line.partition(f"[{found.code}]: ")[2] for line in found.said.splitlines())
    return next(filter(None, marked), found.message.replace("{{", "{").replace("}}", "}"))


def _text(found: Page) -> str:
    parts = [f"{found.code}: {_message(found)}", found.prose]
    parts += ["This is wrong:", *map(_shown, found.wrong), "archcalc says of it:", _indented(found.said), "This is right:"]
    return "\n\n".join([*parts, *map(_shown, found.right)]) + "\n"


def _shown(program: Program) -> str:
    """A program with what belongs to it: its command line, its name, what it stands for."""
    notes = [f"$ archcalc {'check' if '--strict' in program.options else 'analyze'} {program.name} {' '.join(program.options)}"]
    notes = notes if program.options else []
    notes += [f"{program.name}:"] if program.name != Program("").name else []
    notes += ["(this line, a million times over)"] if program.times > 1 else []
    notes += ["(with \\ before what stands for a single byte)"] if program.escaped else []
    return _indented("".join(f"{note}\n" for note in notes) + (program.text or "(an empty file)"))


def _indented(text: str) -> str:
    return "\n".join(f"    {clean(line)}".rstrip() for line in text.rstrip("\n").split("\n"))


def _latex(found: Page) -> str:
    from archcalc.report.text import latex

    def verbatim(text: str) -> str:
        return "\\begin{verbatim}\n" + text.rstrip("\n").replace("\\end{verbatim}", "\\end {verbatim}") + "\n\\end{verbatim}"

    parts = [rf"\paragraph{{{found.code}}} {latex(_message(found))}", latex(found.prose), "This is wrong:"]
    parts += [*(verbatim(_shown(p)) for p in found.wrong), "archcalc says of it:", verbatim(_indented(found.said)), "This is right:"]
    return "\n\n".join([*parts, *(verbatim(_shown(p)) for p in found.right)]) + "\n"
