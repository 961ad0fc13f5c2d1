"""A .keras file, which is a zip: its config.json, and nothing else of it. Nothing is ever unpacked to a folder."""

from __future__ import annotations

import os
import struct
from typing import IO

from archcalc.source import UTF_16, opening

MEMBER = "config.json"
MAX_BYTES = 40_000_000  # of config.json: one of 20,000 layers has some 20 million
MAX_DIRECTORY = 4_000_000  # bytes of the list of members: some 40,000 names
END = struct.Struct("<4s4H2LH")  # the end of the list of members: signature, disks, counts, its size, its place, a comment's length
MAGIC = b"PK\x03\x04"
ELSE = "Save the model as `.keras`, or write `model.to_json()`"
SAVED = f"a SavedModel, which is a program. {ELSE}"
OTHERS = {
    b"\x89HDF\r\n\x1a\n": f"an HDF5 file: its weights and its config are not read here. {ELSE}",
    b"PK\x05\x06": "an empty zip archive: there is no config.json in it",
    b"\x1f\x8b": "a gzip archive: unpack it first",
}
# What a file with that name is, if it is not what it may be: a .keras file or the JSON of one.
NAMED = {
    ".keras": "no .keras file, which is a zip archive",
    ".json": "no model's JSON, which is an object and begins with `{`",
    ".h5": f"no HDF5 file, and those are not read here. {ELSE}",
    ".hdf5": f"no HDF5 file, and those are not read here. {ELSE}",
    ".pb": f"part of {SAVED}",
    ".onnx": "a model in ONNX's format, which is not read here",
    ".tflite": "a model in TensorFlow Lite's format, which is not read here",
}


class NoModel(Exception):
    """It is no model that can be read; the text says why."""


def foreign(first: bytes) -> str:
    """What a file is that begins so, where it is known to be neither a text nor a zip; else ""."""
    if first[:1] == b"\x80" and first[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return f"a pickle, which can only be read by running what is in it. {ELSE}"
    return next((what for magic, what in OTHERS.items() if first.startswith(magic)), "")


def misnamed(path: str, first: bytes) -> str:
    """What a file is that is called as a model's file, and does not begin as a zip or as JSON; else ""."""
    begins = opening(first)
    if begins == b"{" or (first and not begins) or first[:2] in UTF_16:  # all blank yet; what is said of texts
        return ""
    what = NAMED.get(os.path.splitext(path)[1].lower(), "")
    return f"{what}. It is empty" if what and not first else what


def advice_on(folder: str) -> str:
    """What to do about a folder, where it is a SavedModel, as `tf.saved_model` and `model.export` write it; else ""."""
    return f": {SAVED}" if os.path.exists(os.path.join(folder, "saved_model.pb")) else ""


def config_of(file: IO[bytes]) -> bytes:
    """The bytes of config.json in a .keras file.

    Raises:
        NoModel: it is no such file, is damaged, or is made so that it cannot be trusted.
    """
    import lzma
    import zipfile
    import zlib

    damage = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, OverflowError, RuntimeError)
    try:
        _check_directory(file)
        with zipfile.ZipFile(file) as archive:
            return _member(archive)
    except damage as error:  # NotImplementedError, of an unknown compression, is a RuntimeError
        raise NoModel(f"it is a zip archive, but a damaged one: {str(error) or type(error).__name__}") from None


def _check_directory(file: IO[bytes]) -> None:
    """Refuse a list of members that is too long before it is read."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - 65_535 - END.size, 0))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < END.size:
        raise NoModel("it begins as a zip archive, but has no end of one: it was cut off")
    length = END.unpack_from(tail, at)[5]
    if length > MAX_DIRECTORY:
        raise NoModel(f"its list of members has {length:,} bytes; the limit is {MAX_DIRECTORY:,}")
    file.seek(0)


def _member(archive: object) -> bytes:
    import zipfile

    assert isinstance(archive, zipfile.ZipFile)
    found = [info for info in archive.infolist() if info.filename == MEMBER]
    if not found:
        raise NoModel("it is a zip archive, but no .keras file: there is no config.json in it")
    if len(found) > 1:
        raise NoModel(f"config.json is in it {len(found)} times, and which one holds is not known")
    (info,) = found
    if info.flag_bits & 1:
        raise NoModel("its config.json is encrypted")
    if info.file_size > MAX_BYTES:
        raise NoModel(f"its config.json has {info.file_size:,} bytes; the limit is {MAX_BYTES:,}")
    with archive.open(info) as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) != info.file_size:
        raise NoModel(f"its config.json is said to have {info.file_size:,} bytes, and has others")
    return data
