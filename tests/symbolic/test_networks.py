"""Networks whose sizes stay free: figures are formulas, and what they ask of the sizes is stated."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from running import ROOT

import archcalc
from archcalc.cli import main
from archcalc.codegen import CodegenError, generate
from archcalc.testing.chance import Chance
from archcalc.testing.drawn_networks import kinds_by_name
from archcalc.testing.formulas import holds, value
from archcalc.testing.free_networks import draw_chain, draw_free_network, draw_ladder
from archcalc.testing.free_sizes import FreeSizes

UNET = """\
network TinyUNet(H, W) {
    input H x W x 3
    e1: conv 16, 3x3, same, relu
    maxpool 2x2
    conv 32, 3x3, same, relu
    up: upsample 2x2
    concat from e1, up -> H x W x 48
    conv 2, 1x1, softmax
}
"""


def analyze(text: str, **given: Any) -> Any:
    return archcalc.analyze(text=text, **given)


def assumed(body: str, names: str = "H") -> list[str]:
    analysis = analyze(f"network N({names}) {{ {body} }}")
    assert analysis.ok, analysis.diagnostics
    return analysis.assumptions


def codes(body: str, names: str = "H") -> list[str]:
    return [d.code for d in analyze(f"network N({names}) {{ {body} }}").diagnostics]


def test_a_unet_holds_where_its_sizes_are_even() -> None:
    a = analyze(UNET)
    assert a.ok and a.graph.free == ("H", "W")
    assert a.assumptions == ["H = 0 mod 2", "W = 0 mod 2"] and a.lossless == []
    assert [str(r.macs) for r in a.rows] == ["432*H*W", "0", "1152*H*W", "0", "0", "96*H*W"]
    assert [str(n) for n in a.layers["maxpool_1"].output_shape] == ["H//2", "W//2", "16"]
    assert str(a.totals.macs) == "1680*H*W" and a.totals.params == 5186
    fixed = analyze(UNET, params={"H": 64, "W": 48})
    assert fixed.totals.macs == value(str(a.totals.macs), {"H": 64, "W": 48})
    assert not analyze(UNET, params={"H": 64, "W": 47}).ok


@pytest.mark.parametrize(
    ("body", "stated"),
    [
        ("input H x 3; conv 4, 12", ["H >= 12"]),
        ("input H x 3; conv 4, 5; maxpool; conv 4, 3", ["H >= 10"]),
        ("input H x 3; conv 4, 5, /2; conv 4, 5, /2; conv 4, 5, /2", ["H >= 29"]),
        ("input H x 3; crop 4; conv 2, 3", ["H >= 11"]),
        ("a: input H x 2; maxpool; maxpool; upsample; u: upsample; concat from u, a", ["H = 0 mod 4"]),
        ("a: input H x 2; maxpool; u: upsample; concat from a, u; conv 2, 11", ["H = 0 mod 2", "H >= 12"]),
        ("a: input H x 2; maxpool 3; u: upsample 3; concat from u, a", ["H = 0 mod 3"]),
        ("a: input H x 2; b: conv 2, 3, /2, same; u: conv_transpose 2, 3, /2, same; concat from u, a", ["H = 0 mod 2"]),
        ("a: input H x 2; conv 2, 3, /2, pad=1; u: conv_transpose 2, 3, /2, pad=1; concat from u, a", ["H = 1 mod 2"]),
        ("input H x 2; maxpool 4 -> 7 x 2", ["H >= 28", "H <= 31"]),
        ("input H x 2; conv 3, 3 -> 26 x 3", ["H = 28"]),
        ("input H x 2; flatten; reshape 8x8", ["H = 32"]),
        ("input H x 2; flatten; reshape (-1, 8)", ["H = 0 mod 4"]),
        ("input 9 x H; conv 12, 3, groups=6", ["H = 0 mod 6"]),
        ("input 9 x 9 x 3; conv H, 3x3", []),
        ("input H x 3; conv 4, 1", []),
    ],
)  # fmt: skip
def test_what_is_asked_of_the_size_is_stated_of_the_size(body: str, stated: list[str]) -> None:
    found = assumed(body)
    assert found == stated
    text = f"network N(H) {{ {body} }}"
    for h in range(1, 60):
        assert analyze(text, params={"H": h}).ok is all(holds(a, {"H": h}) for a in found), h


def test_two_sizes_are_equal_or_not_as_one_condition() -> None:
    assert assumed("a: input H x 2; b: input W x 2; add from a, b; conv 2, 3", "H, W") == ["H >= 3", "H = W"]
    assert assumed("a: input H x 2; p: maxpool; u: upsample; b: input W x 2; concat axis=2 from u, b", "H, W") == ["H >= 2", "2*(H//2) = W"]
    assert assumed("a: input H x 4; b: input 1 x 4; add from a, b") == []
    assert assumed("a: input H x 4; b: input 7 x 4; add from a, b") == ["H = 7 or H = 1"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("a: input H x 2; b: conv 2, 3 from a; concat from a, b", "E307"),  # never
        ("input H x 2; conv 2, 3 -> (H - 1) x 2", "E308"),
        ("a: input H x 2; maxpool; u: upsample; b: concat from u, a; conv 2, 2 from a; maxpool; v: upsample; w: zero_pad 0; concat from v, a", "E307"),
        ("input H x 3; repeat H { relu }", "E213"),
        ("input H x 3; if H > 4 { relu }", "E213"),
        ("input H x 3; for i in range(H) { relu }", "E213"),
        ("input H x 3; for i in H { relu }", "E213"),
        ("let s = [1, 2]; input H x 3; dense s[H]", "E213"),
        ("input H x 3; dense 2**H", "E213"),
        ("input H x 3; dense H/2", "E213"),
        ("input H x 3; dense 4 if H == 3 else 5", "E213"),
        ("input H x 3; relu; expect total.units < 5", "E403"),
        ("input H x 3; conv 2, 1; expect total.units < 5", "E403"),
        ("input H x 3; conv 2, 1; expect total.units == 3*H", "E401"),
        ("input H x 3; dense H // 0", "E202"),
    ],
)  # fmt: skip
def test_what_cannot_be_or_needs_a_number_is_told(body: str, code: str) -> None:
    found = codes(body)
    assert code in found or (body.endswith("total.units < 5") and "relu" in body and found == [])
    if code in ("E213", "E403") and found:
        finding = next(d for d in analyze(f"network N(H) {{ {body} }}").diagnostics if d.code == code)
        assert "`H`" in finding.message and "-p H=64" in " ".join(finding.fixes)


def test_an_expectation_is_decided_by_the_formulas() -> None:
    body = (
        "input H x W x 3; L: conv 8, 3x3, same; expect L.units == 8*H*W and L.shape == (H, W, 8) and L.macs >= 27*H; expect L.params == 224"
    )
    a = analyze(f"network N(H, W) {{ {body} }}")
    assert a.ok and [o.holds for o in a.expectations] == [True, True]
    assert json.loads(a.to_json())["expectations"][0]["right"] == "27*H"


def test_where_no_pixel_is_lost() -> None:
    a = analyze("network N(H, W) { input H x W x 3; conv 4, 3x3; maxpool; conv 4, 3x3; maxpool }")
    assert a.lossless == ["H = 2 mod 4", "W = 2 mod 4"] and a.diagnostics == []
    text = "network N(H) { input H x H x 3; conv 4, 3x3, /2; maxpool 3; avgpool }"
    found = analyze(text).lossless
    for h in range(20, 90):
        lost = "W101" in [d.code for d in analyze(text, params={"H": h}).diagnostics]
        assert lost is not all(holds(c, {"H": h}) for c in found)


def test_a_window_that_always_loses_warns() -> None:
    a = analyze(
        "network N(H) { a: input H x 2; b: conv 2, 3, /2, pad=1; u: conv_transpose 2, 3, /2, pad=1; concat from u, a; maxpool from a }"
    )
    assert a.assumptions == ["H = 1 mod 2", "H >= 3"]
    assert [d.code for d in a.diagnostics if d.code.startswith("W101")] == ["W101"]


def test_some_sizes_are_given_and_others_stay_free() -> None:
    a = analyze(UNET, params={"H": 64})
    assert a.graph.free == ("W",) and str(a.totals.macs) == "107520*W" and a.assumptions == ["W = 0 mod 2"]
    two = "network N(H, W, C) { a: input H x 3; b: input W x C; flatten from a; flatten from b; d: dense C; output from flatten_1, d }"
    given = analyze(two, inputs={"a": "8x3"})
    assert given.graph.free == ("W", "C") and given.graph.parameters == {"H": 8}
    assert str(given.layers["d"].params) == str(analyze(two).layers["d"].params) == "W*C**2 + C"


def test_values_are_made_of_free_sizes() -> None:
    text = "def half(n) = n // 2\n"
    a = analyze(text + "network N(H, c = 2*H) { input H x 3; dense c; L: dense half(4*H) + max(H, 3*H) + sum([H, 1]) }")
    assert str(a.layers["L"].output_shape[-1]) == "6*H + 1" and str(a.graph.parameters["c"]) == "2*H"


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown", "latex", "html"])
def test_every_format_says_what_is_assumed(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.arch").write_text(UNET, encoding="utf-8")
    assert main(["analyze", str(tmp_path / "net.arch"), "--format", form]) == 0
    text = capsys.readouterr().out
    assert "1680*H*W" in text or r"1{,}680 \cdot H \cdot W" in text or r"1680\*H\*W" in text
    assert form == "csv" or ("H = 0 mod 2" in text and "W = 0 mod 2" in text)


def test_json_has_formulas_as_text_and_fits_the_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    document = json.loads(analyze(UNET).to_json())
    jsonschema.validate(document, json.loads((ROOT / "archcalc" / "analysis.schema.json").read_text(encoding="utf-8")))
    assert document["free"] == ["H", "W"] and document["layers"][1]["output_shape"] == ["H//2", "W//2", 16]
    assert document["layers"][2]["formulas"]["macs"] == "3*3*16*32*(H//2)*(W//2) = 1152*H*W"
    assert document["totals"]["activation_bytes"] == "440*H*W" and document["totals"]["params"] == 5186


def test_check_takes_several_networks_with_free_sizes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.arch").write_text(UNET + "network M(n) { input n; dense 4; expect total.params == 4*n + 4 }\n", encoding="utf-8")
    assert main(["check", str(tmp_path / "net.arch")]) == 0
    assert "ok, 1 expectation held" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["codegen --keras", "verify --engine=numpy"])
def test_code_and_runs_ask_for_numbers(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.arch").write_text(UNET, encoding="utf-8")
    name, option = command.split()
    assert main([name, option, str(tmp_path / "net.arch")]) == 2
    assert "H, W are free: give a value, as in -p H=64 -p W=64" in capsys.readouterr().err
    with pytest.raises(CodegenError, match="free"):
        generate(analyze(UNET).graph, "net.arch")


@pytest.mark.parametrize(
    "target", ["conv_1.macs", "concat_1.shape", "total.macs", "total.peak_activation_bytes", "total.training_bytes", "up.live_bytes"]
)
@pytest.mark.parametrize("form", ["text", "markdown", "latex"])
def test_every_figure_is_explained(target: str, form: str) -> None:
    from archcalc.report.explain import explanation

    text, problem = explanation(analyze(UNET), target, form)
    assert problem is None and "H" in text


def test_a_power_is_a_term_of_a_derivation() -> None:
    derivation = analyze("network N(H) { input H x H x 1; c: conv 1, 1x1 }").derivation("c", "flops")
    assert derivation.text == "2*H**2 + H**2 = 3*H**2"


# ---- by the hundred -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", ["catalogue", "ladder", "chain"])
def test_random_networks_agree_with_numbers(draw: str) -> None:
    """`python -m archcalc.testing symbolic` does this by the thousand."""
    run, kinds = FreeSizes(0), kinds_by_name()
    for number in range(40):
        chance = Chance.seeded(11, number)
        text, names = (
            draw_free_network(chance, kinds) if draw == "catalogue" else draw_ladder(chance) if draw == "ladder" else draw_chain(chance)
        )
        assert run.compare(text, names, chance) == [], text
    assert run.counts["formulas worked out"] > 500 and run.counts["sizes where the assumptions hold"] > 20


WIDTHS = [f"w{i}" for i in range(60)]
HUGE = {
    "a dense stack of sixty widths": f"network N({', '.join(WIDTHS)}) {{ input 10; {'; '.join(f'dense {w}' for w in WIDTHS)} }}",
    "two thousand convolutions": "network N(H, W) { input H x W x 3; repeat 2000 { conv 4, 3x3 } }",
    "two thousand pools": "network N(H) { input H x 3; repeat 2000 { maxpool } }",
    "up by three, down by two": "network N(H) { input H x 3; repeat 2000 { upsample 3; maxpool 2 } }",
    "a product of sixteen sums": f"network N({', '.join(WIDTHS[:16])}) {{ input {' x '.join(f'({w}+1)' for w in WIDTHS[:16])}; flatten; dense 10 }}",
    "a power of powers": "network N(H) { input 4; dense H**16*H**16*H**16*H**16*H**16 }",
    "sums of six hundred floors": f"network N(H) {{ input 4; dense {' + '.join(f'(H+{k})//{k + 2}' for k in range(600))} }}",
    "a stride that is a large prime": "network N(H) { a: input H x 2; conv 2, 1, /1000000007; u: upsample 1000000007; concat from u, a }",
    "sixty equations": f"network N({', '.join(WIDTHS)}) {{ {'; '.join(f'i{k}: input {w} x 2' for k, w in enumerate(WIDTHS))}; add from {', '.join(f'i{k}' for k in range(60))} }}",
}


@pytest.mark.parametrize("name", HUGE)
def test_what_is_huge_ends(name: str) -> None:
    begun = time.monotonic()
    a = analyze(HUGE[name])
    assert len(a.to_json()) < 60_000_000
    assert time.monotonic() - begun < 60
    assert {d.code for d in a.diagnostics if d.severity == "error"} <= {"E316"}
