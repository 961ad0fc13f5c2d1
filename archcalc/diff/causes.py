"""Causes told from consequences: what was edited, and what changed only since something else did.

A cause is one edit of the text, as far as it can be told: a statement whose layers changed alike, a run of layers put in or
taken away, a call of a block, a parameter. What else differs about a layer follows from causes, which are handed on from layer
to layer along whatever differs between them: shapes, receptive fields.
"""

from __future__ import annotations

from typing import Any

from archcalc.diff.cause import Cause, union
from archcalc.diff.changes import Changed, Detail
from archcalc.diff.edits import Edits
from archcalc.diff.effects import by_flow, by_own, field_by_own, would_be
from archcalc.diff.wiring import Link, Wiring
from archcalc.graph import Node

MOST_LOOKED_THROUGH = 50  # layers in a run that is gone, of which it is asked what they would do now


class Causes:
    """Finds the causes of two networks' differences, and what follows from each."""

    def __init__(self, wiring: Wiring, changed: list[Changed], edits: Edits) -> None:
        self.wiring = wiring
        self.found = wiring.found
        self.edits = edits
        self.list: list[Cause] = []
        self.index = {one.places[1]: one.index for one in changed}  # by places in the second network
        self._by_edit: dict[Any, Cause] = {}
        self._gone: dict[int, Cause] = {}  # by places in the first network: what is gone from there, or was moved
        # By places in the second network: the causes of another shape, and of another receptive field.
        self._leading: tuple[dict[int, tuple[Cause, ...]], ...] = ({}, {})
        self._numbers = not (self.found.a.graph.free or self.found.b.graph.free)  # asking about free sizes would assume something of them
        self._would: dict[int, Any] = {}  # the shapes of new layers, by places in the second network, if nothing else had changed
        graphs = self.found.a.graph, self.found.b.graph
        for what in ("layout", "dtype"):
            values = getattr(graphs[0], what), getattr(graphs[1], what)
            if values[0] != values[1]:
                self.add(what, what, (-2, 0), [Detail(what, *values, values)], (what,))
        self._runs(changed)
        for one in changed:
            if one.before is not None and one.after is not None:
                self._settle(one)
            elif one.after is not None:
                self._lead(one)

    def add(self, change: str, name: str, place: tuple[int, int], details: list[Detail], *keys: Any) -> Cause:
        """A cause; the same one again for any of the same keys."""
        cause = next((self._by_edit[key] for key in keys if key in self._by_edit), None)
        if cause is None:
            cause = Cause(change, name, place, details)
            self.list.append(cause)
        self._by_edit |= dict.fromkeys(keys, cause)
        return cause

    def _runs(self, changed: list[Changed]) -> None:
        """What is new or gone, a cause for each run of layers; one for all runs of the same statements, as in a block's instances."""
        runs: list[list[Changed]] = []
        reached: set[int] = set()  # by what the last run's layers read and are
        for one, before in zip(changed, [None, *changed], strict=False):
            node = one.now
            if one.before is not None and one.after is not None:
                continue
            joins = before is not None and (before.before is None, before.after is None) == (one.before is None, one.after is None)
            group = node.group if before is not None and node.group is before.now.group else None
            if joins and (group is not None or any(id(n) in reached for n in node.inputs)):
                runs[-1].append(one)
            else:
                runs.append([one])
                reached = set()
            reached.add(id(node))
        for run in runs:
            change = "added" if run[0].before is None else "removed"
            places = tuple(self.edits.place(one) for one in run)
            cause = self.add(change, run[0].now.name, (run[0].index, 0), [], *(() if None in places else ((change, places),)))
            cause.in_line = not cause.layers and self._in_line(run)
            cause.layers += run
            for one in run:
                one.cause = cause
                if one.places[0] is not None:
                    self._gone[one.places[0]] = cause
        for one in changed:  # these are met again below, and read before that
            if one.after is not None and one.places[0] is not None and one.places[0] in self.wiring.moved:
                one.cause = self.add("moved", one.now.name, (one.index, 1), [])
                one.cause.layers.append(one)
                self._gone[one.places[0]] = one.cause

    def _in_line(self, run: list[Changed]) -> bool:
        """Whether nothing else reads what the first of these layers reads."""
        side = self.found.a if run[0].after is None else self.found.b
        own = {side.places[id(one.now)] for one in run}
        return all(reader in own for node in run[0].now.inputs for reader in side.readers[side.places[id(node)]])

    def _settle(self, one: Changed) -> None:
        """What of a layer's change is its own, and what the rest follows from."""
        i, j = one.places
        assert i is not None
        assert j is not None
        links, ordered = self.wiring.links(i)
        flows = tuple(self._flowing(links, kind) for kind in (0, 1))
        reasons = self.edits.of(one, links, ordered, self, bool(flows[0]))
        if one.own and one.cause is None:
            details = tuple(_pattern(d, links) for d in one.own)
            keys = [("changed", side, place, details) for side, place in enumerate(self.edits.place(one) or ())]
            one.cause = self.add("changed", one.now.name, (one.index, 2), one.own, *keys)
            one.cause.layers.append(one)
        elif one.cause is not None:
            one.cause.details = one.own
        own = (one.cause,) if one.cause is not None else ()
        rewired = any(detail.what == "inputs" for detail in one.own)
        if one.shape is not None:
            mine, theirs = union(own, reasons), flows[0]
            if mine and theirs and not rewired and self._numbers:
                effects = by_own(one), by_flow(one)
                mine, theirs = (mine if effects[0] else (), theirs if effects[1] else ()) if any(effects) else (mine, theirs)
            self._leading[0][j] = union(mine, theirs)
        if one.field is not None:
            mine = union(own, reasons)
            if mine and flows[1] and not rewired and self._numbers and not field_by_own(one):
                mine = ()
            self._leading[1][j] = union(mine, flows[1])
        if one.differs:
            first = flows[0] if one.shape or one.figures or one.led else ()
            one.follows = union(reasons, first) or (flows[1] if not own else ())
            if not one.follows and not own:
                one.follows = self._otherwise(one)

    def _lead(self, one: Changed) -> None:
        """What follows from a layer that is new: what it does to what flows through it, and what did something to that before."""
        j = one.places[1]
        assert j is not None
        assert one.after is not None
        before = [self._leading[0].get(s, ()) for s in self.found.b.reads[j]], [self._leading[1].get(s, ()) for s in self.found.b.reads[j]]
        if self._numbers:
            would = self._would[j] = would_be(one.after, self._as_it_was) if any(before[0]) else one.after.shape
            alike = would is not None and any(self._as_it_was(node) == would for node in one.after.inputs)
            self._leading[0][j] = union(() if alike else (one.cause,), *(before[0] if would != one.after.shape else ()))
        else:
            self._leading[0][j] = union((one.cause,), *before[0])
        passes = any(not self.edits.differ(1, node, one.after, (1, 1)) for node in one.after.inputs)
        self._leading[1][j] = union(() if passes else (one.cause,), *before[1])

    def _as_it_was(self, node: Node) -> Any:
        """The shape of what a node of the second network puts out, if none of the matched layers had changed."""
        j = self.found.b.places[id(node)]
        i = self.found.back[j]
        return self._would.get(j) if i is None else self.found.a.nodes[i].shape

    def _does(self, link: Link, kind: int) -> bool:
        """Whether what is gone from a link made another shape, or another field, of what flowed through it."""
        assert link.before is not None
        sources = self.wiring.behind(link.before)
        i = None if link.after is None else self.found.back[link.after]
        source = i if i in sources else sources[0] if sources else None
        nodes = self.found.a.nodes
        if source is None or self.edits.differ(kind, nodes[source], nodes[link.before], (0, 0)):
            return True
        if kind or not self._numbers or link.after is None:
            return False
        return self._would_hold(link.before, self.found.b.nodes[link.after])

    def _would_hold(self, i: int, after: Node) -> bool:
        """Whether what is gone up to a place would make another shape of what flows there now."""
        run = self._run(i)
        return all(len(self.found.a.reads[k]) == 1 for k in run) and self._would_change(run, after)

    def _run(self, i: int) -> list[int]:
        """The places of what is gone, from one on backwards, up to the first that reads several values."""
        run: list[int] = []
        while i in self._gone and len(run) < MOST_LOOKED_THROUGH:
            run.append(i)
            if len(self.found.a.reads[i]) != 1:
                break
            (i,) = self.found.a.reads[i]
        return run

    def _would_change(self, run: list[int], after: Node) -> bool:
        """Whether layers that are gone, the last first, would put out another shape than what flows in there now."""
        shape: Any = after.shape
        for k in reversed(run):
            node = self.found.a.nodes[k]
            shape = would_be(node, dict.fromkeys(node.inputs, shape).get)
        return bool(shape != after.shape)

    def _taken(self, link: Link, kind: int) -> tuple[Cause, ...]:
        """The causes of what is gone from a link. Of several, those without which something else would flow there."""
        assert link.before is not None
        assert link.after is not None
        by_cause: dict[Cause, list[int]] = {}
        for k in self._run(link.before):
            by_cause.setdefault(self._gone[k], []).append(k)
        if len(by_cause) > 1:
            found = tuple(cause for cause, run in by_cause.items() if self._matters(run, kind, self.found.b.nodes[link.after]))
            return found or (self._gone[link.before],)
        return tuple(by_cause)

    def _matters(self, run: list[int], kind: int, after: Node) -> bool:
        if kind == 0 and self._numbers:
            return self._would_change(run, after)
        nodes, reads = self.found.a.nodes, self.found.a.reads
        return any(self.edits.differ(kind, nodes[source], nodes[k], (0, 0)) for k in run for source in reads[k][:1])

    def _flowing(self, links: list[Link], kind: int) -> tuple[Cause, ...]:
        """The causes of what flows in otherwise than before: in its shape (0), or in what of the input it has seen (1)."""
        a, b = self.found.a, self.found.b
        causes: tuple[Cause, ...] = ()
        for link in links:
            gone = () if link.before is None or link.before not in self._gone else (self._gone[link.before],)
            if link.after is None:
                causes = union(causes, gone)
                continue
            leading = self._leading[kind].get(link.after, ())
            if link.before is None:
                causes = union(causes, leading)
            elif leading or gone:
                before, after = a.nodes[link.before], b.nodes[link.after]
                if self.edits.differ(kind, before, after):
                    found = union(leading, self._taken(link, kind) if gone and self._does(link, kind) else ())
                    causes = union(causes, found or gone)
        return causes

    def _otherwise(self, one: Changed) -> tuple[Cause, ...]:
        """What follows from no layer before it: from another type of values, or from a layer whose weights it shared."""
        lender = one.before.shares if one.before is not None else None
        gone = None if lender is None else self._gone.get(self.found.a.places.get(id(lender), -1))
        if gone is not None:
            return (gone,)
        whole = [cause for cause in self.list if cause.change in ("dtype", "layout")]
        return tuple(whole or self.list[:1])


def _pattern(detail: Detail, links: list[Link]) -> tuple[object, ...]:
    """What makes two edits one: the same argument, from the same value to the same; or what is read changed in the same way."""
    if detail.what != "inputs":
        return detail.what, repr(detail.before), repr(detail.after)
    if any(link.edited for link in links):
        return detail.what, repr(detail.shown)
    return detail.what, *((link.before is None, link.at) for link in links)
