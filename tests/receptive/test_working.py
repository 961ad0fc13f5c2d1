"""The working of a receptive field, as a teacher writes it: every number of every step is worked out again."""

from __future__ import annotations

import math
import re
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from running import one_of_each_file
from test_random_fields import program

import archcalc
from archcalc.analysis import Analysis
from archcalc.analysis.chains import Field, size_of
from archcalc.graph import Node
from archcalc.report.explain import FORMS, explanation
from archcalc.report.explain.branches import Step
from archcalc.report.explain.steps import worked

EXAMPLES = one_of_each_file()
KNOWN = {"max": max, "min": min, "ceil": math.ceil, "floor": math.floor, "F": Fraction}


def value(text: str) -> Any:
    """What a working comes to: Python's own arithmetic, with exact fractions."""
    return eval(re.sub(r"(?<!/)/(?!/)", "*F(1)/", text), {"__builtins__": {}}, KNOWN)


def steps(analysis: Analysis, node: Node) -> list[tuple[Node, int, Step]]:
    receptive = analysis.receptive
    found = [(source, axis, worked(receptive, source, node, axis)) for source in analysis.graph.inputs for axis in receptive.axes(source)]
    return [(source, axis, step) for source, axis, step in found if step]


def check(cell: str, seen: Counter[str]) -> Any:
    """Every equation of a cell holds; what the last one comes to."""
    found: Any = None
    for part in cell.split(", ")[0].split("; ") if "max(" not in cell and "min(" not in cell else [cell.split(", by")[0]]:
        left, equals, right = part.rpartition(" = ")
        found = value(right)
        if equals:
            assert value(left) == found, cell
            seen["worked"] += 1
    return found


def check_layer(analysis: Analysis, node: Node, seen: Counter[str]) -> None:
    receptive = analysis.receptive
    for source, axis, step in steps(analysis, node):
        here = receptive.far(node, source, axis)
        assert source.shape is not None and node.shape is not None
        if isinstance(here, Field):
            assert check(step.size, seen) == size_of(here, node.shape), (node, step)
            slope = here.lo.slope
            assert check(step.stride, seen) == Fraction(slope.up, slope.down)
            assert check(step.padding, seen) == -here.lo.at(0)
            before = [n for n in node.inputs if receptive.reads(n, source)]
            if len(before) == 1 and not re.search("ceil|floor", step.size) and " + (" in step.size.split("; ")[-1]:
                far = receptive.far(before[0], source, axis)
                assert isinstance(far, Field)
                assert step.size.split("; ")[-1].startswith(f"{size_of(far, before[0].shape or ())} + (")
                assert f")*{far.lo.slope} = " in step.size
            continue
        assert here is not None
        count = here.last - here.first + 1
        if match := re.search(r"of which the input has (all )?(\d+)|of which (\d+) are read", step.size):
            assert int(match[2] or match[3]) == count
            assert (match[1] is not None) == (match[3] is None and count == source.shape[axis])
            assert check(step.size, seen) > count
            seen["cut"] += 1
        elif " = " in step.size:
            assert check(step.size.split(" together: ")[-1], seen) == count
            seen["all"] += 1
        else:
            assert "whole" in step.size and count == source.shape[axis], step
            seen["whole"] += 1


@pytest.mark.parametrize("path", EXAMPLES)
def test_every_step_of_the_examples_comes_to_what_it_says(path: Any) -> None:
    analysis, seen = archcalc.analyze(str(path)), Counter[str]()
    for node in analysis.graph.layers:
        check_layer(analysis, node, seen)
    assert not analysis.graph.layers or not seen or seen["worked"]


def test_every_step_of_random_networks_comes_to_what_it_says() -> None:
    seen = Counter[str]()
    for seed in range(400):
        analysis = archcalc.analyze(text=program(seed)[0])
        for node in analysis.graph.layers:
            check_layer(analysis, node, seen)
    assert seen["worked"] > 5000


def told(body: str, target: str) -> list[str]:
    text, problem = explanation(archcalc.analyze(text=f"network N {{ {body} }}"), f"{target}.receptive_field")
    assert problem is None
    return [re.sub(r"  +", " | ", line.strip()) for line in text.splitlines()]


def row(body: str, target: str, layer: str = "") -> str:
    return next(line for line in told(body, target) if line.startswith((layer or target) + " ") and "|" in line)


