"""Draws the bodies of blocks and networks, statement by statement. What each puts out is followed by tags, never by archcalc."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from chance import Chance, Known, Sight
from drawn_layers import Key, Keys, Layers, Setting, Tag
from fewkinds import parts_of
from written import Arg, For, If, Let, Name, Num, Ref, Seq, Statement

LABELS = (
    "a", "b1", "stem", "left", "right", "e", "main", "x", "table", "for", "repeat", "add", "conv_1", "relu_2", "größe", "skip", "block", "branch",
    "conv/1", "a b", "1st", "λ→μ", "dense", "in_c", "C1", "output", "use", "k_1", "_", "層",
)  # fmt: skip


@dataclass
class Labelled:
    """What a label stands for, as far as it is known."""

    tag: Tag
    entry: tuple[Tag, ...] = ()  # what flowed in, for `reuse`
    again: bool = True  # whether it can be used again
    count: int = 1  # at least so many times it was borne
    looped: bool = False  # it stands in a loop that is over
    alike: bool = False  # each of them with the same sizes
    spaced: bool = False  # each with the same space
    inner: dict[str, Labelled] = field(default_factory=dict)  # of an instance
    outs: tuple[Tag, ...] = ()  # of an instance: all that flows out


@dataclass
class Signature:
    """A block, or a network that is used as a layer: what it takes and gives."""

    name: str
    parameters: list[tuple[str, str, bool]]  # name, type, whether there is a default
    entry: tuple[Tag, ...]
    outs: tuple[Tag, ...]
    labels: dict[str, Labelled]


@dataclass
class Frame:
    """A block or a network whose body is being drawn."""

    taken: set[str] = field(default_factory=set)  # names that no label may have
    labels: dict[str, Labelled] = field(default_factory=dict)  # those that can be named here
    counter: list[int] = field(default_factory=lambda: [0])

    def variable(self, stem: str) -> str:
        self.counter[0] += 1
        name = f"{stem}{self.counter[0]}"
        self.taken.add(name)
        return name


@dataclass
class Place:
    """Where statements are being drawn."""

    frame: Frame
    sight: Sight
    flow: list[Tag]
    flow_name: Any = None
    into: tuple[Tag, ...] | None = None
    keep_rank: bool = True
    keep_space: bool = False
    depth: int = 0
    looped: bool = False
    others: tuple[tuple[Ref, Tag], ...] = ()  # that can be named here besides labels

    def setting(self) -> Setting:
        sight = self.sight
        if self.into:
            from written import Attr, In

            sight = sight.plus(numbers=(Known(Attr(In(), "c"), 1, 10**9, False),))
        return Setting(sight, self.flow[0], self.flow_name, self.keep_rank, self.keep_space)


class Bodies:
    """Draws bodies. `live`, where it is set, is called after each statement of the network, and returns what is known then."""

    def __init__(self, chance: Chance, keys: Keys, signatures: list[Signature], first: bool = False) -> None:
        self.chance = chance
        self.keys = keys
        self.layers = Layers(chance, self.keys)
        self.e = self.layers.e
        self.signatures = signatures
        self.first = first

    # ---- statements -----------------------------------------------------------------------------------------------

    def statements(self, p: Place, least: int, most: int, after: Callable[[Any], None] | None = None) -> list[Any]:
        found: list[Any] = []
        for _ in range(self.chance.number(least, most)):
            for item in self.some(p):
                found.append(item)
                if after:
                    after(item)
        return found

    def some(self, p: Place) -> list[Any]:
        """One statement, or a few that belong together."""
        if len(p.flow) > 1:
            return [self.join(p)]
        ways: list[Any] = [self.layer] * 8 + [self.let, self.merge_of_labels, self.merge_of_labels, self.again]
        if p.depth < 3:
            ways += [self.merge, self.merge, self.loop, self.loop, self.condition, self.gate]
        if self.signatures and p.depth < 3:
            ways += [self.call, self.call, self.call]
        return self.chance.one(ways)(p) or self.layer(p)

    def label(self, p: Place, item: Statement, what: Labelled, share: int = 45) -> None:
        """Perhaps give it a label."""
        free = [name for name in LABELS if name not in p.frame.taken]
        if not free or not self.chance.percent(share):
            p.flow_name = None
            return
        name = self.chance.one(free)
        p.frame.taken.add(name)
        item.label, item.quoted = name, self.chance.percent(8)
        p.frame.labels[name] = what
        p.flow_name = Ref(((name, None),), quoted=item.quoted).expression()

    def layer(self, p: Place) -> list[Any]:
        at = p.setting()
        at.first = self.first
        source = None
        if self.chance.percent(15) and (
            refs := self.refs(
                p, lambda r, t: (t.rank == p.flow[0].rank or not p.keep_rank) and (t.space == p.flow[0].space or not p.keep_space)
            )
        ):
            source, at.flow = self.chance.one(refs)
            at.flow_name = (
                source.expression()
                if all(n.isidentifier() for n, _ in source.path[1:]) and not (source.path[1:] and source.quoted)
                else None
            )
            if source.path and source.path[0][1] is not None and at.flow_name is not None and type(at.flow_name.of).__name__ == "Quoted":
                at.flow_name = None
        item, tag = self.layers.layer(at)
        item.sources = [source] if source else []
        p.flow = [tag]
        what = Labelled(tag, (at.flow,), inner={})
        given = {a.name: 1 for a in item.arguments}
        if item.means in ("lstm", "gru", "rnn"):
            what.inner = {
                name: Labelled(Tag(1, ("vector",), tag.channels), again=False) for name in parts_of(item.means, given | {"units": 1})
            }
        single = item.role == "layer" or (item.body is not None and len(item.body) == 1)
        what.again = single
        self.label(p, item, what)
        return [item]

    def let(self, p: Place) -> list[Any]:
        name, known = p.frame.variable("v"), self.e.number(p.setting().sight, 1, 9)
        p.sight = p.sight.plus(numbers=(Known(Name(name), known.low, known.high, known.steady),))
        return [Let(name, known.e)]

    def refs(self, p: Place, fits: Callable[[Ref, Tag], bool]) -> list[tuple[Ref, Tag]]:
        """What `from` may name here."""
        found: list[tuple[Ref, Tag]] = list(p.others)
        for i, tag in enumerate(p.into or ()):
            found.append((Ref(at=Num(i) if i or self.chance.percent(20) else None), tag))
        for name, what in p.frame.labels.items():
            if len(what.outs) > 1:
                continue  # it stands for several layers
            found.append((Ref(((name, None),)), what.tag))
            if what.count > 1 and not p.looped:
                tag = (
                    what.tag if what.alike else Tag(what.tag.rank, what.tag.space if what.spaced else self.keys.fresh(), self.keys.fresh())
                )
                found.append((Ref(((name, self.chance.one((Num(0), Num(what.count - 1), self.e.written(1).e))),)), tag))
            for inner, that in what.inner.items():
                found.append((Ref(((name, None), (inner, None))), that.tag))
        found = [(r, t) for r, t in found if fits(r, t)]
        return [(replace(r, quoted=True), t) if r.path and self.chance.percent(5) else (r, t) for r, t in found]

    # ---- merges ---------------------------------------------------------------------------------------------------

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

    def inside(self, p: Place) -> Place:
        """The same place, one deeper, with names of its own."""
        return replace(p, depth=p.depth + 1, flow=list(p.flow))

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

    # ---- loops and conditions -----------------------------------------------------------------------------------------

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
        from written import Call

        n = self.e.number(p.setting().sight, 1, 3, 1)
        if self.chance.percent(30):
            return For(self.see(inner, 1, n.high), Call("range", (Num(1), Num(n.high + 1))), []), n.high
        return For(self.see(inner, 0, n.high - 1), Call("range", (n.e,)), []), n.low

    def numbered(self, p: Place, inner: Place) -> tuple[Any, int]:
        from written import Call

        count = self.chance.number(1, 3)
        values = Call("enumerate", (self.e.numbers(p.setting().sight, 1, 8, count, count),))
        return For((self.see(inner, 0, count - 1), self.see(inner, 1, 8, "n")), values, []), count

    def zipped(self, p: Place, inner: Place) -> tuple[Any, int]:
        from written import Call

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
        out = inner.flow[0]
        p.flow = [
            Tag(
                flow.rank,
                flow.space if inner.keep_space else self.keys.fresh(),
                out.channels if least and old(out.channels, made) else self.keys.fresh(),
            )
        ]
        p.flow_name = None
        return [item]

    def borne_again(self, p: Place, inner: Place, before: dict[str, Labelled]) -> str | None:
        """A label that stands above, and that a layer of the loop will bear again in each pass. Only `e[0]` is known meanwhile."""
        names = [n for n, w in before.items() if not w.looped and not w.inner and not w.outs and w.again and w.entry]
        if p.looped or not names or not self.chance.percent(30):
            return None
        name = self.chance.one(names)
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
        """`if`: both sides keep the axes."""
        before, flow, keep_space = dict(p.frame.labels), p.flow[0], p.keep_space or self.chance.percent(50)
        sides, outs = [], []
        for _ in range(self.chance.number(1, 2)):
            inner = self.inside(p)
            inner.keep_rank, inner.keep_space = True, keep_space
            sides.append(self.statements(inner, 0, 2))
            if len(inner.flow) > 1:
                sides[-1].append(self.join(inner))
            outs.append(inner.flow[0])
            p.frame.labels = dict(before)
        same = len(outs) == 2 and outs[0].channels == outs[1].channels
        p.flow = [Tag(flow.rank, flow.space if keep_space else self.keys.fresh(), outs[0].channels if same else self.keys.fresh())]
        p.flow_name = None
        return [If(self.e.condition(p.setting().sight), *sides)]

    # ---- instances ------------------------------------------------------------------------------------------------

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


def old(key: Key, made: int) -> bool:
    """Whether a key is older than a loop, or a size that is known."""
    return key[0] != "new" or key[1] <= made
