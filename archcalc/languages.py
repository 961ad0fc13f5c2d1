"""The language of reports and explanations: English as it stands in the code, others from gettext's catalogues in locale/.

What a reader sees is written `tr("{n} layers", n=12)`: the English text is the key, and what varies is put in after it has been
translated. `mark` names a text that stands in a table of constants and is translated where it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, reduce
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


class Phrase(str):
    """A text that remembers how it was made, so that it can be said in another language later. As it stands, it is English.

    What says what is wrong is made where nobody knows who will read it: on a terminal, in JSON, in a Chinese report.
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, Any] | tuple[Any, ...]  # of its places; or what it joins

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)  # in another process it is only a text


def phrase(text: str, /, **values: Any) -> Phrase:
    """A text with values at their names, as `tr` takes it; values may be phrases themselves."""
    made = Phrase(text.format(**values) if values else text)
    made.template, made.values = text, values
    return made


def together(between: str, parts: Iterable[Any]) -> Phrase:
    """Phrases one after the other, with ", " or " and " between."""
    found = tuple(parts)
    made = Phrase(between.join(map(str, found)))
    made.template, made.values = between, found
    return made


def translated(said: Any) -> Any:
    """A phrase in the language that is spoken, also of what is put into words only now; anything else as it is."""
    if language() == LANGUAGES[0]:
        return said
    if not isinstance(said, str | int | float):
        said = str(said)
    if not isinstance(said, Phrase):
        return said
    if isinstance(said.values, tuple):
        between = tr(said.template)
        from archcalc.spoken import beside

        return reduce(lambda one, other: beside(beside(one, between), other), (str(translated(part)) for part in said.values))
    return fill(said.template, said.values) if said.values else tr(said.template)


def fill(text: str, values: dict[str, Any]) -> str:
    """A text in the language that is spoken, with phrases and other values at their names."""
    if language() == LANGUAGES[0]:
        return text.format_map(values)
    from archcalc.spoken import filled

    return filled(tr(text), {name: translated(value) for name, value in values.items()})


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
