"""Draws calls of blocks and networks, and `reuse`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chance import Sight
from drawn_layers import Tag
from drawn_places import MOST_DEPTH, Drawing, Labelled, Place, Signature
from terms import Seq
from written import Arg, Ref, Statement


class Instances(Drawing):
    """Draws what stands for several layers, and what is applied again."""

    def ways(self, p: Place) -> list[Any]:
        return super().ways(p) + [self.again] * 2 + ([self.call] * 5 if self.signatures and p.depth < MOST_DEPTH else [])

    def placed(self, p: Place, item: Statement, what: Labelled) -> list[Any]:
        """An instance, and what it puts out."""
        p.flow = list(what.outs or (what.tag,))
        self.label(p, item, what, 70)
        p.flow_name = p.flow_name if len(p.flow) == 1 else None
        return [item]

    def call(self, p: Place) -> list[Any]:
        """A block, or a network, called like a layer."""
        flow = p.flow[0]
        fitting = [s for s in self.signatures if s.entry[0].rank == flow.rank and self.goes_on(p, s.entry[0], s.outs)]
        if not fitting:
            return []
        signature = self.chance.one(fitting)
        entry, sources = (flow,), []
        if len(signature.entry) == 2:
            refs = self.refs(p, lambda t: (t.rank, t.space) == (flow.rank, flow.space))
            if not refs:
                return []
            chosen = [self.chance.one(refs), self.chance.one(refs)]
            sources, entry = [r for r, _ in chosen], tuple(t for _, t in chosen)
        item = Statement(signature.name, self.given(signature, p), role="call", sources=sources)
        return self.placed(p, item, self.instance(signature, entry))

    def goes_on(self, p: Place, entry: Tag, outs: tuple[Tag, ...]) -> bool:
        """Whether what comes out may flow on here, if the entry is what flows."""
        return all((t.rank == entry.rank or not p.keep_rank) and (t.space == entry.space or not p.keep_space) for t in outs)

    def instance(self, signature: Signature, entry: tuple[Tag, ...]) -> Labelled:
        """What is known of an instance: the keys of the definition in terms of those that flow in."""
        known = {key: key for key in (("vector",),)}
        for theirs, ours in zip(signature.entry, entry, strict=True):
            known |= {theirs.space: ours.space, theirs.channels: ours.channels}

        def key(theirs: Any) -> Any:
            return theirs if theirs[0] == "is" else known.setdefault(theirs, self.keys.fresh())

        def here(tag: Tag) -> Tag:
            return Tag(tag.rank, key(tag.space), key(tag.channels))

        def labels(found: dict[str, Labelled]) -> dict[str, Labelled]:
            return {
                name: replace(w, tag=here(w.tag), entry=tuple(map(here, w.entry)), outs=tuple(map(here, w.outs)), inner=labels(w.inner))
                for name, w in found.items() if not w.looped
            }  # fmt: skip

        outs = tuple(map(here, signature.outs))
        return Labelled(outs[-1], entry, inner=labels(signature.labels), outs=outs)

    def given(self, signature: Signature, p: Place) -> list[Arg]:
        """Arguments by position, then by name; what has a default may be left out."""
        sight, found, by_name = p.setting().sight, [], False
        for name, kind, default in signature.parameters:
            if kind == "free" or (default and self.chance.percent(40)):
                by_name = True
                continue
            by_name = by_name or self.chance.percent(30)
            found.append(Arg(name, self.argument(kind, sight), name if by_name else ""))
        named = [a for a in found if a.form]
        return [a for a in found if not a.form] + self.chance.shuffled(named)

    def argument(self, kind: str, sight: Sight) -> Any:
        """A value for a parameter of that type."""
        if kind == "number":
            return self.e.number(sight, 1, 8).e
        if kind == "kernel":
            return self.e.number(sight, 1, 3).e
        if kind == "word":
            return self.e.word(sight)
        if kind == "flag":
            return self.e.condition(sight, 1)
        return Seq("list", tuple(self.e.number(sight, 1, 8, 1).e for _ in range(self.chance.number(2, 3))))

    def again(self, p: Place) -> list[Any]:
        """`reuse`, where the same sizes flow in."""
        flow, there = p.flow, [tag for _, tag in self.refs(p, lambda t: True)]
        found = [
            (name, what) for name, what in p.frame.labels.items()
            if what.again and what.entry and (list(what.entry) == flow or all(t in there for t in what.entry))
            and self.goes_on(p, flow[0], what.outs or (what.tag,))
        ]  # fmt: skip
        if not found:
            return []
        name, what = self.chance.one(found)
        sources = []
        if list(what.entry) != flow or (self.chance.percent(20) and all(t in there for t in what.entry)):
            sources = [self.chance.one(self.refs(p, lambda t, wanted=wanted: t == wanted))[0] for wanted in what.entry]
        target = Ref(((name, None),), quoted=self.chance.percent(20)).expression()
        return self.placed(p, Statement("reuse", [Arg("of", target)], role="reuse", sources=sources), replace(what, count=1, looped=False))
