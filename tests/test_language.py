"""The language, as its users write it: networks, arguments, sizes, labels, control, and what comes out."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from running import PROGRAMS

import archcalc


def analyze(text: str, **options: Any) -> Any:
    """The analysis of a text that has no mistakes."""
    analysis = archcalc.analyze(text=text, **options)
    assert analysis.ok, analysis.diagnostics
    return analysis


def one(line: str, size: str = "28x28x1", head: str = "") -> Any:
    """The row of a single line `L` on an input."""
    return analyze(f"{head}\nnetwork N {{\n input {size}\n L: {line}\n}}\n").layers["L"]


def codes(text: str, **options: Any) -> list[str]:
    return [d.code for d in archcalc.analyze(text=text, **options).diagnostics]


def test_resnet_50_has_torchvisions_figures() -> None:
    totals = analyze((PROGRAMS / "resnet.arch").read_text()).totals
    assert totals.trainable_params == 25_557_032
    assert totals.macs == 4_089_184_256


def test_deeper_resnets_follow_from_the_same_text() -> None:
    """torchvision's resnet101 has 44,549,160 parameters, resnet152 has 60,192,808: only the stages differ."""
    text = (PROGRAMS / "resnet.arch").read_text()
    assert analyze(text, params={"stages": "[3, 4, 23, 3]"}).totals.trainable_params == 44_549_160
    assert analyze(text, params={"stages": [3, 8, 36, 3]}).totals.trainable_params == 60_192_808


def test_free_sizes_are_given_from_outside() -> None:
    text = "network N(H, W) { input H x W x 3; conv 4, 3x3, same; L: maxpool }"
    assert analyze(text, params={"H": 8, "W": 6}).layers["L"].output_shape == (4, 3, 4)
    assert analyze(text, inputs="8x6x3").layers["L"].output_shape == (4, 3, 4)
    assert [str(n) for n in analyze(text).layers["L"].output_shape] == ["H//2", "W//2", "4"]
    assert [str(n) for n in analyze(text, params={"H": 8}).layers["L"].output_shape] == ["4", "W//2", "4"]


@pytest.mark.parametrize(
    "line",
    [
        "conv 6, 5x5, same, relu, /2", "conv 6, 5, padding=same, activation=relu, stride=2", "conv filters=6, kernel=5x5, pad=same, relu, /2x2",
        "conv relu, same, 6, 5, /2", "conv 6, kernel_size=(5, 5), strides=2, same, relu", "conv 2*3, 5 x 5, /(1+1), same, relu", "conv 6, 5×5, 2, same, relu",
        "Conv2D 6, 5x5, same, relu, /2", "Convolution2D 6, 5x5, 2x2, same, relu", "conv 6.0, 5x5, same, relu, /2", "conv 6, [5, 5], (2, 2), same, relu",
        "conv 6,\n  5x5,\n  same, # on several lines\n  relu, /2", "conv 6, (5,\n 5), same, relu, /2", "conv (6), 5x5, same, relu, /2,\n bias=shared",
    ],
)  # fmt: skip
def test_one_convolution_written_in_many_ways(line: str) -> None:
    row = one(line)
    assert (row.output_shape, row.params) == ((14, 14, 6), 156)
    settings = row.node.layer.settings((28, 28, 1))
    assert settings["activation"] == "relu" and settings["padding"] == "same" and settings["stride"] == (2, 2)


@pytest.mark.parametrize(
    ("line", "shape", "params"),
    [
        ("conv 4, 3x3, nobias", (26, 26, 4), 36), ("conv 4, 3x3, bias=none", (26, 26, 4), 36), ("conv 4, 3x3, use_bias=false", (26, 26, 4), 36),
        ("conv 4, 3x3, use_bias=true", (26, 26, 4), 40), ("conv 4, 3x3, /2x1", (13, 26, 4), 40), ("conv 4, 3x5", (26, 24, 4), 64),
        ("conv 4, 3x3, pad=1x2", (28, 30, 4), 40), ("conv 4, 3x3, pad=((1, 0), (2, 2))", (27, 30, 4), 40), ("bn noscale", (28, 28, 1), 3),
        ("bn nocenter, noscale", (28, 28, 1), 2), ("bn scale=false", (28, 28, 1), 3), ("bn scale", (28, 28, 1), 4), ("gap keepdims", (1, 1, 1), 0),
        ("gap nokeepdims", (1,), 0), ("maxpool", (14, 14, 1), 0), ("maxpool 3, /2, ceil", (14, 14, 1), 0), ("maxpool 3, /2, noceil", (13, 13, 1), 0),
        ("MaxPooling2D pool_size=2", (14, 14, 1), 0), ("AvgPool2D 2x2", (14, 14, 1), 0), ("GlobalAveragePooling2D", (1,), 0), ("reshape (-1,)", (784,), 0),
        ("reshape 14x-1", (14, 56), 0), ("Flatten", (784,), 0), ("leaky_relu alpha=0.1", (28, 28, 1), 0), ("activation tanh", (28, 28, 1), 0),
        ("Dropout 0.5", (28, 28, 1), 0), ("BatchNormalization momentum=0.9", (28, 28, 1), 4), ("dense 3, softmax", (28, 28, 3), 6),
    ],
)  # fmt: skip
def test_arguments_find_their_places(line: str, shape: tuple[int, ...], params: int) -> None:
    row = one(line)
    assert (row.output_shape, row.params) == (shape, params)


