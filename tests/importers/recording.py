"""What real Keras wrote of models, kept: `pytest tests/importers --update` writes it anew, where Keras is installed."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def stored(name: str) -> list[Any]:
    """The entries of a recording."""
    with gzip.open(HERE / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def without_code(text: str) -> str:
    """A model's JSON without the bytes of Python functions, in which the paths of the machine that wrote them stand."""
    return re.sub(r'"4w(?:[A-Za-z0-9+/=]|\\n)+"', '"4w=="', text)


def store(name: str, entries: Iterable[Any]) -> None:
    """Write a recording, an entry a line; the same entries give the same bytes."""
    text = "".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries)
    (HERE / name).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
