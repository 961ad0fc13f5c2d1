"""Whole networks drawn at random: any graph of any kinds, small enough to run in milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from archcalc.graph import channels_first
from archcalc.registry import every_kind
from archcalc.spec import Layer, Wrapper
from archcalc.testing.arguments import Shape
from archcalc.testing.bodies import Bodies
from archcalc.testing.chance import Chance
from archcalc.testing.draft import Draft, Statement, Value
from archcalc.testing.drawn_lines import NO_LAYERS, Line, draw_line, patterns, reads_indices

TRIES = 12  # of a layer at its place
MOST_INPUTS = 4
LONGEST = 7  # of an axis that is drawn


def kinds_by_name(names: Iterable[str] | None = None) -> tuple[type[Layer], ...]:
    """These kinds, or all that a network can be drawn of.

    Raises:
        ValueError: there is no such kind.
    """
    known = {name: cls for name, cls in every_kind().items() if name not in NO_LAYERS}
    chosen = list(known) if names is None else list(names)
    if unknown := [name for name in chosen if name not in known]:
        raise ValueError(f"no network is drawn of {', '.join(unknown)}; kinds are {', '.join(known)}")
    return tuple(known[name] for name in chosen)


def draw_network(chance: Chance, kinds: Sequence[type[Layer]], most: int = 8) -> str:
    """The text of a network `N`, of these kinds, with up to so many statements besides its inputs.

    One kind is drawn before all others, so that each has the same chance to be in it. What stands inside of wrappers is of
    any kind.
    """
    while True:
        draft = _Networks(Draft(chance), tuple(kinds)).draw(chance.one(kinds), most)
        if draft.statements:
            return draft.finished()


class _Networks:
    """Draws a network of some kinds."""

    def __init__(self, draft: Draft, kinds: tuple[type[Layer], ...]) -> None:
        self.draft = draft
        self.chance = draft.chance
        self.kinds = kinds
        self.bodies = Bodies(draft, self.reading, frozenset(cls.kind for cls in kinds))
        self._reading: dict[int, tuple[type[Layer], ...]] = {}

    def draw(self, goal: type[Layer], most: int) -> Draft:
        count = self.chance.number(1, most)
        when = self.chance.number(0, count - 1)
        for i in range(count):
            for _ in range(TRIES if i == when else 2):
                if self.place(goal, alone=True) if i == when else self.step():
                    break
        return self.draft

    def step(self) -> Value | None:
        """One more statement."""
        if not self.draft.values or self.chance.percent(60):
            return self.place(self.kind(), alone=not self.draft.values or self.chance.percent(15))
        value = self.value()
        merges = [cls for cls in self.kinds if cls.family == "merging"]
        ways: list[Callable[[], Value | None]] = [
            lambda: self.bodies.block(value),
            lambda: self.bodies.loop(value),
            lambda: self.bodies.fork(value, self.value()),
            self.again,
        ]
        if merges:
            ways.append(lambda: self.bodies.branches(self.chance.one(merges), value))
        return None if value.below else self.chance.one(ways)()

    def value(self) -> Value:
        """Something to read: mostly what came last."""
        return self.draft.values[-1] if self.chance.percent(60) else self.chance.one(self.draft.values)

    def kind(self) -> type[Layer]:
        """A kind, mostly one that reads what came last; families have the same chance, large and small."""
        kinds = self.kinds
        if self.draft.values and self.chance.percent(70):
            kinds = self.reading(len(self.draft.values[-1].shape)) or kinds
        family = self.chance.one(sorted({cls.family for cls in kinds}))
        return self.chance.one([cls for cls in kinds if cls.family == family])

    def reading(self, axes: int) -> tuple[type[Layer], ...]:
        """The kinds that read one measured input of so many axes, as one of their examples does."""
        if axes not in self._reading:
            self._reading[axes] = tuple(cls for cls in self.kinds if not reads_indices(cls) and _reads(cls, axes))
        return self._reading[axes]

    def place(self, cls: type[Layer], alone: bool = False) -> Value | None:
        """A layer of that kind; where it may be `alone`, with inputs of its own if nothing that is there will do."""
        for _ in range(TRIES):
            found = self.sources(cls, alone)
            if found is None:
                continue
            inputs, sources = found
            line = draw_line(self.chance, cls, self.draft.around(*(v.shape for v in sources)))
            value = self.draft.put(*inputs, Statement(self.draft.fresh(), line, tuple(v.name for v in sources)))
            if value is not None:
                return value
        return None

    def sources(self, cls: type[Layer], alone: bool) -> tuple[list[Statement], list[Value]] | None:
        """What a layer of that kind could read, and the inputs that are new among it."""
        there = self.draft.values and self.chance.percent(60 if alone else 90)
        whole = self._whole(cls)
        for pattern in self.chance.shuffled(patterns(cls)):
            found = self._match(cls, pattern, whole, new=not there)
            if found is not None:
                return found
        return None

    def _whole(self, cls: type[Layer]) -> bool:
        """Whether it is to read whole numbers; of the kinds that do, one can also do without."""
        return reads_indices(cls) and (cls().indices() is None or not hasattr(cls, "reverse") or self.chance.percent(50))

    def _match(self, cls: type[Layer], pattern: tuple[Shape, ...], whole: bool, new: bool) -> tuple[list[Statement], list[Value]] | None:
        """Values like the shapes of an example: with equal sizes where those have them. Some may be `new` inputs."""
        sizes: dict[object, int] = {}
        by_place = len(pattern) == 1 or self.chance.percent(50)
        inputs: list[Statement] = []
        found: list[Value] = []
        for x in pattern:
            shape = self._turned(cls, x)
            keys = [(n, i) if by_place else n for i, n in enumerate(shape)]
            there = [v for v in self.draft.values if _fits(v, keys, sizes) and bool(v.below) == whole]
            if there and not (new and self.chance.percent(40)):
                found.append(there[-1] if self.chance.percent(60) else self.chance.one(there))
                sizes.update(zip(keys, found[-1].shape, strict=True))
            elif new and len(inputs) + len(self.draft.inputs) < MOST_INPUTS:
                for key, n in zip(keys, shape, strict=True):
                    sizes.setdefault(key, self._size(n))
                size = tuple(sizes[key] for key in keys)
                inputs.append(self.draft.input(size, whole))
                found.append(Value(inputs[-1].label, size))
            else:
                return None
        return inputs, found

    def _turned(self, cls: type[Layer], x: Shape) -> Shape:
        """A shape of an example, as the network has it."""
        axes = None if issubclass(cls, Wrapper) else cls().channel_axes()
        return channels_first(x, axes[0]) if self.draft.first and axes else x

    def _size(self, n: int) -> int:
        """As long as the example's axis, or not."""
        return n if n <= LONGEST and self.chance.percent(40) else self.chance.number(1, LONGEST)

    def again(self) -> Value | None:
        """A layer or a block instance once more, with the same weights, on something of the same shape."""
        made = [s for s in self.draft.statements if s.label and s.sources and not s.line.head.startswith(("input", "reuse"))]
        shapes = {v.name: v.shape for v in self.draft.values}
        if not made:
            return None
        statement = self.chance.one(made)
        sources = []
        for name in statement.sources:
            alike = [v.name for v in self.draft.values if v.shape == shapes[name] and not v.below]
            if not alike:
                return None
            sources.append(self.chance.one(alike))
        return self.draft.put(Statement(self.draft.fresh(), Line(f"reuse {statement.label}"), tuple(sources)))


def _fits(value: Value, keys: Sequence[object], sizes: dict[object, int]) -> bool:
    """Whether a value has the axes that are wanted, as long as those that are known already."""
    return len(value.shape) == len(keys) and all(sizes.get(key, n) == n for key, n in zip(keys, value.shape, strict=True))


def _reads(cls: type[Layer], axes: int) -> bool:
    return any(len(pattern) == 1 and len(pattern[0]) == axes for pattern in patterns(cls))
