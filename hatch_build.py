"""Build hook: makes the parser's tables from the grammar, so that an installed archcalc starts without Lark."""

from __future__ import annotations

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TablesHook(BuildHookInterface):  # type: ignore[misc, type-arg, unused-ignore]
    """Writes archcalc/syntax/_tables.py before anything is packed, for a wheel and for an editable install alike."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, self.root)
        try:
            from archcalc.syntax.tables import write

            write()
        finally:
            sys.path.remove(self.root)
