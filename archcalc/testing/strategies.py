"""Hypothesis strategies of what the language can say: values of arguments, lines of a kind, whole networks."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from archcalc.argtypes import ValueType
from archcalc.registry import find_kind
from archcalc.testing.arguments import Around, Shape, draw_value
from archcalc.testing.chance import Chance
from archcalc.testing.drawn_lines import draw_line, patterns
from archcalc.testing.drawn_networks import draw_network, kinds_by_name


@st.composite
def _values(draw: st.DrawFn, type: ValueType, inputs: tuple[Shape, ...]) -> str:
    return draw_value(_chance(draw), type, Around(inputs, False, {}, {}))


def values(type: ValueType, inputs: Iterable[Shape] = ((4, 4, 2),)) -> st.SearchStrategy[str]:
    """Values of a type of argument, as the language writes them, for a layer that reads these shapes."""
    return _values(type, tuple(inputs))


@st.composite
def _lines(draw: st.DrawFn, kind: str, inputs: tuple[Shape, ...] | None) -> str:
    found = find_kind(kind)
    assert found is not None
    chance = _chance(draw)
    shapes = chance.one(patterns(found[0])) if inputs is None else inputs
    return draw_line(chance, found[0], Around(shapes, False, {}, {})).reading()


def lines(kind: str, inputs: Iterable[Shape] | None = None) -> st.SearchStrategy[str]:
    """Statements of a kind for what reads these shapes; without any, those of one of its examples. Not all of them fit.

    Raises:
        ValueError: there is no such kind.
    """
    if find_kind(kind) is None:
        raise ValueError(f"there is no kind {kind!r}; `archcalc layers` lists them")
    return _lines(kind, None if inputs is None else tuple(inputs))


@st.composite
def _networks(draw: st.DrawFn, kinds: tuple[str, ...] | None, max_layers: int) -> str:
    return draw_network(_chance(draw), kinds_by_name(kinds), max_layers)


def networks(kinds: Iterable[str] | None = None, max_layers: int = 8) -> st.SearchStrategy[str]:
    """The texts of programs whose network `N` has no mistake: of these kinds, or of all, with up to so many statements.

    Raises:
        ValueError: no network is drawn of one of the kinds.
    """
    names = None if kinds is None else tuple(kinds)
    kinds_by_name(names)
    return _networks(names, max_layers)


def _chance(draw: st.DrawFn) -> Chance:
    return Chance(lambda low, high: draw(st.integers(low, high)) if low < high else low)
