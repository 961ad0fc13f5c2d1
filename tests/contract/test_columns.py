"""The same rule on NumPy columns, where each entry is a design, and on integers: entry by entry the same, refusals too."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from every import EXAMPLES, node_of

from archcalc.analysis import FIGURES
from archcalc.analysis.costs import costs
from archcalc.graph import Node
from archcalc.sizes import Refusal, judging, require
from archcalc.spec import Example, Layer

np = pytest.importorskip("numpy", reason="NumPy is not installed")

ENTRIES = 60
Change = Callable[[int], Any]


class Columns:
    """Integers of an example, each spread into a column of sizes around it; `entry` gives them back one design at a time."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.columns: list[Any] = []

    def spread(self, n: int, least: int) -> Any:
        """A column around n; the first entry is n itself."""
        steps = [0, *(self.random.choice((0, 0, -2, -1, 1, 2, 3, n)) for _ in range(ENTRIES - 1))]
        self.columns.append(np.array([max(least, n + step) for step in steps], dtype=np.int64))
        return self.columns[-1]

    def entry(self, i: int) -> Callable[[], int]:
        columns = iter(self.columns)
        return lambda: int(next(columns)[i])


def build(node: Any, size: Callable[[int, int], Any]) -> tuple[Layer, list[tuple[Any, ...]]]:
    """The node's layer and input shapes, with each integer n replaced by size(n, least)."""
    least = {"padding": 0}

    def change(a: Any, n: int, axis: int | None) -> Any:
        return n if n < 0 else size(n, least.get(a.name, 1))

    shapes = [tuple(size(n, 1) for n in shape) for shape in node.input_shapes]
    return node.layer.with_sizes(change), shapes


def figures(layer: Layer, shapes: list[tuple[Any, ...]]) -> tuple[Any, Any]:
    """The output shape and the row of figures."""
    inputs = tuple(Node(f"i{n}", None, (), None) for n in range(len(shapes)))
    for node, shape in zip(inputs, shapes, strict=True):
        node.shape = shape
    node = Node("L", layer, inputs, None)
    node.shape = layer.shape(*shapes)
    return node.shape, costs(node, 4)


@pytest.mark.parametrize(("cls", "example"), EXAMPLES)
@pytest.mark.parametrize("seed", range(3))
def test_columns_and_integers_agree(cls: type[Layer], example: Example, seed: int) -> None:
    node = node_of(cls, example)
    spread = Columns(seed)
    layer, shapes = build(node, spread.spread)
    codes: list[str | None] = [None] * ENTRIES

    def judge(condition: Any, code: str, facts: dict[str, Any]) -> None:
        for i, holds in enumerate(np.broadcast_to(condition, (ENTRIES,))):
            if not holds and codes[i] is None:
                codes[i] = code

    with judging(judge):
        try:
            shape, row = figures(layer, shapes)
        except Refusal as refusal:  # what no column decides is refused for all entries at once
            shape, row = (), None
            codes = [code or refusal.code for code in codes]
    for i in range(ENTRIES):
        take = spread.entry(i)
        single, sizes = build(node, lambda n, least, take=take: take())
        try:
            expected_shape, expected = figures(single, sizes)
        except Refusal as refusal:
            assert codes[i] == refusal.code, (i, sizes, vars(single))
            continue
        assert codes[i] is None, (i, sizes, vars(single))
        assert tuple(at(n, i) for n in shape) == expected_shape
        for figure in FIGURES:
            assert at(getattr(row, figure), i) == getattr(expected, figure), (figure, sizes, vars(single))


def at(size: Any, i: int) -> int:
    """Entry i of a column; a plain integer holds for all entries."""
    return int(size[i]) if isinstance(size, np.ndarray) and size.ndim else int(size)


def test_some_entries_are_refused_and_some_are_not() -> None:
    """The spread above reaches both sides of the rules: a kernel beyond its input, groups that do not divide."""
    seen = set()
    for parameters in EXAMPLES:
        cls, example = parameters.values
        node = node_of(cls, example)
        spread = Columns(0)
        build(node, spread.spread)
        for i in range(ENTRIES):
            take = spread.entry(i)
            layer, shapes = build(node, lambda n, least, take=take: take())
            try:
                figures(layer, shapes)
                seen.add("fits")
            except Refusal as refusal:
                seen.add(refusal.code)
    assert seen >= {"fits", "E301", "E304", "E307", "E309"}


def test_a_condition_over_columns_without_a_judge_is_the_programmers_mistake() -> None:
    with pytest.raises(TypeError, match="judge"):
        require(np.array([True, False]), "E301")
