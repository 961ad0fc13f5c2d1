"""A code's page taken apart: what `archcalc explain CODE` shows, and what tests run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archcalc.codes import read
from archcalc.languages import LANGUAGES, language, tr

_FENCE = "```"


class Program(NamedTuple):
    r"""A file of a page. `options` are those of the command line; `name` is the file's.

    What a page cannot show is told by its first line: `escaped`, \xfc stands for a byte; `times=N`, the text N times over.
    """

    text: str
    options: tuple[str, ...] = ()
    name: str = "net.arch"
    escaped: bool = False
    times: int = 1

    @property
    def bytes(self) -> bytes:
        """The file as it is."""
        plain = self.text.encode("latin-1").decode("unicode_escape").encode("latin-1") if self.escaped else self.text.encode()
        return plain * self.times


class Page(NamedTuple):
    """What is known of a code. `said` is what archcalc says of the wrong program; `right` may take several files."""

    code: str
    message: str
    prose: str
    wrong: tuple[Program, ...]
    said: str
    right: tuple[Program, ...]
    text: str

    def meaning(self) -> str:
        """The prose, in the language that is spoken: paragraph by paragraph, each of which is a text of the catalogue."""
        return self.prose if language() == LANGUAGES[0] else "\n\n".join(map(tr, self.paragraphs()))

    def paragraphs(self) -> list[str]:
        """The prose without its line breaks."""
        return [" ".join(paragraph.split()) for paragraph in self.prose.split("\n\n")]


def page(code: str) -> Page:
    """The page of a code, taken apart.

    Raises:
        KeyError: there is no such code.
    """
    text = read(code)
    heading, _, rest = text.partition("\n")
    prose, _, rest = rest.partition("\n## Wrong\n")
    wrong, _, right = rest.partition("\n## Right\n")
    shown = dict(_blocks(wrong))
    programs = tuple(_program(info, body) for info, body in _blocks(wrong) if info != "text")
    return Page(
        code,
        heading.partition(": ")[2],
        prose.strip(),
        programs,
        shown.get("text", ""),
        tuple(_program(info, body) for info, body in _blocks(right)),
        text,
    )


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """What stands in fences: the words after the opening one, and the lines."""
    info: str | None = None
    inside: list[str] = []
    for line in text.splitlines(keepends=True):
        if not line.startswith(_FENCE):
            inside.append(line)
        elif info is None:
            info, inside = line[len(_FENCE) :].strip(), []
        else:
            yield info, "".join(inside)
            info = None


def _program(info: str, text: str) -> Program:
    """`arch`, and after it `escaped`, `times=N`, `file=NAME`, or options of the command line."""
    program, options = Program(text), []
    for word in info.split()[1:]:
        key, _, value = word.partition("=")
        if word == "escaped":
            program = program._replace(escaped=True)
        elif key == "times":
            program = program._replace(times=int(value))
        elif key == "file":
            program = program._replace(name=value)
        else:
            options.append(word)
    return program._replace(options=tuple(options))
