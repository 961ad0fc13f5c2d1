"""Figures along the layers, as plots: where parameters and work are, what memory is alive when, how fields grow."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.analysis.memory import Liveness
from archcalc.figures import BY_NAME, LIVE
from archcalc.languages import tr
from archcalc.report.drawing.plots import fields, memory, nested
from archcalc.report.drawing.plots.bars import Bars, bars
from archcalc.report.drawing.plots.entries import entries, numbers
from archcalc.report.drawing.svg import Svg, inline
from archcalc.report.page.place import Page
from archcalc.report.text import clean

FIGURES = ("params", "connections", "macs", "activation_bytes")


class Plot(NamedTuple):
    """A plot with what heads it and what is said below it; `svg` is "" where there is none, and `notes` say why."""

    id: str
    title: str
    svg: str
    size: str = ""
    notes: tuple[str, ...] = ()


class Plots(NamedTuple):
    """All of them, and what a bar is."""

    says: str
    plots: list[Plot]


def section(page: Page) -> Plots | None:
    """The plots; None where there is no layer."""
    if not page.analysis.rows:
        return None
    bar, plots = _bars(page)
    says = tr("Scales are linear and begin at 0; {bar}. Pointing at a bar shows its name and figure, a click leads to its row.", bar=bar)
    return Plots(says, [*plots, *_memory(page), *_fields(page)])


def _plot(id_: str, title: str, picture: Svg, *notes: str, size: str = "") -> Plot:
    return Plot(id_, title, inline(picture, id_, role="group"), size, notes)


def _bars(page: Page) -> tuple[str, list[Plot]]:
    found, says = entries(page.analysis, page.ids)
    plots = []
    for name in FIGURES:
        figure, total = BY_NAME[name], getattr(page.analysis.totals, name)
        id_, title = f"plot-{name}", tr(figure.title)
        values = [entry.sum(name) for entry in found]
        if not numbers([*values, total]):
            plots.append(Plot(id_, title, "", notes=(_free(page),)))
            continue
        notes = (_dashed(page),) if None in values else ()
        plots.append(_plot(id_, title, bars(Bars(figure, found, values, total)), *notes))
    return says, plots


def _dashed(page: Page) -> str:
    if page.analysis.left_open:
        return tr("A dashed line or the word stands where it is unknown: the layer's line leaves it open.")
    return tr("A dashed line or the word stands where it is unknown: a layer has a mistake.")


def _free(page: Page) -> str:
    """Why there is no plot where sizes are free, and how there would be one."""
    values = " ".join(f"-p {name}=64" for name in page.analysis.graph.free)
    return tr("Sizes are free, and a formula cannot be plotted: with numbers it can, as in {values}.", values=values)


def _memory(page: Page) -> list[Plot]:
    id_, title = "plot-live", tr(LIVE.title)
    found = page.analysis.totals.liveness
    if found is None:
        why = _free(page) if page.analysis.graph.free else tr("Unknown: a layer that it needs has a mistake.")
        return [Plot(id_, title, "", notes=(why,))]
    if not numbers([*found.live, found.peak]) or found.at is None:
        return [Plot(id_, title, "", notes=(_free(page),))]
    return [
        _plot(id_, title, memory.over_time(found, page.ids), *_steps(found), size="wide"),
        _plot("plot-peak", tr("What is alive at the peak"), memory.at_peak(found, page.ids)),
    ]


def _steps(found: Liveness) -> tuple[str, ...]:
    each = max(column.steps for column in memory.columns(found))
    note = tr("All that is alive while a layer runs: what is read, then or later, in the order in which the layers run.")
    return (note,) if each == 1 else (note, tr("A column is the most of {n} steps.", n=each))


def _fields(page: Page) -> list[Plot]:
    id_, title = "plot-fields", tr("Receptive field")
    found = fields.growth(page.analysis)
    if found is None:
        why = _free(page) if page.analysis.graph.free else tr("What the layers read of the input is not known.")
        return [Plot(id_, title, "", notes=(why,))]
    names = {"source": clean(found.source.name[:200]), "axes": fields.all_words(len(found.lengths))}
    note = tr("How many positions one value reads of {source}, along its {axes}; of the layers on the longest way through.", **names)
    size = "wide"
    beside = []
    if len(found.lengths) == 2 and nested.squares(found):
        dashed = tr("Around the middle of the input, to scale; dashed where the field is larger than it.")
        beside = [_plot("plot-nested", tr("Fields on the input"), nested.nested(found), dashed, *nested.left_out(found))]
        size = "wide deep"
    return [_plot(id_, title, fields.lines(found, page.ids), note, *_whole(found), size=size), *beside]


def _whole(found: fields.Growth) -> tuple[str, ...]:
    whole = any(found.is_whole(field, axis) for field in found.fields for axis in range(len(found.lengths)))
    return (tr("Whole: a value reads all of the input, wherever it stands."),) if whole else ()
