"""Where a layer's arguments were edited: at its own statement, at the call of a block around it, in a parameter of the network, or nowhere.

An argument whose text is the same in both programs was not edited there: `conv c, 3x3` has other filters since the block is called with
another `c`, `conv 4*in.c` since something else flows in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcalc.diff.cause import Cause, union
from archcalc.diff.changes import Changed, Detail, argument_details, kind_detail, reads_detail, shares_detail
from archcalc.diff.definitions import edited, may_flow, words
from archcalc.diff.sides import frozen
from archcalc.diff.wiring import Link, Wiring
from archcalc.graph import Group, Node
from archcalc.report.model import plain
from archcalc.source import Span
from archcalc.values import said

if TYPE_CHECKING:
    from archcalc.diff.causes import Causes

MOST_ENTRIES = 10_000  # of a list that is compared


class Edits:
    """Says of each layer what was edited about it. `differ(0, ...)` compares shapes, `differ(1, ...)` receptive fields."""

    def __init__(self, wiring: Wiring, views: Any) -> None:
        self.wiring = wiring
        self.views = views
        self.graphs = wiring.found.a.graph, wiring.found.b.graph
        one, two = (graph.parameters for graph in self.graphs)
        self.parameters = [name for name in dict.fromkeys((*one, *two)) if comparable(one.get(name)) != comparable(two.get(name))]
        self._calls: dict[tuple[int, int], list[Detail]] = {}

    def differ(self, kind: int, before: Node, after: Node, sides: tuple[int, int] = (0, 1)) -> bool:
        """Whether what comes out of two nodes differs. They are of the first network and of the second, unless `sides` says otherwise."""
        if kind == 0:
            return before.shape is None or after.shape is None or list(map(plain, before.shape)) != list(map(plain, after.shape))
        return bool(self.views.field(sides[0], before)[0] != self.views.field(sides[1], after)[0])

    def place(self, one: Changed) -> Any:
        """The statements that a layer comes from; None where it comes from none."""
        spans = [node.span for node in (one.before, one.after) if node is not None]
        return None if None in spans else tuple((id(span.source), span.start) for span in spans if span is not None)

    def of(self, one: Changed, links: list[Link], ordered: bool, causes: Causes, fed: bool) -> tuple[Cause, ...]:
        """Fill in what is a layer's own, and which arguments something else led to; the causes of the latter, besides what flows in."""
        before, after = one.before, one.after
        assert before is not None
        assert after is not None
        one.own += kind_detail(before, after)
        reasons: tuple[Cause, ...] = ()
        a, b = self.wiring.found.a, self.wiring.found.b
        same = a.sorts[a.places[id(before)]] == b.sorts[b.places[id(after)]]
        for detail in () if same else argument_details(before, after):
            found = self._reason(before, after, detail.what, causes, fed)
            (one.own if found is None else one.led).append(detail)
            reasons = union(reasons, found or ())
        one.own += reads_detail(links, ordered, a.nodes, b.nodes)
        one.own += shares_detail(before, after, self.wiring)
        return reasons

    def _reason(self, before: Node, after: Node, name: str, causes: Causes, fed: bool) -> tuple[Cause, ...] | None:
        """The causes of another argument; () if it follows from what flows in, None if it was edited where it stands."""
        texts = _text(before, name), _text(after, name)
        if None in texts or texts[0] != texts[1]:
            return None
        names = words(texts[0] or "")
        flows = fed and before.span is not None and may_flow(before.span.source, texts[0] or "")
        one, two = before.group, after.group
        while one is not None and two is not None:
            if one.kind != two.kind:  # another block, which has parameters of its own
                return None
            details = self._values(one, two)
            if details and one.span.text != two.span.text:
                return (self._call(one, two, details, causes),)
            if details:
                names |= words(one.span.text)
                flows |= fed and may_flow(one.span.source, one.span.text)
            one, two = one.outer, two.outer
        chosen = [p for p in self.parameters if p in names]
        if chosen:
            return tuple(self._parameter(p, causes) for p in chosen)
        definition = None
        if before.span is not None and after.span is not None:
            definition = edited(before.span.source, after.span.source, names)
        if definition is not None:
            return (self._definition(*definition, causes),)
        if flows:
            return ()
        return tuple(self._parameter(p, causes) for p in self.parameters) or (() if fed and names else None)

    def _values(self, one: Group, two: Group) -> list[Detail]:
        """The parameters of a block that have other values in two instances."""
        key = id(one), id(two)
        if key not in self._calls:
            values = [getattr(group.made, "values", {}) for group in (one, two)]
            self._calls[key] = _differences(*values)
        return self._calls[key]

    def _call(self, one: Group, two: Group, details: list[Detail], causes: Causes) -> Cause:
        key = ("call", id(one.span.source), one.span.start, id(two.span.source), two.span.start, repr([d[:3] for d in details]))
        place = causes.found.b.spans.get(id(two), (0, 0))[0]
        return causes.add("call", two.name, (causes.index[place], -1), details, key)

    def _definition(self, name: str, before: str, after: str, causes: Causes) -> Cause:
        detail = Detail(name, before, after, (before, after))
        return causes.add("definition", name, (-1, len(self.parameters)), [detail], ("definition", name, before, after))

    def _parameter(self, name: str, causes: Causes) -> Cause:
        (detail,) = (d for d in _differences(*(graph.parameters for graph in self.graphs)) if d.what == name)
        return causes.add("parameter", name, (-1, self.parameters.index(name)), [detail], ("parameter", name))


def _text(node: Node, name: str) -> str | None:
    """The text of an argument, or of the whole statement if it does not stand there by itself."""
    span: Span | None = node.spans.get(name, node.span)
    return None if span is None else span.text


def _differences(one: dict[str, Any], two: dict[str, Any]) -> list[Detail]:
    found = []
    for name in dict.fromkeys((*one, *two)):
        values = one.get(name), two.get(name)
        kept = [comparable(value) for value in values]
        if kept[0] != kept[1]:
            shown = ["none" if value is None else said(value).strip('"') for value in values]
            found.append(Detail(name, _as_json(values[0]), _as_json(values[1]), (shown[0], shown[1])))
    return found


def _as_json(value: Any) -> Any:
    return plain(value) if count(value) <= MOST_ENTRIES else said(value)


def comparable(value: Any) -> Any:
    """A value that can be compared: of a list too long to be, its first entries; of a label, what it stands for."""
    if count(value) > MOST_ENTRIES:
        return said(value)
    return frozen(value) if _is_plain(value) else ("label",)


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return (
        value is None or isinstance(value, str | int) or hasattr(value, "denominator") or hasattr(value, "free") or hasattr(value, "rows")
    )


def count(value: Any) -> int:
    """How many entries a list has, those of inner lists too; no more are counted than matter."""
    found, waiting = 0, [value]
    while waiting and found <= MOST_ENTRIES:
        one = waiting.pop()
        found += 1
        if isinstance(one, list | tuple):
            waiting += one[: MOST_ENTRIES + 1]
    return found
