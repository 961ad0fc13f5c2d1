"""Draws single layers that fit what flows in, and says what comes out as far as that is known before expansion."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from chance import Chance, Expressions, Known, Sight
from fewkinds import ALSO, NAMES, POOL_NAMES, SAME_SHAPE, windows
from terms import Call, Name, Num, Op, Seq
from written import Arg, Statement

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Tag:
    """What is known of a layer's output: how many axes, and keys for its space and its channels. Equal keys, equal sizes.

    ("is", 8, 8) and ("is", 4) are sizes that are known; others only tell which are equal.
    """

    rank: int
    space: Key
    channels: Key

    @property
    def sizes(self) -> tuple[int, ...] | None:
        return self.space[1:] if self.space[0] == "is" else None

    @property
    def count(self) -> int | None:
        return self.channels[1] if self.channels[0] == "is" else None


class Keys:
    """Makes keys that equal no other. They are numbered, so that what is older than a loop can be told."""

    def __init__(self) -> None:
        self.made = 0
        self.halves: dict[Key, Key] = {}

    def fresh(self) -> Key:
        self.made += 1
        return ("new", self.made)

    def half(self, space: Key) -> Key:
        """The space after a stride of 2 with `same` padding."""
        if space[0] == "is":
            return ("is", *(-(-n // 2) for n in space[1:]))
        return self.halves.setdefault(space, self.fresh())

    def of(self, known: Known) -> Key:
        """The channels' key for a number of them."""
        return self.fresh() if known.fixed is None else ("is", known.fixed)


@dataclass
class Setting:
    """Where a layer is to stand."""

    sight: Sight
    flow: Tag
    flow_name: Any = None  # an expression for what flows in, if there is one
    keep_rank: bool = True
    keep_space: bool = False
    first: bool = False  # channels first


