"""Functions, loops and helpers in generated code do what the graph says, layer by layer."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from codegen.recorded import differences
from running import ROOT, one_of_each_file

import archcalc
from archcalc.codegen import generate

# Keras's own, with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
EXAMPLES = one_of_each_file()

PROGRAMS = {
    "an input that is put out": "input 4; a: input 4; b: dense 3; bn; output from b, input",
    "a count": "input 8x8x4; repeat 5 { conv 4, 3x3, same, relu }",
    "a list": "input 8x8x4; for n in [4, 8, 12, 16, 20, 24] { conv n, 3x3, same; bn; relu; dropout 0.5 }; gap; dense 3",
    "residues in a loop": "input 8x8x4; conv 4, 1x1; repeat 4 { add { branch { } branch { conv 4, 3x3, same; bn } } }",
    "a loop in a loop": "input 8x8x4; repeat 3 { conv 4, 3x3, same; repeat 4 { bn; relu }; dropout 0.1 }",
    "labels in a loop": "input 8x8x4; repeat 4 { c: conv 4, 3x3, same; b: bn }; concat from c[1], c[3]",
    "all of a loop": "input 8x8x4; repeat 4 { c: conv 4, 3x3, same }; concat from c[:]",
    "the stem again": "input 8x8x4; stem: conv 4, 1x1; repeat 4 { conv 4, 3x3, same; bn }; last: relu; add from last, stem",
    "read by every pass": "input 8x8x4; s: conv 4, 1x1; repeat 4 { c: conv 4, 3x3, same; add from c, s }",
    "states": "input 5x4; repeat 3 { l: lstm 4, sequences, states; dense 4 }; concat from l[0].state_h, l[2].state_c",
    "a layer used again": "input 8x8x4; c: conv 4, 3x3, same; repeat 4 { reuse c; relu }",
    "an input called as Keras calls a layer": "dense: input 8; conv2d: input 8x8x4; d: dense 4 from dense; dense 4; conv 4, 3x3 from conv2d; flatten; e: dense 3; concat from e, d",
    "a layer called as Keras calls an input": "input 8; input_layer: dense 4; relu",
    "labels that Keras would give": "input 8x8x4; conv2d: conv 4, 3x3; conv 4, 3x3; dense_1: relu; flatten; dense 3",
}
BLOCKS = {
    "an optional step at the end": ("block b(n, act) { conv n, 3x3, same; if act { relu } }", "b 4, true; b 4, false; b 8, true; b 4, false"),
    "an optional step at the start": ("block b(n) { if in.c != n { conv n, 1x1 }; conv n, 3x3, same; bn }", "b 4; b 8; b 8; b 4; b 4"),
    "a shortcut that is computed, or not": (
        "block b(n) { add { branch { conv n, 3x3, same; bn } branch { if in.c != n { conv n, 1x1; bn } } }; relu }",
        "b 4; b 8; b 8; b 4",
    ),
    "a shortcut that comes first": (
        "block b(n) { add { branch { if in.c != n { conv n, 1x1; bn } } branch { conv n, 3x3, same; bn } }; relu }",
        "b 4; b 8; b 8; b 4",
    ),
    "either of two": ("block b(p) { if p { conv 4, 3x3, same } else { depthwise 3x3, same }; relu }", "b true; b false; b true; b false"),
    "optional steps that cross": (
        "block b(p, q) { if p { bn }; conv 4, 3x3, same; if q { dropout 0.5 }; relu; if p and q { bn } }",
        "b true, true; b true, false; b false, true; b false, false",
    ),
    "an optional sum": (
        "block b(n, s) { c: conv n, 3x3, same, /s; r: bn; if s == 1 and in.c == n { add from in, r } }",
        "b 4, 1; b 4, 2; b 4, 1; b 8, 1; b 8, 1",
    ),
    "two values in": ("block b(n) { a: conv n, 1x1 from in; concat from a, in[1]; conv n, 3x3, same }", "x: relu; y: b 4 from x, x; z: b 8 from y, x; b 4 from z, y"),
    "blocks in blocks": (
        "block u(n) { conv n, 3x3, same; bn; relu }\nblock b(n, k) { u n; repeat k { u n }; dropout 0.1 }",
        "b 4, 2; b 8, 3; b 4, 1; u 4; b 4, 4",
    ),
    "labels inside": ("block b(n) { c: conv n, 3x3, same; d: bn }", "x: b 4; y: b 8; b 8; concat from x.c, y.c; b 4"),
    "an instance's inner value": ("block b(n) { c: conv n, 3x3, same; d: bn; relu }", "x: b 4; y: b 4; concat from y, x.c, y.d"),
    "instances that share": ("block b(n) { c: conv n, 3x3, same; d: bn; relu }", "x: b 4; y: reuse x; z: b 4; w: reuse z; b 4"),
    "names that Python keeps": ("block b(lambda, x, name) { conv lambda, x, same; dropout name }", "b 4, 3, 0.5; b 8, 1, 0.25; b 4, 3, 0.5"),
    "a block called like a layer's part": ("block filters(n) { conv n, 3x3, same; bn; relu }", "filters 4; filters 8; filters 12"),
    "parts in a block": ("block b(n) { l: lstm n, sequences, states; repeat_vector 3 from l.state_h }", "reshape 64x4; b 4; b 5; b 4"),
    "a chain that is shared": ("block b(n) { c: conv n, 3x3, same; bn; relu; dropout 0.1 }", "s: relu; x: b 4 from s; y: reuse x from s; z: reuse x; add from x, y, z"),
    "a chain that is shared in a block": (
        "block b(n) { conv n, 3x3, same; bn; relu }\nblock t(n) { p: b n from in; q: reuse p from in; add from p, q }",
        "t 4; t 4; t 8",
    ),
    "chains that are shared, once by a layer alone": ("block b(n) { c: conv n, 3x3, same; bn; relu }", "x: b 4; y: reuse x; reuse x.c"),
    "the same value twice": ("block b(n) { conv n, 3x3, same; add from in, in }", "b 4; x: b 4; add from x, x; b 4"),
    "a layer used again by every pass": ("block b(n) { c: conv 4, 3x3, same; repeat n { reuse c; relu } }", "b 2; b 3; b 5; b 1"),
    "a label that some lack": (
        "block b(p) { if p { a: conv 4, 3x3, same }; c: bn; d: relu }",
        "x: b true; y: b false; z: b true; w: b false; concat from x.a, y.c, z, w",
    ),
    "one pass, and none": (
        "block u(n) { c: conv n, 3x3, same; r: relu; add from c, r }\nblock s(n, k) { u 4; repeat k - 1 { u n }; e: dropout 0.1 }",
        "a: s 4, 3; b: s 4, 1; c: s 8, 2; d: s 4, 4; concat from a, b.e, c, d",
    ),
    "a pass that is read inside": (
        "block u(n, k) { repeat k { c: conv n, 3x3, same; d: relu; add from c, d } }",
        "a: u 4, 3; b: u 4, 1; c: u 5, 2; d: u 3, 1; concat from a, b.c, c, d",
    ),
    "a condition that follows from another": (
        "block u(n) { if in.c == 4 { relu }; conv n, 3x3, same; bn }\nblock w(k) { conv 3 + k, 1x1; u 8 }",
        "w 1; w 2; w 1; w 2; w 3",
    ),
    "blocks called like functions of the file": (
        "block main(n) { conv n, 3x3, same; bn }\nblock prepare(x) { main x; relu }\nblock range(i) { repeat i { bn; relu } }",
        "prepare 4; prepare 5; range 2; main: range 3; build_model: main 4; keras: main 5; add from keras, keras",
    ),
    "parameters called like variables": (
        "block b(x, inputs, name, keras, i, count) { l: conv x, inputs, same; conv name, keras, same; repeat count { c: dense i; bn } }",
        "b 4, 3, 4, 3, 4, 2; b 8, 1, 5, 1, 6, 3; b 8, 3, 5, 1, 6, 4",
    ),
    "long names": (
        f"block {'b' * 90}({'p' * 90}) {{ {'l' * 90}: conv {'p' * 90}, 3x3, same; bn; add from in, {'l' * 90} }}",
        f"{'v' * 90}: {'b' * 90} 4; {'w' * 90}: {'b' * 90} 4; add from {'v' * 90}, {'w' * 90}",
    ),
}  # fmt: skip


def programs() -> list[Any]:
    found = {name: f"network N {{ {body} }}" for name, body in PROGRAMS.items()}
    found |= {name: f"{block}\nnetwork N {{ input 8x8x4; {body} }}" for name, (block, body) in BLOCKS.items()}
    return [pytest.param(text, id=name.replace(" ", "_")) for name, text in found.items()]


@pytest.mark.parametrize("text", programs())
def test_each_layer_is_made_and_applied_as_the_graph_says(keras: Any, text: str) -> None:
    analysis = archcalc.analyze(text=text)
    assert analysis.ok, [d.code for d in analysis.diagnostics]
    assert differences(keras, analysis.graph) == []


@pytest.mark.parametrize("path", EXAMPLES)
def test_examples_are_made_as_their_graphs_say(keras: Any, path: Path) -> None:
    with keras.StatelessScope(initialize_variables=False):
        assert differences(keras, archcalc.analyze(str(path)).graph) == []


@pytest.mark.parametrize("text", programs())
def test_a_linter_and_a_formatter_have_nothing_to_say(text: str, tmp_path: Path) -> None:
    pytest.importorskip("ruff", reason="ruff is not installed")
    (tmp_path / "net.py").write_text(code(text), encoding="utf-8")
    for command in (["check"], ["format", "--diff", "--line-length", "120"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def code(text: str) -> str:
    analysis = archcalc.analyze(text=text)
    assert analysis.ok, [d.code for d in analysis.diagnostics]
    return generate(analysis.graph, "x.arch")


def test_resnet50_is_short_and_says_nothing_three_times() -> None:
    source = generate(archcalc.analyze(str(ROOT / "examples" / "resnet50.arch")).graph, "resnet50.arch")
    assert len(source.splitlines()) < 90
    calls = re.findall(r"keras\.layers\.\w+", source)
    assert max(map(calls.count, calls)) <= 2


def test_a_block_that_is_used_more_than_once_is_a_function() -> None:
    source = code("block b(n) { conv n, 3x3; relu }\nnetwork N { input 9x9x1; b 4; b 8 }")
    assert "def b(x, n):" in source
    assert "x = b(inputs, 4)" in source


def test_a_block_that_is_used_once_is_none() -> None:
    assert "def b(" not in code("block b(n) { conv n, 3x3; relu }\nnetwork N { input 9x9x1; b 4 }")


def test_regular_repetition_is_a_loop() -> None:
    source = code("network N { input 9x9x4; repeat 5 { conv 4, 3x3, same; bn } }")
    assert source.count("Conv2D(") == 1
    assert "for _ in range(5):" in source


def test_labels_are_layer_names_and_others_have_none() -> None:
    source = code("network N { input 9x9x4; C1: conv 4, 3x3; flatten }")
    assert 'keras.layers.Conv2D(4, (3, 3), name="C1")' in source
    assert "keras.layers.Flatten()" in source


def test_a_layer_in_a_function_is_called_by_its_instance() -> None:
    source = code("block b(p) { if p { a: conv 4, 1x1 }; c: bn; relu }\nnetwork N { input 9x9x4; x: b false; y: b true; z: b false }")
    assert 'name=f"{name}_a"' in source
    assert '"y.a"' not in source


@pytest.mark.parametrize("start", ["", "dropout 0.5;"], ids=["only", "behind"])
def test_one_pass_is_a_loop_too_where_other_instances_have_more(start: str) -> None:
    source = code(
        f"block b(n, k) {{ {start} repeat k {{ c: conv n, 3x3, same; bn }} }}\nnetwork N {{ input 9x9x4; b 4, 3; b 4, 1; b 5, 2 }}"
    )
    assert source.count("Conv2D(") == 1
    assert "for i in range(k):" in source
    assert "if k" not in source


def test_no_function_has_a_loop_in_one_case_and_its_steps_in_another() -> None:
    block = "block u(n) { conv n, 3x3, same; bn }\nblock b(n) { u n; dense 4; u 4; dense 4; relu }"
    source = code(f"{block}\nnetwork N {{ input 9x9x4; b 5; b 4; b 6 }}")
    assert "def b(x, n):" in source
    assert "if n" not in source


def test_one_of_two_is_if_and_else() -> None:
    source = code("block b(p) { if p { conv 4, 3x3, same } else { dense 4 }; relu }\nnetwork N { input 8x8x4; b true; b false }")
    assert source.count("if p:") == source.count("else:") == 1


def test_no_helper_is_all_that_a_function_does() -> None:
    blocks = "\n".join(f"block {name}(n) {{ conv n, 3x3, same; bn }}" for name in "abcd")
    calls = "; ".join(f"{name} {n}" for n in (4, 5) for name in "abcd")
    assert "def conv_bn" not in code(f"{blocks}\nnetwork N {{ input 8x8x4; {calls} }}")


def test_sizes_that_go_along_with_something_by_chance_are_parameters() -> None:
    block = "block b(sizes, g) { conv sizes[0], 1x1; if g { relu } }"
    source = code(f"{block}\nnetwork N {{ input 8x8x4; b [4], true; b [5], false; b [4], true }}")
    assert "def b(x, g, filters):" in source


def test_of_two_parameters_the_one_that_is_called_alike_is_meant() -> None:
    block = "block b(n, filters) { conv filters, 1x1; repeat n { relu; dropout 0.5 } }"
    assert "Conv2D(filters, (1, 1))" in code(f"{block}\nnetwork N {{ input 8x8x4; b 3, 3; b 4, 4 }}")


def test_names_say_what_they_are_about() -> None:
    source = code("block b(n) { a: conv n[0], 1x1; squeeze: conv n[1], 1x1 }\nnetwork N { input 8x8x4; b [4, 7]; b [5, 6]; b [9, 4] }")
    assert "def b(x, filters, squeeze_filters, name):" in source
    source = code("block b(n) { a: conv n, 1x1; relu }\nnetwork N { input 8x8x4; x: b 4; reuse x; reuse x; reuse x.a }")
    assert "def b(x, a_layer, relu_1_layer):" in source
    source = code("network N { input 8x8x4; repeat 5 { c: conv 4, 1x1; r: relu; add from c, r } }")
    assert "        c = keras.layers.Conv2D(4, (1, 1)" in source
    source = code("block b(n) { conv n, 1x1; relu }\nnetwork N { input 8x8x4; b 4; b 5 }")
    assert "outputs = b(x, 5)" in source


def test_a_function_takes_the_name_of_no_class_that_the_file_has() -> None:
    block = "block PaddedConv2D(n) { dense n; relu }"
    source = code(f"{block}\nnetwork N {{ input 3x8x8x4; time_distributed {{ conv 4, 3x3, /2, pad=1 }}; PaddedConv2D 4; PaddedConv2D 5 }}")
    assert source.count("PaddedConv2D(keras.layers.Conv2D)") == 1
    assert "def PaddedConv2D(" not in source


def test_values_that_are_used_elsewhere_are_not_copied_for_a_short_loop() -> None:
    source = code("network N { input 9x9x4; repeat 5 { conv 4, 3x3, same; r: relu }; output from r[0], r[2], r[4] }")
    assert "for " not in source


def test_ten_thousand_different_layers_take_no_time_to_speak_of() -> None:
    chance = random.Random(0)
    lines = "; ".join(chance.choice(("dense 3", "relu", "dense 4, relu", "bn", "dropout 0.5", "layernorm")) for _ in range(10_000))
    assert code(f"network N {{ input 4; {lines} }}").count("keras.layers.") > 5_000


def test_how_often_a_loop_is_gone_through_is_not_what_a_stride_happens_to_be() -> None:
    block = "block b(n, s) { conv 4, 5x5, same, /s; repeat n - 1 { conv 4, 3x3, same; bn; relu } }"
    source = code(f"{block}\nnetwork N {{ input 16x16x4; b 2, 1; b 3, 2; b 3, 2 }}")
    assert "for _ in range(n - 1):" in source
    assert "strides=s" in source


def test_no_loop_is_gone_through_once() -> None:
    block = "block b(n, s) { conv 4, 3x3, same, /s; repeat n - 1 { conv 4, 3x3, same; bn; relu } }"
    assert "range(1)" not in code(f"{block}\nnetwork N {{ input 16x16x4; b 2, 1; b 3, 2; b 3, 2 }}")
