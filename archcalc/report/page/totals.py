"""The totals: a card for each, which opens to its definition and the sum that it is."""

from __future__ import annotations

from typing import Any, NamedTuple

from archcalc.analysis import Analysis
from archcalc.figures import CONNECTIONS, COUNTS, OF_NETWORK, WITHOUT, Figure
from archcalc.languages import tr, trn
from archcalc.report.explain.memory import at_peak
from archcalc.report.explain.memory import terms as of_training
from archcalc.report.page.figures import shown
from archcalc.report.page.place import Page
from archcalc.report.page.sums import parts_of, terms
from archcalc.report.page.workings import Term
from archcalc.report.text import clean, number

MOST_TERMS = 16  # a sum of more layers than this is not written out

PARTS = {"peak_activation_bytes": at_peak, "training_bytes": of_training}  # of figures that are no sums over layers


class Card(NamedTuple):
    """A total: its definition, and the sum that it is, as text and term by term where they are few."""

    figure: str
    title: str
    exact: str
    shown: str
    means: str
    sum: str
    terms: tuple[Term, ...] = ()


class Totals(NamedTuple):
    """The cards; whether a total is unknown; and the layer whose line leaves it open, if that is why."""

    cards: list[Card]
    unknown: bool
    left_open: str


def section(page: Page) -> Totals:
    """Every total, of the network too."""
    analysis = page.analysis
    cards = [_card(analysis, figure) for figure in (*COUNTS, *OF_NETWORK)]
    return Totals(cards, any(value is None for value in analysis.totals), clean(analysis.left_open))


def _why_unknown(analysis: Analysis) -> str:
    if name := clean(analysis.left_open):
        return tr("unknown: the line of {name} leaves it open", name=name)
    return tr("unknown: a layer that it needs has a mistake")


def _card(analysis: Analysis, figure: Figure) -> Card:
    value = getattr(analysis.totals, figure.name)
    if figure in OF_NETWORK:
        worked = _parts(analysis, figure.name, value)
        made_of = [] if value is None else [(clean(name), "", number(size)) for name, _, size in PARTS[figure.name](analysis)]
        few = (*made_of, (tr("total"), "", number(value))) if 1 < len(made_of) <= MOST_TERMS else ()
        return Card(figure.name, tr(figure.title), *shown(figure.name, value), tr(figure.means), worked, few)
    worked = _sum(analysis, figure.name, value)
    means = tr("{meaning}, over all layers", meaning=tr(figure.means)) + (
        tr(WITHOUT) if analysis.real_taps and figure.name == CONNECTIONS else ""
    )
    parts = parts_of((row.node for row in analysis.rows), 0) if value is not None else []
    few = terms(parts, figure.name, value)[: MOST_TERMS + 2]
    return Card(figure.name, tr(figure.title), *shown(figure.name, value), means, worked, few if 2 < len(few) <= MOST_TERMS + 1 else ())


def _parts(analysis: Analysis, figure: str, value: Any) -> str:
    """What a figure of the network is made of."""
    if value is None:
        return _why_unknown(analysis)
    parts = [(name, size) for name, _, size in PARTS[figure](analysis)]
    if not parts:
        return tr("which layer has the most depends on the sizes: {value}", value=value)
    if len(parts) > MOST_TERMS:
        return trn("{n} output that is alive = {total}", "{n} outputs that are alive at once = {total}", len(parts), total=value)
    return clean(" + ".join(f"{name} {size}" for name, size in parts)) + f" = {value}"


def _sum(analysis: Analysis, figure: str, value: Any) -> str:
    if value is None:
        return _why_unknown(analysis)
    found = [str(n) for row in analysis.rows if ((n := getattr(row, figure)) == 0) is not True]
    if len(found) > MOST_TERMS:
        return trn("the figure of {n} layer = {total}", "the sum of {n} layers' figures = {total}", len(found), total=value)
    return " + ".join(found) + f" = {value}" if len(found) > 1 else str(value)
