"""Python source: literals that read back, and lines broken as a formatter breaks them."""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcalc.codegen.literals import WIDTH, Group, call, layout, literal
from archcalc.codegen.names import keras_name, variables


@given(st.text())
def test_any_text_reads_back_from_one_line(text: str) -> None:
    written = literal(text)
    assert ast.literal_eval(written) == text
    assert len(written.splitlines()) == 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ((5, 5), "(5, 5)"),
        ((3,), "(3,)"),
        (((1, 2), (0, 1)), "((1, 2), (0, 1))"),
        (Fraction(1, 4), "0.25"),
        (True, "True"),
        (None, "None"),
        ("tanh", '"tanh"'),
        ('say "hi"', "'say \"hi\"'"),
        (["a", 1], '["a", 1]'),
    ],
)
def test_values_are_written_as_a_person_would(value: Any, written: str) -> None:
    assert literal(value) == written


def test_an_object_has_no_literal() -> None:
    with pytest.raises(TypeError, match="object has no literal"):
        literal(object())


def test_a_call_that_fits_stays_on_its_line() -> None:
    assert layout(call("f", "a", b="1"), 4) == "    f(a, b=1)"


def test_a_call_breaks_first_around_and_then_between_its_arguments() -> None:
    name = "a" * 50
    assert layout(call("function", name, name, name), 0) == f"function(\n    {name},\n    {name},\n    {name},\n)"
    assert layout(call("a_function_with_a_name", name, name), 0) == f"a_function_with_a_name(\n    {name}, {name}\n)"


def test_a_list_breaks_between_its_items() -> None:
    name = "a" * (WIDTH // 2)
    assert layout(Group("[", [name, name], "]")) == f"[\n    {name},\n    {name},\n]"


@given(st.text())
def test_keras_names_are_what_tensorflow_allows(name: str) -> None:
    import re

    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.\-]*", keras_name(name))


@given(st.lists(st.text(), unique=True))
def test_variables_are_distinct_identifiers(names: list[str]) -> None:
    found = variables(names, ["Subsampling"]).values()
    assert all(name.isidentifier() and name.isascii() for name in found)
    assert len(set(found)) == len(names)
    assert not {"keras", "np", "x", "class", "input", "Subsampling"} & set(found)
