"""Every kind that slides a window declares its taps: they are the edges that it declares otherwise, on columns and formulas too."""

from __future__ import annotations

from typing import Any

import pytest
from every import EXAMPLES, analyzed, network, node_of
from test_columns import ENTRIES, Columns, at, build

import archcalc
from archcalc.sizes import Refusal, judging, prod, total
from archcalc.spec import Example, Layer
from archcalc.testing.chance import Chance
from archcalc.testing.drawn_networks import kinds_by_name
from archcalc.testing.free_networks import draw_chain, draw_free_network, draw_ladder
from archcalc.testing.free_sizes import FreeSizes

np = pytest.importorskip("numpy", reason="NumPy is not installed")


def tapped(layer: Layer, shapes: Any) -> Any:
    return layer.tapped(layer.shape(*shapes), *shapes) if layer.computes else ()


@pytest.mark.parametrize(("cls", "example"), EXAMPLES)
def test_taps_are_the_edges_that_the_weights_and_windows_say(cls: type[Layer], example: Example) -> None:
    analysis = analyzed(cls, example)
    node = next(n for n in (*analysis.graph.inputs, *analysis.graph.layers) if n.name == "L")
    layer, out, inputs = node.layer, node.seen, node.input_shapes
    found = tapped(layer, inputs)
    slides = [w for w in layer.windows(*inputs) if w.kernel != 1] if inputs and layer.computes else []
    assert bool(found) >= bool(slides), "it slides a window, and does not say which edges are its taps"
    for one in found:
        edges = prod(axis.all for axis in one.axes) * one.each
        if one.weight == "":
            assert edges == layer.edges(out, *inputs)
            continue
        weights = [w for w in layer.weights(out, *inputs) if w.name == one.weight]
        assert weights and not any(w.bias for w in weights)
        places = prod(out[:-1])
        assert edges == sum(w.size * w.reads * (places if w.positions is None else w.positions) for w in weights)


@pytest.mark.parametrize(("cls", "example"), EXAMPLES)
def test_the_formula_is_the_figure(cls: type[Layer], example: Example) -> None:
    analysis = archcalc.analyze(text=network(cls, example), real_taps=True)
    row = analysis.layers.get("L")
    if row is not None and (derivation := analysis.derivation("L", "connections")) is not None:
        assert derivation.result == str(row.connections)


@pytest.mark.parametrize(("cls", "example"), EXAMPLES)
@pytest.mark.parametrize("seed", range(2))
def test_columns_and_integers_agree(cls: type[Layer], example: Example, seed: int) -> None:
    node = node_of(cls, example)
    if not tapped(node.layer, node.input_shapes):
        return
    spread = Columns(seed)
    layer, shapes = build(node, spread.spread)
    wrong: list[str | None] = [None] * ENTRIES

    def judge(condition: Any, code: str, facts: dict[str, Any]) -> None:
        for i, holds in enumerate(np.broadcast_to(condition, (ENTRIES,))):
            wrong[i] = wrong[i] or (None if holds else code)

    with judging(judge):
        try:
            counted = total(one.left_out for one in tapped(layer, shapes))
        except Refusal:
            return  # of all entries at once
    for i in range(ENTRIES):
        take = spread.entry(i)
        single, sizes = build(node, lambda n, least, take=take: take())
        if wrong[i] is None:
            assert at(counted, i) == total(one.left_out for one in tapped(single, sizes)), (sizes, vars(single))


def test_formulas_of_free_sizes_give_the_numbers() -> None:
    """Networks of the whole catalogue, chains and ladders of windows: every formula, worked out at sizes that are assumed."""
    run, kinds = FreeSizes(0, real_taps=True), kinds_by_name()
    found = []
    for number in range(60):
        chance = Chance.seeded(7, number)
        text, names = draw_free_network(chance, kinds) if number % 2 else (draw_ladder if number % 4 else draw_chain)(chance)
        found += [(text, problem) for problem in run.compare(text, names, chance)]
    assert found == [] and run.counts["formulas worked out"] > 1000