def test_what_reads_a_whole_map_is_worked_out_and_cut_to_the_input() -> None:
    body = "input 96x1; a: conv 1, 7, /2, pad=3; b: conv 1, 7, /3, pad=3; c: conv 1, 7, pad=3; g: gap; d: dense 2"
    assert row(body, "d", "c") == "c | 19 + (7 - 1)*6 = 55 | 6*1 = 6 | 9 + 3*6 = 27"
    assert row(body, "d", "g") == "g | 55 + (16 - 1)*6 = 145, of which the input has all 96"
    assert told(body, "d")[-1] == "whole of input"


def test_why_it_is_not_whole() -> None:
    body = "input 20x1; c: crop (3, 2); s: conv 1, 3, same; g: gap"
    assert row(body, "g") == "g | 3 + (15 - 1)*1 = 17, of which 15 are read: the others are padding"
    assert row("input 9x1; p: maxpool; g: gap", "g") == "g | 2 + (4 - 1)*2 = 8"


def test_a_dilated_kernel_says_how_far_it_spans() -> None:
    lines = told("input 30x30x1; a: conv 1, 3x5, dilation=2x3; b: conv 1, 3, dilation=4, pad=4", "b")
    assert "a, axis 1 | 2*(3 - 1) + 1 = 5; 1 + (5 - 1)*1 = 5 | 1*1 = 1 | 0 + 0*1 = 0" in lines
    assert "a, axis 2 | 3*(5 - 1) + 1 = 13; 1 + (13 - 1)*1 = 13 | 1*1 = 1 | 0 + 0*1 = 0" in lines
    assert any(line.startswith("b, axis 1 | 4*(3 - 1) + 1 = 9; 5 + (9 - 1)*1 = 13") for line in lines)


def test_a_state_that_is_carried_on_says_how_far_it_reaches() -> None:
    for body in ("conv_lstm 4, 3x5, same, /2", "bidirectional { conv_lstm 4, 3x5, same, /2 }"):
        lines = told(f"input 10x28x28x2; c: {body}", "c")
        assert any("3 + (10 - 1)*(3 - 1)*2 = 39; 1 + (39 - 1)*1 = 39" in line for line in lines), body
        assert any("5 + (10 - 1)*(5 - 1)*2 = 77; 1 + (77 - 1)*1 = 77" in line for line in lines), body


def test_fractions_after_upsampling() -> None:
    body = "input 16x1; a: conv 1, 6, same; u: upsample; b: conv 1, 3, same; c: conv 1, 2"
    assert row(body, "c", "u") == "u | 6 + (1 - 1)*1 = 6 | 1*1/2 = 1/2 | 2 + 0*1 = 2"
    assert row(body, "c", "b") == "b | 6 + (3 - 1)*1/2 = 7 | 1/2*1 = 1/2 | ceil(2 + 1*1/2) = 3"


def test_branches_that_meet_say_where_they_parted() -> None:
    body = "input 32x8; z: relu; a: conv 8, 3, same; s: conv 8, 2, causal, dilation=4; b: conv 8, 5, same from z; m: add from s, b, z"
    assert row(body, "m") == "m (of s, b and of z as it is) | max(1, 2, 0) - min(-5, -2, 0) + 1 = 8 | 1 | max(5, 2, 0) = 5"
    assert row("input 9x8; r: relu; add { branch { conv 8, 1; x: conv 8, 3, same } branch { y: conv 8, 5, same } }", "add_1").startswith(
        "add_1 (of x and y, which part after r) | max(1, 2) - min(-1, -2) + 1 = 5"
    )
    strides = row("input 16x8; c: concat { branch { crop (0, 8) } branch { maxpool 2 } }", "c")
    assert "their strides differ: the larger field stands for all" in strides and "max(1, 2) = 2" in strides
    assert "whole, by" in row("input 9x8; m: multiply { branch {} branch { gap keepdims } }", "m")


def test_several_hundred_branches_are_listed_shortly() -> None:
    body = "input 40x2; " + "; ".join(f"b{i}: conv 2, {i % 7 + 1}, same from input" for i in range(300))
    line = row(f"{body}; m: add from {', '.join(f'b{i}' for i in range(300))}", "m")
    assert "b0, b1, b2, b3, b4 and 295 more, which part after input" in line


@pytest.mark.parametrize("form", FORMS)
def test_each_form_has_the_working(form: str) -> None:
    body = "input 32x32x8; u: upsample; a: conv 8, 3, dilation=2, same; m: add from u, a; g: gap"
    text, problem = explanation(archcalc.analyze(text=f"network N {{ {body} }}"), "g.receptive_field", form)
    assert problem is None and "of which the input has all 32" in text
