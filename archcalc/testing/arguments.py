"""Values of arguments, drawn at random and written in the language: for each type of argument, a way to draw one.

What flows in is known, so that most values fit: an axis that is there, groups that divide, a shape with as many values.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

from archcalc.argtypes import (
    Axes,
    Axis,
    Choice,
    Count,
    Flag,
    Name,
    Number,
    Padding,
    PerAxis,
    TableName,
    ValueType,
    WholeShape,
)
from archcalc.layers.custom import Title
from archcalc.layers.einsum import EquationText, Letters, PartlyKnown
from archcalc.layers.merging import OfEach
from archcalc.layers.options import AxesOrNone, Grid, Integers, Numbers, Odd, Option
from archcalc.layers.reshaping import Permutation
from archcalc.layers.spectrogram import Length
from archcalc.sizes import Refusal
from archcalc.testing.chance import Chance
from archcalc.values import said

Shape = tuple[int, ...]
LARGEST = 12  # a count that is taken from what flows in
NUMBERS = ("1", "0.5", "0", "0.25", "2", "0.1", "3", "-0.5", "1e-3", "-1", "20")


class Around(NamedTuple):
    """Where a line is to stand: the shapes that flow in, as the network has them, and whether that has channels first.

    `given` are the line's arguments so far, by name; `tables` are the network's connection tables, by name.
    """

    inputs: tuple[Shape, ...]
    first: bool
    given: dict[str, str]
    tables: dict[str, str]

    @property
    def flow(self) -> Shape:
        """The first of what flows in."""
        return self.inputs[0] if self.inputs else ()

    @property
    def channels(self) -> int:
        return self.flow[0 if self.first else -1] if self.flow else 1

    @property
    def letters(self) -> str:
        """The letters of the output of an equation that was drawn, without the batch."""
        equation = next((text.strip('"') for text in self.given.values() if "->" in text), "ab,bc->ac")
        letters = equation.partition("->")[2].replace(".", "")
        return letters if equation.startswith("...") else letters[1:]


Way = Callable[[Chance, Any, Around], str]


def draw_value(chance: Chance, type: ValueType, around: Around) -> str:
    """A value of that type, as the language writes it."""
    way = next(WAYS[cls] for cls in type.__class__.__mro__ if cls in WAYS)
    return way(chance, type, around)


def _count(chance: Chance, type: Count, around: Around) -> str:
    sizes = [n for x in around.inputs for n in x if type.least <= n <= LARGEST]
    # Heads, groups and units fit where others are as large.
    return str(chance.one(sizes) if sizes and chance.percent(40) else chance.number(type.least, type.least + 4))


def _length(chance: Chance, type: Length, around: Around) -> str:
    longest = around.flow[-1 if around.first else 0] if around.flow else 4
    return str(chance.number(1, max(1, min(longest, 16))))


def _per_axis(chance: Chance, type: PerAxis, around: Around) -> str:
    if chance.percent(60):
        return str(chance.number(type.least, type.least + 2))
    return _several(chance, _rank(chance, around), lambda: str(chance.number(type.least, type.least + 3)))


def _several(chance: Chance, count: int, draw: Callable[[], str]) -> str:
    entries = [draw() for _ in range(count)]
    if count > 1 and chance.percent(50) and all(e.isdigit() for e in entries):
        return "x".join(entries)
    return "(" + ", ".join(entries) + ("," if count == 1 else "") + ")"


def _rank(chance: Chance, around: Around) -> int:
    """How many spatial axes flow in; where steps come before them, one less."""
    rank = max(len(around.flow) - 1, 1)
    return rank - 1 if rank > 1 and chance.percent(20) else rank


def _padding(chance: Chance, type: Padding, around: Around) -> str:
    if type.words and chance.percent(60):
        return chance.one(type.words)
    if chance.percent(50):
        return str(chance.number(0, 2))

    def pair() -> str:
        return f"({chance.number(0, 2)}, {chance.number(0, 2)})"

    return _several(chance, _rank(chance, around), pair if chance.percent(50) else lambda: str(chance.number(0, 2)))


def _choice(chance: Chance, type: Choice, around: Around) -> str:
    words: tuple[str, ...] = getattr(type, "known", type.words)
    return chance.one(words)


def _flag(chance: Chance, type: Flag, around: Around) -> str:
    return chance.one(("true", "true", "false"))


def _number(chance: Chance, type: Number, around: Around) -> str:
    return chance.one([text for text in NUMBERS if _reads(type, Fraction(text))])


def _reads(type: ValueType, value: Any) -> bool:
    try:
        type.read(value)
    except Refusal:
        return False
    return True


def _numbers(chance: Chance, type: Numbers, around: Around) -> str:
    plain = Number(type.least, type.most)
    if type.single and chance.percent(50):
        return chance.one([text for text in NUMBERS if _reads(type, Fraction(text))])
    counts = [type.several] if type.several else [1, 2, around.channels]
    entries = sorted((_number(chance, plain, around) for _ in range(chance.one(counts))), key=Fraction)
    return "[" + ", ".join(entries) + "]"


def _integers(chance: Chance, type: Integers, around: Around) -> str:
    known = [n for n in range(-2, 9) if _reads(type, n)]
    if type.several > 1 and chance.percent(50):
        return said(tuple(sorted(chance.one(known) for _ in range(type.several))))
    return str(chance.one(known))


def _odd(chance: Chance, type: Odd, around: Around) -> str:
    return chance.one(("3", "1", "3x1", "(3, 5)"))


def _grid(chance: Chance, type: Grid, around: Around) -> str:
    return chance.one(("2", "1", "2x1", "(1, 3)"))


def _shape(chance: Chance, type: WholeShape, around: Around) -> str:
    way = chance.number(0, 2)
    if way == 0:
        sizes = _factors(chance, prod(around.flow))
        if type.infer and chance.percent(40):
            sizes[chance.number(0, len(sizes) - 1)] = -1
    elif way == 1:
        sizes = [1 if chance.percent(40) else n for n in around.flow] or [1]
    else:
        sizes = [chance.number(1, 5) for _ in range(chance.number(1, 3))]
    return said(tuple(sizes)) if len(sizes) > 1 else str(sizes[0])


def _factors(chance: Chance, n: int) -> list[int]:
    """Sizes whose product that is."""
    sizes: list[int] = []
    while len(sizes) < 3 and n > 1 and chance.percent(75):
        sizes.append(chance.one([d for d in range(1, min(n, 64) + 1) if n % d == 0]))
        n //= sizes[-1]
    return chance.shuffled([*sizes, n])


def _axis(chance: Chance, type: Axis, around: Around) -> str:
    rank = len(around.flow) + (1 if chance.percent(5) else 0)  # one that is not there, now and then
    return str(chance.one([-1, *range(1, rank + 1), *range(-rank, 0)]))


def _axes(chance: Chance, type: Axes, around: Around) -> str:
    if chance.percent(50):
        return _axis(chance, type, around)
    axes = chance.shuffled(range(1, len(around.flow) + 1))[: chance.number(1, 3)] or [1]
    return said(tuple(n if chance.percent(80) else n - 1 - len(around.flow) for n in axes))


def _axes_or_none(chance: Chance, type: AxesOrNone, around: Around) -> str:
    return "none" if chance.percent(20) else _axes(chance, type, around)


def _of_each(chance: Chance, type: OfEach, around: Around) -> str:
    """Axes of the same length, where there are any."""
    a, b = around.inputs[0], around.inputs[-1]
    fit = [(i + 1, j + 1) for i, m in enumerate(a) for j, n in enumerate(b) if m == n]
    i, j = chance.one(fit) if fit else (1, 1)
    return str(i) if i == j and chance.percent(70) else f"({i}, {j})"


def _permutation(chance: Chance, type: Permutation, around: Around) -> str:
    return said(tuple(chance.shuffled(range(1, len(around.flow) + 1))))


def _table(chance: Chance, type: TableName, around: Around) -> str:
    """A table of its own: a row for each map that flows in, a column for each of those that come out."""
    columns = int(next(iter(around.given.values()), "1"))
    rows = range(around.channels)
    # Every column has a map, so that none is empty.
    marks = [[i == j % len(rows) or chance.percent(50) for j in range(columns)] for i in rows]
    name = f"T{len(around.tables) + 1}"
    around.tables[name] = "\n".join("".join("X" if mark else "." for mark in row) for row in marks)
    return name


def _title(chance: Chance, type: Title, around: Around) -> str:
    return '"anything"'


def _equation(chance: Chance, type: EquationText, around: Around) -> str:
    """Some letters are kept, some are summed over, and some are the kernel's; in any order."""
    read = "bcdef"[: len(around.flow)]
    summed = [c for c in read if chance.percent(50)] or [read[-1:] or "b"]
    kept = [c for c in read if c not in summed]
    shared = [c for c in kept if chance.percent(25)]  # the kernel has one for each
    new = list("xy"[: chance.number(0, 2)])
    kernel = "".join(chance.shuffled([*summed, *shared, *new]))
    out = "".join(chance.shuffled([*kept, *new]) if chance.percent(30) else [*kept, *new])
    if len(read) > 1 and read[0] in kept and read[0] not in kernel and out.startswith(read[0]) and chance.percent(25):
        return f'"...{read[1:]},{kernel}->...{out[1:]}"' if out[1:] else f'"a{read},{kernel}->a{out}"'
    return f'"a{read},{kernel}->a{out}"'


