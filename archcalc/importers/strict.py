"""JSON as Keras writes it: read by the standard library, which runs nothing, and stricter than it in what it takes."""

from __future__ import annotations

import json
from math import isinf
from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.languages import Phrase, phrase
from archcalc.source import Source, Span


class _Twice(ValueError):
    """A name stands twice in an object, so that what it says depends on the reader."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return found


def _float(text: str) -> float:
    found = float(text)
    if isinf(found):
        raise ValueError(phrase("{text} is more than a number can be", text=text))
    return found


def _no_number(text: str) -> None:
    raise ValueError(phrase("{text} is no number in JSON", text=text))


def parse_json(source: Source) -> tuple[Any, list[Diagnostic]]:
    """What a text says, or what is wrong with it."""
    try:
        return json.loads(source.text, object_pairs_hook=_object, parse_float=_float, parse_constant=_no_number), []
    except json.JSONDecodeError as error:
        at, why = error.pos, error.msg[:1].lower() + error.msg[1:]
    except _Twice as error:
        name = str(error)
        at, why = max(source.text.find(json.dumps(name)), 0), phrase("{name} stands twice in one object", name=json.dumps(name))
    except RecursionError:
        at, why = _deepest(source.text), phrase("brackets are nested too deeply")
    except ValueError as error:  # a number of too many digits as well
        text = error.args[0] if error.args else ""
        at, why = max(source.text.find(text.partition(" ")[0]), 0), text if isinstance(text, Phrase) else text.partition(";")[0]
    at = min(at, len(source.text))
    return None, [Diagnostic("E601", Span(source, at, min(at + 1, len(source.text))), {"why": why})]


def _deepest(text: str, limit: int = 500) -> int:
    """Where brackets are nested so deep for the first time, strings among them left aside."""
    depth, quoted, skip = 0, False, False
    for at, char in enumerate(text):
        if skip:
            skip = False
        elif quoted:
            skip, quoted = char == "\\", char != '"'
        elif char == '"':
            quoted = True
        elif char in "[{":
            depth += 1
            if depth > limit:
                return at
        elif char in "]}":
            depth -= 1
    return 0
