"""LeNet-5, unrolled unit by unit: every edge is an entry, every weight a name; no figure comes from a formula."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from running import PROGRAMS, ROOT

import archcalc

# LeCun, Bottou, Bengio & Haffner (1998), section II.B: parameters and connections as the paper prints them.
PRINTED = {
    "C1": (156, 122_304), "S2": (12, 5_880), "C3": (1_516, 151_600), "S4": (32, 2_000), "C5": (48_120, 48_120),
    "F6": (10_164, 10_164), "OUT": (840, 840),
}  # fmt: skip

Unit = tuple[Any, ...]


class Unrolled:
    """Edges as (input unit, output unit), each carrying the name of its weight. The unit "one" is what biases read."""

    def __init__(self) -> None:
        self.edges: dict[tuple[Unit | str, Unit], Unit] = {}

    def join(self, source: Unit | str, unit: Unit, weight: Unit) -> None:
        assert (source, unit) not in self.edges
        self.edges[source, unit] = weight

    @property
    def units(self) -> set[Unit]:
        return {unit for _, unit in self.edges}

    @property
    def weights(self) -> set[Unit]:
        return set(self.edges.values())

    @property
    def multiplied(self) -> int:
        return sum(1 for source, _ in self.edges if source != "one")


def table_of(text: str) -> list[str]:
    """The rows of the connection table, by looking for lines of X and dots."""
    found = [line.strip() for line in text.splitlines()]
    return [line for line in found if line and set(line) <= {"X", "."}]


def convolve(units: set[Unit], maps: int, reads: list[list[int]]) -> Unrolled:
    """A 5x5 window at every place where all of its 25 units exist."""
    net = Unrolled()
    for row, column in {(r, c) for r, c, _ in units}:
        window = list(itertools.product(range(5), range(5)))
        if any((row + i, column + j, 0) not in units for i, j in window):
            continue
        for j in range(maps):
            for i, (y, x) in itertools.product(reads[j], window):
                net.join((row + y, column + x, i), (row, column, j), ("w", j, y, x, i))
            net.join("one", (row, column, j), ("b", j))
    return net


def halve(units: set[Unit]) -> Unrolled:
    """Each 2x2 square of a map joined to one unit, all with one coefficient."""
    net = Unrolled()
    for row, column, j in units:
        net.join((row, column, j), (row // 2, column // 2, j), ("coefficient", j))
    for unit in list(net.units):
        net.join("one", unit, ("b", unit[-1]))
    return net


def fully(units: set[Unit], outputs: int, bias: bool) -> Unrolled:
    net = Unrolled()
    for j in range(outputs):
        for unit in units:
            net.join(unit, (j,), ("w", unit, j))
        if bias:
            net.join("one", (j,), ("b", j))
    return net


@pytest.fixture(scope="module")
def unrolled() -> dict[str, Unrolled]:
    table = table_of((PROGRAMS / "lenet5.arch").read_text())
    assert len(table) == 6 and {len(row) for row in table} == {16}
    net = {"C1": convolve(set(itertools.product(range(32), range(32), (0,))), 6, [[0]] * 6)}
    net["S2"] = halve(net["C1"].units)
    net["C3"] = convolve(net["S2"].units, 16, [[i for i in range(6) if table[i][j] == "X"] for j in range(16)])
    net["S4"] = halve(net["C3"].units)
    net["C5"] = convolve(net["S4"].units, 120, [list(range(16))] * 120)
    net["F6"] = fully(net["C5"].units, 84, bias=True)
    net["OUT"] = fully(net["F6"].units, 10, bias=False)
    return net


@pytest.fixture(scope="module")
def analysis() -> Any:
    return archcalc.analyze(str(PROGRAMS / "lenet5.arch"))


@pytest.mark.parametrize("layer", PRINTED)
def test_each_layer_has_the_edges_and_weights_that_unrolling_it_finds(layer: str, unrolled: Any, analysis: Any) -> None:
    net, row = unrolled[layer], analysis.layers[layer]
    assert (row.params, row.connections) == (len(net.weights), len(net.edges))
    assert row.units == len(net.units)
    shape = tuple(max(unit[axis] for unit in net.units) + 1 for axis in range(len(next(iter(net.units)))))
    assert row.output_shape == shape


@pytest.mark.parametrize("layer", PRINTED)
def test_the_unrolled_network_has_the_figures_that_the_paper_prints(layer: str, unrolled: Any) -> None:
    assert (len(unrolled[layer].weights), len(unrolled[layer].edges)) == PRINTED[layer]


def test_multiply_accumulates_are_the_weighted_edges_outside_of_subsampling(unrolled: Any, analysis: Any) -> None:
    for layer in PRINTED:
        assert analysis.layers[layer].macs == (0 if layer in ("S2", "S4") else unrolled[layer].multiplied), layer
    assert analysis.totals.macs == 326_520


def test_totals_are_those_of_the_unrolled_network(unrolled: Any, analysis: Any) -> None:
    totals = analysis.totals
    assert totals.connections == sum(len(net.edges) for net in unrolled.values()) == 340_908
    assert totals.units == sum(len(net.units) for net in unrolled.values()) == 8_094
    assert totals.params == sum(len(net.weights) for net in unrolled.values()) == 60_840
    assert (totals.trainable_params, totals.non_trainable_params) == (60_000, 840)


def test_the_centres_of_the_last_layer_are_fixed(analysis: Any) -> None:
    row = analysis.layers["OUT"]
    assert (row.trainable_params, row.non_trainable_params) == (0, 840)


def test_all_expectations_hold_and_nothing_is_found_wrong(analysis: Any) -> None:
    assert [outcome.holds for outcome in analysis.expectations] == [True] * 4
    assert len(analysis.expectations) == (PROGRAMS / "lenet5.arch").read_text().count("expect ")
    assert analysis.diagnostics == [] and analysis.ok


def test_the_example_that_ships_has_the_same_figures(analysis: Any) -> None:
    shipped = archcalc.analyze(str(ROOT / "examples" / "lenet5.arch"))
    assert shipped.ok and shipped.totals == analysis.totals
    assert [tuple(row)[1:] for row in shipped.rows] == [tuple(row)[1:] for row in analysis.rows]


def test_misprints_of_later_tutorials_are_not_repeated(analysis: Any) -> None:
    """580 for S2 and 20,000 for S4 go round; 5,880 and 2,000 are right."""
    assert analysis.layers["S2"].connections not in (580, 980, 1176 * 4)
    assert analysis.layers["S4"].connections not in (20_000, 12_000)
