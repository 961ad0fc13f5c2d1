"""The pages of the diagnostics: one file for each code, where all that is said of it stands.

`E301.md` begins with `# E301: ` and the message, in which `{input}` is a finding's fact called `input`. Then come what it means
and why; under `## Wrong` a program, and what archcalc says of it; under `## Right` one that is well. What it says is
recorded by `pytest tests/test_codes.py --update`, and a test holds every page to it. A new code needs nothing but its file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

_HERE = os.path.dirname(os.path.abspath(__file__))


def read(code: str) -> str:
    """The text of a code's page.

    Raises:
        KeyError: there is no such code.
    """
    if not (code.isascii() and code.isalnum()):
        raise KeyError(code)
    try:
        with open(os.path.join(_HERE, f"{code}.md"), encoding="utf-8", newline="\n") as file:
            return file.read()
    except OSError:
        raise KeyError(code) from None


class _Codes(Mapping[str, str]):
    """The messages by their codes. Each is read when it is wanted: a program without findings pays for none."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def __getitem__(self, code: str) -> str:
        if code not in self.known:
            self.known[code] = read(code).partition("\n")[0].partition(": ")[2]
        return self.known[code]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(name[:-3] for name in os.listdir(_HERE) if name.endswith(".md")))

    def __len__(self) -> int:
        return sum(1 for _ in self)


CODES: Mapping[str, str] = _Codes()
