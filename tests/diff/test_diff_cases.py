"""Edits as people make them, each with what a person would say of it."""

from __future__ import annotations

import archcalc
from archcalc.diff import Diff

BLOCK = """block unit(c, act = relu) {
    add {
        branch { conv c, 3x3, same; bn; activation act; conv c, 3x3, same; bn }
        branch { conv c, 1x1; bn }
    }
    relu
}
"""
NET = "network N(w = 8) {\n input 16x16x3\n stem: conv w, 3x3\n BODY\n gap\n out: dense 10, softmax\n}\n"


def diff(before: str, after: str, **options: object) -> Diff:
    one, two = archcalc.analyze(text=before), archcalc.analyze(text=after, **options)
    assert one.ok and two.ok, (one.diagnostics, two.diagnostics)
    return one.diff(two)


def net(body: str, head: str = BLOCK) -> str:
    return head + NET.replace("BODY", body)


def causes(found: Diff) -> list[tuple[str, str, int]]:
    return [(cause.change, cause.name, len(cause.layers)) for cause in found.causes]


def follows(found: Diff) -> dict[str, set[str]]:
    return {one.now.name: {cause.name for cause in one.follows} for one in found.consequences}


def test_one_more_instance_is_told_as_a_whole() -> None:
    for body in ("unit 8; unit 8; unit 8; unit 16", "unit 8; unit 8; unit 16; unit 16", "unit 8; unit 12; unit 8; unit 16"):
        found = diff(net("unit 8; unit 8; unit 16"), net(body))
        ((change, _, count),) = causes(found)
        (cause,) = found.causes
        assert change == "added" and count == 9 and len({one.after.group.name for one in cause.layers}) == 1, f"{found}"
        assert all(one.field and not one.shape for one in found.consequences if one.now.name != "out")


def test_a_repeat_counts_once_more() -> None:
    found = diff(net("a: unit 8\n repeat 3 { unit 8 }"), net("a: unit 8\n repeat 5 { unit 8 }"))
    assert [(c.change, len(c.layers)) for c in found.causes] == [("added", 18)]
    assert len({one.after.group.name for one in found.causes[0].layers}) == 2


def test_blocks_written_out_are_the_same() -> None:
    out = """
        add { branch { conv 8, 3x3, same; bn; relu; conv 8, 3x3, same; bn } branch { conv 8, 1x1; bn } }; relu
        add { branch { conv 8, 3x3, same; bn; relu; conv 8, 3x3, same; bn } branch { conv 8, 1x1; bn } }; relu
    """
    looped = "for c in [w, w] { unit c, act=relu }"
    forms = [
        net("unit 8; unit 8"),
        net("repeat 2 { unit 8 }"),
        net(looped),
        net(out, ""),
        net("unit 8; unit c=8", BLOCK.replace("activation act", "relu")),
    ]
    for one in forms[:4]:
        for two in forms[:4]:
            found = diff(one.replace("activation act", "relu"), two.replace("activation act", "relu"))
            assert found.same and not found.changed, str(found)


def test_a_call_with_another_argument_is_one_edit_and_its_layers_follow() -> None:
    found = diff(net("unit 8; unit 8"), net("unit 12; unit 8"))
    assert causes(found) == [("call", "unit_1", 0)]
    assert [d[:3] for d in found.causes[0].details] == [("c", 8, 12)]
    assert follows(found)["unit_1.conv_1"] == follows(found)["unit_2.conv_1"] == {"unit_1"}
    assert [one.led[0][:3] for one in found.consequences if one.now.name == "unit_1.conv_3"] == [("filters", 8, 12)]


def test_a_statement_of_a_block_is_one_edit_of_all_its_instances() -> None:
    found = diff(net("unit 8; unit 8; unit 16"), net("unit 8; unit 8; unit 16", BLOCK.replace("c, 1x1", "c, 3x3, same")))
    assert causes(found) == [("changed", "unit_1.conv_3", 3)]
    found = diff(
        net("unit 8; unit 8; unit 16"),
        net("unit 8; unit 8; unit 16", BLOCK.replace("; bn }\n        branch", "; dropout 0.5; bn }\n        branch")),
    )
    assert causes(found) == [("added", "unit_1.dropout_1", 3)] and not found.consequences


