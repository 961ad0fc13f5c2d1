"""The classic picture of a network, as LeCun et al. (1998), figure 2, draw theirs: stacks of feature maps that get smaller.

Sides of maps are drawn by the root of their lengths, so that 224 and 1 find room in one picture; of many maps some sheets are
drawn, and the number stands above. From a window on one map lines lead to the unit that it feeds.
"""

from __future__ import annotations

from itertools import pairwise

from archcalc.analysis import Analysis
from archcalc.graph import Node
from archcalc.languages import tr, trn
from archcalc.report.drawing.fed import Box, read_by
from archcalc.report.drawing.solids import MOST_SHEETS, UNIT, Point, Solid, fed, mark_unit
from archcalc.report.drawing.stages import NAME, SIZE, WORD, Column, columns_of
from archcalc.report.drawing.svg import FONT, Canvas, Svg, escaped, text_width
from archcalc.report.drawing.traits import channels_of, extent, spatial_of
from archcalc.report.drawing.trunk import Trunk, trunk_of
from archcalc.report.text import clean
from archcalc.sizes import free_sizes

MARGIN, GAP = 12.0, 26.0
NOTE = 12.0  # the size of its letters
LINE = 15.0
LOOSE = 8.0  # between texts
Fed = tuple[Solid, Point, tuple[int, ...]]  # a unit: on which body, where that begins, at which position


def draw_maps(analysis: Analysis) -> Svg:
    """The picture of the trunk of a network, by its stages. Without any shape it is a picture that says so."""
    trunk = trunk_of(analysis)
    title = tr("Feature maps of {network}", network=clean(analysis.network))
    if trunk is None:
        return _nothing(title, tr("There is nothing to draw: no layer has a shape."))
    columns = columns_of(trunk)
    centres = _centres(columns)
    top = MARGIN + NAME + SIZE + 22
    tallest = max(c.solid.height for c in columns)
    canvas = Canvas()
    canvas.open("g", font_family=FONT)
    _bodies(canvas, trunk, list(zip(columns, centres, strict=True)), top + tallest / 2)
    bottom = _between(canvas, columns, centres, top + tallest + 24)
    width = max(centres[-1] + columns[-1].width / 2 + MARGIN, 240.0)
    for note in notes(analysis, trunk):
        for line in _wrapped(note, width - 2 * MARGIN, NOTE):
            bottom += LINE + 4
            canvas.add("text", line, class_="m-note", x=MARGIN, y=bottom, font_size=NOTE)
    canvas.close("g")
    return canvas.svg(width, bottom + MARGIN, title, _says(columns))


def _bodies(canvas: Canvas, trunk: Trunk, placed: list[tuple[Column, float]], middle: float) -> None:
    """Each stage's head and maps, and what feeds it."""
    for column, x in placed:
        _head(canvas, column, x)
        column.solid.draw(canvas, x - column.solid.width / 2, middle - column.solid.height / 2)
    units = []
    for i, (left, right) in enumerate(pairwise(placed)):
        if i + 1 == trunk.gap:
            _break(canvas, (left[1] + right[1]) / 2, middle)
        elif unit := _feed(canvas, trunk, i, left, right, middle):
            units.append(unit)
    for solid, corner, at in units:
        mark_unit(canvas, solid, corner, at)


def _between(canvas: Canvas, columns: list[Column], centres: list[float], y: float) -> float:
    """What lies between the stages, in words; where the last line stands."""
    for (x, right), column in zip(pairwise(centres), columns[1:], strict=True):
        for i, line in enumerate(column.words):
            canvas.add("text", line, class_="m-word", x=(x + right) / 2, y=y + i * LINE, text_anchor="middle", font_size=WORD)
    return y + (max(len(column.words) for column in columns) - 1) * LINE


def _nothing(title: str, says: str) -> Svg:
    canvas = Canvas()
    canvas.add("text", says, class_="m-note", x=MARGIN, y=28.0, font_size=NOTE, font_family=FONT)
    return canvas.svg(text_width(says, NOTE) + 2 * MARGIN, 44.0, title)


def notes(analysis: Analysis, trunk: Trunk) -> list[str]:
    """What a reader has to know of what is not drawn, and of how."""
    found = []
    if trunk.beside:
        found.append(
            trn(
                "Drawn is the longest way; {n} layer on other branches is not.",
                "Drawn is the longest way; {n} layers on other branches are not.",
                trunk.beside,
            )
        )
    others = len([n for n in analysis.graph.inputs if n is not trunk.nodes[0]]), len(analysis.graph.outputs) - 1
    if others[0] > 0 or others[1] > 0:
        ends = {"first": clean(trunk.nodes[0].name)[:40], "last": clean(trunk.nodes[-1].name)[:40]}
        found.append(tr("Of several inputs and outputs, the way from {first} to {last} is drawn.", **ends))
    if trunk.left_out:
        found.append(trn("{n} stage in the middle is left out.", "{n} stages in the middle are left out.", trunk.left_out))
    unknown = sum(node.shape is None for node in analysis.graph.layers)
    if unknown:
        found.append(trn("{n} layer has no known shape, and is not drawn.", "{n} layers have no known shape, and are not drawn.", unknown))
    nodes = [stage.node for stage in trunk.stages]
    nodes = [node for node in nodes if extent(node)]
    if any((spatial_of(node)[1] > MOST_SHEETS) is True for node in nodes):
        found.append(tr("Of many maps, {n} sheets are drawn. Sides are drawn by the root of their lengths.", n=MOST_SHEETS))
    elif nodes:
        found.append(tr("Sides are drawn by the root of their lengths."))
    if any(free_sizes(node.shape) for node in nodes):
        found.append(tr("Sizes that depend on free ones are drawn at a length of their own."))
    return found


