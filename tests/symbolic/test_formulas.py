"""Formulas over free sizes are the numbers that they stand for: worked out at random sizes, and by SymPy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archcalc.sizes import Refusal, ceildiv, gcd, maximum, minimum, require
from archcalc.symbolic.book import Book
from archcalc.symbolic.bounds import eased
from archcalc.symbolic.formula import Formula, free_size
from archcalc.symbolic.terms import evaluate, symbols_of
from archcalc.testing.formulas import value

NAMES = ("H", "W", "C")
numbers = st.integers(1, 9)
leaves = st.sampled_from(NAMES) | st.integers(-6, 12)


def _branches(inner: Any) -> Any:
    divided = st.tuples(st.sampled_from(("//", "ceil", "%")), inner, numbers)
    return st.tuples(st.sampled_from(("+", "-", "*", "max", "min")), inner, inner) | divided | st.tuples(st.just("gcd"), inner, numbers)


trees: Any = st.recursive(leaves, _branches, max_leaves=8)
OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "ceil": ceildiv,
    "max": maximum,
    "min": minimum,
    "gcd": gcd,
}


def built(tree: Any, sizes: dict[str, Any]) -> Any:
    if isinstance(tree, str | int):
        return sizes[tree] if isinstance(tree, str) else tree
    op, a, b = tree
    return OPERATIONS[op](built(a, sizes), built(b, sizes))


def free() -> dict[str, Any]:
    book = Book()
    return {name: free_size(book, name) for name in NAMES}


points = st.fixed_dictionaries({name: st.integers(1, 70) for name in NAMES})


@settings(max_examples=400)
@given(trees, st.lists(points, min_size=1, max_size=8))
def test_a_formula_worked_out_is_what_its_operations_give(tree: Any, where: list[dict[str, int]]) -> None:
    try:
        formula = built(tree, free())
    except Refusal as refusal:
        assert refusal.code == "E316"
        return
    for sizes in where:
        expected = built(tree, sizes)
        assert value(str(formula), sizes) == expected, (str(formula), sizes)


@settings(max_examples=300)
@given(trees, trees, st.lists(points, min_size=1, max_size=12))
def test_what_is_decided_holds_at_every_size(one: Any, other: Any, where: list[dict[str, int]]) -> None:
    sizes = free()
    try:
        a, b = built(one, sizes), built(other, sizes)
        answers = {"==": a == b, ">=": a >= b, "<": a < b, "!=": a != b}
    except Refusal:
        return
    for point in where:
        x, y = built(one, point), built(other, point)
        for op, actual in {"==": x == y, ">=": x >= y, "<": x < y, "!=": x != y}.items():
            assert answers[op] in (True, False) or str(answers[op])
            if answers[op] is True or answers[op] is False:
                assert answers[op] is actual, (op, str(a), str(b), point)


# Of two trees at random, most are plainly equal, or plainly not: these depend on H.
on_h = st.tuples(st.sampled_from(("+", "-", "max")), st.just("H"), trees)


@settings(max_examples=300)
@given(on_h | trees, trees, st.sampled_from(("==", ">=")), st.data())
def test_an_assumption_holds_where_the_condition_does_and_what_is_written_under_it_is_right(
    one: Any, other: Any, op: str, data: Any
) -> None:
    """Of one free size: every size up to 200 is tried."""
    sizes = {**free(), "W": 3, "C": 5}
    book = sizes["H"].book
    try:
        a, b = built(one, sizes), built(other, sizes)
        condition = a == b if op == "==" else a >= b
    except Refusal:
        return
    assume(not isinstance(condition, bool))
    from archcalc.symbolic.saying import assumptions
    from archcalc.testing.formulas import holds

    require(condition, "E999")
    stated = assumptions(book)  # none where it always holds, which may be seen only now; then it has to hold at every size below
    third = data.draw(trees)
    formula = built(third, sizes)
    formula = formula.settled() if isinstance(formula, Formula) else formula
    for h in range(1, 200):
        point = {"H": h, "W": 3, "C": 5}
        x, y = built(one, point), built(other, point)
        assert all(holds(s, point) for s in stated) is (x == y if op == "==" else x >= y), (stated, h)
        if all(holds(s, point) for s in stated):
            assert value(str(formula) if isinstance(formula, Formula) else formula, point) == built(third, point), (str(formula), stated, h)


# ---- one form -----------------------------------------------------------------------------------------------------


@settings(max_examples=400)
@given(trees, st.lists(points, min_size=1, max_size=8))
def test_what_has_fewer_floors_is_nowhere_above(tree: Any, where: list[dict[str, int]]) -> None:
    try:
        formula = built(tree, free())
    except Refusal:
        return
    assume(isinstance(formula, Formula))
    simpler = eased(formula.terms)
    for sizes in where:
        at = {atom: sizes[atom.name] for atom in symbols_of(formula.terms)}
        assert evaluate(simpler, at) <= evaluate(formula.terms, at)


def steps(n: Any, step: Callable[[Any], Any], times: int) -> Any:
    for _ in range(times):
        n = step(n)
    return n


@pytest.mark.parametrize(
    ("step", "times", "text"),
    [
        (lambda n: (n - 3) // 2 + 1, 5, "(H - 31)//32"),  # 3x3, /2
        (lambda n: (n + 2 - 3) // 2 + 1, 5, "(H + 31)//32"),  # 3x3, /2, pad=1
        (lambda n: ceildiv(n, 2), 5, "(H + 31)//32"),  # same, /2
        (lambda n: n // 2, 5, "H//32"),
        (lambda n: ceildiv(n, 3), 2, "(H + 8)//9"),
        (lambda n: n - 2, 40, "H - 80"),
        (lambda n: (n - 4) // 2, 1, "(H - 4)//2"),
        (lambda n: 2 * n, 4, "16*H"),
        (lambda n: (2 * n) // 2, 9, "H"),
    ],
)
def test_a_chain_of_windows_is_one_floor(step: Callable[[Any], Any], times: int, text: str) -> None:
    size = steps(free()["H"], step, times)
    assert str(size) == text
    assert all(value(text, {"H": h}) == steps(h, step, times) for h in range(1, 300))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda H, W, C: 156 * (H - 4) * (W - 4), "156*(H - 4)*(W - 4)"),
        (lambda H, W, C: 27 * 64 * H * W, "1728*H*W"),
        (lambda H, W, C: 16 * ((H - 4) // 2) * ((W - 4) // 2), "16*((H - 4)//2)*((W - 4)//2)"),
        (lambda H, W, C: (H - 4) * (H - 4), "(H - 4)**2"),
        (lambda H, W, C: (H - 4) * (H - 2) * 3, "3*(H - 2)*(H - 4)"),
        (lambda H, W, C: (9 * C + 1) * 32, "288*C + 32"),
        (lambda H, W, C: H * W * 16 // (16 * W), "H"),
        (lambda H, W, C: (H * W + H) // H, "W + 1"),
        (lambda H, W, C: 7 - H, "7 - H"),
        (lambda H, W, C: -2 * H, "-2*H"),
        (lambda H, W, C: H % 3, "H % 3"),
        (lambda H, W, C: (H * 4 + 3) // 2, "2*H + 1"),
        (lambda H, W, C: maximum(H, H + 3), "H + 3"),
        (lambda H, W, C: minimum(H // 2, H), "H//2"),
        (lambda H, W, C: maximum(maximum(H, W), C), "max(H, W, C)"),
        (lambda H, W, C: gcd(H + 14, 7), "gcd(H, 7)"),
        (lambda H, W, C: gcd(H * 14, 7), "7"),
        (lambda H, W, C: H - H + 5, "5"),
    ],
)  # fmt: skip
def test_formulas_are_written_as_a_reader_would(make: Callable[..., Any], text: str) -> None:
    assert str(make(*free().values())) == text


def test_a_number_is_a_number() -> None:
    h = free()["H"]
    for number in (h - h, (h + 6) // 1 - h, 0 * h, (2 * h) % 2, h // h, (h * h) // h - h + 1, maximum(3, 5) + 0 * h):
        assert type(number) is int


def test_nothing_branches_on_a_formula() -> None:
    h = free()["H"]
    for branch in (bool, int, range, lambda n: [1, 2, 3][n], lambda n: n == 4 and 1, lambda n: n in [4], lambda n: min(n, 4)):
        with pytest.raises(Refusal) as caught:
            branch(h)
        assert caught.value.code == "E213" and "`H`" in caught.value.facts["names"]
    assert h is not None and h != "H" and h != None and {h: 1}[h * 1] == 1  # noqa: E711


# ---- SymPy --------------------------------------------------------------------------------------------------------


def test_polynomials_are_those_of_sympy() -> None:
    sympy = pytest.importorskip("sympy", reason="SymPy is not installed")
    symbols = {name: sympy.Symbol(name, integer=True, positive=True) for name in NAMES}

    @settings(max_examples=150)
    @given(st.recursive(leaves, lambda inner: st.tuples(st.sampled_from("+-*"), inner, inner), max_leaves=10))
    def check(tree: Any) -> None:
        text = str(built(tree, free()))
        assert sympy.expand(sympy.sympify(text, locals=symbols) - built(tree, symbols)) == 0

    check()


def test_floors_are_those_of_sympy() -> None:
    sympy = pytest.importorskip("sympy", reason="SymPy is not installed")
    h = sympy.Symbol("H", integer=True, positive=True)

    @settings(max_examples=60)
    @given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=4))
    def check(windows: list[tuple[int, int, int]]) -> None:
        ours, theirs = free()["H"], h
        for kernel, pad, stride in windows:
            ours, theirs = (ours + 2 * pad - kernel) // stride + 1, sympy.floor((theirs + 2 * pad - kernel) / sympy.Integer(stride)) + 1
        assert str(ours).count("//") <= 1  # one floor
        if str(ours).count("//"):
            inside, _, below = str(ours).rpartition("//")
            merged = sympy.floor(sympy.sympify(inside, locals={"H": h}) / sympy.Integer(below))
        else:
            merged = sympy.sympify(str(ours), locals={"H": h})
        period = math.prod(stride for _, _, stride in windows)
        assert all((merged - theirs).subs(h, n) == 0 for n in range(1, period + 2))
        assert sympy.simplify(merged.subs(h, period * h) - theirs.subs(h, period * h)) == 0  # and so on, for all sizes

    check()


# ---- assumptions as a reader would write them


STATED = {
    "a product that divides": (lambda h, w: h * w % 4 == 0, ["H*W = 0 mod 4"]),
    "a multiple of it, by a number that has an inverse": (lambda h, w: 3 * h * w % 4 == 1, ["H*W = 3 mod 4"]),
    "by a number that has none": (lambda h, w: 2 * h * w % 12 == 0, ["H*W = 0 mod 6"]),
    "with a number beside it": (lambda h, w: (h * w + 1) % 4 == 0, ["H*W = 3 mod 4"]),
    "a floor in it": (lambda h, w: h * ((w + 1) // 2) % 3 == 0, ["H*((W + 1)//2) = 0 mod 3"]),
    "a sum": (lambda h, w: (h + 2 * w) % 3 == 0, ["H + 2*W = 0 mod 3"]),
    "what is no remainder": (lambda h, w: h * w == 3 * (h * h * w // 4), ["H*W = 3*(H**2*W//4)"]),
    "a floor that is not above": (lambda h, _: h >= (h + 6) // 3, ["H >= 2"]),
    "and a larger one": (lambda h, _: h >= (h + 12) // 3, ["H >= 5"]),
    "that has gaps": (lambda h, _: 2 * (h // 3) >= h - 3 + 2, ["2*(H//3) + 1 >= H"]),
    "floors on both sides": (lambda h, _: 3 * (h // 2) >= (h + 20) // 2, ["H >= 10"]),
}  # fmt: skip


@pytest.mark.parametrize("name", STATED)
def test_an_assumption_is_stated_shortly(name: str) -> None:
    condition, stated = STATED[name]
    assert _assumed(condition) == stated
    from archcalc.testing.formulas import holds

    for h in range(1, 40):
        for w in range(1, 30):
            assert all(holds(s, {"H": h, "W": w}) for s in stated) is condition(h, w), (h, w)


def _assumed(condition: Any) -> list[str]:
    from archcalc.symbolic.saying import assumptions

    sizes = free()
    require(condition(sizes["H"], sizes["W"]), "E999")
    return assumptions(sizes["H"].book)


def test_classes_that_stand_alone_are_named_each() -> None:
    from archcalc.symbolic.cases import Classes
    from archcalc.symbolic.saying import congruence

    book = free()["H"].book
    alone = frozenset(range(2, 100, 10))
    assert congruence(book.free["H"], Classes(105, alone)) == f"H = {' or '.join(map(str, sorted(alone)))} mod 105"
    assert congruence(book.free["H"], Classes(50, frozenset({0, *range(31, 50)}))) == "H % 50 = 0 or H % 50 >= 31"
