"""What stands in each column of a picture of maps: what a stage is called, its size, its body, what lies before it."""

from __future__ import annotations

from typing import Any, NamedTuple

from archcalc.graph import Group, Node
from archcalc.languages import tr
from archcalc.report.drawing.solids import Solid, solid_of
from archcalc.report.drawing.svg import text_width
from archcalc.report.drawing.traits import extent, spatial_of
from archcalc.report.drawing.trunk import FEW, Stage, Trunk, word
from archcalc.report.folding import instances
from archcalc.report.text import clean
from archcalc.sizes import Shape
from archcalc.values import joined

NAME, SIZE, WORD = 13.0, 12.0, 12.0  # sizes of the letters
BOLD = 1.1  # how much wider bold letters are
WIDEST, BETWEEN = 145.0, 170.0  # a text above a stack, and one between two
MOST_WORDS = 3


class Column(NamedTuple):
    """A stage as it is drawn: what is above it, its maps, and what lies between it and the one before."""

    node: Node
    name: str
    what: str
    full: str
    size: str
    solid: Solid
    words: tuple[str, ...]

    @property
    def width(self) -> float:
        title = text_width(self.name, NAME) * BOLD + text_width(self.what, NAME)
        return max(self.solid.width, title, text_width(self.size, SIZE))


def columns_of(trunk: Trunk) -> list[Column]:
    """A column for each stage."""
    stages = trunk.stages
    longest = max((n for stage in stages for n in spatial_of(stage.node)[0] if isinstance(n, int)), default=1)
    found = []
    for i, stage in enumerate(stages):
        space, maps = spatial_of(stage.node, trunk.after(stage.node))
        full = clean(_name(stage, stages[i - 1 : i], stages[i + 1 : i + 2]))
        name = shortened(full, NAME * BOLD)
        what = _what(space, stage.node) if i and len(stage.shown) == 1 and len(stages) <= FEW and name == full else ""
        size = shortened(_size(space, maps, stage.node), SIZE)
        found.append(Column(stage.node, name, what, full, size, solid_of(space, maps, longest), _words(stage) if i else ()))
    return found


def _what(space: Shape, node: Node) -> str:
    if not extent(node):
        return tr(": layer")
    return tr(": feature maps") if len(space) > 1 or (node.layer and node.layer.turns) else ""


def _name(stage: Stage, before: list[Stage], after: list[Stage]) -> str:
    """What a stage is called: by the block that is this stage and no other, by its layer, or by its first and its last."""
    around = [instances(shown.outer if isinstance(shown, Group) else shown.group) for shown in stage.shown if not isinstance(shown, int)]
    own = [g for g in around[0] if all(g in groups for groups in around)] if len(around) == len(stage.shown) > 0 else []
    beside = [g for other in (*before, *after) for g in instances(other.node.group)]
    names = [g.name for g in own if g not in beside][:1] or [s.name for s in stage.shown if not isinstance(s, int)]
    if not names or isinstance(stage.shown[-1], int):
        return stage.node.name
    return names[0] if len(names) == 1 else tr("{first} to {last}", first=names[0], last=names[-1])


def _size(space: Shape, maps: Any, node: Node) -> str:
    """The size as the paper writes it: 6@28x28; of a vector the number of its values."""
    if not space:
        return str(maps) if node.shape else tr("a single value")
    if len(space) > 3:
        return joined(node.shape or ())
    text = str(maps)
    return f"{f'({text})' if ' ' in text else text}@{joined(space)}"


def _words(stage: Stage) -> tuple[str, ...]:
    """What lies between a stage and the one before: each operation, and how often."""
    times: dict[str, int] = {}
    for shown in stage.shown:
        name = word(shown)
        times[name] = times.get(name, 0) + (shown if isinstance(shown, int) else 1)
    texts = []
    for name, n in times.items():
        said = tr("{n} layers in branches", n=f"{n:,}") if not name else clean(tr(name))
        texts.append(shortened(f"{said} \u00d7 {n:,}" if name and n > 1 else said, WORD, BETWEEN))
    if len(texts) > MOST_WORDS:
        texts[MOST_WORDS - 1 :] = [tr("and {n} more", n=len(texts) - MOST_WORDS + 1)]
    return tuple(texts)


def shortened(text: str, size: float, widest: float = WIDEST) -> str:
    """A text with its middle left out where it is too wide."""
    if len(text) < 8 or (text_width(text[:200], size) <= widest and len(text) <= 200):
        return text
    keep = min(len(text), 100)
    while keep > 2 and text_width(text[: keep - keep // 2] + "\u2026" + text[len(text) - keep // 2 :], size) > widest:
        keep -= 1
    return text[: keep - keep // 2] + "\u2026" + text[len(text) - keep // 2 :]
