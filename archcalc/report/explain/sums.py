"""Figures that are sums: of a block instance, and of the whole network, with a subtotal for each block."""

from __future__ import annotations

from collections.abc import Iterable

from archcalc.analysis import Analysis
from archcalc.figures import BY_BATCH, CONNECTIONS, SHAPE, WITHOUT, means
from archcalc.graph import Group, Node, say_shape
from archcalc.languages import mark, tr
from archcalc.report.explain.blocks import Blocks, Heading, Prose, Quoted, Table
from archcalc.report.explain.ways import OF_TOTAL, find
from archcalc.report.folding import counted, instances
from archcalc.report.text import number

COLUMNS = ("text", "number")
COUNTED_BY_OTHERS = ("macs", "flops")  # in ways of their own


def of_total(analysis: Analysis, figure: str) -> Blocks:
    """A figure of the network: what each layer adds, block by block."""
    head = Heading(f"total.{figure}", _means(analysis, figure, "{meaning}" if figure in OF_TOTAL else mark("{meaning}, over all layers")))
    blocks: Blocks = [head, *assumed(analysis)]
    if figure in OF_TOTAL:
        return [*blocks, *find(OF_TOTAL[figure])(analysis)]
    total = number(getattr(analysis.totals, figure))
    blocks.append(Table(COLUMNS, _terms((row.node for row in analysis.rows), figure), total=(tr("total"), total)))
    if figure in COUNTED_BY_OTHERS:
        from archcalc.report.explain.tools import comparison  # seldom asked for

        blocks += comparison(analysis)
    return blocks


def of_group(analysis: Analysis, group: Group, figure: str) -> Blocks:
    """A figure of a block instance: what each of its layers adds. Its shapes are those that come out of it."""
    blocks: Blocks = [
        Heading(
            f"{group.name}.{figure}", _means(analysis, figure, "{meaning}" if figure == SHAPE else mark("{meaning}, over all its layers"))
        ),
        Quoted(f"{group.span.source.name}:{group.span.line}", " ".join(group.span.text.split())),
        *assumed(analysis),
    ]
    if figure == SHAPE:
        said = tuple(tr("{shape}, as {name} puts it out", shape=say_shape(node.shape), name=node.name) for node in group.outputs)
        return [*blocks, Prose((*said, *(tr("`explain ... {name}.shape` has the working", name=node.name) for node in group.outputs[:1])))]
    inner = len(instances(group))
    return [*blocks, Table(COLUMNS, _terms(counted(group), figure, inner), total=(group.name, number(getattr(group.row, figure))))]


def _means(analysis: Analysis, figure: str, over: str) -> str:
    without = tr(WITHOUT) if analysis.real_taps and figure == CONNECTIONS else ""
    return tr(over, meaning=tr(means(figure))) + without + of_batch(analysis, figure)


def of_batch(analysis: Analysis, figure: str) -> str:
    """For how many samples a figure is, where they count."""
    return tr(", for a batch of {n}", n=number(analysis.batch)) if analysis.batch != 1 and figure in BY_BATCH else ""


def assumed(analysis: Analysis) -> Blocks:
    """What is assumed of sizes that are free: formulas hold for these alone."""
    assumptions = analysis.assumptions
    return [Prose((tr("assumed: {assumptions}", assumptions=", ".join(assumptions)),))] if assumptions else []


def _terms(nodes: Iterable[Node], figure: str, depth: int = 0) -> tuple[tuple[str, ...], ...]:
    """A row for each layer that adds something. Those of a block instance stand under it, with its subtotal."""
    rows: list[tuple[str, ...]] = []
    around: list[Group] = []
    seen: set[int] = set()  # an instance whose layers stand apart has one subtotal
    for node in nodes:
        value = getattr(node.row, figure)
        if (value == 0) is True:
            continue
        now = instances(node.group)[depth:]
        common = next((i for i, (a, b) in enumerate(zip(around, now, strict=False)) if a is not b), min(len(around), len(now)))
        for level, group in enumerate(now[common:], common):
            subtotal = "" if id(group) in seen else number(getattr(group.row, figure))
            rows.append(("  " * level + f"{group.name} ({group.kind})", subtotal))
            seen.add(id(group))
        around = now
        rows.append(("  " * len(now) + node.name, number(value)))
    return tuple(rows)
