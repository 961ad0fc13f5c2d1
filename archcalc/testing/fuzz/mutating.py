"""A program with something done to it: bytes, words, lines, pieces of another program. What comes of it may be right, or no text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from archcalc.testing.chance import Chance
from archcalc.testing.fuzz.models import is_model, spoiled
from archcalc.testing.fuzz.wild import BYTES, NUMBERS, PIECES, TEXTS, nested

LONGEST = 100_000  # bytes of a program
MOST = 6  # things that are done to one
MANY = (2, 5, 40, 400, 3000)  # how often a line is said again

_WORD = re.compile(rb"\w+|[ \t]+|[^\w\s]|\s")
_NUMBER = re.compile(rb"\b\d[\d_.]*")
_NAME = re.compile(rb"[A-Za-z_]\w*")
_STRING = re.compile(rb'"[^"\n]*"')


def mutated(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    """The program with one to six things done to it; `corpus` is where pieces of others come from."""
    if is_model(data) and chance.percent(85):
        return spoiled(data, chance, corpus)
    for _ in range(chance.number(1, chance.one((1, 2, MOST)))):
        data = chance.one(WAYS)(data, chance, corpus)[:LONGEST]
    return data


Way = Callable[[bytes, Chance, Sequence[bytes]], bytes]


def _cut_at(data: bytes, chance: Chance) -> tuple[int, int]:
    """A stretch of the text, mostly a short one."""
    start = chance.number(0, len(data))
    return start, min(len(data), start + chance.one((0, 1, 2, 8, 40, 400)))


def _byte(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    start, _ = _cut_at(data, chance)
    return data[:start] + bytes([chance.number(0, 255)]) + data[start + chance.number(0, 1) :]


def _bad_bytes(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    start, _ = _cut_at(data, chance)
    return data[:start] + chance.one(BYTES) + data[start:]


def _without(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    start, end = _cut_at(data, chance)
    return data[:start] + data[end:]


def _twice(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    start, end = _cut_at(data, chance)
    return data[:end] + data[start:end] * chance.one((1, 1, 3, 30)) + data[end:]


def _splice(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    other = chance.one(corpus)
    begin, stop = _cut_at(other, chance)
    start, end = _cut_at(data, chance)
    return data[:start] + other[begin:stop] + data[end:]


def _joined(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    """The beginning of one program and the end of another, each to a line's end."""
    lines, others = data.splitlines(True), chance.one(corpus).splitlines(True)
    return b"".join(lines[: chance.number(0, len(lines))] + others[chance.number(0, len(others)) :])


def _other_lines(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    """Lines of another program in between."""
    lines, others = data.splitlines(True), chance.one(corpus).splitlines(True)
    at, begin = chance.number(0, len(lines)), chance.number(0, len(others))
    return b"".join(lines[:at] + others[begin : begin + chance.number(1, 4)] + lines[at:])


def _lines(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    lines = data.splitlines(True)
    if not lines:
        return data
    i, j = chance.number(0, len(lines) - 1), chance.number(0, len(lines) - 1)
    way = chance.number(0, 3)
    if way == 0:
        del lines[i]
    elif way == 1:
        lines[i], lines[j] = lines[j], lines[i]
    elif way == 2:
        lines.insert(j, lines[i])
    else:
        lines[i:i] = [lines[i]] * chance.one(MANY)
    return b"".join(lines)


def _piece(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    """A piece of syntax between two words, or in place of one."""
    piece = nested(chance) if chance.percent(10) else chance.one(PIECES)
    return _put(data, piece, chance)


def _text(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    """A quoted text: as a label, or in place of a string or a word."""
    text = f'"{chance.one(TEXTS)}"'
    if chance.percent(40):
        return _put(data, "\n" + text + ": ", chance)
    found = list((_STRING if chance.percent(60) else _NAME).finditer(data))
    if not found:
        return data
    at = chance.one(found)
    return data[: at.start()] + text.encode() + data[at.end() :]


def _put(data: bytes, piece: str, chance: Chance) -> bytes:
    words = list(_WORD.finditer(data))
    at = chance.one(words).span() if words else (0, 0)
    return data[: at[0]] + piece.encode() + data[at[chance.number(0, 1)] :]


def _number(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    found = list(_NUMBER.finditer(data))
    if not found:
        return data
    at = chance.one(found)
    return data[: at.start()] + chance.one(NUMBERS).encode() + data[at.end() :]


def _name(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    """One name for another, of this program or of another; at one place, or at all."""
    names, others = list(_NAME.finditer(data)), _NAME.findall(data if chance.percent(60) else chance.one(corpus))
    if not names or not others:
        return data
    at = chance.one(names)
    other: bytes = chance.one(others)
    if chance.percent(20):
        return re.sub(rb"\b" + at[0] + rb"\b", other, data)
    return data[: at.start()] + other + data[at.end() :]


def _swap(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    words = _WORD.findall(data)
    if words:
        i = chance.number(0, len(words) - 1)
        j = min(len(words) - 1, i + chance.number(1, 6))
        words[i], words[j] = words[j], words[i]
    return b"".join(words)


def _encoded(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    """Other line ends, another encoding, a byte order mark; seldom, since little is left of the program."""
    if chance.percent(60):
        return data.replace(b"\n", chance.one((b"\r\n", b"\r", b"\n\n", b" ", b";", b"\n\t", b" # \xc3\xa9\n")))
    text = data.decode("utf-8", "replace")
    return chance.one((text.encode("utf-16"), text.encode("latin-1", "replace"), b"\xef\xbb\xbf" + data, text.upper().encode()))


WAYS: tuple[Way, ...] = (
    _byte, _bad_bytes, _without, _twice, _splice, _joined, _other_lines, _other_lines, _lines, _lines, _piece, _piece, _piece, _text, _text,
    _number, _number, _number, _name, _name, _name, _swap, _encoded,
)  # fmt: skip
