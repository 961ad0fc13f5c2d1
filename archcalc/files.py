"""Reading files: what may be opened, how much of it, and when bytes are a text. Nothing here prints."""

from __future__ import annotations

import io
import os
import stat
import sys
from typing import IO

from archcalc.diagnostics import Diagnostic
from archcalc.languages import phrase
from archcalc.source import BOM, UTF_16, Source, Span

ZOO = "zoo:"  # before the name of a network that ships with archcalc, in place of a path
MAX_CHARACTERS = 10_000_000
MAGIC = (b"PK", b"\x89H", b"\x1f\x8b", b"\x80")  # how files begin that are no text: an archive, HDF5, a pickle
PROJECT = (".git", "pyproject.toml", "archcalc.toml")  # what marks the folder that a project is


class UnreadableFile(Exception):
    """The file cannot be opened or read at all; the text says why."""


def read(path: str) -> bytes:
    """The bytes of a file, or of standard input for "-". No more of them than can be a program.

    Raises:
        UnreadableFile: with the reason, in words.
    """
    try:
        if path == "-":
            return _text_of(path, io.BytesIO(sys.stdin.buffer.read(4 * MAX_CHARACTERS + 1)))
        if os.path.isdir(path):
            from archcalc.archives import advice_on

            raise UnreadableFile(f"{path} is a folder, not a file{advice_on(path)}")
        with open(path, "rb") as file:
            return _text_of(path, file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(f"{path} cannot be read: {reason}") from None


def _text_of(path: str, file: IO[bytes]) -> bytes:
    """The bytes of a text; of a .keras file, those of the text in it."""
    first = file.read(8)
    if first[:2] in MAGIC or first[:1] in MAGIC:
        from archcalc.archives import NoModel, config_of, foreign

        if what := foreign(first):
            raise UnreadableFile(f"{path} cannot be read: it is {what}")
        try:
            return config_of(file) if first[:2] == b"PK" else first + file.read(4 * MAX_CHARACTERS)
        except NoModel as error:
            raise UnreadableFile(f"{path} cannot be read: {error}") from None
    if os.path.splitext(path)[1] != ".arch":
        from archcalc.archives import misnamed

        if what := misnamed(path, first):
            raise UnreadableFile(f"{path} cannot be read: it is {what}")
    return first + file.read(4 * MAX_CHARACTERS - 7)


def read_regular(path: str) -> bytes:
    """The bytes of a regular file. Another sort, such as a pipe that nobody writes to, is refused before it is opened.

    Raises:
        UnreadableFile: with the reason, in words.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        raise UnreadableFile(phrase("there is no such file")) from None
    except (OSError, ValueError) as error:
        raise UnreadableFile(getattr(error, "strerror", None) or str(error)) from None
    if stat.S_ISDIR(mode):
        raise UnreadableFile(phrase("it is a folder, not a file"))
    if not stat.S_ISREG(mode):
        raise UnreadableFile(phrase("it is no regular file"))
    return read(path)


def source_of(name: str, data: bytes, path: str = "") -> tuple[Source, list[Diagnostic]]:
    """The text of a file, or why it is none. `path` is where it lies, if it lies anywhere."""
    mark = len(BOM) if data.startswith(BOM) else 0
    try:
        text = data[mark:].decode()
    except UnicodeDecodeError as error:
        hint = phrase("; it looks like UTF-16") if data[:2] in UTF_16 else ""
        source = Source(name, data[mark : mark + error.start].decode(), path)
        where, at = Span(source, len(source.text), len(source.text)), mark + error.start
        return source, [Diagnostic("E001", where, {"byte": f"0x{data[at]:02x}", "offset": at, "hint": hint})]
    if not text.isascii():
        import unicodedata

        # The same word typed in two ways is one name.
        text = unicodedata.normalize("NFC", text)
    source = Source(name, text, path)
    at = text.find("\0")
    if at >= 0:
        return source, [Diagnostic("E002", Span(source, at, at + 1))]
    if not text.strip():
        return source, [Diagnostic("E003", Span(source, 0, 0))]
    return source, []


def project_of(folder: str) -> str:
    """The folder of the project that a folder belongs to: the nearest one above with a mark of one, else the folder itself."""
    folder = here = os.path.realpath(folder)
    while True:
        if any(os.path.exists(os.path.join(here, mark)) for mark in PROJECT):
            return here
        above = os.path.dirname(here)
        if above == here:
            return folder
        here = above


def is_inside(path: str, folder: str) -> bool:
    """Whether a real path lies in a folder, links followed."""
    folder = os.path.realpath(folder)
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