def test_a_word_may_come_from_a_variable_and_a_variable_hides_a_word() -> None:
    assert one("conv 1, 3, act, how", head="let act = relu\nlet how = same").output_shape == (28, 28, 1)
    row = one("conv 1, same", head="let same = 3")
    assert row.output_shape == (26, 26, 1)  # `same` is the variable here: a kernel of 3


def test_a_words_argument_is_not_taken_by_position() -> None:
    assert one("conv 4, same, 3x3, tanh, 2").output_shape == (14, 14, 4)


@pytest.mark.parametrize("name", ["x", "input_", "table", "use", "from_", "if_", "let", "größe", "层", "block"])
def test_names_of_all_kinds_are_labels(name: str) -> None:
    assert name in analyze(f"network N {{ input 4\n {name}: dense 3\n}}").layers


def test_a_quoted_label_may_hold_anything_but_a_quote_and_is_named_by_from() -> None:
    analysis = analyze('network N { input 4\n "a/b c": dense 3\n b: dense 3\n add from "a/b c", b }')
    assert analysis.layers["a/b c"].params == 15
    assert [n.name for n in analysis.layers["add_1"].node.inputs] == ["a/b c", "b"]


def test_unnamed_layers_count_by_kind_and_skip_taken_names() -> None:
    analysis = analyze("network N { input 4; dense 1; relu; dense 2\n dense_3: relu\n dense 3 }")
    assert list(analysis.layers) == ["dense_1", "relu_1", "dense_2", "dense_3", "dense_4"]


def test_x_is_a_name_where_no_size_goes_on() -> None:
    assert one("dense x", size="4", head="let x = 3").output_shape == (3,)
    analysis = analyze("let x = 5\nnetwork N { input x x x x 3; L: flatten }")
    assert analysis.layers["L"].output_shape == (75,)


