"""The functions that expressions may call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archcalc.languages import phrase
from archcalc.resolve.arithmetic import MAX_ENTRIES
from archcalc.values import is_number, said, whole

MAX_DIGITS = 200


class Misused(Exception):
    """A function was given what it does not take; the text says what."""


def _entries(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise Misused(phrase("{value} is no list", value=said(value)))
    return value


def _numbers(values: Any) -> Any:
    for value in values:
        if not is_number(value):
            raise Misused(phrase("{value} is no number", value=said(value)))
    return values


def _extreme(pick: Callable[[Any], Any]) -> Callable[..., Any]:
    def choose(*values: Any) -> Any:
        entries = _numbers(_entries(values[0]) if len(values) == 1 else values)
        if not entries:
            raise Misused(phrase("there is nothing to choose from"))
        return pick(entries)

    return choose


def _range(*bounds: Any) -> list[int]:
    if not 1 <= len(bounds) <= 3 or not all(isinstance(b, int) for b in bounds):
        raise Misused(phrase("it takes one to three whole numbers"))
    if len(bounds) == 3 and bounds[2] == 0:
        raise Misused(phrase("the step is 0"))
    numbers = range(*bounds)
    first, last = bounds[0] if len(bounds) > 1 else 0, bounds[min(1, len(bounds) - 1)]
    if abs(last - first) > MAX_ENTRIES * abs(bounds[2] if len(bounds) == 3 else 1):
        raise Misused(phrase("more than {n} entries", n=MAX_ENTRIES))
    return list(numbers)


def _sum(values: Any) -> Any:
    return whole(sum(_numbers(_entries(values))))


def _round(n: Any, digits: Any = None) -> Any:
    if digits is not None and (not isinstance(digits, int) or abs(digits) > MAX_DIGITS):
        raise Misused(phrase("it rounds to a whole number of digits, at most {n}", n=MAX_DIGITS))
    return whole(round(_numbers([n])[0], *([] if digits is None else [digits])))


def _zip(*lists: Any) -> list[Any]:
    entries = [_entries(values) for values in lists]
    if min(map(len, entries), default=0) * len(entries) > MAX_ENTRIES:
        raise Misused(phrase("more than {n} entries", n=MAX_ENTRIES))
    return list(zip(*entries, strict=False))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": _extreme(min),
    "max": _extreme(max),
    "abs": lambda n: abs(_numbers([n])[0]),
    "round": _round,
    "ceil": lambda n: -(-_numbers([n])[0] // 1),
    "floor": lambda n: _numbers([n])[0] // 1,
    "sum": _sum,
    "len": lambda values: len(_entries(values)),
    "range": _range,
    "enumerate": lambda values: list(enumerate(_entries(values))),
    "zip": _zip,
}
