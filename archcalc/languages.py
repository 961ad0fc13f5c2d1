"""The language of reports and explanations: English as it stands in the code, others from gettext's catalogues in locale/.

What a reader sees is written `tr("{n} layers", n=12)`: the English text is the key, and what varies is put in after it has been
translated. `mark` names a text that stands in a table of constants and is translated where it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

LANGUAGES = ("en", "zh")

_language: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within, texts are those of this language, one of LANGUAGES."""
    before = _language.set(language)
    try:
        yield
    finally:
        _language.reset(before)


def language() -> str:
    """The language that is spoken now."""
    return _language.get()


def tr(text: str, /, **values: Any) -> str:
    """A text in the language that is spoken, with values put in at their names."""
    spoken = text if language() == LANGUAGES[0] or not text else catalogue(language()).gettext(text)
    return spoken.format(**values) if values else spoken


def trn(one: str, many: str, n: int, /, **values: Any) -> str:
    """One of two texts, by a number, which stands in them as {n}, with its thousands apart."""
    if language() == LANGUAGES[0]:
        spoken = one if n == 1 else many
    else:
        spoken = catalogue(language()).ngettext(one, many, n)
    return spoken.format(n=f"{n:,}", **values)


def mark(text: str) -> str:
    """The text itself: it is translated where it is shown."""
    return text


@cache
def catalogue(language: str) -> Any:
    """A language's texts."""
    import gettext  # slow to import, and not needed for English

    from archcalc.resources import resource
    from archcalc.spoken import compiled  # the same

    with open(resource("locale", language, "LC_MESSAGES", "archcalc.po"), encoding="utf-8") as file:
        return gettext.GNUTranslations(compiled(file))
