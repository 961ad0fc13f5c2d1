"""Weights used again, networks used as layers, layouts: counted by hand, layer by layer."""

from __future__ import annotations

from typing import Any

import pytest

import archcalc
from archcalc.pipeline import analyze_all, load


def analyze(text: str, network: str | None = None, **options: Any) -> Any:
    analysis = archcalc.analyze(text=text, network=network, **options)
    assert analysis.ok, analysis.diagnostics
    return analysis


def codes(text: str, network: str | None = None) -> list[str]:
    return [d.code for d in archcalc.analyze(text=text, network=network).diagnostics]


def test_a_layer_used_again_has_its_parameters_once_and_its_edges_each_time() -> None:
    a = analyze(
        "network N { x: input 8x8x3\n y: input 10x10x3\n c: conv 4, 3x3 from x\n d: reuse c from y\n gap; e: gap from c\n add from gap_1, e }".replace(
            "gap; e", "g: gap\n e"
        ).replace("gap_1", "g")
    )
    assert (a.layers["c"].params, a.layers["d"].params) == (4 * (27 + 1), 0)
    assert a.layers["c"].connections == 6 * 6 * 4 * 28
    assert a.layers["d"].connections == 8 * 8 * 4 * 28
    assert a.layers["d"].node.shares is a.layers["c"].node
    assert a.totals.params == 112


def test_a_layer_used_again_of_one_used_again_shares_with_the_first() -> None:
    a = analyze("network N { input 4; a: dense 4; b: reuse a; c: reuse b; d: reuse c }")
    assert [a.layers[n].node.shares.name for n in "bcd"] == ["a"] * 3
    assert a.totals.params == 20


def test_in_a_loop_each_pass_uses_the_same_weights() -> None:
    a = analyze("network N { input 4; first: dense 4; repeat 3 { again: reuse first; tanh } }")
    assert a.totals.params == 20
    assert a.totals.macs == 4 * 16


def test_the_ith_of_a_label_and_a_layer_within_an_instance_can_be_used_again() -> None:
    text = (
        "block b { inner: dense 4 }\nnetwork N { input 4; repeat 2 { e: b }\n x: reuse e[0].inner\n y: reuse e[1]\n z: reuse e[-1].inner }"
    )
    a = analyze(text)
    assert a.layers["x"].node.shares.name == "e[0].inner"
    assert a.layers["y.inner"].node.shares.name == "e[1].inner"
    assert a.layers["z"].node.shares.name == "e[1].inner"
    assert a.totals.params == 40


def test_an_instance_used_again_shares_layer_by_layer_and_its_figures_are_sums() -> None:
    text = """
    block tower(n) { repeat n { dense 4, relu }; bn; out: dense 2 }
    network N { a: input 4
     b: input 4
     ta: tower 3 from a
     tb: reuse ta from b
     concat from ta, tb
     expect ta.params == 3*20 + 16 + 10 and tb.params == 0 and tb.macs == ta.macs
     expect ta.shape == 2 and ta.out.params == 10 and total.params == ta.params
    }"""
    a = analyze(text)
    shared = {row.name: row.node.shares.name for row in a.rows if row.node.shares}
    assert shared == {f"tb.{n}": f"ta.{n}" for n in ("dense_1", "dense_2", "dense_3", "bn_1", "out")}


