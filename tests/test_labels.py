"""Labels in expressions: of block instances, of loops, in quotes; and names that are taken."""

from __future__ import annotations

from typing import Any

import pytest

import archcalc


def analyze(text: str) -> Any:
    """The analysis of a text that has no mistakes."""
    analysis = archcalc.analyze(text=text)
    assert analysis.ok, analysis.diagnostics
    return analysis


def codes(text: str) -> list[str]:
    return [d.code for d in archcalc.analyze(text=text).diagnostics]


def test_a_layer_in_a_block_instance_is_instance_label() -> None:
    text = """
    block b { c1: conv 4, 3x3; relu }
    network N { input 8x8x1
        b1: b
        b2: b
        conv b1.c1.c + 1, 1x1
        expect b1.c1.params == 40 and b2.c1.params == (3 * 3 * 4 + 1) * 4 and b1.c == 4
    }"""
    analysis = analyze(text)
    assert analysis.rows[-1].output_shape == (4, 4, 5)
    assert analysis.expectations[0].holds


def test_figures_of_the_ith_of_a_label() -> None:
    text = """
    network N { input 4
        for i in range(3) { e: dense i + 1 }
        dense e[0].c + e[-1].c
        expect e[0].params == 5 and e[2].c == 3 and e.params == 9
    }"""
    analysis = analyze(text)
    assert analysis.rows[-1].output_shape == (4,)
    assert analysis.expectations[0].holds


def test_a_quoted_label_has_figures() -> None:
    assert analyze('network N { input 8x8x3\n "a b": conv 2, 3\n expect "a b".params == 56 }').expectations[0].holds


LINES = (
    "dense a", "dense a[0]", "dense a + 1", "dense [a]", "dense 3, a", "repeat a { relu }", "if a { relu }", "for i in a { relu }", "dense f", "dense f + 1",
)  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_no_python_shows_through(line: str) -> None:
    """A label or a function where a number should be is called by its name."""
    analysis = archcalc.analyze(text=f"def f(n) = n\nnetwork N {{ input 4\n a: dense 3\n {line}\n }}\n")
    assert not analysis.ok
    for finding in analysis.diagnostics:
        assert not any(trace in finding.message for trace in ("<", "archcalc", "digits", "object"))


def test_an_output_without_from_is_no_silence() -> None:
    assert codes("network N { input 4\n a: dense 3\n b: dense 2\n output a\n }") != []


def test_a_layer_cannot_take_the_place_of_the_totals() -> None:
    assert "E131" in codes("network N { input 4\n total: dense 3\n dense 2\n expect total.params == 23 }")