def _partly_known(chance: Chance, type: PartlyKnown, around: Around) -> str:
    entries = [str(chance.number(1, 5)) if c in "xy" else "none" for c in around.letters]
    return entries[0] if len(entries) == 1 and chance.percent(50) else "(" + ", ".join(entries) + ("," if len(entries) == 1 else "") + ")"


def _letters(chance: Chance, type: Letters, around: Around) -> str:
    chosen = [c for c in around.letters if chance.percent(50)] or [around.letters[-1:] or "c"]
    return '"' + "".join(chosen) + '"'


# A type without a way of its own has its nearest base's.
WAYS: dict[type, Way] = {
    Count: _count,
    Length: _length,
    PerAxis: _per_axis,
    Padding: _padding,
    Choice: _choice,
    Option: _choice,
    Flag: _flag,
    Number: _number,
    Numbers: _numbers,
    Integers: _integers,
    Odd: _odd,
    Grid: _grid,
    WholeShape: _shape,
    Axis: _axis,
    Axes: _axes,
    AxesOrNone: _axes_or_none,
    OfEach: _of_each,
    Permutation: _permutation,
    TableName: _table,
    Name: _title,
    Title: _title,
    EquationText: _equation,
    PartlyKnown: _partly_known,
    Letters: _letters,
}