def test_who_is_used_first_may_be_left_out_and_the_next_owns_the_weights() -> None:
    a = analyze("network N { input 4; l: dense 3; k: reuse l from input; m: reuse l from input; add from k, m }")
    assert [d.code for d in a.diagnostics] == ["W102"]
    assert [(row.name, row.params) for row in a.rows] == [("k", 15), ("m", 0), ("add_1", 0)]
    assert a.layers["m"].node.shares.name == "k"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("reuse", "E112"), ("reuse a, b", "E114"), ("reuse a, 3", "E113"), ("reuse x=a", "E112"), ("reuse nothing", "E103"), ("reuse later\n later: dense 4", "E105"), ("reuse 3", "E209"),
        ("reuse [1]", "E209"), ("reuse input", "E120"), ("reuse a[5]", "E206"), ("dense 3\n reuse a", "E137"), ("reuse total", "E103"), ('reuse "q"', "E103"),
        ("reuse a { relu }", "E112"), ("reuse conv", "E103"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_again(line: str, code: str) -> None:
    assert codes(f"network N {{ input 4; a: dense 4\n {line}\n}}")[:1] == [code]


def test_a_quoted_label_can_be_used_again() -> None:
    assert analyze('network N { input 4; "a/b": dense 4; reuse "a/b" }').totals.params == 20


def test_what_belongs_to_a_call_may_be_another_each_time() -> None:
    """GPT-2 (Radford et al. 2019) in its smallest size: its last layer is the embedding of words, backwards."""
    text = """
    block layer(d, heads) {
        add { branch { layernorm; mha heads, d // heads, causal } branch { } }
        add { branch { layernorm; dense 4*d, gelu; dense d } branch { } }
    }
    network GPT2(words = 50257, length = 1024, d = 768) {
        text: input length
        places: input length
        tokens: reversible_embedding words, d from text
        positions: embedding length, d from places
        add from tokens, positions
        repeat 12 { layer d, 12 }
        layernorm
        logits: reuse tokens, reverse
    }"""
    a = analyze(text)
    assert a.totals.params == 124_439_808  # as the published checkpoint has
    assert (a.layers["logits"].params, a.layers["logits"].macs) == (0, 1024 * 768 * 50257)
    assert a.layers["tokens"].macs == 0


# ---- networks as layers -----------------------------------------------------------------------------------------

ENCODER = "network Encoder(H, W, c = 4) { input H x W x 1; conv c, 3x3; flatten; out: dense 8; expect total.params == 1 }\n"


def test_a_network_as_a_layer_takes_its_sizes_from_what_flows_in() -> None:
    a = analyze(ENCODER + "network N { input 9x7x1; e: Encoder c=2; dense 3 }", "N")
    assert [row.name for row in a.rows] == ["e.conv_1", "e.flatten_1", "e.out", "dense_1"]
    assert a.layers["e.out"].params == (7 * 5 * 2 + 1) * 8
    assert a.expectations == []  # those of the encoder are about it alone


def test_a_network_with_several_inputs_and_outputs_as_a_layer() -> None:
    text = """
    network Two { a: input 4
     b: input 5
     x: dense 3 from a
     y: dense 3 from b
     output from x, y }
    network N { p: input 4
     q: input 5
     t: Two from p, q
     add from t
     concat from t.x, t.y, in0
    }""".replace(", in0", "")
    a = analyze(text, "N")
    assert [n.name for n in a.layers["concat_1"].node.inputs] == ["t.x", "t.y"]
    assert a.totals.params == 5 * 3 + 6 * 3


def test_each_use_of_a_network_has_weights_of_its_own() -> None:
    a = analyze(ENCODER + "network N { input 9x9x1; e: Encoder; f: Encoder from input; add from e, f }", "N")
    assert a.layers["e.out"].params == a.layers["f.out"].params > 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("input 9x9x3; Encoder", "E136"), ("input 81; Encoder", "E136"), ("input 9x9x1; Encoder 1, 2, 3, 4", "E113"), ("input 9x9x1; Encoder x=3", "E110"),
        ("input 9x9x1; Encoder from input, input", "E118"), ("Encoder", "E118"), ("input 9x9x1; Encoder { relu }", "E117"), ("input 9x9x1; N", "E126"),
        ("input 9x9x1; Encoder from nowhere", "E103"), ("input 9x9x1; time_distributed { Encoder }", "E134"), ("input 9x9x1; Encoder H=8", "E136"),
    ],
)  # fmt: skip
def test_a_network_that_does_not_fit_as_a_layer(body: str, code: str) -> None:
    assert codes(ENCODER + f"network N {{ {body} }}", "N")[:1] == [code]


def test_check_does_not_ask_for_sizes_of_a_network_that_is_used_as_a_layer() -> None:
    loaded = load("t", (ENCODER + "network N { input 9x7x1; Encoder }").encode())
    assert [a.network for a in analyze_all(loaded)] == ["N"]
    alone = load("t", (ENCODER + "network N { input 9x7x1; flatten }").encode())
    assert [a.graph.free for a in analyze_all(alone)] == [("H", "W"), ()]


def test_a_free_size_does_not_take_a_value_of_the_same_name_outside() -> None:
    text = "let H = 99\n" + ENCODER + "network N { input 9x7x1; Encoder; dense H }"
    assert analyze(text, "N").layers["Encoder_1.conv_1"].output_shape == (7, 5, 4)


# ---- layout and dtype -------------------------------------------------------------------------------------------

