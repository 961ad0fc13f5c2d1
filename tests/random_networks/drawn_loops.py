"""Draws loops and conditions."""

from __future__ import annotations

from typing import Any

from chance import Known
from drawn_layers import Tag
from drawn_places import MOST_DEPTH, Drawing, Labelled, Place, old
from terms import Call, Name, Num
from written import Arg, For, If, Ref, Statement


class Loops(Drawing):
    """Draws what is expanded several times, or not at all."""

    def ways(self, p: Place) -> list[Any]:
        return super().ways(p) + ([self.loop, self.loop, self.condition] if p.depth < MOST_DEPTH else [])

    def header(self, p: Place) -> tuple[Any, Place, int]:
        """A loop without its body; the place in it; and how many passes there are at least."""
        inner = self.inside(p)
        inner.looped = True
        ways = [self.repeat, self.each_of, self.counted, self.numbered, self.zipped]
        if p.sight.lists:
            ways.append(self.listed)
        item, least = self.chance.one(ways)(p, inner)
        return item, inner, least

    def repeat(self, p: Place, inner: Place) -> tuple[Any, int]:
        n = self.e.number(p.setting().sight, 0 if self.chance.percent(20) else 1, 3)
        return Statement("repeat", [Arg("n", n.e)], role="repeat"), n.low

    def see(self, inner: Place, low: int, high: int, stem: str = "i") -> str:
        name = inner.frame.variable(stem)
        inner.sight = inner.sight.plus(numbers=(Known(Name(name), low, high, False),))
        return name

    def each_of(self, p: Place, inner: Place) -> tuple[Any, int]:
        count = self.chance.number(1, 3)
        values = self.e.numbers(p.setting().sight, 1, 8, count, count)
        return For(self.see(inner, 1, 8, "n"), values, []), count

    def counted(self, p: Place, inner: Place) -> tuple[Any, int]:
        n = self.e.number(p.setting().sight, 1, 3, 1)
        if self.chance.percent(30):
            return For(self.see(inner, 1, n.high), Call("range", (Num(1), Num(n.high + 1))), []), n.high
        return For(self.see(inner, 0, n.high - 1), Call("range", (n.e,)), []), n.low

    def numbered(self, p: Place, inner: Place) -> tuple[Any, int]:
        count = self.chance.number(1, 3)
        values = Call("enumerate", (self.e.numbers(p.setting().sight, 1, 8, count, count),))
        return For((self.see(inner, 0, count - 1), self.see(inner, 1, 8, "n")), values, []), count

    def zipped(self, p: Place, inner: Place) -> tuple[Any, int]:
        one, two = self.chance.number(1, 3), self.chance.number(1, 3)
        sight = p.setting().sight
        both = Call("zip", (self.e.numbers(sight, 1, 8, one, one), self.e.numbers(sight, 1, 5, two, two)))
        names: Any = (self.see(inner, 1, 8, "n"), self.see(inner, 1, 5, "k"))
        if self.chance.percent(30):
            return For((self.see(inner, 0, 3), names), Call("enumerate", (both,)), []), min(one, two)
        return For(names, both, []), min(one, two)

    def listed(self, p: Place, inner: Place) -> tuple[Any, int]:
        name, low, high, count = self.chance.one(p.sight.lists)
        return For(self.see(inner, low, high, "n"), Name(name), []), count

    def loop(self, p: Place) -> list[Any]:
        """A loop. Each pass reads what the one before put out, so nothing is known of its sizes, unless all in it keeps them."""
        item, inner, least = self.header(p)
        if isinstance(item, Statement) and self.chance.percent(20) and (refs := self.refs(p, p.may_flow)):
            source, p.flow[0] = self.chance.one(refs)
            item.sources = [source]
        before, made, flow = dict(p.frame.labels), self.keys.made, p.flow[0]
        inner.keep_rank = True
        inner.keep_space = p.keep_space or self.chance.percent(50)
        inner.flow = [Tag(flow.rank, flow.space if inner.keep_space else self.keys.fresh(), self.keys.fresh())]
        inner.into, inner.flow_name = tuple(inner.flow), None
        again = self.borne_again(p, inner, before)
        item.body = self.statements(inner, 1, 2)
        if len(inner.flow) > 1:
            item.body.append(self.join(inner))
        if again:
            item.body += self.bear(inner, again)
        self.after_loop(p, before, least, made)
        if again:
            self.after_bearing(p, again, before[again], inner.flow[0], least, made)
        out, lasts = inner.flow[0], least and old(inner.flow[0].channels, made)
        p.flow = [Tag(flow.rank, flow.space if inner.keep_space else self.keys.fresh(), out.channels if lasts else self.keys.fresh())]
        p.flow_name = None
        if isinstance(item, Statement):
            self.label(p, item, Labelled(p.flow[0], again=False), 25)
        return [item]

    def borne_again(self, p: Place, inner: Place, before: dict[str, Labelled]) -> str | None:
        """A label that stands above, and that a layer of the loop will bear again in each pass. Only `e[0]` is known meanwhile."""
        names = [n for n, w in before.items() if not w.looped and not w.inner and not w.outs and w.again and w.entry]
        if p.looped or not names or not self.chance.percent(30):
            return None
        name = self.chance.one(names)
        p.frame.borne_again.add(name)
        inner.others = (*inner.others, (Ref(((name, Num(0)),)), p.frame.labels.pop(name).tag))
        return name

    def bear(self, p: Place, name: str) -> list[Any]:
        items = self.layer(p)
        if items[0].label is None and not (items[0].body and len(items[0].body) > 1):
            items[0].label = name
        else:
            items.append(Statement("identity", label=name))
        return items

    def after_bearing(self, p: Place, name: str, first: Labelled, tag: Tag, least: int, made: int) -> None:
        if not least:
            return  # it cannot be told which it is
        spaced = (first.tag.rank, first.tag.space) == (tag.rank, tag.space) and old(tag.space, made)
        alike = spaced and first.tag == tag and old(tag.channels, made)
        p.frame.labels[name] = Labelled(tag, again=False, count=1 + least, looped=True, alike=alike, spaced=spaced)

    def after_loop(self, p: Place, before: dict[str, Labelled], least: int, made: int) -> None:
        """Labels of a loop may be named after it, if it has a pass."""
        for name, what in list(p.frame.labels.items()):
            if name in before:
                continue
            if not least:
                del p.frame.labels[name]
                continue
            spaced = old(what.tag.space, made)
            what.alike = (what.alike or not what.looped) and spaced and old(what.tag.channels, made)
            what.spaced = (what.spaced or not what.looped) and spaced
            what.count, what.looped = what.count * least, True

    def condition(self, p: Place) -> list[Any]:
        """`if`, perhaps with `else`, or `else if`: all sides keep the axes."""
        before, flow, keep_space = dict(p.frame.labels), p.flow[0], p.keep_space or self.chance.percent(50)
        sides, outs = [], []
        for _ in range(self.chance.number(1, 3)):
            inner = self.inside(p)
            inner.keep_rank, inner.keep_space = True, keep_space
            sides.append(self.statements(inner, 0, 2))
            if len(inner.flow) > 1:
                sides[-1].append(self.join(inner))
            outs.append(inner.flow[0])
            p.frame.restore(before)
        sight = p.setting().sight
        same = len(outs) > 1 and len({t.channels for t in outs}) == 1
        p.flow = [Tag(flow.rank, flow.space if keep_space else self.keys.fresh(), outs[0].channels if same else self.keys.fresh())]
        p.flow_name = None
        otherwise = [If(self.e.condition(sight), *sides[1:])] if len(sides) == 3 else sides[1] if len(sides) == 2 else None
        return [If(self.e.condition(sight), sides[0], otherwise, chained=len(sides) == 3 and self.chance.percent(80))]