@pytest.mark.parametrize(
    "text", ["network N { input 4; dense 2 }", "network N { input 4; dense 2; }", "network N { input 4\n\n\n dense 2\n}\n\n"]
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf", b'# a comment { [ ( "\n'])
def test_statements_end_at_semicolons_and_lines_of_either_kind(text: str, ending: str, head: bytes, tmp_path: Any) -> None:
    file = tmp_path / "n.arch"
    file.write_bytes(head.replace(b"\n", ending.encode()) + text.replace("\n", ending).encode())
    analysis = archcalc.analyze(str(file))
    assert analysis.ok and analysis.totals.params == 10


def test_names_are_compared_composed() -> None:
    decomposed = unicodedata.normalize("NFD", "é")
    assert decomposed != "é"
    assert one(f"dense {decomposed}", size="4", head="let é = 3").output_shape == (3,)


def test_blocks_take_arguments_by_position_name_and_default() -> None:
    text = """
    block b(c, k = 3, act = relu) { conv c, k, same, act }
    network N { input 8x8x1; b 4; b 4, 5; b c=4, k=1; b 4, act=tanh; last: b 2 }
    """
    analysis = analyze(text)
    assert [row.params for row in analysis.rows] == [40, 404, 20, 148, 74]
    assert "last.conv_1" in analysis.layers


def test_in_is_what_flowed_into_the_block_the_branch_or_the_pass() -> None:
    text = """
    block double { dense 2 * in.c }
    network N { input 4; double; double; repeat 2 { dense in.c + 1 }
      add { branch { dense in.c; relu } branch { } } }
    """
    assert [row.output_shape for row in analyze(text).rows] == [(8,), (16,), (17,), (18,), (18,), (18,), (18,)]


def test_a_label_in_a_loop_is_its_latest_and_e_i_is_the_ith() -> None:
    text = "network N { input 4; for n in [3, 4, 5] { e: dense n }\n a: dense 2 from e[0]\n b: dense 2 from e\n c: dense 2 from e[-2]\n add from a, b, c }"
    analysis = analyze(text)
    assert [analysis.layers[n].params for n in "abc"] == [(3 + 1) * 2, (5 + 1) * 2, (4 + 1) * 2]
    assert [n for n in analysis.layers if n.startswith("e")] == ["e[0]", "e[1]", "e[2]"]
    everything = analyze("network N { input 4; for n in [3, 3, 3] { e: dense n }\n add from e[:] }")
    assert len(everything.layers["add_1"].node.inputs) == 3


def test_all_instances_of_a_loop_give_what_is_called_the_same_in_them() -> None:
    """WaveNet's skip connections: van den Oord et al. (2016), figure 4."""
    block = "block unit(c) { z: conv c, 2, padding=causal; skip: conv 5, 1 from z; sum: add from z, in; output from sum, skip }"
    text = f"{block}\nnetwork N {{ input 64x8; u: unit 8; repeat 2 {{ u: unit 8 from u.sum }}\n concat from u[:].skip, u[0].z }}"
    analysis = analyze(text)
    assert [n.name for n in analysis.layers["concat_1"].node.inputs] == ["u.skip", "u[1].skip", "u[2].skip", "u.z"]
    assert analysis.layers["concat_1"].output_shape == (64, 5 * 3 + 8)
    outer = "block two() { repeat 2 { e: dense 4; f: dense 3 } }\nnetwork N { input 4; repeat 3 { t: two }\n a: concat from t[:].e[:]; b: concat from t[:].e[0]; output from a, b }"
    analysis = analyze(outer)
    assert [n.name for n in analysis.layers["a"].node.inputs] == [f"t[{i}].e[{k}]" for i in range(3) for k in range(2)]
    assert [n.name for n in analysis.layers["b"].node.inputs] == [f"t[{i}].e[0]" for i in range(3)]


def test_conditions_and_loops_choose_layers() -> None:
    text = """
    network N(deep = true, n = 2) {
        input 8
        if deep { dense 4 } else if n == 2 { dense 5 }
        else { dense 6 }
        for i, (a, b) in enumerate([(1, 2), (3, 4)]) { dense a * b + i }
        repeat n { relu }
    }
    """
    assert [row.output_shape[0] for row in analyze(text).rows] == [4, 2, 13, 13, 13]
    assert [row.output_shape[0] for row in analyze(text, params={"deep": False, "n": 0}).rows] == [6, 2, 13]
    assert analyze(text, params={"deep": "1 > 2"}).rows[0].output_shape == (5,)


def test_merges_take_branches_or_from_and_broadcast() -> None:
    branches = analyze("network N { input 6x6x4; add { branch { conv 4, 3, same } branch { } branch { gap keepdims } } }")
    assert branches.rows[-1].output_shape == (6, 6, 4) and len(branches.rows[-1].node.inputs) == 3
    named = analyze("network N { a: input 6x6x4\n b: input 1x1x4\n mul from a, b }")
    assert named.rows[-1].output_shape == (6, 6, 4)
    loops = analyze("network N { input 4; concat { for n in [1, 2, 3] { branch { dense n } } if 1 == 1 { branch { } } } }")
    assert loops.rows[-1].output_shape == (1 + 2 + 3 + 4,)


def test_an_output_may_be_named_and_what_reaches_none_is_left_out_with_a_warning() -> None:
    analysis = analyze("network N { input 4\n a: dense 2\n b: dense 3 from a\n c: dense 5 from a\n output from a, b }")
    assert [n.name for n in analysis.graph.outputs] == ["a", "b"]
    assert list(analysis.layers) == ["a", "b"]
    assert [d.code for d in analysis.diagnostics] == ["W102"]


def test_declared_sizes_are_checked() -> None:
    assert codes("network N { input 8x8x1; conv 2, 3x3 -> 6x6x2; flatten -> 72; dense 3 -> (3,) }") == []
    assert codes("network N { input 8x8x1; conv 2, 3x3 -> 6x6x3 }") == ["E308"]


def test_expectations_reach_every_figure() -> None:
    text = """
    network N { input 8x8x1
        L: conv 2, 3x3, tanh
        expect L.params == 20 and L.trainable == L.trainable_params and L.non_trainable == 0
        expect L.shape == 6x6x2 and L.output_shape == (6, 6, 2) and L.c == 2 and L.h == 6
        expect L.units == 72 and L.connections == 720 and L.macs == 648 and L.kind == "conv"
        expect L.flops == 2 * L.macs + 72 + 72 and L.activation_bytes == 4 * 72 and L.weight_bytes == 80
        expect total.params == L.params and total.units < 100 or false
        expect (total.macs <= 1k and input.units == 64)
    }"""
    analysis = analyze(text)
    assert [o.holds for o in analysis.expectations] == [True] * 6


def test_a_failing_expectation_says_both_sides_with_their_numbers() -> None:
    analysis = archcalc.analyze(text="network N { input 8x8x1\n L: conv 2, 3x3\n expect 1 == 1 and L.params == 4 * 7\n }")
    (outcome,), (finding,) = analysis.expectations, analysis.diagnostics
    assert (finding.code, outcome.holds, outcome.left, outcome.right) == ("E401", False, 20, 28)
    assert "20 == 28" in finding.message and "L.params == 4 * 7" in finding.message


def test_an_expectation_over_an_unknown_figure_is_neither_true_nor_silent() -> None:
    analysis = archcalc.analyze(text="network N { input 8x8x1\n L: conv 2, 9x9\n expect L.params == 164\n }")
    assert [o.holds for o in analysis.expectations] == [None] and not analysis.ok
    assert [d.code for d in analysis.diagnostics] == ["E301"]


def test_a_recipe_is_read_line_by_line() -> None:
    text = """network N { input 4; dense 2
        train { data digits; optimizer rmsprop, 1e-3; loss sparse_categorical_crossentropy
                metrics accuracy; epochs 5; batch 128; validation 0.2 } }"""
    recipe = analyze(text).graph.recipe
    found = (
        recipe.data,
        recipe.optimizer,
        recipe.learning_rate,
        recipe.loss,
        recipe.metrics,
        recipe.epochs,
        recipe.batch,
        recipe.validation,
    )
    assert found == ("digits", "rmsprop", 0.001, "sparse_categorical_crossentropy", ("accuracy",), 5, 128, 0.2)


def test_dtype_sets_the_bytes_of_a_value() -> None:
    sizes = {
        name: analyze(f"network N {{ dtype {name}\n input 4\n L: dense 3 }}").layers["L"].weight_bytes
        for name in ("float16", "float32", "float64")
    }
    assert sizes == {"float16": 30, "float32": 60, "float64": 120}


def test_figures_beyond_64_bits_are_exact() -> None:
    row = one("dense 10**30", size="10**30")
    assert row.params == (10**30 + 1) * 10**30


def test_a_class_of_keras_pins_the_rank() -> None:
    assert codes("network N { input 28x28; Conv2D 3, 3 }") == ["E302"]
    assert codes("network N { input 28x28; Conv1D 3, 3 }") == []
    assert codes("network N { input 28x28; conv 3, 3 }") == []


@pytest.mark.parametrize(
    "text",
    [
        "network N { input 4; d: dense 3, /2; for i in range(d.c) { e: relu }; dense 3 from e }",
        "network N { input 4; d: dense 3, /2; repeat d.c { e: relu }; dense 3 from e }",
        "network N { input 4; d: dense 3, /2; if d.c == 3 { e: relu } else { f: relu }; add from e, f }",
        "network N { input 4; e: relu; d: dense 3, /2; repeat d.c { e: relu }; dense 3 from e[1] }",
    ],
)
def test_what_hangs_on_an_unknown_layer_is_unknown_and_not_said_to_be_missing(text: str) -> None:
    analysis = archcalc.analyze(text=text)
    assert [d.code for d in analysis.diagnostics] == ["E116"]
    assert analysis.totals.params is None


def test_a_missing_argument_of_a_block_is_one_mistake() -> None:
    assert codes("block b(s, n = 2 * s) { dense n }\nnetwork N { input 4; b }") == ["E112"]


def test_a_made_up_name_is_no_label_and_the_message_says_how_to_make_one() -> None:
    (finding,) = archcalc.analyze(text="network N { input 4; dense 3; dense 4 from dense_1 }").diagnostics
    assert finding.code == "E103"
    assert "`a: dense ...`" in finding.fixes[0]


def test_quoted_labels_stand_in_expressions() -> None:
    text = """block b { "x y": dense 8; relu }
    network N { input 4
     repeat 2 { "c d": dense 3 }
     dense "c d"[0].c + "c d".c + len("c d"[:])
     k: b
     reuse k."x y"
     expect k."x y".params == 72 and dense_1.params == 32 }"""
    assert analyze(text).totals.params == 15 + 12 + 32 + 72


def test_lists_have_slices() -> None:
    text = "let a = [1, 2, 3, 4]\nnetwork N(v = a[:-1], w = a[1:3], u = a[-2:], s = a[9:]) { input 8x8x3; for n in v + w + u + s { dense n }\n dense input.shape[:2][0] }"
    assert [row.output_shape[-1] for row in analyze(text).rows] == [1, 2, 3, 2, 3, 3, 4, 8]
    assert codes("network N(a = 3) { input a; dense a[1:] }") == ["E201"]
    assert codes("network N(a = [3]) { input 4; dense a[x:][0] }") == ["E104"]


def test_a_loop_may_read_a_label_bear_one_and_have_a_size() -> None:
    a = analyze("network N { input 4; a: dense 3; b: dense 5; x: repeat 2 from a { dense 3 } -> 3\n add from x, a; concat from x, b }")
    assert [n.name for n in a.layers["dense_1"].node.inputs] == ["a"]
    assert codes("network N { input 4; repeat 2 { dense 3 } -> 7 }") == ["E308"]
    assert codes("network N { input 4; add { y: branch { dense 3 } -> 9 branch { dense 3 } } }") == ["E308"]


@pytest.mark.parametrize(
    "line",
    ["layout channels_last from d", "dtype float16 -> 3", "o: output", "output -> 3", "x: dtype float16", "train from d { epochs 3 }"],
)
def test_no_part_of_a_statement_is_passed_over_in_silence(line: str) -> None:
    assert "E139" in codes(f"network N {{ input 4; d: dense 3\n {line}\n}}")


def test_a_default_may_be_made_of_a_free_size() -> None:
    text = "network S(n, m = 2 * n) { input n; L: dense m }\nnetwork N { input 4; s: S; t: reuse s from input; add from s, t }"
    assert analyze(text, network="N").layers["s.L"].output_shape == (8,)
    assert analyze(text, network="S", inputs="5").layers["L"].output_shape == (10,)


def test_targets_in_brackets_take_a_pass_apart() -> None:
    assert [r.output_shape for r in analyze("network N { input 4; for (i, j) in [(1, 2), (3, 5)] { dense i*j } }").rows] == [(2,), (15,)]


@pytest.mark.parametrize("size", ["[]", "[[1]]", '"a"', "true", "((1, 1), (2, 2))", "[8, 8, 1.5]"])
def test_a_declared_size_that_is_none_is_said_and_nothing_breaks(size: str) -> None:
    assert codes(f"network N {{ input 8x8x3; conv 8, 3x3, same -> {size} }}") == ["E209"]


def test_a_label_takes_no_word_away() -> None:
    row = analyze("network N { input 5x4; sum: relu; L: bidirectional sum { lstm 3 } }").layers["L"]
    assert row.output_shape == (3,)


def test_a_slip_in_a_number_is_one_mistake() -> None:
    assert codes("let width = 3\nnetwork N { input 8x8x3; conv widht, 3x3 }") == ["E114"]


def test_an_instance_with_a_mistake_that_is_used_again_leaves_the_sum_unknown() -> None:
    text = "block b { dense 3; gap from zz }\nnetwork N { input 4; a: b; c: reuse a from input; expect total.params == 15 }"
    analysis = archcalc.analyze(text=text)
    assert analysis.totals.params is None
    assert [d.code for d in analysis.diagnostics] == ["E103"]


def test_of_several_inputs_without_a_label_the_first_is_input_also_as_a_layer() -> None:
    text = "network M { input 3; input 5; c: dense 2 from input; d: dense 2 from input; add from c, d }\nnetwork N { a: input 3\n b: input 5\n x: M from a, b }"
    assert analyze(text, network="M").totals.params == analyze(text, network="N").totals.params == 16


def test_long_lists_and_numbers_pass_from_python() -> None:
    text = "network N(w = [1], k = 1) { input 4; for n in w { dense n } }"
    assert len(analyze(text, params={"w": [3] * 20, "k": 10**60}).rows) == 20
