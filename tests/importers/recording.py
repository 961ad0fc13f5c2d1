"""What real Keras wrote of models, kept: `pytest tests/importers --update` writes it anew, where Keras is installed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def stored(name: str) -> list[Any]:
    """The entries of a recording."""
    with gzip.open(HERE / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def store(name: str, entries: Iterable[Any]) -> None:
    """Write a recording, an entry a line; the same entries give the same bytes."""
    text = "".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries)
    (HERE / name).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
