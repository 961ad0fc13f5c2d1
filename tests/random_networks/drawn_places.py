"""Where statements are drawn: what is known of labels there, and what `from` may name. The base of all that draws bodies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from chance import MANY, Chance, Known, Sight
from drawn_layers import Key, Keys, Layers, Setting, Tag
from fewkinds import parts_of
from terms import SIZE, Attr, In, Name, Num, write
from written import Let, Line, Ref, Statement

LABELS = (
    "a", "b1", "stem", "left", "right", "e", "main", "x", "table", "for", "repeat", "add", "conv_1", "relu_2", "größe", "skip", "block", "branch",
    "conv/1", "a b", "1st", "λ→μ", "dense", "in_c", "C1", "output", "use", "k_1", "_", "層",
)  # fmt: skip


MOST_DEPTH = 3
VECTOR = ("vector",)
RECURRENT = ("lstm", "gru", "rnn")
IN_C = Known(Attr(In(), "c"), 1, MANY, False)


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
    borne_again: set[str] = field(default_factory=set)  # in a loop

    def restore(self, before: dict[str, Labelled]) -> None:
        """The labels as they were before statements that may not be expanded; what those bear again is not known any more."""
        self.labels = {name: what for name, what in before.items() if name not in self.borne_again}

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

    def setting(self, first: bool = False) -> Setting:
        sight = self.sight.plus(numbers=(IN_C,)) if self.into else self.sight
        return Setting(sight, self.flow[0], self.flow_name, self.keep_rank, self.keep_space, first)

    def may_flow(self, tag: Tag) -> bool:
        """Whether a layer of that sort may flow on here."""
        flow = self.flow[0]
        return (tag.rank == flow.rank or not self.keep_rank) and (tag.space == flow.space or not self.keep_space)


class Drawing:
    """Draws statements. Classes made of this one add ways; a way gives an empty list where it does not fit."""

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

    def ways(self, p: Place) -> list[Callable[[Place], list[Any]]]:
        """What may be drawn here, each as often as it is likely."""
        return [self.layer] * 5 + [self.let]

    def some(self, p: Place) -> list[Any]:
        """One statement, or a few that belong together."""
        if len(p.flow) > 1:
            return [self.join(p)]
        return self.chance.one(self.ways(p))(p) or self.layer(p)

    def join(self, p: Place) -> Statement:
        """A merge of the several layers that flow."""
        raise NotImplementedError

    def label(self, p: Place, item: Statement, what: Labelled, share: int = 50) -> None:
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
        """A layer that reads what flows, or what `from` names."""
        at = p.setting(self.first)
        source = None
        if self.chance.percent(20) and (refs := self.refs(p, p.may_flow)):
            inner = [(ref, tag) for ref, tag in refs if len(ref.path) > 1]
            source, at.flow = self.chance.one(inner if inner and self.chance.percent(60) else refs)
            at.flow_name = source.expression()
        item, tag = self.layers.layer(at)
        item.sources = [source] if source else []
        p.flow = [tag]
        what = Labelled(tag, (at.flow,), again=item.body is None or len(item.body) == 1)
        if item.means in RECURRENT:
            given = {a.name: 1 for a in item.arguments}
            what.inner = {name: Labelled(replace(tag, rank=1, space=VECTOR), again=False) for name in parts_of(item.means, given)}
        self.label(p, item, what)
        return [item, *self.expected(p, item)]

    def expected(self, p: Place, item: Statement) -> list[Line]:
        """`expect` of its channels, where the text says how many they are to be."""
        given = [a.value for a in item.arguments if a.name in ("filters", "units")]
        if p.flow_name is None or not given or item.role != "layer" or not self.chance.percent(15):
            return []
        return [Line(f"expect {write(Attr(p.flow_name, 'c'))} == {write(given[0], SIZE)}")]

    def let(self, p: Place) -> list[Any]:
        name, known = p.frame.variable("v"), self.e.number(p.setting().sight, 1, 9)
        p.sight = p.sight.plus(numbers=(Known(Name(name), known.low, known.high, known.steady),))
        return [Let(name, known.e)]

    def refs(self, p: Place, fits: Callable[[Tag], bool]) -> list[tuple[Ref, Tag]]:
        """What `from` may name here: what flowed in, labels, and labels in instances."""
        found = [*p.others]
        found += [(Ref(at=Num(i) if i or self.chance.percent(20) else None), tag) for i, tag in enumerate(p.into or ())]
        for name, what in p.frame.labels.items():
            found += [(Ref(path), tag) for path, tag in _paths(name, what)]
            if what.count > 1 and not p.looped and len(what.outs) < 2:
                index = self.chance.one((Num(0), Num(what.count - 1), self.e.written(1).e))
                found.append((Ref(((name, index),)), self.one_of(what)))
        found = [(ref, tag) for ref, tag in found if fits(tag)]
        return [(replace(ref, quoted=True), tag) if ref.path and self.chance.percent(5) else (ref, tag) for ref, tag in found]

    def one_of(self, what: Labelled) -> Tag:
        """One of several that bore a label."""
        return what.tag if what.alike else Tag(what.tag.rank, what.tag.space if what.spaced else self.keys.fresh(), self.keys.fresh())

    def inside(self, p: Place) -> Place:
        """The same place, one deeper, with names of its own."""
        return replace(p, depth=p.depth + 1, flow=list(p.flow))


def _paths(name: str, what: Labelled) -> Iterator[tuple[tuple[tuple[str, Any], ...], Tag]]:
    if len(what.outs) < 2:  # it stands for one layer
        yield ((name, None),), what.tag
    for inner, that in what.inner.items():
        yield from ((((name, None), *path), tag) for path, tag in _paths(inner, that))


def old(key: Key, made: int) -> bool:
    """Whether a key is older than a loop, or a size that is known."""
    return key[0] != "new" or key[1] <= made
