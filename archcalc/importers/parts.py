"""Outputs of a layer besides its first: states, and scores of attention. The language names them; Keras counts them."""

from __future__ import annotations

from archcalc.importers.config import LayerConfig
from archcalc.importers.kinds import class_of


def part_of(layer: LayerConfig, output: int) -> str:
    """The name of an output, counted from 1 after the first: `state_h`; a number where the kind has no name for it."""
    names = _names(layer)
    return names[output - 1] if output <= len(names) else f"output_{output}"


def _names(layer: LayerConfig) -> list[str]:
    cls = class_of(layer)
    if cls is None:
        return []
    if layer.class_name == "Bidirectional" and isinstance(inner := layer.config.get("layer"), dict):
        held = inner.get("config")
        states = _names(LayerConfig("", str(inner.get("class_name")), "", "", held if isinstance(held, dict) else {}))
        return [f"{way}_{name}" for way in ("forward", "backward") for name in states]
    if any(a.name == "scores" for a in cls.args):
        return ["scores"]
    cells = layer.config.get("cell")
    if isinstance(cells, dict) and isinstance(cells.get("config"), dict):
        inside = cells["config"].get("cells")
        inside = inside if isinstance(inside, list) else [cells]
        found = [_names(LayerConfig("", str(c.get("class_name")), "", "", {})) for c in inside if isinstance(c, dict)]
        return [f"{name}_{i}" for i, names in enumerate(found, 1) for name in names]
    return list(getattr(cls, "carries", ()))
