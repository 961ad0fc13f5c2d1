"""Every rule on columns that notice what 64 bits cannot hold: entry by entry as on integers, or marked as lost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from every import EXAMPLES, node_of
from test_columns import build, figures

from archcalc.analysis import FIGURES
from archcalc.sizes import Refusal, ceildiv, gcd, judging, maximum, minimum, prod, require, total
from archcalc.spec import Example, Layer

np = pytest.importorskip("numpy", reason="NumPy is not installed")
columns = pytest.importorskip("archcalc.columns", reason="NumPy is not installed")
Column, Verdicts = columns.Column, columns.Verdicts

ENTRIES = 40
LARGEST = 40  # bits of a size
seen: Counter[str] = Counter()


class Sizes:
    """Each integer of an example becomes a column: itself, near it, or anything up to 2**40."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.drawn: list[list[int]] = []

    def column(self, n: int, least: int) -> Any:
        near = (n, n, n + self.random.randint(-2, 3), n * self.random.randint(1, 3))
        far = lambda: self.random.getrandbits(self.random.randint(1, LARGEST))  # noqa: E731
        self.drawn.append([n, *(max(least, self.random.choice((*near, far()))) for _ in range(ENTRIES - 1))])
        return Column(self.drawn[-1])

    def entry(self, i: int) -> Callable[[], int]:
        drawn = iter(self.drawn)
        return lambda: next(drawn)[i]


@pytest.mark.parametrize(("cls", "example"), EXAMPLES)
@pytest.mark.parametrize("seed", range(2))
def test_every_entry_is_as_for_integers_or_is_lost(cls: type[Layer], example: Example, seed: int) -> None:
    node = node_of(cls, example)
    sizes = Sizes(seed)
    layer, shapes = build(node, sizes.column)
    verdicts = Verdicts(ENTRIES)
    refused, shape, row = None, (), None
    with judging(verdicts.judge):
        try:
            shape, row = figures(layer, shapes)
        except Refusal as refusal:  # what no column decides is refused for all entries at once
            refused = refusal.code
    for i in range(ENTRIES):
        take = sizes.entry(i)
        single, given = build(node, lambda n, least, take=take: take())
        try:
            expected_shape, expected = figures(single, given)
        except Refusal as refusal:
            assert (verdicts.codes[i] or refused) == refusal.code or verdicts.lost[i], (i, given, vars(single))
            seen["refused"] += 1
            continue
        assert verdicts.codes[i] is None, (i, given, vars(single))
        pairs = [*zip(shape, expected_shape, strict=True), *((getattr(row, f), getattr(expected, f)) for f in FIGURES)]
        for found, wanted in pairs:
            held = at(found, i)
            seen["lost" if held is None else "held"] += 1
            assert held is None or held == wanted, (i, given, vars(single))
            assert held is not None or i, "the example's own sizes are small"


def at(size: Any, i: int) -> int | None:
    """Entry i of a column; a plain integer holds for all entries."""
    return size.tolist()[i if len(size) > 1 else 0] if isinstance(size, Column) else int(size)


def test_some_are_held_some_lost_and_some_refused() -> None:
    """Runs after the above: what they saw. Nearly all is held although sizes go up to 2**40."""
    if seen:
        assert min(seen["held"], seen["lost"], seen["refused"]) > 100


NUMBERS = [0, 1, -1, 2, 7, -7, 2**31, 2**40, -(2**40), 2**61, 2**62 - 1, 2**62, -(2**62)]
OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "//": lambda a, b: a // b, "%": lambda a, b: a % b,
    "ceildiv": ceildiv, "maximum": maximum, "minimum": minimum, "gcd": gcd, "prod": lambda a, b: prod((a, b)),
    "total": lambda a, b: total((a, b)),
}  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("side", ["both", "left", "right"])
def test_operations_are_those_of_integers_up_to_the_limit(name: str, side: str) -> None:
    work = OPERATIONS[name]
    pairs = [(a, b) for a in NUMBERS for b in NUMBERS]
    for b in NUMBERS if side == "left" else [None]:
        for a in NUMBERS if side == "right" else [None]:
            here = [(x if a is None else a, y if b is None else b) for x, y in pairs]
            one = Column([x for x, _ in here]) if a is None else a
            other = Column([y for _, y in here]) if b is None else b
            for (x, y), found in zip(here, work(one, other).tolist(), strict=True):
                wanted = None if name in ("//", "%", "ceildiv") and y == 0 else work(x, y)
                assert found == wanted or (found is None and (wanted is None or abs(wanted) > 2**62)), (x, y)


def test_what_no_64_bits_hold_is_lost_and_stays_so() -> None:
    column = Column([2**40, 5, 2**70])
    square = column * column
    assert square.tolist() == [None, 25, None]
    assert (square // square + 1 - 1).tolist() == [None, 1, None]
    assert maximum(square, 3).tolist() == [None, 25, None]
    with pytest.raises(TypeError, match="integer"):
        Column([1.5])


def test_a_verdict_on_what_is_lost_is_that_it_is_not_known() -> None:
    column = Column([2**40, 5, 50])
    square = column * column
    verdicts = Verdicts(3)
    with judging(verdicts.judge):
        require(square < 1000, "E301")
        require((square < 0) | (column > 0), "E302")  # what is true of one side is true of both
        require(column < 10, "E303")
    assert verdicts.codes == [None, None, "E301"]
    assert verdicts.lost.tolist() == [True, False, False]
    with pytest.raises(TypeError, match="neither"):
        bool(square < 3)


def test_where_an_axis_gives_way_in_some_entries_only_those_have_no_shape() -> None:
    from archcalc.registry import every_kind

    layer = every_kind()["category_encoding"](tokens=10, mode="one_hot")
    verdicts = Verdicts(2)
    with judging(verdicts.judge):
        shape = layer.shape((Column([5, 5]), Column([1, 7])))
    assert verdicts.codes == ["E302", None] and [at(n, 1) for n in shape] == [5, 7, 10]
