"""Where statements are drawn: what is known of labels there, and what `from` may name. The base of all that draws bodies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from chance import MANY, Chance, Known, Sight
from drawn_layers import Key, Keys, Layers, Setting, Tag
from fewkinds import parts_of
from written import Attr, In, Let, Name, Num, Ref, Statement

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


class Drawing:
    """Draws statements. `ways` are those of the classes that are made of this one; each gives an empty list where it does not fit."""

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

    def inside(self, p: Place) -> Place:
        """The same place, one deeper, with names of its own."""
        return replace(p, depth=p.depth + 1, flow=list(p.flow))


def old(key: Key, made: int) -> bool:
    """Whether a key is older than a loop, or a size that is known."""
    return key[0] != "new" or key[1] <= made
