"""Advice, followed: the program in which it stands has the finding, and the one that does as it says has none."""

from __future__ import annotations

from typing import Any

import pytest

import archcalc
from archcalc.checks import Checks
from archcalc.pipeline import Options, analyze_all, load

# What is wrong, its code, what the help says, and the program that does so.
FOLLOWED = {
    # fields that do not line up
    "padding that is alike": ("input 32x32x8; add { branch { conv 8, 3x3, /2, X }\n branch { conv 8, 1x1, /2 } }", "same", "W120", "with `pad=1`,", "pad=1"),
    "padding in a block that is used again": (
        "input 32x32x8; repeat 3 { add { branch { conv 8, 3x3, /2, X; conv 8, 3x3, same }\n branch { conv 8, 1x1, /2 } } }", "same", "W120", "`pad=1`, both ends", "pad=1",
    ),
    "not `pad=1`, which changes the shape": ("input 32x32x8; a: conv 4, 3x3, same; v: conv 4, X, same; add from a, v", "2x2", "W120", "a kernel of 3 in v", "3x3"),
    "not `pad=1`, which does not help": ("input 32x32x8; concat { branch { conv 8, X, /2, same }\n branch { maxpool 2x2 } }", "3x3", "W120", "a kernel of 4 in conv_1", "4x4"),
    "an enlarged map": ("input 16x16x3; concat { branch { conv 4, X, /2, pad=1; upsample 2 }\n branch { } }", "3x3", "W120", "a kernel of 4 in conv_1", "4x4"),
    "a skip over pooling": (
        "input 32x32x3; a: conv 8, 3x3, same; maxpool X, /2, same; u: conv_transpose 8, 4x4, /2, same; add from a, u", "3x3", "W120", "a kernel of 4 in maxpool_1", "4x4",
    ),
    # losses
    "one value for classes": ("input 9; dense 1, sigmoid; train { loss X }", "sparse_categorical_crossentropy", "W111", "`loss binary_crossentropy` is for one", "binary_crossentropy"),
    "one logit for classes": ("input 9; dense 1; train { loss X }", "categorical_crossentropy", "W111", "`loss binary_crossentropy` is for one", "binary_crossentropy"),
    "one value that is cut off": ("input 9; dense 1, X", "relu; train { loss categorical_crossentropy }", "W111", "is for one yes or no, after `sigmoid`", "sigmoid; train { loss binary_crossentropy }"),
    "fewer values than classes": ("input 28x28x1; flatten; dense X, softmax; train { data mnist\n loss sparse_categorical_crossentropy }", "5", "W111", "10 values", "10"),
    "one value for ten classes": ("input 28x28x1; flatten; dense X; train { data digits\n loss categorical_crossentropy }", "1", "W111", "10 values", "10"),
    # biases
    "a bias before pooling": ("input 9x9x3; conv 4, 4X; maxpool; bn", "", "W112", "`nobias`", ", nobias"),
    "a bias before groups of one": ("input 9x9x3; conv 4, 4X; groupnorm 4", "", "W112", "`nobias`", ", nobias"),
    # what flows in
    "only the last step": ("input 10x3; lstm 4X; lstm 4", "", "E302", "with `sequences`, lstm_1 puts out 10x4", ", sequences"),
    "with a layer between": ("input 10x3; gru 4X; dropout 0.5; attention", "", "E302", "with `sequences`, gru_1 puts out 10x4", ", sequences"),
    "within a wrapper": ("input 10x3; bidirectional { lstm 4X }\n bidirectional { lstm 4 }", "", "E302", "with `sequences` in its `lstm`, bidirectional_1 puts out 10x8", ", sequences"),
    "a stack of cells": ("input 10x3; stacked_rnnX { lstm 4; gru 3 }\n rnn 4", "", "E302", "with `sequences`, stacked_rnn_1 puts out 10x3", " sequences"),
    "maps at each step": ("input 10x28x28x1; conv_lstm 4, 3x3X; conv_lstm 4, 3x3", "", "E303", "with `sequences`, conv_lstm_1 puts out 10x26x26x4", ", sequences"),
    "a mean of each map": ("input 9x9x3; gapX; conv 4, 1x1", "", "E302", "with `keepdims`, gap_1 puts out 1x1x3", " keepdims"),
    "steps for attention": ("input 12; X attention", "", "E302", "`reshape 12x1` makes 12 steps", "reshape 12x1; "),
    "after a flatten": ("input 28x28x1; X", "flatten; dropout 0.1; conv 6, 5x5", "E302", "before flatten_1, where it is 28x28x1", "conv 6, 5x5; flatten; dropout 0.1"),
    # entries for each axis
    "two entries for one axis": ("input 100x16; conv 4, X", "3x3, /2x2", "E303", "`3` and `/2` would fit, with 1 entry", "3, /2"),
    "an image without channels": ("input X; conv 4, 3x3", "28x28", "E303", "`input 28x28x1` has one", "28x28x1"),
    "its channels first": ("layout channels_first; input X; conv 4, 3x3", "28x28", "E303", "`input 1x28x28` has one", "1x28x28"),
    "three entries for two axes": ("input 28x28x1; conv 4, X", "5x5x5", "E303", "`5x5` would fit, with 2 entries", "5x5"),
    "of pooling": ("input 27x27x3; maxpool X, /2", "3x3x3", "E303", "`kernel=3x3` would fit", "kernel=3x3"),
    # branches
    "branches without padding": (
        "input 28x28x4; concat { branch { conv 4, 1x1 }\n branch { conv 4, 3x3X }\n branch { conv 4, 1x1; conv 5, 5x5X } }", "", "E307", "`same` in conv_2 and conv_4", ", same",
    ),
    "a smaller map": ("input 28x28x4; a: conv 4, 3x3; b: conv 4, 3x3X; concat from a, b", "", "E307", "`same` in b", ", same"),
    "a larger map": ("input 28x28x4; a: conv 4, 3x3; b: conv 4, 3x3; X", "concat from a, b", "E307", "`crop 1 from a` is 24x24x4", "c: crop 1 from a; concat from c, b"),
    "a larger map with channels first": (
        "layout channels_first; input 4x28x28; a: conv 4, 3x3; b: conv 4, 3x5; X", "concat from a, b", "E307", "`crop 1x2 from a` is 4x24x22", "c: crop 1x2 from a; concat from c, b",
    ),
    "an odd length": (
        "input 27x27x4; a: conv 4, 3x3, same; maxpool; b: upsample 2; X", "concat from a, b", "E307", "`crop ((0, 1), (0, 1)) from a`", "c: crop ((0, 1), (0, 1)) from a; concat from c, b",
    ),
    "a shortcut": (
        "input 28x28x4; add { branch { conv 8, 3x3, /2, pad=1; conv 8, 3x3, same }\n branch { X } }", "", "E307", "`conv 8, 1, /2 from input` is 14x14x8", "conv 8, 1, /2",
    ),
    "a shortcut of other channels": ("input 28x28x4; add { branch { conv 8, 3x3, same }\n branch { X } }", "", "E307", "`conv 8, 1 from input` is 28x28x8", "conv 8, 1"),
}  # fmt: skip

