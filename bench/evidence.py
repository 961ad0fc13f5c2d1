"""How the files in docs/evidence/ are written: the command and the versions first, then a line for each result."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import archcalc


def named(word: str) -> str:
    """A word of a command, without the folder of a file that is not in this one: it lies elsewhere elsewhere."""
    return Path(word).name if word.startswith("/") else word


def write(output: str, command: list[str], facts: dict[str, Any], results: list[dict[str, Any]]) -> None:
    """Write what a run showed: `facts` about all of it, and each result on a line of its own, so that changes can be read."""
    document = {
        "command": " ".join(["python", *map(named, command)]),
        "archcalc": archcalc.__version__,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        **facts,
        "results": [],
    }
    lines = ",\n".join(json.dumps(result, separators=(",", ":")) for result in results)
    text = json.dumps(document, indent=1).removesuffix("[]\n}") + f"[\n{lines}\n]}}\n"
    json.loads(text)
    Path(output).write_text(text, encoding="utf-8")
