"""explain: arrays by name, how many biases are added, what is assumed, a batch; and what Python is told where there is no formula."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
from running import ROOT, one_of_each_file
from running import archcalc as command

import archcalc
from archcalc.analysis.costs import edge_sums
from archcalc.analysis.derive import BIAS_ADDS, derive
from archcalc.registry import every_kind
from archcalc.report.explain.weights import arrays
from archcalc.spec import Example

EXAMPLES = [(kind, example) for kind, cls in every_kind().items() for example in cls.examples if example.inputs]
LENET5 = str(ROOT / "examples" / "lenet5.arch")


def placed(example: Example) -> str:
    """A network of the example's line alone."""
    inputs = [f"i{k}: input {'x'.join(map(str, shape))}" for k, shape in enumerate(example.inputs)]
    line, brace, body = example.line.partition("{")
    read = ", ".join(f"i{k}" for k in range(len(inputs)))
    return "\n".join(["network N {", *inputs, f"L: {line.rstrip()} from {read} {brace}{body}", "}"])


def value(formula: str) -> Any:
    known = {"ceil": lambda x: math.ceil(round(x, 9)), "max": max, "min": min, "gcd": math.gcd}
    return eval(formula, {"__builtins__": {}}, known)


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=[f"{kind}-{example.line}" for kind, example in EXAMPLES])
def test_biases_and_arrays_come_to_what_they_are(kind: str, example: Example) -> None:
    """The additions of a bias against the fold that FLOPs are made of; the arrays against parameters."""
    analysis = archcalc.analyze(text=placed(example))
    row = analysis.layers["L"]
    node = row.node
    assert node.layer is not None and node.seen is not None
    weights = node.layer.weights(node.seen, *node.input_shapes)
    biases = edge_sums(node.layer, weights, node.seen)[2]
    found = derive(node, BIAS_ADDS)
    assert (found is None) == (biases == 0)
    if found is not None:
        assert value(found.numbers) == int(found.result) == biases
        if "bias adds" in (flops := analysis.explain("L.flops")):
            assert f"{found.numbers} = {biases}" in flops or f"{found.symbols} = {biases}" in flops or found.numbers == str(biases)
    for figure in ("params", "trainable_params", "non_trainable_params"):
        for table in arrays(node, figure):
            total = 0
            for _, cell, _ in table.rows:
                numbers, _, result = cell.rpartition(" = ")
                total += int(result)
                assert not numbers or value(numbers.rpartition(" = ")[2]) == int(result)
            assert total == getattr(row, figure)


def test_arrays_have_their_names() -> None:
    analysis = archcalc.analyze(text="network N { input 8x8x4; b: bn; l: lrn; g: conv_lstm 2, 3x3 from input }")
    text = analysis.explain("b.params")
    for name, kind in (("gamma", "trained"), ("beta", "trained"), ("moving mean", "stored, not trained")):
        assert re.search(rf"{name} +1\*c_out = 1\*4 = 4 +{kind}", text)
    assert "gamma" not in analysis.explain("b.non_trainable") and "moving variance" in analysis.explain("b.non_trainable")
    assert "(5 + 4)*8*8*4" in analysis.explain("l.flops") and "n_lrn: how many neighbouring channels" in analysis.explain("l.flops")


def test_biases_of_steps_and_sets_are_counted_out() -> None:
    analysis = archcalc.analyze(text="network N { input 20x5; g: gru 3 }")
    assert "2*3*units*steps = 2*3*3*20 = 360" in analysis.explain("g.flops")


UNET = """network N(H) {
    input H x 3
    e: conv 4, 3, same
    maxpool
    d: maxpool
    u: upsample
    v: upsample
    concat from e, v
}
"""


@pytest.mark.parametrize("target", ["u.shape", "d.macs", "total.params", "u.receptive_field", "total.peak_activation_bytes"])
def test_what_is_assumed_stands_beside_the_working(target: str) -> None:
    assert "assumed: H = 0 mod 4" in archcalc.analyze(text=UNET).explain(target)
    assert "assumed" not in archcalc.analyze(text=UNET, params={"H": 8}).explain(target)