W112_TOO = Options(checks=Checks().changed(select=["W112"], ignore=["W101"]))


def found(body: str) -> list[Any]:
    """The findings about a network with this body."""
    (analysis,) = analyze_all(load("n.arch", f"network N {{\n{body}\n}}\n".encode()), None, W112_TOO)
    return list(analysis.diagnostics)


@pytest.mark.parametrize("name", FOLLOWED)
def test_advice_that_is_followed_leaves_no_finding(name: str) -> None:
    body, wrong, code, says, right = FOLLOWED[name]
    findings = found(body.replace("X", wrong))
    assert {d.code for d in findings} == {code}
    assert any(says in fix for fix in findings[0].fixes), findings[0].fixes
    assert found(body.replace("X", right)) == []


def test_what_mends_one_finding_and_not_the_other_takes_both() -> None:
    softmax, loss = found("input 9; dense 1, softmax; train { loss sparse_categorical_crossentropy }")
    assert (softmax.code, loss.code) == ("W110", "W111") and "sigmoid" in softmax.fixes[0] and "binary_crossentropy" in loss.fixes[0]
    assert found("input 9; dense 1, sigmoid; train { loss binary_crossentropy }") == []


def test_where_nothing_fits_nothing_is_said() -> None:
    (finding,) = found("input 32x32x8; concat { branch { conv 8, 1x1, /2 }\n branch { maxpool 2x2 } }")
    assert (finding.code, finding.fixes) == ("W120", ())
    (finding,) = found("input 28x28x3; add { branch { conv 4, 9x9 }\n branch { flatten } }")
    assert (finding.code, finding.fixes) == ("E307", ())


