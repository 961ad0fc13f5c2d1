"""Memory: figures worked by hand, where each format shows them, and what is not known."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest
from running import ROOT, analyze_text, archcalc

import archcalc as package
from archcalc.analysis.memory import Liveness, is_view, training
from archcalc.layers.activation import Activation
from archcalc.recipes import OPTIMIZERS, SLOTS

LENET = str(ROOT / "examples" / "lenet5.arch")
RESIDUAL = "network N { input 8x8x4; a: conv 4, 3x3, same; b: relu; c: conv 4, 3x3, same; d: add from c, input; relu }"


def analyze(text: str, **options: Any) -> Any:
    analysis = package.analyze(text=text, **options)
    assert analysis.ok, analysis.diagnostics
    return analysis


def live(text: str, **options: Any) -> dict[str, int]:
    """The values that are alive while each layer runs, four bytes each."""
    found = analyze(text, **options).totals.liveness
    assert all(size % 4 == 0 for size in found.live)
    return {name: size // 4 for name, size in found.during.items()}


# ---- by hand -----------------------------------------------------------------------------------------------------


def test_lenet_5() -> None:
    """A chain: what each layer reads and what it puts out. 28*28*6 and 14*14*6 are the most."""
    a = package.analyze(LENET)
    sizes = [32 * 32, 28 * 28 * 6, 14 * 14 * 6, 10 * 10 * 16, 5 * 5 * 16, 120, 84, 10]
    pairs = [before + after for before, after in zip(sizes, sizes[1:], strict=False)]
    pairs.insert(5, 120)  # flatten looks at C5
    assert [n // 4 for n in a.totals.liveness.live] == pairs
    assert a.totals.peak_activation_bytes == 4 * 28 * 28 * 6 + 4 * 14 * 14 * 6 == 23_520
    assert a.totals.liveness.at_layer == "S2"
    assert [(b.node.name, b.bytes) for b in a.totals.liveness.alive(a.totals.liveness.at)] == [("C1", 18_816), ("S2", 4_704)]


def test_what_a_residual_block_goes_around_is_alive_all_the_way() -> None:
    """Three maps of 8*8*4 while the block computes: what comes in, what is read, what is written."""
    assert live(RESIDUAL) == {"a": 512, "b": 768, "c": 768, "d": 768, "relu_1": 512}


def test_a_u_net_s_skips_lie_there_until_they_are_read() -> None:
    text = """network N {
        input 8x8x1
        left1: conv 4, 3x3, same        # 256
        down1: maxpool 2x2              # 64
        left2: conv 8, 3x3, same        # 128
        down2: maxpool 2x2              # 32
        bottom: conv 16, 3x3, same      # 64
        up2: upsample 2x2               # 256
        join2: concat from up2, left2   # 384
        right2: conv 8, 3x3, same       # 128
        up1: upsample 2x2               # 512
        join1: concat from up1, left1   # 768
        right1: conv 2, 1x1             # 128
    }"""
    assert live(text) == {
        "left1": 64 + 256,
        "down1": 256 + 64,
        "left2": 256 + 64 + 128,
        "down2": 256 + 128 + 32,
        "bottom": 256 + 128 + 32 + 64,
        "up2": 256 + 128 + 64 + 256,
        "join2": 256 + 128 + 256 + 384,
        "right2": 256 + 384 + 128,
        "up1": 256 + 128 + 512,
        "join1": 256 + 512 + 768,
        "right1": 768 + 128,
    }


def test_inputs_are_there_from_the_start_and_outputs_stay() -> None:
    """x waits until it is read last; y is read first; a, which nobody reads, and d are outputs."""
    text = (
        "network N { x: input 100; y: input 10; a: dense 3 from y; b: dense 20 from y; c: dense 5; d: concat from x, c; output from a, d }"
    )
    assert live(text) == {"a": 100 + 10 + 3, "b": 100 + 10 + 3 + 20, "c": 100 + 3 + 20 + 5, "d": 100 + 3 + 5 + 105}


def test_views_take_nothing_and_keep_what_they_look_at() -> None:
    """b, c and e look at a, which is needed as long as one of them is."""
    text = "network N { input 5x4; a: relu; b: flatten; c: dropout 0.5; e: reshape 2x10; f: dense 30 from c; g: dense 1; h: flatten from e; concat from g, h }"
    assert live(text) == {"a": 40, "b": 20, "c": 20, "e": 20, "f": 50, "g": 51, "h": 21, "concat_1": 42}


def test_what_is_looked_at_stays_as_an_output() -> None:
    assert live("network N { input 5x4; a: relu; b: flatten; c: dense 7; output from b, c }") == {"a": 40, "b": 20, "c": 27}
    assert live("network N { a: input 9; b: flatten; c: dense 7; output from b, c }")["c"] == 16


def test_flatten_is_a_copy_where_the_network_has_channels_first() -> None:
    """As in Keras, channels vary fastest in what comes out: the values lie in another order. With one channel they do not."""
    text = "network N {{ layout channels_first; input {}x5x6; a: relu; b: flatten; c: dense 1 }}"
    assert live(text.format(3))["b"] == 180 and live(text.format(1))["b"] == 30
    assert live("network N { input 5x6x3; a: relu; b: flatten; c: dense 1 }")["b"] == 90


def test_a_layer_s_states_are_made_with_its_output() -> None:
    """While it runs, there are its input, its output and both states; the state that nobody reads is not counted."""
    text = (
        "network N { input 5x3; a: lstm 4, states, sequences; b: dense 7 from a.state_h; c: dense 2; d: flatten from a; concat from c, d }"
    )
    assert live(text) == {"a": 15 + 20 + 4, "a.state_h": 39, "b": 20 + 4 + 7, "c": 20 + 7 + 2, "d": 22, "concat_1": 20 + 2 + 22}
    # The output itself is read by nobody: its memory is free once the layer has run.
    assert live("network N { input 5x3; a: lstm 4, states; b: dense 7 from a.state_h }") == {"a": 15 + 4 + 4, "a.state_h": 23, "b": 11}


def test_each_use_of_shared_weights_has_an_output() -> None:
    assert live("network N { x: input 8; y: input 8; a: dense 4 from x; b: reuse a from y; add from a, b }") == {
        "a": 20, "b": 16, "add_1": 12,
    }  # fmt: skip


def test_a_network_without_layers_has_its_inputs() -> None:
    totals = package.analyze(text="network N { input 6 }").totals
    assert (totals.peak_activation_bytes, totals.liveness.at, totals.liveness.at_layer) == (24, None, "")


def test_batch_and_dtype() -> None:
    peak = analyze(RESIDUAL).totals.peak_activation_bytes
    assert analyze(RESIDUAL, batch=5).totals.peak_activation_bytes == 5 * peak
    assert analyze(RESIDUAL.replace("{", "{ dtype float16;", 1)).totals.peak_activation_bytes == peak // 2


def test_a_linear_activation_is_a_view_however_it_is_written() -> None:
    assert Activation(function="linear").view and not Activation(function="tanh").view
    for line in ("linear", "activation linear"):
        analysis = analyze(f"network N {{ input 4; dense 3; a: {line}; dense 2 }}")
        assert is_view(analysis.layers["a"].node)


# ---- training ----------------------------------------------------------------------------------------------------

RECIPE = "network N {{ input 10; dense 6; bn; dense 2; train {{ data random; {} }} }}"
# 10*6 + 6 and 6*2 + 2 trained, and of the normalisation 2*6 of 4*6; outputs of 6, 6 and 2 values
TRAINED, STORED, OUTPUTS = 66 + 14 + 12, 12, 14


@pytest.mark.parametrize(("line", "kept"), [("epochs 1", 2), ("optimizer sgd", 0), ("optimizer rmsprop", 1), ("optimizer adam, 1e-3", 2)])
def test_training_takes_weights_gradients_slots_and_outputs(line: str, kept: int) -> None:
    for batch in (1, 7):
        totals = analyze(RECIPE.format(line), batch=batch).totals
        assert totals.training == (4 * (TRAINED + STORED), 4 * TRAINED * (1 + kept), 4 * OUTPUTS * batch)
        assert totals.training_bytes == sum(totals.training)


def test_without_a_recipe_it_is_adam() -> None:
    a = package.analyze(LENET)
    assert a.totals.training_bytes == 4 * (60_840 + 3 * 60_000 + 8_214)


def test_an_optimizer_with_a_mistake_leaves_training_unknown() -> None:
    a = package.analyze(text=RECIPE.format("optimizer admn"))
    assert not a.ok and a.totals.training_bytes is None and a.totals.peak_activation_bytes is not None


def test_there_are_slots_for_every_optimizer() -> None:
    assert set(SLOTS) == set(OPTIMIZERS)
    assert training(0, 10, 0, optimizer="sgd").bytes == 40


def _kept(keras: Any, optimizer: Any) -> list[int]:
    """The sizes of what an optimizer keeps for a kernel of 20 x 30 and a bias of 30, largest first; single numbers aside."""
    model = keras.Sequential([keras.Input((20,)), keras.layers.Dense(30)])
    optimizer.build(model.trainable_variables)
    return sorted((v.numpy().size for v in optimizer.variables if v.shape != ()), reverse=True)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_keras_s_optimizers_keep_so_many_arrays_of_the_weights_sizes(name: str) -> None:
    keras = pytest.importorskip("keras", reason="Keras is not installed")
    kept = _kept(keras, getattr(keras.optimizers, OPTIMIZERS[name])())
    factors = [30, 20] if name == "adafactor" else []  # of the kernel's rows and columns: they are left out
    assert sorted(kept, reverse=True) == sorted([600, 30] * SLOTS[name] + factors, reverse=True)


def test_keras_keeps_more_with_other_arguments() -> None:
    """What the figures say of the default arguments: momentum, which the language does not have, would keep another value."""
    keras = pytest.importorskip("keras", reason="Keras is not installed")
    assert _kept(keras, keras.optimizers.SGD(momentum=0.9)) == [600, 30]


# ---- where it stands ---------------------------------------------------------------------------------------------


def test_the_table_says_both() -> None:
    assert " Peak activations: 22.97 KB at S2   Training: 972.87 KB\n" in archcalc("analyze", LENET).out


def test_the_document_has_both_and_what_is_alive_at_each_layer() -> None:
    document = json.loads(archcalc("analyze", LENET, "--format", "json").out)
    assert (document["totals"]["peak_activation_bytes"], document["totals"]["training_bytes"]) == (23_520, 996_216)
    assert [layer["live_bytes"] for layer in document["layers"]] == package.analyze(LENET).totals.liveness.live


def test_a_column_shows_what_is_alive_and_its_foot_the_most() -> None:
    out = archcalc("analyze", LENET, "--columns", "live_bytes", "--format", "csv").out.splitlines()
    assert out[1] == "C1,conv,28x28x6,22912" and out[-1] == "total,,,23520"
    assert "| **total** |  | **23,520** |" in archcalc("analyze", LENET, "--columns", "live_bytes", "--format", "markdown").out


def test_a_folded_block_shows_the_most_of_its_layers() -> None:
    text = "block b() { dense 50; dense 3 }\nnetwork N { input 10; x: b; dense 1 }"
    out = analyze_text(text, "--columns", "live_bytes", "--depth", "1", "--format", "csv").out.splitlines()
    assert out[1:] == ["x,b,3,240", "dense_1,dense,1,16", "total,,,240"]


def test_expectations_have_both() -> None:
    text = RESIDUAL.replace("}", "\n expect total.peak_activation_bytes == 3 * 4 * 256\n expect total.training_bytes <= 2**20\n}")
    a = analyze(text)
    assert [(o.holds, o.left) for o in a.expectations] == [(True, 3_072), (True, a.totals.training_bytes)]
    (finding,) = package.analyze(text=text.replace("training_bytes", "training_byte")).diagnostics
    assert finding.code == "E207" and "training_bytes" in " ".join(finding.fixes)


def test_expectations_have_what_is_alive_at_a_layer() -> None:
    text = "block b() { dense 3; e: dense 2 }\nnetwork N { input 4; x: b; y: dense 5; expect x.e.live_bytes == 20 and y.live_bytes == 28 }"
    assert [o.holds for o in analyze(text).expectations] == [True]
    # A layer that reaches no output does not run; an input is no step; an instance has several.
    for wrong in ("left.live_bytes > 0", "input.live_bytes > 0", "x.live_bytes > 0", "total.live_bytes > 0"):
        a = package.analyze(text=text.replace("x: b;", "left: dense 2; x: b from input;").replace("expect", f"expect {wrong}\n expect"))
        assert [d.code for d in a.diagnostics if d.severity == "error"] == ["E207"], wrong
    a = package.analyze(text="network N { input 4; a: dense 3; conv 5, 3x3; expect a.live_bytes == 28 }")
    assert [o.holds for o in a.expectations] == [None] and [d.code for d in a.diagnostics] == ["E302"]


def test_explain_says_what_is_alive_and_adds_it_up() -> None:
    out = archcalc("explain", LENET, "total.peak_activation_bytes").out
    lines = [line.split() for line in out.splitlines()]
    assert ["C1", "28x28x6", "18,816", "until", "S2", "has", "run"] in lines and ["total", "23,520"] in lines
    assert ["S2", "23,520", "#" * 40] in lines and "no layer writes over what it reads" in out


def test_explain_says_why_a_buffer_is_kept() -> None:
    text = "network N { x: input 9; c: input 5x2; a: dense 4 from x; b: lstm 3, states from c; d: add from b.state_h, b.state_c; output from a, d }"
    out = analyze_text_explained(text, "b.live_bytes")
    assert ["a", "4", "16", "as", "an", "output"] in out and ["c", "5x2", "40", "until", "b", "has", "run"] in out
    assert ["b", "3", "12", "by", "no", "layer"] in out and ["b.state_h", "3", "12", "until", "d", "has", "run"] in out
    assert analyze_text_explained(text, "b.state_h.live_bytes")[-8:] == out[-8:]


def analyze_text_explained(text: str, target: str) -> list[list[str]]:
    """The words of each line that `explain` prints."""
    return [line.split() for line in archcalc("explain", "-", target, stdin=text.encode()).out.splitlines()]


def test_explain_has_the_terms_of_training() -> None:
    out = "\n".join(" ".join(line) for line in analyze_text_explained(RECIPE.format("optimizer rmsprop; batch 32"), "total.training_bytes"))
    assert "weights 104 params * 4 bytes 416" in out and "outputs 14 values * 4 bytes 56" in out
    assert "training them 92 trainable * (1 gradient + 1 of rmsprop) * 4 bytes 736" in out and "total 1,208" in out
    assert "the recipe's batch has 32 samples: --batch 32" in out


@pytest.mark.parametrize("target", ["total.peak_activation_bytes", "total.training_bytes", "a.live_bytes", "input.live_bytes"])
@pytest.mark.parametrize("form", ["text", "markdown", "latex"])
def test_explain_of_what_is_unknown(target: str, form: str) -> None:
    ran = archcalc("explain", "-", target, "--format", form, stdin=b"network N { input 4; a: dense 3; conv 5, 3x3 }")
    assert ran.code == 1 and "unknown" in ran.out


# ---- what is not known -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "network N { input 4; a: dense 3; conv 5, 3x3; dense 2 }",  # one does not fit
        "network N { input 4; a: dens 3; dense 2 }",  # one is unknown
        "network N { input 4; a: dense 3; dense 2,, }",  # one cannot be read
        "network N { input 0; a: dense 3 }",
        "network N {",
    ],
)
def test_with_a_mistake_there_is_no_number_that_leaves_something_out(text: str) -> None:
    a = package.analyze(text=text)
    assert not a.ok
    assert a.totals.peak_activation_bytes is None and a.totals.training_bytes is None and a.totals.liveness is None
    document = json.loads(a.to_json())
    assert document["totals"]["peak_activation_bytes"] is document["totals"]["training_bytes"] is None
    assert all(layer["live_bytes"] is None for layer in document["layers"])
    assert "Peak activations: ?   Training: ?" in analyze_text(text).out and "<" in a.to_html()


@pytest.mark.parametrize(
    "text",
    [
        "network N { input 4; a: dense 3; output from b }",
        "network N { input 4; a: dense 3; output from a, b }",
        "network N { input 4; a: dense 3; output from a[5] }",
        "block b() { dense 3; output from q }\nnetwork N { input 4; a: dense 3; x: b from a; output from x, a }",
    ],
)
def test_how_long_an_output_lives_is_not_known_where_none_can_be_found(text: str) -> None:
    totals = package.analyze(text=text).totals
    assert totals.peak_activation_bytes is None and totals.training_bytes is not None


# ---- large networks ----------------------------------------------------------------------------------------------

LONG = "network N {\n x: input 8\n first: relu\n for i in range(30000) { e: relu from first }\n add from e[:]\n}"


@pytest.mark.parametrize("text", ["network N {\n input 8\n for i in range(60000) { relu }\n}", LONG], ids=["chain", "read often"])
def test_it_is_linear(text: str) -> None:
    """A chain, and one whose first layer is read by all others, all of which live to the end."""
    a = analyze(text)
    start = process_time()
    found = Liveness(a.graph)
    assert process_time() - start < 2
    assert found.peak == 4 * 8 * (2 if "first" not in text else 30_001)
    assert len(found.alive(found.at)) == found.peak // 32
