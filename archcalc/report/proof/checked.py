"""Reads JSON that nobody vouches for: each entry has the type that it should have, or there is one clear message."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from archcalc.report.text import clean

MOST_BYTES = 64 * 2**20
MOST_DIGITS = 400  # of a whole number
LONG = 60  # characters of a wrong entry that a message shows


class ProofError(Exception):
    """A file is no result of verify; the message says what is wrong, and what to do."""


class Checked:
    """An object of a document, and where it stands there."""

    def __init__(self, found: Any, path: str, document: str) -> None:
        self.path = path
        self.document = document
        if not isinstance(found, dict):
            self.refuse(found, "an object")
        self.found: dict[str, Any] = found

    def refuse(self, value: Any, wanted: str, key: str = "") -> NoReturn:
        """Say what stands there, and what should."""
        place = ".".join(filter(None, (self.path, key))) or "the document"
        shown = clean(json.dumps(value, default=str)[: LONG + 1])
        shown = shown if len(shown) <= LONG else shown[:LONG] + "..."
        raise ProofError(f"{self.document}: {place} is {shown}, where {wanted} should be; {again(self.document)}")

    def get(self, key: str) -> Any:
        """An entry that has to be there."""
        if key not in self.found:
            place = ".".join(filter(None, (self.path, key)))
            raise ProofError(f"{self.document}: there is no {place}; {again(self.document)}")
        return self.found[key]

    def text(self, key: str) -> str:
        value = self.get(key)
        return value if isinstance(value, str) else self.refuse(value, "text", key)

    def text_or_none(self, key: str) -> str | None:
        return None if self.found.get(key) is None else self.text(key)

    def flag(self, key: str) -> bool:
        value = self.get(key)
        return value if isinstance(value, bool) else self.refuse(value, "true or false", key)

    def whole(self, key: str) -> int:
        return self._whole(self.get(key), key)

    def whole_or_none(self, key: str) -> int | None:
        return None if self.found.get(key) is None else self.whole(key)

    def _whole(self, value: Any, key: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0 or value.bit_length() > MOST_DIGITS * 3.32:
            self.refuse(value, "a whole number", key)
        return value

    def number_or_none(self, key: str) -> float | None:
        """A finite number; null, and what is missing, is None."""
        value = self.found.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(value, "a number", key)
        try:
            number = float(value)
        except OverflowError:
            self.refuse(value, "a number that a computer can hold", key)
        return number if math.isfinite(number) else self.refuse(str(number), "a finite number", key)

    def shape(self, key: str) -> tuple[int | None, ...]:
        """A list of whole numbers; null where Keras has left a size open."""
        return tuple(None if n is None else self._whole(n, key) for n in self.items(key))

    def items(self, key: str) -> list[Any]:
        value = self.get(key)
        return value if isinstance(value, list) else self.refuse(value, "a list", key)

    def texts(self, key: str) -> tuple[str, ...]:
        found = self.items(key)
        return tuple(one if isinstance(one, str) else self.refuse(one, "text", f"{key}[{i}]") for i, one in enumerate(found))

    def objects(self, key: str) -> list[Checked]:
        """A list of objects."""
        return [Checked(one, f"{self._in(key)}[{i}]", self.document) for i, one in enumerate(self.items(key))]

    def object_or_none(self, key: str) -> Checked | None:
        return None if self.found.get(key) is None else Checked(self.found[key], self._in(key), self.document)

    def _in(self, key: str) -> str:
        return ".".join(filter(None, (self.path, key)))


def again(document: str) -> str:
    """How to get a result."""
    return f"write it anew: archcalc verify FILE --format json -o {document if document.endswith('.json') else 'RESULT.json'}"


def document_of(content: bytes, name: str) -> Checked:
    """The document in a file.

    Raises:
        ProofError: it is too large, no UTF-8, no JSON, or no object.
    """
    if len(content) > MOST_BYTES:
        raise ProofError(f"{name} is larger than {MOST_BYTES >> 20} MiB, which no result of verify is")
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise ProofError(f"{name} is no JSON ({clean(why[:200])}); {again(name)}") from None
    return Checked(found, "", name)


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")