class Layers:
    """Draws layers."""

    def __init__(self, chance: Chance, keys: Keys) -> None:
        self.chance = chance
        self.e = Expressions(chance)
        self.keys = keys

    def layer(self, at: Setting) -> tuple[Statement, Tag]:
        """A layer that reads what flows in."""
        ways: list[Any] = [self.pointwise]
        if at.flow.rank > 1:
            ways += [self.conv, self.conv, self.conv, self.pool]
        if at.flow.rank == 1 or not at.first:
            ways += [self.dense, self.dense]
        if at.flow.rank == 2:
            ways += [self.recurrent]
        if at.flow.rank > 1 and not at.keep_rank:
            ways += [self.collapse]
        if at.flow.rank > 1 and not at.first:
            ways += [self.wrapped]
        return self.chance.one(ways)(at)

    # ---- arguments ------------------------------------------------------------------------------------------------------

    def statement(self, kind: str, rank: int, arguments: list[Arg]) -> Statement:
        also = ALSO.get(kind, {})
        alias = also.get(rank) or also.get(0)
        written = alias if alias and self.chance.percent(12) else kind
        return Statement(written, arguments, means=kind)

    def arguments(self, kind: str, places: list[tuple[str, Any]], others: list[Arg]) -> list[Arg]:
        """Arguments in the order of declaration: the first ones by position, the rest by name; words and others anywhere."""
        by_position = self.chance.number(0, len(places)) if self.chance.percent(30) else len(places)
        first = [Arg(name, e) for name, e in places[:by_position]]
        named = [Arg(name, e, self.called(kind, name)) for name, e in places[by_position:]] + others
        if self.chance.percent(25):
            named = self.chance.shuffled(named)
        if named and first and self.chance.percent(15):  # positions count only what has no name
            return [named[0], *first, *named[1:]]
        return first + named

    def called(self, kind: str, name: str) -> str:
        names = (POOL_NAMES if "pool" in kind else {}).get(name) or NAMES.get(name, (name,))
        return self.chance.one(names)

    def each(self, at: Setting, low: int, high: int) -> Any:
        """A number for every spatial axis, or one for each."""
        rank = at.flow.rank - 1
        if rank == 1 or self.chance.percent(40):
            return self.e.number(at.sight, low, high).e
        items = tuple(self.e.number(at.sight, low, high, 1).e for _ in range(rank))
        return Seq(self.chance.one(("size", "tuple", "list")), items)

    def common(self, at: Setting) -> list[Arg]:
        """An activation, no bias."""
        found = []
        if self.chance.percent(35):
            found.append(Arg("activation", self.e.word(at.sight), self.chance.one(("", "activation"))))
        if self.chance.percent(30):
            none, false = Name("none"), Name("false")
            ways = (Arg("bias", none, bare="nobias"), Arg("bias", none, "bias"), Arg("bias", false, "use_bias"), Arg("bias", none))
            found.append(self.chance.one(ways))
        return found

    # ---- kinds ----------------------------------------------------------------------------------------------------------

    def pointwise(self, at: Setting) -> tuple[Statement, Tag]:
        kind = self.chance.one(SAME_SHAPE)
        arguments = []
        if kind == "dropout":
            arguments = self.arguments(kind, [("rate", self.e.rate())], [])
        if kind == "bn" and self.chance.percent(30):
            arguments = [Arg("scale", Name("false"), bare="noscale"), Arg("center", Name("false"), "center")][: self.chance.number(1, 2)]
        return self.statement(kind, at.flow.rank, arguments), at.flow

    def dense(self, at: Setting) -> tuple[Statement, Tag]:
        units = self.e.number(at.sight, 1, 12)
        arguments = self.arguments("dense", [("units", units.e)], self.common(at))
        return self.statement("dense", 0, arguments), replace(at.flow, channels=self.keys.of(units))

    def conv(self, at: Setting, filters: Known | None = None) -> tuple[Statement, Tag]:
        filters = filters or self.e.number(at.sight, 1, 12)
        space, kernel, others = self.window(at, "conv")
        if self.chance.percent(15):
            others += self.grouped(at, filters)
        arguments = self.arguments("conv", [("filters", filters.e), ("kernel", kernel)], others + self.common(at))
        return self.statement("conv", at.flow.rank, arguments), Tag(at.flow.rank, space, self.keys.of(filters))

    def grouped(self, at: Setting, filters: Known) -> list[Arg]:
        into, out = at.flow.count, filters.fixed
        common = [g for g in (1, 2, 3, 4) if into and out and into % g == 0 and out % g == 0]
        return [Arg("groups", Num(common[-1]), "groups")] if common else []

    def window(self, at: Setting, kind: str) -> tuple[tuple[Any, ...], Any, list[Arg]]:
        """A kernel with stride and padding: the key of the space that comes out, and what is written."""
        ways = [self.same, self.same, self.one_by_one]
        if kind == "conv":
            ways += [self.half_padded, self.dilated]
        if not at.keep_space:
            ways += [self.strided, self.fitting]
        return self.chance.one(ways)(at)

    def padding(self, value: Any) -> Arg:
        return Arg("padding", value, self.chance.one(NAMES["padding"]))

    def word_same(self) -> Arg:
        return self.chance.one((Arg("padding", Name("same"), ""), self.padding(Name("same"))))

    def stride(self, at: Setting, n: int) -> Arg:
        value = self.chance.one((Num(n), self.e.written(n).e, Seq("size" if at.flow.rank > 2 else "tuple", (Num(n),) * (at.flow.rank - 1))))
        return Arg("stride", value, self.chance.one(("/", *NAMES["stride"])))

    def same(self, at: Setting) -> Any:
        return at.flow.space, self.each(at, 1, 5), [self.word_same(), *([self.stride(at, 1)] if self.chance.percent(10) else [])]

    def one_by_one(self, at: Setting) -> Any:
        return at.flow.space, self.e.number(at.sight, 1, 1).e, [self.stride(at, 1)] if self.chance.percent(30) else []

    def half_padded(self, at: Setting) -> Any:
        half = self.e.number(at.sight, 0, 2)
        return at.flow.space, Op("+", Op("*", Num(2), half.e), Num(1)), [self.padding(half.e), self.stride(at, 1)]

    def dilated(self, at: Setting) -> Any:
        dilation = Arg("dilation", self.e.number(at.sight, 1, 3).e, self.chance.one(NAMES["dilation"]))
        return at.flow.space, self.each(at, 1, 4), [self.word_same(), dilation]

    def strided(self, at: Setting) -> Any:
        return self.keys.half(at.flow.space), self.each(at, 1, 5), [self.word_same(), self.stride(at, 2)]

    def fitting(self, at: Setting) -> Any:
        """A window without padding, which fits: the input's size is known, or asked for."""
        if at.flow.sizes is not None:
            k, s = self.chance.number(1, min(5, *at.flow.sizes)), self.chance.number(1, 2)
            space = ("is", *windows(at.flow.sizes, k, s))
            return space, self.e.written(k).e, [self.stride(at, s)]
        if at.flow_name is None:
            return self.strided(at)
        known = self.e.attributes(at.flow_name, at.flow.rank)[1:]
        items = tuple(Call("min", (k.e, Num(self.chance.number(1, 4)))) for k in known[::-1])
        return self.keys.fresh(), items[0] if len(items) == 1 else Seq("size", items), [self.stride(at, 1)]

    def pool(self, at: Setting) -> tuple[Statement, Tag]:
        """Its stride is its size, if none is given."""
        kind, sizes = self.chance.one(("maxpool", "avgpool")), at.flow.sizes or (1,)
        space, kernel, others = self.window(at, kind)
        places = [("kernel", kernel)]
        if not any(a.name == "stride" for a in others):
            others = [*others, self.stride(at, 1)]
        if not at.keep_space and self.chance.percent(30):
            space, places, others = self.keys.half(at.flow.space), [("kernel", self.e.written(2).e)], [self.word_same()]
        elif not at.keep_space and min(sizes) > 1 and self.chance.percent(40):
            k = self.chance.number(2, min(4, *sizes))
            space, places, others = ("is", *windows(sizes, k, k)), [("kernel", Num(k))] if k != 2 or self.chance.percent(50) else [], []
        return self.statement(kind, at.flow.rank, self.arguments(kind, places, others)), replace(at.flow, space=space)

    def collapse(self, at: Setting) -> tuple[Statement, Tag]:
        kind = self.chance.one(("gap", "flatten"))
        channels = at.flow.channels if kind == "gap" else self.keys.fresh()
        return self.statement(kind, at.flow.rank, []), Tag(1, ("vector",), channels)

    def recurrent(self, at: Setting) -> tuple[Statement, Tag]:
        kind, units = self.chance.one(("lstm", "gru", "rnn")), self.e.number(at.sight, 1, 6)
        others = [Arg("sequences", Name("true"), bare="sequences")] if at.keep_rank or self.chance.percent(50) else []
        tag = Tag(2, at.flow.space, self.keys.of(units)) if others else Tag(1, ("vector",), self.keys.of(units))
        others += [Arg("states", Name("true"), self.chance.one(NAMES["states"]))] if self.chance.percent(50) else []
        return self.statement(kind, 0, self.arguments(kind, [("units", units.e)], others)), tag

    def wrapped(self, at: Setting) -> tuple[Statement, Tag]:
        units = self.e.number(at.sight, 1, 6)
        if at.flow.rank == 2 and self.chance.percent(50):
            inner = Statement(
                self.chance.one(("lstm", "gru")),
                self.arguments("lstm", [("units", units.e)], [Arg("sequences", Name("true"), bare="sequences")]),
            )
            merge = self.chance.one((None, "concat", "sum", "ave"))
            given = [Arg("merge", Name(merge), self.chance.one(("", "merge", "merge_mode")))] if merge else []
            once = merge in ("sum", "ave")
            channels = self.keys.of(units if once else units._replace(low=2 * units.low, high=2 * units.high))
            return self.around("bidirectional", given, [inner]), replace(at.flow, channels=channels)
        inside = [Statement("dense", self.arguments("dense", [("units", units.e)], self.common(at)))]
        if at.flow.rank == 3 and self.chance.percent(40):
            inside = [Statement("conv", [Arg("filters", units.e), Arg("kernel", Num(3)), Arg("padding", Name("same"))])]
        if self.chance.percent(30):
            inside.append(Statement(self.chance.one(("relu", "bn"))))
        return self.around("time_distributed", [], inside), replace(at.flow, channels=self.keys.of(units))

    def around(self, kind: str, given: list[Arg], inside: list[Statement]) -> Statement:
        found = self.statement(kind, 0, given)
        found.body, found.role = inside, "wrapper"
        return found