def test_a_parameter_and_what_only_follows_from_what_flows_in() -> None:
    text = net("conv stem.c * 2, 1x1; relu")
    found = diff(text, text, params={"w": 12})
    assert causes(found) == [("parameter", "w", 0)]
    assert follows(found) == {name: {"w"} for name in ("stem", "conv_1", "relu_1", "gap_1", "out")}
    found = diff(text, text.replace("conv w, 3x3", "conv 12, 3x3"))
    assert causes(found) == [("changed", "stem", 1)]
    assert follows(found) == {name: {"stem"} for name in ("conv_1", "relu_1", "gap_1", "out")}


def test_a_definition_that_was_edited_is_one_edit() -> None:
    text = "let K = 3\n" + net("conv 8, K; conv 8, K")
    found = diff(text, text.replace("K = 3", "K = 5"))
    assert causes(found) == [("definition", "K", 0)]
    assert [d[:3] for d in found.causes[0].details] == [("K", "3", "5")]
    assert {one.now.name for one in found.consequences if one.led} == {"conv_1", "conv_2"}
    text = net("for c in [8, 16] { conv c, 3x3 }")
    assert causes(diff(text, text.replace("16]", "24]"))) == [("definition", "c", 0)]
    text = "let K = 3\nlet TWICE = 2 * K\n" + net("unit TWICE; conv TWICE, 1x1")
    assert causes(diff(text, text.replace("K = 3", "K = 5"))) == [("definition", "K", 0)]


def test_another_input_size() -> None:
    text = net("maxpool 2x2")
    found = diff(text, text.replace("16x16x3", "32x32x1"))
    assert causes(found) == [("changed", "input", 1)] and follows(found)["stem"] == {"input"}
    assert "out" not in follows(found)  # as many values flow into it as did


def test_an_edit_without_an_effect_on_shapes_is_not_blamed_for_them() -> None:
    found = diff(net("conv 8, 1x1; bn; relu"), net("conv 16, 1x1; bn momentum=0.5; relu"))
    assert causes(found) == [("changed", "conv_1", 1), ("changed", "bn_1", 1)]
    assert follows(found)["relu_1"] == follows(found)["out"] == {"conv_1"}


def test_edits_in_two_branches_are_told_apart_behind_each() -> None:
    body = "concat { branch { conv 4, 1x1; relu } branch { conv 6, 1x1; tanh } }"
    found = diff(net(body), net(body.replace("conv 4", "conv 5").replace("conv 6", "conv 7")))
    assert follows(found)["relu_1"] == {"conv_1"} and follows(found)["tanh_1"] == {"conv_2"}
    assert follows(found)["concat_1"] == {"conv_1", "conv_2"}


def test_a_later_edit_hides_an_earlier_one() -> None:
    """Nothing of more filters in front comes through a convolution whose own filters were edited."""
    found = diff(net("conv 8, 1x1; conv 8, 1x1; relu"), net("conv 9, 1x1; conv 10, 1x1; relu"))
    assert follows(found)["relu_1"] == {"conv_2"}


def test_what_changes_no_shape_is_not_blamed_for_one() -> None:
    """A normalisation that is gone or new does not hide, and is not taken for, what changed before it."""
    found = diff(net("conv 8, 1x1; bn; relu"), net("conv 16, 1x1; relu"))
    assert follows(found)["relu_1"] == follows(found)["out"] == {"conv_1"}
    found = diff(net("conv 8, 1x1; relu"), net("conv 16, 1x1; bn; relu"))
    assert follows(found)["relu_1"] == {"conv_1"}
    found = diff(net("conv 8, 1x1; relu"), net("conv 16, 1x1; conv 24, 1x1; relu"))
    assert follows(found)["relu_1"] == {"conv_2"}  # whatever flows into it, 24 maps come out
    found = diff(net("conv 8, 1x1; relu"), net("conv 16, 1x1; maxpool 2x2; relu"))
    assert follows(found)["relu_1"] == {"maxpool_1", "conv_1"}