def test_where_too_many_layers_may_have_the_peak_no_mistake_is_blamed(tmp_path: Path) -> None:
    path = tmp_path / "deep.arch"
    lines = "; ".join(f"conv {20 * 2**i - 7 * i * i}, 3x3, /2, pad=1" for i in range(9))
    path.write_text(f"network N(H, W) {{ input H x W x 3; {lines} }}", encoding="utf-8")
    analysis = archcalc.analyze(str(path))
    assert analysis.ok and analysis.totals.peak_activation_bytes is None
    text = analysis.explain("total.peak_activation_bytes")
    assert "mistake" not in text and "where the most is alive depends on the sizes: more than 6 layers may have it" in text
    assert "12*H*W + 80*((H + 1)//2)*((W + 1)//2)" in analysis.explain("conv_1.live_bytes")  # each step by itself is known
    shown = command("analyze", str(path)).out
    assert "? is unknown: it depends on sizes that are free" in shown and "mistake" not in shown
    for h, w in ((64, 64), (9, 100), (300, 1)):
        fixed = archcalc.analyze(str(path), params={"H": h, "W": w})
        live = [row["live_bytes"] for row in _layers(analysis)]
        assert [value(str(one).replace("H", str(h)).replace("W", str(w))) for one in live] == [r["live_bytes"] for r in _layers(fixed)]


def _layers(analysis: Any) -> list[dict[str, Any]]:
    import json

    found: list[dict[str, Any]] = json.loads(analysis.to_json())["layers"]
    return found


def test_the_figures_of_a_batch_are_explained() -> None:
    ran = command("explain", LENET5, "C1.activation_bytes", "--batch", "64")
    assert ran.code == 0 and "= 28*28*6*4*64 = 1204224" in ran.out and ", for a batch of 64\n" in ran.out
    for target in ("total.activation_bytes", "total.peak_activation_bytes", "total.training_bytes", "C1.live_bytes"):
        one, many = (command("explain", LENET5, target, *batch).out for batch in ((), ("--batch", "64")))
        assert "for a batch of 64" in many and "batch" not in one.splitlines()[0]
    assert command("explain", LENET5, "C1.params", "--batch", "64").out == command("explain", LENET5, "C1.params").out
    assert "--batch 64" in archcalc.analyze(text=RECIPE).explain("total.training_bytes")
    assert command("explain", LENET5, "C1.params", "--batch", "0").code == 2


RECIPE = "network N { input 4; dense 2; train { loss mse; batch 64 } }"


# ---- Python


def test_a_derivation_by_short_names() -> None:
    analysis = archcalc.analyze(LENET5)
    shape, trainable = analysis.derivation("C3", "shape"), analysis.derivation("C3", "trainable")
    assert shape == analysis.derivation("C3", "output_shape") and shape is not None and shape.result == "10x10x16"
    assert trainable == analysis.derivation("C3", "trainable_params") and trainable is not None and trainable.result == "1516"
    assert analysis.derivation("flatten_1", "params") is None


@pytest.mark.parametrize(
    ("name", "figure", "says"),
    [
        ("C3", "receptive_field", "C3.receptive_field has no one formula; explain('C3.receptive_field') has its working"),
        ("C3", "live_bytes", "has no one formula"),
        ("C3", "parms", "did you mean C3.params?"),
        ("C33", "params", "did you mean C3?"),
        ("total", "macs", "total.macs has no one formula; explain('total.macs')"),
        ("input", "units", "input.units has no one formula"),
        ("C3", "training_bytes", "write total.training_bytes"),
        ("", "", "names no figure"),
    ],
)
def test_what_has_no_formula_says_so(name: str, figure: str, says: str) -> None:
    with pytest.raises(archcalc.ArchError, match=re.escape(says)):
        archcalc.analyze(LENET5).derivation(name, figure)


def test_a_block_has_no_formula() -> None:
    analysis = archcalc.analyze(text="block b { dense 3; relu }\nnetwork N { input 4; s: b }")
    with pytest.raises(archcalc.ArchError, match=r"explain\('s.params'\) has its working"):
        analysis.derivation("s", "params")
    assert "s.dense_1   15" in analysis.explain("s.params")


def test_explain_from_python() -> None:
    analysis = archcalc.analyze(LENET5)
    assert analysis.explain("C3.params") == command("explain", "examples/lenet5.arch", "C3.params", cwd=ROOT).out.replace(
        "examples/lenet5.arch", LENET5
    )
    assert "## C3.params" in analysis.explain("C3.params", "markdown")
    for target, form, says in (("C3.parms", "text", "did you mean"), ("C3.params", "pdf", "there is no form called 'pdf'")):
        with pytest.raises(archcalc.ArchError, match=says):
            analysis.explain(target, form)


@pytest.mark.parametrize("path", one_of_each_file())
def test_every_layer_of_every_example_has_its_derivations_by_name(path: Path) -> None:
    analysis = archcalc.analyze(str(path))
    for row in analysis.rows:
        found = analysis.derivation(row.name, "shape")
        assert found is not None or row.output_shape == ()
