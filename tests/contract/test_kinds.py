"""What every layer kind promises by being declared; each test runs over the whole registry."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from arithmetic import steps, value
from every import CLASSES, EXAMPLES, KEYS, analyzed, node_of

from archcalc.analysis import FIGURES
from archcalc.analysis.costs import costs
from archcalc.analysis.derive import derive
from archcalc.argtypes import Flag
from archcalc.graph import Graph, Node
from archcalc.registry import ALIASES, every_kind
from archcalc.sizes import Shape, Size
from archcalc.spec import Example, Layer, Weight, Wrapper


@pytest.mark.parametrize("cls", KEYS)
def test_it_has_prose_an_example_and_a_line_for_each_argument(cls: type[Layer]) -> None:
    assert cls.summary().endswith((".", "same.")) or len((cls.__doc__ or "").splitlines()) > 1
    assert cls.examples
    for a in cls.args:
        assert a.prose.strip() and not a.prose.endswith("."), a.name
        assert a.type.says


@pytest.mark.parametrize(("cls", "example"), EXAMPLES)
def test_its_examples_give_what_they_say(cls: type[Layer], example: Example) -> None:
    analysis = analyzed(cls, example)
    assert [d for d in analysis.diagnostics if d.severity == "error"] == []
    assert node_of(cls, example).shape == example.output
    assert node_of(cls, example).kind == cls.kind


@pytest.mark.parametrize("cls", KEYS)
def test_no_two_arguments_of_a_kind_share_a_word_or_a_name(cls: type[Layer]) -> None:
    """A bare word finds its argument by its vocabulary, so a word in two of them would be anybody's."""
    vocabularies = []
    for a in cls.args:
        words = set(a.type.words)
        words |= {a.name, f"no{a.name}"} if isinstance(a.type, Flag) else set()
        words |= {f"no{a.name}"} if getattr(a.type, "off", None) else set()
        vocabularies.append((a.name, words))
    for (one, words), (other, others) in itertools.combinations(vocabularies, 2):
        assert not words & others, (one, other)
    for a, b in itertools.combinations(cls.args, 2):
        assert not set(a.names) & set(b.names), (a.name, b.name)


def test_no_alias_hides_a_kind_and_every_alias_finds_one() -> None:
    assert not set(ALIASES) & set(every_kind())
    assert {cls for cls, _ in ALIASES.values()} <= set(CLASSES)


def test_a_name_from_elsewhere_is_no_name_here_and_means_one_kind() -> None:
    names = [name for cls in CLASSES for name in cls.elsewhere]
    assert len(set(names)) == len(names) and names == [name.lower() for name in names]
    assert not set(names) & (set(ALIASES) | set(every_kind()))


@pytest.mark.parametrize(("cls", "example"), EXAMPLES)
def test_every_derivation_printed_evaluates_to_its_figure(cls: type[Layer], example: Example) -> None:
    analysis = analyzed(cls, example)
    for row in analysis.rows:
        for figure in FIGURES:
            derivation = analysis.derivation(row.name, figure)
            expected = getattr(row, figure)
            if derivation is None:
                assert expected == 0, figure
                continue
            assert value(derivation.result) == expected, (figure, derivation)
            assert all(left == right for left, right in steps(derivation.text)), (figure, derivation)
            assert steps(derivation.text)[-1][1] == expected, (figure, derivation)
            assert derivation.symbols, figure


@pytest.mark.parametrize(("cls", "example"), EXAMPLES)
def test_the_derivation_of_a_shape_works_out_axes_of_that_shape(cls: type[Layer], example: Example) -> None:
    analysis = analyzed(cls, example)
    for row in analysis.rows:
        derivation = analysis.derivation(row.name, "output_shape")
        assert derivation is not None
        assert derivation.result == "x".join(map(str, row.output_shape))
        if derivation.text != derivation.result:
            for left, right in steps(derivation.text):
                assert left == right and int(right) in row.output_shape, derivation


@pytest.mark.parametrize(("cls", "example"), EXAMPLES)
def test_each_figure_is_no_less_than_nothing_and_parameters_add_up(cls: type[Layer], example: Example) -> None:
    for row in analyzed(cls, example).rows:
        assert all(isinstance(getattr(row, f), int) and getattr(row, f) >= 0 for f in FIGURES)
        assert row.params == row.trainable_params + row.non_trainable_params
        if not row.node.layer.computes:
            assert (row.units, row.connections, row.macs) == (0, 0, 0)


@pytest.mark.parametrize(("cls", "example"), EXAMPLES)
def test_the_arguments_shown_are_those_that_were_given(cls: type[Layer], example: Example) -> None:
    node = node_of(cls, example)
    shown: dict[str, Any] = node.layer.settings(*node.input_shapes)
    for name in node.layer.given():
        assert name in shown or getattr(node.layer, name) is None
    inside = {"layers"} if issubclass(cls, Wrapper) else set()
    assert set(shown) <= {a.name for a in cls.args} | inside


class Gated(Layer):
    """A kind that no one has: it owns a weight, and reads values without one as well."""

    kind = "gated"
    computes = True
    multiplies = True

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("kernel", (inputs[0][-1],), out[-1]),)

    def reads(self, out: Shape, *inputs: Shape) -> Size:
        return inputs[0][-1]


def test_edges_with_and_without_weights_are_derived_together() -> None:
    graph = Graph("N")
    node = graph.add(Node("input", every_kind()["input"](size=(5, 3)), (), None))
    node = graph.add(Node("g", Gated(), (node,), None))
    row = costs(node, 4)
    derivation = derive(node, "connections")
    assert derivation is not None
    # 5 positions, each with 3 outputs that read 3 values by a weight and 3 without one
    assert row.connections == int(derivation.result) == 5 * (9 + 9)
