"""A receptive field explained: how it grows from the input to the layer, by the recurrences of Araujo, Norris & Sim (2019)."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis import Analysis
from archcalc.analysis.fields import text
from archcalc.analysis.receptive import Extent, Receptive, undecided
from archcalc.figures import FIELD_NAMES
from archcalc.graph import Graph, Node
from archcalc.languages import mark, tr
from archcalc.report.explain.blocks import Blocks, Prose, Table
from archcalc.report.explain.branches import Step
from archcalc.report.explain.steps import worked
from archcalc.sizes import Refusal

HEAD = (mark("layer"), mark("size r"), mark("stride j"), mark("padding p"))
RULES = ("r = r_in + (f - 1)*j_in", "j = j_in*s", "p = p_in + b*j_in")
SYMBOLS = mark("f positions under the kernel, its stride s, b of padding before")


def blocks(analysis: Analysis, node: Node) -> Blocks:
    """What explains the field of a layer on each input that it reads."""
    receptive = analysis.receptive
    fields = receptive.of(node)
    if not fields:
        mistake = tr("(unknown: the layer, or one before it, has a mistake)")
        return [Prose((f"?   {mistake if node.shape is None else tr('(unknown: it reads none of the inputs)')}",))]
    found: Blocks = []
    for name, field in fields.items():
        source = next(n for n in analysis.graph.inputs if n.name == name)
        steps = [(before, steps) for before in _between(receptive.graph, source, node) if (steps := steps_of(receptive, source, before))]
        if steps:
            rules = dict.fromkeys(step.rule for _, by_axis in steps for step in by_axis if step.rule)
            found.append(Prose((f"{', '.join(RULES)}: {tr(SYMBOLS)}", *rules)))
            rows = tuple(row for before, by_axis in steps for row in _rows(before, by_axis))
            found.append(
                Table(("text", "math", "math", "math"), rows, title=tr("on {name}, layer by layer", name=name), head=tuple(map(tr, HEAD)))
            )
        found += [_result(receptive, node, source, field)]
    return found


def _result(receptive: Receptive, node: Node, source: Node, field: Extent | str | None) -> Prose:
    if field is None:
        return Prose((tr("? of {input}   (not known: {why})", input=source.name, why=_why_unknown(receptive, source, node)),))
    shown, stride, padding = (text({source.name: field}, part) for part in FIELD_NAMES)
    if isinstance(field, str):
        return Prose((tr("{field} of {input}", field=shown, input=source.name),))
    said = tr("{field} of {input}, stride {stride}, padding {padding}", field=shown, input=source.name, stride=stride, padding=padding)
    return Prose((said,))


def _why_unknown(receptive: Receptive, source: Node, node: Node) -> str:
    """The first layer from which on it is not known, and why."""
    by_rule = tr("what a value reads does not follow from its position by a rule")
    for before in _between(receptive.graph, source, node):
        if (receptive.of(before) or {}).get(source.name, "") is None:
            free = receptive.graph.free
            if free and (what := undecided(before)) is not None:
                return tr("from {layer} on, it depends on {sizes}, by {what}", layer=before.name, sizes=", ".join(free), what=what)
            if free:
                said = mark("after {layer}, what a value reads does not follow from its position by a rule, or it depends on {sizes}")
                return tr(said, layer=before.name, sizes=", ".join(free))
            return tr("after {layer}, what a value reads does not follow from its position by a rule", layer=before.name)
    return by_rule


def _between(graph: Graph, source: Node, node: Node) -> list[Node]:
    """The layers from an input to a layer, in the order in which they run."""
    read, waiting = {id(node)}, [node]
    while waiting:
        for before in waiting.pop().inputs:
            if id(before) not in read:
                read.add(id(before))
                waiting.append(before)
    after = {id(source)}
    found = []
    for one in graph.layers:
        if id(one) in read and any(id(before) in after for before in one.inputs):
            after.add(id(one))
            found.append(one)
    return found


def steps_of(receptive: Receptive, source: Node, node: Node) -> dict[Step, list[int]]:
    """How a layer's field comes about: along which axes in which way. What only passes values on has none."""
    steps: dict[Step, list[int]] = {}
    for place, axis in enumerate(receptive.axes(source), 1):
        try:
            found = worked(receptive, source, node, axis)
        except Refusal:  # it depends on a free size
            continue
        if found:
            steps.setdefault(found, []).append(place)
    return steps


def _rows(node: Node, steps: dict[Step, list[int]]) -> Iterator[tuple[str, ...]]:
    for found, places in steps.items():
        name = node.name if len(steps) == 1 else tr("{name}, axis {place}", name=node.name, place=tr(" and ").join(map(str, places)))
        yield f"{name} ({found.joins})" if found.joins else name, found.size, found.stride, found.padding
