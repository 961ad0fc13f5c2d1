"""Catalogues of texts as translators write them (.po), made into what gettext reads (.mo); and how Chinese texts are put together.

A catalogue is made when a language is first spoken: in a few milliseconds, and so a checkout needs no file that has to be made first.
"""

from __future__ import annotations

import re
import struct
from ast import literal_eval
from collections.abc import Iterable
from io import BytesIO
from string import Formatter
from typing import Any

MAGIC = 0x950412DE  # of a .mo file, little-endian
WIDE = re.compile("[\u3000-\u9fff\uff00-\uffef]")  # Chinese characters, and their full stops and commas
IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
WORD = re.compile(r"[\w`\"'(\[/+-]")
FIELDS = ("msgid_plural", "msgid", "msgstr[", "msgstr")  # a longer one before its beginning


def compiled(lines: Iterable[str]) -> BytesIO:
    """A .mo file of a .po file's lines. What is fuzzy or not translated is left out: it stays English."""
    texts = sorted((text.encode(), spoken.encode()) for text, spoken in messages(lines).items())
    at = 28 + 16 * len(texts)  # after the head, and a length and a place for each text
    ends = (b"".join(text + b"\0" for text, _ in texts), b"".join(spoken + b"\0" for _, spoken in texts))
    tables = b""
    for which in (0, 1):
        for pair in texts:
            tables += struct.pack("<2I", len(pair[which]), at)
            at += len(pair[which]) + 1
    head = struct.pack("<7I", MAGIC, 0, len(texts), 28, 28 + 8 * len(texts), 0, 0)
    return BytesIO(head + tables + ends[0] + ends[1])


def messages(lines: Iterable[str]) -> dict[str, str]:
    """What stands in a .po file, as .mo has it: of a text with a plural both, with a NUL between, as of its translations."""
    found: dict[str, str] = {}
    entry: dict[str, str] = {}
    fuzzy, field = False, ""

    def end() -> None:
        spoken = [says for name, says in entry.items() if name.startswith("msgstr")]
        if entry.get("msgid") is not None and all(spoken) and not (fuzzy and entry["msgid"]):
            text = "\0".join(entry[name] for name in ("msgid", "msgid_plural") if name in entry)
            found[text] = "\0".join(spoken)

    for line in map(str.strip, lines):
        name = next((name for name in FIELDS if line.startswith(name)), "")
        if line.startswith("#") or (name == "msgid" and "msgid" in entry):
            if entry:
                end()
                entry, fuzzy = {}, False
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
        if name:
            field = line.partition(" ")[0]
            entry[field] = ""
        text = line.partition(" ")[2] if name else line
        if text.startswith('"'):
            entry[field] += literal_eval(text)
    end()
    return found


def filled(text: str, values: dict[str, Any]) -> str:
    """A text with values at their names, and spaces around them as Chinese has them; within a value nothing changes."""
    said = ""
    for before, name, form, _ in Formatter().parse(text):
        said = beside(said, before)
        if name is not None:
            said = beside(said, format(values[name], form or ""))
    return said


def beside(one: str, other: str) -> str:
    """Two pieces of a text: a space between Chinese and Latin ones, none among Chinese ones; any others are as they are."""
    left, right = one.rstrip(" ")[-1:], other.lstrip(" ")[:1]
    if not left or not right or not (WIDE.match(left) or WIDE.match(right)):
        return one + other
    both = (IDEOGRAPH.match(left) and WORD.match(right)) or ((WORD.match(left) or left in ")]%") and IDEOGRAPH.match(right))
    apart = both and not (IDEOGRAPH.match(left) and IDEOGRAPH.match(right))
    return f"{one.rstrip(' ')}{' ' if apart else ''}{other.lstrip(' ')}"