NET = """conv 8, 3x3, /2, same; bn; relu; maxpool; a: conv 6, 1x1; b: conv 2, 3x3, pad=1 from maxpool_1
 concat from a, b; subsample; upsample; zero_pad 1; spatial_dropout 0.5; gap; dense 3"""


def test_the_two_layouts_of_a_network_have_the_same_figures_and_shapes_turned_round() -> None:
    body = NET.replace("maxpool;", "m: maxpool;").replace("maxpool_1", "m")
    last = analyze(f"network N {{ input 16x12x3; {body} }}")
    first = analyze(f"network N {{ layout channels_first; input 3x16x12; {body} }}")
    for one, other in zip(last.rows, first.rows, strict=True):
        shape = one.output_shape
        assert other.output_shape == (shape[-1], *shape[:-1])
        assert one[1:] == other[1:], one.name


def test_sizes_and_axes_follow_the_layout() -> None:
    text = """network N { layout channels_first
     x: input 3x16x12
     a: conv 8, 3x3  -> 8x14x10
     expect x.c == 3 and x.h == 16 and x.w == 12 and a.c == 8 and a.h == 14 and a.shape == (8, 14, 10)
     dense 5         -> 8x14x5
     flatten }"""
    a = analyze(text)
    assert a.layers["flatten_1"].output_shape == (8 * 14 * 5,)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("layout channels_first; input 3x4x4; conv 5, 3x3; bn", ["bn_1", 4 * 5]), ("input 4x4x3; conv 5, 3x3; bn", ["bn_1", 4 * 5]),
        ("layout channels_first; input 3x4x5; layernorm", ["layernorm_1", 2 * 5]), ("layout channels_first; input 6x4x4; groupnorm 3", ["groupnorm_1", 12]),
    ],
)  # fmt: skip
def test_normalisation_is_over_the_channels_of_the_layout(body: str, expected: list[Any]) -> None:
    name, params = expected
    assert analyze(f"network N {{ {body} }}").layers[name].params == params


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("input 3x4x4; layout channels_first; relu", "E135"), ("layout; input 4; relu", "E112"), ("layout first; input 4; relu", "E122"),
        ("layout channels_last, channels_first; input 4; relu", "E112"), ("dtype; input 4; relu", "E112"), ("dtype float12; input 4; relu", "E122"),
        ("input 4; b", "E120"),
    ],
)  # fmt: skip
def test_layout_and_dtype_that_cannot_be(body: str, code: str) -> None:
    assert codes(f"block b {{ layout channels_last; relu }}\nnetwork N {{ {body} }}")[:1] == [code]


def test_a_network_of_another_layout_is_no_layer() -> None:
    text = "network F { layout channels_first; input 3x4x4; conv 2, 1x1 }\nnetwork N { input 4x4x3; F }"
    assert codes(text, "N")[:1] == ["E136"]


# ---- layers around layers ---------------------------------------------------------------------------------------


def test_a_wrapper_stands_around_each_layer_of_its_body() -> None:
    a = analyze("network N { input 5x8x8x3; td: time_distributed { conv 4, 3x3; repeat 2 { c: conv 4, 3x3 }; flatten }; dense 2 }")
    assert [row.name for row in a.rows] == ["time_distributed_1", "c[0]", "c[1]", "time_distributed_2", "dense_1"]
    assert a.layers["time_distributed_2"].output_shape == (5, 2 * 2 * 4)
    assert a.layers["c[1]"].params == (9 * 4 + 1) * 4
    assert a.layers["c[1]"].connections == 5 * 2 * 2 * 4 * 37


def test_a_wrappers_label_is_that_of_the_one_layer_in_it_or_of_the_last() -> None:
    text = "network N { input 5x6; a: time_distributed { dense 4 }\n b: time_distributed { dense 3; tanh }\n add from b, b\n expect a.params == 28 and b.shape == (5, 3) }"
    assert "a" in analyze(text).layers


def test_states_of_a_layer_are_its_parts() -> None:
    text = """network N { input 5x6; enc: lstm 7, states
     t: input 4x6
     dec: lstm 7, sequences from t, enc.state_h, enc.state_c
     expect enc.state_h.shape == 7 and dec.shape == (4, 7) }"""
    a = analyze(text)
    assert [(row.name, row.output_shape) for row in a.rows] == [
        ("enc", (7,)),
        ("enc.state_h", (7,)),
        ("enc.state_c", (7,)),
        ("dec", (4, 7)),
    ]
    assert [d.code for d in analyze("network N { input 5x6; enc: lstm 7, states; dense 2 }").diagnostics] == []
