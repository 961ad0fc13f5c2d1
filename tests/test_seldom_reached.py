"""Places that few programs get to: each with what is to come out there, worked out by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

import archcalc
from archcalc.analysis import receptive
from archcalc.analysis.chains import Field, together
from archcalc.checks import Checks
from archcalc.pipeline import Options, analyze_all, load
from archcalc.reading import Mixed
from archcalc.sizes import Traced
from archcalc.stairs import Stair


def network(*lines: str) -> str:
    return "network N {\n" + "\n".join(lines) + "\n}\n"


def fields(*lines: str) -> dict[str, Any]:
    analysis = archcalc.analyze(text=network(*lines))
    assert analysis.ok, analysis.diagnostics
    return {layer["name"]: layer["receptive_field"] for layer in json.loads(analysis.to_json())["layers"]}


def found(*lines: str, select: str = "", **options: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    checks = {"select": [select]} if select else {}
    return [(d.code, d.message, d.fixes) for d in archcalc.analyze(text=network(*lines), **checks, **options).diagnostics]


# ---- receptive fields


def test_one_of_two_that_reads_everything_reads_everything_whichever_comes_first() -> None:
    squeezed = ("input 8x8x2", "c: conv 4, 3x3, same", "g: gap", "r: reshape 1x1x4")
    assert fields(*squeezed, "m: mul from r, c")["m"] == fields(*squeezed, "m: mul from c, r")["m"] == "whole"


@pytest.mark.parametrize(
    ("first", "second", "size", "stride"), [("a", "b", 17, 1), ("b", "a", 17, 1), ("wide", "b", 17, 2), ("b", "wide", 17, 1)]
)
def test_of_strides_that_differ_the_larger_field_stands_for_both_and_the_first_of_two_as_large(
    first: str, second: str, size: int, stride: int
) -> None:
    branches = ("input 32x1", "a: conv 4, 3, /2, same from input", "wide: conv 4, 17, /2, same from input", "b: conv 4, 17 from input")
    field = fields(*branches, f"s: add from {first}, {second}", "concat from a, wide, b, s")["s"]
    assert (field["size"], field["stride"]) == ([size], [stride])


def test_what_leaves_gaps_in_values_from_all_over_has_no_known_field() -> None:
    joined = ("input 3x1", "a: relu from input", "b: tanh from input", "c: conv 1, 1 from input", "k: concat axis=1 from a, b, c")
    assert fields(*joined, "maxpool 3", "g: gap")["g"] == "whole"  # all nine, each of which is read
    assert fields(*joined, "maxpool 1, /2", "g: gap")["g"] is None  # from the first to the last, but not the four between


def test_the_last_axis_is_taken_for_the_channels_where_no_layer_says_so() -> None:
    assert fields("input 6x4", "d: dense 3")["d"] == {"size": [1], "stride": [1], "padding": [0]}


def test_stairs_that_repeat_too_late_together_are_not_followed() -> None:
    one, other = (Field(0, *(stair_of(n) for _ in range(2)), 0, 9) for n in (1009, 1013))
    assert together(one, other, 10, (10,)) == Mixed((0,), 0, 9)


def stair_of(n: int) -> Stair:
    """k, and one more at the sixth of each n positions."""
    return Stair(n, tuple(k + (k == 5) for k in range(n)))


def test_a_crop_that_first_enlarges_has_no_known_field() -> None:
    assert fields("input 6x6x1", "k: center_crop 10x10")["k"] is None
    assert fields("input 6x6x1", "k: center_crop 2x2")["k"] == {"size": [1, 1], "stride": [1, 1], "padding": [-2, -2]}


def test_stairs_are_followed_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ("input 12x12x1", "u: resize 18x18", "c: conv 1, 3x3")
    assert fields(*lines)["c"] is not None
    monkeypatch.setattr(receptive, "MOST_IN_ALL", 3)
    assert fields(*lines)["c"] is None


def test_a_field_of_one_input_of_several_is_asked_for_by_its_name() -> None:
    two = ("a: input 6x1", "b: input 9x1", "x: conv 3, 3 from a", "y: conv 3, 6 from b", "m: add from x, y")
    assert found(*two, "expect m.receptive_field.a == 3 and m.receptive_field.b == 6") == []
    ((code, message, fixes),) = found(*two, "expect m.receptive_field.c == 3")
    assert (code, fixes) == ("E207", ("inputs are a, b",)) and "one for each input" in message
    ((code, message, _),) = found(*two, "expect m.receptive_field == 3")
    assert code == "E201" and "one field for each input: a, b" in message


def test_two_that_each_read_one_axis_and_are_one_value_read_all_of_both() -> None:
    tall_and_turned = ("input 4x4x1", "a: conv 1, 4x4 from input", "p: permute (2, 1, 3) from input", "b: conv 1, 4x4 from p")
    assert fields(*tall_and_turned, "s: add from a, b")["s"] == "whole"


def test_an_expectation_may_have_a_word_on_its_left_and_knows_a_word_from_a_name() -> None:
    assert found("input 4", "d: dense 3", "expect whole == d.receptive_field") == []
    assert [(code, message) for code, message, _ in found("input 4", "d: dense 3", "expect nope == 3")] == [
        ("E104", "there is nothing called `nope` here")
    ]


# ---- warnings


def test_working_of_what_is_lost_with_padding_at_one_end() -> None:
    ((code, message, _),) = found("input 11x1", "c: conv 3, 4, /3, causal")
    assert code == "W101" and message.endswith("(11 + 3 + 0 - 4)/3 = 10/3 leaves 1 over")


def test_the_next_lengths_are_found_beyond_what_is_tried_one_by_one() -> None:
    ((code, _, fixes),) = found("input 1300x1", "c: maxpool 1000")
    assert code == "W101" and fixes[0] == "an input of 1000 or 2000 would lose none"


def test_within_a_wrapper_it_is_the_layer_inside_that_is_mended() -> None:
    ((code, _, fixes),) = found("input 12x5x1", "c: time_distributed { maxpool 2 }")
    assert code == "W101" and fixes[1].startswith("so would `pad=1` or `same`")


def test_advice_names_the_smallest_padding_alone() -> None:
    ((_, _, fixes),) = found("input 10x1", "c: conv 2, 5, /4")
    assert fixes == ("an input of 9 or 13 would lose none", "so would `pad=2` or `same` or a kernel of 6")


@pytest.mark.parametrize(
    ("size", "kernel", "axes"),
    [("8", "", "positions"), ("8x8", "x{}", "rows and columns"), ("8x8x8", "x{}x{}", "planes and rows and columns")],
)
def test_axes_along_which_branches_do_not_line_up_have_their_names(size: str, kernel: str, axes: str) -> None:
    odd, even = "3" + kernel.replace("{}", "3"), "2" + kernel.replace("{}", "2")
    ((code, message, _),) = found(
        f"input {size}x1", f"a: conv 2, {odd}, same from input", f"b: conv 2, {even}, same from input", "add from a, b"
    )
    assert code == "W120" and message.startswith(f"along {axes}, the fields")


def test_where_branches_meet_a_field_may_grow_beyond_the_input() -> None:
    # causal reads from -8 to 0, `same` from -4 to 4: together 13 positions of 12
    branches = "network N { i: input 12x1; a: conv 1, 9, causal from i; b: conv 1, 9, same from i; s: add from a, b }"
    (analysis,) = analyze_all(load("n.arch", branches.encode()), None, Options(checks=Checks().changed(select=["W114"])))
    assert [(d.code, d.layer) for d in analysis.diagnostics if d.code == "W114"] == [("W114", "s")]


@pytest.mark.parametrize(("kernel", "lost"), [(2, "the last 2 positions"), (3, "the last position")])
def test_what_is_lost_at_every_size(kernel: int, lost: str) -> None:
    # 3*H - (kernel - 1) in threes
    (finding,) = archcalc.analyze(text=f"network N(H) {{ input H x 3; upsample 3; conv 2, {kernel}; maxpool 3 }}").diagnostics
    assert finding.code == "W101" and finding.message.startswith(f"no window reads {lost}: so it is")


def test_a_softmax_over_other_axes_is_no_second_one() -> None:
    assert found("input 9", "dense 4, softmax", "reshape 2x2", "softmax") == []
    assert [code for code, *_ in found("input 9", "dense 4, softmax", "softmax")] == ["W109"]


# ---- refusals


@pytest.mark.parametrize(
    ("lines", "code", "says"),
    [
        (("input 4x4x2", "random_grayscale"), "E302", "1 channel (grey)"),
        (("a: input 4x4", "b: input 4x4x1", "concat from a, b"), "E307", "2 and 3 axes"),
        (("input 6x3", "rescale [1, 2, 3], offset=[1, 2]"), "E311", "offset"),
        (("input 3", "s: input 4", "t: input 4", "rnn_cell 4 from input, s, t"), "E118", "2 inputs"),
        (("i: input 5x3", "s: input 4", "t: input 4", "gru 4 from i, s, t"), "E118", "1 to 2 inputs"),
        (("i: input 5x3", "s: input 4", "t: input 4", "rnn 4 from i, s, t"), "E118", "1 to 2 inputs"),
        (("i: input 5x3", "s: input 4", "t: input 4", "u: input 4", "lstm 4 from i, s, t, u"), "E118", "1 to 3 inputs"),
        (("q: input 5x6x4", "k: input 3x7x4", "mha 2, 3, attention_axes=1 from q, k"), "E307", "axis 2 is 6 and 7"),
        (("input 8x8x3", "random_erasing 1.5"), "E121", "from 0 to 1"),
        (("input 8x8x3", "random_grayscale 1.5"), "E121", "from 0 to 1"),
        (("input 5x4", 'einsum_dense "abc,cd->abd", (foo, 64)'), "E121", "`none` stands for"),
    ],
)
def test_refused(lines: tuple[str, ...], code: str, says: str) -> None:
    ((got, message, _),) = found(*lines)
    assert got == code and says in message


def test_a_size_with_channels_is_told_that_they_stay() -> None:
    assert found("input 28x28x3", "resize 224x224x3") == [
        (
            "E303",
            "`size` has 3 entries; what flows in has 2 spatial axes",
            ("rows and columns, as in 224x224; the channels stay as they are",),
        )
    ]


def test_only_where_there_are_several_letters_one_size_for_each_is_advised() -> None:
    ((_, _, one),) = found("input 5x4", 'einsum_dense "abc,cd->ad", (64, 2)')
    ((_, _, two),) = found("input 5x4", 'einsum_dense "abc,cd->abd", 64')
    assert (one, two) == ((), ("one for each letter: (none, 64)",))


# ---- what comes out


@pytest.mark.parametrize("open_", ["-1", "none"])
def test_a_letter_of_an_equation_is_left_open_in_two_ways(open_: str) -> None:
    layer = archcalc.analyze(text=network("input 5x4", f'e: einsum_dense "abc,cd->abd", ({open_}, 64)')).layers["e"]
    assert (layer.output_shape, layer.params) == ((5, 64), 4 * 64)


@pytest.mark.parametrize(("size", "kernel", "vector"), [("8x8x3", "3x3", 2), ("8x8x9x3", "3x3x3", 6)])
def test_the_vector_of_a_depthwise_kernels_norm(size: str, kernel: str, vector: int) -> None:
    # As long as the kernel's last axis: Keras's depthwise kernel ends in the multiplier, and over three axes it is written as groups.
    layer = archcalc.analyze(text=network(f"input {size}", f"s: spectral_norm {{ depthwise {kernel}, multiplier=2, nobias }}")).layers["s"]
    assert layer.non_trainable_params == vector


def test_channels_that_move_within_a_wrapper() -> None:
    first = archcalc.analyze(text=network("layout channels_first", "input 2x5x3x8x8", "t: time_distributed { conv_lstm 4, 3x3 }")).layers[
        "t"
    ]
    last = archcalc.analyze(text=network("input 2x5x8x8x3", "t: time_distributed { conv_lstm 4, 3x3 }")).layers["t"]
    assert (first.output_shape, last.output_shape) == ((2, 4, 6, 6), (2, 6, 6, 4)) and first.params == last.params == 1024


def test_of_many_states_their_number_is_told() -> None:
    ((code, message, _),) = found("input 5x3", "s: input 4", "stacked_rnn from input, s { lstm_cell 4; lstm_cell 5 }")
    assert code == "E118" and "4 states" in message


def test_positions_that_come_out_of_a_transposed_convolution_are_told_whole() -> None:
    ((code, message, fixes),) = found("input 2x1", "conv_transpose 3, 3, /3, pad=4, output_padding=2")
    # (2 - 1)*3 + 3 + 2 = 8, of which 4 + 4 are cut off
    assert code == "E311" and "8 positions come out, and 8 of them are cut off" in message
    assert fixes == ("`pad=3` would leave 2",)


# ---- derivations


def test_a_remainder_stands_in_brackets_where_they_are_needed() -> None:
    a, b, c = Traced(17, "a"), Traced(5, "b"), Traced(3, "c")
    for size in (a * b % c, a % b * c, a % (b * c), (a + b) % c, a // b % c, a % b // c, a % (b % c), a * (b % c), a - b % c, a // (b % c)):
        assert eval(size.numbers) == size.value == eval(size.symbols, {"a": 17, "b": 5, "c": 3})


def test_what_has_no_weights_has_no_working_of_their_bytes() -> None:
    analysis = archcalc.analyze(text=network("input 4", "r: relu", "d: dense 2"))
    assert analysis.derivation("r", "weight_bytes") is None
    assert analysis.derivation("d", "weight_bytes") is not None


# ---- warnings that look far, and sums that grow too large


def warned(text: str, *select: str, **options: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    (analysis,) = analyze_all(load("n.arch", text.encode()), None, Options(checks=Checks().changed(select=select), **options))
    return [(d.code, d.message, d.fixes) for d in analysis.diagnostics]


def test_nobody_looks_further_back_than_a_person_would() -> None:
    relu_twice = "network N {{ input 9; dense 4, relu; {}relu }}"
    assert [c for c, *_ in warned(relu_twice.format("identity; " * 3))] == ["W109"] and warned(relu_twice.format("identity; " * 200)) == []
    flattened = "network N {{ input 70x64; conv 64, 3; {}flatten; dense 2000 }}"
    assert [c for c, *_ in warned(flattened.format("relu; "), "W113")] == ["W113"]
    assert warned(flattened.format("dropout 0.1; " * 200), "W113") == []


def test_a_map_of_one_position_has_no_mean_that_is_smaller() -> None:
    assert warned("network N { input 3x3x64; conv 5000, 3x3; flatten; dense 2000 }", "W113") == []


def test_of_very_many_values_a_second_softmax_has_no_bound_worth_saying() -> None:
    assert [m for _, m, _ in warned("network N { input 9; dense 2_000_000_000, softmax; softmax }")] == [
        "softmax again: what flows in has come through it already"
    ]


def test_fields_that_are_apart_along_the_channels_alone_are_no_matter() -> None:
    turned = "network N {{ input 8x8x8; d: depthwise 1x1; p: permute (3, 2, 1) from d; a: conv 4, {}, same from p; b: conv 4, {}, same from p; add from a, b }}"
    assert [m.split(",")[0] for _, m, _ in warned(turned.format("3x3", "2x2"))] == ["along columns"]
    assert warned(turned.format("3x1", "2x1")) == []


def test_a_padding_in_all_layers_of_a_branch_where_one_does_not_mend_it() -> None:
    ((code, _, fixes),) = warned(
        "network N { i: input 16x1; a1: conv 1, 3, /2, same; a: conv 1, 3, /2, same; b: conv 1, 1, /4 from i; add from a, b }"
    )
    assert code == "W120" and fixes == ("`same` pads a and a1 unevenly; with `pad=1` in all of them, the fields line up",)
    mended = "network N { i: input 16x1; a1: conv 1, 3, /2, pad=1; a: conv 1, 3, /2, pad=1; b: conv 1, 1, /4 from i; add from a, b }"
    assert "W120" not in [c for c, *_ in warned(mended)]


def test_a_total_that_is_too_long_to_write_is_said_to_be_so() -> None:
    many = range(2, 430)
    branches = "".join(f"c{k}: conv 1, 1, /{k} from i; g{k}: gap from c{k}; " for k in many)
    text = f"network N(H) {{ i: input H x 1; {branches}concat from {', '.join(f'g{k}' for k in many)} }}"
    (analysis,) = analyze_all(load("n.arch", text.encode()), None, Options())
    assert "E316" in {d.code for d in analysis.diagnostics}
    assert (
        analysis.totals.units is None
        and analysis.totals.peak_activation_bytes is None
        and str(analysis.totals.params) == str(2 * len(many))
    )


def test_a_block_that_puts_nothing_out_hides_no_expectation() -> None:
    analysis = archcalc.analyze(text="block b { convv 3 }\nnetwork N { input 4; x: b; y: dense 3; expect y.params == 15 and (1 == 1) }")
    assert [d.code for d in analysis.diagnostics] == ["E101"] and [o.holds for o in analysis.expectations] == [None]


def test_a_comparison_that_words_do_not_have() -> None:
    ((code, message, _),) = found("input 6x1", "c: conv 3, 3", "expect (c.receptive_field < whole)")
    assert (code, message) == ("E201", "`<` does not work on 3 and whole")


def test_of_a_layer_that_failed_no_size_is_traced_back() -> None:
    analysis = archcalc.analyze(text=network("input 8x8x1", "a: conv 3, 99x99", "b: relu", "c: reshape 3x4"), real_taps=True)
    assert "unknown" in analysis.explain("b.shape") and analysis.layers["a"].connections is None


def test_a_peak_that_is_too_long_to_write_is_not_known() -> None:
    # The outputs alone are 400 terms, and the input is one more.
    many = range(2, 402)
    branches = "".join(f"c{k}: conv 1, 1, /{k} from i; " for k in many)
    analysis = archcalc.analyze(text=f"network N(H) {{ i: input H x 1; {branches}output from {', '.join(f'c{k}' for k in many)} }}")
    assert analysis.totals.activation_bytes is not None and analysis.totals.peak_activation_bytes is None
    wide = " x ".join(["(A + B + C + D + E + F + G)"] * 5)
    beside = archcalc.analyze(text=f"network N(A, B, C, D, E, F, G) {{ input {wide} x 1; small: input 5; output from small }}")
    assert beside.totals.peak_activation_bytes is None and "E316" in [d.code for d in beside.diagnostics]


def test_connections_whose_taps_are_too_long_to_write_are_not_known() -> None:
    many = range(2, 60)
    branches = "".join(f"c{k}: conv 1, 9, /{k}, same from i; g{k}: gap from c{k}; " for k in many)
    text = f"network N(H) {{ i: input H x 1; {branches}concat from {', '.join(f'g{k}' for k in many)} }}"
    assert archcalc.analyze(text=text).totals.connections is not None
    real = archcalc.analyze(text=text, real_taps=True)
    assert real.totals.connections is None and "E316" in [d.code for d in real.diagnostics]


def test_an_empty_block_with_nothing_before_it_puts_nothing_out() -> None:
    analysis = archcalc.analyze(text="block b { }\nnetwork N { x: b; input 4; y: dense 3; expect y.params == 15 }")
    assert analysis.ok and [o.holds for o in analysis.expectations] == [True]


def test_a_branch_whose_layer_has_no_such_argument_is_not_mended_by_it() -> None:
    # A frame of 8 and a kernel of 7, cut by one: middles at 3.5 and at 4. A spectrogram has no `kernel`.
    ((code, _, fixes),) = warned(
        "network N { i: input 64x1; a: stft_spectrogram magnitude, 8, 1, 8 from i; b: conv 5, 7 from i; c: crop ((1,0),) from b; add from a, c }"
    )
    assert (code, fixes) == ("W120", ())
