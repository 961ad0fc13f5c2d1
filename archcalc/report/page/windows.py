"""A layer's window, drawn on its input, with the formula of what comes out. Layers that have the same window share a picture."""

from __future__ import annotations

import json
from typing import NamedTuple

from archcalc.analysis.lints.windows import axes_of
from archcalc.graph import Node
from archcalc.languages import mark, tr, trn
from archcalc.report.drawing.sliding import Axis, Slide, slides_of, windows_of
from archcalc.report.drawing.svg import inline
from archcalc.report.drawing.windows import Step, pictures, says, title_of
from archcalc.report.explain.mathml import mathml
from archcalc.report.page.place import Page
from archcalc.report.text import clean

MOST = 80  # windows that are drawn
OPEN = 6  # of them are open at first
MOST_NAMES = 8  # of layers that have one

ALONG = {
    "position": mark("along the positions"),
    "plane": mark("along the planes"),
    "row": mark("along the rows"),
    "column": mark("along the columns"),
    "step": mark("along the steps"),
}


class Line(NamedTuple):
    """A formula, typeset, unless it is none; and as text."""

    math: str | None
    text: str


class Picture(NamedTuple):
    """One picture of a window. `axes` and `says` are what the script steps by: numbers, and a sentence to put them in."""

    along: str
    svg: str
    axes: str
    says: str
    first: str


class Shown(NamedTuple):
    """A window: the layers that have it, its pictures, the formula with the numbers, and what is left out."""

    title: str
    says: str
    names: list[tuple[str, str]]
    more: int
    pictures: list[Picture]
    formula: tuple[Line, ...]
    unread: list[str]


class Windows(NamedTuple):
    """All windows that are drawn, how many are open at first, and what is said of those that are not drawn."""

    shown: list[Shown]
    open: int
    notes: list[str]


def section(page: Page) -> Windows | None:
    """Each window once; None where no layer has one."""
    found = slides_of(page.analysis)
    notes = []
    if found.single:
        notes.append(
            trn(
                "{n} layer reads each position by itself (a kernel of 1, stride 1), and is not drawn.",
                "{n} layers read each position by themselves (a kernel of 1, stride 1), and are not drawn.",
                found.single,
            )
        )
    if found.undrawn:
        notes.append(
            trn(
                "The window of {n} layer is not drawn: its sizes are free, or too large.",
                "The windows of {n} layers are not drawn: their sizes are free, or too large.",
                found.undrawn,
            )
        )
    if len(found.slides) > MOST:
        notes.append(trn("{n} more window is not drawn.", "{n} more windows are not drawn.", len(found.slides) - MOST))
    if not found.slides and not found.undrawn:
        return None
    return Windows([_shown(page, slide, f"slide{i}") for i, slide in enumerate(found.slides[:MOST], 1)], OPEN, notes)


def _shown(page: Page, slide: Slide, id_: str) -> Shown:
    node = slide.nodes[0]
    words = axes_of(node, windows_of(node))
    steps = pictures(slide)
    names = [(clean(n.name), page.ids[n.name]) for n in slide.nodes[:MOST_NAMES]]
    drawn = [_picture(step, words, f"{id_}-{i}", len(slide.axes)) for i, step in enumerate(steps)]
    moving = tuple(a for a in slide.axes if a.moves) or slide.axes
    return Shown(title_of(moving), says(moving), names, len(slide.nodes) - len(names), drawn, _formula(page, node), _unread(slide, words))


def _picture(step: Step, words: tuple[str, ...], id_: str, rank: int) -> Picture:
    along = ", ".join(tr(ALONG[words[i]]) for i in step.along if i < len(words)) if len(step.axes) == 1 and rank > 1 else ""
    sentence = (
        tr("Output row {k0}, column {k1} reads rows {from0} to {to0} and columns {from1} to {to1}.")
        if len(step.axes) == 2
        else tr("Output {k0} reads {from0} to {to0}.")
    )
    axes = [
        [a.stride, a.before, a.reach, [[r.start, r.stop, r.step] for r in shown]] for a, shown in zip(step.axes, step.shown, strict=True)
    ]
    first = {name: value for i, a in enumerate(step.axes) for name, value in _place(a, i).items()}
    return Picture(along, inline(step.svg(id_), id_), json.dumps(axes, separators=(",", ":")), sentence, sentence.format(**first))


def _place(axis: Axis, i: int) -> dict[str, int]:
    return {f"k{i}": 0, f"from{i}": axis.start(0), f"to{i}": axis.start(0) + axis.reach - 1}


def _formula(page: Page, node: Node) -> tuple[Line, ...]:
    """The rule of the output's shape, in symbols and in numbers, typeset, and as text with its floors written out."""
    worked = page.analysis.derivation(node.name, "output_shape")
    if worked is None:
        return ()
    lines = dict.fromkeys((worked.symbols, worked.text))
    return tuple(Line(mathml(line), floored(clean(line))) for line in lines)


def floored(formula: str) -> str:
    """`(32 - 5)//1 + 1` as `floor((32 - 5)/1) + 1`."""
    while (at := formula.find("//")) >= 0:
        left, right = _operand(formula[:at][::-1], ")", "("), _operand(formula[at + 2 :], "(", ")")
        begin, end = at - left, at + 2 + right
        formula = f"{formula[:begin]}floor({formula[begin:at]}/{formula[at + 2 : end]}){formula[end:]}"
    return formula


def _operand(text: str, opens: str, closes: str) -> int:
    """How long the operand is at the start of a text: a name, a number, or what is in brackets."""
    depth = length = 0
    for char in text:
        if depth == 0 and not (char.isalnum() or char in "_" + opens):
            break
        depth += (char == opens) - (char == closes)
        length += 1
    return length


def _unread(slide: Slide, words: tuple[str, ...]) -> list[str]:
    """How much no window reads, along each axis; axes that are alike are one line."""
    alike: dict[Axis, list[str]] = {}
    for i, axis in enumerate(slide.axes):
        alike.setdefault(axis, []).append(tr(ALONG[words[i]]) if i < len(words) else "")
    return [
        trn(
            "No window reads {n} position of {of} {where}.",
            "No window reads {n} positions of {of} {where}.",
            axis.lost,
            of=f"{axis.n:,}",
            where=", ".join(where),
        )
        for axis, where in alike.items()
        if axis.lost
    ]
