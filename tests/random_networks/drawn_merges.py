"""Draws merges: of labels, and of branches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from chance import Known, Sight
from drawn_layers import Key, Tag
from drawn_places import IN_C, MOST_DEPTH, Drawing, Labelled, Place
from terms import Name, Num
from written import Arg, If, Ref, Statement


class Goal(NamedTuple):
    """What all branches of a merge end with."""

    exact: bool  # the same channels
    keep: bool  # those that flowed in
    target: Known  # else so many
    halved: bool  # half the space


class Merges(Drawing):
    """Draws what takes in several layers."""

    def ways(self, p: Place) -> list[Any]:
        return super().ways(p) + [self.merge_of_labels] * 2 + ([self.merge, self.merge, self.gate] if p.depth < MOST_DEPTH else [])

    def merged(self, p: Place, kind: str, tag: Tag, entry: tuple[Tag, ...] = ()) -> Statement:
        """A merge, and what it puts out."""
        item = self.layers.statement(kind, 0, [])
        p.flow = [tag]
        self.label(p, item, Labelled(tag, entry, again=False))
        return item

    def join(self, p: Place) -> Statement:
        flow = p.flow
        if len({t.channels for t in flow}) == 1 and self.chance.percent(50):
            return self.merged(p, self.chance.one(("add", "mul", "avg", "maximum")), flow[0])
        return self.merged(p, "concat", replace(flow[0], channels=self.together(flow)))

    def together(self, tags: Sequence[Tag]) -> Key:
        """The channels of a concatenation."""
        counts = [t.count for t in tags if t.count is not None]
        return ("is", sum(counts)) if len(counts) == len(tags) else self.keys.fresh()

    # ---- of labels --------------------------------------------------------------------------------------------------

    def merge_of_labels(self, p: Place) -> list[Any]:
        """`add from a, b`, `concat from e[:]`."""
        refs = self.refs(p, p.may_flow)
        if not refs:
            return []
        first = self.chance.one(refs)
        fits = [(ref, tag) for ref, tag in refs if (tag.rank, tag.space) == (first[1].rank, first[1].space)]
        if self.chance.percent(50):
            chosen = [first, *self.chance.several([f for f in fits if f[1] == first[1]], 1, 2)]
            kind = self.chance.one(("add", "mul", "avg", "maximum", "minimum", *(("sub",) if len(chosen) == 2 else ())))
            tag, all_of = first[1], self.all_of(p, first[1], lambda w: w.alike and w.tag == first[1])
        else:
            chosen, kind = [first, *self.chance.several(fits, 1, 2)], "concat"
            tag, all_of = replace(first[1], channels=self.together([t for _, t in chosen])), self.all_of(p, first[1], lambda w: True)
        sources = [ref for ref, _ in chosen]
        if all_of and kind != "sub" and self.chance.percent(60):
            sources = [*sources[: self.chance.number(0, 1)], self.chance.one(all_of)]
            tag = replace(tag, channels=self.keys.fresh()) if kind == "concat" else tag
        item = self.merged(p, kind, tag)
        item.sources = sources
        return [item]

    def all_of(self, p: Place, tag: Tag, fits: Callable[[Labelled], bool]) -> list[Ref]:
        """References that stand for several layers of that space: `e[:]`, an instance with two outputs."""
        found = []
        for name, what in p.frame.labels.items():
            outs = what.outs or (what.tag,)
            if not all((t.rank, t.space) == (tag.rank, tag.space) for t in outs) or not fits(what):
                continue
            if what.count > 1 and what.spaced and len(outs) == 1:
                found.append(Ref(((name, "all"),)))
            elif len(outs) > 1 and len({t.channels for t in (*outs, tag)}) == 1:
                found.append(Ref(((name, None),)))
        return found

    # ---- of branches ------------------------------------------------------------------------------------------------

    def merge(self, p: Place) -> list[Any]:
        """`add { branch { ... } branch { ... } }`."""
        exact, flow = self.chance.percent(60), p.flow[0]
        kind = self.chance.one(("add", "mul", "avg", "maximum", "sub")) if exact else "concat"
        halved = flow.rank > 1 and not p.keep_space and self.chance.percent(25)
        target = self.e.number(p.setting().sight if self.chance.percent(50) else Sight(), 1, 8)
        goal = Goal(exact, exact and not halved and self.chance.percent(50), target if target.steady else self.e.literal(4), halved)
        channels = flow.channels if goal.keep else self.keys.of(goal.target) if exact else self.keys.fresh()
        inner = self.inside(p)
        more = self.chance.number(0, 2) if kind != "sub" and self.chance.percent(30) else None
        items: list[Any] = []
        for i in range(3):
            items += [self.several_branches(inner, goal)] if i == more else []
            items += [self.branch(inner, goal)] if i < 2 else []
        item = self.merged(p, kind, Tag(flow.rank, self.keys.half(flow.space) if halved else flow.space, channels))
        item.body = items
        return [item]

    def several_branches(self, p: Place, goal: Goal) -> Any:
        """Branches in a loop or a condition. Labels in them may not be there, so nothing else names them."""
        before = dict(p.frame.labels)
        if self.chance.percent(40):
            sides = []
            for _ in range(self.chance.number(1, 2)):
                sides.append([self.branch(self.inside(p), goal)])
                p.frame.restore(before)
            return If(self.e.condition(p.setting().sight), *sides)
        item, inner, _ = self.header(p)
        inner.flow, inner.into = list(p.flow), p.into
        item.body = [self.branch(inner, goal)]
        p.frame.restore(before)
        return item

    def branch(self, p: Place, goal: Goal) -> Statement:
        """A branch. It starts from what flows into the merge, or from another layer of that size."""
        flow, body = p.flow[0], []
        found = Statement("branch", role="branch", body=body)
        inner = replace(p, flow=[flow], into=(flow,), keep_space=True, keep_rank=True, depth=p.depth + 1, flow_name=None)
        refs = self.refs(p, lambda t: (t.rank, t.space) == (flow.rank, flow.space) and (not goal.keep or t.channels == flow.channels))
        if refs and self.chance.percent(15):
            source, tag = self.chance.one(refs)
            found.sources, inner.flow, inner.into = [source], [tag], (tag,)
        filters = goal.target if goal.exact else IN_C
        if goal.halved:
            body.append(self.halving(filters))
            inner.flow = [Tag(flow.rank, self.keys.half(flow.space), self.keys.of(filters) if goal.exact else inner.flow[0].channels)]
        elif (goal.keep or not goal.exact) and self.chance.percent(35):
            return found  # the identity
        body += self.statements(inner, 0, 2)
        if len(inner.flow) > 1:
            body.append(self.join(inner))
        if goal.exact:
            body.append(self.closing(inner, IN_C if goal.keep else filters))
            inner.flow = [replace(inner.flow[0], channels=inner.into[0].channels if goal.keep else self.keys.of(filters))]
        self.label(inner, found, Labelled(inner.flow[0], again=False), 10)
        return found

    def halving(self, filters: Known) -> Statement:
        given = [Arg("filters", filters.e), Arg("kernel", Num(3)), Arg("stride", Num(2), "/"), Arg("padding", Name("same"))]
        return Statement("conv", given, means="conv")

    def closing(self, p: Place, filters: Known) -> Statement:
        """The layer that gives a branch its channels."""
        if p.flow[0].rank == 1:
            return Statement("dense", [Arg("units", filters.e)], means="dense")
        return Statement("conv", [Arg("filters", filters.e), Arg("kernel", Num(1))], means="conv")

    def gate(self, p: Place) -> list[Any]:
        """Squeeze and excitation: each channel times a number of its own."""
        if p.flow[0].rank == 1:
            return []
        pooled = Statement("gap", [Arg("keepdims", Name("true"), bare="keepdims")], means="gap")
        scale = Statement("conv", [Arg("filters", IN_C.e), Arg("kernel", Num(1)), Arg("activation", Name("sigmoid"))], means="conv")
        item = self.merged(p, "mul", p.flow[0])
        item.body = self.chance.shuffled([Statement("branch", role="branch", body=body) for body in ([], [pooled, scale])])
        return [item]
