"""What is said of a difference, for every form of it: cells, titles of edits, what follows from which, notes. Not yet escaped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from archcalc.diff.cause import MOST_FOLLOWED, Cause
from archcalc.diff.changes import Changed
from archcalc.diff.difference import Difference, Total
from archcalc.figures import BY_NAME, FIELD, FIGURES, OF_NETWORK
from archcalc.graph import Node, say_shape
from archcalc.report.terminal import memory
from archcalc.report.text import number

ARROW = " -> "
SHOWN = ("params", "connections", "macs")
CHOICES = (*FIGURES, FIELD)  # what a column may be
ALWAYS = ("params", "connections", "macs", "flops", *(figure.name for figure in OF_NETWORK))  # totals that stand there changed or not
BYTES = ("activation_bytes", "weight_bytes", *(figure.name for figure in OF_NETWORK))
MOST_NAMES = 6


class Line(NamedTuple):
    """A line of a table: "+", "-" or "~", and its cells."""

    sign: str
    cells: tuple[str, ...]


def plural(n: int, one: str, many: str = "") -> str:
    """`1 layer`, `2 layers`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def title_of(node: Node) -> str:
    """A layer's name with its kind."""
    return f"{node.name} ({node.layer.title if node.layer else node.kind})"


def line_of(one: Changed, columns: tuple[str, ...]) -> Line:
    """A layer: its name, its shape, figures, and arguments that something else led to. What did not change is left empty."""
    sign = "+" if one.before is None else "-" if one.after is None else "~"
    cells = [_named(one), _shape(one), *(_cell(one, column) for column in columns)]
    return Line(sign, (*cells, "; ".join(f"{d.what} {ARROW.join(d.shown)}" for d in one.led)))


def _named(one: Changed) -> str:
    if one.before is not None and one.after is not None and one.before.kind != one.after.kind:
        return title_of(one.before) + ARROW + title_of(one.after)
    return title_of(one.now)


def _shape(one: Changed) -> str:
    if None in (one.before, one.after):
        return say_shape(one.now.shape)
    return ARROW.join(one.shape.shown) if one.shape else ""


def _cell(one: Changed, column: str) -> str:
    if column == FIELD:
        return ARROW.join(one.field.shown) if one.field else ""
    if column not in one.figures:
        return ""
    sides = zip((one.before, one.after), one.figures[column], strict=True)
    return ARROW.join(_amount(column, value) for node, value in sides if node is not None)


def _amount(figure: str, value: Any) -> str:
    """A figure as text: bytes in the largest unit that fits."""
    if value is None:
        return "?"
    if isinstance(value, str):
        return value
    return memory(value) if figure in BYTES else number(value)


def visible(one: Changed, columns: tuple[str, ...]) -> bool:
    """Whether a line of a layer shows that it changed."""
    return bool(one.shape or one.led or (one.field and FIELD in columns) or any(figure in columns for figure in one.figures))


# ---- edits ------------------------------------------------------------------------------------------------------------


def name_of(cause: Cause) -> str:
    """What an edit is called where something follows from it."""
    return {"added": f"new {cause.name}", "removed": f"{cause.name} was taken away"}.get(cause.change, cause.name)


def headline(cause: Cause) -> str:
    """What was edited, in a line."""
    details = "; ".join(f"{d.what} {ARROW.join(d.shown)}" for d in cause.details)
    count = len(cause.layers)
    if cause.change in ("added", "removed"):
        word = "new" if cause.change == "added" else "gone"
        return f"{_several(cause)}: {word}{_between(cause)}"
    if cause.change == "changed":
        more = f" and {plural(count - 1, 'layer')} like it" if count > 1 else ""
        return f"{cause.name}{more}: {details}"
    if cause.change == "order":
        return "layers run in another order"
    said = {
        "moved": f"{cause.name}: moved",
        "call": f"call of {cause.name}",
        "parameter": "parameter",
        "definition": "definition of",
        "train": "train",
    }
    before = said.get(cause.change, "")
    return f"{before}: {details}" if cause.change in ("moved", "call", "train") else f"{before} {details}".strip()


def _several(cause: Cause) -> str:
    names = [one.now.name for one in cause.layers]
    return listed(names) if len(names) <= 3 else f"{plural(len(names), 'layer')}, {names[0]} to {names[-1]}"


def _between(cause: Cause) -> str:
    """What the first layer of a run reads, where that is not of the run as well."""
    own = {id(one.now) for one in cause.layers}
    before = [node.name for node in cause.layers[0].now.inputs if id(node) not in own]
    return f", after {listed(before)}" if before else ""


