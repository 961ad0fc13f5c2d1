"""Writes results: to a terminal or pipe as they are, to a file whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable


class CannotWrite(Exception):
    """The output cannot be written; the text says why. What stood there before is untouched."""


def write_text(path: str | None, pieces: Iterable[str]) -> None:
    """Write pieces of a text to standard output (None or "-"), or to a file: beside it first, then renamed over it.

    Raises:
        CannotWrite: with the reason, in words.
    """
    if path is None or path == "-":
        for piece in pieces:
            sys.stdout.write(piece)
        sys.stdout.flush()
        return
    try:
        _replace(os.path.realpath(path), (piece.encode("utf-8", "backslashreplace") for piece in pieces))
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written: {error.strerror or error}") from None


def _replace(path: str, data: Iterable[bytes]) -> None:
    if os.path.exists(path) and not os.path.isfile(path):  # a device or a pipe has no old content to keep
        with open(path, "wb") as file:
            file.writelines(data)
        return
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise PermissionError(13, "Permission denied")
    beside = f"{path}.{os.getpid()}.tmp"
    file = open(beside, "xb")  # noqa: SIM115  outside of the try: what another process has there is not ours to remove
    try:
        with file:
            file.writelines(data)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(path):
            os.chmod(beside, os.stat(path).st_mode & 0o7777)
        os.replace(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.remove(beside)
        raise
