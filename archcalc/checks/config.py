"""Configuration: `archcalc.toml`, or `[tool.archcalc]` in pyproject.toml, in the folder of the project that a file belongs to."""

from __future__ import annotations

import os
import re
from typing import Any

from archcalc.checks import SHARES, THRESHOLDS, Checks, not_a_warning
from archcalc.files import UnreadableFile, project_of, read_regular
from archcalc.names import suggestion

OWN, SHARED = "archcalc.toml", "pyproject.toml"
LONGEST = 1_000_000  # bytes
KEYS = ("strict", "select", "ignore", "per-file-ignores", *THRESHOLDS)

# `[tool.archcalc]` and `tool.archcalc.strict`; where all of `tool` stands in one table, that has to be read.
SAYS = rb"""tool["']?\s*(\.\s*["']?archcalc|\]|=)"""


class ConfigError(Exception):
    """The configuration cannot be read, or says what it cannot: file, line if that is known, why, and what may be meant."""


def configured(path: str) -> Checks:
    """What the project of a file asks for; of the current folder's project, if the path is "". The defaults, if it asks for nothing.

    Raises:
        ConfigError: it has a configuration, with a mistake.
    """
    root = project_of(os.path.dirname(os.path.abspath(path)) if path else os.getcwd())
    for name in (OWN, SHARED):
        place = os.path.join(root, name)
        if os.path.isfile(place):
            data = _bytes(place)
            place = place if (near := os.path.relpath(place)).startswith("..") else near
            # TOML is slow to import: most pyproject.toml say nothing of archcalc, or only its name.
            if name == OWN or (b"archcalc" in data and re.search(SAYS, data)):
                table = _parsed(place, data)
                if name == OWN or (isinstance(tool := table.get("tool"), dict) and "archcalc" in tool):
                    return _checks(place, data, table)
    return Checks()


def read_config(path: str) -> Checks:
    """What a file asks for: the whole of it, or its `[tool.archcalc]` where it is called pyproject.toml.

    Raises:
        ConfigError: it cannot be read, or has a mistake.
    """
    data = _bytes(path)
    return _checks(path, data, _parsed(path, data))


def _bytes(path: str) -> bytes:
    try:
        return read_regular(path)
    except UnreadableFile as error:
        why = str(error)
        raise ConfigError(why if path in why else f"{path}: {why}") from None


def _parsed(path: str, data: bytes) -> dict[str, Any]:
    import tomllib  # only where there is something to read

    if len(data) > LONGEST:
        raise ConfigError(f"{path} has {len(data)} bytes; a configuration has at most {LONGEST}")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        at = error.start + len(data) - len(error.object)  # without the byte order mark that may stand before it
        raise ConfigError(f"{path}: this is not UTF-8 text: byte 0x{data[at]:02x} at offset {at}") from None
    except RecursionError:
        raise ConfigError(f"{path}: this is nested too deep") from None
    except ValueError as error:  # broken TOML, and numbers of thousands of digits
        text = str(error)
        place = re.search(r" \(at line (\d+), column (\d+)\)$", text)
        if place:
            raise ConfigError(f"{path}:{place[1]}:{place[2]}: this is no TOML: {text[: place.start()]}") from None
        raise ConfigError(f"{path}: this is no TOML: {text[:200]}") from None


class _Reader:
    """One configuration, which says where a mistake is."""

    def __init__(self, path: str, data: bytes, where: str) -> None:
        self.path = path
        self.lines = data.decode("utf-8-sig").splitlines()
        self.where = where

    def fail(self, key: str, why: str, fixes: tuple[str, ...] = ()) -> ConfigError:
        line = next((f":{n}" for n, text in enumerate(self.lines, 1) if _names(text, key)), "")
        return ConfigError(f"{self.path}{line}: {self.where}{why}" + "".join(f"; {fix}" for fix in fixes))

    def codes(self, key: str, value: Any) -> frozenset[str]:
        if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
            raise self.fail(key, f'`{key}` is a list of codes, such as ["W101"]')
        for code in value:
            why, fixes = not_a_warning(code)
            if why:
                raise self.fail(code, f"`{key}`: {why}", fixes)
        return frozenset(value)

    def table(self, key: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.fail(key, f"`{key}` is a table")
        return value


def _names(line: str, key: str) -> bool:
    """Whether a line of TOML has a key, or a word in quotes."""
    return re.search(rf"(^|[\[.\"'\s]){re.escape(key)}([\].\"'\s=]|$)", line.partition("#")[0]) is not None


def _checks(path: str, data: bytes, table: dict[str, Any]) -> Checks:
    shared = os.path.basename(path) == SHARED
    reader = _Reader(path, data, "[tool.archcalc] " if shared else "")
    if shared:
        table = reader.table("archcalc", reader.table("tool", table.get("tool", {})).get("archcalc", {}))
    for key in table:
        if key not in KEYS:
            raise reader.fail(key, f"there is no setting `{key}`", suggestion(key, KEYS) or (f"it has {', '.join(KEYS)}",))
    strict = table.get("strict", False)
    if not isinstance(strict, bool):
        raise reader.fail("strict", "`strict` is true or false")
    select, ignore = (reader.codes(key, table.get(key, [])) for key in ("select", "ignore"))
    files = reader.table("per-file-ignores", table.get("per-file-ignores", {}))
    per_file = tuple((pattern, reader.codes(pattern, codes)) for pattern, codes in files.items())
    thresholds = {code: _thresholds(reader, code, table[code]) for code in THRESHOLDS if code in table}
    root = os.path.dirname(os.path.realpath(path))
    return Checks(thresholds=thresholds, per_file=per_file, root=root).changed(strict=strict, select=select, ignore=ignore)


def _thresholds(reader: _Reader, code: str, value: Any) -> dict[str, float]:
    known = THRESHOLDS[code]
    for name, number in reader.table(code, value).items():
        if name not in known:
            raise reader.fail(name, f"{code} has no setting `{name}`", suggestion(name, known) or (f"it has {', '.join(known)}",))
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < float("inf"):
            raise reader.fail(name, f"`{name}` of {code} is a number from 0")
        if name in SHARES and number > 1:
            raise reader.fail(name, f"`{name}` of {code} is a number from 0 to 1: a part of the whole")
    return dict(value)
