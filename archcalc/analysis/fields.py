"""Receptive fields as values: of the language, and as text."""

from __future__ import annotations

from typing import Any

from archcalc.analysis.receptive import WHOLE, Extent, Receptive
from archcalc.figures import FIELD, FIELD_NAMES
from archcalc.graph import Node
from archcalc.languages import phrase, tr
from archcalc.names import suggestion
from archcalc.resolve.scope import Fail, Figures, fail
from archcalc.source import Span
from archcalc.values import Dims, Word

PARTS = dict(zip(FIELD_NAMES, ("size", "stride", "padding"), strict=True))


class ByInput(Figures):
    """The fields of a layer that reads several inputs, by the inputs' names: `fuse.receptive_field.image`."""

    def __init__(self, layer: str, fields: dict[str, Extent | str | None], figure: str) -> None:
        self.layer = layer
        self.fields = fields
        self.wanted = figure

    def figure(self, name: str, span: Span) -> Any:
        if name not in self.fields:
            what = phrase("`{layer}.{wanted}`, which is one for each input", layer=self.layer, wanted=self.wanted)
            raise fail(
                "E207",
                span,
                suggestion(name, self.fields) or (phrase("inputs are {names}", names=", ".join(self.fields)),),
                name=f"`{name}`",
                what=what,
            )
        return _value(self.fields[name], f"{self.layer}", self.wanted, span)

    def __str__(self) -> str:
        return phrase("one field for each input: {names}", names=", ".join(self.fields))


def value_of(receptive: Receptive, node: Node, figure: str, span: Span) -> Any:
    """A layer's field as a value of the language: a size such as 5x5, or the word `whole`.

    Raises:
        Fail: with E207 where it is not known; without a finding where the layer, or one before it, has a mistake.
    """
    if node.shape is None:
        raise Fail(None)
    fields = receptive.of(node) or {}
    if len(fields) > 1:
        return ByInput(node.name, fields, figure)
    return _value(next(iter(fields.values()), None), node.name, figure, span)


def _value(field: Extent | str | None, layer: str, figure: str, span: Span) -> Any:
    if field is None:
        raise fail(
            "E207", span, name=f"`{figure}`", what=phrase("`{layer}`: which part of the input its values read is not known", layer=layer)
        )
    if isinstance(field, Extent):
        return Dims(map(_number, getattr(field, PARTS[figure])))
    if figure == FIELD:
        return Word(field)
    raise fail("E207", span, name=f"`{figure}`", what=phrase("`{layer}`, whose field is the whole input", layer=layer))


def _number(entry: int | str) -> Any:
    """An entry of a field as a number of the language; `whole` is a word."""
    if isinstance(entry, int):
        return entry
    from fractions import Fraction

    return Fraction(entry) if "/" in entry else Word(entry)


def plain(fields: dict[str, Extent | str | None] | None) -> Any:
    """The fields as JSON has them: of the one input, or by the inputs' names. None where they are not known."""
    if not fields:
        return None
    found = {name: _plain(field) for name, field in fields.items()}
    return found if len(found) > 1 else next(iter(found.values()))


def _plain(field: Extent | str | None) -> Any:
    if not isinstance(field, Extent):
        return field
    return {part: list(getattr(field, part)) for part in PARTS.values()}


def text(fields: dict[str, Extent | str | None] | None, figure: str = FIELD) -> str:
    """One of the figures for a table: 5x5, "whole", "?" where it is not known; of several inputs, each with its name.

    A field that is whole has no stride and no padding.
    """
    if not fields:
        return "?"
    found = {name: _text(field, figure) for name, field in fields.items()}
    return ", ".join(f"{name} {shown}" if len(found) > 1 else shown for name, shown in found.items() if shown)


def _text(field: Extent | str | None, figure: str) -> str:
    if isinstance(field, Extent):
        entries = getattr(field, PARTS[figure])
        return ("x" if all(isinstance(entry, int) for entry in entries) else " x ").join(map(_entry, entries))
    return "?" if field is None else _entry(field) if figure == FIELD else ""


def _entry(entry: int | str) -> str:
    return tr("whole") if entry == WHOLE else str(entry)
