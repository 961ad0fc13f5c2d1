"""Draws calls of blocks and networks, and `reuse`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chance import Sight
from drawn_layers import Tag
from drawn_places import Drawing, Labelled, Place, Signature
from written import Arg, Num, Ref, Seq, Statement


class Instances(Drawing):
    """Draws what stands for several layers, and what is applied again."""

    def call(self, p: Place) -> list[Any]:
        """A block, or a network, called like a layer."""
        flow = p.flow[0]
        fitting = [s for s in self.signatures if self.fits(s, p)]
        if not fitting:
            return []
        signature = self.chance.one(fitting)
        entry, sources = (flow,), []
        if len(signature.entry) == 2:
            refs = self.refs(p, lambda r, t: (t.rank, t.space) == (flow.rank, flow.space))
            if not refs:
                return []
            chosen = [self.chance.one(refs), self.chance.one(refs)]
            sources, entry = [r for r, _ in chosen], tuple(t for _, t in chosen)
        item = Statement(signature.name, self.given(signature, p), role="call", sources=sources)
        known = dict(
            zip((k for t in signature.entry for k in (t.space, t.channels)), (k for t in entry for k in (t.space, t.channels)), strict=True)
        )

        def here(tag: Tag) -> Tag:
            for key in (tag.space, tag.channels):
                if key[0] not in ("is", "vector"):
                    known.setdefault(key, self.keys.fresh())
            return Tag(tag.rank, known.get(tag.space, tag.space), known.get(tag.channels, tag.channels))

        outs = tuple(map(here, signature.outs))

        def instance(labels: dict[str, Labelled]) -> dict[str, Labelled]:
            return {
                name: replace(w, tag=here(w.tag), entry=tuple(map(here, w.entry)), outs=tuple(map(here, w.outs)), inner=instance(w.inner))
                for name, w in labels.items() if not w.looped
            }  # fmt: skip

        inner = instance(signature.labels)
        p.flow = list(outs)
        self.label(p, item, Labelled(outs[-1], entry, inner=inner, outs=outs), 60)
        if len(outs) > 1:
            p.flow_name = None
        return [item]

    def fits(self, s: Signature, p: Place) -> bool:
        flow = p.flow[0]
        if s.entry[0].rank != flow.rank:
            return False
        return all((t.rank == flow.rank or not p.keep_rank) and (t.space == s.entry[0].space or not p.keep_space) for t in s.outs)

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
        if kind == "number":
            return self.e.number(sight, 1, 8).e
        if kind == "kernel":
            return self.e.number(sight, 1, 3).e
        if kind == "word":
            return self.e.word(sight)
        if kind == "flag":
            return self.e.flag(sight)
        return Seq("list", tuple(self.e.number(sight, 1, 8, 1).e for _ in range(self.chance.number(2, 3))))

    def again(self, p: Place) -> list[Any]:
        """`reuse`, where the same sizes flow in."""
        flow = p.flow[0]
        found = [
            (n, w) for n, w in p.frame.labels.items()
            if w.again and w.entry and (len(w.entry) > 1 or w.entry[0] == flow or any(t == w.entry[0] for _, t in self.refs(p, lambda r, t: True)))
            and (w.tag.rank == flow.rank or not p.keep_rank) and (w.tag.space == flow.space or not p.keep_space)
            and all((t.rank == flow.rank or not p.keep_rank) and (t.space == flow.space or not p.keep_space) for t in w.outs)
        ]  # fmt: skip
        if not found:
            return []
        name, what = self.chance.one(found)
        sources = []
        if len(what.entry) > 1 or what.entry[0] != flow or self.chance.percent(20):
            for wanted in what.entry:
                refs = self.refs(p, lambda r, t, wanted=wanted: t == wanted)
                if not refs:
                    return []
                sources.append(self.chance.one(refs)[0])
        target = Ref(((name, None),), quoted=self.chance.percent(20)).expression()
        item = Statement("reuse", [Arg("of", target)], role="reuse", sources=sources)
        outs = what.outs or (what.tag,)
        p.flow = list(outs)
        inner = dict(what.inner)
        self.label(p, item, Labelled(what.tag, what.entry, inner=inner, outs=what.outs), 60)
        if len(outs) > 1:
            p.flow_name = None
        return [item]
