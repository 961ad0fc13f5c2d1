"""Receptive fields of networks with free sizes: where one is claimed, it is that of every size that is put in."""

from __future__ import annotations

import json
from typing import Any

import pytest

import archcalc
from archcalc.testing.formulas import holds

SIZES = range(1, 70)


def fields(analysis: Any) -> dict[str, Any]:
    return {layer["name"]: layer["receptive_field"] for layer in json.loads(analysis.to_json())["layers"]}


def one(size: int, stride: int | str, padding: int) -> dict[str, Any]:
    return {"size": [size], "stride": [stride], "padding": [padding]}


CLAIMED = [
    ("input H x 3; x: conv 4, 5", one(5, 1, 0)),
    ("input H x 3; conv 4, 3, same; x: conv 4, 3, same, dilation=4", one(11, 1, 5)),
    ("input H x 8; conv 4, 3, causal, dilation=4; x: conv 4, 3, causal, /2", one(11, 2, 10)),
    ("input H x 3; conv 4, 7, /2, pad=3; maxpool 3, /2, pad=1; x: conv 4, 3, /2, pad=1", one(19, 8, 9)),
    ("input H x 3; conv 4, 5, /3, pad=((3, 1),); x: avgpool 2", one(8, 6, 3)),
    ("input H x 3; maxpool 3, /2, ceil; x: conv 2, 3, pad=1", one(7, 2, 2)),
    ("input H x 3; crop (3, 1); x: conv 2, 3, same", one(3, 1, -2)),
    ("input H x 3; conv 2, 3; u: upsample 3; x: conv 2, 2", None),  # how many phases there are depends on H
    ("input H x 3; conv 4, 3, same; x: gap", "whole"),
    ("input H x 3; conv 4, 3, /2, pad=1; conv 4, 3, /2, pad=1; x: gap", "whole"),
    ("input H x 3; conv 4, 3, /2; x: gap", None),  # whole, if H is odd
    ("input H x 3; conv 4, 3; x: bidirectional { lstm 3, sequences }", "whole"),
    ("input H x 3; x: conv 4, 3, /2, same", None),  # the padding before is 0 if H is even, and 1 if it is odd
    ("input H x 3; x: conv 4, 2, /2, same", one(2, 2, 0)),  # all that is ever missing comes after
    ("a: input H x 3; p: maxpool; u: upsample; concat from u, a; x: conv 4, 3, /2, same", one(4, 2, 0)),  # H is even
    ("a: input H x 3; d: maxpool; e: maxpool; u: upsample; add from u, d; v: upsample; add from v, a; x: conv 4, 3, same", one(8, 1, 4)),
    ("a: input H x 3; d: conv 3, 2, /2; u: conv_transpose 3, 2, /2; x: add from u, a", one(2, 1, 0)),
    ("a: input H x 3; d: conv 3, 3, /2, pad=1; u: conv_transpose 3, 3, /2, pad=1; x: add from u, a; conv 3, 3", one(5, 1, 1)),
    ("a: input H x 3; d: conv 3, 3, same; x: multiply { branch {} branch { gap keepdims } }", "whole"),
    ("input H x 3; x: mha 2, 2, sliding_window=4", one(7, 1, 3)),
    ("input H; e: embedding 9, 4; x: conv 3, 3, same", one(3, 1, 1)),
    ("layout channels_first; input 3 x H; conv 4, 3, same; x: conv 4, 3, /2, pad=1", one(5, 2, 2)),
    ("input H x 3; x: zero_pad (2, 0)", one(1, 1, 2)),
    ("input H x 3; x: layernorm", one(1, 1, 0)),
    ("input H x 3; x: softmax axis=1", "whole"),
]


@pytest.mark.parametrize(("body", "claimed"), CLAIMED, ids=[body for body, _ in CLAIMED])
def test_what_does_not_depend_on_the_size_is_known(body: str, claimed: Any) -> None:
    text = f"network N(H) {{ {body} }}"
    free = archcalc.analyze(text=text)
    assert free.ok, free.diagnostics
    claims = fields(free)
    assert claims["x"] == claimed
    compared = 0
    for h in SIZES:
        if all(holds(a, {"H": h}) for a in free.assumptions):
            found = fields(archcalc.analyze(text=text, params={"H": h}))
            assert {name: found[name] for name, field in claims.items() if field is not None} == {
                name: field for name, field in claims.items() if field is not None
            }, h
            compared += 1
    assert compared > 10


@pytest.mark.parametrize("body", [body for body, claimed in CLAIMED if claimed is None])
def test_where_none_is_claimed_sizes_differ(body: str) -> None:
    """Nothing is given up for want of looking: of these, numbers do have different fields."""
    text = f"network N(H) {{ {body} }}"
    found = [fields(archcalc.analyze(text=text, params={"H": h}))["x"] for h in range(3, 40)]
    assert any(field != found[0] for field in found)


def test_two_axes_by_themselves_and_two_inputs() -> None:
    text = "network N(H, W) { a: input H x W x 1; b: input 40x30x1; p: conv 2, 3x5, same from a; q: conv 2, 3x3, same from b; pg: gap from p; qg: gap from q; m: add from pg, qg }"
    claims = fields(archcalc.analyze(text=text))
    assert claims["p"] == {"size": [3, 5], "stride": [1, 1], "padding": [1, 2]}
    assert claims["m"] == {"a": "whole", "b": "whole"}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("input H x 3; s: conv 4, 3, /2, same; d: conv 4, 3", "from s on, it depends on H, by "),
        ("input H x 3; s: conv 4, 3; f: flatten; d: relu", "from f on, it depends on H, by "),
        ('input H x 3; s: conv 4, 3; c: custom "mystery"; d: relu', "after c, what a value reads does not follow from its position by a rule"),
    ],
)  # fmt: skip
def test_why_it_is_not_known_is_said(body: str, says: str) -> None:
    analysis = archcalc.analyze(text=f"network N(H) {{ {body} }}")
    text = analysis.explain("d.receptive_field")
    assert says in text and "reads none of the inputs" not in text
    assert "H" in text.splitlines()[-1]


def test_a_field_that_is_not_known_has_a_note_under_the_table() -> None:
    from archcalc.report.terminal import table
    from archcalc.report.text import Style

    text = 'network N { input 9x3; a: conv 4, 3; c: custom "mystery"; d: relu }'
    shown = table(archcalc.analyze(text=text), Style(False), columns=("receptive_field", "macs"))
    assert shown.splitlines()[-1] == " ? of a field: `explain FILE c.receptive_field` says why it is not known"
    assert "of a field" not in table(archcalc.analyze(text=text), Style(False))