def test_a_free_size_is_not_tried_with() -> None:
    """A trial would leave its assumptions behind."""
    analysis = archcalc.analyze(text="network N(H) { input H x 3; lstm 4; lstm 4 }")
    assert [d.code for d in analysis.diagnostics] == ["E302"] and analysis.assumptions == []


def test_only_the_first_mistakes_are_tried() -> None:
    body = "\n".join(f"a{i}: lstm 4 from input; b{i}: lstm 4 from a{i}" for i in range(30))
    fixes = [d.fixes for d in found(f"input 10x3\n{body}") if d.code == "E302"]
    assert len(fixes) == 30 and sum("sequences" in fix[0] for fix in fixes) == 20


# ---- causal branches line up at their ends

CAUSAL = {
    "a residual block": "input 60x8; for d in [1, 2, 4] { add { branch { conv 8, 2, causal, dilation=d; conv 8, 1 }\n branch { } } }",
    "gates": (
        "input 60x8; conv 8, 3; for d in [1, 2] { add { branch { mul { branch { conv 8, 3, causal, dilation=d, tanh }\n"
        "branch { conv 8, 3, causal, dilation=d, sigmoid } } }\n branch { } } }"
    ),
    "skips from every block": "input 60x8; a: conv 8, 2, causal; b: conv 8, 3, causal, dilation=2; c: conv 8, 2, causal, dilation=8; add from input, a, b, c",
    "padding that is written": "input 60x8; add { branch { conv 8, 3, pad=((2, 0),) }\n branch { } }",
    "a layer that pads": "input 60x8; add { branch { zero_pad (2, 0); conv 8, 3 }\n branch { } }",
    "attention to what came before": "input 60x8; add { branch { mha 2, 4, causal, sliding_window=5 }\n branch { } }",
    "with a stride": "input 60x8; add { branch { conv 8, 3, causal, /2 }\n branch { conv 8, 1, /2 } }",
}  # fmt: skip

NOT_CAUSAL = {
    "one that looks ahead": "input 60x8; add { branch { conv 8, 2, same }\n branch { conv 8, 2, causal } }",
    "ends that are equal by chance": "input 32x32x3; concat { branch { conv 4, 3x3, /2, pad=1 }\n branch { maxpool 2x2 } }",
}


@pytest.mark.parametrize("name", CAUSAL)
def test_causal_branches_line_up(name: str) -> None:
    assert found(CAUSAL[name]) == []


@pytest.mark.parametrize("name", NOT_CAUSAL)
def test_others_do_not(name: str) -> None:
    assert [d.code for d in found(NOT_CAUSAL[name])] == ["W120"]


# ---- what is said is so


def test_the_layers_that_are_named_read_what_is_said_of_them() -> None:
    (finding,) = found("input 32x32x8; concat { branch { conv 8, 1x1, /2 }\n branch { conv 8, 5x5, /2, pad=2 }\n branch { maxpool 2x2 } }")
    assert finding.facts["one"] == "`conv_1`" and finding.facts["other"] == "`maxpool_1`"
    assert [says for _, says in finding.related] == [
        "conv_1 reads from 0 to 0 for its first value",
        "maxpool_1 reads from 0 to 1 for its first value",
    ]


def test_a_shift_that_is_an_average_is_called_so() -> None:
    (finding,) = found("input 16x16x3; concat { branch { conv 4, 3x3, /2, pad=1; upsample 2 }\n branch { } }")
    assert finding.facts["working"] == "on the average over neighbours, their middles are 0.5 apart"
    assert "from -1 to 1 for its first value, from -1 to 1 for its second" in finding.related[0][1]


def test_strides_that_are_no_decimals_are_fractions() -> None:
    (finding,) = found("input 28x28x1; a: resize 13x13; b: crop ((0, 15), (0, 15)) from input; concat from a, b")
    assert finding.code == "W120" and "neighbours are 28/13 apart in one, 1 in the other" in finding.facts["working"]


@pytest.mark.parametrize(
    "body",
    ["gap; flatten; lstm 4", "conv 2, 3x3; flatten; conv 4, 3x3", "a: conv 2, 3x3; b: conv 2, 5x5 from a; concat from a, b", "conv 2, 3x3x3", "lstm 3; lstm 4"],
)  # fmt: skip
def test_mistakes_where_sizes_are_free_are_told_by_their_rules(body: str) -> None:
    analysis = archcalc.analyze(text=f"network N(H) {{ input H x 9 x 3; {body} }}")
    assert {d.code for d in analysis.diagnostics} <= {"E302", "E303", "E307"} and analysis.diagnostics