def _says(columns: list[Column]) -> str:
    """The picture as a list of what stands in it."""
    parts = [f"{c.name} {c.size}" for c in columns[:1]]
    parts += [f"{', '.join(c.words)}: {c.name} {c.size}" for c in columns[1:]]
    return "; ".join(parts)


def _wrapped(text: str, width: float, size: float) -> list[str]:
    lines = [""]
    for part in text.split(" "):
        if lines[-1] and text_width(f"{lines[-1]} {part}", size) > width:
            lines.append(part)
        else:
            lines[-1] = f"{lines[-1]} {part}".lstrip()
    return lines


# ---- where everything stands


def _centres(columns: list[Column]) -> list[float]:
    """The middle of each column, so that no text reaches into another."""
    centres = [MARGIN + columns[0].width / 2]
    wide = 0.0  # what stands between the two columns before, half of it
    middle = MARGIN
    for before, column in pairwise(columns):
        half = max((text_width(text, WORD) for text in column.words), default=0.0) / 2
        x = centres[-1] + max(before.width + column.width, 0.0) / 2 + LOOSE
        x = max(x, centres[-1] + (before.solid.width + column.solid.width) / 2 + GAP)
        x = max(x, 2 * (middle + wide + half + LOOSE) - centres[-1])
        middle, wide = (centres[-1] + x) / 2, half
        centres.append(x)
    return centres


def _head(canvas: Canvas, column: Column, x: float) -> None:
    canvas.open("g")
    canvas.add("title", f"{column.full[:400]} {column.size}")
    canvas.open("text", class_="m-size", x=x, y=MARGIN + NAME, text_anchor="middle", font_size=NAME)
    canvas.add("tspan", column.name, class_="m-name")
    canvas.parts.append(escaped(column.what))
    canvas.close("text")
    canvas.add("text", column.size, class_="m-size", x=x, y=MARGIN + NAME + SIZE + 4, text_anchor="middle", font_size=SIZE)
    canvas.close("g")


def _break(canvas: Canvas, x: float, y: float) -> None:
    canvas.add("path", class_="m-break", d=f"M{x - 4:.1f} {y - 30:.1f}v60m8 -60v60")


# ---- windows, and the units that they feed


def _feed(canvas: Canvas, trunk: Trunk, place: int, left: tuple[Column, float], right: tuple[Column, float], middle: float) -> Fed | None:
    """Draw the window that a unit reads, and its lines; which unit it is, and where."""
    (a, x), (b, xx) = left, right
    corner = x - a.solid.width / 2, middle - a.solid.height / 2
    other = xx - b.solid.width / 2, middle - b.solid.height / 2
    unit, at = _unit(b, 0.62 if place % 2 else 0.28)
    first, last = trunk.nodes.index(a.node), trunk.nodes.index(b.node)
    box = None if unit is None else read_by(unit, b.node, a.node, trunk.nodes[first : last + 1])
    window = _on_face(a, trunk.after(a.node), box)
    fed(canvas, (a.solid, corner), (b.solid, other), window, at)
    return None if window is None else (b.solid, other, at)


def _unit(column: Column, share: float) -> tuple[tuple[int, ...] | None, tuple[int, ...]]:
    """A unit that is not in the middle, nor at an edge: among all axes, and among those of positions. It is of the map in front."""
    shape = column.node.shape or ()
    if free_sizes(shape) or not shape:
        return None, ()
    axis = channels_of(column.node)
    own = 0.0 if column.solid.space else UNIT
    at = tuple(min(round(n * (own if i == axis else share)), n - 1) for i, n in enumerate(shape))
    return at, tuple(k for i, k in enumerate(at) if i != axis) if axis is not None else at


def _on_face(column: Column, after: Node | None, box: Box | None) -> Box | None:
    """What is read of a stage as its body can show it: along the axes of positions, or on a bar along its values; () is all of it.

    None where it is not known, and of a bar for more axes than can be drawn, unless all of it is read.
    """
    node, solid = column.node, column.solid
    if box is None:
        return None
    axis = channels_of(node, after)
    if solid.space:
        return tuple(side for i, side in enumerate(box) if i != axis)
    if all(side == (0, n - 1) for side, n in zip(box, node.shape or (), strict=True)):
        return ()
    space, _ = spatial_of(node, after)
    return (box[axis or 0],) if all(n == 1 for n in space) else None