def test_branches_in_another_order_with_edits_in_each() -> None:
    """Labels help where there are some; else what is read tells which normalisation is which."""
    one = "add { branch { s: conv 8, 1x1; bn } branch { conv 8, 3x3, same; bn } }"
    two = "add { branch { conv 8, 3x3, same; bn momentum=0.5 } branch { s: conv 8, 1x1, nobias; bn momentum=0.5 } }"
    found = diff(net(one), net(two))
    assert sorted(causes(found)) == [("changed", "add_1", 1), ("changed", "bn_1", 1), ("changed", "bn_2", 1), ("changed", "s", 1)], str(
        found
    )
    details = {cause.name: [d.what for d in cause.details] for cause in found.causes}
    assert details == {"add_1": ["inputs"], "bn_1": ["momentum"], "bn_2": ["momentum"], "s": ["bias"]}


def test_a_shortcut_put_in() -> None:
    found = diff(net("a: conv 8, 3x3, same; b: conv 8, 3x3, same"), net("a: conv 8, 3x3, same; b: conv 8, 3x3, same; add from a, b"))
    assert causes(found) == [("added", "add_1", 1)] and not found.consequences
    found = diff(net("a: relu; b: conv 8, 3x3, same; add from a, b"), net("a: relu; b: conv 8, 3x3, same; add from b, b"))
    assert causes(found) == [("changed", "add_1", 1)] and [d.what for d in found.causes[0].details] == ["inputs"]


def test_what_the_network_puts_out() -> None:
    text = net("a: conv 8, 1x1\n b: conv 8, 1x1 from stem\n concat from a, b")
    found = diff(text + "", text.replace("softmax\n", "softmax\n output from out, a\n"))
    assert causes(found) == [("outputs", "outputs", 0)]
    assert found.causes[0].details[0][1:3] == (["out"], ["out", "a"])


def test_weights_that_are_shared_no_longer() -> None:
    text = net("a: conv 8, 3x3, same\n b: reuse a\n c: reuse a")
    found = diff(text, text.replace("b: reuse a", "b: conv 8, 3x3, same"))
    assert causes(found) == [("changed", "b", 1)] and [d.what for d in found.causes[0].details] == ["shares"]
    found = diff(net("a: conv 8, 3x3, same\n b: reuse a"), net("b: conv 8, 3x3, same"))
    assert {cause.change for cause in found.causes} == {"changed", "removed"}


def test_frozen_layers() -> None:
    found = diff(net("a: conv 8, 3x3, trained; relu"), net("a: conv 8, 3x3; relu"))
    assert found.same and not found.changed
    found = diff(net("a: conv 8, 3x3; relu"), net("a: conv 8, 3x3, frozen; relu"))
    assert causes(found) == [("changed", "a", 1)] and not found.consequences
    assert found.causes[0].layers[0].figures["trainable_params"] == (584, 0)


def test_layout_and_dtype() -> None:
    text = "network N { input 8x8x3; conv 4, 3x3; bn; gap; dense 2 }"
    found = diff(text, text.replace("input 8x8x3", "layout channels_first\n input 3x8x8"))
    assert ("layout", "layout", 0) in causes(found)
    found = diff(text, text.replace("input", "dtype float16\n input"))
    assert causes(found) == [("dtype", "dtype", 0)] and {one.now.name for one in found.consequences} == {
        "conv_1",
        "bn_1",
        "gap_1",
        "dense_1",
    }
    assert all(names == {"dtype"} for names in follows(found).values())


def test_more_causes_than_are_named() -> None:
    body = "concat {" + "".join(f" branch {{ conv {n}, 1x1 }}" for n in range(1, 8)) + " }"
    found = diff(
        net(body),
        net(
            body.replace("conv 1,", "conv 21,")
            .replace("conv 2,", "conv 22,")
            .replace("conv 3,", "conv 23,")
            .replace("conv 4,", "conv 24,")
            .replace("conv 5,", "conv 25,")
        ),
    )
    assert len(found.causes) == 5
    text = str(found)
    assert "after conv_1: 14x14x1 -> 14x14x21, and conv_2, conv_3, conv_4, others" in text


def test_mistakes_in_python() -> None:
    broken = archcalc.analyze(text="network N { input 4; dens 3 }")
    fine = archcalc.analyze(text="network N { input 4; dense 3 }")
    for one, two in ((broken, fine), (fine, broken)):
        try:
            one.diff(two)
        except archcalc.ArchError as error:
            assert "a mistake that leaves layers unknown" in str(error)
        else:
            raise AssertionError
