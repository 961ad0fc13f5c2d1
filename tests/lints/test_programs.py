"""Each lint with programs that it warns of, and their neighbours that it does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from running import ROOT

from archcalc.checks import BY_DEFAULT, ON_REQUEST, WARNINGS, Checks
from archcalc.codes import CODES
from archcalc.pipeline import Options, analyze_all, load
from archcalc.testing import networks

STRICT = Options(checks=Checks().changed(strict=True, ignore=["W104"]))


def warned(body: str, options: Options = STRICT, before: str = "") -> list[str]:
    """The codes of all findings about a network with this body."""
    (analysis,) = analyze_all(load("n.arch", f"{before}\nnetwork N {{\n{body}\n}}\n".encode()), None, options)
    return [d.code for d in analysis.diagnostics]


FIRING = {
    "a lost row in a wrapper": ("input 9x5x4x3; time_distributed { maxpool 2 }", "W101"),
    "a lost row in two wrappers": ("input 9x5x4x3; time_distributed { spectral_norm { conv 2, 2, /2 } }", "W101"),
    "a lost position of maps at each step": ("input 9x5x3; time_distributed { conv 2, 2, /2 }", "W101"),
    "gaps between windows": ("input 8x8x1; conv 2, 2, /3", "W106"),
    "gaps along one axis": ("input 8x8x1; conv 2, 2x3, /3x1", "W106"),
    "gaps of a pooling": ("input 8x8x1; avgpool 2, /3", "W106"),
    "gaps of a padded kernel": ("input 10x1; conv 2, 3, /4, pad=1", "W106"),
    "gaps in a wrapper": ("input 4x8x8x1; time_distributed { conv 2, 2, /3 }", "W106"),
    "an even kernel with `same`": ("input 8x8x1; conv 2, 2, same", "W107"),
    "a dilated kernel that spans 4": ("input 9x1; conv 2, 2, same, dilation=3", "W107"),
    "a pooling that goes over the edge": ("input 7x7x1; maxpool 2, same", "W107"),
    "dense on an image": ("input 8x8x3; dense 10", "W108"),
    "dense on what pooling puts out": ("input 8x8x3; conv 4, 3; maxpool; dense 10, relu; dense 5, softmax", "W108"),
    "a flatten that comes too late": ("input 8x8x3; conv 4, 3; dense 10, relu; flatten; dense 5", "W108"),
    "relu after relu": ("input 9; dense 4, relu; relu", "W109"),
    "relu after dropout after relu": ("input 9; dense 4, relu; dropout 0.5; activation relu", "W109"),
    "softmax after softmax": ("input 9; softmax; softmax", "W109"),
    "tanh after a wrapper with tanh": ("input 3x9; time_distributed { dense 4, tanh }; tanh", "W109"),
    "softmax of one value": ("input 9; dense 1, softmax", "W110"),
    "a layer of its own": ("input 9; dense 1; softmax", "W110"),
    "along an axis of one": ("input 6x1x3; softmax 2", "W110"),
    "log_softmax of one value": ("input 9; dense 1, log_softmax", "W110"),
    "relu into a loss, behind a view": ("input 9; dense 4, relu; reshape 2x2; flatten; train { loss categorical_crossentropy }", "W111"),
    "logits that are cut off": ("input 9; dense 4, relu; train { loss sparse_categorical_crossentropy }", "W111"),
    "sigmoids for one class of several": ("input 9; dense 4, sigmoid; train { loss categorical_crossentropy }", "W111"),
    "a softmax whose values are judged alone": ("input 9; dense 4, softmax; train { loss binary_crossentropy }", "W111"),
    "sparsemax, which is taken for logits": ("input 9; dense 4, sparsemax; train { loss categorical_crossentropy }", "W111"),
    "no probabilities for a divergence": ("input 9; dense 4; train { loss kl_divergence }", "W111"),
    "numbers below 0 for counts": ("input 9; dense 4; train { loss poisson }", "W111"),
    "answers of -1 that cannot be": ("input 9; dense 1, sigmoid; train { loss hinge }", "W111"),
    "one of two outputs": ("input 9; a: dense 1 from input; b: dense 4, tanh from input; output from a, b; train { loss a=mse, b=categorical_crossentropy }", "W111"),
    "a bias before bn": ("input 9x9x3; conv 4, 3; bn; relu", "W112"),
    "a bias before the norm of each map": ("input 9x9x3; depthwise 3; instancenorm", "W112"),
    "a bias before pooling": ("input 8x8x3; conv 4, 3; maxpool; bn; relu", "W112"),
    "a bias before groups of one channel": ("input 9x9x3; conv 4, 3; groupnorm 4", "W112"),
    "a bias of a dense layer": ("input 9; dense 4; bn; relu", "W112"),
    "a bias before a mean over the places": ("input 9x9x3; conv 4, 3; layernorm (1, 2)", "W112"),
    "a bias with channels first": ("layout channels_first; input 3x9x9; conv 4, 3; bn; relu", "W112"),
    "a field larger than the image": ("input 8x8x1; conv 2, 5, same; conv 2, 5, same; conv 2, 3, same", "W114"),
    "a field larger than the image along one axis": ("input 30x8x1; conv 2, 9, same", "W114"),
    "a field that grows by strides": ("input 12x1; conv 2, 3, same; conv 2, 2, /2; conv 2, 2, /2; conv 2, 3, same", "W114"),
    "most parameters in one layer": ("input 28x28x1; conv 64, 3; flatten; dense 128", "W113"),
}  # fmt: skip

SILENT = {
    "a wrapper whose windows fit": "input 9x4x4x3; time_distributed { maxpool 2 }",
    "a stride as long as the kernel": "input 9x9x1; conv 2, 3, /3",
    "a 1x1 with a stride": "input 9x9x1; conv 2, 1, /2",
    "a stride that takes no step": "input 2x2x1; conv 2, 2, /5",
    "an odd kernel with `same`": "input 8x8x1; conv 2, 3, same",
    "an even kernel that needs no padding": "input 8x8x1; maxpool 2, same",
    "an even kernel without padding": "input 9x9x1; conv 2, 2",
    "an odd kernel with odd padding": "input 8x8x1; conv 2, 3, /2, same",
    "dense after flatten": "input 8x8x3; flatten; dense 10",
    "dense on steps": "input 20x8; dense 10",
    "dense on a map of one place": "input 8x8x3; gap keepdims; dense 10",
    "dense whose places are averaged": "input 8x8x3; dense 10, gelu; gap",
    "dense between convolutions": "input 8x8x3; dense 10; conv 3, 3",
    "dense in a residual branch": "input 8x8x3; add { branch { } branch { dense 10, gelu; dense 3 } }; gap",
    "dense whose places become steps": "input 8x8x3; dense 10; reshape 64x10; mha 2, 5; dense 4",
    "dense that a wrapper says is for each": "input 8x8x3; time_distributed { time_distributed { dense 10 } }",
    "relu after tanh": "input 9; dense 4, tanh; relu",
    "relu, and one that is cut off": "input 9; dense 4, relu; relu 6",
    "softmax along other axes": "input 4x9; softmax 1; softmax 2",
    "relu after a sum": "input 9; a: relu; add from input, a; relu",
    "relu after a recurrent layer": "input 4x9; rnn 4, relu; relu",
    "linear after linear": "input 9; dense 4; linear",
    "softmax of two values": "input 9; dense 2, softmax",
    "sigmoid of one value": "input 9; dense 1, sigmoid",
    "softmax along the other axis": "input 6x1; softmax 1",
    "probabilities": "input 9; dense 4, softmax; train { loss sparse_categorical_crossentropy }",
    "logits": "input 9; dense 4; train { loss sparse_categorical_crossentropy }",
    "logits of a leaky rectifier": "input 9; dense 4; leaky_relu; train { loss categorical_crossentropy }",
    "logarithms of probabilities": "input 9; dense 4, log_softmax; train { loss sparse_categorical_crossentropy }",
    "one yes or no": "input 9; dense 1, sigmoid; train { loss binary_crossentropy }",
    "one logit": "input 9; dense 1; train { loss binary_crossentropy }",
    "what may be anything": "input 9; dense 4, relu; train { loss mse }",
    "no loss": "input 9; dense 4, relu; train { epochs 3 }",
    "counts": "input 9; dense 4, softplus; train { loss poisson }",
    "answers of -1 and 1": "input 9; dense 1, tanh; train { loss hinge }",
    "what a recurrent layer puts out": "input 4x9; lstm 4; train { loss categorical_crossentropy }",
    "no bias": "input 9x9x3; conv 4, 3, nobias; bn; relu",
    "an activation between": "input 9x9x3; conv 4, 3, tanh; bn",
    "a mean over the channels": "input 9x9x3; conv 4, 3; layernorm",
    "a norm without a mean": "input 9x9x3; conv 4, 3; rmsnorm",
    "a mean along another axis": "input 9x9x3; conv 4, 3; bn axis=1",
    "a bias that something else reads": "input 9x9x3; a: conv 4, 3; b: bn; add from a, b",
    "a bias that is put out": "input 9x9x3; a: conv 4, 3; b: bn; output from a, b",
    "a bias that something else reads, behind pooling": "input 8x8x3; conv 4, 3; p: maxpool; b: bn; add from p, b",
    "a mean of several channels": "input 9x9x3; conv 4, 3; groupnorm 2",
    "weights that are used elsewhere": "input 9x9x3; a: conv 3, 3, same; bn; reuse a",
    "a bias for each place": "input 9x9x3; conv 4, 3, bias=untied; bn",
    "a field as large as the image": "input 9x9x1; conv 2, 5, same; conv 2, 5, same",
    "a field that is the image, whatever it is": "input 9x9x1; conv 2, 3, same; gap; dense 3",
    "a small network": "input 28x28x1; conv 8, 3; flatten; dense 16",
    "a flattened image": "input 100x100x3; flatten; dense 128; dense 10",
    "most parameters on what no window made": "input 100; embedding 10, 64; flatten; dense 1000; dense 10",
    "most parameters elsewhere": "input 28x28x1; conv 64, 3; flatten; dense 64; dense 30_000",
}  # fmt: skip


@pytest.mark.parametrize("name", FIRING)
def test_it_is_warned_of(name: str) -> None:
    body, code = FIRING[name]
    assert warned(body) == [code]
    only = Options(checks=Checks().changed(select=[code]))
    assert warned(body, only) == [code]
    assert warned(body, Options(checks=Checks().changed(strict=True, ignore=[code, "W101", "W104"]))) == []


@pytest.mark.parametrize("name", SILENT)
def test_it_is_not_warned_of(name: str) -> None:
    assert warned(SILENT[name]) == []


@pytest.mark.parametrize("name", [name for name, (_, code) in FIRING.items() if code in ON_REQUEST])
def test_what_is_off_is_not_warned_of_unasked(name: str) -> None:
    assert warned(FIRING[name][0], Options()) == []


NAMES = {
    "a keyword is no use of a parameter": ("network N(filters = 4) { input 9x9x1; conv filters=3, kernel=3 }", ["W103"]),
    "its value is one": ("network N(filters = 4) { input 9x9x1; conv filters=filters, kernel=3 }", []),
    "a figure of that name is none": ("network N(params = 4) { input 9; a: dense 3; expect a.params == 30 }", ["W103"]),
    "a word in a string is none": ('network N(k = 4) { input 9; "k of it": dense 3 }', ["W103"]),
    "a word in a comment is none": ("network N(k = 4) { input 9; dense 3 # k\n }", ["W103"]),
    "a comparison is one": ("network N(k = 4) { input 9; dense 3; expect k == 4 }", []),
    "a parameter without a default": ("block b(n, m) { dense n }\nnetwork N { input 9; b 3, 4 }", ["W103"]),
    "a `let` that another is made of": ("network N { let a = 3; let b = a; input 9; dense b }", []),
    "a `let` within a loop": ("network N { input 9; repeat 2 { let k = 3; dense 4 } }", ["W103"]),
    "a value at the top": ("let k = 3\nnetwork N { input 9; dense 4 }", ["W105"]),
    "a table at the top": ("table T {\nX\n}\nnetwork N { input 9; dense 4 }", ["W105"]),
    "a function at the top": ("def f(n) = n\nnetwork N { input 9; dense 4 }", ["W105"]),
    "a block at the top": ("block b { relu }\nnetwork N { input 9; dense 4 }", ["W105"]),
    "what is used below": ("let k = 3\nlet m = k\ndef f(n) = n * m\nblock b { dense f(2) }\nnetwork N { input 9; b }", []),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_that_nothing_uses(name: str) -> None:
    program, codes = NAMES[name]
    (analysis,) = analyze_all(load("n.arch", program.encode()), None, STRICT)
    assert [d.code for d in analysis.diagnostics] == codes


def test_the_table_has_every_warning_in_the_one_place_or_the_other() -> None:
    assert {code for code in CODES if code.startswith("W")} == WARNINGS
    assert not BY_DEFAULT & ON_REQUEST
    page = (ROOT / "docs" / "warnings.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(): line.split("|")[2].strip() for line in page.splitlines() if line.startswith("| W")}
    assert rows == {code: "on" if code in BY_DEFAULT else "off" for code in WARNINGS}


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.arch")), ids=lambda p: p.stem)
def test_the_examples_are_warned_of_nothing_but_lost_pixels(path: Any) -> None:
    for analysis in analyze_all(load(path.name, path.read_bytes(), str(path))):
        assert {d.code for d in analysis.diagnostics} <= {"W101"}


def test_what_a_loop_repeats_is_said_once_with_the_sum() -> None:
    (analysis,) = analyze_all(load("n.arch", b"network N { input 9x9x3; repeat 3 { conv 4, 3, same\n bn\n relu } }"), None, STRICT)
    (finding,) = analysis.diagnostics
    assert finding.code == "W112" and finding.fixes == ("`nobias` would save 12 parameters in 3 layers",)


@given(program=networks())
@settings(max_examples=60)
def test_lints_go_over_every_kind(program: str) -> None:
    """Nothing fails, and warnings change no figure."""
    loaded = load("n.arch", program.encode())
    (strict,) = analyze_all(loaded, "N", STRICT)
    (plain,) = analyze_all(loaded, "N")
    assert not [d for d in strict.diagnostics if d.severity == "error"]
    assert strict.totals == plain.totals
    assert all(d.message and d.code in WARNINGS for d in strict.diagnostics)
    assert {d.code for d in plain.diagnostics} <= BY_DEFAULT