def listed(names: Iterable[str]) -> str:
    """Some names, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - MOST_NAMES:,} more" if len(every) > MOST_NAMES else ""
    return ", ".join(every[:MOST_NAMES]) + more


def where(cause: Cause, found: Difference) -> str:
    """The lines at which an edit stands, before and after; "" where it stands nowhere."""
    if not cause.layers:
        return ""
    one = cause.layers[0]
    places = []
    for node, analysis in ((one.before, found.before), (one.after, found.after)):
        if node is not None and node.span is not None:
            name = node.span.source.name
            places.append(f"line {node.span.line}" if name == analysis.graph.source else f"{name}:{node.span.line}")
    return ARROW.join(dict.fromkeys(places))


# ---- what follows -----------------------------------------------------------------------------------------------------


def since(follows: tuple[Cause, ...]) -> str:
    """What a consequence follows from, in short: `after C1: 28x28x6 -> 30x30x6`."""
    first, *others = follows
    also = [name_of(cause) for cause in others[: MOST_FOLLOWED - 1]] + (["others"] if len(follows) > MOST_FOLLOWED else [])
    return f"after {name_of(first)}{_effect(first)}" + (f", and {', '.join(also)}" if also else "")


def _effect(cause: Cause) -> str:
    """What an edit does to what follows, as far as a few words say it."""
    if cause.change in ("added", "removed"):
        first, last = cause.layers[0].now, cause.layers[-1].now
        if not cause.in_line or not first.inputs:
            return ""
        shapes = [say_shape(first.inputs[0].shape), say_shape(last.shape)]
        shapes = shapes if cause.change == "added" else shapes[::-1]
        return f": {ARROW.join(shapes)}" if shapes[0] != shapes[1] else ""
    if cause.layers:
        one = cause.layers[0]
        detail = one.shape or (cause.details[0] if cause.details else None)
        what = "" if detail is one.shape or detail is None else f"{detail.what} "
    else:
        detail = cause.details[0] if cause.details else None
        what = "" if detail is None or detail.what == cause.name else f"{detail.what} "
    return "" if detail is None else f": {what}{ARROW.join(detail.shown)}"


def only(hidden: list[Changed]) -> list[str]:
    """Lines on consequences of which no column shows anything: how many, and in what they changed."""
    kinds: dict[tuple[str, ...], list[Changed]] = {}
    for one in hidden:
        what = (*one.figures, *((FIELD,) if one.field else ()))
        kinds.setdefault(what, []).append(one)
    found = []
    for what, group in kinds.items():
        names = " and ".join(BY_NAME[name].title.lower() for name in what)
        ends = [group[0], group[-1]] if len(group) > 1 else group
        shown = " to ".join(f"{one.now.name}{_fields(one)}" for one in ends)
        found.append(f"{plural(len(group), 'layer')} changed in {names} alone: {shown}")
    return found


def _fields(one: Changed) -> str:
    return f" {ARROW.join(one.field.shown)}" if one.field else ""


# ---- the whole --------------------------------------------------------------------------------------------------------


def names(found: Difference) -> list[str]:
    """Both networks, with their files."""
    return [f"{a.network} ({a.graph.source})" for a in (found.before, found.after)]


def summary(found: Difference) -> str:
    """In a line: how much was edited, and how much follows."""
    if found.same:
        return "no difference in the network"
    count = len(found.consequences)
    follows = f"; {plural(count, 'layer')} changed with {'it' if len(found.causes) == 1 else 'them'}" if count else ""
    return plural(len(found.causes), "edit") + follows


def notes(found: Difference) -> list[str]:
    """What differs in name only, or without an effect."""
    text = []
    if found.before.network != found.after.network:
        text.append(f"The network is called {found.after.network}, and was {found.before.network}")
    if found.renamed:
        text.append(f"Renamed: {listed(dict.fromkeys(_renamed(a.name, b.name) for a, b in found.renamed))}")
    if found.renumbered:
        a, b = found.renumbered[0]
        text.append(f"{plural(len(found.renumbered), 'layer')} with another number: {a.name}{ARROW}{b.name}, for one")
    if found.reordered and not any(cause.change == "order" for cause in found.causes):
        text.append(f"{plural(found.reordered, 'layer')} at another place in the text, reading the same")
    return text


def _renamed(before: str, after: str) -> str:
    """Both names, without what they end with alike: of instances, not of each layer in them."""
    one, two = before.split("."), after.split(".")
    while len(one) > 1 and len(two) > 1 and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    return f"{'.'.join(one)}{ARROW}{'.'.join(two)}"


def totals(found: Difference) -> list[tuple[str, str, str, str, str]]:
    """Of each total that changed, or always matters: its title, before, after, difference, percent."""
    rows = []
    for name, total in found.totals.items():
        if name in ALWAYS or total.before != total.after:
            rows.append((BY_NAME[name].title, _amount(name, total.before), _amount(name, total.after), gap(name, total), percent(total)))
    before, after = len(found.before.rows), len(found.after.rows)
    layers = Total(before, after)
    return [("Layers", f"{before:,}", f"{after:,}", gap("layers", layers), percent(layers)), *rows, *_fields_of_outputs(found)]


def gap(name: str, total: Total) -> str:
    """By how much a total changed, with its sign."""
    if total.before == total.after:
        return "" if total.before is None else "="  # two that are unknown may differ
    if total.difference is None:
        return ""
    return ("+" if total.difference > 0 else "-") + _amount(name, abs(total.difference))


def percent(total: Total) -> str:
    """The same in percent of what it was."""
    share = total.percent
    if not share:
        return ""
    return f"{share:+,.1f} %" if abs(share) >= 0.1 else f"{share:+.1g} %"


def _fields_of_outputs(found: Difference) -> list[tuple[str, str, str, str, str]]:
    by_place = {one.places[1]: one for one in found.changed}
    rows = []
    for node in found.after.graph.outputs:
        one = by_place.get(found.matching.b.places[id(node)])
        if one is not None and one.field is not None:
            rows.append((f"Receptive field of {node.name}", *one.field.shown, "", ""))
    return rows
