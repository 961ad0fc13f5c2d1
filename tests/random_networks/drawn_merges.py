"""Draws merges: of labels, and of branches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chance import MANY, Known, Sight
from drawn_layers import Tag
from drawn_places import Drawing, Labelled, Place
from written import Arg, Attr, If, In, Name, Num, Ref, Statement


class Merges(Drawing):
    """Draws what takes in several layers."""

    def join(self, p: Place) -> Any:
        """What takes in several flows."""
        channels = self.keys.fresh()
        counts = [t.count for t in p.flow]
        if None not in counts:
            channels = ("is", sum(c or 0 for c in counts))
        entry, kind = tuple(p.flow), "concat"
        if len({t.channels for t in p.flow}) == 1 and self.chance.percent(50):
            kind, channels = self.chance.one(("add", "mul", "avg", "maximum")), p.flow[0].channels
        p.flow = [replace(p.flow[0], channels=channels)]
        item = self.layers.statement(kind, 0, [])
        self.label(p, item, Labelled(p.flow[0], entry, again=False))
        return item

    def merge_of_labels(self, p: Place) -> list[Any]:
        """`add from a, b`."""
        if not (
            refs := self.refs(
                p, lambda r, t: (t.rank == p.flow[0].rank or not p.keep_rank) and (t.space == p.flow[0].space or not p.keep_space)
            )
        ):
            return []
        first = self.chance.one(refs)
        space = [(r, t) for r, t in refs if (t.rank, t.space) == (first[1].rank, first[1].space)]
        alike = [(r, t) for r, t in space if t.channels == first[1].channels]
        if self.chance.percent(50):
            chosen, kind = [first, *self.chance.several(alike, 1, 2)], self.chance.one(("add", "mul", "avg", "maximum", "minimum"))
            kind = "sub" if len(chosen) == 2 and self.chance.percent(15) else kind
            tag = first[1]
        else:
            chosen, kind = [first, *self.chance.several(space, 1, 2)], "concat"
            counts = [t.count for _, t in chosen]
            tag = replace(first[1], channels=self.keys.fresh() if None in counts else ("is", sum(c or 0 for c in counts)))
        sources = [r for r, _ in chosen]
        whole = [n for n, w in p.frame.labels.items() if w.count > 1 and w.spaced and (w.tag.rank, w.tag.space) == (tag.rank, tag.space)]
        several = [
            n for n, w in p.frame.labels.items() if len(w.outs) > 1 and all((t.rank, t.space) == (tag.rank, tag.space) for t in w.outs)
        ]
        if several and kind == "concat" and self.chance.percent(70):
            sources = [*sources[: self.chance.number(0, 1)], Ref(((self.chance.one(several), None),))]
            tag = replace(tag, channels=self.keys.fresh())
        elif whole and kind == "concat" and self.chance.percent(70):
            sources = [*sources[: self.chance.number(0, 1)], Ref(((self.chance.one(whole), "all"),))]
            tag = replace(tag, channels=self.keys.fresh())
        elif kind not in ("concat", "sub") and (same := [n for n in whole if p.frame.labels[n].alike and p.frame.labels[n].tag == tag]):
            sources = [*sources[: self.chance.number(0, 1)], Ref(((self.chance.one(same), "all"),))]
        item = self.layers.statement(kind, 0, [])
        item.sources = sources
        p.flow = [tag]
        self.label(p, item, Labelled(tag, again=False))
        return [item]

    def merge(self, p: Place) -> list[Any]:
        """`add { branch { ... } branch { ... } }`."""
        arithmetic = self.chance.percent(60)
        kind = self.chance.one(("add", "mul", "avg", "maximum", "sub")) if arithmetic else "concat"
        flow = p.flow[0]
        halved = flow.rank > 1 and not p.keep_space and self.chance.percent(25)
        sight = p.setting().sight
        target = None if not arithmetic else self.e.number(sight if self.chance.percent(50) else Sight(), 1, 8)
        if target is not None and not target.steady:
            target = self.e.literal(4)
        keep = arithmetic and not halved and self.chance.percent(50)  # the channels of what flows in
        channels = flow.channels if keep else self.keys.of(target) if target else self.keys.fresh()
        space = self.keys.half(flow.space) if halved else flow.space

        def branch(inner: Place, certain: bool) -> list[Any]:
            return [self.branch(inner, target, keep, halved, arithmetic, certain)]

        inner = self.inside(p)
        more = self.chance.number(0, 2) if kind != "sub" and self.chance.percent(30) else None
        items: list[Any] = []
        for i in range(3):
            items += self.several_branches(inner, branch) if i == more else []
            items += branch(inner, True) if i < 2 else []
        item = self.layers.statement(kind, 0, [])
        item.body = items
        tag = Tag(flow.rank, space, channels)
        p.flow = [tag]
        self.label(p, item, Labelled(tag, again=False))
        return [item]

    def several_branches(self, p: Place, branch: Any) -> list[Any]:
        """Branches in a loop or a condition."""
        if self.chance.percent(40):
            before = dict(p.frame.labels)
            sides = []
            for _ in range(self.chance.number(1, 2)):
                sides.append(branch(self.inside(p), False))
                p.frame.labels = dict(before)
            return [If(self.e.condition(p.setting().sight), *sides)]
        item, inner, _ = self.header(p)
        inner.flow, inner.into = list(p.flow), p.into
        before = dict(p.frame.labels)
        item.body = branch(inner, False)
        p.frame.labels = before
        return [item]

    def branch(self, p: Place, target: Any, keep: bool, halved: bool, exact: bool, certain: bool) -> Statement:
        flow = p.flow[0]
        found = Statement("branch", role="branch", body=[])
        inner = replace(p, flow=[flow], into=(flow,), keep_space=True, keep_rank=True, depth=p.depth + 1, flow_name=None, sight=p.sight)
        refs = self.refs(p, lambda r, t: (t.rank, t.space) == (flow.rank, flow.space) and (not keep or t.channels == flow.channels))
        if refs and self.chance.percent(15):
            source, inner.flow[0] = self.chance.one(refs)
            found.sources, inner.into = [source], (inner.flow[0],)
        assert found.body is not None
        if halved:
            found.body.append(self.closing(inner, target, True))
            inner.flow = [Tag(flow.rank, self.keys.half(flow.space), self.keys.of(target) if target else inner.flow[0].channels)]
        if keep and self.chance.percent(40):
            return found
        if not exact and not halved and self.chance.percent(30):
            return found
        found.body += self.statements(inner, 0, 2)
        if exact:
            if len(inner.flow) > 1:
                found.body.append(self.join(inner))
            found.body.append(self.closing(inner, None if keep else target, False))
        elif len(inner.flow) > 1:
            found.body.append(self.join(inner))
        return found

    def closing(self, p: Place, target: Known | None, halve: bool) -> Statement:
        """The layer that gives a branch its channels: so many, or as many as flowed into it."""
        from written import Attr, In

        filters = target or Known(Attr(In(), "c"), 1, 10**9, False)
        if halve:
            target = target or filters
            return Statement(
                "conv",
                [Arg("filters", filters.e), Arg("kernel", Num(3)), Arg("stride", Num(2), "/"), Arg("padding", Name("same"))],
                means="conv",
            )
        if p.flow[0].rank == 1:
            return Statement("dense", [Arg("units", filters.e)], means="dense")
        return Statement("conv", [Arg("filters", filters.e), Arg("kernel", Num(1))], means="conv")

    def gate(self, p: Place) -> list[Any]:
        """Squeeze and excitation: each channel times a number of its own."""
        if p.flow[0].rank == 1:
            return []
        from written import Attr, In

        pooled = Statement("gap", [Arg("keepdims", Name("true"), bare="keepdims")], means="gap")
        scale = Statement(
            "conv", [Arg("filters", Attr(In(), "c")), Arg("kernel", Num(1)), Arg("activation", Name("sigmoid"))], means="conv"
        )
        branches = [Statement("branch", role="branch", body=[]), Statement("branch", role="branch", body=[pooled, scale])]
        item = self.layers.statement("mul", 0, [])
        item.body = self.chance.shuffled(branches)
        self.label(p, item, Labelled(p.flow[0], again=False))
        return [item]
