"""What is drawn: values of every type of argument, lines of every kind, networks that archcalc accepts and that are small."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import archcalc
from archcalc.registry import every_kind
from archcalc.spec import Wrapper
from archcalc.testing import lines, networks, values
from archcalc.testing.arguments import WAYS
from archcalc.testing.chance import Chance
from archcalc.testing.draft import MOST_LAYERS, MOST_PARAMS, MOST_VALUES, NAME
from archcalc.testing.drawn_lines import NO_LAYERS, patterns
from archcalc.testing.drawn_networks import draw_network, kinds_by_name

KINDS = kinds_by_name()
MANY = 300
MISREAD = {"E010", "E013", "E015", "E101", "E104", "E110", "E111", "E113", "E114", "E209"}  # of text that says something else
# What a network may have in it.
FEATURES = {
    "layout channels_first": "channels first", "block ": "a block", "network B": "a network as a layer", "repeat ": "a loop", "for ": "numbers",
    "if ": "a condition", "reuse ": "shared weights", "branch ": "branches", "output from": "several outputs", "[:]": "all passes", ".state": "states",
    "table ": "a table", "in[1]": "two inputs of a block", "lora_rank": "an adaptation",
}  # fmt: skip


@pytest.fixture(scope="module")
def drawn() -> list[str]:
    """Networks of all kinds, by seeds."""
    return [draw_network(Chance.seeded(11, i), KINDS) for i in range(MANY)]


def layers_of(text: str) -> list[str]:
    """The kinds in a network, those inside of wrappers too."""
    found, waiting = [], [row.node.layer for row in archcalc.analyze(text=text, network=NAME).rows]
    while waiting:
        layer = waiting.pop()
        found.append(layer.kind)
        waiting += layer.layers if isinstance(layer, Wrapper) else ()
    return found


def test_every_kind_is_drawn(drawn: list[str]) -> None:
    counts = Counter(kind for text in drawn for kind in layers_of(text))
    assert set(every_kind()) - set(counts) == {*NO_LAYERS}


@pytest.mark.parametrize("feature", FEATURES, ids=FEATURES.values())
def test_networks_have_all_that_the_language_has(drawn: list[str], feature: str) -> None:
    assert any(feature in text for text in drawn)


def test_networks_are_right_and_small(drawn: list[str]) -> None:
    for text in drawn:
        analysis = archcalc.analyze(text=text, network=NAME)
        assert analysis.ok, text
        assert 0 < len(analysis.rows) <= MOST_LAYERS
        assert analysis.totals.params <= MOST_PARAMS
        assert max(prod(row.output_shape) for row in analysis.rows) <= MOST_VALUES


def test_a_seed_draws_the_same_network() -> None:
    assert draw_network(Chance.seeded(3, 4), KINDS) == draw_network(Chance.seeded(3, 4), KINDS)
    assert draw_network(Chance.seeded(3, 4), KINDS) != draw_network(Chance.seeded(3, 5), KINDS)


@settings(max_examples=25)
@given(text=networks(kinds=["conv", "maxpool", "flatten", "dense", "add"], max_layers=4))
def test_networks_are_of_the_kinds_that_are_asked_for(text: str) -> None:
    assert set(layers_of(text)) <= {"conv", "maxpool", "flatten", "dense", "add"}


def test_kinds_that_are_none_are_named() -> None:
    with pytest.raises(ValueError, match="no network is drawn of konv; kinds are activation, "):
        networks(kinds=["conv", "konv"])
    with pytest.raises(ValueError, match="no kind 'konv'"):
        lines("konv")


@pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.kind)
def test_a_network_can_be_drawn_of_one_kind_alone(cls: type[Any]) -> None:
    assert any(cls.kind in layers_of(draw_network(Chance.seeded(5, i), (cls,), 3)) for i in range(4))


def written(kind: str, line: str, shapes: tuple[tuple[int, ...], ...]) -> list[str]:
    """The codes of what is wrong with a line, on inputs of these shapes. A table that it names is not there."""
    names = [f"i{n}" for n in range(len(shapes))]
    head, brace, body = line.partition(" {")
    inputs = "".join(f" {n}: input {'x'.join(map(str, x))}\n" for n, x in zip(names, shapes, strict=True))
    text = f"network N {{\n{inputs} {head} from {', '.join(names)}{brace}{body}\n}}\n"
    return [d.code for d in archcalc.analyze(text=text).diagnostics]


@pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.kind)
@settings(max_examples=8)
@given(data=st.data())
def test_lines_of_a_kind_are_read_as_what_they_say(cls: type[Any], data: st.DataObject) -> None:
    """They may not fit what flows in, but every argument is known, and written as it should be."""
    shapes = data.draw(st.sampled_from(patterns(cls)))
    line = data.draw(lines(cls.kind, shapes))
    assert not MISREAD & set(written(cls.kind, line, shapes)) or "maps=T" in line, line


@settings(max_examples=30)
@given(line=lines("conv"))
def test_without_shapes_lines_are_for_those_of_an_example(line: str) -> None:
    assert line.split()[0] in ("conv", "Conv1D", "Conv2D", "Conv3D", "conv1d", "conv2d", "conv3d")


ARGUMENTS = {type(a.type): (cls, a) for cls in KINDS for a in cls.args}


@pytest.mark.parametrize("type_", ARGUMENTS, ids=lambda t: t.__name__)
@settings(max_examples=15)
@given(data=st.data())
def test_every_type_of_argument_has_values(type_: type, data: st.DataObject) -> None:
    """Each is one piece of text of the language; most types say of any that it fits, whatever the place."""
    assert type_ in WAYS or any(base in WAYS for base in type_.__mro__[1:-2])
    cls, argument = ARGUMENTS[type_]
    shapes = patterns(cls)[0]
    value = data.draw(values(argument.type, shapes))
    required = [a for a in cls.args if a.required and a is not argument]
    if not required and type_.__name__ != "TableName":
        assert not MISREAD & set(written(cls.kind, f"{cls.kind} {argument.name}={value}", shapes)), value
