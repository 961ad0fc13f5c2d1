"""Pieces in a row: one below the other, in as many columns as give the picture a page's proportions."""

from __future__ import annotations

from math import log
from typing import NamedTuple

from archcalc.graph import Node
from archcalc.report.drawing.items import Item
from archcalc.report.drawing.plan import LABEL, Knot, Path, Plan

GUTTER = 40.0  # between columns
LANES = 16.0  # between edges that run above columns
MOST_COLUMNS = 10
WORTH = 0.8  # of the height of a single column, to which several have to lower it


class Part(NamedTuple):
    """A piece, the middle on which it stands below others, and the value that goes on to the next: its x, and the box that gives it."""

    plan: Plan
    axis: float
    value: Node | None
    out: float
    tail: Item | None


class Page(NamedTuple):
    """From which height on parts are put into columns, and how wide all of them are to be for their height."""

    high: float
    wide: float


def stacked(parts: list[Part], page: Page, framed: bool) -> Plan:
    """All parts. In a frame, values come in at the top and go out at the foot of the whole."""
    heights = [p.plan.height for p in parts]
    if sum(heights) <= page.high or any(len(p.plan.ins) > 1 for p in parts) or len(parts[-1].plan.outs) > 1:
        return column(parts)
    best = None
    for count in range(1, min(len(parts), MOST_COLUMNS) + 1):
        columns = _divided(parts, count)
        width = sum(map(_width, columns)) + GUTTER * (len(columns) - 1)
        high = max(sum(p.plan.height for p in column) for column in columns)
        if count > 1 and high > WORTH * sum(heights):
            continue  # one part makes up most of the height: beside it there is only room
        ratio = abs(log(width / high / page.wide))
        if best is None or ratio < best[0]:
            best = (ratio, count)
    assert best is not None
    divided = _divided(parts, best[1])
    return _side_by_side(divided, framed) if len(divided) > 1 else column(parts)


def _divided(parts: list[Part], count: int) -> list[list[Part]]:
    """Parts in at most so many columns, in order, such that the highest column is as low as may be."""
    heights = [p.plan.height for p in parts]
    low, high = max(heights), sum(heights)
    while high - low > 1:
        middle = (low + high) / 2
        if len(_filled(parts, middle)) <= count:
            high = middle
        else:
            low = middle
    return _filled(parts, high)


def _filled(parts: list[Part], high: float) -> list[list[Part]]:
    columns: list[list[Part]] = []
    used = high + 1
    for part in parts:
        if used + part.plan.height > high + 0.001 or not columns:
            columns.append([])
            used = 0.0
        columns[-1].append(part)
        used += part.plan.height
    return columns


def _width(parts: list[Part]) -> float:
    return max(p.axis for p in parts) + max(p.plan.width - p.axis for p in parts)


def column(parts: list[Part]) -> Plan:
    """One below the other; what goes from one to the next begins at the box that gives it."""
    plan = Plan()
    axis = max(p.axis for p in parts)
    y, tail = 0.0, None
    for part in parts:
        plan.take(part.plan, axis - part.axis, y, [_begun(p, part.plan, tail) for p in part.plan.paths])
        y += part.plan.height
        tail = part.tail if part.plan.open else None
    plan.width = _width(parts)
    plan.height = y
    plan.open, plan.tail = parts[-1].plan.open, parts[-1].tail
    first, last = parts[0], parts[-1]
    plan.ins = {v: x + axis - first.axis for v, x in first.plan.ins.items()}
    plan.outs = {v: x + axis - last.axis for v, x in last.plan.outs.items()}
    return plan


def _begun(path: Path, plan: Plan, tail: Item | None) -> Path:
    """An edge that comes in at the top of a plan begins at the box above."""
    return path._replace(source=tail) if path.source is None and path.knots[0].y == 0 and id(path.value) in plan.ins else path


def _side_by_side(columns: list[list[Part]], framed: bool) -> Plan:
    """Columns from left to right; an edge runs from the foot of each, up between the two, to the top of the next."""
    plan, plans = Plan(), [column(parts) for parts in columns]
    comes, goes = plans[0].ins, plans[-1].outs
    top = (2 if framed else 1) * LANES
    plan.width = sum(p.width for p in plans) + GUTTER * (len(plans) - 1)
    plan.height = top + max(p.height for p in plans)
    x, out, foot, before = 0.0, 0.0, 0.0, None
    for parts, one in zip(columns, plans, strict=True):
        ways: tuple[tuple[float, float], ...]
        at = next(iter(one.ins.values()), 0.0) + x
        y = top if before is not None or framed else 0.0
        if before is not None and before.value is not None:
            lane, low, high = x - GUTTER / 2, foot + LABEL + 2, top - LANES / 2
            ways = ((out, foot), (out, low), (lane, low), (lane, high), (at, high), (at, top))
            plan.paths.append(Path(before.value, tuple(Knot(*way) for way in ways), before.tail if before.plan.open else None, None))
            plan.height = max(plan.height, low + 6)
        elif framed and comes:
            ways = ((plan.width / 2, 0.0), (plan.width / 2, LANES), (at, LANES), (at, top))
            value = next(p.value for p in one.paths if id(p.value) in comes)
            plan.paths.append(Path(value, tuple(Knot(*way) for way in ways), None, None))
        plan.take(one, x, y)
        foot, out = y + one.height, next(iter(one.outs.values()), 0.0) + x
        x, before = x + one.width + GUTTER, parts[-1]
    plan.ins = dict.fromkeys(comes, plan.width / 2) if framed else dict(comes)
    _leave(plan, columns[-1][-1], next(iter(goes), None), out, foot, framed)
    return plan


def _leave(plan: Plan, part: Part, value: int | None, out: float, foot: float, framed: bool) -> None:
    """What goes out of the last column leaves a frame at its middle."""
    plan.outs = {} if value is None else {value: out}
    if value is not None and framed and part.value is not None:
        low = max(plan.height, foot + LABEL) + LANES / 2
        middle = plan.width / 2
        knots = (Knot(out, foot), Knot(out, low), Knot(middle, low), Knot(middle, low + LANES / 2))
        plan.paths.append(Path(part.value, knots, part.tail if part.plan.open else None, None))
        plan.outs, plan.height = {value: middle}, low + LANES / 2
