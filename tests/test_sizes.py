"""Sizes: a traced integer is the integer, and what it remembers is a formula that Python works out to the same number."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcalc.sizes import Refusal, Traced, ceildiv, gcd, judging, leaf, maximum, minimum, prod, renamed, require, total

FUNCTIONS = {"ceil": math.ceil, "max": max, "min": min, "gcd": math.gcd}
VALUES = {"n": 12, "f": 5, "p": 1, "s": 3, "z": 0, "m": -2}
OPERATORS: tuple[Callable[[Any, Any], Any], ...] = (
    operator.add,
    operator.sub,
    operator.mul,
    operator.floordiv,
    operator.mod,
    ceildiv,
    maximum,
    minimum,
    gcd,
)

LEFT = (operator.mod, ceildiv)  # what is divided is what flows in, in every rule

names = st.sampled_from(sorted(VALUES)).map(lambda name: ("name", name))
literals = st.integers(-3, 9).map(lambda n: ("literal", n))
trees: Any = st.recursive(names | literals, lambda inner: st.tuples(st.integers(0, len(OPERATORS) - 1), inner, inner), max_leaves=7)


def worked_out(tree: Any, traced: bool) -> Any:
    """The tree's value, in integers or in traced ones."""
    if tree[0] == "name":
        return Traced(VALUES[tree[1]], tree[1]) if traced else VALUES[tree[1]]
    if tree[0] == "literal":
        return tree[1]
    operate, left, right = OPERATORS[tree[0]], worked_out(tree[1], traced), worked_out(tree[2], traced)
    if traced and operate in LEFT and isinstance(left, int):
        left = Traced(left, str(left))
    return operate(left, right)


@given(trees)
def test_a_traced_integer_is_the_integer_and_its_formula_gives_it(tree: Any) -> None:
    try:
        value = worked_out(tree, False)
    except ZeroDivisionError:
        return
    try:
        found = worked_out(tree, True)
    except ZeroDivisionError:
        pytest.fail("it divides where integers do not")
    assert int(found) == value and found == value
    if isinstance(found, Traced):
        assert eval(found.numbers, dict(FUNCTIONS)) == value, found.numbers
        assert eval(found.symbols, {**FUNCTIONS, **VALUES}) == value, found.symbols


@given(st.integers(-5, 5), st.integers(-5, 5))
def test_traced_integers_compare_and_hash_as_integers(a: int, b: int) -> None:
    x, y = Traced(a, "a"), Traced(b, "b")
    for compare in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
        assert compare(x, y) is compare(x, b) is compare(a, y) is compare(a, b)
    assert hash(x) == hash(a) and {x: 1}[a] == 1
    assert x != "a" and x != a + 0.5
    assert list(range(10))[Traced(3, "i")] == 3 and str(x) == repr(x) == str(a)


def test_what_says_nothing_leaves_no_trace() -> None:
    n = Traced(7, "n")
    for same in (n + 0, 0 + n, n - 0, n * 1, 1 * n, n // 1, maximum(n, 7), minimum(7, n) if False else minimum(n, 7)):
        assert same is n
    assert n * 0 == 0 and 0 * n == 0 and isinstance(n * 0, int)
    assert (n + Traced(0, "p")).symbols == "n + p"  # what has a name stays


@pytest.mark.parametrize(
    ("formula", "symbols", "numbers"),
    [
        (lambda n, f: (n - f) // 2 + 1, "(n - f)//2 + 1", "(7 - 3)//2 + 1"),
        (lambda n, f: n - (f - 1), "n - (f - 1)", "7 - (3 - 1)"),
        (lambda n, f: n + (f - 1), "n + f - 1", "7 + 3 - 1"),
        (lambda n, f: 2 * (n + f), "2*(n + f)", "2*(7 + 3)"),
        (lambda n, f: 2 * (n * f), "2*n*f", "2*7*3"),
        (lambda n, f: n // (f * 2), "n//(f*2)", "7//(3*2)"),
        (lambda n, f: (n // f) * 2, "(n//f)*2", "(7//3)*2"),
        (lambda n, f: 9 - n, "9 - n", "9 - 7"),
        (lambda n, f: 9 // n, "9//n", "9//7"),
        (lambda n, f: ceildiv(n + f, f), "ceil((n + f)/f)", "ceil((7 + 3)/3)"),
        (lambda n, f: maximum(n - f, 2), "max(n - f, 2)", "max(7 - 3, 2)"),
        (lambda n, f: n - Traced(-2, "m"), "n - m", "7 - (-2)"),
        (lambda n, f: n * Traced(-2, "m"), "n*m", "7*(-2)"),
        (lambda n, f: n + Traced(-2, "m"), "n + m", "7 + -2"),
    ],
)
def test_formulas_have_the_brackets_that_they_need_and_no_others(formula: Any, symbols: str, numbers: str) -> None:
    found = formula(Traced(7, "n"), Traced(3, "f"))
    assert (found.symbols, found.numbers) == (symbols, numbers)


def test_renaming_and_leaves() -> None:
    n = Traced(7, "n")
    assert renamed((n, (n, 3)), "x")[1][0].symbols == "x" and renamed((n, (n, 3)), "x")[1][1] == 3
    sum_ = renamed(n + 2, "y")
    assert (sum_.symbols, sum_.numbers, int(sum_)) == ("y", "7 + 2", 9)
    assert (3 * sum_).numbers == "3*(7 + 2)"  # another name is no bracket in the numbers
    assert leaf(n, 0, "p").symbols == "p" and type(leaf(7, 0, "p")) is int


@given(st.lists(st.integers(-9, 9), max_size=5))
def test_sums_and_products(sizes: list[int]) -> None:
    assert (prod(sizes), total(sizes)) == (math.prod(sizes), sum(sizes))
    traced = [Traced(n, f"n{i}") for i, n in enumerate(sizes)]
    assert (prod(traced), total(traced)) == (math.prod(sizes), sum(sizes))


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 9)), min_size=1, max_size=6))
def test_columns_are_worked_out_entry_by_entry(pairs: list[tuple[int, int]]) -> None:
    a, b = (np.array(column) for column in zip(*pairs, strict=True))
    for of_sizes, of_integers in ((maximum, max), (minimum, min), (gcd, math.gcd), (ceildiv, lambda n, d: math.ceil(n / d))):
        assert list(of_sizes(a, b)) == [of_integers(n, d) for n, d in pairs]
        assert list(of_sizes(a, 4)) == [of_integers(n, 4) for n, _ in pairs]
    assert list(prod((a, b, 2))) == [n * d * 2 for n, d in pairs] and list(total((a, b))) == [n + d for n, d in pairs]


def test_a_condition_is_judged() -> None:
    require(True, "E301")
    with pytest.raises(Refusal) as refusal:
        require(False, "E301", input=3)
    assert (refusal.value.code, refusal.value.facts) == ("E301", {"input": 3})
    with pytest.raises(TypeError, match="E301: a condition over columns needs a judge"):
        require(np.array([True]), "E301")
    heard: list[Any] = []
    with judging(lambda *said: heard.append(("outer", *said))):
        with judging(lambda *said: heard.append(("inner", *said))):
            require("neither", "E301", a=1)
            require(True, "E302")
        require("neither", "E303")
    assert heard == [("inner", "neither", "E301", {"a": 1}), ("outer", "neither", "E303", {})]
